//! The sitter in the photo's size.
//!
//! Almost all of a photo is either wall or person; what its colour is there, others know already. So the matte is resampled only
//! along the outline, by the same filter as the photo ([`super::resample`]).

use kiosk_core::{PixelSize, Transform};

use super::resample::{LOBES, Placement, lanczos};
use crate::matting::raster::{Colour, Raster};

/// Alpha and alpha-weighted colour in the photo's size; nothing beyond the raster. Where no outline is near, the colour is left
/// black.
pub fn premultiplied(
    alpha: &Raster<f32>,
    colour: &Raster<Colour>,
    transform: Transform,
    size: PixelSize,
) -> Raster<[f32; 4]> {
    let mut photo = Raster::filled(size.width as usize, size.height as usize, [0.0; 4]);
    let Some(placement) = Placement::of(alpha.width, alpha.height, transform, size) else {
        return photo;
    };
    let [x0, y0, columns, rows] = placement.target;
    let [left, top, width, height] = placement.source;
    let across = taps(left, width, columns, alpha.width);
    let down = taps(top, height, rows, alpha.height);
    let seen: Vec<Vec<u8>> = (0..alpha.height).map(|y| seen(alpha.row(y), &across)).collect();

    // Rows before columns. Of the halfway raster only what an outline needs is ever touched.
    let wanted = wanted(&seen, &down, columns);
    let mut halfway = vec![[0.0_f32; 4]; columns * alpha.height];
    for (y, wanted) in wanted.iter().enumerate() {
        let (alpha, colour) = (alpha.row(y), colour.row(y));
        for x in (0..columns).filter(|&x| wanted[x]) {
            let Taps { first, weights } = &across[x];
            let pixels = alpha[*first..].iter().zip(&colour[*first..]);
            let mut sum = [0.0; 4];
            for ((&alpha, &[r, g, b]), weight) in pixels.zip(weights) {
                let value = [r * alpha, g * alpha, b * alpha, alpha];
                (0..4).for_each(|c| sum[c] += weight * value[c]);
            }
            halfway[y * columns + x] = sum;
        }
    }
    for (y, Taps { first, weights }) in down.iter().enumerate() {
        let out = &mut photo.data[(y0 + y) * size.width as usize + x0..][..columns];
        let seen = combined(&seen[*first..first + weights.len()], columns);
        for (x, pixel) in out.iter_mut().enumerate() {
            *pixel = match seen[x] {
                WALL => [0.0; 4],
                PERSON => [0.0, 0.0, 0.0, 1.0],
                _ => {
                    let mut sum = [0.0; 4];
                    for (i, weight) in weights.iter().enumerate() {
                        let value = halfway[(first + i) * columns + x];
                        (0..4).for_each(|c| sum[c] += weight * value[c]);
                    }
                    sum.map(|v| v.clamp(0.0, 1.0))
                }
            };
        }
    }
    photo
}

/// Pixels of a row or column that one photo pixel is made of.
struct Taps {
    first: usize,
    weights: Vec<f32>,
}

/// Lanczos with three lobes, widened when it shrinks, normalised where it meets the raster's end.
fn taps(start: f64, extent: f64, count: usize, length: usize) -> Vec<Taps> {
    let step = extent / count as f64;
    let widening = step.max(1.0);
    let tap = |i: usize| {
        let centre = start + (i as f64 + 0.5) * step;
        let first = (centre - LOBES * widening).floor().clamp(0.0, length as f64) as usize;
        let last = (centre + LOBES * widening).ceil().clamp(0.0, length as f64) as usize;
        let weight = |at: usize| lanczos((at as f64 + 0.5 - centre) / widening);
        let weights: Vec<f64> = (first..last).map(weight).collect();
        let total: f64 = weights.iter().sum();
        Taps { first, weights: weights.iter().map(|w| (w / total) as f32).collect() }
    };
    (0..count).map(tap).collect()
}

/// What is in reach of a photo pixel, as bits.
const WALL: u8 = 1;
const PERSON: u8 = 2;
const BOTH: u8 = WALL | PERSON;

/// What each photo column sees of one row.
fn seen(alpha: &[f32], across: &[Taps]) -> Vec<u8> {
    let kind = |alpha: f32| match alpha {
        0.0 => WALL,
        1.0 => PERSON,
        _ => BOTH,
    };
    let mut seen = vec![BOTH; across.len()];
    let mut start = 0;
    for run in alpha.chunk_by(|a, b| kind(*a) == kind(*b)) {
        let end = start + run.len();
        if kind(run[0]) != BOTH {
            let from = across.partition_point(|taps| taps.first < start);
            let to = across.partition_point(|taps| taps.first + taps.weights.len() <= end);
            seen[from..to.max(from)].fill(kind(run[0]));
        }
        start = end;
    }
    seen
}

