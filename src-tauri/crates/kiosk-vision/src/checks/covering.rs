//! What covers brows, ears and head.

use kiosk_core::{Check, CheckId, Verdict};

use super::pixels::{delta_e, lab, median_lab, share, within};
use super::{Sitting, Skin, judged};
use crate::landmarks as lm;
use crate::matting::regions::polygon;

pub(super) fn measure(sitting: &Sitting<'_>, skin: &Skin, checks: &mut Vec<Check>) {
    let profile = sitting.profile;
    checks.extend([
        judged(profile, CheckId::HairOverBrows, hair_over_brows(sitting, skin), "ratio"),
        judged(profile, CheckId::EarsVisible, ears(sitting, skin), "ratio"),
        head_covering(sitting),
    ]);
}

/// ΔE*ab from the forehead's colour beyond which a pixel is not bare skin in even light.
const NOT_SKIN: f32 = 18.0;

/// Share of the strip above the brows (a tenth of the pupils' distance high) that is not the forehead's skin; the worse side.
fn hair_over_brows(sitting: &Sitting<'_>, skin: &Skin) -> Option<f32> {
    let colour = skin.colour()?;
    let forehead = median_lab(&skin.forehead).unwrap_or(colour);
    let height = 0.1 * sitting.mesh.pupil_distance();
    let of = |brow: &[usize]| {
        let points: Vec<[f32; 2]> = brow.iter().map(|&i| sitting.mesh.point(i)).collect();
        let lifted = |by: f32| points.iter().map(move |p| [p[0], p[1] - by]);
        let outline: Vec<[f32; 2]> =
            lifted(0.4 * height).chain(lifted(1.4 * height).collect::<Vec<_>>().into_iter().rev()).collect();
        let strip = polygon(sitting.alpha.width, sitting.alpha.height, &outline);
        // Bare skin is like the forehead or like the cheeks: lamps from the side shade the temples.
        share(within(sitting.photo, &strip).map(|p| {
            let tone = lab(p);
            delta_e(tone, forehead).min(delta_e(tone, colour)) > NOT_SKIN
        }))
    };
    Some(of(&lm::RIGHT_BROW_UPPER)?.max(of(&lm::LEFT_BROW_UPPER)?))
}

/// Share of the place where an ear is (beside the cheek, eye height to the nose's base, a sixth of a face wide) that is coloured like
/// skin; the worse side. Hair over an ear leaves less than a tenth.
fn ears(sitting: &Sitting<'_>, skin: &Skin) -> Option<f32> {
    let colour = skin.colour()?;
    let mesh = sitting.mesh;
    let face = sitting.geometry.face_width as f32;
    let eyes = mesh.mean(&[lm::RIGHT_PUPIL, lm::LEFT_PUPIL]);
    let nose = mesh.point(NOSE_BASE)[1];
    let of = |cheek: usize, outwards: f32| {
        let edge = mesh.point(cheek)[0];
        let (near, far) = (edge + outwards * 0.02 * face, edge + outwards * 0.14 * face);
        let (left, right) = (near.min(far), near.max(far));
        let outline = [[left, eyes[1]], [right, eyes[1]], [right, nose], [left, nose]];
        let place = polygon(sitting.alpha.width, sitting.alpha.height, &outline);
        let pixels = place.data.iter().zip(&sitting.alpha.data).zip(sitting.photo.pixels());
        share(pixels.filter(|((inside, _), _)| **inside).map(|((_, &alpha), pixel)| {
            let [l, a, b] = lab(pixel.0);
            // Ears are redder and, turned away from the lamps, darker than the cheeks.
            alpha > 0.5
                && (a - colour[1]).abs() < 15.0
                && (b - colour[2]).abs() < 15.0
                && l > 0.35 * colour[0]
                && l < colour[0] + 25.0
        }))
    };
    Some(of(lm::RIGHT_CHEEK, -1.0)?.min(of(lm::LEFT_CHEEK, 1.0)?))
}

/// Where the nose meets the upper lip.
const NOSE_BASE: usize = 2;

/// Chroma of what covers the head above the forehead, when no hair has that hue; otherwise unknown: a black cap looks like hair, so this never
/// passes.
fn head_covering(sitting: &Sitting<'_>) -> Check {
    /// Hues of hair in L*a*b*, degrees: red-brown through blond.
    const HAIR_HUES: std::ops::RangeInclusive<f32> = 20.0..=105.0;
    let unknown = judged(sitting.profile, CheckId::HeadCovering, None, "lab");
    let forehead = sitting.mesh.point(lm::FOREHEAD_TOP);
    let crown = sitting.geometry.head_top as f32;
    let half = 0.3 * sitting.geometry.face_width as f32;
    let height = forehead[1] - crown;
    let area = [
        [forehead[0] - half, crown + 0.15 * height],
        [forehead[0] + half, crown + 0.15 * height],
        [forehead[0] + half, crown + 0.6 * height],
        [forehead[0] - half, crown + 0.6 * height],
    ];
    let region = polygon(sitting.alpha.width, sitting.alpha.height, &area);
    let pixels: Vec<[u8; 3]> = within(sitting.photo, &region).collect();
    let Some([_, a, b]) = (pixels.len() > 100).then(|| median_lab(&pixels)).flatten() else {
        return unknown;
    };
    let (chroma, hue) = (a.hypot(b), b.atan2(a).to_degrees());
    let judged = judged(sitting.profile, CheckId::HeadCovering, Some(chroma), "lab");
    if judged.verdict == Verdict::Fail && !HAIR_HUES.contains(&hue) { judged } else { unknown }
}
