//! Bilinear resize.
#![allow(
    clippy::inline_always,
    reason = "a loop that is not inlined loses the instruction set it was dispatched for"
)]

use super::{Image, Operands, require};
use crate::net::read::Read;
use pulp::{Arch, Simd, WithSimd};

pub struct Resize {
    input: Image,
    output: Image,
    rows: Vec<Blend>,
    columns: Vec<Blend>,
}

/// The two cells that an output cell lies between, and the share of the second.
#[derive(Clone, Copy)]
struct Blend {
    first: usize,
    second: usize,
    share: f32,
}

impl Resize {
    pub fn plan(operands: &Operands, align_corners: bool, half_pixel_centers: bool) -> Read<Self> {
        let input = Image::of(operands.input(0)?)?;
        let output = Image::of(operands.output())?;
        require(input.channels == output.channels, "resize changes the channels")?;
        let axis = |from: usize, to: usize| -> Vec<Blend> {
            let scale = if align_corners && to > 1 {
                (from - 1) as f32 / (to - 1) as f32
            } else {
                from as f32 / to as f32
            };
            let half = if half_pixel_centers { 0.5 } else { 0.0 };
            let blend = |cell: usize| {
                let at = (cell as f32 + half) * scale - half;
                let first = (at.max(0.0) as usize).min(from - 1);
                let second = (at.floor() + 1.0).clamp(0.0, (from - 1) as f32) as usize;
                Blend { first, second, share: at - at.floor() }
            };
            (0..to).map(blend).collect()
        };
        let (rows, columns) = (axis(input.height, output.height), axis(input.width, output.width));
        Ok(Self { input, output, rows, columns })
    }

    pub fn scratch(&self) -> usize {
        self.input.row()
    }

    pub fn run(&self, arch: Arch, input: &[f32], output: &mut [f32], scratch: &mut [f32]) {
        let blended = &mut scratch[..self.input.row()];
        arch.dispatch(Rows { resize: self, input, blended, output });
    }
}

/// The loop over rows, compiled for each instruction set: blends two input rows, then pairs of pixels of the result.
struct Rows<'a> {
    resize: &'a Resize,
    input: &'a [f32],
    blended: &'a mut [f32],
    output: &'a mut [f32],
}

impl WithSimd for Rows<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Resize { input, output, rows, columns } = self.resize;
        for (target, y) in self.output.chunks_exact_mut(output.row()).zip(rows) {
            let row = |index: usize| &self.input[index * input.row()..][..input.row()];
            blend(row(y.first), row(y.second), y.share, self.blended);
            for (target, x) in target.chunks_exact_mut(input.channels).zip(columns) {
                let pixel = |index: usize| &self.blended[index * input.channels..][..input.channels];
                blend(pixel(x.first), pixel(x.second), x.share, target);
            }
        }
    }
}

#[inline(always)]
fn blend(first: &[f32], second: &[f32], share: f32, target: &mut [f32]) {
    for ((target, first), second) in target.iter_mut().zip(first).zip(second) {
        *target = first + (second - first) * share;
    }
}
