//! Mouth and expression, from the landmarks.

use kiosk_core::{Check, CheckId};

use super::{Sitting, judged};
use crate::landmarks as lm;

pub(super) fn measure(sitting: &Sitting<'_>, checks: &mut Vec<Check>) {
    checks.push(judged(sitting.profile, CheckId::MouthClosed, Some(gap(sitting)), "ratio"));
    checks.push(judged(sitting.profile, CheckId::Expression, Some(smile(sitting)), "ratio"));
}

/// Gap between the lips' inner edges over the distance from eyes to chin (ISO/IEC 29794-5, "mouth closed").
fn gap(sitting: &Sitting<'_>) -> f32 {
    sitting.mesh.distance(lm::UPPER_LIP_INNER, lm::LOWER_LIP_INNER) / sitting.eye_to_chin()
}

/// How far the corners of the mouth are drawn apart and up: width of the mouth over the pupils' distance, plus twice the height of
/// the corners above the middle of the lips over the width of the mouth. Lips at rest give 0.65–0.85.
fn smile(sitting: &Sitting<'_>) -> f32 {
    let mesh = sitting.mesh;
    let (right, left) = (mesh.point(lm::MOUTH_RIGHT_CORNER), mesh.point(lm::MOUTH_LEFT_CORNER));
    let lips = mesh.mean(&[lm::UPPER_LIP_INNER, lm::LOWER_LIP_INNER]);
    let width = (left[0] - right[0]).hypot(left[1] - right[1]);
    // Height of the lips' middle below the line through the corners, so that a leaning head changes nothing.
    let below =
        ((left[0] - right[0]) * (lips[1] - right[1]) - (left[1] - right[1]) * (lips[0] - right[0])) / width;
    width / mesh.pupil_distance() + 2.0 * below / width
}
