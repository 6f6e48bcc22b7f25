//! MediaPipe's face mesh with attention: 192 × 192 pixels to 478 landmarks.

use super::FaceBox;
use crate::landmarks;
use crate::model::{Model, ModelError, Signature};
use crate::sampling::{Beyond, Pyramid, Region};

/// Side of the net's input.
const SIDE: usize = 192;
/// Landmarks of the face without irises.
const FACE: usize = landmarks::FACE_COUNT;
/// The region around a face is this much larger than the face (`face_detection_front_detection_to_roi.pbtxt` and
/// `face_landmark_landmarks_to_roi.pbtxt`).
const MARGIN: f32 = 1.5;

/// 478 landmarks in image pixels.
#[derive(Clone, Debug, PartialEq)]
pub struct Mesh {
    /// x, y from the image's top-left corner; z grows away from the camera, in the same scale, relative to the face.
    /// Indices: [`crate::landmarks`].
    pub points: Vec<[f32; 3]>,
}

impl Mesh {
    /// Landmark `index` in the image; the origin for an index beyond the mesh.
    pub fn point(&self, index: usize) -> [f32; 2] {
        self.points.get(index).map_or([0.0; 2], |point| [point[0], point[1]])
    }

    /// Mean of several landmarks.
    pub fn mean(&self, indices: &[usize]) -> [f32; 2] {
        let count = indices.len().max(1) as f32;
        let sum = indices.iter().fold([0.0; 2], |sum, index| {
            let point = self.point(*index);
            [sum[0] + point[0], sum[1] + point[1]]
        });
        [sum[0] / count, sum[1] / count]
    }

    /// Distance between two landmarks in the image.
    pub fn distance(&self, a: usize, b: usize) -> f32 {
        let (a, b) = (self.point(a), self.point(b));
        libm::hypotf(a[0] - b[0], a[1] - b[1])
    }

    /// Centres of the pupils, the one on the image's left first.
    pub fn pupils(&self) -> [[f32; 2]; 2] {
        [self.point(landmarks::RIGHT_PUPIL), self.point(landmarks::LEFT_PUPIL)]
    }

    /// Distance between the pupils in pixels.
    pub fn pupil_distance(&self) -> f32 {
        self.distance(landmarks::RIGHT_PUPIL, landmarks::LEFT_PUPIL)
    }

    /// Upright bounding box of all landmarks.
    pub fn bounds(&self, score: f32) -> FaceBox {
        let (low, high) = extent(self.points.iter().map(|point| [point[0], point[1]]));
        let angle = self.eye_line_angle();
        let (width, height) = (high[0] - low[0], high[1] - low[1]);
        FaceBox { left: low[0], top: low[1], width, height, score, angle }
    }

    /// The region that the mesh net should look at next: the landmarks' box, turned with the eyes.
    pub(super) fn region(&self) -> Region {
        let angle = self.eye_line_angle();
        let (sin, cos) = libm::sincosf(angle);
        let turned =
            self.points.iter().take(FACE).map(|p| [p[0] * cos + p[1] * sin, p[1] * cos - p[0] * sin]);
        let (low, high) = extent(turned);
        let (u, v) = (f32::midpoint(low[0], high[0]), f32::midpoint(low[1], high[1]));
        let side = (high[0] - low[0]).max(high[1] - low[1]) * MARGIN;
        Region { centre: [u * cos - v * sin, u * sin + v * cos], size: [side; 2], angle }
    }

    fn eye_line_angle(&self) -> f32 {
        let right = self.point(landmarks::RIGHT_EYE_OUTER_CORNER);
        let left = self.point(landmarks::LEFT_EYE_OUTER_CORNER);
        libm::atan2f(left[1] - right[1], left[0] - right[0])
    }
}

fn extent(points: impl Iterator<Item = [f32; 2]>) -> ([f32; 2], [f32; 2]) {
    points.fold(([f32::MAX; 2], [f32::MIN; 2]), |(low, high), p| {
        ([low[0].min(p[0]), low[1].min(p[1])], [high[0].max(p[0]), high[1].max(p[1])])
    })
}

