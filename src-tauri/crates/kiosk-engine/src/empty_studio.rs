//! What the operator can do about camera and wall: look at the calibration, take a picture of the empty studio, throw it away.

use std::sync::Arc;
use std::time::Duration;

use kiosk_core::calibration::CameraCalibration;
use kiosk_core::order::UnixMillis;
use kiosk_core::{Fault, FaultCode};

use crate::clean_plate::PlateShelf;
use crate::clock;
use crate::contract::{CalibrationView, PlateView, StudioView};
use crate::darkroom::Darkroom;
use crate::glass::Glass;
use crate::preview::Preview;

/// Longest wait for a frame that is newer than the wish.
const FRESH_FRAME: Duration = Duration::from_secs(2);
const HOUR_MS: UnixMillis = 3_600_000;

/// Camera and wall, as the operator's side sees them.
pub struct EmptyStudio {
    pub shelf: Arc<PlateShelf>,
    pub darkroom: Darkroom,
    pub preview: Arc<Preview>,
    pub glass: Arc<Glass>,
    pub calibration: Option<CameraCalibration>,
    /// An older plate is mentioned.
    pub plate_hours: u32,
}

impl EmptyStudio {
    /// What is known.
    pub fn view(&self) -> StudioView {
        StudioView {
            calibration: self.calibration.as_ref().map(shown),
            clean_plate: self.shelf.plate().map(|kept| {
                let record = &kept.record;
                let age = clock::now() - record.taken_at;
                PlateView {
                    camera: record.camera.clone(),
                    width: record.width,
                    height: record.height,
                    taken_at: record.taken_at,
                    sha256: record.sha256.clone(),
                    // A plate from the future was taken by a clock that was wrong: nobody knows its age.
                    old: !(0..=UnixMillis::from(self.plate_hours) * HOUR_MS).contains(&age),
                    last_use: self.shelf.last_use(),
                }
            }),
            fault: self.shelf.fault(),
        }
    }

    /// Keeps the next frame as the picture of the empty studio, when it is one.
    ///
    /// # Errors
    /// The camera's own fault; `camera_stalled`; those of [`kiosk_vision::plate::examine`]; `path_unusable` and `disk_full` when it cannot be
    /// kept. The one before stays.
    pub fn take(&self) -> Result<(), Fault> {
        let camera = self.glass.view().1.status.camera;
        if let Some(fault) = camera.fault {
            return Err(fault);
        }
        let frame = self
            .preview
            .frame_after(self.preview.newest(), FRESH_FRAME)
            .ok_or_else(|| Fault::new(FaultCode::CameraStalled, "no frame of the empty studio"))?;
        let size = self.darkroom.examine_plate(frame.clone())?;
        self.shelf.keep(&frame.jpeg, &camera.label, size, clock::now())
    }

    /// Throws the picture away.
    pub fn discard(&self) -> Result<(), Fault> {
        self.shelf.discard()
    }

    /// The picture as the camera gave it; empty when there is none.
    pub fn picture(&self) -> Vec<u8> {
        self.shelf.plate().map(|kept| kept.file.clone()).unwrap_or_default()
    }
}

fn shown(camera: &CameraCalibration) -> CalibrationView {
    CalibrationView {
        id: camera.id.clone(),
        title_zh: camera.title.zh.clone(),
        title_en: camera.title.en.clone(),
        source: camera.source.clone(),
        white_balance: camera.white_balance.gains(),
        exposure_stops: camera.exposure_stops,
        orientation: camera.orientation.degrees(),
    }
}
