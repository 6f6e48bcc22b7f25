//! What an open mouth shows.

use std::f32::consts::PI;

use glam::Vec3;

use super::body::Shell;
use super::rng::smoothstep;
use super::texture::{Texture, mix};

/// The dark behind the lips.
pub(crate) fn cavity() -> Shell {
    Shell::grid(6, 24, true, |u, v| {
        let (sin, cos) = (u * PI * 2.0).sin_cos();
        Vec3::new(2.7 * v * cos, -4.7 + 2.3 * v * sin, 2.6 + 0.6 * v)
    })
    .with_openness(|_, _| 0.5)
}

/// The upper row of teeth. Closed lips hide it.
pub(crate) fn teeth() -> Shell {
    Shell::grid(5, 40, false, |u, v| {
        let angle = (u - 0.5) * PI * 0.9;
        let (sin, cos) = angle.sin_cos();
        Vec3::new(2.1 * sin, -3.5 - 0.95 * v, 2.0 + 2.6 * cos + 0.1 * v)
    })
    .with_openness(|p, _| 0.35 + 0.5 * smoothstep(2.5, 4.6, p.z))
}

/// Enamel, with the gaps between ten teeth.
pub(crate) fn paint_teeth() -> Texture {
    Texture::paint(400, 32, |u, v| {
        let gap = ((u * 10.0).fract() - 0.5).abs();
        let root = smoothstep(0.55, 0.3, v);
        let shade = 1.0 - 0.55 * smoothstep(0.46, 0.5, gap);
        mix([0.62 * shade, 0.58 * shade, 0.5 * shade], [0.4, 0.16, 0.14], root)
    })
}
