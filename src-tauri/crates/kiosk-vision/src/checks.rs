//! What a recipient's checker or a reviewer looks at, measured. One file a family; one measure a check; the limits are data in
//! the recipient's profile.
//!
//! Everything is measured at the size of the photo, whatever the camera: limits then mean the same for every studio, and what is
//! judged is what the recipient will see. A measure that cannot be made on a picture is `unknown`, never a pass.

mod background;
mod colour;
mod covering;
mod expression;
pub(crate) mod eyes;
pub mod file;
pub(crate) mod focus;
mod geometry;
mod light;
pub mod live;
pub mod pixels;
pub(crate) mod pose;
mod recapture;
mod shoulders;

use image::RgbImage;
use kiosk_core::{Check, CheckId, Geometry, Profile, Transform};

use crate::face::Mesh;
use crate::landmarks as lm;
use crate::matting::raster::Raster;
use crate::matting::regions::polygon;
use crate::pose::Pose;

/// A sitter at the size of the photo, ready to be measured.
pub struct Sitting<'a> {
    /// The crop, plainly resized, with the wall that was in front of the camera (or the background of a finished photo).
    pub photo: &'a RgbImage,
    /// The camera's own pixels, upright.
    pub shot: &'a RgbImage,
    /// From `shot` to `photo`.
    pub transform: Transform,
    /// Share of person in each pixel of `photo`.
    pub alpha: &'a Raster<f32>,
    /// Landmarks in pixels of `photo`.
    pub mesh: &'a Mesh,
    /// Turn of the head.
    pub pose: Pose,
    /// Faces in the whole picture.
    pub faces: usize,
    /// The measured bands.
    pub geometry: Geometry,
    /// Photo pixels for which the shot has no body.
    pub missing: f64,
    /// The hair touches the shot's upper edge.
    pub crown_cut: bool,
    /// Photo pixels a shot pixel; `None` for a finished photo, whose history is not known.
    pub scale: Option<f64>,
    /// The recipient.
    pub profile: &'a Profile,
}

/// Makes every check that looks at the picture, in the order of [`CheckId::ALL`]; the file's own checks are in [`file`].
#[must_use]
pub fn measure(sitting: &Sitting<'_>) -> Vec<Check> {
    let skin = Skin::of(sitting.photo, sitting.mesh);
    let mut checks = Vec::with_capacity(CheckId::ALL.len());
    geometry::measure(sitting, &mut checks);
    checks.extend(pose::checks(sitting.pose, sitting.profile));
    eyes::measure(sitting, &skin, &mut checks);
    checks.extend(expression::checks(sitting.mesh, sitting.profile));
    focus::measure(sitting, &skin, &mut checks);
    light::measure(sitting, &skin, &mut checks);
    colour::measure(sitting, &skin, &mut checks);
    background::measure(sitting, &mut checks);
    covering::measure(sitting, &skin, &mut checks);
    shoulders::measure(sitting, &mut checks);
    recapture::measure(sitting, &mut checks);
    checks.sort_by_key(|check| check.id);
    checks
}

/// The background's evenness alone, for a photo whose background was replaced after everything else was measured.
#[must_use]
pub fn uniform_background(sitting: &Sitting<'_>) -> Check {
    background::uniform(sitting)
}

/// Every check that looks at the picture as `unknown`: no nets, or no face.
#[must_use]
pub fn unmeasured(profile: &Profile) -> Vec<Check> {
    let ids = CheckId::ALL.iter().copied().filter(|id| !file::IDS.contains(id));
    ids.map(|id| Check { limit: profile.limits.get(&id).map(|l| l.pass), ..Check::unknown(id, "") }).collect()
}

/// Judges a measure that may not exist.
fn judged(profile: &Profile, id: CheckId, value: Option<f32>, unit: &str) -> Check {
    match value {
        Some(value) => profile.judge(id, f64::from(value), unit),
        None => Check { limit: profile.limits.get(&id).map(|limit| limit.pass), ..Check::unknown(id, unit) },
    }
}

/// Skin and the measuring spots on it.
struct Skin {
    /// The face's outline as a region.
    face: Raster<bool>,
    /// Cheek squares, the sitter's right first (ISO/IEC 29794-5, illumination uniformity).
    cheeks: [Vec<[u8; 3]>; 2],
}

/// Middle of the right and left cheek, between eye bag and mouth corner, and of the forehead above the nose root.
pub(crate) const RIGHT_CHEEK_MIDDLE: usize = 50;
pub(crate) const LEFT_CHEEK_MIDDLE: usize = 280;
const FOREHEAD_MIDDLE: usize = 151;
/// Side of the measuring squares in pupil distances (ISO/IEC 29794-5, 7.3.2).
const PATCH: f32 = 0.3;

impl Skin {
    fn of(photo: &RgbImage, mesh: &Mesh) -> Self {
        let outline: Vec<[f32; 2]> = lm::FACE_OVAL.iter().map(|&i| mesh.point(i)).collect();
        let side = PATCH * mesh.pupil_distance();
        let patch = |index: usize| pixels::patch(photo, mesh.point(index), side);
        Self {
            face: polygon(photo.width() as usize, photo.height() as usize, &outline),
            cheeks: [patch(RIGHT_CHEEK_MIDDLE), patch(LEFT_CHEEK_MIDDLE)],
        }
    }

    /// Median skin colour of the cheeks, L*a*b*.
    fn colour(&self) -> Option<[f32; 3]> {
        pixels::median_lab(&self.cheeks.concat())
    }
}

/// Eyes to chin, pixels: the unit of openings in ISO/IEC 29794-5 ("T").
fn eye_to_chin(mesh: &Mesh) -> f32 {
    let eyes = mesh.mean(&[lm::RIGHT_PUPIL, lm::LEFT_PUPIL]);
    let chin = mesh.point(lm::CHIN);
    libm::hypotf(eyes[0] - chin[0], eyes[1] - chin[1])
}
