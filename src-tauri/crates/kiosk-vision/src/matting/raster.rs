//! A plain row-major raster and the few ways of changing its size that matting needs.

use std::ops::Range;

/// A colour, encoded as in the file (sRGB), 0–1 a channel. Matting works on encoded values: the differences between
/// wall and hair that it divides by are then spread evenly from dark to light.
pub type Colour = [f32; 3];

/// Row-major values, `data[y * width + x]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Raster<T> {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// `width * height` values.
    pub data: Vec<T>,
}

impl<T: Copy> Raster<T> {
    /// Every value the same.
    pub fn filled(width: usize, height: usize, value: T) -> Self {
        Self { width, height, data: vec![value; width * height] }
    }

    /// A value for each column and row.
    pub fn from_place(width: usize, height: usize, value: impl Fn(usize, usize) -> T) -> Self {
        let mut data = Vec::with_capacity(width * height);
        for y in 0..height {
            data.extend((0..width).map(|x| value(x, y)));
        }
        Self { width, height, data }
    }

    /// A value for each index.
    pub fn from_index(width: usize, height: usize, value: impl FnMut(usize) -> T) -> Self {
        Self { width, height, data: (0..width * height).map(value).collect() }
    }

    /// A raster of the same size with each value changed.
    pub fn map<U: Copy>(&self, change: impl FnMut(&T) -> U) -> Raster<U> {
        Raster { width: self.width, height: self.height, data: self.data.iter().map(change).collect() }
    }

    /// Some of the rows, as a raster of their own.
    #[must_use]
    pub fn rows(&self, rows: Range<usize>) -> Self {
        let height = rows.len();
        Self {
            width: self.width,
            height,
            data: self.data[rows.start * self.width..rows.end * self.width].to_vec(),
        }
    }

    /// One row.
    pub fn row(&self, y: usize) -> &[T] {
        &self.data[y * self.width..][..self.width]
    }
}

impl<const N: usize> Raster<[f32; N]> {
    /// Means of `k × k` blocks; blocks at the right and bottom edge may be smaller.
    #[must_use]
    pub fn shrunk(&self, k: usize) -> Self {
        if k == 2 {
            return self.halved();
        }
        let (width, height) = (self.width.div_ceil(k), self.height.div_ceil(k));
        let mut small = Self::filled(width, height, [0.0; N]);
        for y in 0..height {
            let rows = (y * k)..((y + 1) * k).min(self.height);
            let count = rows.len();
            let out = &mut small.data[y * width..][..width];
            for source in rows {
                for (sum, block) in out.iter_mut().zip(self.row(source).chunks(k)) {
                    for pixel in block {
                        for c in 0..N {
                            sum[c] += pixel[c];
                        }
                    }
                }
            }
            for (x, sum) in out.iter_mut().enumerate() {
                let columns = k.min(self.width - x * k);
                let share = 1.0 / (count * columns) as f32;
                for value in sum {
                    *value *= share;
                }
            }
        }
        small
    }

    /// The most frequent shrinking, without the inner loops of the general one.
    fn halved(&self) -> Self {
        let (width, height) = (self.width.div_ceil(2), self.height.div_ceil(2));
        let mut data = Vec::with_capacity(width * height);
        for y in 0..height {
            let upper = self.row(2 * y);
            // At an odd edge a row or column stands for two.
            let lower = self.row((2 * y + 1).min(self.height - 1));
            let (upper, last_upper) = upper.as_chunks::<2>();
            let (lower, last_lower) = lower.as_chunks::<2>();
            data.extend(upper.iter().zip(lower).map(|([a, b], [c, d])| -> [f32; N] {
                std::array::from_fn(|i| (a[i] + b[i] + (c[i] + d[i])) * 0.25)
            }));
            data.extend(
                last_upper
                    .iter()
                    .zip(last_lower)
                    .map(|(a, b)| -> [f32; N] { std::array::from_fn(|i| (a[i] + b[i]) * 0.5) }),
            );
        }
        Self { width, height, data }
    }

    /// Bilinear enlargement `k` times, the inverse of [`Self::shrunk`]: pixel centres stay aligned also where the last block was
    /// smaller than `k`.
    #[must_use]
    pub fn enlarged(&self, k: usize, width: usize, height: usize) -> Self {
        let mut rows = Enlargement::new(self, k, width, height);
        let mut data = Vec::with_capacity(width * height);
        for y in 0..height {
            let row = rows.row(y, 0..width);
            data.extend((0..width).map(|x| row.at(x)));
        }
        Self { width, height, data }
    }
}

/// An enlargement of which only some pixels are wanted: made row by row, nothing of it is kept.
pub struct Enlargement<'a, const N: usize> {
    source: &'a Raster<[f32; N]>,
    columns: Vec<Tap>,
    rows: Vec<Tap>,
    blended: Vec<[f32; N]>,
}

