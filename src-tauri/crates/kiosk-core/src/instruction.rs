//! What the live picture measures, and the one thing to say about it.

use serde::{Deserialize, Serialize};

use crate::Check;

/// One instruction to the sitter. Directions are the *sitter's own*: the preview is a mirror, so moving to
/// one's own left moves left on the glass.
///
/// The order is the order of priority: identity and presence, distance, position, turn and tilt, light, obstruction,
/// expression, focus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Instruction {
    /// Nobody is in the picture.
    ComeIntoView,
    /// More than one person.
    OnePersonOnly,
    /// A print or a screen is in front of the camera.
    RealPersonOnly,
    /// Too dark to see.
    MoreLight,
    /// Too far away.
    ComeCloser,
    /// Too close.
    StepBack,
    /// Towards the sitter's left hand.
    MoveLeft,
    /// Towards the sitter's right hand.
    MoveRight,
    /// Head too low in the picture.
    SitHigher,
    /// Head too high in the picture.
    SitLower,
    /// Face is turned to the sitter's right.
    TurnLeft,
    /// Face is turned to the sitter's left.
    TurnRight,
    /// Face looks down.
    RaiseChin,
    /// Face looks up.
    LowerChin,
    /// Head leans to the sitter's right shoulder.
    TiltLeft,
    /// Head leans to the sitter's left shoulder.
    TiltRight,
    /// One shoulder is higher.
    LevelShoulders,
    /// The face is darker at the sitter's left: the lamp on that side of the glass is out.
    LeftLamp,
    /// The face is darker at the sitter's right.
    RightLamp,
    /// The face is burnt out.
    LessLight,
    /// Light from above shines on skin or hair.
    LowerLamps,
    /// The light has a colour.
    LampColour,
    /// The sitter's shadow lies on the wall.
    MoveFromWall,
    /// The wall has a pattern, or something else stands before it.
    ClearBackground,
    /// Hair covers the brows.
    ShowBrows,
    /// An ear is covered.
    ShowEars,
    /// Lamps are mirrored in the glasses.
    NoGlare,
    /// The glasses are tinted.
    ClearGlasses,
    /// Something covers the head.
    BareHead,
    /// The clothes have the background's colour.
    ChangeClothes,
    /// Eyes are closed.
    OpenEyes,
    /// Eyes look past the lens.
    LookAtLens,
    /// Lips are apart.
    CloseMouth,
    /// Smiling, or any other expression.
    RelaxFace,
    /// The picture is blurred.
    SitStill,
    /// Everything fits.
    HoldStill,
}

/// What one analysed frame says about the sitter. Lengths are relative, so that any camera measures alike.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FramingMeasures {
    /// Mean luminance of the picture, 0–1.
    pub brightness: f64,
    /// Place and size of the one face, when there is one.
    pub face: Option<FaceMeasures>,
    /// The checks that a single frame allows, judged by the recipient's profile; none without a face.
    pub checks: Vec<Check>,
}

/// Place of the face nearest to the camera.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FaceMeasures {
    /// Face width in the shot over the width that the photo wants at a scale of 1: below 1 the photo would
    /// have to be enlarged.
    pub size: f64,
    /// Head room and shoulder room allow a crop inside the bands that stays in the picture.
    pub crop_fits: bool,
    /// Face centre from the picture's centre, in picture widths; positive towards the *sitter's* left.
    pub offset_x: f64,
    /// Eye line from its target row, in picture heights; positive when the head is too low.
    pub offset_y: f64,
    /// Light on the cheek at the sitter's left less that on the other, over their sum; `None` when a cheek cannot be seen.
    pub light_balance: Option<f64>,
    /// Movement of the face since the frame before, in face widths.
    pub movement: f64,
}

impl FaceMeasures {
    /// Whether the sitter is still where `before` saw them, so that what was measured then holds.
    #[must_use]
    pub fn is_near(&self, before: &Self) -> bool {
        /// Picture widths and heights: about a quarter of a well-placed face.
        const MOVED: f64 = 0.05;
        /// Nearer or farther by so much changes crop, light and shadow.
        const GROWN: f64 = 1.15;
        let ratio = self.size / before.size;
        (self.offset_x - before.offset_x).abs() < MOVED
            && (self.offset_y - before.offset_y).abs() < MOVED
            && (1.0 / GROWN..GROWN).contains(&ratio)
    }
}
