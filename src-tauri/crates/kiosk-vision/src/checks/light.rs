//! Exposure and light on the face. Luminance is linear (ISO/IEC 29794-5); shares and entropies are over the face's outline.

use image::RgbImage;
use kiosk_core::{Check, CheckId, Profile};

use super::pixels::{luminance, mean, share, within};
use super::{Sitting, Skin, judged};

/// Ends of the tonal range on the 0–255 scale of linear luminance (ISO/IEC 29794-5, under- and over-exposure).
const DARK: f32 = 25.0 / 255.0;
const BRIGHT: f32 = 247.0 / 255.0;

pub(super) fn measure(sitting: &Sitting<'_>, skin: &Skin, checks: &mut Vec<Check>) {
    let profile = sitting.profile;
    let face = face_luminances(sitting.photo, skin);
    checks.extend(of_face(&face, skin, profile));
    checks.extend([
        judged(profile, CheckId::Contrast, entropy(&face), "bits"),
        judged(profile, CheckId::Highlights, highlights(sitting, skin), "ratio"),
    ]);
}

/// Those that a single frame allows as well.
pub(super) fn live(photo: &RgbImage, skin: &Skin, profile: &Profile) -> [Check; 3] {
    of_face(&face_luminances(photo, skin), skin, profile)
}

fn face_luminances(photo: &RgbImage, skin: &Skin) -> Vec<f32> {
    within(photo, &skin.face).map(luminance).collect()
}

fn of_face(face: &[f32], skin: &Skin, profile: &Profile) -> [Check; 3] {
    [
        judged(profile, CheckId::UnderExposure, share(face.iter().map(|&y| y <= DARK)), "ratio"),
        judged(profile, CheckId::OverExposure, share(face.iter().map(|&y| y >= BRIGHT)), "ratio"),
        judged(profile, CheckId::LeftRightLight, evenness(skin), "ratio"),
    ]
}

/// Entropy of the luminance histogram with 256 bins, bits (ISO/IEC 29794-5, dynamic range).
fn entropy(luminances: &[f32]) -> Option<f32> {
    if luminances.is_empty() {
        return None;
    }
    let mut bins = [0u32; 256];
    for y in luminances {
        bins[(y * 255.0).round().clamp(0.0, 255.0) as usize] += 1;
    }
    let total = luminances.len() as f32;
    let used = bins.iter().filter(|&&n| n > 0).map(|&n| n as f32 / total);
    Some(-used.map(|p| p * p.log2()).sum::<f32>())
}

/// Mean luminance of the darker cheek square over the brighter one: 1 is even light. (ISO/IEC 29794-5 intersects the squares'
/// histograms; on 30-pixel squares that measures skin texture, the ratio is the lamps'.)
fn evenness(skin: &Skin) -> Option<f32> {
    let [right, left] = cheeks(skin)?;
    Some(right.min(left) / right.max(left).max(1e-4))
}

/// Mean luminance of the cheek squares, the sitter's right first.
pub(super) fn cheeks(skin: &Skin) -> Option<[f32; 2]> {
    let [right, left] = &skin.cheeks;
    Some([mean(right.iter().map(|&p| luminance(p)))?, mean(left.iter().map(|&p| luminance(p)))?])
}

/// Share of the face that reflects the lamp: every channel at least 235, so that the skin's colour is gone.
fn highlights(sitting: &Sitting<'_>, skin: &Skin) -> Option<f32> {
    share(within(sitting.photo, &skin.face).map(|p| p.iter().all(|&v| v >= 235)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropy_of_one_tone_is_zero_and_of_four_is_two_bits() {
        assert!(entropy(&[0.4; 50]).unwrap().abs() < 1e-6);
        let four: Vec<f32> = (0..400).map(|i| (i % 4) as f32 / 8.0).collect();
        assert!((entropy(&four).unwrap() - 2.0).abs() < 1e-5);
        assert_eq!(entropy(&[]), None);
    }

    #[test]
    fn one_sided_light_lowers_the_evenness() {
        let skin = |right: u8, left: u8| Skin {
            face: crate::matting::raster::Raster::filled(1, 1, true),
            cheeks: [vec![[right; 3]; 9], vec![[left; 3]; 9]],
            forehead: Vec::new(),
        };
        assert!((evenness(&skin(150, 150)).unwrap() - 1.0).abs() < 1e-6);
        assert!(evenness(&skin(150, 100)).unwrap() < 0.5);
    }
}
