//! Ears.

use std::f32::consts::TAU;

use glam::{Vec2, Vec3};

use super::body::Shell;
use super::rng::smoothstep;
use super::sitter::Sitter;
use super::texture::{Texture, linear, mix, scale};

/// Half width and half height, centimetres: 6 cm tall (mean of young adults, Brucker et al. 2003).
const HALF: Vec2 = Vec2::new(1.6, 3.0);
/// How far the back of the ear stands off the head.
const FLARE: f32 = 0.5;

/// The ear on the given side (−1 the sitter's right, 1 left).
pub(crate) fn ear(side: f32) -> Shell {
    let (sin, cos) = FLARE.sin_cos();
    let back = Vec3::new(side * sin, 0.12, -cos).normalize();
    let up = Vec3::new(0.0, 1.0, -0.14).normalize();
    let out = if side > 0.0 { up.cross(back) } else { back.cross(up) } * -1.0;
    let centre = Vec3::new(side * 7.8, 0.35, -3.3);
    Shell::grid(15, 40, true, |u, v| {
        let angle = if side > 0.0 { u * TAU } else { -u * TAU };
        let (s, c) = angle.sin_cos();
        // Broad above, with a lobe below; c > 0 is the back.
        let lobe = 1.0 - 0.28 * smoothstep(-0.35, -0.95, s);
        let outline = Vec2::new(c * HALF.x * lobe + s * 0.25, s * HALF.y);
        let p = outline * v.powf(0.8);
        let free = smoothstep(-0.75, 0.15, c + s * 0.35) * smoothstep(-0.98, -0.55, s);
        let bump = |at: f32, width: f32| (-((v - at) / width).powi(2)).exp();
        let height = -0.55 * bump(0.0, 0.42) + 0.3 * bump(0.6, 0.13) * free + 0.42 * bump(0.92, 0.07) * free
            - 0.75 * smoothstep(0.93, 1.0, v);
        let tragus = 0.35 * (-((p - Vec2::new(-1.1, -0.2)) / 0.55).length_squared()).exp();
        centre + back * p.x + up * p.y + out * (height + tragus)
    })
    .with_openness(|p, _| {
        let hollow = (-((p - centre - out * 0.1).length() / 1.35).powi(2)).exp();
        1.0 - 0.6 * hollow
    })
}

/// Skin of the ears: redder than the face.
pub(crate) fn paint_ear(sitter: &Sitter) -> Texture {
    let tone = linear(sitter.skin);
    let red = [tone[0] * 0.98, tone[1] * 0.7, tone[2] * 0.68];
    Texture::paint(2, 32, |_, v| {
        let shade = scale(mix(tone, red, 0.35 + 0.3 * v), 0.94);
        mix(shade, scale(red, 0.7), 0.5 * (-((v - 0.78) / 0.08_f32).powi(2)).exp())
    })
}
