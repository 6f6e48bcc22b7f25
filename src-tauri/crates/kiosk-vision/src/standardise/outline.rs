//! The outline of the head with its hair, for the lines over the preview.

use super::head;
use super::study::Study;
use crate::landmarks as lm;

/// Corners of the outline.
const CORNERS: usize = 60;
/// Farthest that hair is looked for, face widths from the root of the nose.
const REACH: f32 = 1.6;
/// Strands with gaps up to this many face widths between them are one head of hair.
const GAP: f32 = 0.02;

/// Outline of the head down to the chin's row, pixels of the shot, clockwise from the picture's right: where rays from the root
/// of the nose leave the sitter (alpha below a half). Empty when the matte does not hold the face.
pub fn of(study: &Study) -> Vec<[f32; 2]> {
    let (alpha, window) = (&study.matte.alpha, &study.window);
    let face = (head::face_width(&study.mesh) * window.scale) as f32;
    let [x, y] = window.point(study.mesh.point(lm::NOSE_ROOT));
    let chin = window.point(study.mesh.point(lm::CHIN))[1];
    let inside = |x: f32, y: f32| {
        let held = x >= 0.0 && y >= 0.0 && x < alpha.width as f32 && y < alpha.height as f32;
        held && y <= chin && alpha.data[y as usize * alpha.width + x as usize] > 0.5
    };
    if !inside(x, y) {
        return Vec::new();
    }
    let turn = |corner: usize| libm::sincosf(std::f32::consts::TAU * corner as f32 / CORNERS as f32);
    let radii: Vec<f32> = (0..CORNERS)
        .map(|corner| {
            let (sin, cos) = turn(corner);
            let mut edge = 0.0;
            for step in 0..(REACH * face) as usize {
                let r = step as f32;
                if inside(x + r * cos, y + r * sin) {
                    edge = r;
                } else if r - edge > GAP * face {
                    break;
                }
            }
            edge
        })
        .collect();
    (0..CORNERS)
        .map(|corner| {
            // The median of three neighbours: a single strand that stands off is not the outline.
            let mut near = [corner + CORNERS - 1, corner, corner + 1].map(|i| radii[i % CORNERS]);
            near.sort_by(f32::total_cmp);
            let (sin, cos) = turn(corner);
            window.shot_point([x + near[1] * cos, y + near[1] * sin])
        })
        .collect()
}
