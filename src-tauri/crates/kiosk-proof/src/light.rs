//! Pictures in linear light, where exposures, lamps and lenses are multiplications and sums.

use std::sync::LazyLock;

use image::RgbImage;
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use kiosk_core::{Fault, FaultCode};

/// Steps of the table that turns light into sRGB bytes: finer than the steepest part of the curve needs.
const STEPS: usize = 1 << 15;

static TO_LIGHT: LazyLock<[f32; 256]> = LazyLock::new(|| std::array::from_fn(|v| of_srgb(v as f32 / 255.0)));
static TO_BYTE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let byte = |i: usize| (to_srgb(i as f32 / (STEPS - 1) as f32) * 255.0 + 0.5) as u8;
    (0..STEPS).map(byte).collect()
});

/// Linear light of an encoded value, both 0–1 (IEC 61966-2-1).
pub fn of_srgb(v: f32) -> f32 {
    if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
}

/// The inverse of [`of_srgb`].
pub fn to_srgb(v: f32) -> f32 {
    if v <= 0.003_130_8 { v * 12.92 } else { 1.055 * v.powf(1.0 / 2.4) - 0.055 }
}

/// Linear light of an sRGB colour.
pub fn colour(rgb: [u8; 3]) -> [f32; 3] {
    rgb.map(|v| TO_LIGHT[usize::from(v)])
}

/// Luminance of linear light.
pub fn luminance([r, g, b]: [f32; 3]) -> f32 {
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

/// 0 below `low`, 1 above `high`, smooth between; also with `low > high`.
pub fn smoothstep(low: f32, high: f32, x: f32) -> f32 {
    let t = ((x - low) / (high - low)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// A picture in linear light, 1 is white. Values may leave 0–1 until the picture is encoded.
#[derive(Debug, Clone)]
pub struct Light {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Red, green, blue, row by row.
    pub data: Vec<[f32; 3]>,
}

impl Light {
    /// The light that an sRGB picture shows.
    pub fn of(picture: &RgbImage) -> Self {
        let data = picture.pixels().map(|p| colour(p.0)).collect();
        Self { width: picture.width() as usize, height: picture.height() as usize, data }
    }

    /// A picture of a formula; coordinates are pixel centres.
    pub fn painted(width: usize, height: usize, mut paint: impl FnMut(f32, f32) -> [f32; 3]) -> Self {
        let at = |i: usize| ((i % width) as f32 + 0.5, (i / width) as f32 + 0.5);
        let data = (0..width * height)
            .map(|i| {
                let (x, y) = at(i);
                paint(x, y)
            })
            .collect();
        Self { width, height, data }
    }

    /// Clipped and encoded: what a camera would hand over.
    pub fn picture(&self) -> RgbImage {
        let table = &*TO_BYTE;
        let byte = |v: f32| table[(v.clamp(0.0, 1.0) * (STEPS - 1) as f32 + 0.5) as usize];
        let bytes = self.data.iter().flat_map(|p| p.map(byte)).collect();
        RgbImage::from_raw(self.width as u32, self.height as u32, bytes).unwrap_or_default()
    }

    /// Changes every pixel; `change` gets the pixel's centre.
    pub fn change(&mut self, mut change: impl FnMut(f32, f32, [f32; 3]) -> [f32; 3]) {
        for (i, pixel) in self.data.iter_mut().enumerate() {
            *pixel = change((i % self.width) as f32 + 0.5, (i / self.width) as f32 + 0.5, *pixel);
        }
    }

    /// Light at a position in pixels, between the four nearest centres; beyond the picture its edge goes on.
    pub fn at(&self, x: f32, y: f32) -> [f32; 3] {
        let (x, y) =
            ((x - 0.5).clamp(0.0, (self.width - 1) as f32), (y - 0.5).clamp(0.0, (self.height - 1) as f32));
        let (left, top) = (x as usize, y as usize);
        let (right, below) = ((left + 1).min(self.width - 1), (top + 1).min(self.height - 1));
        let (tx, ty) = (x - left as f32, y - top as f32);
        let get = |x: usize, y: usize| self.data[y * self.width + x];
        let (a, b, c, d) = (get(left, top), get(right, top), get(left, below), get(right, below));
        std::array::from_fn(|k| {
            let upper = a[k] + (b[k] - a[k]) * tx;
            let lower = c[k] + (d[k] - c[k]) * tx;
            upper + (lower - upper) * ty
        })
    }

    /// Each pixel taken from where `from` says, by one sample.
    pub fn warped(&self, from: impl Fn(f32, f32) -> [f32; 2]) -> Self {
        Self::painted(self.width, self.height, |x, y| {
            let [u, v] = from(x, y);
            self.at(u, v)
        })
    }

    /// Scaled, averaging what falls into a pixel.
    pub fn scaled(&self, width: usize, height: usize) -> Self {
        let (sx, sy) = (self.width as f32 / width as f32, self.height as f32 / height as f32);
        let taps = |s: f32| (s.ceil() as usize).max(1);
        let (nx, ny) = (taps(sx), taps(sy));
        let share = 1.0 / (nx * ny) as f32;
        Self::painted(width, height, |x, y| {
            let mut sum = [0.0; 3];
            for j in 0..ny {
                for i in 0..nx {
                    let u = (x - 0.5 + (i as f32 + 0.5) / nx as f32) * sx;
                    let v = (y - 0.5 + (j as f32 + 0.5) / ny as f32) * sy;
                    let sample = self.at(u, v);
                    (0..3).for_each(|k| sum[k] += sample[k] * share);
                }
            }
            sum
        })
    }

    /// A part of the picture; beyond its edges they go on.
    pub fn part(&self, left: f32, top: f32, width: usize, height: usize) -> Self {
        Self::painted(width, height, |x, y| self.at(x + left, y + top))
    }
}

/// A JPEG as cameras make them (4:2:0).
///
/// # Errors
/// `image_unreadable` when the picture is too large for the format.
pub fn jpeg(picture: &RgbImage, quality: u8) -> Result<Vec<u8>, Fault> {
    let fault = |e: &dyn std::fmt::Display| Fault::new(FaultCode::ImageUnreadable, e.to_string());
    let size = |v: u32| u16::try_from(v).map_err(|e| fault(&e));
    let (width, height) = (size(picture.width())?, size(picture.height())?);
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, quality);
    encoder.set_sampling_factor(SamplingFactor::R_4_2_0);
    encoder.encode(picture.as_raw(), width, height, ColorType::Rgb).map_err(|e| fault(&e))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoding_undoes_decoding() {
        let picture = RgbImage::from_fn(16, 16, |x, y| image::Rgb([(y * 16 + x) as u8; 3]));
        assert_eq!(Light::of(&picture).picture(), picture);
    }

    #[test]
    fn scaling_keeps_the_light() {
        let mut light =
            Light::painted(60, 40, |x, _| if (x as usize).is_multiple_of(2) { [1.0; 3] } else { [0.0; 3] });
        light.change(|_, y, p| p.map(|v| v * y / 20.0));
        let mean = |l: &Light| l.data.iter().map(|p| p[1]).sum::<f32>() / l.data.len() as f32;
        assert!((mean(&light.scaled(30, 20)) - mean(&light)).abs() < 0.01);
    }
}
