//! The head's measures in the shot: from the landmarks, and from the outline for the top of the hair.

use super::crop::Head;
use crate::face::Mesh;
use crate::landmarks as lm;
use crate::matting::raster::Raster;
use crate::segment::PersonMask;

/// The mesh's cheek points over the width of the face as people place it, median of 82 frontal portraits.
pub const MESH_TO_FACE_WIDTH: f64 = 0.98;

/// Window in which the top of the hair is looked for, in face widths to both sides of the middle. A pony tail that stands off
/// sideways is not the top of the head.
const REACH: f64 = 0.5;
/// Share of that window that a row must cover to be hair and not a few stray ones.
const COVERED: f32 = 0.10;

/// Cheek to cheek, pixels of the shot.
#[must_use]
pub fn face_width(mesh: &Mesh) -> f64 {
    f64::from(mesh.distance(lm::RIGHT_CHEEK, lm::LEFT_CHEEK)) / MESH_TO_FACE_WIDTH
}

/// The measures that the landmarks give; the crown is `crown`.
#[must_use]
pub fn measured(mesh: &Mesh, crown: f64) -> Head {
    let [x, y] = mesh.mean(&[lm::RIGHT_PUPIL, lm::LEFT_PUPIL]).map(f64::from);
    Head { crown, eye_line: y, face_width: face_width(mesh), centre_x: x }
}

/// A first crown from the net's coarse mask: within a few cells of the truth, good enough to choose where to look closely.
#[must_use]
pub fn rough_crown(mask: &PersonMask, mesh: &Mesh) -> f64 {
    let head = measured(mesh, 0.0);
    let cell = f64::from(mask.region.size[1]) / crate::segment::SIDE as f64;
    let columns: Vec<f32> =
        (-8..=8).map(|i| (head.centre_x + f64::from(i) / 8.0 * REACH * head.face_width) as f32).collect();
    let covered = |y: f64| {
        let hits = columns.iter().filter(|&&x| mask.at(x, y as f32) > 0.5).count();
        hits as f32 >= 2.0 * COVERED * columns.len() as f32
    };
    let mut y = head.eye_line;
    while y > 0.0 && covered(y) {
        y -= cell / 2.0;
    }
    y.max(0.0)
}

/// Row of the top of the hair in an alpha raster, found upwards from `eye_line`: the last row that is covered to a tenth of the
/// window, so that stray hairs do not count. `None` when even the eyes' row is not covered.
#[must_use]
pub fn crown(alpha: &Raster<f32>, centre: f64, eye_line: f64, face_width: f64) -> Option<f64> {
    let clip = |x: f64| x.round().clamp(0.0, alpha.width as f64) as usize;
    let (left, right) = (clip(centre - REACH * face_width), clip(centre + REACH * face_width));
    let first = eye_line.round().clamp(0.0, alpha.height.saturating_sub(1) as f64) as usize;
    if left >= right {
        return None;
    }
    let coverage = |y: usize| alpha.row(y)[left..right].iter().sum::<f32>() / (right - left) as f32;
    let mut top = None;
    for y in (0..=first).rev() {
        let covered = coverage(y);
        if covered < COVERED {
            break;
        }
        top = Some((y, covered));
    }
    let (row, covered) = top?;
    // Between the last covered row and the one above it the outline crosses the share at a fraction of a row.
    let above = if row > 0 { coverage(row - 1) } else { covered };
    let fraction = if covered > above { (covered - COVERED) / (covered - above) } else { 0.0 };
    Some(row as f64 - f64::from(fraction.clamp(0.0, 1.0)) + 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stray_hairs_do_not_raise_the_crown() {
        let dome = |i: usize| {
            let (x, y) = ((i % 200) as f32, (i / 200) as f32);
            let head = (x - 100.0).hypot(y - 120.0) < 80.0;
            let stray = (x - 110.0).abs() < 1.0 && y > 10.0 && y < 60.0;
            f32::from(u8::from(head || stray))
        };
        let alpha = Raster::from_index(200, 240, dome);
        let crown = crown(&alpha, 100.0, 130.0, 120.0).unwrap();
        assert!((40.0..43.0).contains(&crown), "{crown}");
    }

    #[test]
    fn nothing_at_the_eyes_is_no_crown() {
        assert_eq!(crown(&Raster::filled(50, 50, 0.0), 25.0, 30.0, 20.0), None);
    }
}
