//! Lowers a webcam's exposure and gives it back to the camera.
//!
//! By the controls of USB video cameras as Linux names them: nokhwa's own `Exposure` means another control there. Elsewhere the camera
//! refuses, and everything stays as it was.

use nokhwa::Camera;
use nokhwa::utils::{ControlValueSetter, KnownCameraControl};

/// `V4L2_CID_EXPOSURE_AUTO` and `V4L2_CID_EXPOSURE_ABSOLUTE` (linux/v4l2-controls.h).
const AUTO: KnownCameraControl = KnownCameraControl::Other(0x009A_0901);
const TIME: KnownCameraControl = KnownCameraControl::Other(0x009A_0902);

/// `V4L2_EXPOSURE_MANUAL`.
const MANUAL: i64 = 1;

/// What the camera did by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Own {
    mode: i64,
    time: i64,
}

/// The exposure of one open camera.
#[derive(Debug, Default)]
pub(super) struct Exposure {
    /// Set while the exposure is lowered.
    own: Option<Own>,
}

impl Exposure {
    /// Lowers the exposure by so many stops from the camera's own; 0 gives it back. A camera that cannot is left as it is.
    pub(super) fn lower(&mut self, camera: &mut Camera, stops: u8) {
        let own = match self.own {
            Some(own) => own,
            None if stops == 0 => return,
            None => match (integer(camera, AUTO), integer(camera, TIME)) {
                (Some(mode), Some(time)) => Own { mode, time },
                _ => return tracing::debug!("the camera does not tell its exposure"),
            },
        };
        self.own = (stops > 0).then_some(own);
        let steps = if stops == 0 {
            vec![(TIME, own.time), (AUTO, own.mode)]
        } else {
            vec![(AUTO, MANUAL), (TIME, lowered(own.time, stops))]
        };
        for (control, value) in steps {
            // Some drivers refuse a value that they then take.
            if let Err(error) = camera.set_camera_control(control, ControlValueSetter::Integer(value)) {
                tracing::debug!(%error, "the camera keeps its exposure");
            }
        }
    }
}

fn integer(camera: &Camera, control: KnownCameraControl) -> Option<i64> {
    camera.camera_control(control).ok()?.value().as_integer().copied()
}

/// Exposure time in the driver's unit (0.1 ms), never 0.
fn lowered(time: i64, stops: u8) -> i64 {
    (time >> stops.min(30)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stop_halves_the_time() {
        assert_eq!([0, 1, 2, 6, 40].map(|stops| lowered(156, stops)), [156, 78, 39, 2, 1]);
    }
}
