//! Operators that only move values.

use super::{Image, Operands, require};
use crate::net::read::{Broken, Read};

/// Zeros around an image, in all three of its dimensions.
pub struct Pad {
    input: Image,
    output: Image,
    /// Rows, columns and channels of zeros before the input.
    before: [usize; 3],
}

impl Pad {
    pub fn plan(operands: &Operands) -> Read<Self> {
        let input = Image::of(operands.input(0)?)?;
        let output = Image::of(operands.output())?;
        let paddings = operands.input(1)?.ints().ok_or(Broken("paddings are not constant"))?;
        let [0, 0, top, bottom, left, right, front, back] = *paddings else {
            return Err(Broken("paddings are not four pairs, none for the batch"));
        };
        let fits = |before: i32, size: usize, after: i32, padded: usize| {
            before >= 0 && after >= 0 && i64::from(before) + size as i64 + i64::from(after) == padded as i64
        };
        require(
            fits(top, input.height, bottom, output.height)
                && fits(left, input.width, right, output.width)
                && fits(front, input.channels, back, output.channels),
            "paddings do not yield the output's shape",
        )?;
        Ok(Self { input, output, before: [top as usize, left as usize, front as usize] })
    }

    pub fn run(&self, input: &[f32], output: &mut [f32]) {
        let [top, left, front] = self.before;
        output.fill(0.0);
        let rows = output.chunks_exact_mut(self.output.row()).skip(top);
        for (target, source) in rows.zip(input.chunks_exact(self.input.row())) {
            let pixels = target.chunks_exact_mut(self.output.channels).skip(left);
            for (target, source) in pixels.zip(source.chunks_exact(self.input.channels)) {
                target[front..][..source.len()].copy_from_slice(source);
            }
        }
    }
}

/// Tensors one after another along an axis.
pub struct Concat {
    /// Contiguous elements that each operand contributes in turn.
    runs: Vec<usize>,
}

impl Concat {
    pub fn plan(operands: &Operands, axis: usize) -> Read<Self> {
        let output = operands.output();
        require(axis < output.shape.len() && !output.is_empty(), "concatenation axis")?;
        let mut runs = Vec::with_capacity(operands.count());
        let mut along = 0;
        for index in 0..operands.count() {
            let shape = &operands.input(index)?.shape;
            let alike = shape.len() == output.shape.len()
                && (0..shape.len()).all(|i| i == axis || shape[i] == output.shape[i]);
            require(alike, "concatenation of unlike shapes")?;
            along += shape[axis];
            runs.push(shape[axis..].iter().product());
        }
        require(along == output.shape[axis], "concatenation does not yield the output's shape")?;
        Ok(Self { runs })
    }

    pub fn run<'a>(&self, input: impl Fn(usize) -> &'a [f32], output: &mut [f32]) {
        let stripe = self.runs.iter().sum();
        let mut start = 0;
        for (index, run) in self.runs.iter().enumerate().filter(|(_, run)| **run > 0) {
            for (target, source) in output.chunks_exact_mut(stripe).zip(input(index).chunks_exact(*run)) {
                target[start..][..*run].copy_from_slice(source);
            }
            start += run;
        }
    }
}

/// Each pixel's channels become a block of pixels.
pub struct DepthToSpace {
    input: Image,
    block: usize,
}

impl DepthToSpace {
    pub fn plan(operands: &Operands, block: usize) -> Read<Self> {
        let input = Image::of(operands.input(0)?)?;
        let expected = Image {
            height: input.height * block,
            width: input.width * block,
            channels: input.channels / (block * block),
        };
        require(
            input.channels.is_multiple_of(block * block) && Image::of(operands.output())? == expected,
            "depth-to-space does not yield the output's shape",
        )?;
        Ok(Self { input, block })
    }

    pub fn run(&self, input: &[f32], output: &mut [f32]) {
        let line = self.input.channels / self.block;
        // A row of the input holds as many values as the band of output rows that it becomes.
        let band = self.input.row();
        for (row, band) in input.chunks_exact(band).zip(output.chunks_exact_mut(band)) {
            for (y, target) in band.chunks_exact_mut(line * self.input.width).enumerate() {
                let pixels = row.chunks_exact(self.input.channels);
                for (target, pixel) in target.chunks_exact_mut(line).zip(pixels) {
                    target.copy_from_slice(&pixel[y * line..][..line]);
                }
            }
        }
    }
}
