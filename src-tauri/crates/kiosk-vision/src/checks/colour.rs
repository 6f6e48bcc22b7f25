//! Colour of the skin.

use kiosk_core::{Check, CheckId};

use super::{Sitting, Skin, judged};

pub(super) fn measure(sitting: &Sitting<'_>, skin: &Skin, checks: &mut Vec<Check>) {
    let distance = skin.colour().map(|[_, a, b]| from_natural(a, b));
    checks.push(judged(sitting.profile, CheckId::ColourCast, distance, "lab"));
}

/// Distance of the cheeks' a*, b* from the box of natural skin, a* 5–25 and b* 5–35 (ISO/IEC 29794-5, natural colour).
fn from_natural(a: f32, b: f32) -> f32 {
    let outside = |v: f32, low: f32, high: f32| (low - v).max(v - high).max(0.0);
    outside(a, 5.0, 25.0).hypot(outside(b, 5.0, 35.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn natural_skin_is_zero_and_blue_light_is_not() {
        assert!(from_natural(12.0, 18.0).abs() < 1e-6);
        assert!((from_natural(1.0, 2.0) - 5.0).abs() < 1e-5);
    }
}
