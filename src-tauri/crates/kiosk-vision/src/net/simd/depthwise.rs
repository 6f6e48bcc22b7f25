//! One output row of a depthwise convolution.

use super::{Arch, Curve, Simd, WithSimd, dispatch, mul_add};
use std::ops::Range;

/// Operands of one output row. Weights, bias and slopes have one entry a channel.
pub struct DepthwiseRow<'a> {
    /// The whole input image, NHWC.
    pub input: &'a [f32],
    /// Channels of input and output.
    pub channels: usize,
    /// Width of the input image.
    pub width: usize,
    /// First input row of the window and the window rows that lie inside the image.
    pub top: isize,
    /// See `top`.
    pub rows: Range<usize>,
    /// Columns of the window.
    pub columns: usize,
    /// Input columns between neighbouring windows.
    pub stride: usize,
    /// Columns of padding on the left.
    pub left: usize,
    /// Rows × columns × channels.
    pub weights: &'a [f32],
    /// Added to each sum.
    pub bias: &'a [f32],
    /// Slopes for [`Curve::Prelu`], else zeros.
    pub slopes: &'a [f32],
    /// Applied to each sum.
    pub curve: Curve,
    /// The output row.
    pub output: &'a mut [f32],
}

/// Computes one row.
pub fn depthwise_row(arch: Arch, row: DepthwiseRow<'_>) {
    dispatch(arch, row);
}

/// A cell of the window: where its pixel starts, relative to the first one in use, and where its weights start.
#[derive(Clone, Copy, Default)]
struct Tap {
    pixel: usize,
    weight: usize,
}

/// The largest window of the published nets is 5 × 5.
pub const MAX_TAPS: usize = 64;

impl WithSimd for DepthwiseRow<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let output = std::mem::take(&mut self.output);
        let mut storage = [Tap::default(); MAX_TAPS];
        let mut taps: &[Tap] = &[];
        let mut in_use = usize::MAX..usize::MAX;
        for (x, pixel) in output.chunks_exact_mut(self.channels).enumerate() {
            let first = (x * self.stride) as isize - self.left as isize;
            let columns = inside(first, self.columns, self.width);
            if columns != in_use {
                taps = self.taps(columns.clone(), &mut storage);
                in_use = columns.clone();
            }
            let row = (self.top + self.rows.start as isize) as usize;
            let column = (first + columns.start as isize) as usize;
            let origin = if taps.is_empty() { 0 } else { (row * self.width + column) * self.channels };
            self.pixel(simd, &self.input[origin..], taps, pixel);
        }
    }
}

/// The part of a window of `size` cells starting at `first` that lies within `0..limit`.
pub fn inside(first: isize, size: usize, limit: usize) -> Range<usize> {
    let start = first.min(0).unsigned_abs().min(size);
    let end = (limit as isize - first).clamp(start as isize, size as isize) as usize;
    start..end
}

