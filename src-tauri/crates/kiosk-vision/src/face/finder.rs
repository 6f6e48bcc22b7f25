//! From frames to faces: a search for stills, a track for the live picture.

use super::{FaceBox, FaceDetector, FaceNets, Mesh};
use crate::model::{ModelBytes, ModelError};
use crate::pose::Pose;
use crate::processor::{Processor, both};
use crate::sampling::{Pyramid, Region};
use image::RgbImage;
use std::time::{Duration, Instant};

/// A mesh below this presence is no face (`min_face_presence_confidence` of MediaPipe's face landmarker).
const MIN_PRESENCE: f32 = 0.5;
/// Most passes of the mesh over its own region. Loose boxes start 12–20 px off; three passes bring the rest below 0.5 %.
const MAX_PASSES: usize = 5;
/// The region stands still when it moves less than this part of its side.
const STILL: f32 = 0.004;
/// The fine search looks at squares this part of the frame's shorter side. Brow to chin, drawn faces of a sixteenth of it are found wherever
/// they are, portraits of a fourteenth; of a twentieth hardly any.
const FINE: f32 = 0.5;

/// What is known about the faces in one frame.
#[derive(Clone, Debug, Default)]
pub struct FaceReading {
    /// Every face, the main one first, the others by size. The main one's box encloses its mesh.
    pub faces: Vec<FaceBox>,
    /// The main face's landmarks.
    pub mesh: Option<Mesh>,
    /// How the main face is turned.
    pub pose: Option<Pose>,
    /// Probability that the mesh lies on a face, 0..1; 0 without a mesh.
    pub presence: f32,
}

/// Finds the main face and counts the others. One finder belongs to one camera or one series of stills; it remembers the
/// face it tracks.
pub struct FaceFinder {
    nets: FaceNets,
    /// A second detector, for half of the windows of a still.
    second: Option<FaceDetector>,
    /// Where the tracked face will be looked for.
    tracked: Option<Region>,
    /// Other faces of the live picture, with the number of frames since each was last confirmed.
    bystanders: Vec<(FaceBox, usize)>,
    /// The window that looks for bystanders next.
    sweep: usize,
    /// Time that the mesh took in the last search or frame.
    mesh_time: Duration,
}

impl FaceFinder {
    /// A finder that has seen nothing yet.
    pub fn new(nets: FaceNets) -> Self {
        Self {
            nets,
            second: None,
            tracked: None,
            bystanders: Vec::new(),
            sweep: 0,
            mesh_time: Duration::ZERO,
        }
    }

    /// A finder for stills, with a second detector where a second thread helps.
    pub(crate) fn load_on(processor: Processor, face_mesh: &ModelBytes) -> Result<Self, ModelError> {
        let second = processor.helped.then(|| FaceNets::load_on(processor, face_mesh)).transpose()?;
        let finder = Self::new(FaceNets::load_on(processor, face_mesh)?);
        Ok(Self { second: second.map(|nets| nets.detector), ..finder })
    }

    /// The nets, for callers that need the canonical face.
    pub fn nets(&self) -> &FaceNets {
        &self.nets
    }

    /// Forgets the tracked face: the next person's first frame must not start from it.
    pub fn forget(&mut self) {
        self.tracked = None;
        self.bystanders.clear();
    }

    /// Searches a still: every face down to a fourteenth of the shorter side, the largest one measured until its mesh stands
    /// still. Does not touch the live track.
    pub fn find(&mut self, image: &RgbImage) -> FaceReading {
        self.find_in(&Pyramid::new(image))
    }

    /// The same for an image whose halvings are there already.
    pub fn find_in(&mut self, image: &Pyramid) -> FaceReading {
        self.mesh_time = Duration::ZERO;
        let mut candidates = self.detect(image, &coarse_windows(image.size()));
        let mut fine = fine_windows(image.size());
        if let Some(sitter) = candidates.first().map(|face| behind(face, image.size())) {
            fine.retain(|window| sitter.iter().map(|part| shared(window, part)).sum::<f32>() < HIDDEN);
        }
        candidates = one_of_each(candidates.into_iter().chain(self.proposals(image, &fine)));

        let mut main = None;
        while main.is_none() && !candidates.is_empty() {
            main = self.settle(image, candidates.remove(0).region());
        }
        let Some((mesh, presence)) = main else {
            return FaceReading::default();
        };
        let bounds = mesh.bounds(presence);
        candidates.retain(|face| !face.is_same_face(&bounds));
        candidates.retain(|face| self.place(image, face.region()).1 >= MIN_PRESENCE);
        self.reading(mesh, presence, candidates)
    }