impl FaceBox {
    /// The region that the mesh net should look at first.
    pub(super) fn region(&self) -> Region {
        let side = self.width.max(self.height) * MARGIN;
        Region { centre: self.centre(), size: [side; 2], angle: self.angle }
    }
}

/// The mesh net.
pub struct FaceMesher {
    model: Box<dyn Model>,
}

/// Output tensors of the attention net.
mod output {
    pub const FACE: usize = 0;
    pub const LIPS: usize = 1;
    /// The eye on the image's left of an upright face: the sitter's right.
    pub const RIGHT_EYE: usize = 2;
    pub const LEFT_EYE: usize = 3;
    pub const RIGHT_IRIS: usize = 4;
    pub const LEFT_IRIS: usize = 5;
    pub const PRESENCE: usize = 6;
}

impl FaceMesher {
    /// Wraps a net with the attention mesh's tensors.
    ///
    /// # Errors
    /// [`ModelError::Unsupported`] for any other net.
    pub fn new(model: Box<dyn Model>) -> Result<Self, ModelError> {
        let eye = landmarks::RIGHT_EYE_REFINED.len();
        let lips = landmarks::LIPS_REFINED.len();
        let expected = Signature {
            input: SIDE * SIDE * 3,
            outputs: vec![FACE * 3, lips * 2, eye * 2, eye * 2, 10, 10, 1],
        };
        expected.require("face-landmark-with-attention", &*model)?;
        Ok(Self { model })
    }

    /// Landmarks of the face in `region`, and the probability that there is one (0..1).
    pub(super) fn place(&mut self, image: &Pyramid, region: Region) -> (Mesh, f32) {
        image.sample(region, SIDE, [0.0, 1.0], Beyond::Edge, self.model.input());
        self.model.run();
        let presence = self.model.output(output::PRESENCE).first().copied().unwrap_or(f32::MIN);
        let (sin, cos) = libm::sincosf(region.angle);
        let scale = region.size[0] / SIDE as f32;
        let mut points = self.landmarks();
        for point in &mut points {
            let (u, v) = ((point[0] - SIDE as f32 / 2.0) * scale, (point[1] - SIDE as f32 / 2.0) * scale);
            *point = [
                region.centre[0] + u * cos - v * sin,
                region.centre[1] + u * sin + v * cos,
                point[2] * scale,
            ];
        }
        (Mesh { points }, 1.0 / (1.0 + libm::expf(-presence)))
    }

    /// All 478 landmarks in pixels of the net's input: the face, with lips and eyes replaced by what the net saw when it
    /// looked again, and the irises at their eye's mean depth (`tensors_to_face_landmarks_with_attention.pbtxt`).
    fn landmarks(&self) -> Vec<[f32; 3]> {
        let mut points = self.model.output(output::FACE).as_chunks::<3>().0.to_vec();
        let refined = [
            (output::LIPS, &landmarks::LIPS_REFINED[..]),
            (output::RIGHT_EYE, &landmarks::RIGHT_EYE_REFINED),
            (output::LEFT_EYE, &landmarks::LEFT_EYE_REFINED),
        ];
        for (tensor, indices) in refined {
            for (index, [x, y]) in indices.iter().zip(self.model.output(tensor).as_chunks::<2>().0) {
                points[*index] = [*x, *y, points[*index][2]];
            }
        }
        let irises = [
            (output::RIGHT_IRIS, &landmarks::RIGHT_EYE_REFINED),
            (output::LEFT_IRIS, &landmarks::LEFT_EYE_REFINED),
        ];
        for (tensor, eye) in irises {
            let contour = &eye[..landmarks::EYE_CONTOUR_COUNT];
            let depth = contour.iter().map(|index| points[*index][2]).sum::<f32>() / contour.len() as f32;
            points.extend(self.model.output(tensor).as_chunks::<2>().0.iter().map(|[x, y]| [*x, *y, depth]));
        }
        points
    }
}
