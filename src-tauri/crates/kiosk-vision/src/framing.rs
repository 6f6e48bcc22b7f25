//! From one live frame to what the coach needs and what is drawn over the preview.
//!
//! Directions are the sitter's own. Frames are not mirrored, so the sitter's left hand is on the picture's right: a face right of the
//! middle has moved to its left. The preview mirrors frame and overlay together.

use image::RgbImage;
use kiosk_core::instruction::{FaceMeasures, FramingMeasures};
use kiosk_core::{Check, Profile};

use crate::checks::live;
use crate::checks::pixels::linear;
use crate::face::{FaceReading, Mesh};
use crate::landmarks as lm;
use crate::standardise::CheckedShot;
use crate::standardise::crop::{Crop, Head, Source, solve};
use crate::standardise::head;

/// Lines over the preview, frame pixels, not mirrored.
#[derive(Debug, Clone, PartialEq)]
pub struct Lines {
    /// Outline of the head with its hair when a whole look knew it, else of the face; closed.
    pub outline: Vec<[f32; 2]>,
    /// The crop that the photo would have now: left, top, width, height. It may reach beyond the frame above the head.
    pub crop: Option<[f32; 4]>,
    /// Row of the top of the hair: as a whole look measured it, else estimated from the face.
    pub crown: Option<f32>,
    /// Row of the eye line.
    pub eye_line: f32,
    /// Columns of the cheeks, left one first.
    pub cheeks: [f32; 2],
    /// The standard's bands, photo pixels: `head_top`, `eye_line`, `face_width`, `centred`.
    pub bands: [Check; 4],
}

/// One analysed frame.
#[derive(Debug, Clone, PartialEq)]
pub struct Sight {
    /// For the coach.
    pub measures: FramingMeasures,
    /// For the preview, when there is a face.
    pub outline: Option<Lines>,
    /// The face as the landmarks place it, when there is one: what a whole look at the same frame hangs on.
    pub head: Option<Head>,
}

/// A sitter's head as a whole look found it, to be moved along with the face.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownHead {
    /// The face on the frame that was looked at.
    face: Head,
    /// Row of the top of the hair there.
    crown: f64,
    outline: Vec<[f32; 2]>,
}

impl KnownHead {
    /// What `looked` found on the frame on which the landmarks placed `face`.
    #[must_use]
    pub fn new(face: Head, looked: &CheckedShot) -> Option<Self> {
        let crown = looked.transform?.invert([0.0, looked.geometry?.head_top])[1];
        Some(Self { face, crown, outline: looked.outline.clone() })
    }

    /// Row of the top of the hair now that the face is at `now`.
    fn crown(&self, now: &Head) -> f64 {
        now.eye_line + (self.crown - self.face.eye_line) * self.growth(now)
    }

    /// The outline now, while the face is about where it was.
    fn outline(&self, now: &Head) -> Option<Vec<[f32; 2]>> {
        /// Face widths that an outline may be moved, and how much it may grow: beyond that the head is turned or leans.
        const FAR: f64 = 1.0;
        const GROWN: f64 = 1.25;
        let (was, growth) = (&self.face, self.growth(now));
        let moved = libm::hypot(now.centre_x - was.centre_x, now.eye_line - was.eye_line);
        let near = moved < FAR * now.face_width && (1.0 / GROWN..GROWN).contains(&growth);
        let moved = |[x, y]: [f32; 2]| {
            let (x, y) = (f64::from(x) - was.centre_x, f64::from(y) - was.eye_line);
            [(now.centre_x + x * growth) as f32, (now.eye_line + y * growth) as f32]
        };
        (near && !self.outline.is_empty()).then(|| self.outline.iter().copied().map(moved).collect())
    }

    fn growth(&self, now: &Head) -> f64 {
        now.face_width / self.face.face_width.max(1.0)
    }
}

/// Looks at one sitter's frames in turn, so that movement can be measured.
#[derive(Debug, Clone, Default)]
pub struct Viewfinder {
    last: Option<Head>,
    known: Option<KnownHead>,
}

impl Viewfinder {
    /// Measures the next frame.
    pub fn look(&mut self, reading: &FaceReading, frame: &RgbImage, profile: &Profile) -> Sight {
        let mut sight = look(reading, frame, profile, self.known.as_ref());
        if let (Some(now), Some(before), Some(face)) = (sight.head, self.last, sight.measures.face.as_mut()) {
            let (dx, dy) = (now.centre_x - before.centre_x, now.eye_line - before.eye_line);
            face.movement =
                libm::hypot(dx, dy).max((now.face_width - before.face_width).abs()) / now.face_width.max(1.0);
        }
        self.last = sight.head;
        sight
    }