    /// Follows the main face from frame to frame; where there is none, searches the frame coarsely. One window a frame
    /// looks for other faces, so a bystander is counted within a second.
    pub fn track(&mut self, image: &RgbImage) -> FaceReading {
        let pyramid = Pyramid::new(image);
        self.mesh_time = Duration::ZERO;
        let followed = self.tracked.take().map(|region| self.place(&pyramid, region));
        let main = match followed {
            Some((mesh, presence)) if presence >= MIN_PRESENCE => Some((mesh, presence)),
            _ => {
                let candidates = self.detect(&pyramid, &coarse_windows(pyramid.size()));
                candidates.iter().find_map(|face| self.settle(&pyramid, face.region()))
            }
        };
        let Some((mesh, presence)) = main else {
            self.forget();
            return FaceReading::default();
        };
        self.tracked = Some(mesh.region());
        self.look_for_bystanders(&pyramid, &mesh.bounds(presence));
        let others = self.bystanders.iter().map(|(face, _)| *face).collect();
        self.reading(mesh, presence, others)
    }

    fn reading(&self, mesh: Mesh, presence: f32, mut others: Vec<FaceBox>) -> FaceReading {
        others.sort_by(|a, b| b.area().total_cmp(&a.area()));
        others.insert(0, mesh.bounds(presence));
        let pose = Pose::fit(&mesh, &self.nets.canonical);
        FaceReading { faces: others, mesh: Some(mesh), pose: Some(pose), presence }
    }

    /// Faces of all windows, largest first, each once.
    fn detect(&mut self, image: &Pyramid, windows: &[Region]) -> Vec<FaceBox> {
        one_of_each(self.proposals(image, windows).into_iter())
    }

    /// Faces of the windows in their order, whoever looked at them.
    fn proposals(&mut self, image: &Pyramid, windows: &[Region]) -> Vec<FaceBox> {
        let look = |detector: &mut FaceDetector, windows: &[Region]| -> Vec<FaceBox> {
            windows.iter().flat_map(|window| detector.detect(image, *window)).collect()
        };
        let Some(second) = self.second.as_mut().filter(|_| windows.len() > 1) else {
            return look(&mut self.nets.detector, windows);
        };
        let (here, there) = windows.split_at(windows.len().div_ceil(2));
        let (mut found, others) = both(|| look(&mut self.nets.detector, here), || look(second, there));
        found.extend(others);
        found
    }

    /// Time that the mesh took in the last search or frame: all its passes, and those that confirmed or denied other faces.
    pub fn mesh_time(&self) -> Duration {
        self.mesh_time
    }

    fn place(&mut self, image: &Pyramid, region: Region) -> (Mesh, f32) {
        let started = Instant::now();
        let placed = self.nets.mesher.place(image, region);
        self.mesh_time += started.elapsed();
        placed
    }

    /// Runs the mesh on `region`, then on the region of its own landmarks, until that stands still.
    fn settle(&mut self, image: &Pyramid, mut region: Region) -> Option<(Mesh, f32)> {
        let mut last = None;
        for _ in 0..MAX_PASSES {
            let (mesh, presence) = self.place(image, region);
            if presence < MIN_PRESENCE {
                return None;
            }
            let next = mesh.region();
            let still = distance(region, next) < STILL * next.size[0];
            last = Some((mesh, presence));
            region = next;
            if still {
                break;
            }
        }
        last
    }

    /// Looks at one window and keeps what was seen for as long as a round over all windows takes.
    fn look_for_bystanders(&mut self, image: &Pyramid, main: &FaceBox) {
        let mut windows = coarse_windows(image.size());
        windows.extend(fine_windows(image.size()));
        let window = windows[self.sweep % windows.len()];
        self.sweep = (self.sweep + 1) % windows.len();

        for (_, age) in &mut self.bystanders {
            *age += 1;
        }
        for face in self.nets.detector.detect(image, window) {
            let known = self.bystanders.iter().position(|(known, _)| known.is_same_face(&face));
            match known {
                _ if face.is_same_face(main) => {}
                Some(known) => self.bystanders[known] = (face, 0),
                None if self.place(image, face.region()).1 >= MIN_PRESENCE => {
                    self.bystanders.push((face, 0));
                }
                None => {}
            }
        }
        self.bystanders.retain(|(face, age)| *age <= windows.len() && !face.is_same_face(main));
    }
}

/// Each face once, the surest of its proposals, largest first.
fn one_of_each(proposals: impl Iterator<Item = FaceBox>) -> Vec<FaceBox> {
    let mut faces: Vec<FaceBox> = Vec::new();
    for face in proposals {
        match faces.iter_mut().find(|known| known.is_same_face(&face)) {
            Some(known) if known.score < face.score => *known = face,
            Some(_) => {}
            None => faces.push(face),
        }
    }
    faces.sort_by(|a, b| b.area().total_cmp(&a.area()));
    faces
}

