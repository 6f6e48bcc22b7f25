//! Convolution as a matrix product: directly for 1 × 1, through gathered windows (im2col, one output row at a time) else.

use super::window::Slide;
use super::{Image, Operands};
use crate::net::graph::{Activation, Window};
use crate::net::read::{Broken, Read};
use crate::net::simd::{PackedWeights, gemm};
use pulp::Arch;

pub struct Conv {
    slide: Slide,
    weights: PackedWeights,
}

impl Conv {
    pub fn plan(arch: Arch, operands: &Operands, window: Window, activation: &Activation) -> Read<Self> {
        let input = Image::of(operands.input(0)?)?;
        let output = Image::of(operands.output())?;
        let [channels, height, width, depth] = operands.input(1)?.shape[..] else {
            return Err(Broken("convolution weights are not OHWI"));
        };
        operands.require(channels * height * width * depth > 0, "convolution weights are empty")?;
        operands.require(depth == input.channels, "convolution depth does not fit the input")?;
        operands.require(channels == output.channels, "convolution does not yield the output's channels")?;
        operands.require(
            height * width * depth * output.width <= super::super::executor::MAX_ARENA,
            "convolution window too large",
        )?;
        let slide = Slide::plan(Window { size: [height, width], ..window }, input, output)?;
        let bias = operands.bias(2, channels)?;
        let depth = height * width * depth;
        let weights = PackedWeights::new(arch, operands.floats(1)?, bias, activation, channels, depth);
        Ok(Self { slide, weights })
    }

    pub fn scratch(&self) -> usize {
        if self.slide.is_pointwise() { 0 } else { self.slide.output.width * self.weights.depth() }
    }

    pub fn run(&self, arch: Arch, input: &[f32], output: &mut [f32], scratch: &mut [f32]) {
        if self.slide.is_pointwise() {
            return gemm(arch, input, &self.weights, output);
        }
        let windows = &mut scratch[..self.scratch()];
        for (y, row) in output.chunks_exact_mut(self.slide.output.row()).enumerate() {
            self.gather(input, y, windows);
            gemm(arch, windows, &self.weights, row);
        }
    }

    /// Writes the windows of output row `y` one after another, zeros where they leave the image.
    fn gather(&self, input: &[f32], y: usize, windows: &mut [f32]) {
        let Slide { input: image, size, dilation, .. } = self.slide;
        let top = self.slide.first(0, y);
        for (x, window) in windows.chunks_exact_mut(self.weights.depth()).enumerate() {
            let left = self.slide.first(1, x);
            let within = left >= 0 && left as usize + size[1] <= image.width && dilation[1] == 1;
            for (j, line) in window.chunks_exact_mut(size[1] * image.channels).enumerate() {
                let row = top + (j * dilation[0]) as isize;
                if row < 0 || row as usize >= image.height {
                    line.fill(0.0);
                    continue;
                }
                let source = &input[row as usize * image.row()..][..image.row()];
                if within {
                    line.copy_from_slice(&source[left as usize * image.channels..][..line.len()]);
                    continue;
                }
                for (i, cell) in line.chunks_exact_mut(image.channels).enumerate() {
                    let column = left + (i * dilation[1]) as isize;
                    if column < 0 || column as usize >= image.width {
                        cell.fill(0.0);
                    } else {
                        cell.copy_from_slice(&source[column as usize * image.channels..][..image.channels]);
                    }
                }
            }
        }
    }
}