    /// A whole look at this sitter found the head.
    pub fn learn(&mut self, known: KnownHead) {
        self.known = Some(known);
    }

    /// The next frame shows another person.
    pub fn forget(&mut self) {
        *self = Self::default();
    }
}

/// Measures one frame by itself; movement is 0.
#[must_use]
pub fn look(reading: &FaceReading, frame: &RgbImage, profile: &Profile, known: Option<&KnownHead>) -> Sight {
    let seen = reading.mesh.as_ref().map(|mesh| Framed::of(mesh, frame, profile, known));
    let live = live::measure(reading, frame, profile);
    let measures = FramingMeasures {
        brightness: brightness(frame),
        face: seen.as_ref().map(|framed| framed.measures(live.light_balance, profile)),
        checks: live.checks,
    };
    let head = seen.as_ref().map(|framed| framed.head);
    Sight { measures, outline: seen.map(|framed| framed.lines(profile, known)), head }
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
    if count == 0 { 0.0 } else { libm::pow(sum / f64::from(count), 1.0 / 2.2) }
}

/// Top of the hair above the eyes over the chin below the eyes: median 1.07, 0.9–1.4 over 24 portraits. A little more than the median: the
/// crop must not cut hair.
const HAIR_ABOVE_EYES: f64 = 1.12;

