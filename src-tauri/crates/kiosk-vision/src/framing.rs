//! From one live frame to what the coach needs and what is drawn over the preview.
//!
//! Directions are the sitter's own. Frames are not mirrored, so the sitter's left hand is on the picture's right: a face right of the
//! middle has moved to its left. The preview mirrors frame and overlay together.

use image::RgbImage;
use kiosk_core::Profile;
use kiosk_core::instruction::{FaceMeasures, FramingMeasures};

use crate::checks::pixels::linear;
use crate::face::{FaceReading, Mesh};
use crate::landmarks as lm;
use crate::pose::Pose;
use crate::standardise::crop::{Crop, Head, Source, solve};
use crate::standardise::head;

/// Lines over the preview, frame pixels, not mirrored.
#[derive(Debug, Clone, PartialEq)]
pub struct Lines {
    /// Outline of the face, closed.
    pub outline: Vec<[f32; 2]>,
    /// The crop that the photo would have now: left, top, width, height. It may reach beyond the frame above the head.
    pub crop: Option<[f32; 4]>,
    /// Row of the top of the hair, estimated from the face.
    pub crown: Option<f32>,
    /// Row of the eye line.
    pub eye_line: f32,
    /// Columns of the cheeks, left one first.
    pub cheeks: [f32; 2],
}

/// One analysed frame.
#[derive(Debug, Clone, PartialEq)]
pub struct Sight {
    /// For the coach.
    pub measures: FramingMeasures,
    /// For the preview, when there is a face.
    pub outline: Option<Lines>,
}

/// Looks at one sitter's frames in turn, so that movement can be measured.
#[derive(Debug, Clone, Default)]
pub struct Viewfinder {
    last: Option<Head>,
}

impl Viewfinder {
    /// Measures the next frame.
    pub fn look(&mut self, reading: &FaceReading, frame: &RgbImage, profile: &Profile) -> Sight {
        let mut sight = look(reading, frame, profile);
        let head = reading.mesh.as_ref().map(estimated_head);
        if let (Some(now), Some(before), Some(face)) = (head, self.last, sight.measures.face.as_mut()) {
            let (dx, dy) = (now.centre_x - before.centre_x, now.eye_line - before.eye_line);
            face.movement =
                dx.hypot(dy).max((now.face_width - before.face_width).abs()) / now.face_width.max(1.0);
        }
        self.last = head;
        sight
    }

    /// The next frame shows another person.
    pub fn forget(&mut self) {
        self.last = None;
    }
}

/// Measures one frame by itself; movement is 0.
#[must_use]
pub fn look(reading: &FaceReading, frame: &RgbImage, profile: &Profile) -> Sight {
    let seen = reading.mesh.as_ref().map(|mesh| Framed::of(mesh, frame, profile));
    let measures = FramingMeasures {
        faces: u8::try_from(reading.faces.len()).unwrap_or(u8::MAX),
        brightness: brightness(frame),
        face: seen.as_ref().map(|framed| framed.measures(reading.pose.unwrap_or_default(), profile)),
    };
    Sight { measures, outline: seen.map(|framed| framed.lines(profile)) }
}

/// Mean luminance over a coarse grid, 0–1; linear light raised to 1/2.2, so that a grey card (18 %) gives 0.46.
fn brightness(frame: &RgbImage) -> f64 {
    const STEP: usize = 16;
    let (mut sum, mut count) = (0.0f64, 0u32);
    for y in (0..frame.height()).step_by(STEP) {
        for x in (0..frame.width()).step_by(STEP) {
            sum += f64::from(linear(frame.get_pixel(x, y).0[1]));
            count += 1;
        }
    }
    if count == 0 { 0.0 } else { (sum / f64::from(count)).powf(1.0 / 2.2) }
}

/// Top of the hair above the eyes over the chin below the eyes: median 1.07, 0.9–1.4 over 24 portraits. A little more than the median: the
/// crop must not cut hair.
const HAIR_ABOVE_EYES: f64 = 1.12;

