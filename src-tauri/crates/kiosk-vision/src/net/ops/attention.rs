//! MediaPipe's operators that let the mesh net look again at the eyes and lips: a transform that crops a group of
//! landmarks, the crop of a feature map, and the way back (mediapipe/util/tflite/operations).

use super::{Image, Operands, require};
use crate::net::graph::LandmarkCrop;
use crate::net::read::Read;

/// Elements of a row-major 4 × 4 matrix.
const MATRIX: usize = 16;

/// Coordinates of a landmark: x, y, z.
const COORDINATES: usize = 3;

/// The matrix that maps a crop's cells to the upright bounding box of some landmarks.
pub struct LandmarksToTransform(LandmarkCrop);

impl LandmarksToTransform {
    pub fn plan(operands: &Operands, crop: &LandmarkCrop) -> Read<Self> {
        let landmarks = operands.input(0)?.len() / COORDINATES;
        let mut used = crop.subset.iter().chain([&crop.left, &crop.right]);
        require(used.all(|index| *index < landmarks), "attention landmark out of range")?;
        require(!crop.subset.is_empty(), "attention without landmarks")?;
        require(operands.output().len() == MATRIX, "attention transform is not 4 × 4")?;
        Ok(Self(crop.clone()))
    }

    pub fn run(&self, landmarks: &[f32], matrix: &mut [f32]) {
        let crop = &self.0;
        let point = |index: usize| (landmarks[index * COORDINATES], landmarks[index * COORDINATES + 1]);
        let (left, right) = (point(crop.left), point(crop.right));
        let turn = crop.rotation - libm::atan2f(right.1 - left.1, right.0 - left.0);
        let (sin, cos) = libm::sincosf(turn);

        let mut low = (f32::MAX, f32::MAX);
        let mut high = (f32::MIN, f32::MIN);
        for index in &crop.subset {
            let (x, y) = point(*index);
            let (x, y) = (cos * x - sin * y, sin * x + cos * y);
            low = (low.0.min(x), low.1.min(y));
            high = (high.0.max(x), high.1.max(y));
        }
        let middle = (f32::midpoint(low.0, high.0), f32::midpoint(low.1, high.1));
        let centre = (cos * middle.0 + sin * middle.1, -sin * middle.0 + cos * middle.1);

        let [height, width] = crop.size;
        let scale = (crop.scale[0] * (high.0 - low.0) / width, crop.scale[1] * (high.1 - low.1) / height);
        let (xx, xy, yx, yy) = (cos * scale.0, sin * scale.1, -sin * scale.0, cos * scale.1);
        let x = centre.0 - xx * width / 2.0 - xy * height / 2.0;
        let y = centre.1 - yx * width / 2.0 - yy * height / 2.0;
        matrix.copy_from_slice(&[
            xx, xy, 0.0, x, //
            yx, yy, 0.0, y, //
            0.0, 0.0, 1.0, 0.0, //
            0.0, 0.0, 0.0, 1.0,
        ]);
    }
}

/// Samples a feature map at transformed cell centres; zero outside.
pub struct WarpBilinear {
    input: Image,
    output: Image,
}

impl WarpBilinear {
    pub fn plan(operands: &Operands) -> Read<Self> {
        let input = Image::of(operands.input(0)?)?;
        let output = Image::of(operands.output())?;
        require(input.channels == output.channels, "warp changes the channels")?;
        require(operands.input(1)?.len() == MATRIX, "warp transform is not 4 × 4")?;
        Ok(Self { input, output })
    }

    pub fn run(&self, map: &[f32], matrix: &[f32], output: &mut [f32]) {
        let Image { height, width, channels } = self.input;
        let affine = |row: usize, x: f32, y: f32| {
            let row = &matrix[4 * row..][..4];
            row[0] * (x + 0.5) + row[1] * (y + 0.5) + row[3] - 0.5
        };
        let pixel = |x: usize, y: usize| &map[(y * width + x) * channels..][..channels];
        for (index, target) in output.chunks_exact_mut(channels).enumerate() {
            let cell = ((index % self.output.width) as f32, (index / self.output.width) as f32);
            let (x, y) = (affine(0, cell.0, cell.1), affine(1, cell.0, cell.1));
            let inside = (0.0..=(width - 1) as f32).contains(&x) && (0.0..=(height - 1) as f32).contains(&y);
            if !inside {
                target.fill(0.0);
                continue;
            }
            let (left, top) = (x as usize, y as usize);
            let (right, bottom) = ((left + 1).min(width - 1), (top + 1).min(height - 1));
            let (across, down) = (x - left as f32, y - top as f32);
            let upper = pixel(left, top).iter().zip(pixel(right, top));
            let lower = pixel(left, bottom).iter().zip(pixel(right, bottom));
            for ((target, upper), lower) in target.iter_mut().zip(upper).zip(lower) {
                let upper = upper.0 * (1.0 - across) + upper.1 * across;
                let lower = lower.0 * (1.0 - across) + lower.1 * across;
                *target = upper * (1.0 - down) + lower * down;
            }
        }
    }
}

/// Maps landmarks found in a crop back to the whole face.
pub struct TransformLandmarks {
    coordinates: usize,
}

impl TransformLandmarks {
    pub fn plan(operands: &Operands) -> Read<Self> {
        let landmarks = operands.input(0)?;
        let coordinates = landmarks.shape.last().copied().unwrap_or(0);
        require(
            coordinates >= 2 && landmarks.len() == operands.output().len(),
            "landmarks do not fit their transform",
        )?;
        require(operands.input(1)?.len() == MATRIX, "landmark transform is not 4 × 4")?;
        Ok(Self { coordinates })
    }

    pub fn run(&self, landmarks: &[f32], matrix: &[f32], output: &mut [f32]) {
        output.copy_from_slice(landmarks);
        for point in output.chunks_exact_mut(self.coordinates) {
            let (x, y) = (point[0], point[1]);
            point[0] = matrix[0] * x + matrix[1] * y + matrix[3];
            point[1] = matrix[4] * x + matrix[5] * y + matrix[7];
        }
    }
}
