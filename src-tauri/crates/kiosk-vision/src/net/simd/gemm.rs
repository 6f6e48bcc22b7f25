//! C = act(A · Wᵀ + bias) for weights packed once at load.

use super::{Activation, Arch, Curve, Simd, WithSimd, dispatch, lanes, mul_add, slopes};

/// Weights as panels of one or two vectors of output channels, `depth` rows each: the order in which they are read.
pub struct PackedWeights {
    panels: Vec<f32>,
    bias: Vec<f32>,
    slopes: Vec<f32>,
    curve: Curve,
    depth: usize,
    channels: usize,
    vectors: usize,
}

impl PackedWeights {
    /// Packs `weights` (`channels` rows of `depth`) for `arch`. `bias` may be empty.
    pub fn new(
        arch: Arch,
        weights: &[f32],
        bias: &[f32],
        activation: &Activation,
        channels: usize,
        depth: usize,
    ) -> Self {
        let lanes = lanes(arch);
        let vectors = vectors_per_panel(channels, lanes);
        let width = lanes * vectors;
        let padded = channels.next_multiple_of(width);
        let mut panels = vec![0.0; padded * depth];
        for (channel, row) in weights.chunks_exact(depth).take(channels).enumerate() {
            let panel = &mut panels[channel / width * width * depth..];
            for (step, weight) in row.iter().enumerate() {
                panel[step * width + channel % width] = *weight;
            }
        }
        let mut padded_bias = vec![0.0; padded];
        for (target, value) in padded_bias.iter_mut().zip(bias) {
            *target = *value;
        }
        let slopes = slopes(activation, channels, padded);
        Self { panels, bias: padded_bias, slopes, curve: Curve::of(activation), depth, channels, vectors }
    }

    /// Columns of A.
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// Columns of C.
    pub fn channels(&self) -> usize {
        self.channels
    }
}

/// Two vectors keep the multipliers busiest; one wastes fewer lanes on a narrow rest.
fn vectors_per_panel(channels: usize, lanes: usize) -> usize {
    let rest = channels % (2 * lanes);
    let half_panel_left = rest != 0 && rest <= lanes;
    if channels <= lanes || (half_panel_left && channels < 3 * lanes) { 1 } else { 2 }
}

/// Writes act(`a` · Wᵀ + bias) to `c`; both are row-major with as many rows as fit.
pub fn gemm(arch: Arch, a: &[f32], weights: &PackedWeights, c: &mut [f32]) {
    dispatch(arch, Gemm { a, weights, c });
}

struct Gemm<'a> {
    a: &'a [f32],
    weights: &'a PackedWeights,
    c: &'a mut [f32],
}

impl WithSimd for Gemm<'_> {
    type Output = ();

    /// Tile heights fill the register file: accumulators, one row of the panel, one broadcast.
    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        match (S::REGISTER_COUNT >= 32, self.weights.vectors) {
            (true, 1) => self.panels::<S, 12, 1>(simd),
            (true, _) => self.panels::<S, 12, 2>(simd),
            (false, 1) => self.panels::<S, 8, 1>(simd),
            (false, _) => self.panels::<S, 6, 2>(simd),
        }
    }
}

impl Gemm<'_> {
    #[inline(always)]
    fn panels<S: Simd, const ROWS: usize, const VECTORS: usize>(self, simd: S) {
        let PackedWeights { depth, channels, curve, .. } = *self.weights;
        let width = VECTORS * S::F32_LANES;
        if depth == 0 || channels == 0 {
            return;
        }
        let panels = self.weights.panels.chunks_exact(width * depth);
        let biases = S::as_simd_f32s(&self.weights.bias).0.as_chunks::<VECTORS>().0;
        let slopes = S::as_simd_f32s(&self.weights.slopes).0.as_chunks::<VECTORS>().0;
        for (index, ((panel, bias), slope)) in panels.zip(biases).zip(slopes).enumerate() {
            let weights = S::as_simd_f32s(panel).0.as_chunks::<VECTORS>().0;
            let tile = Tile { simd, weights, bias, slope, curve, first: index * width, channels };
            let (a, c) = tile.column::<ROWS>(self.a, self.c);
            let (a, c) = tile.column::<4>(a, c);
            tile.column::<1>(a, c);
        }
    }
}

struct Tile<'a, S: Simd, const VECTORS: usize> {
    simd: S,
    weights: &'a [[S::f32s; VECTORS]],
    bias: &'a [S::f32s; VECTORS],
    slope: &'a [S::f32s; VECTORS],
    curve: Curve,
    /// First output channel of the panel.
    first: usize,
    channels: usize,
}

