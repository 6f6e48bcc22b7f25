//! One camera on its stand: how it is fixed, and what brings its greys to grey.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::bad_file;
use crate::profile::Title;
use crate::{Fault, PixelSize};

/// How a camera is fixed to its stand: the quarter turn, clockwise, that brings its picture upright.
///
/// A fact of the mount that never changes during a visit. It is not a correction of the sitter's posture, which the
/// standard forbids.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub enum Orientation {
    /// Upright already.
    #[default]
    Deg0,
    /// Fixed on its right-hand side.
    Deg90,
    /// Upside down.
    Deg180,
    /// Fixed on its left-hand side.
    Deg270,
}

impl Orientation {
    /// 0, 90, 180 or 270.
    pub fn degrees(self) -> u16 {
        self.into()
    }

    /// Whether columns become rows.
    pub fn swaps_axes(self) -> bool {
        matches!(self, Self::Deg90 | Self::Deg270)
    }

    /// Size of the upright picture that a camera picture of `size` becomes.
    pub fn upright_size(self, size: PixelSize) -> PixelSize {
        if self.swaps_axes() { PixelSize { width: size.height, height: size.width } } else { size }
    }
}

impl TryFrom<u16> for Orientation {
    type Error = String;

    fn try_from(degrees: u16) -> Result<Self, String> {
        match degrees {
            0 => Ok(Self::Deg0),
            90 => Ok(Self::Deg90),
            180 => Ok(Self::Deg180),
            270 => Ok(Self::Deg270),
            other => Err(format!("an orientation is 0, 90, 180 or 270 degrees, not {other}")),
        }
    }
}

impl From<Orientation> for u16 {
    fn from(orientation: Orientation) -> Self {
        match orientation {
            Orientation::Deg0 => 0,
            Orientation::Deg90 => 90,
            Orientation::Deg180 => 180,
            Orientation::Deg270 => 270,
        }
    }
}

/// One camera on its stand, under the studio's lamps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CameraCalibration {
    /// Stable name, also the file's stem.
    pub id: String,
    /// What people call it.
    pub title: Title,
    /// How and when it was measured.
    pub source: String,
    /// How it is fixed.
    #[serde(default)]
    pub orientation: Orientation,
    /// Stops by which all channels are lifted (or lowered) together.
    #[serde(default)]
    pub exposure_stops: f64,
    /// What brings a neutral grey to equal channels.
    #[serde(default)]
    pub white_balance: WhiteBalance,
}

/// A gain for each channel, in linear light.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WhiteBalance {
    /// Red.
    pub red: f64,
    /// Green.
    pub green: f64,
    /// Blue.
    pub blue: f64,
}

impl Default for WhiteBalance {
    fn default() -> Self {
        Self { red: 1.0, green: 1.0, blue: 1.0 }
    }
}

impl WhiteBalance {
    /// Gains beyond these would repair a wrong setting of the camera or of the lamps, and amplify its noise: mend those instead.
    pub const GAINS: RangeInclusive<f64> = 0.5..=2.0;

    /// Red, green, blue.
    pub fn gains(self) -> [f64; 3] {
        [self.red, self.green, self.blue]
    }
}

impl From<[f64; 3]> for WhiteBalance {
    fn from([red, green, blue]: [f64; 3]) -> Self {
        Self { red, green, blue }
    }
}

impl CameraCalibration {
    /// More than a stop is a matter for the lamps.
    pub const STOPS: RangeInclusive<f64> = -1.0..=1.0;

    /// Reads a calibration from its TOML text and checks that its numbers make sense.
    ///
    /// # Errors
    /// [`CalibrationUnknown`](crate::FaultCode::CalibrationUnknown) with what is wrong in the file.
    pub fn from_toml(text: &str) -> Result<Self, Fault> {
        let calibration: Self = toml::from_str(text).map_err(bad_file)?;
        let Self { id, white_balance, exposure_stops, .. } = &calibration;
        if !white_balance.gains().iter().all(|gain| WhiteBalance::GAINS.contains(gain)) {
            return Err(bad_file(format!("{id}: a gain of the white balance is 0.5 to 2")));
        }
        if !Self::STOPS.contains(exposure_stops) {
            return Err(bad_file(format!("{id}: the exposure is changed by at most one stop")));
        }
        Ok(calibration)
    }

    /// The file's text.
    ///
    /// # Errors
    /// [`CalibrationUnknown`](crate::FaultCode::CalibrationUnknown) when it could not be read again.
    pub fn to_toml(&self) -> Result<String, Fault> {
        let text = toml::to_string(self).map_err(bad_file)?;
        Self::from_toml(&text).map(|_| text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FaultCode;

    const LEFT_STAND: &str = "id='a'\nsource='b'\norientation=90\nexposure_stops=-0.25\n[title]\nzh='c'\nen='d'\n\
                              [white_balance]\nred=1.2\ngreen=1.0\nblue=1.31\n";

    #[test]
    fn a_calibration_survives_the_way_to_its_file_and_back() {
        let calibration = CameraCalibration::from_toml(LEFT_STAND).unwrap();
        assert_eq!(calibration.orientation, Orientation::Deg90);
        assert_eq!(calibration.white_balance, WhiteBalance { red: 1.2, green: 1.0, blue: 1.31 });
        assert_eq!(CameraCalibration::from_toml(&calibration.to_toml().unwrap()).unwrap(), calibration);
        let plain = "id='a'\nsource='b'\n[title]\nzh='c'\nen='d'\n";
        let plain = CameraCalibration::from_toml(plain).unwrap();
        assert_eq!((plain.white_balance, plain.exposure_stops), (WhiteBalance::default(), 0.0));
    }

    #[test]
    fn numbers_without_sense_are_refused() {
        for (good, bad) in [
            ("red=1.2", "red=2.1"),
            ("red=1.2", "red=0.4"),
            ("red=1.2", "red=nan"),
            ("stops=-0.25", "stops=1.01"),
            ("orientation=90", "orientation=45"),
            ("green=1.0\n", ""),
            ("source='b'", "sauce='b'"),
        ] {
            let fault = CameraCalibration::from_toml(&LEFT_STAND.replace(good, bad)).unwrap_err();
            assert_eq!(fault.code, FaultCode::CalibrationUnknown, "{bad}");
        }
    }

    #[test]
    fn a_quarter_turn_swaps_columns_and_rows() {
        let size = PixelSize { width: 1280, height: 720 };
        assert_eq!(Orientation::Deg270.upright_size(size), PixelSize { width: 720, height: 1280 });
        assert_eq!(Orientation::Deg180.upright_size(size), size);
    }
}