impl DepthwiseRow<'_> {
    fn taps<'t>(&self, columns: Range<usize>, storage: &'t mut [Tap; MAX_TAPS]) -> &'t [Tap] {
        let cells = self.rows.clone().flat_map(|row| columns.clone().map(move |column| (row, column)));
        let mut count = 0;
        for (slot, (row, column)) in storage.iter_mut().zip(cells) {
            let (down, right) = (row - self.rows.start, column - columns.start);
            *slot = Tap {
                pixel: (down * self.width + right) * self.channels,
                weight: (row * self.columns + column) * self.channels,
            };
            count += 1;
        }
        &storage[..count]
    }

    #[inline(always)]
    fn pixel<S: Simd>(&self, simd: S, input: &[f32], taps: &[Tap], output: &mut [f32]) {
        let mut channel = 0;
        while channel + 4 * S::F32_LANES <= self.channels {
            self.block::<S, 4>(simd, input, taps, channel, output);
            channel += 4 * S::F32_LANES;
        }
        if channel + 2 * S::F32_LANES <= self.channels {
            self.block::<S, 2>(simd, input, taps, channel, output);
            channel += 2 * S::F32_LANES;
        }
        if channel + S::F32_LANES <= self.channels {
            self.block::<S, 1>(simd, input, taps, channel, output);
            channel += S::F32_LANES;
        }
        if channel < self.channels {
            self.rest(simd, input, taps, channel, output);
        }
    }

    /// `VECTORS` whole vectors of channels.
    #[inline(always)]
    fn block<S: Simd, const VECTORS: usize>(
        &self,
        simd: S,
        input: &[f32],
        taps: &[Tap],
        channel: usize,
        output: &mut [f32],
    ) {
        let length = VECTORS * S::F32_LANES;
        let vectors = |slice: &[f32], at: usize| -> [S::f32s; VECTORS] {
            let whole = S::as_simd_f32s(&slice[at..][..length]).0;
            whole.first_chunk().copied().unwrap_or([simd.splat_f32s(0.0); VECTORS])
        };
        let mut sums = vectors(self.bias, channel);
        for tap in taps {
            let values = vectors(input, tap.pixel + channel);
            let weights = vectors(self.weights, tap.weight + channel);
            for vector in 0..VECTORS {
                sums[vector] = mul_add(simd, values[vector], weights[vector], sums[vector]);
            }
        }
        let slopes = vectors(self.slopes, channel);
        let output = &mut output[channel..][..length];
        for vector in 0..VECTORS {
            let value = self.curve.apply(simd, sums[vector], slopes[vector]);
            simd.partial_store_f32s(&mut output[vector * S::F32_LANES..][..S::F32_LANES], value);
        }
    }

    /// The last channels, fewer than a vector.
    #[inline(always)]
    fn rest<S: Simd>(&self, simd: S, input: &[f32], taps: &[Tap], channel: usize, output: &mut [f32]) {
        let length = self.channels - channel;
        let load = |slice: &[f32], at: usize| simd.partial_load_f32s(&slice[at..][..length]);
        let mut sum = load(self.bias, channel);
        for tap in taps {
            let value = load(input, tap.pixel + channel);
            sum = mul_add(simd, value, load(self.weights, tap.weight + channel), sum);
        }
        let value = self.curve.apply(simd, sum, load(self.slopes, channel));
        simd.partial_store_f32s(&mut output[channel..], value);
    }
}

#[cfg(test)]
mod tests {
    use super::super::available;
    use super::*;

    fn wave(length: usize, step: usize) -> Vec<f32> {
        (0..length).map(|i| ((i * step % 101) as f32 - 50.0) / 50.0).collect()
    }

    /// A 3 × 3 window over 5 columns with one column of padding, as the definition has it.
    fn reference(
        input: &[f32],
        weights: &[f32],
        channels: usize,
        stride: usize,
        x: usize,
        channel: usize,
    ) -> f32 {
        let mut sum = 0.25;
        for row in 1..3 {
            for column in 0..3 {
                let at = (x * stride + column) as isize - 1;
                if (0..5).contains(&at) {
                    let pixel = (row - 1) * 5 + at as usize;
                    sum +=
                        input[pixel * channels + channel] * weights[(row * 3 + column) * channels + channel];
                }
            }
        }
        sum.max(0.0)
    }

    #[test]
    fn every_instruction_set_agrees_with_the_definition() {
        for (channels, stride) in [(1, 1), (3, 2), (16, 1), (24, 2), (33, 1), (72, 2), (130, 1)] {
            let (input, weights) = (wave(5 * 5 * channels, 37), wave(9 * channels, 53));
            let columns = 5_usize.div_ceil(stride);
            for arch in available() {
                let mut output = vec![f32::NAN; columns * channels];
                let row = DepthwiseRow {
                    input: &input,
                    channels,
                    width: 5,
                    top: -1,
                    rows: inside(-1, 3, 5),
                    columns: 3,
                    stride,
                    left: 1,
                    weights: &weights,
                    bias: &vec![0.25; channels],
                    slopes: &vec![0.0; channels],
                    curve: Curve::Relu,
                    output: &mut output,
                };
                depthwise_row(arch, row);
                for (index, found) in output.iter().enumerate() {
                    let expected =
                        reference(&input, &weights, channels, stride, index / channels, index % channels);
                    assert!((found - expected).abs() < 1e-5, "{arch:?} {channels} channels, stride {stride}");
                }
            }
        }
    }
}
