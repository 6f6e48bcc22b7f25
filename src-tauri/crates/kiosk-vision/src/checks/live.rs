//! The checks that one live frame allows: from landmarks, pose and the face's own pixels, without an outline. Formulas and limits are
//! those of the finished photo, so that what coaching accepts is what is accepted in the end.

use image::RgbImage;
use kiosk_core::{Check, Geometry, Profile};

use super::{Skin, expression, eyes, geometry, light, pose};
use crate::face::{FaceReading, Mesh};
use crate::standardise::head;

/// What one frame says of its main face.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LiveChecks {
    /// In the order of [`kiosk_core::CheckId::ALL`]: `single_face`, yaw, pitch, roll, `eyes_open`, gaze, `mouth_closed`, expression,
    /// `under_exposure`, `over_exposure`, `left_right_light`, `glasses_glare`. Empty without a face.
    pub checks: Vec<Check>,
    /// Luminance of the cheek at the sitter's left less that of the other, over their sum: −1 to 1, positive when the sitter's
    /// *right* side is the darker one. `None` when a cheek is outside the frame.
    pub light_balance: Option<f32>,
}

/// Measures a frame. The time grows with the face, not with the frame.
#[must_use]
pub fn measure(reading: &FaceReading, frame: &RgbImage, profile: &Profile) -> LiveChecks {
    let (Some(mesh), Some(turn)) = (&reading.mesh, reading.pose) else { return LiveChecks::default() };
    let (face, mesh) = close_up(frame, mesh, profile);
    let skin = Skin::of(&face, &mesh);
    let mut checks = vec![geometry::single_face(reading.faces.len())];
    checks.extend(pose::checks(turn, profile));
    checks.extend(eyes::live(&face, &mesh, profile));
    checks.extend(expression::checks(&mesh, profile));
    checks.extend(light::live(&face, &skin, profile));
    checks.sort_by_key(|check| check.id);
    let balance = |[right, left]: [f32; 2]| (left - right) / (left + right).max(1e-4);
    LiveChecks { checks, light_balance: light::cheeks(&skin).map(balance) }
}

/// The bands of a photo whose measures would be `geometry`: `head_top`, `eye_line`, `face_width`, centred.
#[must_use]
pub fn bands(geometry: Geometry, profile: &Profile) -> [Check; 4] {
    geometry::bands(geometry, profile)
}

/// Room around the landmarks, in their width and height: lenses reach beyond the eyes.
const ROOM: f32 = 0.1;

/// The face cut out of the frame at about the photo's size, with its landmarks in pixels of the cut-out. A camera with more pixels is
/// averaged down by a whole factor, so that single burnt pixels count as they will in the photo.
fn close_up(frame: &RgbImage, mesh: &Mesh, profile: &Profile) -> (RgbImage, Mesh) {
    let bounds = mesh.bounds(1.0);
    let (across, down) = (ROOM * bounds.width, ROOM * bounds.height);
    let clip = |v: f32, most: u32| v.clamp(0.0, most as f32) as u32;
    let (left, top) = (clip(bounds.left - across, frame.width()), clip(bounds.top - down, frame.height()));
    let right = clip((bounds.left + bounds.width + across).ceil(), frame.width());
    let bottom = clip((bounds.top + bounds.height + down).ceil(), frame.height());

    let factor = ((head::face_width(mesh) / profile.bands.face_width.middle()).round() as u32).clamp(1, 16);
    let (columns, rows) = (right.saturating_sub(left) / factor, bottom.saturating_sub(top) / factor);
    let face = RgbImage::from_fn(columns, rows, |x, y| {
        let (x, y) = (left + x * factor, top + y * factor);
        if factor == 1 { *frame.get_pixel(x, y) } else { mean_of_block(frame, x, y, factor) }
    });
    let shrink = 1.0 / factor as f32;
    let points = mesh.points.iter();
    let points = points.map(|p| [(p[0] - left as f32) * shrink, (p[1] - top as f32) * shrink, p[2] * shrink]);
    (face, Mesh { points: points.collect() })
}

fn mean_of_block(frame: &RgbImage, left: u32, top: u32, side: u32) -> image::Rgb<u8> {
    let mut sum = [0u32; 3];
    for y in top..top + side {
        for x in left..left + side {
            for (sum, value) in sum.iter_mut().zip(frame.get_pixel(x, y).0) {
                *sum += u32::from(value);
            }
        }
    }
    image::Rgb(sum.map(|sum| (sum / (side * side)) as u8))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::face::fixtures::drawn_face;
    use crate::pose::Pose;
    use kiosk_core::{CheckId, Verdict};

    fn profile() -> Profile {
        Profile::from_toml(include_str!("../../../../../calibration/profiles/xueli-2017-99.toml")).unwrap()
    }

    /// The drawn face, turned to a side.
    fn reading(centre: [f32; 2], width: f32) -> FaceReading {
        drawn_face(centre, width, Pose { yaw: 20.0, ..Pose::default() })
    }

    fn lit(left: u8, right: u8, width: u32) -> RgbImage {
        let tone = move |x: u32| if x < width / 2 { left } else { right };
        RgbImage::from_fn(width, width * 9 / 16, move |x, _| image::Rgb([tone(x); 3]))
    }

    fn verdict(live: &LiveChecks, id: CheckId) -> Verdict {
        live.checks.iter().find(|check| check.id == id).unwrap().verdict
    }

    #[test]
    fn the_same_face_measures_alike_in_a_frame_of_twice_the_size() {
        let small = measure(&reading([640.0, 300.0], 250.0), &lit(150, 120, 1280), &profile());
        let large = measure(&reading([1280.0, 600.0], 500.0), &lit(150, 120, 2560), &profile());
        assert_eq!(small.checks.len(), 12);
        for (a, b) in small.checks.iter().zip(&large.checks) {
            assert_eq!((a.id, a.verdict), (b.id, b.verdict));
            assert!((a.value.unwrap_or(0.0) - b.value.unwrap_or(0.0)).abs() < 0.01, "{a:?} {b:?}");
        }
    }

    #[test]
    fn what_is_wrong_fails_and_the_dark_side_is_named() {
        let live = measure(&reading([640.0, 300.0], 250.0), &lit(60, 150, 1280), &profile());
        assert_eq!(verdict(&live, CheckId::Yaw), Verdict::Fail);
        assert_eq!(verdict(&live, CheckId::EyesOpen), Verdict::Pass);
        assert_eq!(verdict(&live, CheckId::LeftRightLight), Verdict::Fail);
        assert!(live.light_balance.unwrap() > 0.2, "the picture's left is the sitter's right");
        let even = measure(&reading([640.0, 300.0], 250.0), &lit(150, 150, 1280), &profile());
        assert_eq!(verdict(&even, CheckId::LeftRightLight), Verdict::Pass);
    }

    #[test]
    fn a_face_outside_the_frame_is_no_panic() {
        let frame = lit(150, 150, 320);
        for centre in [[-400.0, 90.0], [330.0, 170.0], [160.0, 900.0]] {
            let live = measure(&reading(centre, 200.0), &frame, &profile());
            assert_eq!(live.checks.len(), 12);
        }
        assert_eq!(measure(&FaceReading::default(), &frame, &profile()), LiveChecks::default());
    }
}
