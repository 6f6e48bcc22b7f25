//! Whether two pictures show one wall: where both certainly do, one must become the other by a smooth gain.

use image::RgbImage;

use crate::matting::filters::box_mean;
use crate::matting::raster::{Colour, Raster};
use crate::matting::regions::grown;
use crate::processor::Processor;
use crate::segment::PersonMask;
use crate::standardise::resample;

/// The pictures are compared at this many columns: an edge that moved by two pixels of a photo still shows, noise is averaged.
const COLUMNS: f64 = 640.0;
/// Probability of a person below which a pixel is wall.
const WALL: f32 = 0.1;
/// Kept away from the sitter, in columns: hair, and the shadow close to it.
const AWAY: f64 = 0.05;
/// Least share of the picture that must be wall for a judgement.
const LEAST_WALL: f64 = 0.04;
/// Difference after the fit that noise and JPEG do not explain, encoded 0–1.
const DIFFERENT: f32 = 0.06;
/// Share of the wall that may differ: a cable that was moved.
const DIFFERENT_SHARE: f64 = 0.02;
/// Of what stands out from the wall itself, the share that may differ: switches, joints and pictures stay where they are.
const MOVED_SHARE: f64 = 0.15;
/// Gains outside of these are other light, not other exposure.
const GAINS: std::ops::RangeInclusive<f64> = 0.5..=2.0;
/// 1, x, y, x², xy, y².
const TERMS: usize = 6;

pub fn alike(shot: &RgbImage, plate: &RgbImage, mask: &PersonMask) -> bool {
    let scale = (COLUMNS / f64::from(shot.width())).min(1.0);
    let size = |side: u32| ((f64::from(side) * scale).round() as usize).max(8);
    let (columns, rows) = (size(shot.width()), size(shot.height()));
    let whole = [0.0, 0.0, f64::from(shot.width()), f64::from(shot.height())];
    let small =
        |picture: &RgbImage| resample::raster(Processor::default(), picture, whole, columns, rows).ok();
    let (Some(shot), Some(plate)) = (small(shot), small(plate)) else { return false };
    let person = Raster { width: columns, height: rows, data: mask.window([0.0; 2], scale, columns, rows) };
    let person = grown(&person.map(|&p| p >= WALL), (AWAY * columns as f64) as usize);
    let wall: Vec<usize> = (0..columns * rows).filter(|&i| !person.data[i]).collect();
    if (wall.len() as f64) < LEAST_WALL * (columns * rows) as f64 {
        return false;
    }
    let Some(differs) = differences(&shot, &plate, &wall) else { return false };
    let different = differs.iter().filter(|&&d| d).count() as f64;
    if different > DIFFERENT_SHARE * wall.len() as f64 {
        return false;
    }
    let (structure, moved) = (structure(&shot, &wall), structure(&plate, &wall));
    let standing_out = structure.iter().zip(&moved).zip(&differs).filter(|((a, b), _)| **a || **b);
    let (all, unexplained) =
        standing_out.fold((0.0, 0.0), |(all, bad), (_, &d)| (all + 1.0, bad + f64::from(u8::from(d))));
    all < 50.0 || unexplained <= MOVED_SHARE * all
}

/// For each wall pixel whether shot and fitted plate differ; `None` when no gain brings one to the other.
fn differences(shot: &Raster<Colour>, plate: &Raster<Colour>, wall: &[usize]) -> Option<Vec<bool>> {
    let mut differs = vec![false; wall.len()];
    for c in 0..3 {
        // What differs in the first fit has no say in the second.
        let mut trusted = vec![true; wall.len()];
        let mut gain = [0.0; TERMS];
        for _ in 0..3 {
            gain = fitted(shot, plate, wall, &trusted, c)?;
            for (trust, &i) in trusted.iter_mut().zip(wall) {
                *trust = (shot.data[i][c] - plate.data[i][c] * value(&gain, terms(shot, i)) as f32).abs()
                    < DIFFERENT;
            }
        }
        for ((differs, trusted), &i) in differs.iter_mut().zip(&trusted).zip(wall) {
            *differs |= !trusted;
            if !GAINS.contains(&value(&gain, terms(shot, i))) {
                return None;
            }
        }
    }
    Some(differs)
}

/// The smooth gain of one channel, by least squares of `shot − gain × plate`.
fn fitted(
    shot: &Raster<Colour>,
    plate: &Raster<Colour>,
    wall: &[usize],
    trusted: &[bool],
    c: usize,
) -> Option<[f64; TERMS]> {
    let mut equations = [[0.0; TERMS + 1]; TERMS];
    for (&i, _) in wall.iter().zip(trusted).filter(|(_, trust)| **trust).step_by(3) {
        let (s, p) = (f64::from(shot.data[i][c]), f64::from(plate.data[i][c]));
        let row = terms(shot, i).map(|t| t * p);
        for (equation, &r) in equations.iter_mut().zip(&row) {
            (0..TERMS).for_each(|k| equation[k] += r * row[k]);
            equation[TERMS] += r * s;
        }
    }
    solved(equations)
}

/// Gaussian elimination with pivots.
fn solved(mut m: [[f64; TERMS + 1]; TERMS]) -> Option<[f64; TERMS]> {
    for k in 0..TERMS {
        let pivot = (k..TERMS).max_by(|&a, &b| m[a][k].abs().total_cmp(&m[b][k].abs()))?;
        m.swap(k, pivot);
        if m[k][k].abs() < 1e-9 {
            return None;
        }
        let upper = m[k];
        for row in &mut m[k + 1..] {
            let factor = row[k] / upper[k];
            (k..=TERMS).for_each(|j| row[j] -= factor * upper[j]);
        }
    }
    let mut solution = [0.0; TERMS];
    for k in (0..TERMS).rev() {
        let known: f64 = (k + 1..TERMS).map(|j| m[k][j] * solution[j]).sum();
        solution[k] = (m[k][TERMS] - known) / m[k][k];
    }
    Some(solution)
}

