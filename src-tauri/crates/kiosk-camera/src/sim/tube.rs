//! Tubes along a line: fingers, spectacle frames.

use std::f32::consts::TAU;

use glam::{Vec2, Vec3};

use super::body::Shell;
use super::mesh::grid_triangles;

/// Vertices round a tube.
const AROUND: usize = 12;

/// A tube through points with radii, smoothed `steps` times between them, with a round end.
pub(crate) fn tube(points: &[(Vec3, f32)], steps: usize) -> Shell {
    let mut rings: Vec<(Vec3, f32)> = Vec::new();
    let get = |i: isize| points[i.clamp(0, points.len() as isize - 1) as usize];
    for i in 0..points.len() as isize - 1 {
        let [a, b, c, d] = [get(i - 1), get(i), get(i + 1), get(i + 2)];
        rings.extend((0..steps).map(|k| {
            let t = k as f32 / steps as f32;
            (catmull_rom(a.0, b.0, c.0, d.0, t), b.1 + (c.1 - b.1) * t)
        }));
    }
    let (tip, radius) = points[points.len() - 1];
    let forward = (tip - points[points.len() - 2].0).normalize_or_zero();
    rings.extend((0..=5).map(|k| {
        let (sin, cos) = (k as f32 / 5.0 * TAU / 4.0).sin_cos();
        (tip + forward * radius * sin, radius * cos.max(0.02))
    }));
    sweep(&rings, false)
}

/// A closed tube through `points`.
pub(crate) fn ring(points: &[Vec3], radius: f32) -> Shell {
    let rings: Vec<(Vec3, f32)> = points.iter().map(|p| (*p, radius)).collect();
    sweep(&rings, true)
}

fn catmull_rom(a: Vec3, b: Vec3, c: Vec3, d: Vec3, t: f32) -> Vec3 {
    b + 0.5 * t * (c - a + t * (2.0 * a - 5.0 * b + 4.0 * c - d + t * (3.0 * (b - c) + d - a)))
}

fn sweep(rings: &[(Vec3, f32)], closed: bool) -> Shell {
    let n = rings.len();
    let rows = if closed { n + 1 } else { n };
    let mut shell = Shell {
        positions: Vec::with_capacity(rows * AROUND),
        uv: Vec::with_capacity(rows * AROUND),
        triangles: grid_triangles(rows, AROUND, true),
        open: Vec::new(),
    };
    let mut side = Vec3::X;
    for i in 0..rows {
        let (before, after) =
            if closed { ((i + n - 1) % n, (i + 1) % n) } else { (i.saturating_sub(1), (i + 1).min(n - 1)) };
        let along = (rings[after].0 - rings[before].0).normalize_or(Vec3::Y);
        // Carries the frame along, so that the tube does not twist.
        side = (side - along * side.dot(along)).normalize_or(along.any_orthonormal_vector());
        let up = side.cross(along);
        let (centre, radius) = rings[i % n];
        for k in 0..AROUND {
            let (sin, cos) = (k as f32 / AROUND as f32 * TAU).sin_cos();
            shell.positions.push(centre + (side * cos + up * sin) * radius);
            shell.uv.push(Vec2::new(0.5, i as f32 / rows as f32));
        }
    }
    shell
}
