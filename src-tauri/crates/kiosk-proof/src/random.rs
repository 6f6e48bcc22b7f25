//! Repeatable pseudo-random numbers: the same case gives the same picture on every machine.

/// The `SplitMix64` generator (Steele, Lea & Flood 2014).
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// The generator of a name.
    pub fn of(name: &str) -> Self {
        // FNV-1a.
        Self(
            name.bytes().fold(0xCBF2_9CE4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01B3)),
        )
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// 0 ≤ value < 1.
    pub fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1u64 << 24) as f32
    }

    /// Between two values.
    pub fn range(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// About normal, mean 0, deviation 1 (Irwin–Hall of four).
    pub fn normal(&mut self) -> f32 {
        ((0..4).map(|_| self.unit()).sum::<f32>() - 2.0) * 1.732
    }
}

/// Smooth noise, 0–1, one feature a unit.
pub fn noise(x: f32, y: f32, seed: u32) -> f32 {
    let lattice = |x: i32, y: i32| {
        let mut h = (x as u32).wrapping_mul(0x8DA6_B343)
            ^ (y as u32).wrapping_mul(0xD816_3841)
            ^ seed.wrapping_mul(0xCB1A_B31F);
        h = (h ^ (h >> 15)).wrapping_mul(0x2C1B_3C6D);
        h = (h ^ (h >> 12)).wrapping_mul(0x297A_2D39);
        (h >> 8) as f32 / (1u32 << 24) as f32
    };
    let ease = |t: f32| t * t * (3.0 - 2.0 * t);
    let (ix, iy) = (x.floor() as i32, y.floor() as i32);
    let (tx, ty) = (ease(x - x.floor()), ease(y - y.floor()));
    let row = |j: i32| {
        let (a, b) = (lattice(ix, iy + j), lattice(ix + 1, iy + j));
        a + (b - a) * tx
    };
    let (a, b) = (row(0), row(1));
    a + (b - a) * ty
}
