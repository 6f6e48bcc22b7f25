//! Eyes and what lies before them.

use image::RgbImage;
use kiosk_core::{Check, CheckId, Profile};

use super::pixels::{luminance, median, patch, share, within};
use super::{Sitting, Skin, eye_to_chin, judged};
use crate::face::Mesh;
use crate::landmarks as lm;
use crate::matting::regions::polygon;

pub(super) fn measure(sitting: &Sitting<'_>, skin: &Skin, checks: &mut Vec<Check>) {
    let profile = sitting.profile;
    checks.extend(live(sitting.photo, sitting.mesh, profile));
    checks.extend([
        judged(profile, CheckId::RedEye, red_eye(sitting), "ratio"),
        judged(profile, CheckId::GlassesTint, tint(sitting, skin), "ratio"),
    ]);
}

/// Those that a single frame allows as well.
pub(super) fn live(photo: &RgbImage, mesh: &Mesh, profile: &Profile) -> [Check; 3] {
    [
        judged(profile, CheckId::EyesOpen, Some(opening(mesh)), "ratio"),
        judged(profile, CheckId::Gaze, gaze(mesh), "ratio"),
        judged(profile, CheckId::GlassesGlare, glare(photo, mesh), "ratio"),
    ]
}

/// Landmarks of one eye.
pub(super) struct Eye {
    outer: usize,
    inner: usize,
    upper: [usize; 7],
    lower: [usize; 7],
    pupil: usize,
    iris: [usize; 4],
    brow: [usize; 5],
}

impl Eye {
    /// The opening between the lids, `grown` times as large.
    pub(super) fn outline(&self, mesh: &Mesh, grown: f32) -> Vec<[f32; 2]> {
        let upper = std::iter::once(self.outer).chain(self.upper).chain([self.inner]);
        let points: Vec<[f32; 2]> =
            upper.chain(self.lower.into_iter().rev()).map(|i| mesh.point(i)).collect();
        let middle = [0, 1].map(|axis| points.iter().map(|p| p[axis]).sum::<f32>() / points.len() as f32);
        points.iter().map(|p| [0, 1].map(|axis| middle[axis] + grown * (p[axis] - middle[axis]))).collect()
    }
}

pub(super) const EYES: [Eye; 2] = [
    Eye {
        outer: lm::RIGHT_EYE_OUTER_CORNER,
        inner: lm::RIGHT_EYE_INNER_CORNER,
        upper: lm::RIGHT_UPPER_LID,
        lower: lm::RIGHT_LOWER_LID,
        pupil: lm::RIGHT_PUPIL,
        iris: lm::RIGHT_IRIS,
        brow: lm::RIGHT_BROW_LOWER,
    },
    Eye {
        outer: lm::LEFT_EYE_OUTER_CORNER,
        inner: lm::LEFT_EYE_INNER_CORNER,
        upper: lm::LEFT_UPPER_LID,
        lower: lm::LEFT_LOWER_LID,
        pupil: lm::LEFT_PUPIL,
        iris: lm::LEFT_IRIS,
        brow: lm::LEFT_BROW_LOWER,
    },
];

/// Widest gap between the lids over the distance from eyes to chin, the smaller of both eyes (ISO/IEC 29794-5, "eyes open").
pub(crate) fn opening(mesh: &Mesh) -> f32 {
    let gap = |eye: &Eye| {
        let pairs = eye.upper.iter().zip(&eye.lower);
        pairs.map(|(&u, &l)| mesh.distance(u, l)).fold(0.0, f32::max)
    };
    gap(&EYES[0]).min(gap(&EYES[1])) / eye_to_chin(mesh)
}

/// Sideways offset of the pupils from the middle of their eyes, in half eye widths, mean of both eyes so that the eyes'
/// convergence cancels. Positive towards the picture's right. (No standard's formula: ISO/IEC 19794-5 only asks for it.)
fn gaze(mesh: &Mesh) -> Option<f32> {
    let offset = |eye: &Eye| {
        let (a, b) = (mesh.point(eye.outer), mesh.point(eye.inner));
        let (left, right) = if a[0] < b[0] { (a, b) } else { (b, a) };
        let axis = [right[0] - left[0], right[1] - left[1]];
        let pupil = mesh.point(eye.pupil);
        let along = (pupil[0] - left[0]) * axis[0] + (pupil[1] - left[1]) * axis[1];
        let share = along / (axis[0] * axis[0] + axis[1] * axis[1]);
        share.is_finite().then_some(2.0 * share - 1.0)
    };
    Some(f32::midpoint(offset(&EYES[0])?, offset(&EYES[1])?))
}

/// Share of each pupil's surroundings (half the iris) that glows red: red above 80 and 1.8 times the larger of green and
/// blue. The worse eye. Brown irises stay below 1.6.
fn red_eye(sitting: &Sitting<'_>) -> Option<f32> {
    let of = |eye: &Eye| {
        let radius = sitting.mesh.distance(eye.iris[0], eye.iris[2]) / 2.0;
        let pixels = patch(sitting.photo, sitting.mesh.point(eye.pupil), radius.max(2.0));
        share(pixels.iter().map(|&[r, g, b]| r > 80 && f32::from(r) > 1.8 * f32::from(g.max(b))))
    };
    Some(of(&EYES[0])?.max(of(&EYES[1])?))
}

/// Share of the spectacle-lens area (brow to cheek, a quarter wider than the eye) that is burnt out: every channel at least 240. The worse
/// eye. Catchlights without glasses stay below half a per cent.
fn glare(photo: &RgbImage, mesh: &Mesh) -> Option<f32> {
    let of = |eye: &Eye| {
        let (a, b) = (mesh.point(eye.outer), mesh.point(eye.inner));
        let top = eye.brow.iter().map(|&i| mesh.point(i)[1]).fold(f32::MAX, f32::min);
        let below = f32::midpoint(a[1], b[1]) + 0.35 * mesh.pupil_distance();
        let wider = 0.25 * (a[0] - b[0]).abs();
        let (left, right) = (a[0].min(b[0]) - wider, a[0].max(b[0]) + wider);
        let (w, h) = (photo.width() as usize, photo.height() as usize);
        let lens = polygon(w, h, &[[left, top], [right, top], [right, below], [left, below]]);
        share(within(photo, &lens).map(|p| p.iter().all(|&v| v >= 240)))
    };
    Some(of(&EYES[0])?.max(of(&EYES[1])?))
}

/// Luminance of the skin under the eye, where a lens would cover it, over that of the cheek; the darker side. Tear troughs give
/// 0.6–1.0, tinted lenses less than half.
fn tint(sitting: &Sitting<'_>, skin: &Skin) -> Option<f32> {
    let side = 0.16 * sitting.mesh.pupil_distance();
    let of = |eye: &Eye, cheek: &[[u8; 3]]| {
        let lid = sitting.mesh.mean(&eye.lower[2..5]);
        let under = [lid[0], lid[1] + 1.2 * side];
        let lens = median(patch(sitting.photo, under, side).into_iter().map(luminance))?;
        let cheek = median(cheek.iter().map(|&p| luminance(p)))?;
        Some(lens / cheek.max(1e-3))
    };
    Some(of(&EYES[0], &skin.cheeks[0])?.min(of(&EYES[1], &skin.cheeks[1])?))
}
