//! Person or backdrop: MediaPipe's selfie segmentation, a 256 × 256 mask around the person.

use crate::face::FaceBox;
use crate::model::{Model, ModelBytes, ModelError, Signature};
use crate::net::Net;
use crate::processor::Processor;
use crate::sampling::{Beyond, Pyramid, Region};
use image::RgbImage;

/// Side of the net's input and of its mask.
pub const SIDE: usize = 256;

/// The square that the net looks at, in widths of the face: head and shoulders with the standard's margins (a 480 px wide
/// photo with a face of 180–300 px) and room for hair and gestures.
const SQUARE_IN_FACES: f32 = 4.4;
/// The same at least, where the frame is too low for more: the standard's crop is up to 480 / 180 faces wide.
const LEAST_SQUARE_IN_FACES: f32 = 3.0;
/// How far the square's middle lies below the face's, in widths of the face: shoulders need the room, not the ceiling.
const BELOW_FACE: f32 = 0.55;

/// The probability, for every cell of a square around the person, that it shows the person.
#[derive(Clone, Debug)]
pub struct PersonMask {
    /// The square in image pixels; it may reach beyond the image.
    pub region: Region,
    /// [`SIDE`] × [`SIDE`] probabilities 0..1, row by row.
    pub cells: Vec<f32>,
}

impl PersonMask {
    /// The probability at a position in the image, interpolated between cells. Beyond the square the nearest cell counts.
    pub fn at(&self, x: f32, y: f32) -> f32 {
        let (across, down) = (self.tap(x, 0), self.tap(y, 1));
        let value = |column: usize, row: usize| self.cells.get(row * SIDE + column).copied().unwrap_or(0.0);
        let line = |row: usize| {
            value(across.low, row) + (value(across.high, row) - value(across.low, row)) * across.share
        };
        line(down.low) + (line(down.high) - line(down.low)) * down.share
    }

    /// The mask at the image's own resolution: `width` × `height` probabilities, row by row.
    pub fn resample(&self, width: u32, height: u32) -> Vec<f32> {
        self.window([0.0; 2], 1.0, width as usize, height as usize)
    }

    /// A part of the image at another size: `columns` × `rows` probabilities, row by row. The part begins at `origin` in the image; `scale`
    /// is the number of columns and rows for each of the image's.
    pub fn window(&self, origin: [f64; 2], scale: f64, columns: usize, rows: usize) -> Vec<f32> {
        let taps = |count: usize, axis: usize| -> Vec<Tap> {
            let at = |i: usize| ((i as f64 + 0.5) / scale + origin[axis]) as f32;
            (0..count).map(|i| self.tap(at(i), axis)).collect()
        };
        let across = taps(columns, 0);
        let mut values = Vec::with_capacity(columns * rows);
        let mut line = [0.0; SIDE];
        for down in taps(rows, 1) {
            let row = |row: usize| self.cells.get(row * SIDE..).unwrap_or_default();
            for ((value, a), b) in line.iter_mut().zip(row(down.low)).zip(row(down.high)) {
                *value = a + (b - a) * down.share;
            }
            values.extend(
                across.iter().map(|tap| line[tap.low] + (line[tap.high] - line[tap.low]) * tap.share),
            );
        }
        values
    }

    fn tap(&self, position: f32, axis: usize) -> Tap {
        let start = self.region.centre[axis] - self.region.size[axis] / 2.0;
        let at = (position - start) / self.region.size[axis] * SIDE as f32 - 0.5;
        let at = at.clamp(0.0, (SIDE - 1) as f32);
        let low = at as usize;
        Tap { low, high: (low + 1).min(SIDE - 1), share: at - low as f32 }
    }
}

/// Two neighbouring cells along an axis and the share of the second.
struct Tap {
    low: usize,
    high: usize,
    share: f32,
}

/// The segmentation net.
pub struct PersonSegmenter {
    model: Box<dyn Model>,
}

impl PersonSegmenter {
    /// Loads the verified file `selfie-segmentation`.
    ///
    /// # Errors
    /// [`ModelError`] when the file is malformed or another net.
    pub fn load(selfie_segmentation: &ModelBytes) -> Result<Self, ModelError> {
        Self::load_on(Processor::default(), selfie_segmentation)
    }

