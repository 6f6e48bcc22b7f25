//! A photographed print or screen (翻拍), told by its raster.
//!
//! The dots of a print and the pixels of a screen are periodic; skin is not. Pattern against pattern gives moiré, also periodic, so
//! that the raster shows even where the camera is too coarse for the dots themselves. The bezel of a screen or the border of a print is not
//! used: the edges of a studio's backdrop look the same.

use image::RgbImage;
use kiosk_core::{Check, CheckId};
use rustfft::num_complex::Complex32;
use rustfft::{Fft, FftPlanner};

use super::{Sitting, judged};
use crate::landmarks as lm;

pub(super) fn measure(sitting: &Sitting<'_>, checks: &mut Vec<Check>) {
    checks.push(judged(sitting.profile, CheckId::Recapture, raster(sitting), "ratio"));
}

/// Side of the squares whose spectra are compared, shot pixels: a period of the raster fits in often, and a face holds dozens.
const TILE: usize = 64;
/// Fewer squares than this say nothing: chance alone makes their median uneven.
const FEWEST_TILES: usize = 16;
/// Most squares that are looked at, spread evenly.
const MOST_TILES: usize = 48;
/// Periods longer than a ninth of a square are shapes of the face.
const LOWEST: f32 = 9.0;
/// Cameras and JPEG keep colour at half the size: beyond a quarter of the sampling rate, and along the axes, colour holds what scaling it up
/// put there.
const HIGHEST_COLOUR: f32 = 16.0;

/// Frequencies that are looked at.
struct Range {
    highest: f32,
    axes: bool,
}

impl Range {
    fn holds(&self, x: isize, y: isize) -> bool {
        let radius = libm::hypotf(x as f32, y as f32);
        (LOWEST..=self.highest).contains(&radius)
            && (self.axes || x.abs().min(y.abs()) > 1)
            && !is_of_jpeg(x, y)
    }
}

/// How far the strongest periodic pattern on the face stands out of the spectrum around it: power over the median power of its
/// surroundings, in the median of all squares of the face, so that eyes and nostrils, which are in few squares, do not count. The stronger
/// of brightness and colour.
fn raster(sitting: &Sitting<'_>) -> Option<f32> {
    let tiles = tiles(sitting);
    let fft = FftPlanner::new().plan_fft_forward(TILE);
    let bright = |[r, g, b]: [u8; 3]| 0.3 * f32::from(r) + 0.6 * f32::from(g) + 0.1 * f32::from(b);
    let colour = |[r, _, b]: [u8; 3]| f32::from(r) - f32::from(b);
    let strongest = |channel: &dyn Fn([u8; 3]) -> f32, range: &Range| {
        let spectra: Vec<Vec<f32>> =
            tiles.iter().map(|&corner| spectrum(sitting.shot, corner, channel, fft.as_ref())).collect();
        (spectra.len() >= FEWEST_TILES).then(|| prominence(&typical(&spectra), range))
    };
    let everywhere = Range { highest: TILE as f32, axes: true };
    let coarse = Range { highest: HIGHEST_COLOUR, axes: false };
    Some(strongest(&bright, &everywhere)?.max(strongest(&colour, &coarse)?))
}

/// Upper left corners of the squares inside the face's outline, shot pixels.
fn tiles(sitting: &Sitting<'_>) -> Vec<[u32; 2]> {
    let outline: Vec<[f64; 2]> = lm::FACE_OVAL
        .iter()
        .map(|&i| sitting.transform.invert(sitting.mesh.point(i).map(f64::from)))
        .collect();
    let range = |axis: usize, length: u32| {
        let values = || outline.iter().map(move |p| p[axis]);
        let low = values().fold(f64::MAX, f64::min).max(0.0);
        let high = values().fold(0.0, f64::max).min(f64::from(length));
        (low as u32, high as u32)
    };
    let ((left, right), (top, bottom)) = (range(0, sitting.shot.width()), range(1, sitting.shot.height()));
    let (middle, half) = (
        [f64::from(left + right) / 2.0, f64::from(top + bottom) / 2.0],
        [f64::from(right.saturating_sub(left)) / 2.0, f64::from(bottom.saturating_sub(top)) / 2.0],
    );
    let side = TILE as u32;
    let steps = |low: u32, high: u32| (low..high.saturating_sub(side)).step_by(TILE / 2);
    // The outline is nearly an ellipse; a square counts when its middle is well inside.
    let inside = |x: u32, y: u32| {
        let at =
            |v: u32, axis: usize| (f64::from(v) + TILE as f64 / 2.0 - middle[axis]) / half[axis].max(1.0);
        libm::hypot(at(x, 0), at(y, 1)) < 0.85
    };
    let all: Vec<[u32; 2]> = steps(top, bottom)
        .flat_map(|y| steps(left, right).map(move |x| [x, y]))
        .filter(|&[x, y]| inside(x, y))
        .collect();
    let stride = all.len().div_ceil(MOST_TILES).max(1);
    all.into_iter().step_by(stride).collect()
}

