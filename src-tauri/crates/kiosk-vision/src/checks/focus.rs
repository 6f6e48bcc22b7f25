//! Sharpness and noise.

use image::RgbImage;
use kiosk_core::{Check, CheckId};

use super::pixels::square;
use super::{PATCH, Sitting, Skin, judged};
use crate::landmarks as lm;

pub(super) fn measure(sitting: &Sitting<'_>, _skin: &Skin, checks: &mut Vec<Check>) {
    checks.push(judged(sitting.profile, CheckId::Sharpness, sharpness(sitting), "ratio"));
    checks.push(judged(sitting.profile, CheckId::Noise, noise(sitting), "levels"));
}

/// 1 − the blur metric of Crété, Dolmiere, Ladret and Nicolas ("The blur effect", 2007) on the part of the face with the finest
/// detail, brows to mouth: how much neighbouring differences shrink when the picture is blurred once more. It does not depend on
/// contrast. The worst of four directions, so that motion shows.
fn sharpness(sitting: &Sitting<'_>) -> Option<f32> {
    let mesh = sitting.mesh;
    let (left, right) = (mesh.point(lm::RIGHT_EYE_OUTER_CORNER)[0], mesh.point(lm::LEFT_EYE_OUTER_CORNER)[0]);
    let brows = mesh.mean(&lm::RIGHT_BROW_UPPER)[1].min(mesh.mean(&lm::LEFT_BROW_UPPER)[1]);
    let mouth = mesh.mean(&lm::LIPS_INNER)[1];
    let margin = 0.15 * (right - left);
    detail(sitting.photo, [left - margin, brows - margin, right + margin, mouth + margin])
}

/// The measure for any area: left, top, right, bottom. `None` below 16 × 16 pixels.
pub(crate) fn detail(photo: &RgbImage, area: [f32; 4]) -> Option<f32> {
    let area = grey(photo, area)?;
    let lines = [area.rows(), area.columns(), area.diagonals(false), area.diagonals(true)];
    Some(1.0 - lines.iter().map(|lines| blur_along(lines)).fold(0.0, f32::max))
}

/// A grey picture.
struct Grey {
    width: usize,
    data: Vec<f32>,
}

impl Grey {
    fn height(&self) -> usize {
        self.data.len() / self.width
    }

    fn rows(&self) -> Vec<Vec<f32>> {
        self.data.chunks_exact(self.width).map(<[f32]>::to_vec).collect()
    }

    fn columns(&self) -> Vec<Vec<f32>> {
        let at = |x: usize, y: usize| self.data[y * self.width + x];
        (0..self.width).map(|x| (0..self.height()).map(|y| at(x, y)).collect()).collect()
    }

    /// Lines that fall to the right, or to the left.
    fn diagonals(&self, left: bool) -> Vec<Vec<f32>> {
        let (width, height) = (self.width as isize, self.height() as isize);
        let line = |start: isize| {
            let cells = (0..height).map(move |y| (if left { start - y } else { start + y }, y));
            cells
                .filter(|(x, _)| (0..width).contains(x))
                .map(|(x, y)| self.data[(y * width + x) as usize])
                .collect()
        };
        let starts = if left { 0..width + height } else { -height..width };
        starts.map(line).collect()
    }
}

fn grey(photo: &RgbImage, [left, top, right, bottom]: [f32; 4]) -> Option<Grey> {
    let clip = |v: f32, most: u32| v.round().clamp(0.0, most as f32) as u32;
    let (x0, x1) = (clip(left, photo.width()), clip(right, photo.width()));
    let (y0, y1) = (clip(top, photo.height()), clip(bottom, photo.height()));
    if x1 < x0 + 16 || y1 < y0 + 16 {
        return None;
    }
    let luma = |x, y| {
        let [r, g, b] = photo.get_pixel(x, y).0.map(f32::from);
        0.299 * r + 0.587 * g + 0.114 * b
    };
    let data = (y0..y1).flat_map(|y| (x0..x1).map(move |x| luma(x, y))).collect();
    Some(Grey { width: (x1 - x0) as usize, data })
}