/// Share of a small window that the sitter hides from which on nobody else is looked for there.
const HIDDEN: f32 = 0.8;

/// What the sitter hides: the head, and the body from the chin to the frame's lower edge. Left, top, right, bottom each.
fn behind(face: &FaceBox, (_, height): (u32, u32)) -> [[f32; 4]; 2] {
    /// Half of the head and of the shoulders in widths of the face, and hair above the box in its heights.
    const HEAD: f32 = 0.65;
    const SHOULDERS: f32 = 1.25;
    const HAIR: f32 = 0.4;
    let (middle, chin) = (face.left + face.width / 2.0, face.top + face.height);
    let [head, shoulders] = [HEAD, SHOULDERS].map(|reach| reach * face.width);
    [
        [middle - head, face.top - HAIR * face.height, middle + head, chin],
        [middle - shoulders, chin, middle + shoulders, height as f32],
    ]
}

/// Share of an upright window inside of a rectangle.
fn shared(window: &Region, [left, top, right, bottom]: &[f32; 4]) -> f32 {
    let along = |axis: usize, low: f32, high: f32| {
        let (start, length) = (window.centre[axis] - window.size[axis] / 2.0, window.size[axis]);
        ((start + length).min(high) - start.max(low)).max(0.0) / length
    };
    along(0, *left, *right) * along(1, *top, *bottom)
}

fn distance(a: Region, b: Region) -> f32 {
    let moved = libm::hypotf(a.centre[0] - b.centre[0], a.centre[1] - b.centre[1]);
    moved.max((a.size[0] - b.size[0]).abs()).max((a.angle - b.angle).abs() * b.size[0] / 2.0)
}

/// Squares of the whole shorter side, overlapping by a third at least, the middle one first; then the whole frame
/// letterboxed, for a face larger than that.
fn coarse_windows(size: (u32, u32)) -> Vec<Region> {
    let (width, height) = (size.0 as f32, size.1 as f32);
    let side = width.min(height);
    let mut windows = squares(width, height, side);
    windows.sort_by(|a, b| {
        let from_middle = |region: &Region| {
            (region.centre[0] - width / 2.0).abs() + (region.centre[1] - height / 2.0).abs()
        };
        from_middle(a).total_cmp(&from_middle(b))
    });
    if size.0 != size.1 {
        let long = width.max(height);
        windows.push(Region::upright((width - long) / 2.0, (height - long) / 2.0, long, long));
    }
    windows
}

/// Smaller squares for smaller faces.
fn fine_windows(size: (u32, u32)) -> Vec<Region> {
    let (width, height) = (size.0 as f32, size.1 as f32);
    squares(width, height, width.min(height) * FINE)
}

