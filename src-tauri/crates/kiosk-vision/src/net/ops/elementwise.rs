//! Sums, products and activations of single elements. Loops are plain: the compiler vectorises them for the chosen
//! instruction set.

use super::Operands;
use crate::net::graph::{Activation, Op};
use crate::net::read::{Broken, Read};
use pulp::Arch;

pub struct Elementwise {
    function: Function,
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
        operands.require(
            short > 0 && long == output.len() && long.is_multiple_of(short),
            "elementwise operands do not fit",
        )?;
        if short != long {
            let operand = operands.input(usize::from(second == short))?;
            let trimmed: Vec<_> = operand.shape.iter().copied().skip_while(|size| *size == 1).collect();
            operands.require(output.shape.ends_with(&trimmed), "operand is not broadcast over leading dimensions")?;
        }
        if let Activation::Prelu(slopes) = &activation {
            let channels = output.shape.last().copied();
            operands.require(
                slopes.len() == 1 || Some(slopes.len()) == channels,
                "slopes do not fit the channels",
            )?;
        }
        Ok(Self { function, activation })
    }

    /// Operands that are read at run time.
    pub fn operands(&self) -> usize {
        self.function.operands()
    }

    pub fn run<'a>(&self, arch: Arch, input: impl Fn(usize) -> &'a [f32], output: &mut [f32]) {
        arch.dispatch(|| {
            match self.function {
                Function::Identity => output.copy_from_slice(input(0)),
                Function::Logistic => {
                    for (target, x) in output.iter_mut().zip(input(0)) {
                        *target = 1.0 / (1.0 + (-x).exp());
                    }
                }
                Function::Add => combine(input(0), input(1), output, |x, y| x + y),
                Function::Multiply => combine(input(0), input(1), output, |x, y| x * y),
            }
            activate(&self.activation, output);
        });
    }
}

impl Function {
    fn operands(self) -> usize {
        if matches!(self, Self::Add | Self::Multiply) { 2 } else { 1 }
    }
}

/// Both functions commute, so the shorter operand may be taken as the second.
#[inline(always)]
fn combine(first: &[f32], second: &[f32], output: &mut [f32], function: impl Fn(f32, f32) -> f32) {
    let (long, short) = if first.len() < second.len() { (second, first) } else { (first, second) };
    for (target, long) in output.chunks_exact_mut(short.len()).zip(long.chunks_exact(short.len())) {
        for ((target, x), y) in target.iter_mut().zip(long).zip(short) {
            *target = function(*x, *y);
        }
    }
}

#[inline(always)]
fn activate(activation: &Activation, values: &mut [f32]) {
    match activation {
        Activation::None => {}
        Activation::Relu => values.iter_mut().for_each(|x| *x = x.max(0.0)),
        Activation::Relu6 => values.iter_mut().for_each(|x| *x = x.clamp(0.0, 6.0)),
        Activation::HardSwish => {
            values.iter_mut().for_each(|x| *x *= (*x + 3.0).clamp(0.0, 6.0) * (1.0 / 6.0));
        }
        Activation::Prelu(slopes) => {
            for values in values.chunks_exact_mut(slopes.len()) {
                for (x, slope) in values.iter_mut().zip(slopes) {
                    *x = if *x > 0.0 { *x } else { *x * slope };
                }
            }
        }
    }
}
