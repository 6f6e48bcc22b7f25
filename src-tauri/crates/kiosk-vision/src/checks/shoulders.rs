//! Shoulders, from the outline.

use kiosk_core::{Check, CheckId};

use super::pixels::median;
use super::{Sitting, judged};
use crate::landmarks as lm;

pub(super) fn measure(sitting: &Sitting<'_>, checks: &mut Vec<Check>) {
    let profile = sitting.profile;
    checks.push(judged(profile, CheckId::ShouldersLevel, slope(sitting), "deg"));
    checks.push(judged(profile, CheckId::ShouldersComplete, breadth(sitting), "ratio"));
}

/// Topmost row of the body in a column, looking up from the photo's lower edge.
fn top_of_body(sitting: &Sitting<'_>, column: f32) -> Option<f32> {
    let alpha = sitting.alpha;
    let x = column.round();
    if x < 0.0 || x >= alpha.width as f32 {
        return None;
    }
    let inside = |y: &usize| alpha.data[y * alpha.width + x as usize] > 0.5;
    let height = (0..alpha.height).rev().take_while(inside).count();
    (height > 0).then(|| (alpha.height - height) as f32)
}

/// Angle of the line over both shoulders, degrees, positive when the one on the picture's right is lower: median over mirrored
/// columns between 0.65 and 0.9 face widths from the middle of the neck.
fn slope(sitting: &Sitting<'_>) -> Option<f32> {
    let face = sitting.geometry.face_width as f32;
    let middle = sitting.mesh.point(lm::CHIN)[0];
    let chin = sitting.mesh.point(lm::CHIN)[1];
    let angles = (0..=10).filter_map(|i| {
        let reach = face * (0.65 + 0.025 * i as f32);
        let (left, right) = (top_of_body(sitting, middle - reach)?, top_of_body(sitting, middle + reach)?);
        // Hair that falls on a shoulder reaches above the chin: that column says nothing about the shoulder.
        (left > chin && right > chin).then(|| libm::atan2f(right - left, 2.0 * reach).to_degrees())
    });
    let angles: Vec<f32> = angles.collect();
    (angles.len() >= 4).then_some(angles).and_then(median)
}

/// Width of the body along the photo's lower edge over the face's width; 0 when the shot ends before the photo does.
fn breadth(sitting: &Sitting<'_>) -> Option<f32> {
    /// Photo pixels of body that may be absent before the shoulders count as cut: rounding of the crop.
    const ROUNDING: f64 = 1.0;
    if sitting.missing > ROUNDING {
        return Some(0.0);
    }
    let alpha = sitting.alpha;
    let last = alpha.height.checked_sub(2)?;
    let body = alpha.row(last).iter().filter(|&&a| a > 0.5).count();
    Some(body as f32 / sitting.geometry.face_width as f32)
}
