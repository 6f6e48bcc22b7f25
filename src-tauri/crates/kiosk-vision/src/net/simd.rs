//! The two kernels that cost the time, written once over [`pulp`]'s vector type and dispatched at run time: AVX-512,
//! AVX2 with FMA, NEON or 128-bit portable code.
#![allow(
    clippy::inline_always,
    reason = "a kernel that is not inlined loses the instruction set it was dispatched for"
)]

mod depthwise;
mod gemm;

pub use depthwise::{DepthwiseRow, MAX_TAPS, depthwise_row, inside};
pub use gemm::{PackedWeights, gemm};

use super::graph::Activation;
use pulp::{Arch, Simd, WithSimd};

/// Runs `kernel` with the vectors of `arch`. [`pulp`]'s own fallback has one lane; four lanes let the compiler use
/// whatever the baseline offers.
#[inline(always)]
fn dispatch<K: WithSimd>(arch: Arch, kernel: K) -> K::Output {
    match arch {
        Arch::Scalar => pulp::Scalar128b.vectorize(kernel),
        _ => arch.dispatch(kernel),
    }
}

/// `a · b + c`, rounded twice. Fused it would be faster where the processor can, and another number where it cannot.
#[inline(always)]
fn mul_add<S: Simd>(simd: S, a: S::f32s, b: S::f32s, c: S::f32s) -> S::f32s {
    simd.add_f32s(simd.mul_f32s(a, b), c)
}

/// Number of f32 lanes of `arch`.
fn lanes(arch: Arch) -> usize {
    struct Lanes;
    impl WithSimd for Lanes {
        type Output = usize;
        #[inline(always)]
        fn with_simd<S: Simd>(self, _: S) -> usize {
            S::F32_LANES
        }
    }
    dispatch(arch, Lanes)
}

/// [`Activation`] without its slopes, which the kernels keep beside their weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Curve {
    None,
    Relu,
    Relu6,
    HardSwish,
    Prelu,
}

impl Curve {
    pub fn of(activation: &Activation) -> Self {
        match activation {
            Activation::None => Self::None,
            Activation::Relu => Self::Relu,
            Activation::Relu6 => Self::Relu6,
            Activation::HardSwish => Self::HardSwish,
            Activation::Prelu(_) => Self::Prelu,
        }
    }

    #[inline(always)]
    fn apply<S: Simd>(self, simd: S, x: S::f32s, slope: S::f32s) -> S::f32s {
        let splat = |value| simd.splat_f32s(value);
        match self {
            Self::None => x,
            Self::Relu => simd.max_f32s(x, splat(0.0)),
            Self::Relu6 => simd.min_f32s(simd.max_f32s(x, splat(0.0)), splat(6.0)),
            Self::HardSwish => {
                let gate = simd.add_f32s(x, splat(3.0));
                let gate = simd.min_f32s(simd.max_f32s(gate, splat(0.0)), splat(6.0));
                simd.mul_f32s(simd.mul_f32s(x, gate), splat(1.0 / 6.0))
            }
            Self::Prelu => {
                let negative = simd.min_f32s(x, splat(0.0));
                mul_add(simd, negative, slope, simd.max_f32s(x, splat(0.0)))
            }
        }
    }
}

/// The slopes of `activation` for `channels` channels, padded with zeros to `padded` entries.
pub fn slopes(activation: &Activation, channels: usize, padded: usize) -> Vec<f32> {
    let mut slopes = vec![0.0; padded];
    if let Activation::Prelu(given) = activation {
        for (slope, value) in slopes.iter_mut().take(channels).zip(given.iter().cycle()) {
            *slope = *value;
        }
    }
    slopes
}

/// Every instruction set that this machine can run, the portable one first.
#[cfg(test)]
pub fn available() -> Vec<Arch> {
    let mut all = vec![Arch::Scalar];
    #[cfg(target_arch = "x86_64")]
    all.extend(pulp::x86::V3::try_new().map(Arch::V3));
    if !matches!(Arch::new(), Arch::Scalar) {
        all.push(Arch::new());
    }
    all
}
