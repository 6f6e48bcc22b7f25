//! Repeatable pseudo-random numbers.

/// `SplitMix64` (Steele, Lea, Flood 2014): small, seedable and the same everywhere.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Uniform in `low..high`.
    pub fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (self.bits() >> 40) as f32 / (1u64 << 24) as f32 * (high - low)
    }

    /// Uniform in `low..high`.
    pub fn count(&mut self, low: usize, high: usize) -> usize {
        low + (self.bits() % (high - low) as u64) as usize
    }

    pub(super) fn sign(&mut self) -> f32 {
        if self.bits() & 1 == 0 { 1.0 } else { -1.0 }
    }

    /// Standard normal, as a sum of uniforms (Irwin–Hall, 4 terms).
    pub(super) fn normal(&mut self) -> f32 {
        ((0..4).map(|_| self.between(-1.0, 1.0)).sum::<f32>()) * 0.866
    }
}
