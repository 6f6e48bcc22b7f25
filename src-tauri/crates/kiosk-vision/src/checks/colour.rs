//! Colour of the skin.

use kiosk_core::{Check, CheckId};

use super::{Sitting, Skin, judged};

pub(super) fn measure(sitting: &Sitting<'_>, skin: &Skin, checks: &mut Vec<Check>) {
    let distance = skin.colour().map(|[_, a, b]| from_natural(a, b));
    checks.push(judged(sitting.profile, CheckId::ColourCast, distance, "lab"));
}

/// Hues of skin under white light, degrees in a*b*: 26 to 64 on the clean portraits, with room for a slight cast.
const REDDEST: f32 = 12.0;
const YELLOWEST: f32 = 74.0;
/// Yellowest skin, b*: 21 on the clean portraits, 23 on the drawn sitters.
const YELLOW: f32 = 27.0;

/// Distance of the cheeks' a*, b* from natural skin: a sector of hues, cut off where skin is too yellow. (The box of ISO/IEC 29794-5,
/// a* 5–25 and b* 5–35, also holds fair skin under a light bulb.)
fn from_natural(a: f32, b: f32) -> f32 {
    let (hue, chroma) = (libm::atan2f(b, a).to_degrees(), libm::hypotf(a, b));
    let beyond = (REDDEST - hue).max(hue - YELLOWEST).clamp(0.0, 90.0);
    (chroma * libm::sinf(beyond.to_radians())).max(b - YELLOW).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn natural_skin_is_zero_and_bulbs_tubes_and_screens_are_not() {
        assert!(from_natural(12.0, 18.0).abs() < 1e-6);
        for (a, b) in [(25.0, 40.0), (2.0, 22.0), (7.0, -6.0), (-7.0, 26.0)] {
            assert!(from_natural(a, b) > 3.0, "{a} {b}");
        }
    }
}
