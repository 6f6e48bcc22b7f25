//! What a camera can do wrong.

use std::time::Duration;

use kiosk_core::{Fault, FaultCode};
use serde::{Deserialize, Serialize};

/// Why there is no frame. Texts name devices and files, never people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CameraError {
    /// The device left the bus.
    #[error("the camera was unplugged")]
    Unplugged,
    /// No frame within the time that the caller allowed.
    #[error("no frame within {0:?}")]
    Stalled(Duration),
    /// A damaged frame was dropped; the next one may be whole.
    #[error("damaged frame dropped: {0}")]
    Truncated(String),
    /// Another program holds the device.
    #[error("the camera is in use: {0}")]
    Busy(String),
    /// No such device, folder or file.
    #[error("no camera: {0}")]
    NotFound(String),
    /// The device or file offers nothing that can be used.
    #[error("unsupported camera: {0}")]
    Unsupported(String),
    /// A recording that does not loop has been played.
    #[error("the recording has ended")]
    EndOfRecording,
    /// The worker process ended by itself; it is being restarted.
    #[error("the camera process ended: {0}")]
    WorkerLost(String),
    /// Reading or writing failed. Never taken for permanent: cables and disks come back.
    #[error("camera input or output: {0}")]
    Io(String),
}

impl CameraError {
    /// Whether asking the same source again can help.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        !matches!(self, Self::NotFound(_) | Self::Unsupported(_) | Self::EndOfRecording)
    }
}

impl From<std::io::Error> for CameraError {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error.to_string())
    }
}

impl From<CameraError> for Fault {
    fn from(error: CameraError) -> Self {
        let code = match &error {
            CameraError::Unplugged => FaultCode::CameraUnplugged,
            CameraError::Stalled(_)
            | CameraError::Truncated(_)
            | CameraError::WorkerLost(_)
            | CameraError::Io(_) => FaultCode::CameraStalled,
            CameraError::Busy(_) => FaultCode::CameraBusy,
            CameraError::NotFound(_) | CameraError::EndOfRecording => FaultCode::CameraMissing,
            CameraError::Unsupported(_) => FaultCode::CameraUnsupported,
        };
        Self::new(code, error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_recover_says_so() {
        assert!(CameraError::Unplugged.is_temporary());
        assert!(CameraError::Io("broken pipe".into()).is_temporary());
        assert!(!CameraError::EndOfRecording.is_temporary());
        assert!(!CameraError::NotFound("/dev/video7".into()).is_temporary());
    }

    #[test]
    fn every_error_has_a_code_at_the_boundary() {
        let fault = Fault::from(CameraError::Stalled(Duration::from_secs(2)));
        assert_eq!(fault.code, FaultCode::CameraStalled);
        assert_eq!(fault.detail, "no frame within 2s");
        assert_eq!(Fault::from(CameraError::Unplugged).code, FaultCode::CameraUnplugged);
    }
}