/// The head with its crown estimated from the face: the outline is known only after the shot.
fn estimated_head(mesh: &Mesh) -> Head {
    let head = head::measured(mesh, 0.0);
    let chin = f64::from(mesh.point(lm::CHIN)[1]);
    Head { crown: head.eye_line - HAIR_ABOVE_EYES * (chin - head.eye_line), ..head }
}

struct Framed<'a> {
    mesh: &'a Mesh,
    head: Head,
    crop: Crop,
    width: f64,
    height: f64,
}

impl<'a> Framed<'a> {
    fn of(mesh: &'a Mesh, frame: &RgbImage, profile: &Profile) -> Self {
        let (width, height) = (f64::from(frame.width()), f64::from(frame.height()));
        let head = estimated_head(mesh);
        let source = Source { width, height, cut_left: true, cut_right: true };
        let crop = solve(head, source, profile.photo.size, &profile.bands);
        Self { mesh, head, crop, width, height }
    }

    fn fits(&self) -> bool {
        /// Most that the photo may be enlarged, and pixels that may be absent: rounding.
        const ROUNDING: f64 = 0.01;
        self.crop.gives.is_empty()
            && self.crop.missing < 1.0
            && self.crop.transform.scale <= 1.0 + ROUNDING
            && self.head.crown > 0.0
    }

    fn measures(&self, pose: Pose, profile: &Profile) -> FaceMeasures {
        FaceMeasures {
            size: self.head.face_width / profile.bands.face_width.middle(),
            crop_fits: self.fits(),
            offset_x: (self.head.centre_x - self.width / 2.0) / self.width,
            offset_y: (self.head.eye_line - self.target_row(profile)) / self.height,
            yaw: f64::from(pose.yaw),
            pitch: f64::from(pose.pitch),
            roll: f64::from(pose.roll),
            eye_opening: f64::from(eye_opening(self.mesh)),
            mouth_gap: f64::from(
                self.mesh.distance(lm::UPPER_LIP_INNER, lm::LOWER_LIP_INNER)
                    / self.mesh.pupil_distance().max(1.0),
            ),
            movement: 0.0,
        }
    }

    /// Row of the eyes when the crop at its own scale stands in the middle of the frame's height.
    fn target_row(&self, profile: &Profile) -> f64 {
        let above_middle = profile.bands.eye_line.middle() - f64::from(profile.photo.size.height) / 2.0;
        self.height / 2.0 + above_middle / self.crop.transform.scale
    }

    fn lines(&self, profile: &Profile) -> Lines {
        let (t, size) = (self.crop.transform, profile.photo.size);
        let crop =
            [t.offset_x, t.offset_y, f64::from(size.width) / t.scale, f64::from(size.height) / t.scale];
        let half = self.head.face_width / 2.0;
        let middle = f64::from(self.mesh.mean(&[lm::RIGHT_CHEEK, lm::LEFT_CHEEK])[0]);
        Lines {
            outline: lm::FACE_OVAL.iter().map(|&i| self.mesh.point(i)).collect(),
            crop: self.fits().then(|| crop.map(|v| v as f32)),
            crown: Some(self.head.crown as f32),
            eye_line: self.head.eye_line as f32,
            cheeks: [(middle - half) as f32, (middle + half) as f32],
        }
    }
}

