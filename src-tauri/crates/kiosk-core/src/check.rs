//! The checks that a recipient or a reviewer makes, as stable ids with verdicts.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

macro_rules! check_ids {
    ($($(#[$doc:meta])* $variant:ident = $name:literal),+ $(,)?) => {
        /// One thing a recipient's checker looks at. The names are a contract with other programs.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS))]
        #[serde(rename_all = "snake_case")]
        pub enum CheckId { $($(#[$doc])* $variant),+ }

        impl CheckId {
            /// Every check, in the order in which reports list them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name on the wire.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }
    };
}

check_ids! {
    /// Exactly one person in the picture.
    SingleFace = "single_face",
    /// Top of the hair to the photo's top edge, px.
    HeadTop = "head_top",
    /// Eye line to the photo's top edge, px.
    EyeLine = "eye_line",
    /// Cheek to cheek without ears, px.
    FaceWidth = "face_width",
    /// Horizontal distance of the face's centre from the photo's centre, px.
    Centred = "centred",
    /// Head turned left or right, degrees.
    Yaw = "yaw",
    /// Head up or down, degrees.
    Pitch = "pitch",
    /// Head tilted to a shoulder, degrees.
    Roll = "roll",
    /// Both eyes open.
    EyesOpen = "eyes_open",
    /// Looking into the lens.
    Gaze = "gaze",
    /// Lips closed.
    MouthClosed = "mouth_closed",
    /// Neutral face.
    Expression = "expression",
    /// In focus, not moved.
    Sharpness = "sharpness",
    /// Sensor noise.
    Noise = "noise",
    /// Share of the face that is too dark.
    UnderExposure = "under_exposure",
    /// Share of the face that is burnt out.
    OverExposure = "over_exposure",
    /// Tonal range of the face.
    Contrast = "contrast",
    /// Light on the left cheek against the right (阴阳脸).
    LeftRightLight = "left_right_light",
    /// Shiny spots on skin.
    Highlights = "highlights",
    /// Skin colour against natural skin.
    ColourCast = "colour_cast",
    /// Red pupils.
    RedEye = "red_eye",
    /// One background colour everywhere.
    BackgroundUniform = "background_uniform",
    /// Shadow of the sitter on the wall.
    BackgroundShadow = "background_shadow",
    /// Clothes differ from the background.
    ClothesVsBackground = "clothes_vs_background",
    /// Brows not covered by hair.
    HairOverBrows = "hair_over_brows",
    /// Both ears to be seen.
    EarsVisible = "ears_visible",
    /// Reflections on glasses.
    GlassesGlare = "glasses_glare",
    /// Tinted glasses.
    GlassesTint = "glasses_tint",
    /// Hat or scarf.
    HeadCovering = "head_covering",
    /// Shoulders at one height.
    ShouldersLevel = "shoulders_level",
    /// Both shoulders inside the picture down to its lower edge.
    ShouldersComplete = "shoulders_complete",
    /// The sitter is large enough in the shot.
    SubjectSize = "subject_size",
    /// A photograph of a print or a screen (翻拍).
    Recapture = "recapture",
    /// Enough pixels: no up-scaling.
    Resolution = "resolution",
    /// File size inside the recipient's window, bytes.
    FileBytes = "file_bytes",
    /// Baseline JPEG, 24-bit RGB, the pixel size of the standard.
    FileFormat = "file_format",
    /// Dots per inch in the file's header.
    Dpi = "dpi",
}

impl fmt::Display for CheckId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for CheckId {
    type Err = UnknownCheck;

    fn from_str(name: &str) -> Result<Self, UnknownCheck> {
        Self::ALL.iter().copied().find(|id| id.as_str() == name).ok_or_else(|| UnknownCheck(name.to_owned()))
    }
}

/// A check id that this version does not know.
#[derive(Debug, thiserror::Error)]
#[error("unknown check id {0:?}")]
pub struct UnknownCheck(pub String);

/// How a measure stands against its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Inside the limit.
    Pass,
    /// Inside, but close to the edge.
    Warn,
    /// Outside.
    Fail,
    /// Could not be measured on this picture. Never a pass.
    Unknown,
}

/// One measured check.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Check {
    /// Which check.
    pub id: CheckId,
    /// How it stands.
    pub verdict: Verdict,
    /// The measure, when there is one.
    pub value: Option<f64>,
    /// The measure's unit: `px`, `deg`, `ratio`, `bytes`, `count` …
    pub unit: String,
    /// Lowest and highest value that still passes.
    pub limit: Option<[f64; 2]>,
}

impl Check {
    /// A check that cannot be made on this picture.
    #[must_use]
    pub fn unknown(id: CheckId, unit: &str) -> Self {
        Self { id, verdict: Verdict::Unknown, value: None, unit: unit.to_owned(), limit: None }
    }

    /// Judges `value` against `limit`; within `margin` of either edge it passes with a warning.
    /// A value that is not finite is unknown.
    #[must_use]
    pub fn judge(id: CheckId, value: f64, unit: &str, limit: [f64; 2], margin: f64) -> Self {
        Self::judge_edges(id, value, unit, limit, [margin; 2])
    }

    /// As [`Check::judge`], with a margin of its own for the low and the high edge.
    #[must_use]
    pub fn judge_edges(id: CheckId, value: f64, unit: &str, limit: [f64; 2], margins: [f64; 2]) -> Self {
        let verdict = if !value.is_finite() {
            Verdict::Unknown
        } else if value < limit[0] || value > limit[1] {
            Verdict::Fail
        } else if value < limit[0] + margins[0] || value > limit[1] - margins[1] {
            Verdict::Warn
        } else {
            Verdict::Pass
        };
        let value = value.is_finite().then_some(value);
        Self { id, verdict, value, unit: unit.to_owned(), limit: Some(limit) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_keeps_its_name_on_the_wire() {
        for id in CheckId::ALL {
            assert_eq!(serde_json::to_value(id).unwrap(), id.as_str());
            assert_eq!(id.as_str().parse::<CheckId>().unwrap(), *id);
        }
        assert_eq!(CheckId::ALL.len(), 37);
    }

    #[test]
    fn verdicts_follow_the_limit_and_its_margin() {
        let verdict = |v| Check::judge(CheckId::EyeLine, v, "px", [200.0, 300.0], 5.0).verdict;
        assert_eq!(verdict(250.0), Verdict::Pass);
        assert_eq!(verdict(203.0), Verdict::Warn);
        assert_eq!(verdict(300.0), Verdict::Warn);
        assert_eq!(verdict(300.1), Verdict::Fail);
        assert_eq!(verdict(f64::NAN), Verdict::Unknown);
    }

    #[test]
    fn a_bound_of_nature_is_no_edge_to_be_close_to() {
        let verdict = |v| Check::judge_edges(CheckId::Noise, v, "levels", [0.0, 4.0], [0.0, 1.0]).verdict;
        assert_eq!(verdict(0.0), Verdict::Pass);
        assert_eq!(verdict(3.5), Verdict::Warn);
        assert_eq!(verdict(4.5), Verdict::Fail);
    }
}
