//! Number and place of heads: the bands of the standard.

use kiosk_core::{Band, Check, CheckId, Geometry, Profile, Verdict};

use super::Sitting;

/// Inside a band, this share of its half-width next to the edge is a warning: checkers differ by a few pixels.
const EDGE: f64 = 0.1;

pub(super) fn measure(sitting: &Sitting<'_>, checks: &mut Vec<Check>) {
    let mut banded = bands(sitting.geometry, sitting.profile);
    if sitting.crown_cut {
        banded[0].verdict = Verdict::Fail;
    }
    checks.push(single_face(sitting.faces));
    checks.extend(banded);
    checks.extend([subject_size(sitting), resolution(sitting)]);
}

/// Faces in the picture.
pub(super) fn single_face(faces: usize) -> Check {
    Check::judge(CheckId::SingleFace, faces as f64, "count", [1.0, 1.0], 0.0)
}

/// The four measures that the standard gives bands for: head top, eye line, face width, centre.
pub(super) fn bands(geometry: Geometry, profile: &Profile) -> [Check; 4] {
    let bands = &profile.bands;
    let middle = f64::from(profile.photo.size.width) / 2.0;
    let banded = |id, value: f64, band: Band| {
        Check::judge(id, value, "px", [band.low, band.high], EDGE * band.half_width())
    };
    [
        banded(CheckId::HeadTop, geometry.head_top, bands.head_top),
        banded(CheckId::EyeLine, geometry.eye_line, bands.eye_line),
        banded(CheckId::FaceWidth, geometry.face_width, bands.face_width),
        Check::judge(
            CheckId::Centred,
            geometry.centre_x - middle,
            "px",
            [-bands.centre_tolerance, bands.centre_tolerance],
            2.0 * EDGE * bands.centre_tolerance,
        ),
    ]
}

/// Width of the face in the shot over the smallest that the standard allows in the photo; below 1 the photo would have to be
/// enlarged whatever the crop.
fn subject_size(sitting: &Sitting<'_>) -> Check {
    let in_shot = sitting.geometry.face_width / sitting.scale.unwrap_or(1.0);
    sitting.profile.judge(CheckId::SubjectSize, in_shot / sitting.profile.bands.face_width.low, "ratio")
}

/// Photo pixels a shot pixel. A finished photo does not tell how it was made.
fn resolution(sitting: &Sitting<'_>) -> Check {
    match sitting.scale {
        Some(scale) => sitting.profile.judge(CheckId::Resolution, scale, "ratio"),
        None => super::judged(sitting.profile, CheckId::Resolution, None, "ratio"),
    }
}
