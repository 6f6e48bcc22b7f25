//! Grey pixels to dark/light, in the ways that each win on some pictures.

use image::{GrayImage, Luma};
use rxing::common::{BitMatrix, GlobalHistogramBinarizer, HybridBinarizer};
use rxing::{Binarizer, Luma8Source};

/// A way to choose the threshold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Threshold {
    /// rxing's 8×8 blocks: uneven light, the best single choice.
    Hybrid,
    /// One level from the histogram: motion blur and low noise.
    Global,
    /// Everything that is not nearly as light as the lightest: pale ink, coloured modules, outlined ones.
    NearWhite,
    /// The mean of the square of this radius in pixels: blur, and glare with a gradient.
    LocalMean(usize),
}

/// Dark pixels of the picture, or `None` when rxing sees no usable contrast.
pub(super) fn binarise(image: &GrayImage, threshold: Threshold) -> Option<BitMatrix> {
    let source = || Luma8Source::new_with_slice(image.as_raw(), image.width(), image.height()).ok();
    match threshold {
        Threshold::Hybrid => HybridBinarizer::new(source()?).get_black_matrix().ok().cloned(),
        Threshold::Global => GlobalHistogramBinarizer::new(source()?).get_black_matrix().ok().cloned(),
        Threshold::NearWhite => {
            let level = lightest(image) * 7 / 8;
            darker_than(image, &GrayImage::from_pixel(image.width(), image.height(), Luma([level as u8])))
        }
        Threshold::LocalMean(radius) => darker_than(image, &box_mean(image, radius)),
    }
}

fn darker_than(image: &GrayImage, level: &GrayImage) -> Option<BitMatrix> {
    let mut dark = BitMatrix::new(image.width(), image.height()).ok()?;
    for ((x, y, pixel), level) in image.enumerate_pixels().zip(level.pixels()) {
        if pixel.0[0] < level.0[0] {
            dark.set(x, y);
        }
    }
    Some(dark)
}

/// The level that one pixel in twenty reaches.
fn lightest(image: &GrayImage) -> usize {
    let mut counts = [0_usize; 256];
    image.iter().for_each(|&level| counts[usize::from(level)] += 1);
    let mut left = image.len() / 20;
    counts
        .iter()
        .rposition(|&count| {
            let reached = count > left;
            left = left.saturating_sub(count);
            reached
        })
        .unwrap_or(255)
}

/// Unsharp mask: adds `amount` times the difference from the mean of the square of this radius.
pub(super) fn sharpen(image: &GrayImage, radius: usize, amount: i32) -> GrayImage {
    let mut sharp = box_mean(image, radius);
    for (mean, pixel) in sharp.iter_mut().zip(image.iter()) {
        let (value, blurred) = (i32::from(*pixel), i32::from(*mean));
        *mean = (value + (value - blurred) * amount).clamp(0, 255) as u8;
    }
    sharp
}

/// Mean over the square of side `2 × radius + 1`, edge pixels repeated; the cost does not depend on the radius.
pub(super) fn box_mean(image: &GrayImage, radius: usize) -> GrayImage {
    let (width, height) = (image.width() as usize, image.height() as usize);
    let mut rows = image.clone();
    for (target, source) in rows.chunks_exact_mut(width).zip(image.chunks_exact(width)) {
        row_mean(source, target, radius);
    }
    let rows = rows.into_raw();
    let row = |y: usize| &rows[y * width..(y + 1) * width];
    let side = 2 * radius as u32 + 1;
    let mut sums: Vec<u32> = row(0).iter().map(|&value| u32::from(value) * radius as u32).collect();
    for y in 0..radius {
        add(&mut sums, row(y.min(height - 1)));
    }
    let mut mean = vec![0; width * height];
    for (y, target) in mean.chunks_exact_mut(width).enumerate() {
        add(&mut sums, row((y + radius).min(height - 1)));
        for ((value, sum), &leaving) in target.iter_mut().zip(&mut sums).zip(row(y.saturating_sub(radius))) {
            *value = (*sum / side) as u8;
            *sum -= u32::from(leaving);
        }
    }
    GrayImage::from_raw(image.width(), image.height(), mean).unwrap_or_default()
}

fn row_mean(source: &[u8], target: &mut [u8], radius: usize) {
    let last = source.len() - 1;
    let side = 2 * radius as u32 + 1;
    let at = |x: usize| u32::from(source[x.min(last)]);
    let mut sum = at(0) * radius as u32 + (0..radius).map(at).sum::<u32>();
    for (x, value) in target.iter_mut().enumerate() {
        sum += at(x + radius);
        *value = (sum / side) as u8;
        sum -= at(x.saturating_sub(radius));
    }
}

fn add(sums: &mut [u32], row: &[u8]) {
    for (sum, &value) in sums.iter_mut().zip(row) {
        *sum += u32::from(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_box_mean_is_the_mean() {
        let image = GrayImage::from_fn(23, 17, |x, y| Luma([(x * 31 + y * 57 + x * y * 7) as u8]));
        let mean = box_mean(&image, 2);
        for (x, y) in [(5, 5), (20, 14), (2, 2)] {
            let around = (-2..=2).flat_map(|dy| (-2..=2).map(move |dx| (x as i64 + dx, y as i64 + dy)));
            let sum: u32 = around.map(|(x, y)| u32::from(image[(x as u32, y as u32)].0[0])).sum();
            let got = i64::from(mean[(x, y)].0[0]);
            assert!((got - i64::from(sum / 25)).abs() <= 1, "{got} at {x},{y}");
        }
        assert_eq!(box_mean(&GrayImage::from_pixel(1, 1, Luma([90])), 10)[(0, 0)].0[0], 90);
    }

    #[test]
    fn a_local_mean_finds_dark_strokes_on_a_ramp() {
        let image =
            GrayImage::from_fn(80, 20, |x, _| Luma([(60 + 2 * x - if x % 8 == 0 { 40 } else { 0 }) as u8]));
        let dark = binarise(&image, Threshold::LocalMean(6)).unwrap();
        assert!((8..72).step_by(8).all(|x| dark.get(x, 10) && !dark.get(x + 4, 10)));
    }
}