/// Squares of `side` that cover the frame in steps of two thirds of it at most, so that a face of a third is whole in one.
fn squares(width: f32, height: f32, side: f32) -> Vec<Region> {
    let starts = |length: f32| -> Vec<f32> {
        let steps = ((length - side) / (side * 2.0 / 3.0)).ceil().clamp(0.0, 16.0) as usize;
        (0..=steps).map(|step| (length - side) * step as f32 / steps.max(1) as f32).collect()
    };
    let lefts = starts(width);
    let row =
        |top: f32| lefts.iter().map(move |left| Region::upright(*left, top, side, side)).collect::<Vec<_>>();
    starts(height).into_iter().flat_map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::face::{CanonicalFace, FaceMesher};
    use crate::landmarks;
    use crate::model::{Model, Signature};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// A net whose outputs are written beforehand. It counts its runs.
    struct Scripted {
        input: Vec<f32>,
        outputs: Vec<Vec<f32>>,
        runs: Arc<AtomicUsize>,
    }

    impl Model for Scripted {
        fn signature(&self) -> Signature {
            Signature { input: self.input.len(), outputs: self.outputs.iter().map(Vec::len).collect() }
        }

        fn input(&mut self) -> &mut [f32] {
            &mut self.input
        }

        fn run(&mut self) {
            self.runs.fetch_add(1, Ordering::Relaxed);
        }

        fn output(&self, index: usize) -> &[f32] {
            self.outputs.get(index).map_or(&[], Vec::as_slice)
        }
    }

    struct Runs {
        detector: Arc<AtomicUsize>,
        mesher: Arc<AtomicUsize>,
    }

    impl Runs {
        /// Runs of detector and mesher since the last call.
        fn take(&self) -> [usize; 2] {
            [&self.detector, &self.mesher].map(|runs| runs.swap(0, Ordering::Relaxed))
        }
    }

    /// A detector that sees a face in the middle of every window, and a mesh that confirms it with `presence` (a logit).
    /// The mesh spans two thirds of its region, so the region stands still at once.
    fn finder(presence: f32) -> (FaceFinder, Runs) {
        let runs = Runs { detector: Arc::default(), mesher: Arc::default() };
        let mut numbers = vec![0.0; 896 * 16];
        let mut logits = vec![-100.0; 896];
        let middle = (8 * 16 + 8) * 2;
        numbers[middle * 16..][..4].copy_from_slice(&[-4.0, -4.0, 40.0, 40.0]);
        logits[middle] = 5.0;
        let detector = Scripted {
            input: vec![0.0; 128 * 128 * 3],
            outputs: vec![numbers, logits],
            runs: runs.detector.clone(),
        };
        let mut face = [96.0, 96.0, 0.0].repeat(landmarks::FACE_COUNT);
        let mut put = |index: usize, x: f32, y: f32| face[3 * index..][..2].copy_from_slice(&[x, y]);
        put(landmarks::FOREHEAD_TOP, 96.0, 32.0);
        put(landmarks::CHIN, 96.0, 160.0);
        put(landmarks::RIGHT_EYE_OUTER_CORNER, 60.0, 80.0);
        put(landmarks::LEFT_EYE_OUTER_CORNER, 132.0, 80.0);
        let corner = |x: f32| {
            let mut eye = [96.0, 80.0].repeat(71);
            eye[0] = x;
            eye
        };
        let (lips, iris) = ([96.0, 120.0].repeat(80), [96.0, 80.0].repeat(5));
        let outputs = vec![face, lips, corner(60.0), corner(132.0), iris.clone(), iris, vec![presence]];
        let mesher = Scripted { input: vec![0.0; 192 * 192 * 3], outputs, runs: runs.mesher.clone() };
        let basis = vec![(33, 1.0), (263, 1.0), (152, 1.0)];
        let vertices = (0..landmarks::FACE_COUNT).map(|i| [i as f32 % 7.0, i as f32 % 5.0, 0.0]).collect();
        let canonical = CanonicalFace { vertices, basis, ..CanonicalFace::default() };
        let nets = FaceNets {
            detector: FaceDetector::new(Box::new(detector)).unwrap(),
            mesher: FaceMesher::new(Box::new(mesher)).unwrap(),
            canonical,
        };
        (FaceFinder::new(nets), runs)
    }

    #[test]
    fn a_tracked_face_costs_one_mesh_and_one_look_around() {
        let (mut finder, runs) = finder(5.0);
        let frame = RgbImage::new(320, 320);
        let first = finder.track(&frame);
        assert_eq!(first.faces.len(), 1);
        assert!(runs.take()[0] > 0, "the first frame searches");
        finder.track(&frame);
        assert_eq!(runs.take()[0], 1, "later frames look at one window");
        finder.forget();
        finder.track(&frame);
        assert!(runs.take()[0] > 1, "after forgetting the frame is searched again");
    }

    #[test]
    fn a_detection_that_the_mesh_denies_is_no_face() {
        let (mut finder, runs) = finder(-5.0);
        let frame = RgbImage::new(320, 320);
        for reading in [finder.find(&frame), finder.track(&frame)] {
            assert!(reading.faces.is_empty() && reading.mesh.is_none() && reading.pose.is_none());
            assert!(reading.presence.abs() < 1e-6);
        }
        let [_, meshes] = runs.take();
        assert!(meshes > 0);
    }

    #[test]
    fn an_empty_image_has_no_face_and_no_panic() {
        let (mut finder, _) = finder(-5.0);
        for (width, height) in [(0, 0), (1, 1), (3, 900)] {
            assert!(finder.find(&RgbImage::new(width, height)).faces.is_empty());
            assert!(finder.track(&RgbImage::new(width, height)).faces.is_empty());
        }
    }

    #[test]
    fn windows_cover_the_frame_with_overlap() {
        let coarse = coarse_windows((1280, 720));
        assert_eq!(coarse[0], Region::upright(280.0, 0.0, 720.0, 720.0), "the middle comes first");
        assert_eq!(coarse.len(), 4);
        let fine = fine_windows((1280, 720));
        for x in (0..1280).step_by(10) {
            for y in (0..720).step_by(10) {
                let covered = fine.iter().any(|w| {
                    (w.centre[0] - x as f32).abs() <= w.size[0] / 2.0
                        && (w.centre[1] - y as f32).abs() <= w.size[1] / 2.0
                });
                assert!(covered, "{x} {y}");
            }
        }
        assert_eq!(coarse_windows((600, 600)), [Region::upright(0.0, 0.0, 600.0, 600.0)]);
    }
}