fn terms(raster: &Raster<Colour>, i: usize) -> [f64; TERMS] {
    let x = 2.0 * (i % raster.width) as f64 / raster.width as f64 - 1.0;
    let y = 2.0 * (i / raster.width) as f64 / raster.height as f64 - 1.0;
    [1.0, x, y, x * x, x * y, y * y]
}

fn value(gain: &[f64; TERMS], terms: [f64; TERMS]) -> f64 {
    gain.iter().zip(terms).map(|(g, t)| g * t).sum()
}

/// Wall pixels that stand out from their surroundings.
fn structure(picture: &Raster<Colour>, wall: &[usize]) -> Vec<bool> {
    let mean = box_mean(picture, picture.width / 80);
    wall.iter().map(|&i| (0..3).any(|c| (picture.data[i][c] - mean.data[i][c]).abs() > DIFFERENT)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sampling::Region;
    use crate::segment::SIDE;
    use image::Rgb;

    const SIZE: (u32, u32) = (960, 540);

    fn noise(x: u32, y: u32, seed: u32) -> f64 {
        let mut v =
            x.wrapping_mul(0x9E37_79B9) ^ y.wrapping_mul(0x85EB_CA6B) ^ seed.wrapping_mul(0xC2B2_AE35);
        v ^= v >> 15;
        v = v.wrapping_mul(0x2C1B_3C6D);
        v ^= v >> 12;
        f64::from(v % 1000) / 500.0 - 1.0
    }

    /// A lit wall; `detail` darkens it at places.
    fn wall(seed: u32, detail: impl Fn(i32, i32) -> f64) -> RgbImage {
        RgbImage::from_fn(SIZE.0, SIZE.1, |x, y| {
            let light = 190.0 - (f64::from(x) - 480.0).abs() / 20.0 - f64::from(y) / 40.0;
            let v = light * detail(x as i32, y as i32) + 4.0 * noise(x, y, seed);
            Rgb([v, v * 0.98, v * 0.93].map(|v| v as u8))
        })
    }

    /// A dark sitter in the middle, and the net's mask of it.
    fn seated(mut wall: RgbImage) -> (RgbImage, PersonMask) {
        let inside = |x: f64, y: f64| {
            let (head, body) = (
                ((x - 480.0) / 80.0).hypot((y - 200.0) / 100.0),
                ((x - 480.0) / 190.0).hypot((y - 540.0) / 260.0),
            );
            head < 1.0 || body < 1.0
        };
        for (x, y, pixel) in wall.enumerate_pixels_mut() {
            if inside(f64::from(x), f64::from(y)) {
                *pixel = Rgb([60, 50, 45]);
            }
        }
        let cell = |i: usize| {
            let place = |at: usize, start: f64| start + (at as f64 + 0.5) / SIDE as f64 * 540.0;
            f32::from(u8::from(inside(place(i % SIDE, 210.0), place(i / SIDE, 0.0))))
        };
        let region = Region { centre: [480.0, 270.0], size: [540.0; 2], angle: 0.0 };
        (wall, PersonMask { region, cells: (0..SIDE * SIDE).map(cell).collect() })
    }

    fn alike_after(plate: &RgbImage, shot: RgbImage) -> bool {
        let (shot, mask) = seated(shot);
        alike(&shot, plate, &mask)
    }

    fn panels(x: i32, y: i32) -> f64 {
        if x.rem_euclid(120) < 4 || y.rem_euclid(150) < 4 { 0.6 } else { 1.0 }
    }

    fn a_switch(x: i32, y: i32) -> f64 {
        if (120..150).contains(&x) && (200..240).contains(&y) { 0.6 } else { 1.0 }
    }

    #[test]
    fn the_same_wall_is_known_again_under_other_light() {
        for detail in [panels, a_switch, |_, _| 1.0] {
            let plate = wall(1, detail);
            assert!(alike_after(&plate, wall(2, detail)));
            let warmer = wall(3, |x, y| detail(x, y) * (0.9 + f64::from(x) / 9000.0));
            assert!(alike_after(&plate, warmer));
        }
    }

    #[test]
    fn a_camera_that_was_moved_is_found_out() {
        for shift in [3, 8, 40] {
            assert!(
                !alike_after(&wall(1, panels), wall(2, |x, y| panels(x + shift, y))),
                "panels by {shift}"
            );
            assert!(
                !alike_after(&wall(1, a_switch), wall(2, |x, y| a_switch(x + shift, y + shift))),
                "a switch by {shift}"
            );
        }
        // A plain wall looks the same from a hand's breadth beside.
        assert!(alike_after(&wall(1, |_, _| 1.0), wall(2, |_, _| 1.0)));
    }

    #[test]
    fn another_wall_and_other_things_are_found_out() {
        let plate = wall(1, panels);
        assert!(!alike_after(&plate, wall(2, |_, _| 1.0)));
        assert!(
            !alike_after(&plate, wall(2, |x, y| panels(x, y) * if x < 200 { 0.7 } else { 1.0 })),
            "a curtain"
        );
        assert!(!alike_after(&plate, wall(2, |x, y| panels(x, y) * 0.4)), "the lamps are off");
    }

    #[test]
    fn without_wall_there_is_no_judgement() {
        let (shot, mask) = seated(wall(1, panels));
        let all = PersonMask { cells: vec![1.0; SIDE * SIDE], ..mask };
        assert!(!alike(&shot, &shot, &all));
    }
}
