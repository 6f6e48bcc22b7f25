//! Eyeballs.

use std::f32::consts::{FRAC_PI_2, TAU};

use glam::{Mat3, Vec2, Vec3};

use super::body::Shell;
use super::head::EYE_RADII;
use super::rng::{noise, smoothstep};
use super::sitter::Sitter;
use super::texture::{Texture, mix};

/// Radius of the iris: 11.7 mm across in nearly everybody, which is what iris nets rely on.
pub(crate) const IRIS: f32 = 0.585;
const PUPIL: f32 = 0.24;
/// The texture shows the eye's front as seen from afar; this is its half width in centimetres.
const REACH: f32 = 1.6;

/// The front half of an eyeball about the origin. Its texture coordinates have to be turned by the gaze.
pub(crate) fn eyeball() -> Shell {
    Shell::grid(14, 32, true, |u, v| {
        let (sin, cos) = (u * TAU).sin_cos();
        let (out, front) = (v * FRAC_PI_2).sin_cos();
        Vec3::new(out * cos, out * sin, front) * EYE_RADII
    })
}

/// Texture coordinates of eyeball points for an eye that looks along `gaze` (head axes).
pub(crate) fn look(points: &[Vec3], gaze: Vec3) -> Vec<Vec2> {
    let turn = Mat3::from_quat(glam::Quat::from_rotation_arc(gaze, Vec3::Z));
    points
        .iter()
        .map(|p| {
            let q = turn * *p;
            Vec2::new(0.5 + q.x / REACH / 2.0, 0.5 - q.y / REACH / 2.0)
        })
        .collect()
}

/// White, iris, pupil.
pub(crate) fn paint_eye(sitter: &Sitter) -> Texture {
    let seed = sitter.seed as u32;
    let brown = [0.045, 0.02, 0.010];
    Texture::paint(320, 320, |u, v| {
        let at = Vec2::new(u - 0.5, v - 0.5) * 2.0 * REACH;
        let r = at.length();
        let angle = at.y.atan2(at.x);
        let veins = noise(angle * 9.0, r * 4.0, seed).max(0.0) * smoothstep(0.8, 1.4, r) * 0.12;
        let white = mix([0.66, 0.62, 0.59], [0.62, 0.4, 0.36], veins + 0.5 * smoothstep(0.95, 1.5, r));
        let fibres = 1.0 + 0.45 * noise(angle * 14.0, r * 5.0, seed ^ 4);
        let ring = smoothstep(0.3, 0.56, r);
        let lit = 1.2 + 0.9 * smoothstep(0.0, 0.5, at.y / IRIS);
        let iris = mix(brown.map(|c| c * fibres * lit * 1.2), [0.012, 0.008, 0.006], ring * 0.75);
        let colour = mix(iris, white, smoothstep(IRIS - 0.03, IRIS + 0.04, r));
        mix([0.004, 0.004, 0.005], colour, smoothstep(PUPIL - 0.02, PUPIL + 0.02, r))
    })
}
