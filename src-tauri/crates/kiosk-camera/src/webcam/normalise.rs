//! Puts a camera into a mode that nokhwa can open.
//!
//! nokhwa 0.10 reads the mode that the last program left before it sets its own, and gives up on formats that
//! it does not know (UYVY, H.264) and on rates that are not whole (12.5 a second).

/// Asks the driver for MJPEG, else YUYV, at the wanted size and rate. Best effort: opening reports what is wrong.
#[cfg(target_os = "linux")]
pub(super) fn normalise(index: u32, width: u32, height: u32, fps: u32) {
    use v4l::video::Capture as _;
    use v4l::video::capture::Parameters;
    use v4l::{Device, Format, FourCC};

    let Ok(device) = Device::new(index as usize) else {
        return;
    };
    for code in [b"MJPG", b"YUYV"] {
        let wanted = Format::new(width, height, FourCC::new(code));
        if device.set_format(&wanted).is_ok_and(|set| set.fourcc == wanted.fourcc) {
            if let Err(error) = device.set_params(&Parameters::with_fps(fps)) {
                tracing::debug!(%error, "the camera keeps its frame rate");
            }
            return;
        }
    }
}

/// Other systems negotiate a mode from scratch.
#[cfg(not(target_os = "linux"))]
pub(super) fn normalise(_index: u32, _width: u32, _height: u32, _fps: u32) {}
