//! The sitter in front of the recipient's colour.

use image::{Rgb, RgbImage};

use crate::matting::raster::{Raster, smoothstep};

/// Alpha from which the plain picture begins to replace the recomposed colour, and from which it alone is shown. Recomposed and plain
/// pixels agree there up to the rounding of two resamplings; the ramp hides the seam.
const PLAIN: [f32; 2] = [0.90, 0.995];

/// Alpha below which nothing of the sitter is visible: half a level of 255.
const NOTHING: f32 = 0.002;

/// Puts the cut-out before `colour`. `plain` is the crop plainly resized, `cutout` holds alpha-weighted colour and alpha in the
/// same size.
///
/// Where alpha is 1 the photo *is* the plain crop: the sitter's pixels are cropped and scaled, nothing else. Only along
/// the outline, where wall shines through, the sitter's own colour is recomposed with the background.
#[must_use]
pub fn replaced(plain: &RgbImage, cutout: &Raster<[f32; 4]>, colour: [u8; 3]) -> RgbImage {
    let mut photo = plain.clone();
    for (pixel, &[r, g, b, alpha]) in photo.pixels_mut().zip(&cutout.data) {
        if alpha >= PLAIN[1] {
            continue;
        }
        if alpha <= NOTHING {
            *pixel = Rgb(colour);
            continue;
        }
        let share = smoothstep(PLAIN[0], PLAIN[1], alpha);
        let own = [r, g, b];
        pixel.0 = std::array::from_fn(|c| {
            let recomposed = own[c] * 255.0 + (1.0 - alpha) * f32::from(colour[c]);
            let value = f32::from(pixel.0[c]) * share + recomposed * (1.0 - share);
            value.round().clamp(0.0, 255.0) as u8
        });
    }
    photo
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inside_stays_outside_is_the_colour_and_the_edge_is_mixed() {
        let plain = RgbImage::from_pixel(3, 1, Rgb([80, 60, 40]));
        let weighted = |alpha: f32| [0.3 * alpha, 0.2 * alpha, 0.1 * alpha, alpha];
        let cutout = Raster { width: 3, height: 1, data: vec![weighted(1.0), weighted(0.5), weighted(0.0)] };
        let photo = replaced(&plain, &cutout, [100, 197, 255]);
        assert_eq!(photo.get_pixel(0, 0).0, [80, 60, 40]);
        assert_eq!(photo.get_pixel(1, 0).0, [88, 124, 140]);
        assert_eq!(photo.get_pixel(2, 0).0, [100, 197, 255]);
    }
}
