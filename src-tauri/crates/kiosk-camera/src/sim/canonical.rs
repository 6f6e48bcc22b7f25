//! MediaPipe's canonical face and the names of its landmarks.

use std::sync::LazyLock;

use glam::{Vec2, Vec3};

use super::mesh::Triangle;

/// 468 vertices in centimetres: x to the sitter's left, y up, z to the camera; the origin lies inside of the
/// head behind the nose. See the file's head for its source and licence.
pub(crate) struct Canonical {
    pub(crate) positions: Vec<Vec3>,
    /// Texture coordinates, 0–1, v down.
    pub(crate) uv: Vec<Vec2>,
    pub(crate) triangles: Vec<Triangle>,
}

pub(crate) static CANONICAL: LazyLock<Canonical> =
    LazyLock::new(|| parse(include_str!("../../assets/canonical_face.obj")));

fn parse(text: &str) -> Canonical {
    let mut face = Canonical { positions: Vec::new(), uv: Vec::new(), triangles: Vec::new() };
    for line in text.lines() {
        let mut words = line.split_ascii_whitespace();
        let kind = words.next();
        let n: Vec<f32> = words.filter_map(|w| w.parse().ok()).collect();
        match (kind, &n[..]) {
            (Some("v"), [x, y, z]) => face.positions.push(Vec3::new(*x, *y, *z)),
            (Some("vt"), [u, v]) => face.uv.push(Vec2::new(*u, *v)),
            (Some("f"), [a, b, c]) => face.triangles.push([a, b, c].map(|i| *i as u32 - 1)),
            _ => {}
        }
    }
    face
}

/// The outline of the face, from the forehead over the sitter's left cheek.
pub(crate) const OVAL: [u32; 36] = [
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176,
    149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
];
/// Cheeks, the ends of the face's width: the sitter's right, left.
pub(crate) const CHEEKS: [usize; 2] = [234, 454];
pub(crate) const CHIN: usize = 152;

/// One eye's landmarks: the sitter's right and left eye in the same order.
pub(crate) struct EyeLandmarks {
    pub(crate) outer: usize,
    pub(crate) inner: usize,
    /// From the outer to the inner corner, without the corners.
    pub(crate) upper: [usize; 7],
    /// As `upper`.
    pub(crate) lower: [usize; 7],
    /// The fold above the lid, outer to inner.
    pub(crate) fold: [usize; 7],
    /// Upper edge of the brow, outer to inner.
    pub(crate) brow_top: [usize; 5],
    /// Lower edge of the brow, outer to inner.
    pub(crate) brow_bottom: [usize; 5],
}

pub(crate) const EYES: [EyeLandmarks; 2] = [
    EyeLandmarks {
        outer: 33,
        inner: 133,
        upper: [246, 161, 160, 159, 158, 157, 173],
        lower: [7, 163, 144, 145, 153, 154, 155],
        fold: [247, 30, 29, 27, 28, 56, 190],
        brow_top: [70, 63, 105, 66, 107],
        brow_bottom: [46, 53, 52, 65, 55],
    },
    EyeLandmarks {
        outer: 263,
        inner: 362,
        upper: [466, 388, 387, 386, 385, 384, 398],
        lower: [249, 390, 373, 374, 380, 381, 382],
        fold: [467, 260, 259, 257, 258, 286, 414],
        brow_top: [300, 293, 334, 296, 336],
        brow_bottom: [276, 283, 282, 295, 285],
    },
];

/// Lip contours from the sitter's right to the left corner, corners included.
pub(crate) const LIPS_OUTER_TOP: [usize; 11] = [61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291];
pub(crate) const LIPS_OUTER_BOTTOM: [usize; 11] = [61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291];
pub(crate) const LIPS_INNER_TOP: [usize; 11] = [78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308];
pub(crate) const LIPS_INNER_BOTTOM: [usize; 11] = [78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_canonical_face_is_whole_and_symmetric() {
        let face = &*CANONICAL;
        assert_eq!((face.positions.len(), face.uv.len(), face.triangles.len()), (468, 468, 898));
        for (right, left) in std::iter::zip(EYES[0].upper, EYES[1].upper).chain([(CHEEKS[0], CHEEKS[1])]) {
            let (r, l) = (face.positions[right], face.positions[left]);
            assert!((r + l).x.abs() < 1e-3 && (r - l).yz().length() < 1e-3, "{right} {left}");
        }
    }

    use glam::Vec3Swizzles;
}
