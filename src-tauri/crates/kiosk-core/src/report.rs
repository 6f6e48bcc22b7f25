//! What is kept with every photo: the proof of how it was made.

use serde::{Deserialize, Serialize};

use crate::{Check, Geometry, Transform};

/// The finished file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct FileFacts {
    /// Size in bytes.
    pub bytes: u32,
    /// JPEG quality that the search settled on, 1–100.
    pub quality: u8,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Dots per inch in the header.
    pub dpi: u32,
}

/// How long each stage took, milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Timings {
    /// JPEG to pixels.
    pub decode: f64,
    /// Finding the face.
    pub face: f64,
    /// The 478-point mesh.
    pub landmarks: f64,
    /// Person from wall.
    pub matting: f64,
    /// Crop, scale, background.
    pub compose: f64,
    /// Search for the JPEG quality.
    pub encode: f64,
    /// Everything.
    pub total: f64,
}

/// A model that had a part in the photo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ModelFacts {
    /// Name in `assets/models.toml`.
    pub name: String,
    /// SHA-256 of the file, hexadecimal.
    pub sha256: String,
}

/// Where a shot came from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ShotSource {
    /// The camera in front of the sitter.
    #[default]
    Camera,
    /// A file that the operator imported.
    File,
}

/// The frames that a shot was chosen from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Burst {
    /// How many there were.
    pub frames: u32,
    /// The one that became the shot, counted from 0.
    pub chosen: u32,
    /// Each frame's measures, in the order in which they were taken.
    pub scores: Vec<BurstScore>,
}

/// What one frame of a burst was chosen by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct BurstScore {
    /// Lid gap over the distance from eyes to chin, the smaller of both eyes, as in the check `eyes_open`.
    pub eyes_open: f64,
    /// Sharpness around the eyes, 0–1, as in the check `sharpness`.
    pub sharpness: f64,
    /// Degrees off straight.
    pub turn: f64,
    /// What the frames were ranked by, 0–1; 0 without a face.
    pub score: f64,
}

/// The camera calibration that was applied to the whole shot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CalibrationFacts {
    /// Its name.
    pub id: String,
    /// Gains of red, green and blue in linear light.
    pub white_balance: [f64; 3],
    /// Stops by which all channels were lifted.
    pub exposure_stops: f64,
    /// Degrees by which the camera's picture was turned upright, clockwise.
    pub orientation: u16,
    /// Share of the shot's pixels that have a channel at its upper end only since then, 0–1.
    pub newly_clipped: f64,
}

/// What became of the picture of the empty studio.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum PlateUse {
    /// It stood for the wall behind the sitter.
    Used,
    /// Not used: another camera took it.
    OtherCamera,
    /// Not used: it has another size.
    OtherSize,
    /// Not used: what is wall in both looks different. The camera or the studio was moved.
    Unlike,
}

/// The picture of the empty studio that lay ready for a photo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PlateFacts {
    /// SHA-256 of its file, hexadecimal.
    pub sha256: String,
    /// What became of it.
    pub outcome: PlateUse,
}

/// What was known about the shot's colour and wall. All that is `None` had no part in the photo.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Provenance {
    /// The camera's calibration.
    #[serde(default)]
    pub calibration: Option<CalibrationFacts>,
    /// The picture of the empty studio.
    #[serde(default)]
    pub clean_plate: Option<PlateFacts>,
    /// Name of the colour profile in the shot's file that the colours were converted from.
    #[serde(default)]
    pub source_profile: Option<String>,
    /// Why a colour profile in the shot's file had no effect.
    #[serde(default)]
    pub ignored_profile: Option<String>,
}

/// The report of one standardised photo; kept with the order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PhotoReport {
    /// Recipient profile.
    pub profile: String,
    /// The one crop and the one scale.
    pub transform: Transform,
    /// The measured bands, photo pixels.
    pub geometry: Geometry,
    /// Every check.
    pub checks: Vec<Check>,
    /// The file.
    pub file: FileFacts,
    /// SHA-256 of the shot's bytes, hexadecimal.
    pub shot_sha256: String,
    /// SHA-256 of the photo's bytes, hexadecimal.
    pub photo_sha256: String,
    /// Models that took part.
    pub models: Vec<ModelFacts>,
    /// Version of the program.
    pub version: String,
    /// Stage times.
    pub timings_ms: Timings,
    /// Where the shot came from.
    #[serde(default)]
    pub source: ShotSource,
    /// How the shot was chosen; `None` when there was no choice.
    #[serde(default)]
    pub burst: Option<Burst>,
    /// Calibration, clean plate and colour profile.
    #[serde(flatten)]
    pub provenance: Box<Provenance>,
}

impl PhotoReport {
    /// Whether no check failed. Warnings and unknowns are for the eyes of the operator.
    #[must_use]
    pub fn meets_standard(&self) -> bool {
        self.checks.iter().all(|check| check.verdict != crate::Verdict::Fail)
    }
}
