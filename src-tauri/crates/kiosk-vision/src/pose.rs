//! How a head is turned: the rotation that carries the canonical face to a mesh.

use crate::face::{CanonicalFace, Mesh};

/// Turn of the head in degrees, zero when it faces the camera.
///
/// Signs, as the image shows it: **yaw** grows as the nose turns to the image's right, **pitch** as the nose goes up,
/// **roll** as the head leans clockwise (top of the head to the image's right).
///
/// The mesh has no perspective model, so pitch carries an offset that depends on the camera's height and focal length
/// (−13..+10° was measured on faces that are straight): calibrate it, or use differences.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pose {
    /// Turn about the vertical axis.
    pub yaw: f32,
    /// Turn about the line through the ears.
    pub pitch: f32,
    /// Turn about the line of sight.
    pub roll: f32,
    /// Pixels a centimetre of the canonical face.
    pub scale: f32,
    /// Root mean square distance between the fitted canonical face and the mesh, pixels.
    pub residual: f32,
}

impl Pose {
    /// Fits rotation, scale and translation to the landmarks of the canonical basis by Horn's closed form (B. K. P. Horn,
    /// "Closed-form solution of absolute orientation using unit quaternions", 1987).
    pub fn fit(mesh: &Mesh, face: &CanonicalFace) -> Self {
        let pairs = centred_pairs(mesh, face);
        let rotation = rotation(&pairs);
        let spread = |part: fn(&Pair) -> [f64; 3]| {
            pairs.iter().map(|pair| pair.weight * dot(part(pair), part(pair))).sum::<f64>()
        };
        let scale = (spread(|pair| pair.mesh) / spread(|pair| pair.face).max(f64::MIN_POSITIVE)).sqrt();
        let weights: f64 = pairs.iter().map(|pair| pair.weight).sum();
        let error: f64 = pairs.iter().map(|pair| pair.weight * pair.error(&rotation, scale)).sum();

        // Rotation = Rz(−roll) · Ry(yaw) · Rx(−pitch) in axes with y up and z towards the camera.
        let [[xx, ..], [yx, ..], [zx, zy, zz]] = rotation;
        Self {
            yaw: libm::asin((-zx).clamp(-1.0, 1.0)).to_degrees() as f32,
            pitch: -libm::atan2(zy, zz).to_degrees() as f32,
            roll: -libm::atan2(yx, xx).to_degrees() as f32,
            scale: scale as f32,
            residual: (error / weights.max(f64::MIN_POSITIVE)).sqrt() as f32,
        }
    }
}

/// A landmark of the canonical face and of the mesh, both relative to their weighted centres.
struct Pair {
    weight: f64,
    face: [f64; 3],
    mesh: [f64; 3],
}

