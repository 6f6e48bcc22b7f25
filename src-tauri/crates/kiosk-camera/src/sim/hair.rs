//! Hair: a shell for the mass, strands for its surface and outline.

use std::f32::consts::{PI, TAU};

use glam::{Vec2, Vec3};

use super::body::Shell;
use super::head::{SKULL_CENTRE, SKULL_RADII};
use super::rng::{Rng, noise, smoothstep};
use super::sitter::{HairStyle, Sitter};
use super::texture::{Texture, linear, scale};

/// The shape of a cut: for every direction round the head, how far down and how thick.
#[derive(Debug, Clone)]
pub(crate) struct Cut {
    style: HairStyle,
    seed: u32,
}

/// Rows and columns of the shell.
const ROWS: usize = 40;
const COLUMNS: usize = 96;

impl Cut {
    pub(crate) fn of(sitter: &Sitter) -> Self {
        Self {
            style: sitter.hair,
            seed: sitter.seed as u32,
        }
    }

    /// Polar angle (0 crown, π below) where the hair ends towards `side` (0 front, π behind, ± sides).
    fn hairline(&self, side: f32) -> f32 {
        let a = side.abs();
        // Front: above the forehead; temples; in front of the ear; behind the ear; nape.
        let table: [(f32, f32); 8] = [
            (0.0, 1.02),
            (0.5, 1.06),
            (0.85, 1.2),
            (1.12, 1.5),
            (1.34, 1.86),
            (1.62, 1.62),
            (1.95, 2.25),
            (PI, 2.45),
        ];
        let i = table
            .windows(2)
            .position(|p| a <= p[1].0)
            .unwrap_or(table.len() - 2);
        let (p, q) = (table[i], table[i + 1]);
        p.1 + (q.1 - p.1) * smoothstep(p.0, q.0, a)
    }

    /// Thickness over the skull, centimetres.
    fn thickness(&self, side: f32, polar: f32) -> f32 {
        let a = side.abs();
        let (top, sides) = match self.style {
            HairStyle::Short => (2.0, 0.75),
            HairStyle::SideParted => (2.3, 1.15),
            HairStyle::Bob | HairStyle::Fringe => (1.8, 1.5),
            HairStyle::Long => (1.7, 1.2),
            HairStyle::Bun => (1.25, 0.75),
        };
        let t = smoothstep(0.35, 1.25, polar * (0.6 + 0.4 * smoothstep(0.0, 1.2, a)));
        top + (sides - top) * t
    }

    /// A point of the hair: `side` round the head, `down` 0 at the crown and 1 at the edge, `layer` 0 skin, 1 surface.
    pub(crate) fn at(&self, side: f32, down: f32, layer: f32) -> Vec3 {
        let end = self.hairline(side);
        let polar = 0.02 + down * end;
        let (sin, cos) = polar.sin_cos();
        let direction = Vec3::new(side.sin() * sin, cos, side.cos() * sin);
        let tuft = noise(side * 5.0, down * 3.0, self.seed) * 0.22;
        let edge = smoothstep(1.0, 0.82, down);
        let rise = (self.thickness(side, polar) + tuft) * layer * edge - 0.35 * (1.0 - edge);
        SKULL_CENTRE + direction * (SKULL_RADII + rise)
    }

    /// The mass of the hair.
    pub(crate) fn shell(&self) -> Shell {
        Shell::grid(ROWS, COLUMNS, true, |u, v| self.at(-(u * TAU - PI), v, 1.0)).with_openness(|p, n| {
            (0.75 + 0.25 * n.y).clamp(0.4, 1.0) * (0.8 + 0.2 * smoothstep(0.0, 6.0, p.y))
        })
    }
}

/// Streaks along the strands.
pub(crate) fn paint_hair(sitter: &Sitter) -> Texture {
    let colour = linear(sitter.hair_colour);
    let seed = sitter.seed as u32;
    Texture::paint(1024, 128, |u, v| {
        let streak = noise(u * 300.0, v * 3.0, seed) * 0.3 + noise(u * 90.0, v * 2.0, seed ^ 5) * 0.25;
        scale(colour, (1.0 + streak).max(0.2))
    })
}

/// One hair or lock as a line in space.
#[derive(Debug, Clone)]
pub(crate) struct Strand {
    pub(crate) points: Vec<Vec3>,
    /// Centimetres.
    pub(crate) width: f32,
    /// Against the hair's colour.
    pub(crate) shade: f32,
}

impl Cut {
    /// Strands over the shell.
    pub(crate) fn strands(&self, count: usize) -> Vec<Strand> {
        let mut rng = Rng::new(u64::from(self.seed) ^ 0x4A1);
        (0..count)
            .map(|_| {
                let side = rng.range(-PI, PI);
                let start = rng.range(0.0, 0.75);
                let length = rng.range(0.2, 0.45);
                let drift = rng.normal() * 0.08;
                let lift = rng.range(0.9, 1.06);
                let points = (0..=8)
                    .map(|k| {
                        let t = k as f32 / 8.0;
                        self.at(side + drift * t, (start + length * t).min(0.97), lift)
                    })
                    .collect();
                Strand {
                    points,
                    width: rng.range(0.03, 0.07),
                    shade: rng.range(0.6, 1.7),
                }
            })
            .collect()
    }
}

/// The texture coordinate of the shell's `side`.
pub(crate) fn _side_of(uv: Vec2) -> f32 {
    PI - uv.x * TAU
}