/// What is seen in several rows together.
fn combined(rows: &[Vec<u8>], columns: usize) -> Vec<u8> {
    rows.iter().fold(vec![0; columns], |mut all, row| {
        all.iter_mut().zip(row).for_each(|(all, one)| *all |= one);
        all
    })
}

/// For each row of the matte the columns that a photo pixel with an outline in reach reads.
fn wanted(seen: &[Vec<u8>], down: &[Taps], columns: usize) -> Vec<Vec<bool>> {
    let mut wanted = vec![vec![false; columns]; seen.len()];
    for Taps { first, weights } in down {
        let rows = *first..first + weights.len();
        let all = combined(&seen[rows.clone()], columns);
        for row in &mut wanted[rows] {
            row.iter_mut().zip(&all).for_each(|(wanted, all)| *wanted |= *all == BOTH);
        }
    }
    wanted
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: PixelSize = PixelSize { width: 48, height: 64 };

    #[test]
    fn along_the_outline_it_equals_the_filter_written_out() {
        let alpha = Raster::from_place(90, 120, |x, y| {
            ((40.0 - (x as f32 - 45.0).hypot(y as f32 - 60.0)) / 3.0).clamp(0.0, 1.0)
        });
        let colour = Raster::from_place(90, 120, |x, y| [x as f32 / 90.0, y as f32 / 120.0, 0.3]);
        let transform = Transform { scale: 0.6, offset_x: 5.0, offset_y: 7.0 };
        let photo = premultiplied(&alpha, &colour, transform, SIZE);
        let lanczos = |x: f64| {
            let pi = std::f64::consts::PI * x;
            match x.abs() {
                0.0 => 1.0,
                3.0.. => 0.0,
                _ => 3.0 * pi.sin() * (pi / 3.0).sin() / (pi * pi),
            }
        };
        let (mut edge, mut inside) = (0, 0);
        for (x, y) in (0..48).flat_map(|x| (0..64).map(move |y| (x, y))) {
            let [u, v] = transform.invert([f64::from(x) + 0.5, f64::from(y) + 0.5]);
            let (mut sum, mut total) = ([0.0; 4], 0.0);
            for (i, j) in (0..90).flat_map(|i| (0..120).map(move |j| (i, j))) {
                let w = lanczos((f64::from(i) + 0.5 - u) * 0.6) * lanczos((f64::from(j) + 0.5 - v) * 0.6);
                let at = j as usize * 90 + i as usize;
                let (a, c) = (f64::from(alpha.data[at]), colour.data[at]);
                let value = [f64::from(c[0]) * a, f64::from(c[1]) * a, f64::from(c[2]) * a, a];
                (0..4).for_each(|k| sum[k] += w * value[k]);
                total += w;
            }
            let found = photo.data[(y * 48 + x) as usize];
            let expected = sum.map(|v| (v / total).clamp(0.0, 1.0) as f32);
            assert!((found[3] - expected[3]).abs() < 2e-4, "{x} {y}: {found:?} {expected:?}");
            if found[..3] == [0.0; 3] {
                inside += usize::from(found[3] > 0.5);
            } else {
                edge += 1;
                assert!(
                    (0..3).all(|k| (found[k] - expected[k]).abs() < 2e-4),
                    "{x} {y}: {found:?} {expected:?}"
                );
            }
        }
        assert!(edge > 300 && inside > 300, "{edge} {inside}");
    }

    #[test]
    fn beyond_the_raster_is_nothing() {
        let (alpha, colour) = (Raster::filled(20, 20, 1.0), Raster::filled(20, 20, [0.5; 3]));
        let away = Transform { scale: 1.0, offset_x: 100.0, offset_y: 0.0 };
        assert!(premultiplied(&alpha, &colour, away, SIZE).data.iter().all(|pixel| pixel[3] == 0.0));
        let above = Transform { scale: 1.0, offset_x: 0.0, offset_y: -10.0 };
        let photo = premultiplied(&alpha, &colour, above, SIZE);
        assert_eq!(
            (photo.data[9 * 48 + 5][3], photo.data[12 * 48 + 5][3], photo.data[12 * 48 + 25][3]),
            (0.0, 1.0, 0.0)
        );
    }
}