impl Pair {
    fn error(&self, rotation: &[[f64; 3]; 3], scale: f64) -> f64 {
        let off: [f64; 3] =
            std::array::from_fn(|axis| dot(rotation[axis], self.face) * scale - self.mesh[axis]);
        dot(off, off)
    }
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn centred_pairs(mesh: &Mesh, face: &CanonicalFace) -> Vec<Pair> {
    let mut pairs: Vec<Pair> = face
        .basis
        .iter()
        .filter_map(|(index, weight)| {
            let (vertex, point) = (face.vertices.get(*index)?, mesh.points.get(*index)?);
            // Image axes to the canonical face's: y up, z towards the camera.
            let [x, y, z] = point.map(f64::from);
            Some(Pair { weight: f64::from(*weight), face: vertex.map(f64::from), mesh: [x, -y, -z] })
        })
        .collect();
    let total: f64 = pairs.iter().map(|pair| pair.weight).sum();
    let centre = |part: fn(&Pair) -> [f64; 3]| -> [f64; 3] {
        std::array::from_fn(|axis| {
            pairs.iter().map(|pair| pair.weight * part(pair)[axis]).sum::<f64>() / total
        })
    };
    let (face_centre, mesh_centre) = (centre(|pair| pair.face), centre(|pair| pair.mesh));
    for pair in &mut pairs {
        for axis in 0..3 {
            pair.face[axis] -= face_centre[axis];
            pair.mesh[axis] -= mesh_centre[axis];
        }
    }
    pairs
}

/// Horn: the best rotation is the quaternion with the largest eigenvalue of a 4 × 4 matrix of the correlations.
fn rotation(pairs: &[Pair]) -> [[f64; 3]; 3] {
    let s = |a: usize, b: usize| pairs.iter().map(|p| p.weight * p.face[a] * p.mesh[b]).sum::<f64>();
    let (xx, xy, xz) = (s(0, 0), s(0, 1), s(0, 2));
    let (yx, yy, yz) = (s(1, 0), s(1, 1), s(1, 2));
    let (zx, zy, zz) = (s(2, 0), s(2, 1), s(2, 2));
    let [w, x, y, z] = dominant_eigenvector([
        [xx + yy + zz, yz - zy, zx - xz, xy - yx],
        [yz - zy, xx - yy - zz, xy + yx, zx + xz],
        [zx - xz, xy + yx, yy - xx - zz, yz + zy],
        [xy - yx, zx + xz, yz + zy, zz - xx - yy],
    ]);
    [
        [1.0 - 2.0 * (y * y + z * z), 2.0 * (x * y - z * w), 2.0 * (x * z + y * w)],
        [2.0 * (x * y + z * w), 1.0 - 2.0 * (x * x + z * z), 2.0 * (y * z - x * w)],
        [2.0 * (x * z - y * w), 2.0 * (y * z + x * w), 1.0 - 2.0 * (x * x + y * y)],
    ]
}

/// Power iteration. The shift makes the largest eigenvalue also the largest in size; the start is near an upright face,
/// so a few dozen steps reach double precision.
fn dominant_eigenvector(matrix: [[f64; 4]; 4]) -> [f64; 4] {
    let shift = matrix.iter().flatten().fold(0.0, |largest: f64, entry| largest.max(entry.abs()));
    let mut vector = [1.0, 0.01, 0.01, 0.01];
    for _ in 0..200 {
        let next: [f64; 4] = std::array::from_fn(|row| {
            (0..4).map(|column| matrix[row][column] * vector[column]).sum::<f64>() + shift * vector[row]
        });
        let length = next.iter().map(|part| part * part).sum::<f64>().sqrt();
        if length == 0.0 || !length.is_finite() {
            return [1.0, 0.0, 0.0, 0.0];
        }
        vector = next.map(|part| part / length);
    }
    vector
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Points in general position stand in for the canonical face.
    fn face() -> CanonicalFace {
        let vertices: Vec<[f32; 3]> = (0..12_u8)
            .map(|i| {
                let t = f32::from(i);
                [(t * 1.3).sin() * 6.0, (t * 2.1).cos() * 8.0, (t * 0.7).sin() * 4.0]
            })
            .collect();
        let basis = (0..vertices.len()).map(|index| (index, 0.5 + index as f32 * 0.05)).collect();
        CanonicalFace { vertices, basis, ..CanonicalFace::default() }
    }

    /// The mesh of a head that first nods, then turns, then leans; written without reference to the fit.
    fn mesh(face: &CanonicalFace, yaw: f32, pitch: f32, roll: f32, scale: f32) -> Mesh {
        let turn = |a: f32, b: f32, degrees: f32| {
            let (sin, cos) = degrees.to_radians().sin_cos();
            (a * cos - b * sin, a * sin + b * cos)
        };
        let points = face.vertices.iter().map(|[x, y, z]| {
            let (z, y) = turn(*z, *y, pitch); // the nose (+z) rises (+y)
            let (z, x) = turn(z, *x, yaw); // the nose (+z) goes to the image's right (+x)
            let (y, x) = turn(y, x, roll); // the top of the head (+y) goes to the image's right (+x)
            [400.0 + x * scale, 300.0 - y * scale, 20.0 - z * scale]
        });
        Mesh { points: points.collect() }
    }

    #[test]
    fn recovers_known_turns_with_the_documented_signs() {
        let face = face();
        for (yaw, pitch, roll) in
            [(0.0, 0.0, 0.0), (25.0, 0.0, 0.0), (0.0, 18.0, 0.0), (0.0, 0.0, 12.0), (-20.0, 9.0, -7.0)]
        {
            let pose = Pose::fit(&mesh(&face, yaw, pitch, roll, 30.0), &face);
            assert!((pose.yaw - yaw).abs() < 1e-3, "{pose:?} for yaw {yaw}");
            assert!((pose.pitch - pitch).abs() < 1e-3, "{pose:?} for pitch {pitch}");
            assert!((pose.roll - roll).abs() < 1e-3, "{pose:?} for roll {roll}");
            assert!((pose.scale - 30.0).abs() < 1e-3 && pose.residual < 1e-3, "{pose:?}");
        }
    }

    #[test]
    fn an_empty_mesh_has_a_finite_pose() {
        let pose = Pose::fit(&Mesh { points: Vec::new() }, &face());
        assert!(pose.yaw.is_finite() && pose.pitch.is_finite() && pose.roll.is_finite());
    }
}