impl<'a, const N: usize> Enlargement<'a, N> {
    /// Of [`Raster::enlarged`] with the same arguments.
    pub fn new(source: &'a Raster<[f32; N]>, k: usize, width: usize, height: usize) -> Self {
        Self {
            source,
            columns: taps(source.width, width, k),
            rows: taps(source.height, height, k),
            blended: vec![[0.0; N]; source.width],
        }
    }

    /// Row `y`, of which no column outside of `columns` will be read.
    pub fn row(&mut self, y: usize, columns: Range<usize>) -> EnlargedRow<'_, N> {
        let Tap { low, high, share } = self.rows[y];
        if let (Some(first), Some(last)) = (columns.clone().next(), columns.last()) {
            let part = self.columns[first].low..self.columns[last].high + 1;
            let (upper, lower) = (&self.source.row(low)[part.clone()], &self.source.row(high)[part.clone()]);
            for ((value, a), b) in self.blended[part].iter_mut().zip(upper).zip(lower) {
                *value = mix(a, b, share);
            }
        }
        EnlargedRow { columns: &self.columns, blended: &self.blended }
    }
}

/// A row of an [`Enlargement`].
pub struct EnlargedRow<'a, const N: usize> {
    columns: &'a [Tap],
    blended: &'a [[f32; N]],
}

impl<const N: usize> EnlargedRow<'_, N> {
    /// The value in column `x`.
    #[inline]
    pub fn at(&self, x: usize) -> [f32; N] {
        let Tap { low, high, share } = self.columns[x];
        mix(&self.blended[low], &self.blended[high], share)
    }
}

/// The two neighbours of an enlarged pixel and the share of the second.
#[derive(Clone, Copy)]
struct Tap {
    low: usize,
    high: usize,
    share: f32,
}

fn taps(small: usize, large: usize, k: usize) -> Vec<Tap> {
    (0..large)
        .map(|i| {
            let at = ((i as f32 + 0.5) / k as f32 - 0.5).clamp(0.0, small as f32 - 1.0);
            let low = at as usize;
            Tap { low, high: (low + 1).min(small - 1), share: at - low as f32 }
        })
        .collect()
}

/// `a` for `share` 0, `b` for 1.
#[inline]
pub fn mix<const N: usize>(a: &[f32; N], b: &[f32; N], share: f32) -> [f32; N] {
    std::array::from_fn(|c| a[c] + (b[c] - a[c]) * share)
}

/// Euclidean distance of two colours.
#[inline]
pub fn distance(a: &Colour, b: &Colour) -> f32 {
    (0..3).map(|c| (a[c] - b[c]) * (a[c] - b[c])).sum::<f32>().sqrt()
}

/// 0 below `low`, 1 above `high`, smooth between.
#[inline]
pub fn smoothstep(low: f32, high: f32, value: f32) -> f32 {
    let t = ((value - low) / (high - low)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shrinking_averages_blocks_and_enlarging_keeps_a_plane() {
        let plane = Raster::from_index(9, 7, |i| [(i % 9) as f32, (i / 9) as f32]);
        let small = plane.shrunk(3);
        assert_eq!((small.width, small.height), (3, 3));
        assert!(small.data[4].iter().zip([4.0, 4.0]).all(|(a, b)| (a - b).abs() < 1e-6));
        assert!(small.data[6].iter().zip([1.0, 6.0]).all(|(a, b)| (a - b).abs() < 1e-6));

        let smooth = Raster::from_index(8, 8, |i| [(i % 8) as f32]).shrunk(2).enlarged(2, 8, 8);
        assert!((smooth.data[3][0] - 3.0).abs() < 1e-5);
        assert!((smooth.data[0][0] - 0.5).abs() < 1e-5);
    }

    #[test]
    fn odd_sizes_do_not_shift_the_picture() {
        // 2^k + 1 pixels are the worst case: every level of a pyramid ends with half a block.
        let ramp = Raster::from_index(65, 1, |i| [i as f32]);
        let mut levels = vec![ramp.clone()];
        for _ in 0..4 {
            levels.push(levels[levels.len() - 1].shrunk(2));
        }
        let mut back = levels[4].clone();
        for level in levels[..4].iter().rev() {
            back = back.enlarged(2, level.width, level.height);
        }
        for x in 12..52 {
            assert!((back.data[x][0] - x as f32).abs() < 0.5, "{x}: {}", back.data[x][0]);
        }
    }

    #[test]
    fn smoothstep_is_clamped() {
        assert!(smoothstep(1.0, 2.0, 0.5).abs() < f32::EPSILON);
        assert!((smoothstep(1.0, 2.0, 1.5) - 0.5).abs() < 1e-6);
        assert!((smoothstep(1.0, 2.0, 9.0) - 1.0).abs() < f32::EPSILON);
    }
}