/// Eye aspect ratio (Soukupová and Čech 2016): mean of two lid gaps over the eye's width, the smaller of both eyes. Open eyes give 0.22–0.37.
fn eye_opening(mesh: &Mesh) -> f32 {
    let eye = |upper: [usize; 7], lower: [usize; 7], outer, inner| {
        let gaps = mesh.distance(upper[2], lower[2]) + mesh.distance(upper[4], lower[4]);
        gaps / (2.0 * mesh.distance(outer, inner)).max(1e-3)
    };
    eye(lm::RIGHT_UPPER_LID, lm::RIGHT_LOWER_LID, lm::RIGHT_EYE_OUTER_CORNER, lm::RIGHT_EYE_INNER_CORNER).min(
        eye(lm::LEFT_UPPER_LID, lm::LEFT_LOWER_LID, lm::LEFT_EYE_OUTER_CORNER, lm::LEFT_EYE_INNER_CORNER),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile() -> Profile {
        Profile::from_toml(include_str!("../../../../calibration/profiles/xueli-2017-99.toml")).unwrap()
    }

    /// A face whose landmarks all lie at its middle but for those that framing reads.
    fn reading(centre: [f32; 2], width: f32) -> FaceReading {
        let mut points = vec![[centre[0], centre[1], 0.0]; lm::COUNT];
        let mut put = |index: usize, x: f32, y: f32| {
            points[index] = [centre[0] + x * width, centre[1] + y * width, 0.0];
        };
        put(lm::RIGHT_CHEEK, -0.49, 0.1);
        put(lm::LEFT_CHEEK, 0.49, 0.1);
        put(lm::CHIN, 0.0, 0.8);
        put(lm::RIGHT_PUPIL, -0.22, 0.0);
        put(lm::LEFT_PUPIL, 0.22, 0.0);
        let mesh = Mesh { points };
        FaceReading {
            faces: vec![mesh.bounds(1.0)],
            mesh: Some(mesh),
            pose: Some(Pose { yaw: 3.0, roll: -2.0, ..Pose::default() }),
            presence: 1.0,
        }
    }

    #[test]
    fn a_well_placed_sitter_fits_and_the_crop_lies_in_the_frame() {
        let frame = RgbImage::from_pixel(1280, 720, image::Rgb([128; 3]));
        let sight = look(&reading([640.0, 290.0], 250.0), &frame, &profile());
        let face = sight.measures.face.unwrap();
        assert!(face.crop_fits && (face.size - 250.0 / 240.0).abs() < 0.01);
        assert!(face.offset_x.abs() < 1e-6 && face.offset_y.abs() < 0.05, "{face:?}");
        assert!((sight.measures.brightness - 0.5).abs() < 0.02);
        let [left, top, width, height] = sight.outline.unwrap().crop.unwrap();
        assert!(left >= 0.0 && left + width <= 1280.5 && top + height <= 720.5);
    }

    #[test]
    fn directions_are_the_sitters_own() {
        let frame = RgbImage::new(1280, 720);
        let face = look(&reading([900.0, 420.0], 250.0), &frame, &profile()).measures.face.unwrap();
        assert!(face.offset_x > 0.15, "right in the picture is the sitter's left");
        assert!(face.offset_y > 0.1, "low in the picture is too low");
        assert!(face.yaw > 0.0 && face.roll < 0.0);
    }

    #[test]
    fn too_close_and_too_far_have_no_crop() {
        let frame = RgbImage::new(1280, 720);
        for (row, width) in [(300.0, 520.0), (300.0, 100.0)] {
            let sight = look(&reading([640.0, row], width), &frame, &profile());
            assert!(!sight.measures.face.unwrap().crop_fits, "{width}");
            assert!(sight.outline.unwrap().crop.is_none());
        }
    }

    #[test]
    fn movement_is_measured_between_frames_of_one_sitter() {
        let frame = RgbImage::new(1280, 720);
        let mut viewfinder = Viewfinder::default();
        let mut movement = |x: f32| {
            let sight = viewfinder.look(&reading([x, 300.0], 250.0), &frame, &profile());
            sight.measures.face.unwrap().movement
        };
        assert!(movement(640.0).abs() < 1e-9);
        assert!((movement(665.0) - 25.0 / 250.0).abs() < 0.01);
    }

    #[test]
    fn nobody_is_nothing() {
        let sight = look(&FaceReading::default(), &RgbImage::new(64, 48), &profile());
        assert_eq!(sight.measures.faces, 0);
        assert!(sight.measures.face.is_none() && sight.outline.is_none());
    }
}
