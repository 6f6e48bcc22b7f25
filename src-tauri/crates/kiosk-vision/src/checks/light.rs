//! Exposure and light on the face. Luminance is linear (ISO/IEC 29794-5), 0 to 1, and taken inside the face's outline.

use image::RgbImage;
use kiosk_core::{Check, CheckId, Profile};

use super::eyes::EYES;
use super::pixels::{lab, luminance, mean, median_lab, quantile, share, within};
use super::{Sitting, Skin, judged};
use crate::face::Mesh;
use crate::landmarks as lm;
use crate::matting::raster::Raster;
use crate::matting::regions::polygon;

/// Upper end of the tonal range (ISO/IEC 29794-5, over-exposure: 247 on its scale of 0 to 255).
const BURNT: f32 = 247.0 / 255.0;

pub(super) fn measure(sitting: &Sitting<'_>, skin: &Skin, checks: &mut Vec<Check>) {
    let profile = sitting.profile;
    let face = face_luminances(sitting.photo, skin);
    checks.extend(of_face(&face, skin, profile));
    checks.extend([
        judged(profile, CheckId::Contrast, contrast(&face), "ratio"),
        judged(profile, CheckId::Highlights, shine(sitting, skin), "ratio"),
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
        judged(profile, CheckId::UnderExposure, quantile(face, 0.99), "luminance"),
        judged(profile, CheckId::OverExposure, share(face.iter().map(|&y| y >= BURNT)), "ratio"),
        judged(profile, CheckId::LeftRightLight, evenness(skin), "ratio"),
    ]
}

/// Contrast of the face (Michelson): the range between the 1st and 99th hundredth of its luminance over their sum. Pupils and nostrils are
/// black and skin is not, whatever its colour and the exposure; only stray light or a veil lifts the black. (The entropy of ISO/IEC 29794-5,
/// "dynamic range", follows exposure and skin: dark skin 4.7 bits, light skin under a heavy veil 5.)
fn contrast(face: &[f32]) -> Option<f32> {
    let (dark, bright) = (quantile(face, 0.01)?, quantile(face, 0.99)?);
    Some((bright - dark) / (bright + dark).max(1e-4))
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

/// Share of the skin that mirrors a lamp: much lighter than the rest of it (22 of L*) and nearly without its colour (chroma below 0.6 of the
/// usual), since a mirror image has the lamp's colour.
fn shine(sitting: &Sitting<'_>, skin: &Skin) -> Option<f32> {
    const LIGHTER: f32 = 22.0;
    const PALER: f32 = 0.6;
    let bare = bare_skin(sitting.mesh, &skin.face);
    let pixels: Vec<[u8; 3]> = within(sitting.photo, &bare).collect();
    let [light, a, b] = median_lab(&pixels)?;
    let usual = libm::hypotf(a, b);
    share(pixels.iter().map(|&pixel| {
        let [l, a, b] = lab(pixel);
        l > light + LIGHTER && libm::hypotf(a, b) < PALER * usual
    }))
}

/// The face without eyes, half an eye around them, and lips.
fn bare_skin(mesh: &Mesh, face: &Raster<bool>) -> Raster<bool> {
    let mut bare = face.clone();
    let lips: Vec<[f32; 2]> = lm::LIPS_OUTER.iter().map(|&i| mesh.point(i)).collect();
    for outline in EYES.iter().map(|eye| eye.outline(mesh, 1.5)).chain([lips]) {
        let hole = polygon(face.width, face.height, &outline);
        bare.data.iter_mut().zip(&hole.data).for_each(|(bare, hole)| *bare &= !hole);
    }
    bare
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_does_not_follow_exposure_and_a_veil_lowers_it() {
        let face: Vec<f32> = (0..1000).map(|i| 0.01 + 0.4 * i as f32 / 1000.0).collect();
        let dimmed: Vec<f32> = face.iter().map(|y| y / 6.0).collect();
        let veiled: Vec<f32> = face.iter().map(|y| 0.35 * y + 0.3).collect();
        let of = |face: &[f32]| contrast(face).unwrap();
        assert!((of(&face) - of(&dimmed)).abs() < 1e-4 && of(&face) > 0.9);
        assert!(of(&veiled) < 0.25);
        assert_eq!(contrast(&[]), None);
    }

    #[test]
    fn one_sided_light_lowers_the_evenness() {
        let skin = |right: u8, left: u8| Skin {
            face: crate::matting::raster::Raster::filled(1, 1, true),
            cheeks: [vec![[right; 3]; 9], vec![[left; 3]; 9]],
        };
        assert!((evenness(&skin(150, 150)).unwrap() - 1.0).abs() < 1e-6);
        assert!(evenness(&skin(150, 100)).unwrap() < 0.5);
    }
}
