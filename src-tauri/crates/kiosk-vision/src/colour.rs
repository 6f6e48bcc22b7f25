//! The sRGB curve (IEC 61966-2-1) without the platform's mathematics, so that every machine makes the same bytes.

use std::sync::LazyLock;

/// Steps of linear light: one is a twentieth of the darkest byte.
pub const STEPS: u32 = 65_535;

static LINEAR: LazyLock<[f64; 256]> = LazyLock::new(|| std::array::from_fn(|v| decoded(v as f64 / 255.0)));
static BYTES: LazyLock<Vec<u8>> =
    LazyLock::new(|| (0..=STEPS).map(|v| byte(f64::from(v) / f64::from(STEPS))).collect());

/// Linear light of an encoded value, both 0–1.
pub fn decoded(v: f64) -> f64 {
    if v <= 0.04045 { v / 12.92 } else { libm::pow((v + 0.055) / 1.055, 2.4) }
}

/// Encoded value of linear light, both 0–1.
pub fn encoded(v: f64) -> f64 {
    if v <= 0.003_130_8 { v * 12.92 } else { 1.055 * libm::pow(v, 1.0 / 2.4) - 0.055 }
}

/// The byte of linear light; beyond black and white the nearest.
pub fn byte(linear: f64) -> u8 {
    (encoded(linear.clamp(0.0, 1.0)) * 255.0).round() as u8
}

/// Linear light of a byte, 0–1.
pub fn linear(byte: u8) -> f64 {
    LINEAR[usize::from(byte)]
}

/// The byte of linear light in [`STEPS`].
pub fn byte_of_step(step: u32) -> u8 {
    BYTES[step.min(STEPS) as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_survives_the_way_to_light_and_back() {
        for v in 0..=255 {
            assert_eq!(byte(linear(v)), v);
            assert_eq!(byte_of_step((linear(v) * f64::from(STEPS)).round() as u32), v);
        }
        assert_eq!((byte(-1.0), byte(7.0), byte_of_step(u32::MAX)), (0, 255, 255));
        // IEC 61966-2-1: 18 % grey is 118.
        assert_eq!(byte(0.18), 118);
    }
}
