//! Takes frames from a webcam. Runs in the worker process only.

use std::time::Instant;

use nokhwa::Camera;
use nokhwa::NokhwaError;
use nokhwa::utils::{
    CameraFormat, CameraIndex, FrameFormat, RequestedFormat, RequestedFormatType, Resolution,
};

use super::devices::query;
use super::exposure::Exposure;
use super::yuyv::encode_yuyv;
use crate::jpeg::{extract_jpeg, find_jpeg};
use crate::{CameraError, Frame, SourceInfo, SourceKind};

/// An open webcam. `next_frame` may block for ever in the driver: the parent process holds the clock.
pub(super) struct Capture {
    info: SourceInfo,
    camera: Camera,
    format: CameraFormat,
    opened: Instant,
    seq: u64,
    exposure: Exposure,
    /// Stops by which the exposure was lowered last.
    lowered: u8,
}

impl Capture {
    /// Opens the webcam `id`, or the first, near the wanted size and rate: compressed if it can, else raw.
    pub(super) fn open(id: Option<&str>, width: u32, height: u32, fps: u32) -> Result<Self, CameraError> {
        let devices = query()?;
        let device = devices
            .into_iter()
            .find(|d| id.is_none_or(|id| d.id == id || d.index.to_string() == id))
            .ok_or_else(|| CameraError::NotFound(id.unwrap_or("no webcam is connected").to_owned()))?;
        super::normalise::normalise(device.index, width, height, fps);
        let near = |format| CameraFormat::new(Resolution::new(width, height), format, fps);
        let mut camera = open_as(device.index, near(FrameFormat::MJPEG))
            .or_else(|_| open_as(device.index, near(FrameFormat::YUYV)))?;
        camera.open_stream().map_err(|error| explain(&error))?;
        // The driver may have chosen something else than it was asked for.
        let format = camera.refresh_camera_format().map_err(|error| explain(&error))?;
        let info = SourceInfo {
            kind: SourceKind::Webcam,
            id: device.id,
            label: device.label,
            width: format.width(),
            height: format.height(),
            fps: f64::from(format.frame_rate()),
        };
        Ok(Self {
            info,
            camera,
            format,
            opened: Instant::now(),
            seq: 0,
            exposure: Exposure::default(),
            lowered: 0,
        })
    }

    /// Waits for the next frame, however long, with the exposure lowered by so many stops.
    pub(super) fn next_frame(&mut self, stops: u8) -> Result<Frame, CameraError> {
        if self.lowered != stops {
            self.exposure.lower(&mut self.camera, stops);
            self.lowered = stops;
        }
        let raw = self.camera.frame_raw().map_err(|error| explain(&error))?;
        let at = self.opened.elapsed();
        let seq = self.seq;
        self.seq += 1;
        let (jpeg, width, height) = match self.format.format() {
            FrameFormat::MJPEG => {
                let span = find_jpeg(&raw)?;
                (extract_jpeg(&raw, &span), span.width, span.height)
            }
            FrameFormat::YUYV => {
                let (width, height) = (self.format.width(), self.format.height());
                (encode_yuyv(&raw, width, height)?, width, height)
            }
            other => return Err(CameraError::Unsupported(format!("{other} frames"))),
        };
        Ok(Frame { seq, at, width, height, jpeg: jpeg.into() })
    }

    pub(super) fn info(&self) -> &SourceInfo {
        &self.info
    }
}

fn open_as(index: u32, wanted: CameraFormat) -> Result<Camera, CameraError> {
    let formats = [wanted.format()];
    let request = RequestedFormat::with_formats(RequestedFormatType::Closest(wanted), &formats);
    Camera::new(CameraIndex::Index(index), request).map_err(|error| explain(&error))
}

/// Drivers' errors arrive as text. What is not recognised is taken for temporary.
pub(super) fn explain(error: &NokhwaError) -> CameraError {
    let text = error.to_string();
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if says(&["os error 16", "busy", "Busy", "0xC00D3704"]) {
        CameraError::Busy(text)
    } else if says(&["os error 19", "No such device", "0xC00D3EA2", "disconnected"]) {
        CameraError::Unplugged
    } else if says(&["os error 2)", "No such file"]) {
        CameraError::NotFound(text)
    } else if matches!(error, NokhwaError::UnsupportedOperationError(_) | NokhwaError::NotImplementedError(_))
        || says(&["Cannot fufill request", "Failed to fufill"])
    {
        CameraError::Unsupported(text)
    } else {
        CameraError::Io(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_words_become_typed_errors() {
        let read = |text: &str| explain(&NokhwaError::ReadFrameError(text.to_owned()));
        assert_eq!(read("No such device (os error 19)"), CameraError::Unplugged);
        assert!(matches!(read("Device or resource busy (os error 16)"), CameraError::Busy(_)));
        assert!(matches!(read("No such file or directory (os error 2)"), CameraError::NotFound(_)));
        assert!(matches!(read("Input/output error (os error 5)"), CameraError::Io(_)));
    }
}
