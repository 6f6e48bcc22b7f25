//! Transposed convolution whose kernel is as large as its stride: every input pixel becomes its own block of the output,
//! so it is a matrix product and a shuffle.

use super::{Image, Operands, require};
use crate::net::graph::{Activation, Padding, Window};
use crate::net::read::{Broken, Read};
use crate::net::simd::{PackedWeights, gemm};
use pulp::Arch;

pub struct TransposeConv {
    input: Image,
    /// Output rows a block.
    rows: usize,
    weights: PackedWeights,
}

impl TransposeConv {
    pub fn plan(arch: Arch, operands: &Operands, window: Window) -> Read<Self> {
        let input = Image::of(operands.input(0)?)?;
        let output = Image::of(operands.output())?;
        let [channels, rows, columns, depth] = operands.input(1)?.shape[..] else {
            return Err(Broken("transposed convolution weights are not OHWI"));
        };
        require(
            [rows, columns] == window.stride && window.padding == Padding::Same,
            "transposed convolution with overlapping blocks",
        )?;
        require(depth == input.channels, "transposed convolution depth does not fit the input")?;
        let expected = Image { height: input.height * rows, width: input.width * columns, channels };
        require(output == expected, "transposed convolution does not yield the output's shape")?;

        // Reorder OHWI to (row, column, channel) × depth, so that a product row is a block in output order.
        let (weights, bias) = (operands.floats(1)?, operands.bias(2, channels)?);
        let cells = rows * columns;
        let mut reordered = Vec::with_capacity(weights.len());
        for cell in 0..cells {
            for channel in 0..channels {
                reordered.extend_from_slice(&weights[(channel * cells + cell) * depth..][..depth]);
            }
        }
        let weights = PackedWeights::new(
            arch,
            &reordered,
            &bias.repeat(cells),
            &Activation::None,
            cells * channels,
            depth,
        );
        Ok(Self { input, rows, weights })
    }

    pub fn scratch(&self) -> usize {
        self.input.width * self.weights.channels()
    }

    pub fn run(&self, arch: Arch, input: &[f32], output: &mut [f32], scratch: &mut [f32]) {
        let blocks = &mut scratch[..self.scratch()];
        let line = self.weights.channels() / self.rows;
        let band = self.scratch();
        for (row, band) in input.chunks_exact(self.input.row()).zip(output.chunks_exact_mut(band)) {
            gemm(arch, row, &self.weights, blocks);
            for (y, target) in band.chunks_exact_mut(line * self.input.width).enumerate() {
                for (target, block) in
                    target.chunks_exact_mut(line).zip(blocks.chunks_exact(self.weights.channels()))
                {
                    target.copy_from_slice(&block[y * line..][..line]);
                }
            }
        }
    }
}
