//! Hair: a shell for the mass, strands for its surface and outline.

use std::f32::consts::{PI, TAU};

use glam::{Mat3, Vec3};

use super::body::Shell;
use super::head::{SKULL_CENTRE, SKULL_RADII};
use super::rng::{Rng, noise, smoothstep};
use super::sitter::{HairStyle, Sitter};
use super::texture::{Texture, linear, scale};

/// The shape of a cut. Places in the hair have three coordinates: `side`, the angle round the head (0 in front,
/// positive to the sitter's left, ±π behind); `down`, 0 at the whorl and 1 at the hair's end; `layer`, 0 at the
/// skin and 1 at the surface.
#[derive(Debug, Clone)]
pub(crate) struct Cut {
    style: HairStyle,
    seed: u32,
    /// +1 combs the front to the sitter's left.
    comb: f32,
}

const ROWS: usize = 44;
const COLUMNS: usize = 112;

/// Polar angle (0 above, π/2 level with the skull's centre) of the hairline over `side`: forehead, temple, sideburn,
/// over the ear, behind it, nape. Follows the canonical face's outline.
const HAIRLINE: [(f32, f32); 10] = [
    (0.0, 1.05),
    (0.45, 1.07),
    (0.8, 1.17),
    (1.05, 1.36),
    (1.17, 1.62),
    (1.27, 1.86),
    (1.36, 1.66),
    (1.62, 1.62),
    (1.92, 2.2),
    (PI, 2.5),
];

fn from_table(table: &[(f32, f32)], x: f32) -> f32 {
    let i = table.windows(2).position(|p| x <= p[1].0).unwrap_or(table.len() - 2);
    let (p, q) = (table[i], table[i + 1]);
    p.1 + (q.1 - p.1) * smoothstep(p.0, q.0, x)
}

impl Cut {
    pub(crate) fn of(sitter: &Sitter) -> Self {
        let comb = if sitter.seed & 2 == 0 { 1.0 } else { -1.0 };
        Self { style: sitter.hair, seed: sitter.seed as u32, comb }
    }

    /// Where the hair ends, as a polar angle; beyond the skull's equator long hair hangs straight down, about
    /// 9 cm a radian.
    fn end(&self, side: f32) -> f32 {
        let a = side.abs();
        let hairline = from_table(&HAIRLINE, a);
        let uneven = noise(side * 9.0, 1.5, self.seed) * 0.03;
        let hang = smoothstep(1.5, 1.95, a);
        let fringe =
            |length: f32, reach: f32| (hairline + length * smoothstep(reach, reach * 0.55, a)) + uneven * 2.0;
        // Off the parting the hair falls over the temples.
        let parted = hairline - 0.07 * smoothstep(0.3, 0.0, a)
            + 0.13 * smoothstep(0.3, 0.85, a) * smoothstep(1.25, 0.95, a);
        match self.style {
            HairStyle::Short => {
                let clumps = noise(side * 4.0 - self.comb * 0.8, 7.7, self.seed) * 0.1
                    + noise(side * 13.0, 2.2, self.seed) * 0.05;
                fringe(0.1 + clumps, 1.0)
            }
            HairStyle::SideParted => fringe(0.1 * smoothstep(-0.9, 0.6, side * self.comb), 1.1),
            HairStyle::Bob => parted + uneven + hang * 0.75,
            HairStyle::Long => parted + uneven + hang * 2.6,
            HairStyle::Bun => parted - 0.04 + uneven,
            HairStyle::Fringe => fringe(0.3, 0.95) + hang * 2.4,
            HairStyle::OverBrows => fringe(0.5, 1.15) + hang * 2.4,
        }
    }

    /// Thickness over the skull, centimetres.
    fn thickness(&self, side: f32, polar: f32) -> f32 {
        let (top, temples, back) = match self.style {
            HairStyle::Short => (1.6, 0.6, 0.8),
            HairStyle::SideParted => (1.75, 0.85, 1.0),
            HairStyle::Bob => (1.5, 0.9, 1.9),
            HairStyle::Long | HairStyle::Fringe | HairStyle::OverBrows => (1.45, 0.75, 1.7),
            HairStyle::Bun => (1.0, 0.55, 0.8),
        };
        let a = side.abs();
        let sides = temples + (back - temples) * smoothstep(1.4, 2.1, a);
        let to_side = smoothstep(0.55, 1.65, polar * (0.55 + 0.45 * smoothstep(0.0, 1.1, a)));
        let mut thick = top + (sides - top) * to_side;
        if self.style == HairStyle::SideParted {
            // Higher on the side that the hair is combed to, a dip along the parting.
            let across = side * self.comb;
            thick += 0.35 * smoothstep(-0.2, 0.7, across) * (1.0 - to_side);
            thick -= 0.55
                * (-((across + 0.62) / 0.16).powi(2)).exp()
                * smoothstep(0.25, 0.6, polar)
                * (1.0 - to_side);
        }
        thick
    }

    /// How far strands at `side` are combed aside on their way down, radians.
    fn drift(&self, side: f32, down: f32) -> f32 {
        let front = smoothstep(1.3, 0.2, side.abs());
        let strength = match self.style {
            HairStyle::SideParted => 1.0,
            HairStyle::Short => 0.85,
            HairStyle::Bun | HairStyle::Long | HairStyle::Bob => {
                // Off the middle parting to both sides and back.
                return side.signum() * 0.95 * smoothstep(0.0, 0.1, side.abs()) * front * down * down * down;
            }
            HairStyle::Fringe | HairStyle::OverBrows => 0.08,
        };
        self.comb * strength * front * down * down
    }

