//! A face for the tests of what reads landmarks.

use super::{FaceReading, Mesh};
use crate::checks::{LEFT_CHEEK_MIDDLE, RIGHT_CHEEK_MIDDLE};
use crate::landmarks as lm;
use crate::pose::Pose;

/// A face of `width` pixels with open eyes, closed lips and its landmarks where size, place and light are measured. All others lie at its
/// middle.
pub fn drawn_face(centre: [f32; 2], width: f32, pose: Pose) -> FaceReading {
    let mut points = vec![[centre[0], centre[1], 0.0]; lm::COUNT];
    let mut put = |index: usize, x: f32, y: f32| {
        points[index] = [centre[0] + x * width, centre[1] + y * width, 0.0];
    };
    put(lm::RIGHT_CHEEK, -0.49, 0.1);
    put(lm::LEFT_CHEEK, 0.49, 0.1);
    put(lm::CHIN, 0.0, 0.8);
    put(lm::FOREHEAD_TOP, 0.0, -0.4);
    for (pupil, outer, inner, x) in [
        (lm::RIGHT_PUPIL, lm::RIGHT_EYE_OUTER_CORNER, lm::RIGHT_EYE_INNER_CORNER, -0.22),
        (lm::LEFT_PUPIL, lm::LEFT_EYE_OUTER_CORNER, lm::LEFT_EYE_INNER_CORNER, 0.22),
    ] {
        put(pupil, x, 0.0);
        put(outer, x * 1.5, 0.0);
        put(inner, x * 0.5, 0.0);
    }
    put(lm::RIGHT_UPPER_LID[3], -0.22, -0.03);
    put(lm::RIGHT_LOWER_LID[3], -0.22, 0.03);
    put(lm::LEFT_UPPER_LID[3], 0.22, -0.03);
    put(lm::LEFT_LOWER_LID[3], 0.22, 0.03);
    put(RIGHT_CHEEK_MIDDLE, -0.25, 0.3);
    put(LEFT_CHEEK_MIDDLE, 0.25, 0.3);
    let mesh = Mesh { points };
    FaceReading { faces: vec![mesh.bounds(1.0)], mesh: Some(mesh), pose: Some(pose), presence: 1.0 }
}
