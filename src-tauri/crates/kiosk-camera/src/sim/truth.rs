//! The truth about a drawn picture, to compare measurements with.

use std::sync::Arc;

use glam::{Vec2, Vec3};

use super::canonical::{CHEEKS, CHIN};
use super::eye::IRIS;
use super::head::EYE_RADII;
use super::light::Camera;
use super::render::{Look, Placed, gaze};
use super::scene::Sitting;

/// What is where in a picture, in pixels from its top left corner.
#[derive(Debug, Clone, PartialEq)]
pub struct Truth {
    /// The sitter's face.
    pub face: Option<FaceTruth>,
    /// What the code on the phone says.
    pub code: Option<Arc<[u8]>>,
    /// The code's corners without the quiet zone: top left, top right, bottom right, bottom left.
    pub code_corners: Option<[[f32; 2]; 4]>,
}

/// Where the face is.
#[derive(Debug, Clone, PartialEq)]
pub struct FaceTruth {
    /// The 468 landmarks of MediaPipe's face mesh, then 5 of the iris of the sitter's right and left eye each
    /// (centre, right, top, left, bottom as the picture shows them).
    pub landmarks: Vec<[f32; 2]>,
    /// Pupils: the sitter's right, left.
    pub pupils: [[f32; 2]; 2],
    /// Yaw, pitch, roll as in [`Pose`].
    pub pose_deg: [f32; 3],
    /// Top row of the hair.
    pub crown_y: f32,
    /// Lowest point of the chin.
    pub chin: [f32; 2],
    /// Cheek to cheek without ears.
    pub face_width: f32,
}

pub(super) fn face_truth(camera: Camera, sitting: &Sitting, look: &Look) -> FaceTruth {
    let placed = Placed::new(&sitting.pose);
    let project = |p: Vec3| -> [f32; 2] { camera.project(placed.head(p)).0.into() };
    let rest = look.shape.expressed(&sitting.expression);
    let mut landmarks: Vec<[f32; 2]> = rest[..468].iter().map(|p| project(*p)).collect();
    let mut pupils = [[0.0; 2]; 2];
    for (side, pupil) in pupils.iter_mut().enumerate() {
        let centre = look.shape.eyes[side];
        let front = centre + gaze(sitting, &placed, centre) * EYE_RADII;
        *pupil = project(front);
        landmarks.push(*pupil);
        for (x, y) in [(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)] {
            landmarks.push(project(front + Vec3::new(x, y, 0.0) * IRIS));
        }
    }
    let hair_top =
        look.hair.iter().flat_map(|shell| &shell.positions).map(|p| project(*p)[1]).fold(f32::MAX, f32::min);
    let [right, left] = CHEEKS.map(|i| Vec2::from(landmarks[i]));
    FaceTruth {
        pupils,
        pose_deg: [sitting.pose.yaw, sitting.pose.pitch, sitting.pose.roll],
        crown_y: hair_top,
        chin: landmarks[CHIN],
        face_width: right.distance(left),
        landmarks,
    }
}
