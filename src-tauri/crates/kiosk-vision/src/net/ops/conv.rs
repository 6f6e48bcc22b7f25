//! Convolution as a matrix product: directly for 1 × 1, through gathered windows (im2col, a few output rows at a time) else.

use super::window::Slide;
use super::{Image, Operands, require};
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
        require(channels * height * width * depth > 0, "convolution weights are empty")?;
        require(depth == input.channels, "convolution depth does not fit the input")?;
        require(channels == output.channels, "convolution does not yield the output's channels")?;
        require(
            height * width * depth * output.width.max(48) <= super::super::executor::MAX_ARENA,
            "convolution window too large",
        )?;
        let slide = Slide::plan(Window { size: [height, width], ..window }, input, output)?;
        let bias = operands.bias(2, channels)?;
        let depth = height * width * depth;
        let weights = PackedWeights::new(arch, operands.floats(1)?, bias, activation, channels, depth);
        Ok(Self { slide, weights })
    }

    pub fn scratch(&self) -> usize {
        if self.slide.is_pointwise() { 0 } else { self.rows() * self.line() }
    }

    /// Output rows that are gathered at a time: enough windows for the product to pay for reading the weights.
    fn rows(&self) -> usize {
        (48 / self.slide.output.width).clamp(1, self.slide.output.height)
    }

    /// Floats of the gathered windows of one output row.
    fn line(&self) -> usize {
        self.slide.output.width * self.weights.depth()
    }

    pub fn run(&self, arch: Arch, input: &[f32], output: &mut [f32], scratch: &mut [f32]) {
        if self.slide.is_pointwise() {
            return gemm(arch, input, &self.weights, output);
        }
        let (rows, line) = (self.rows(), self.line());
        for (band, output) in output.chunks_mut(rows * self.slide.output.row()).enumerate() {
            let count = output.len() / self.slide.output.row();
            let windows = &mut scratch[..count * line];
            for (row, windows) in windows.chunks_exact_mut(line).enumerate() {
                self.gather(input, band * rows + row, windows);
            }
            gemm(arch, windows, &self.weights, output);
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
