//! Mouth and expression, from the landmarks.

use kiosk_core::{Check, CheckId, Profile};

use super::{eye_to_chin, judged};
use crate::face::Mesh;
use crate::landmarks as lm;

pub(super) fn checks(mesh: &Mesh, profile: &Profile) -> [Check; 2] {
    [
        judged(profile, CheckId::MouthClosed, Some(gap(mesh)), "ratio"),
        judged(profile, CheckId::Expression, Some(smile(mesh)), "ratio"),
    ]
}

/// Gap between the lips' inner edges over the distance from eyes to chin (ISO/IEC 29794-5, "mouth closed").
fn gap(mesh: &Mesh) -> f32 {
    mesh.distance(lm::UPPER_LIP_INNER, lm::LOWER_LIP_INNER) / eye_to_chin(mesh)
}

/// How far the corners of the mouth are drawn apart and up: width of the mouth over the pupils' distance, plus twice the height of
/// the corners above the middle of the lips over the width of the mouth. Lips at rest give 0.65–0.85.
fn smile(mesh: &Mesh) -> f32 {
    let (right, left) = (mesh.point(lm::MOUTH_RIGHT_CORNER), mesh.point(lm::MOUTH_LEFT_CORNER));
    let lips = mesh.mean(&[lm::UPPER_LIP_INNER, lm::LOWER_LIP_INNER]);
    let width = libm::hypotf(left[0] - right[0], left[1] - right[1]);
    // Height of the lips' middle below the line through the corners, so that a leaning head changes nothing.
    let below =
        ((left[0] - right[0]) * (lips[1] - right[1]) - (left[1] - right[1]) * (lips[0] - right[0])) / width;
    width / mesh.pupil_distance() + 2.0 * below / width
}