/// The head with its crown estimated from the face, before anybody looked closely.
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
    fn of(mesh: &'a Mesh, frame: &RgbImage, profile: &Profile, known: Option<&KnownHead>) -> Self {
        let (width, height) = (f64::from(frame.width()), f64::from(frame.height()));
        let head = estimated_head(mesh);
        let head = Head { crown: known.map_or(head.crown, |known| known.crown(&head)), ..head };
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

    fn measures(&self, light_balance: Option<f32>, profile: &Profile) -> FaceMeasures {
        FaceMeasures {
            size: self.head.face_width / profile.bands.face_width.middle(),
            crop_fits: self.fits(),
            offset_x: (self.head.centre_x - self.width / 2.0) / self.width,
            offset_y: (self.head.eye_line - self.target_row(profile)) / self.height,
            light_balance: light_balance.map(f64::from),
            movement: 0.0,
        }
    }

    /// Row of the eyes when the crop at its own scale stands in the middle of the frame's height.
    fn target_row(&self, profile: &Profile) -> f64 {
        let above_middle = profile.bands.eye_line.middle() - f64::from(profile.photo.size.height) / 2.0;
        self.height / 2.0 + above_middle / self.crop.transform.scale
    }

    fn lines(&self, profile: &Profile, known: Option<&KnownHead>) -> Lines {
        let (t, size) = (self.crop.transform, profile.photo.size);
        let crop =
            [t.offset_x, t.offset_y, f64::from(size.width) / t.scale, f64::from(size.height) / t.scale];
        let half = self.head.face_width / 2.0;
        let middle = f64::from(self.mesh.mean(&[lm::RIGHT_CHEEK, lm::LEFT_CHEEK])[0]);
        let face = || lm::FACE_OVAL.iter().map(|&i| self.mesh.point(i)).collect();
        Lines {
            outline: known.and_then(|known| known.outline(&self.head)).unwrap_or_else(face),
            crop: self.fits().then(|| crop.map(|v| v as f32)),
            crown: Some(self.head.crown as f32),
            eye_line: self.head.eye_line as f32,
            cheeks: [(middle - half) as f32, (middle + half) as f32],
            bands: live::bands(self.crop.geometry, profile),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::face::fixtures::drawn_face;
    use crate::pose::Pose;
    use kiosk_core::report::Provenance;
    use kiosk_core::{CheckId, Geometry, Transform, Verdict};

    fn profile() -> Profile {
        Profile::from_toml(include_str!("../../../../calibration/profiles/xueli-2017-99.toml")).unwrap()
    }

    fn reading(centre: [f32; 2], width: f32) -> FaceReading {
        drawn_face(centre, width, Pose { yaw: 3.0, roll: -2.0, ..Pose::default() })
    }

    #[test]
    fn a_well_placed_sitter_fits_and_the_crop_lies_in_the_frame() {
        let frame = RgbImage::from_pixel(1280, 720, image::Rgb([128; 3]));
        let sight = look(&reading([640.0, 290.0], 250.0), &frame, &profile(), None);
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
        let face = look(&reading([900.0, 420.0], 250.0), &frame, &profile(), None).measures.face.unwrap();
        assert!(face.offset_x > 0.15, "right in the picture is the sitter's left");
        assert!(face.offset_y > 0.1, "low in the picture is too low");
    }

    #[test]
    fn too_close_and_too_far_have_no_crop() {
        let frame = RgbImage::new(1280, 720);
        for (row, width) in [(300.0, 520.0), (300.0, 100.0)] {
            let sight = look(&reading([640.0, row], width), &frame, &profile(), None);
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

    /// A whole look at a head whose hair begins at `crown`, with a square outline.
    fn looked(crown: f64) -> CheckedShot {
        let transform = Transform { scale: 0.5, offset_x: 100.0, offset_y: 20.0 };
        let head_top = transform.apply([0.0, crown])[1];
        CheckedShot {
            width: 1280,
            height: 720,
            face: None,
            pupils: None,
            pose: None,
            checks: Vec::new(),
            geometry: Some(Geometry { head_top, eye_line: 250.0, face_width: 240.0, centre_x: 240.0 }),
            transform: Some(transform),
            outline: vec![[500.0, 80.0], [780.0, 80.0], [780.0, 480.0], [500.0, 480.0]],
            provenance: Provenance::default(),
            embedding: None,
        }
    }

    #[test]
    fn a_known_head_moves_and_grows_with_the_face() {
        let frame = RgbImage::new(1280, 720);
        let mut viewfinder = Viewfinder::default();
        let first = viewfinder.look(&reading([640.0, 300.0], 250.0), &frame, &profile());
        viewfinder.learn(KnownHead::new(first.head.unwrap(), &looked(80.0)).unwrap());
        let lines = |viewfinder: &mut Viewfinder, x: f32, width: f32| {
            viewfinder.look(&reading([x, 300.0], width), &frame, &profile()).outline.unwrap()
        };
        let moved = lines(&mut viewfinder, 700.0, 250.0);
        assert!((moved.crown.unwrap() - 80.0).abs() < 0.5);
        assert!((moved.outline[0][0] - 560.0).abs() < 0.5 && (moved.outline[0][1] - 80.0).abs() < 0.5);
        let grown = lines(&mut viewfinder, 640.0, 275.0);
        assert!((grown.crown.unwrap() - (300.0 - 220.0 * 1.1)).abs() < 0.5);
        let far = lines(&mut viewfinder, 640.0, 400.0);
        assert_eq!(far.outline.len(), lm::FACE_OVAL.len(), "too far from what was seen");
        viewfinder.forget();
        assert_eq!(lines(&mut viewfinder, 640.0, 250.0), first.outline.unwrap(), "the next person");
    }

    #[test]
    fn a_high_head_of_hair_that_leaves_no_room_has_no_crop() {
        let frame = RgbImage::new(1280, 720);
        let face = reading([640.0, 290.0], 250.0);
        let head = look(&face, &frame, &profile(), None).head.unwrap();
        let tall = KnownHead::new(head, &looked(-5.0)).unwrap();
        assert!(!look(&face, &frame, &profile(), Some(&tall)).measures.face.unwrap().crop_fits);
    }

    #[test]
    fn the_bands_are_those_of_the_crop() {
        let frame = RgbImage::new(1280, 720);
        let bands =
            |width| look(&reading([640.0, 290.0], width), &frame, &profile(), None).outline.unwrap().bands;
        let ids = [CheckId::HeadTop, CheckId::EyeLine, CheckId::FaceWidth, CheckId::Centred];
        assert_eq!(bands(250.0).map(|check| check.id), ids);
        assert!(bands(250.0).iter().all(|check| check.verdict == Verdict::Pass));
        assert!(bands(620.0).iter().any(|check| check.verdict == Verdict::Fail));
    }

    #[test]
    fn nobody_is_nothing() {
        let sight = look(&FaceReading::default(), &RgbImage::new(64, 48), &profile(), None);
        assert!(sight.measures.checks.is_empty());
        assert!(sight.measures.face.is_none() && sight.outline.is_none());
    }
}