    pub(crate) fn at(&self, side: f32, down: f32, layer: f32) -> Vec3 {
        let end = self.end(side);
        let polar = (0.02 + down * end).min(end * 1.02);
        let (sin, cos) = polar.min(1.55).sin_cos();
        let hang = self.hangs(side);
        let (sin, cos) = if hang > 0.0 { (sin, cos) } else { polar.sin_cos() };
        // The whorl is on the back of the head: turn the top backwards.
        let tilt = Mat3::from_rotation_x(-0.6 * smoothstep(0.75, 0.0, down));
        let direction = tilt * Vec3::new(side.sin() * sin, cos, side.cos() * sin);
        let tuft = noise(side * 6.0, down * 2.5, self.seed) * 0.16
            + noise(side * 17.0, down * 4.0, self.seed ^ 8) * 0.09;
        let edge = smoothstep(1.0, 0.86, down);
        let open_end = if hang > 0.0 { 1.0 } else { edge };
        let rise = (self.thickness(side, polar) + tuft) * layer * open_end - 0.3 * (1.0 - open_end);
        let mut p = SKULL_CENTRE + direction * (SKULL_RADII + rise);
        if hang > 0.0 && polar > 1.55 {
            let fall = (polar - 1.55) * 9.0;
            let wave = noise(side * 4.0, fall * 0.25, self.seed ^ 6) * 0.35;
            // Hanging hair closes in behind the neck, then lies on the back.
            let inwards = 1.0 - 0.10 * smoothstep(1.0, 9.0, fall);
            p = Vec3::new(
                p.x * inwards + wave * 0.5,
                p.y - fall,
                p.z * inwards - 0.5 + wave - 1.2 * smoothstep(9.0, 18.0, fall),
            );
        }
        p
    }

    /// Whether hair at `side` hangs free.
    fn hangs(&self, side: f32) -> f32 {
        match self.style {
            HairStyle::Long | HairStyle::Fringe | HairStyle::OverBrows | HairStyle::Bob => {
                smoothstep(1.5, 1.95, side.abs())
            }
            _ => 0.0,
        }
    }

    /// The mass of the hair; a knot is a second shell.
    pub(crate) fn shells(&self) -> Vec<Shell> {
        let mut mass =
            Shell::grid(ROWS, COLUMNS, true, |u, v| self.at(PI - u * TAU, v, 1.0)).with_openness(|p, n| {
                let under = 0.82 + 0.18 * n.y;
                let low = 0.6 + 0.4 * smoothstep(-9.0, 2.0, p.y);
                (under * low).clamp(0.3, 1.0)
            });
        for uv in &mut mass.uv {
            let side = PI - uv.x * TAU;
            uv.x += self.drift(side, uv.y) / TAU;
        }
        let mut shells = vec![mass];
        if self.style == HairStyle::Bun {
            shells.push(
                Shell::grid(14, 40, true, |u, v| {
                    let (sin, cos) = (v * PI).sin_cos();
                    let side = PI - u * TAU;
                    let twist = 1.0 + 0.05 * (side * 5.0 + v * 6.0).sin();
                    Vec3::new(0.0, 13.6, -8.2)
                        + Vec3::new(side.sin() * sin, cos, side.cos() * sin) * 3.1 * twist
                })
                .with_openness(|_, n| (0.75 + 0.25 * n.y).clamp(0.3, 1.0)),
            );
        }
        shells
    }

    /// Strands over the shell, along the hairline, and a few that stand off.
    pub(crate) fn strands(&self) -> Vec<Strand> {
        let mut rng = Rng::new(u64::from(self.seed) ^ 0x4A1);
        let mut strands = Vec::new();
        for _ in 0..1500 {
            let (start, length) = (rng.range(0.0, 0.7), rng.range(0.18, 0.4));
            strands.push(self.strand(&mut rng, start, length, [0.97, 1.05]));
        }
        for _ in 0..700 {
            // The edge towards the face: short hairs that thin out over the skin.
            let (start, length) = (rng.range(0.72, 0.88), rng.range(0.12, 0.26));
            strands.push(self.strand(&mut rng, start, length, [0.6, 1.0]));
        }
        for _ in 0..70 {
            let (start, length) = (rng.range(0.1, 0.6), rng.range(0.2, 0.4));
            let mut stray = self.strand(&mut rng, start, length, [1.05, 1.3]);
            stray.width *= 0.6;
            strands.push(stray);
        }
        strands
    }

    fn strand(&self, rng: &mut Rng, start: f32, length: f32, layers: [f32; 2]) -> Strand {
        // More of them in front, where they are seen.
        let side = rng.range(-1.0, 1.0);
        let side = side * side.abs().powf(0.35) * PI;
        let stray = rng.normal() * 0.05;
        let layer = rng.range(layers[0], layers[1]);
        let points = (0..=8)
            .map(|k| (k as f32 / 8.0, start + length * k as f32 / 8.0))
            .take_while(|(_, down)| *down <= 1.03)
            .map(|(t, down)| self.at(side + self.drift(side, down) + stray * t, down, layer))
            .collect();
        Strand { points, width: rng.range(0.035, 0.075), shade: rng.range(0.55, 1.5) }
    }
}

/// Streaks along the strands.
pub(crate) fn paint_hair(sitter: &Sitter) -> Texture {
    let colour = linear(sitter.hair_colour);
    let seed = sitter.seed as u32;
    Texture::paint(1024, 128, |u, v| {
        let streak = noise(u * 340.0, v * 3.0, seed) * 0.34 + noise(u * 90.0, v * 2.0, seed ^ 5) * 0.26;
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

impl Strand {
    /// A point half way along.
    pub(crate) fn middle(&self) -> Vec3 {
        self.points.get(self.points.len() / 2).copied().unwrap_or_default()
    }
}
