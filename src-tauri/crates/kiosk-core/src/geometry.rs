//! The photo's geometry: bands, the one crop and the one scale.

use serde::{Deserialize, Serialize};

/// A size in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PixelSize {
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

/// A closed interval of photo pixels.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(from = "[f64; 2]", into = "[f64; 2]")]
pub struct Band {
    /// Lowest value that meets the rule.
    pub low: f64,
    /// Highest value that meets the rule.
    pub high: f64,
}

impl Band {
    /// The value to aim for: recipients' own checkers differ a little at the edges.
    #[must_use]
    pub fn middle(self) -> f64 {
        f64::midpoint(self.low, self.high)
    }

    /// Half of the width.
    #[must_use]
    pub fn half_width(self) -> f64 {
        (self.high - self.low) / 2.0
    }

    /// Whether `value` meets the rule.
    #[must_use]
    pub fn contains(self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }
}

impl From<[f64; 2]> for Band {
    fn from([low, high]: [f64; 2]) -> Self {
        Self { low, high }
    }
}

impl From<Band> for [f64; 2] {
    fn from(band: Band) -> Self {
        [band.low, band.high]
    }
}

/// The whole change from shot to photo: `photo = (shot − offset) × scale`. Never a rotation, never a mirror image.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Transform {
    /// Photo pixels for one shot pixel, the same in both directions.
    pub scale: f64,
    /// Shot column that becomes the photo's left edge.
    pub offset_x: f64,
    /// Shot row that becomes the photo's top edge.
    pub offset_y: f64,
}

impl Transform {
    /// A shot point in photo pixels.
    #[must_use]
    pub fn apply(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        [(x - self.offset_x) * self.scale, (y - self.offset_y) * self.scale]
    }

    /// A photo point in shot pixels.
    #[must_use]
    pub fn invert(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        [x / self.scale + self.offset_x, y / self.scale + self.offset_y]
    }
}

/// The four measures that the standard gives bands for, in photo pixels.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Geometry {
    /// Top of the hair to the top edge.
    pub head_top: f64,
    /// Eye line to the top edge.
    pub eye_line: f64,
    /// Cheek to cheek, without ears.
    pub face_width: f64,
    /// Column of the face's centre.
    pub centre_x: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_survives_the_way_there_and_back() {
        let t = Transform { scale: 0.53, offset_x: 211.5, offset_y: 64.25 };
        let p = t.invert(t.apply([640.0, 360.0]));
        assert!((p[0] - 640.0).abs() < 1e-9 && (p[1] - 360.0).abs() < 1e-9);
    }
}
