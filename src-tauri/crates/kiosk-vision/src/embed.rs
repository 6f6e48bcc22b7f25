//! Whether two faces are one person's: the 128-number descriptor of dlib's face recognition net, as
//! `@vladmandic/face-api` publishes it.

mod network;
mod weights;

use kiosk_core::face::FaceEmbedding;

use crate::face::Mesh;
use crate::landmarks;
use crate::model::{Model, ModelBytes, ModelError, Signature};
use crate::net::Net;
use crate::sampling::{Beyond, Pyramid, Region};
use image::RgbImage;

/// Numbers a descriptor.
const LENGTH: usize = 128;
/// Side of the net's input.
const SIDE: usize = 150;
/// Mean colour of the training set, subtracted before the net (dlib's `input_rgb_image_sized`), and the divisor that
/// face-api publishes the weights for (dlib's own is 256; descriptors differ by less than 2e-4).
const MEAN: [f32; 3] = [122.782, 117.001, 104.298];
const DIVISOR: f32 = 255.0;

/// Where dlib's `get_face_chip_details(.., 150, 0.25)` puts the middles of both eyes and of the mouth, parts of the side.
/// Means of points 36–41, 42–47 and 48–67 of its mean face, moved into a chip with a quarter of padding on each side.
const CHIP: [[f32; 2]; 3] = [[0.3170, 0.3107], [0.6699, 0.3107], [0.4934, 0.6980]];

/// The embedding net.
pub struct FaceEmbedder {
    model: Box<dyn Model>,
}

impl FaceEmbedder {
    /// Loads the verified files `face-embedding` and `face-embedding-weights`.
    ///
    /// # Errors
    /// [`ModelError`] when they are malformed or do not belong together.
    pub fn load(face_embedding: &ModelBytes, weights_manifest: &ModelBytes) -> Result<Self, ModelError> {
        Self::new(Box::new(network(weights_manifest.bytes(), face_embedding.bytes())?))
    }

    /// Wraps a net that maps 150 × 150 pixels to 128 numbers.
    ///
    /// # Errors
    /// [`ModelError::Unsupported`] for any other net.
    pub fn new(model: Box<dyn Model>) -> Result<Self, ModelError> {
        let expected = Signature { input: SIDE * SIDE * 3, outputs: vec![LENGTH] };
        expected.require("face-embedding", &*model)?;
        Ok(Self { model })
    }

    /// The descriptor of the face that `mesh` lies on.
    pub fn embed(&mut self, image: &RgbImage, mesh: &Mesh) -> FaceEmbedding {
        let input = self.model.input();
        Pyramid::new(image).sample(chip(mesh), SIDE, [0.0, 255.0], Beyond::Edge, input);
        for pixel in input.as_chunks_mut::<3>().0 {
            for (value, mean) in pixel.iter_mut().zip(MEAN) {
                *value = (*value - mean) / DIVISOR;
            }
        }
        self.model.run();
        FaceEmbedding::new(self.model.output(0))
    }
}

/// Builds the net from face-api's weight manifest (JSON) and weights.
///
/// # Errors
/// [`ModelError`] when they are malformed or do not belong together; never a panic.
pub fn network(manifest: &[u8], weights: &[u8]) -> Result<Net, ModelError> {
    network::build(weights::Weights::parse(manifest, weights)?)
}

/// The square in the image that brings eyes and mouth to their places in [`CHIP`], as nearly as turning, scaling and moving
/// can (least squares over the three points; as complex numbers the fit is one division).
fn chip(mesh: &Mesh) -> Region {
    let found = [
        mesh.mean(&[landmarks::RIGHT_EYE_OUTER_CORNER, landmarks::RIGHT_EYE_INNER_CORNER]),
        mesh.mean(&[landmarks::LEFT_EYE_OUTER_CORNER, landmarks::LEFT_EYE_INNER_CORNER]),
        mesh.mean(&landmarks::LIPS_OUTER),
    ];
    let (from, to) = (mean(CHIP), mean(found));
    let (mut real, mut imaginary, mut spread) = (0.0, 0.0, 0.0);
    for (a, b) in CHIP.iter().zip(found) {
        let (a, b) = ([a[0] - from[0], a[1] - from[1]], [b[0] - to[0], b[1] - to[1]]);
        real += a[0] * b[0] + a[1] * b[1];
        imaginary += a[0] * b[1] - a[1] * b[0];
        spread += a[0] * a[0] + a[1] * a[1];
    }
    let (cos, sin) = (real / spread, imaginary / spread);
    let (x, y) = (0.5 - from[0], 0.5 - from[1]);
    Region {
        centre: [to[0] + x * cos - y * sin, to[1] + x * sin + y * cos],
        size: [libm::hypotf(cos, sin); 2],
        angle: libm::atan2f(sin, cos),
    }
}

fn mean(points: [[f32; 2]; 3]) -> [f32; 2] {
    [0, 1].map(|axis| points.iter().map(|point| point[axis]).sum::<f32>() / 3.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chip_undoes_turn_scale_and_place() {
        let square = Region { centre: [400.0, 300.0], size: [220.0; 2], angle: -0.35 };
        let mut points = vec![[0.0; 3]; landmarks::COUNT];
        let mut put = |indices: &[usize], [u, v]: [f32; 2]| {
            for index in indices {
                let [x, y] = square.point(u, v);
                points[*index] = [x, y, 0.0];
            }
        };
        put(&[landmarks::RIGHT_EYE_OUTER_CORNER, landmarks::RIGHT_EYE_INNER_CORNER], CHIP[0]);
        put(&[landmarks::LEFT_EYE_OUTER_CORNER, landmarks::LEFT_EYE_INNER_CORNER], CHIP[1]);
        put(&landmarks::LIPS_OUTER, CHIP[2]);
        let chip = chip(&Mesh { points });
        assert!((chip.centre[0] - 400.0).abs() < 0.01 && (chip.centre[1] - 300.0).abs() < 0.01, "{chip:?}");
        assert!((chip.size[0] - 220.0).abs() < 0.01 && (chip.angle + 0.35).abs() < 1e-4, "{chip:?}");
    }
}