    /// The same for chosen instructions.
    pub(crate) fn load_on(
        processor: Processor,
        selfie_segmentation: &ModelBytes,
    ) -> Result<Self, ModelError> {
        let (name, file) = (selfie_segmentation.name(), selfie_segmentation.bytes());
        let net = Net::from_tflite_on(processor.nets, name, file)?;
        Self::new(Box::new(net))
    }

    /// Wraps a net that maps 256 × 256 pixels to as many probabilities.
    ///
    /// # Errors
    /// [`ModelError::Unsupported`] for any other net.
    pub fn new(model: Box<dyn Model>) -> Result<Self, ModelError> {
        let expected = Signature { input: SIDE * SIDE * 3, outputs: vec![SIDE * SIDE] };
        expected.require("selfie-segmentation", &*model)?;
        Ok(Self { model })
    }

    /// Segments the person around `face`, or the middle of the image when no face is known.
    pub fn segment(&mut self, image: &RgbImage, face: Option<&FaceBox>) -> PersonMask {
        self.segment_in(&Pyramid::new(image), face)
    }

    /// The same for an image whose halvings are there already.
    pub fn segment_in(&mut self, image: &Pyramid, face: Option<&FaceBox>) -> PersonMask {
        let region = person_square(image.size(), face);
        image.sample(region, SIDE, [0.0, 1.0], Beyond::Edge, self.model.input());
        self.model.run();
        PersonMask { region, cells: self.model.output(0).to_vec() }
    }
}

/// A square keeps the person's proportions and, on a wide frame, gives them almost twice the cells that squeezing would. It
/// is moved into the image as far as it fits.
fn person_square(size: (u32, u32), face: Option<&FaceBox>) -> Region {
    let (width, height) = (size.0 as f32, size.1 as f32);
    let (centre, side) = match face {
        Some(face) => {
            let [x, y] = face.centre();
            let room = width.min(height).max(face.width * LEAST_SQUARE_IN_FACES);
            let side = (face.width * SQUARE_IN_FACES).min(room).min(width.max(height));
            ([x, y + face.width * BELOW_FACE], side)
        }
        None => ([width / 2.0, height / 2.0], width.min(height)),
    };
    let place = |centre: f32, length: f32| {
        if side >= length { length / 2.0 } else { centre.clamp(side / 2.0, length - side / 2.0) }
    };
    Region { centre: [place(centre[0], width), place(centre[1], height)], size: [side; 2], angle: 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face(left: f32, top: f32, width: f32) -> FaceBox {
        FaceBox { left, top, width, height: width, score: 1.0, angle: 0.0 }
    }

    #[test]
    fn the_square_stays_inside_a_frame_that_is_large_enough() {
        for (left, top) in [(0.0, 0.0), (600.0, 100.0), (1150.0, 600.0)] {
            let square = person_square((1280, 720), Some(&face(left, top, 120.0)));
            let [x, y] = square.point(0.0, 0.0);
            let [right, bottom] = square.point(1.0, 1.0);
            assert!(x >= -0.01 && y >= -0.01 && right <= 1280.01 && bottom <= 720.01, "{square:?}");
            assert!((square.size[0] - 528.0).abs() < 0.01);
        }
    }

    #[test]
    fn a_large_face_gets_a_square_around_the_whole_frame() {
        let square = person_square((600, 800), Some(&face(100.0, 200.0, 400.0)));
        assert_eq!((square.centre, square.size), ([300.0, 400.0], [800.0; 2]));
    }

    #[test]
    fn reads_cells_at_their_centres_and_between() {
        let cells = (0..SIDE * SIDE).map(|index| (index % SIDE) as f32 / 255.0).collect();
        let mask = PersonMask { region: Region::upright(100.0, 50.0, 512.0, 512.0), cells };
        assert!((mask.at(100.0 + 2.0 * 40.5, 300.0) - 40.0 / 255.0).abs() < 1e-5);
        assert!((mask.at(100.0 + 2.0 * 41.0, 300.0) - 40.5 / 255.0).abs() < 1e-5);
        assert!(mask.at(-500.0, 300.0).abs() < 1e-6, "beyond the square the nearest cell counts");
        let whole = mask.resample(7, 5);
        assert!((whole[2 * 7 + 3] - mask.at(3.5, 2.5)).abs() < 1e-6 && whole.len() == 35);
        let part = mask.window([300.0, 200.0], 0.5, 9, 6);
        assert!((part[4 * 9 + 7] - mask.at(300.0 + 7.5 / 0.5, 200.0 + 4.5 / 0.5)).abs() < 1e-6);
    }
}
