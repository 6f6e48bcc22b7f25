//! MediaPipe's short-range face detector (`BlazeFace`): 128 × 128 pixels to 896 proposals.

use crate::model::{Model, ModelError, Signature};
use crate::sampling::{Beyond, Pyramid, Region};

/// Side of the net's input.
const SIDE: usize = 128;
/// Grids of anchors: cells a side, anchors a cell (`ssd_anchors_calculator` with strides 8, 16, 16, 16).
const GRIDS: [(usize, usize); 2] = [(16, 2), (8, 6)];
const ANCHORS: usize = 16 * 16 * 2 + 8 * 8 * 6;
/// Numbers a proposal: centre, size, then six key points.
const NUMBERS: usize = 16;
/// Proposals below this probability are dropped (`min_score_thresh` of `face_detection_short_range.pbtxt`).
const MIN_SCORE: f32 = 0.5;
/// Proposals that overlap more than this are one face (`min_suppression_threshold`, same file).
const SAME_FACE_OVERLAP: f32 = 0.3;

/// A face's bounding box in image pixels: brow to chin, cheek to cheek.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FaceBox {
    /// Left edge.
    pub left: f32,
    /// Top edge.
    pub top: f32,
    /// Width.
    pub width: f32,
    /// Height.
    pub height: f32,
    /// Probability of being a face, 0..1.
    pub score: f32,
    /// Roll of the line between the eyes, radians, clockwise as seen.
    pub angle: f32,
}

impl FaceBox {
    /// The middle (x, y).
    pub fn centre(&self) -> [f32; 2] {
        [self.left + self.width / 2.0, self.top + self.height / 2.0]
    }

    /// Area in square pixels.
    pub fn area(&self) -> f32 {
        self.width * self.height
    }

    /// Shared area as a part of the area of both together, 0..1.
    pub fn overlap(&self, other: &Self) -> f32 {
        let shared = self.shared(other);
        shared / (self.area() + other.area() - shared).max(f32::EPSILON)
    }

    /// Whether both mark the same face: they overlap, or one lies mostly within the other.
    pub fn is_same_face(&self, other: &Self) -> bool {
        let smaller = self.area().min(other.area()).max(f32::EPSILON);
        self.overlap(other) > SAME_FACE_OVERLAP || self.shared(other) / smaller > 0.6
    }

    fn shared(&self, other: &Self) -> f32 {
        let along =
            |a: f32, a_size: f32, b: f32, b_size: f32| ((a + a_size).min(b + b_size) - a.max(b)).max(0.0);
        along(self.left, self.width, other.left, other.width)
            * along(self.top, self.height, other.top, other.height)
    }
}

/// The detector net with its anchors.
pub struct FaceDetector {
    model: Box<dyn Model>,
}

impl FaceDetector {
    /// Wraps a net with the short-range detector's tensors.
    ///
    /// # Errors
    /// [`ModelError::Unsupported`] for any other net.
    pub fn new(model: Box<dyn Model>) -> Result<Self, ModelError> {
        let expected = Signature { input: SIDE * SIDE * 3, outputs: vec![ANCHORS * NUMBERS, ANCHORS] };
        expected.require("face-detection-short-range", &*model)?;
        Ok(Self { model })
    }

    /// Faces within the square `window`, best first, one box a face.
    pub fn detect(&mut self, image: &Pyramid, window: Region) -> Vec<FaceBox> {
        image.sample(window, SIDE, [-1.0, 1.0], Beyond::Black, self.model.input());
        self.model.run();
        let (numbers, logits) = (self.model.output(0).as_chunks::<NUMBERS>().0, self.model.output(1));
        let anchors = GRIDS.iter().flat_map(|(cells, repeats)| {
            let cell = move |index: usize| (index as f32 + 0.5) / *cells as f32;
            (0..cells * cells)
                .flat_map(move |at| std::iter::repeat_n([cell(at % cells), cell(at / cells)], *repeats))
        });
        let proposals = anchors.zip(numbers).zip(logits).filter_map(|((anchor, numbers), logit)| {
            let score = 1.0 / (1.0 + libm::expf(-logit));
            (score >= MIN_SCORE).then(|| decode(window, anchor, numbers, score))
        });
        merge(proposals.collect())
    }
}

/// A proposal's numbers are pixels of the net's input, relative to the anchor.
fn decode(window: Region, anchor: [f32; 2], numbers: &[f32; NUMBERS], score: f32) -> FaceBox {
    let point = |index: usize| {
        let part = |axis: usize| anchor[axis] + numbers[index + axis] / SIDE as f32;
        window.point(part(0), part(1))
    };
    let [centre, right_eye, left_eye] = [point(0), point(4), point(6)];
    let width = numbers[2] / SIDE as f32 * window.size[0];
    let height = numbers[3] / SIDE as f32 * window.size[1];
    FaceBox {
        left: centre[0] - width / 2.0,
        top: centre[1] - height / 2.0,
        width,
        height,
        score,
        angle: libm::atan2f(left_eye[1] - right_eye[1], left_eye[0] - right_eye[0]),
    }
}

/// Weighted non-maximum suppression: proposals of one face are averaged by their scores, as `BlazeFace` was trained for.
fn merge(mut proposals: Vec<FaceBox>) -> Vec<FaceBox> {
    proposals.retain(|face| face.area().is_finite() && face.width > 0.0 && face.height > 0.0);
    proposals.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut faces = Vec::new();
    while let Some(best) = proposals.first().copied() {
        let (group, rest): (Vec<_>, Vec<_>) =
            proposals.into_iter().partition(|other| other.overlap(&best) > SAME_FACE_OVERLAP);
        let total: f32 = group.iter().map(|face| face.score).sum();
        let mean =
            |part: fn(&FaceBox) -> f32| group.iter().map(|face| part(face) * face.score).sum::<f32>() / total;
        faces.push(FaceBox {
            left: mean(|face| face.left),
            top: mean(|face| face.top),
            width: mean(|face| face.width),
            height: mean(|face| face.height),
            ..best
        });
        // An empty group cannot happen with finite areas; without this it would loop for ever.
        proposals = if group.is_empty() { Vec::new() } else { rest };
    }
    faces
}