impl<S: Simd, const VECTORS: usize> Tile<'_, S, VECTORS> {
    /// As many tiles of `ROWS` rows as fit; returns what is left.
    #[inline(always)]
    fn column<'a, 'c, const ROWS: usize>(
        &self,
        a: &'a [f32],
        c: &'c mut [f32],
    ) -> (&'a [f32], &'c mut [f32]) {
        let mut a = a.chunks_exact(ROWS * self.weights.len());
        let mut c = c.chunks_exact_mut(ROWS * self.channels);
        for (a, c) in a.by_ref().zip(c.by_ref()) {
            self.compute::<ROWS>(a, c);
        }
        (a.remainder(), c.into_remainder())
    }

    #[inline(always)]
    #[allow(clippy::needless_range_loop, reason = "index loops over registers are what the compiler unrolls")]
    fn compute<const ROWS: usize>(&self, a: &[f32], c: &mut [f32]) {
        let Self { simd, weights, bias, .. } = *self;
        let depth = weights.len();
        let rows: [&[f32]; ROWS] = std::array::from_fn(|row| &a[row * depth..][..depth]);
        let mut sums = [*bias; ROWS];
        for step in 0..depth {
            let weight = weights[step];
            for row in 0..ROWS {
                let value = simd.splat_f32s(rows[row][step]);
                for vector in 0..VECTORS {
                    sums[row][vector] = mul_add(simd, value, weight[vector], sums[row][vector]);
                }
            }
        }
        for row in 0..ROWS {
            let target = &mut c[row * self.channels..][..self.channels][self.first..];
            for vector in 0..VECTORS {
                let value = self.curve.apply(simd, sums[row][vector], self.slope[vector]);
                let start = vector * S::F32_LANES;
                if let Some(whole) = target.get_mut(start..start + S::F32_LANES) {
                    simd.partial_store_f32s(whole, value);
                } else if let Some(part) = target.get_mut(start..) {
                    simd.partial_store_f32s(part, value);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::available;
    use super::*;

    fn wave(length: usize, step: usize) -> Vec<f32> {
        (0..length).map(|i| ((i * step % 101) as f32 - 50.0) / 50.0).collect()
    }

    fn reference(a: &[f32], w: &[f32], bias: &[f32], channels: usize, depth: usize) -> Vec<f32> {
        let cell = |row: &[f32], channel: usize| {
            let weights = &w[channel * depth..][..depth];
            let sum: f64 = row.iter().zip(weights).map(|(x, y)| f64::from(*x) * f64::from(*y)).sum();
            (sum + f64::from(bias[channel])) as f32
        };
        a.chunks_exact(depth).flat_map(|row| (0..channels).map(move |c| cell(row, c))).collect()
    }

    #[test]
    fn every_instruction_set_agrees_with_the_definition() {
        for (rows, depth, channels) in
            [(1, 1, 1), (13, 27, 16), (12, 16, 24), (7, 5, 33), (29, 72, 40), (3, 64, 128), (2, 9, 3)]
        {
            let (a, w, bias) = (wave(rows * depth, 37), wave(channels * depth, 53), wave(channels, 7));
            let expected = reference(&a, &w, &bias, channels, depth);
            for arch in available() {
                let packed = PackedWeights::new(arch, &w, &bias, &Activation::None, channels, depth);
                let mut c = vec![f32::NAN; rows * channels];
                gemm(arch, &a, &packed, &mut c);
                for (found, expected) in c.iter().zip(&expected) {
                    assert!((found - expected).abs() < 1e-4, "{arch:?} {rows}x{depth}x{channels}");
                }
            }
        }
    }

    type Formula = fn(f32, f32) -> f32;

    #[test]
    fn activations_match_their_formulas() {
        let slopes: Vec<f32> = wave(20, 13);
        let cases: [(Activation, Formula); 5] = [
            (Activation::None, |x, _| x),
            (Activation::Relu, |x, _| x.max(0.0)),
            (Activation::Relu6, |x, _| x.clamp(0.0, 6.0)),
            (Activation::HardSwish, |x, _| x * (x + 3.0).clamp(0.0, 6.0) / 6.0),
            (Activation::Prelu(slopes.clone()), |x, slope| if x > 0.0 { x } else { x * slope }),
        ];
        let inputs: Vec<f32> = (-40..40).map(|i| i as f32 * 0.25).collect();
        for (activation, formula) in cases {
            for arch in available() {
                let packed = PackedWeights::new(arch, &[1.0; 20], &[], &activation, 20, 1);
                let mut c = vec![0.0; inputs.len() * 20];
                gemm(arch, &inputs, &packed, &mut c);
                for (row, x) in c.chunks_exact(20).zip(&inputs) {
                    for (found, slope) in row.iter().zip(&slopes) {
                        assert!((found - formula(*x, *slope)).abs() < 1e-5, "{arch:?} {activation:?} {x}");
                    }
                }
            }
        }
    }
}
