//! How a person names a camera: `simulated`, `replay:DIR`, `webcam`, `webcam:ID`.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use crate::CameraError;

/// Which camera to open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CameraSpec {
    /// The drawn studio.
    Simulated,
    /// A folder of JPEG files or one `.mjpeg` file.
    Replay(PathBuf),
    /// A webcam: the given one, else the first.
    Webcam(Option<String>),
}

impl FromStr for CameraSpec {
    type Err = CameraError;

    fn from_str(text: &str) -> Result<Self, CameraError> {
        match text.split_once(':') {
            None if text == "simulated" => Ok(Self::Simulated),
            None if text == "webcam" => Ok(Self::Webcam(None)),
            Some(("replay", path)) if !path.is_empty() => Ok(Self::Replay(path.into())),
            Some(("webcam", id)) if !id.is_empty() => Ok(Self::Webcam(Some(id.to_owned()))),
            _ => Err(CameraError::Unsupported(format!(
                "{text:?} is none of simulated, replay:DIR, webcam, webcam:ID"
            ))),
        }
    }
}

impl fmt::Display for CameraSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Simulated => f.write_str("simulated"),
            Self::Replay(path) => write!(f, "replay:{}", path.display()),
            Self::Webcam(None) => f.write_str("webcam"),
            Self::Webcam(Some(id)) => write!(f, "webcam:{id}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_written_alike() {
        for text in ["simulated", "replay:/data/day one", "replay:C:\\rec", "webcam", "webcam:usb-1-2:C920"] {
            assert_eq!(text.parse::<CameraSpec>().unwrap().to_string(), text);
        }
        for text in ["", "replay:", "replay", "webcam:", "camera", "Simulated"] {
            assert!(matches!(text.parse::<CameraSpec>(), Err(CameraError::Unsupported(_))), "{text}");
        }
    }
}
