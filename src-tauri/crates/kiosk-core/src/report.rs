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
}

impl PhotoReport {
    /// Whether no check failed. Warnings and unknowns are for the eyes of the operator.
    #[must_use]
    pub fn meets_standard(&self) -> bool {
        self.checks.iter().all(|check| check.verdict != crate::Verdict::Fail)
    }
}
