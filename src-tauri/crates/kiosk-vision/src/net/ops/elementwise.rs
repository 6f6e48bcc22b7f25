//! Sums, products and activations of single elements. Loops are plain: the compiler vectorises them for the chosen
//! instruction set.
#![allow(
    clippy::inline_always,
    reason = "a loop that is not inlined loses the instruction set it was dispatched for"
)]

use super::{Operands, require};
use crate::net::graph::{Activation, Op};
use crate::net::read::{Broken, Read};
use pulp::{Arch, Simd, WithSimd};

/// Elements a block, at least: 4 KiB of floats.
const BLOCK: usize = 1024;

pub struct Elementwise {
    function: Function,
    /// Slopes are repeated to fill a block: a loop as short as the channels would not be worth vectorising.
    activation: Activation,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Function {
    Identity,
    Logistic,
    Add,
    Multiply,
}

impl Elementwise {
    pub fn plan(operands: &Operands) -> Read<Self> {
        let (function, activation) = match &operands.node.op {
            Op::Add(activation) => (Function::Add, activation.clone()),
            Op::Multiply => (Function::Multiply, Activation::None),
            Op::Logistic => (Function::Logistic, Activation::None),
            Op::Activate(activation) => (Function::Identity, activation.clone()),
            _ => return Err(Broken("not an elementwise operator")),
        };
        let output = operands.output();
        let first = operands.input(0)?.len();
        let second = if function.operands() == 2 { operands.input(1)?.len() } else { first };
        // A shorter operand repeats over the leading dimensions, so it must divide the longer one.
        let (short, long) = (first.min(second), first.max(second));
        require(
            short > 0 && long == output.len() && long.is_multiple_of(short),
            "elementwise operands do not fit",
        )?;
        if short != long {
            let operand = operands.input(usize::from(second == short))?;
            let trimmed: Vec<_> = operand.shape.iter().copied().skip_while(|size| *size == 1).collect();
            require(output.shape.ends_with(&trimmed), "operand is not broadcast over leading dimensions")?;
        }
        let activation = match activation {
            Activation::Prelu(slopes) => {
                let channels = output.shape.last().copied();
                let fit = slopes.len() == 1 || Some(slopes.len()) == channels;
                require(fit && short == long, "slopes do not fit the channels")?;
                Activation::Prelu(slopes.repeat(BLOCK.div_ceil(slopes.len())))
            }
            other => other,
        };
        Ok(Self { function, activation })
    }

    /// Operands that are read at run time.
    pub fn operands(&self) -> usize {
        self.function.operands()
    }

    /// Works on blocks that stay in the nearest cache between the function and its activation.
    pub fn run<'a>(&self, arch: Arch, input: impl Fn(usize) -> &'a [f32], output: &mut [f32]) {
        let first = input(0);
        let second = if self.operands() == 2 { input(1) } else { first };
        // Both functions of two operands commute, so the shorter one may be taken as the second.
        let (long, short) = if first.len() < second.len() { (second, first) } else { (first, second) };
        let block = match &self.activation {
            Activation::Prelu(slopes) => slopes.len(),
            _ if long.len() == short.len() => BLOCK,
            _ => short.len(),
        };
        arch.dispatch(Blocks { elementwise: self, block, long, short, output });
    }
}

/// The loop over blocks, compiled for each instruction set.
struct Blocks<'a> {
    elementwise: &'a Elementwise,
    block: usize,
    long: &'a [f32],
    short: &'a [f32],
    output: &'a mut [f32],
}

impl WithSimd for Blocks<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let operands = self.long.chunks(self.block).zip(self.short.chunks(self.block).cycle());
        for (output, (long, short)) in self.output.chunks_mut(self.block).zip(operands) {
            self.elementwise.function.apply(long, short, output);
            activate(&self.elementwise.activation, output);
        }
    }
}

impl Function {
    fn operands(self) -> usize {
        if matches!(self, Self::Add | Self::Multiply) { 2 } else { 1 }
    }

    #[inline(always)]
    fn apply(self, first: &[f32], second: &[f32], output: &mut [f32]) {
        match self {
            Self::Identity => output.copy_from_slice(first),
            Self::Logistic => combine(first, first, output, |x, _| 1.0 / (1.0 + libm::expf(-x))),
            Self::Add => combine(first, second, output, |x, y| x + y),
            Self::Multiply => combine(first, second, output, |x, y| x * y),
        }
    }
}

#[inline(always)]
fn combine(first: &[f32], second: &[f32], output: &mut [f32], function: impl Fn(f32, f32) -> f32) {
    for ((target, x), y) in output.iter_mut().zip(first).zip(second) {
        *target = function(*x, *y);
    }
}

#[inline(always)]
fn activate(activation: &Activation, values: &mut [f32]) {
    match activation {
        Activation::None => {}
        Activation::Relu => values.iter_mut().for_each(|x| *x = x.max(0.0)),
        Activation::Relu6 => values.iter_mut().for_each(|x| *x = x.clamp(0.0, 6.0)),
        Activation::HardSwish => {
            for x in values {
                *x *= (*x + 3.0).clamp(0.0, 6.0) * (1.0 / 6.0);
            }
        }
        Activation::Prelu(slopes) => {
            for (x, slope) in values.iter_mut().zip(slopes) {
                *x = if *x > 0.0 { *x } else { *x * slope };
            }
        }
    }
}
