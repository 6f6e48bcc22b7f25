//! Glasses: frames in space, and what the lenses do to the picture behind them.

use std::f32::consts::TAU;

use glam::{Vec2, Vec3, Vec4};

use super::body::Shell;
use super::light::Camera;
use super::raster::Layer;
use super::rng::smoothstep;
use super::sitter::Glasses;
use super::tube::{ring, tube};

/// Centre of the sitter's left lens and its half size, centimetres.
const LENS: Vec3 = Vec3::new(3.35, 2.35, 5.15);
const HALF: Vec2 = Vec2::new(2.5, 1.95);
/// Lenses follow the face.
const WRAP: f32 = 0.2;

fn on_lens(side: f32, x: f32, y: f32) -> Vec3 {
    LENS * Vec3::new(side, 1.0, 1.0) + Vec3::new(x, y, -(x * side) * WRAP)
}

/// Rims, bridge and temples.
pub(crate) fn frame() -> Vec<Shell> {
    let mut shells = Vec::new();
    for side in [-1.0, 1.0] {
        let points: Vec<Vec3> = (0..48)
            .map(|k| {
                let (sin, cos) = (k as f32 / 48.0 * TAU).sin_cos();
                let round = |v: f32| v.signum() * v.abs().powf(0.72);
                on_lens(side, round(cos) * HALF.x, round(sin) * HALF.y)
            })
            .collect();
        shells.push(ring(&points, 0.13));
        let hinge = on_lens(side, side * HALF.x, 0.7);
        shells.push(tube(
            &[
                (hinge, 0.15),
                (hinge + Vec3::new(side * 0.9, 0.05, -1.2), 0.13),
                (Vec3::new(side * 7.7, 2.9, -1.0), 0.12),
                (Vec3::new(side * 8.3, 2.6, -4.6), 0.12),
            ],
            6,
        ));
    }
    let nose = on_lens(1.0, -HALF.x, 0.35);
    shells.push(tube(
        &[
            (nose * Vec3::new(-1.0, 1.0, 1.0), 0.13),
            (Vec3::new(-0.4, nose.y + 0.28, nose.z + 0.22), 0.12),
            (Vec3::new(0.4, nose.y + 0.28, nose.z + 0.22), 0.12),
            (nose, 0.13),
        ],
        5,
    ));
    shells
}

/// Lays tint and reflections over what is behind the lenses.
pub(crate) fn draw_lenses(
    layer: &mut Layer,
    camera: &Camera,
    glasses: &Glasses,
    place: impl Fn(Vec3) -> Vec3,
) {
    for side in [-1.0, 1.0] {
        let at = |x: f32, y: f32| camera.project(place(on_lens(side, x, y))).0;
        let centre = at(0.0, 0.0);
        let (right, up) = (at(HALF.x, 0.0) - centre, at(0.0, HALF.y) - centre);
        let area = right.perp_dot(up);
        if area.abs() < 1.0 {
            continue;
        }
        let reach = right.abs() + up.abs();
        let origin = Vec2::new(layer.left as f32, layer.top as f32);
        let low = (centre - reach - origin).max(Vec2::ZERO).floor();
        let high = (centre + reach - origin).min(Vec2::new(layer.width as f32, layer.height as f32) - 1.0);
        for y in low.y as usize..=high.y.max(0.0) as usize {
            for x in low.x as usize..=high.x.max(0.0) as usize {
                let d = Vec2::new(x as f32 + 0.5, y as f32 + 0.5) + origin - centre;
                let p = Vec2::new(d.perp_dot(up) / area, right.perp_dot(d) / area);
                let rim = p.x.abs().powf(2.8) + p.y.abs().powf(2.8);
                let inside = smoothstep(1.02, 0.9, rim);
                if inside > 0.0 {
                    tint(&mut layer.colour[y * layer.width + x], p, inside, glasses);
                }
            }
        }
    }
}

fn tint(pixel: &mut Vec4, p: Vec2, inside: f32, glasses: &Glasses) {
    // A softbox mirrored in the upper half, slanted, and a thin sheen all over.
    let slant = p.x * 0.9 + p.y * 0.35;
    let band = smoothstep(-0.75, -0.6, slant) * smoothstep(0.25, 0.1, slant) * smoothstep(-0.5, -0.2, p.y);
    let sheen = 0.012 + glasses.glare * (0.05 + 0.95 * band);
    let keep = 1.0 - inside * (0.03 + 0.85 * glasses.tint);
    *pixel = (*pixel * keep + inside * sheen * pixel.w).with_w(pixel.w);
}
