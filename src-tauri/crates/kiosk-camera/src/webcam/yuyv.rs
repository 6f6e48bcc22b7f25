//! Uncompressed webcam frames to JPEG.

use jpeg_encoder::{Encoder, ImageBuffer, JpegColorType, SamplingFactor};

use crate::CameraError;

/// Quality of frames that the camera did not compress itself: high, since the photo is made of them.
const QUALITY: u8 = 92;

/// Encodes packed 4:2:2 (Y₀ U Y₁ V, BT.601 studio range). Colours stay YCbCr: no detour over RGB.
///
/// # Errors
/// [`CameraError::Truncated`] when there are fewer than `width × height × 2` bytes.
pub(super) fn encode_yuyv(raw: &[u8], width: u32, height: u32) -> Result<Vec<u8>, CameraError> {
    let size = |n: u32| u16::try_from(n).map_err(|_| CameraError::Unsupported(format!("{n} pixels")));
    let (width, height) = (size(width)?, size(height)?);
    if raw.len() < usize::from(width) * usize::from(height) * 2 {
        return Err(CameraError::Truncated(format!("{} bytes of a raw frame", raw.len())));
    }
    let mut out = Vec::with_capacity(raw.len() / 8);
    let mut encoder = Encoder::new(&mut out, QUALITY);
    encoder.set_sampling_factor(SamplingFactor::F_2_1);
    encoder.encode_image(Yuyv { raw, width, height }).map_err(|error| CameraError::Io(error.to_string()))?;
    Ok(out)
}

struct Yuyv<'a> {
    raw: &'a [u8],
    width: u16,
    height: u16,
}

impl ImageBuffer for Yuyv<'_> {
    fn get_jpeg_color_type(&self) -> JpegColorType {
        JpegColorType::Ycbcr
    }

    fn width(&self) -> u16 {
        self.width
    }

    fn height(&self) -> u16 {
        self.height
    }

    fn fill_buffers(&self, y: u16, buffers: &mut [Vec<u8>; 4]) {
        let stride = usize::from(self.width) * 2;
        let row = &self.raw[usize::from(y) * stride..][..stride];
        for pair in row.chunks_exact(4) {
            for luma in [pair[0], pair[2]] {
                buffers[0].push(widen(luma, 16, 219));
                buffers[1].push(widen(pair[1], 128, 224));
                buffers[2].push(widen(pair[3], 128, 224));
            }
        }
    }
}

/// Studio range to JPEG's full range about the same zero.
fn widen(value: u8, zero: i32, span: i32) -> u8 {
    let target = if zero == 16 { 0 } else { 128 };
    let scaled = (i32::from(value) - zero) * 255;
    (target + (scaled + scaled.signum() * span / 2) / span).clamp(0, 255) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_survive() {
        // BT.601: grey at full white, and red.
        for (yuv, rgb) in
            [([235, 128, 128], [255, 255, 255]), ([82, 90, 240], [255, 0, 0]), ([16, 128, 128], [0, 0, 0])]
        {
            let raw: Vec<u8> = [yuv[0], yuv[1], yuv[0], yuv[2]].repeat(16 * 16 / 2);
            let jpeg = encode_yuyv(&raw, 16, 16).unwrap();
            let image = image::load_from_memory(&jpeg).unwrap().to_rgb8();
            let pixel = image.get_pixel(8, 8).0;
            assert!(pixel.iter().zip(rgb).all(|(a, b): (&u8, u8)| a.abs_diff(b) < 5), "{pixel:?} {rgb:?}");
        }
    }

    #[test]
    fn a_short_frame_is_truncated() {
        assert!(matches!(encode_yuyv(&[0; 100], 16, 16), Err(CameraError::Truncated(_))));
    }
}