/// Power spectrum of one square under a Hann window, its mean removed.
fn spectrum(
    shot: &RgbImage,
    [left, top]: [u32; 2],
    channel: &dyn Fn([u8; 3]) -> f32,
    fft: &dyn Fft<f32>,
) -> Vec<f32> {
    let window: [f32; TILE] =
        std::array::from_fn(|i| 0.5 - 0.5 * libm::cosf(std::f32::consts::TAU * i as f32 / TILE as f32));
    let value = |i: usize| channel(shot.get_pixel(left + (i % TILE) as u32, top + (i / TILE) as u32).0);
    let mean = (0..TILE * TILE).map(value).sum::<f32>() / (TILE * TILE) as f32;
    let mut cells: Vec<Complex32> = (0..TILE * TILE)
        .map(|i| Complex32::new((value(i) - mean) * window[i % TILE] * window[i / TILE], 0.0))
        .collect();
    fft.process(&mut cells);
    let mut turned: Vec<Complex32> = (0..TILE * TILE).map(|i| cells[i % TILE * TILE + i / TILE]).collect();
    fft.process(&mut turned);
    turned.iter().map(Complex32::norm_sqr).collect()
}

/// The median of every bin over all squares.
fn typical(spectra: &[Vec<f32>]) -> Vec<f32> {
    let mut column = vec![0.0; spectra.len()];
    (0..TILE * TILE)
        .map(|bin| {
            for (cell, spectrum) in column.iter_mut().zip(spectra) {
                *cell = spectrum[bin];
            }
            let middle = column.len() / 2;
            *column.select_nth_unstable_by(middle, f32::total_cmp).1
        })
        .collect()
}

/// The largest ratio of a bin to the median of the bins around it.
fn prominence(spectrum: &[f32], range: &Range) -> f32 {
    const REACH: isize = 4;
    let signed = |k: usize| if k <= TILE / 2 { k as isize } else { k as isize - TILE as isize };
    let mut largest = 1.0f32;
    let mut around = Vec::with_capacity(81);
    // Half of the plane: the spectrum of real values is symmetric.
    for ky in 0..=TILE / 2 {
        for kx in 0..TILE {
            let (x, y) = (signed(kx), signed(ky));
            if !range.holds(x, y) {
                continue;
            }
            around.clear();
            for dy in -REACH..=REACH {
                for dx in -REACH..=REACH {
                    let (u, v) = ((x + dx).rem_euclid(TILE as isize), (y + dy).rem_euclid(TILE as isize));
                    // The window spreads a peak over its neighbours.
                    if dx.abs().max(dy.abs()) > 1 && !is_of_jpeg(x + dx, y + dy) {
                        around.push(spectrum[v as usize * TILE + u as usize]);
                    }
                }
            }
            let middle = around.len() / 2;
            if let Some(floor) = (!around.is_empty())
                .then(|| *around.select_nth_unstable_by(middle, f32::total_cmp).1)
                .filter(|floor| *floor > 0.0)
            {
                largest = largest.max(spectrum[ky * TILE + kx] / floor);
            }
        }
    }
    largest
}

/// Bins where the 8 × 8 blocks of JPEG show: multiples of an eighth, as lines along the axes and as points between.
fn is_of_jpeg(x: isize, y: isize) -> bool {
    const BLOCKS: isize = TILE as isize / 8;
    let near = |k: isize| (k + 1).rem_euclid(BLOCKS) <= 2;
    near(x) && near(y)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Skin-like noise, with a raster of `strength` levels and a period of 3.1 pixels on it.
    fn skin(strength: f32) -> RgbImage {
        let mut state = 7u32;
        RgbImage::from_fn(400, 400, |x, y| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = f32::from((state >> 24) as u8) / 16.0;
            let raster = strength * (std::f32::consts::TAU * (x as f32 * 0.97 + y as f32 * 0.24) / 3.1).sin();
            image::Rgb([(150.0 + noise + raster) as u8, (120.0 + noise + raster) as u8, 100])
        })
    }

    fn of(picture: &RgbImage) -> f32 {
        let fft = FftPlanner::new().plan_fft_forward(TILE);
        let corners = (0..25).map(|i| [i % 5 * 64, i / 5 * 64]);
        let spectra: Vec<Vec<f32>> =
            corners.map(|c| spectrum(picture, c, &|p| f32::from(p[1]), fft.as_ref())).collect();
        prominence(&typical(&spectra), &Range { highest: TILE as f32, axes: true })
    }

    #[test]
    fn a_raster_below_the_noise_is_found_and_noise_alone_is_not() {
        assert!(of(&skin(0.0)) < 4.0, "{}", of(&skin(0.0)));
        assert!(of(&skin(2.0)) > 15.0, "{}", of(&skin(2.0)));
    }

    #[test]
    fn blocks_of_jpeg_are_no_raster() {
        let mut file = Vec::new();
        let encoder = jpeg_encoder::Encoder::new(&mut file, 60);
        let picture = skin(0.0);
        encoder.encode(picture.as_raw(), 400, 400, jpeg_encoder::ColorType::Rgb).unwrap();
        let decoded = image::load_from_memory(&file).unwrap().into_rgb8();
        assert!(of(&decoded) < 6.0, "{}", of(&decoded));
    }
}