/// Blur along lines of pixels: 0 sharp, 1 blurred.
fn blur_along(lines: &[Vec<f32>]) -> f32 {
    const TAPS: usize = 9;
    let (mut before, mut lost) = (0.0f64, 0.0f64);
    for row in lines {
        let sums: Vec<f32> = row.windows(TAPS).map(|w| w.iter().sum::<f32>() / TAPS as f32).collect();
        for (i, pair) in sums.windows(2).enumerate() {
            let at = i + TAPS / 2;
            let sharp = (row[at + 1] - row[at]).abs();
            before += f64::from(sharp);
            lost += f64::from((sharp - (pair[1] - pair[0]).abs()).max(0.0));
        }
    }
    if before > 0.0 { ((before - lost) / before) as f32 } else { 1.0 }
}

/// Standard deviation of the noise on cheeks and forehead, 8-bit levels: Immerkær's estimate ("Fast noise variance estimation",
/// 1996), whose mask answers to noise and hardly to smooth shading; the quietest of the three squares, since skin has texture.
fn noise(sitting: &Sitting<'_>) -> Option<f32> {
    let side = PATCH * sitting.mesh.pupil_distance();
    let spots = [super::RIGHT_CHEEK_MIDDLE, super::LEFT_CHEEK_MIDDLE, super::FOREHEAD_MIDDLE];
    let estimates = spots.iter().filter_map(|&spot| immerkaer(sitting.photo, sitting.mesh.point(spot), side));
    estimates.reduce(f32::min)
}

fn immerkaer(photo: &RgbImage, centre: [f32; 2], side: f32) -> Option<f32> {
    let (xs, ys) = square(photo, centre, side)?;
    if xs.len() < 8 || ys.len() < 8 {
        return None;
    }
    let green = |x: u32, y: u32| f32::from(photo.get_pixel(x, y).0[1]);
    let (mut sum, mut count) = (0.0, 0u32);
    for y in ys.start + 1..ys.end - 1 {
        for x in xs.start + 1..xs.end - 1 {
            let corners =
                green(x - 1, y - 1) + green(x + 1, y - 1) + green(x - 1, y + 1) + green(x + 1, y + 1);
            let edges = green(x, y - 1) + green(x, y + 1) + green(x - 1, y) + green(x + 1, y);
            sum += (corners - 2.0 * edges + 4.0 * green(x, y)).abs();
            count += 1;
        }
    }
    Some((std::f32::consts::FRAC_PI_2).sqrt() * sum / (6.0 * count as f32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blurring_lowers_the_measure() {
        let step = |soft: usize| Grey {
            width: 64,
            data: (0..64 * 4)
                .map(|i| ((i % 64) as f32 - 32.0).clamp(-(soft as f32), soft as f32) / soft as f32)
                .collect(),
        };
        assert!(blur_along(&step(1).rows()) < blur_along(&step(3).rows()));
        assert!(blur_along(&step(3).rows()) < blur_along(&step(8).rows()));
    }

    #[test]
    fn lines_in_every_direction_hold_every_pixel_once() {
        let grey = Grey { width: 7, data: (0..35).map(|i| i as f32).collect() };
        for lines in [grey.rows(), grey.columns(), grey.diagonals(false), grey.diagonals(true)] {
            let mut all: Vec<f32> = lines.concat();
            all.sort_by(f32::total_cmp);
            assert_eq!(all, grey.data);
        }
        assert_eq!(grey.diagonals(false)[5], [0.0, 8.0, 16.0, 24.0, 32.0]);
    }

    #[test]
    fn known_noise_is_found_and_shading_is_not() {
        let mut state = 1u32;
        let mut random = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f64::from(state >> 8) / f64::from(1u32 << 24)
        };
        // The sum of twelve uniform numbers has a standard deviation of 1.
        let photo = RgbImage::from_fn(80, 80, |x, _| {
            let gauss: f64 = (0..12).map(|_| random()).sum::<f64>() - 6.0;
            image::Rgb([(120.0 + f64::from(x) * 0.5 + 4.0 * gauss).round() as u8; 3])
        });
        let sigma = immerkaer(&photo, [40.0, 40.0], 60.0).unwrap();
        assert!((3.4..4.6).contains(&sigma), "{sigma}");
    }
}
