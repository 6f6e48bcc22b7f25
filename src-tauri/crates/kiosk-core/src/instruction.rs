//! What the live picture measures, and the one thing to say about it.

use serde::{Deserialize, Serialize};

/// One instruction to the sitter. Directions are the *sitter's own*: the preview is a mirror, so moving to
/// one's own left moves left on the glass.
///
/// The order is the order of priority: identity and presence, distance, position, turn and tilt, expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Instruction {
    /// Nobody is in the picture.
    ComeIntoView,
    /// More than one person.
    OnePersonOnly,
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
    /// Eyes are closed.
    OpenEyes,
    /// Lips are apart.
    CloseMouth,
    /// Everything fits.
    HoldStill,
}

/// What one analysed frame says about the sitter. Lengths are relative, so that any camera measures alike.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct FramingMeasures {
    /// Faces in the picture.
    pub faces: u8,
    /// Mean luminance of the picture, 0–1.
    pub brightness: f64,
    /// Measures of the one face, when there is one.
    pub face: Option<FaceMeasures>,
}

/// Measures of the face nearest to the camera.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
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
    /// Turn, degrees; positive when the face is turned towards the sitter's left.
    pub yaw: f64,
    /// Nod, degrees; positive when the face looks up.
    pub pitch: f64,
    /// Lean, degrees; positive when the head leans to the sitter's left shoulder.
    pub roll: f64,
    /// Eye opening over eye width, the smaller of both eyes.
    pub eye_opening: f64,
    /// Gap between the lips over the pupils' distance.
    pub mouth_gap: f64,
    /// Movement of the face since the frame before, in face widths.
    pub movement: f64,
}
