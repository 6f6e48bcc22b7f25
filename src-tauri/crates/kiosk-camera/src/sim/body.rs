//! Neck, shoulders and what is worn over them.

use std::f32::consts::{PI, TAU};

use glam::{Vec2, Vec3};

use super::mesh::{Triangle, grid_triangles, normals};
use super::rng::{noise, smoothstep};
use super::sitter::{Garment, Sitter};
use super::texture::{Texture, linear, mix, scale};

/// A surface at rest, in the canonical axes.
#[derive(Debug, Clone)]
pub(crate) struct Shell {
    pub(crate) positions: Vec<Vec3>,
    pub(crate) uv: Vec<Vec2>,
    pub(crate) triangles: Vec<Triangle>,
    /// Share of the surroundings that each vertex sees.
    pub(crate) open: Vec<f32>,
}

impl Shell {
    /// A grid of `rows` × `columns` from a function of both, 0–1; closed grids join the last column to the first.
    pub(crate) fn grid(rows: usize, columns: usize, closed: bool, at: impl Fn(f32, f32) -> Vec3) -> Self {
        let last = if closed { columns } else { columns - 1 } as f32;
        let mut shell = Self {
            positions: Vec::with_capacity(rows * columns),
            uv: Vec::with_capacity(rows * columns),
            triangles: grid_triangles(rows, columns, closed),
            open: Vec::new(),
        };
        for r in 0..rows {
            for c in 0..columns {
                let (u, v) = (c as f32 / last, r as f32 / (rows - 1) as f32);
                shell.positions.push(at(u, v));
                shell.uv.push(Vec2::new(u, v));
            }
        }
        shell
    }

    pub(crate) fn with_openness(mut self, open: impl Fn(Vec3, Vec3) -> f32) -> Self {
        let normals = normals(&self.positions, &self.triangles);
        self.open = self.positions.iter().zip(&normals).map(|(p, n)| open(*p, *n)).collect();
        self
    }
}

/// Height, half width, half depth and centre (z) of the trunk, from the neck down, centimetres.
const TRUNK: [[f32; 4]; 14] = [
    [-3.0, 5.7, 5.3, -5.2],
    [-7.0, 5.5, 5.2, -5.2],
    [-11.0, 5.6, 5.4, -5.6],
    [-13.2, 6.3, 5.7, -6.0],
    [-14.8, 8.2, 6.3, -6.3],
    [-16.2, 11.2, 7.2, -6.4],
    [-17.5, 14.4, 8.0, -6.4],
    [-18.7, 17.0, 8.7, -6.3],
    [-20.0, 18.9, 9.3, -6.2],
    [-22.0, 20.4, 10.0, -6.0],
    [-25.0, 21.4, 10.8, -5.7],
    [-30.0, 21.9, 11.5, -5.4],
    [-36.0, 21.9, 11.8, -5.2],
    [-46.0, 21.9, 11.8, -5.2],
];

/// The trunk's outline at height `y`: half width, half depth, centre.
fn trunk(y: f32) -> [f32; 3] {
    let i = TRUNK.windows(2).position(|pair| y >= pair[1][0]).unwrap_or(TRUNK.len() - 2);
    let get = |j: usize| TRUNK[j.min(TRUNK.len() - 1)];
    let (p0, p1, p2, p3) = (get(i.saturating_sub(1)), get(i), get(i + 1), get(i + 2));
    let t = ((y - p1[0]) / (p2[0] - p1[0])).clamp(0.0, 1.0);
    std::array::from_fn(|k| {
        let (a, b, c, d) = (p0[k + 1], p1[k + 1], p2[k + 1], p3[k + 1]);
        // Catmull–Rom.
        b + 0.5 * t * (c - a + t * (2.0 * a - 5.0 * b + 4.0 * c - d + t * (3.0 * (b - c) + d - a)))
    })
}

/// A point of the trunk: `turn` is 0 behind, ½ in front.
fn on_trunk(turn: f32, y: f32, out: f32) -> Vec3 {
    let [width, depth, centre] = trunk(y);
    let (sin, cos) = (turn * TAU).sin_cos();
    // Broad shoulders are squarer than an ellipse.
    let square = 1.0 - 0.12 * smoothstep(-14.0, -20.0, y);
    let bend = |v: f32| v.signum() * v.abs().powf(square);
    Vec3::new(-bend(sin) * (width + out), y, centre - bend(cos) * (depth + out))
}

/// Skin from under the jaw to below the neckline.
pub(crate) fn neck(sitter: &Sitter) -> Shell {
    let slim = if sitter.soft_features { -1.0 } else { -0.2 };
    Shell::grid(22, 48, true, |u, v| {
        let y = -2.0 - v * 21.0;
        let mut p = on_trunk(u, y, slim * smoothstep(-15.0, -10.0, y));
        let front = (u - 0.5).abs();
        // Larynx, the two muscles to the breastbone, the collar bones.
        let larynx = (-((front / 0.035).powi(2)) - ((y + 10.8) / 1.6).powi(2)).exp();
        let muscle = (-((front - (0.055 + (y + 16.0).max(0.0) * 0.014)) / 0.022).powi(2)).exp()
            * smoothstep(-6.0, -12.0, y);
        let bone = (-((y + 16.6 + front * 4.0) / 0.7).powi(2)).exp() * smoothstep(0.2, 0.06, front);
        p.z += larynx * if sitter.soft_features { 0.12 } else { 0.45 } + muscle * 0.28 + bone * 0.35;
        p
    })
    .with_openness(|p, n| {
        let under_jaw = smoothstep(-15.5, -8.5, p.y) * smoothstep(-0.2, 0.8, n.z);
        (1.0 - 0.62 * under_jaw - 0.25 * smoothstep(-10.0, -5.0, p.y)).clamp(0.2, 1.0)
    })
}

/// The garment's shells, the one over the trunk first.
pub(crate) fn garment(sitter: &Sitter) -> Vec<Shell> {
    let seed = sitter.seed as u32;
    let neckline = |u: f32| {
        let front = smoothstep(0.2, 0.5, 0.5 - (u - 0.5).abs());
        match sitter.garment {
            Garment::CrewNeck => -12.9 - 3.7 * front,
            Garment::Shirt | Garment::Blazer => {
                let notch = smoothstep(0.482, 0.5, 0.5 - (u - 0.5).abs());
                -13.6 - 1.2 * front - 1.5 * notch
            }
        }
    };
    // Under a collar the cloth lies close.
    let top = if sitter.garment == Garment::CrewNeck { 0.75 } else { 0.2 };
    let cloth = Shell::grid(44, 96, true, |u, v| {
        let y = neckline(u) - v.powf(1.25) * 30.0;
        let folds =
            noise(u * 16.0, y * 0.16, seed) * 0.28 + noise(u * 40.0 + y * 0.12, y * 0.3, seed ^ 3) * 0.12;
        on_trunk(u, y, top + (0.75 - top) * smoothstep(0.0, 0.1, v) + folds * smoothstep(0.02, 0.3, v))
    })
    .with_openness(|p, n| {
        let collar = smoothstep(-19.5, -14.5, p.y) * smoothstep(0.0, 0.7, n.z);
        (1.0 - 0.3 * collar).clamp(0.3, 1.0)
    });
    let mut shells = vec![cloth];
    match sitter.garment {
        Garment::CrewNeck => shells.push(ribbed_band(&neckline)),
        Garment::Shirt | Garment::Blazer => shells.push(collar()),
    }
    shells
}

/// The knitted edge of a sweater.
fn ribbed_band(neckline: &dyn Fn(f32) -> f32) -> Shell {
    Shell::grid(9, 96, true, |u, v| {
        let angle = v * PI * 1.25;
        let y = neckline(u) + 0.55 * angle.cos() + 0.25;
        let centre = on_trunk(u, neckline(u) - 0.2, 0.45);
        let out = Vec3::new(centre.x, 0.0, centre.z + 6.0).normalize_or_zero();
        let p = centre + out * (0.62 * angle.sin());
        Vec3::new(p.x, y, p.z)
    })
    .with_openness(|_, _| 0.9)
}

/// A folded shirt collar, buttoned: a stand round the neck and a fall that ends in two points in front.
fn collar() -> Shell {
    Shell::grid(18, 112, false, |u, v| {
        // Round the neck from the sitter's right front over the back to the left front.
        let gap = 0.004;
        let turn = (0.5 + gap + u * (1.0 - 2.0 * gap)).fract();
        let front = 0.5 - (0.5 - turn).abs();
        let crest = -11.4 - 2.9 * smoothstep(0.2, 0.5, front);
        let fall = 2.3 + 2.4 * smoothstep(0.36, 0.5, front);
        let t = ((v - 0.25) / 0.75).max(0.0);
        let (y, out) = if v < 0.25 {
            (crest - (0.25 - v) * 10.0, 0.3)
        } else {
            (crest - fall * t.powf(1.2), 0.35 + 0.6 * smoothstep(0.0, 0.3, t) + 0.15 * t)
        };
        let p = on_trunk(turn, y, out);
        // Both falls part below the button.
        Vec3::new(p.x + p.x.signum() * t * 1.7 * smoothstep(0.43, 0.5, front), p.y, p.z + 0.25 * t * front)
    })
    .with_openness(|_, n| 0.82 + 0.18 * n.y)
}

/// Textures for the shells of [`garment`], in the same order.
pub(crate) fn paint_garment(sitter: &Sitter) -> Vec<Texture> {
    let colour = linear(sitter.garment_colour);
    let white = linear([232, 233, 236]);
    let seed = sitter.seed as u32;
    let weave = move |u: f32, v: f32, strength: f32| {
        1.0 + strength * (noise(u * 700.0, v * 350.0, seed) + 0.6 * noise(u * 60.0, v * 20.0, seed ^ 9))
    };
    let cloth = Texture::paint(1024, 512, |u, v| match sitter.garment {
        Garment::CrewNeck => scale(colour, weave(u, v, 0.09)),
        Garment::Shirt => {
            let line = ((u - 0.5) * 1024.0).abs();
            let placket = if line < 1.2 { 0.72 } else { 1.0 };
            scale(mix(colour, white, 0.35), weave(u, v, 0.03) * placket)
        }
        Garment::Blazer => blazer(u, v, colour, white, weave(u, v, 0.05)),
    });
    let second = match sitter.garment {
        Garment::CrewNeck => Texture::paint(1024, 16, |u, v| {
            let rib = 0.82 + 0.18 * (u * TAU * 110.0).sin();
            scale(colour, rib * weave(u, v, 0.05))
        }),
        Garment::Shirt => Texture::paint(256, 32, |u, v| scale(mix(colour, white, 0.35), weave(u, v, 0.02))),
        Garment::Blazer => Texture::paint(256, 32, |u, v| scale(white, weave(u, v, 0.02))),
    };
    vec![cloth, second]
}

/// A jacket: lapels in a V over a shirt.
fn blazer(u: f32, v: f32, colour: [f32; 3], white: [f32; 3], weave: f32) -> [f32; 3] {
    let side = (u - 0.5).abs();
    let opening = 0.088 - v * 0.22;
    let placket = if side < 0.0012 { 0.75 } else { 1.0 };
    let shirt = scale(white, placket * (0.8 + 0.2 * smoothstep(0.0, 0.02, opening - side)));
    // The lapel ends in a notch.
    let lapel = opening + 0.055 - (v - 0.1).abs() * 0.16;
    let edge = smoothstep(0.006, 0.0, (side - lapel).abs()) * smoothstep(0.42, 0.36, v);
    let facing = if side < lapel { 1.18 } else { 1.0 };
    let jacket = scale(colour, weave * facing * (1.0 - 0.55 * edge));
    mix(shirt, jacket, smoothstep(-0.0012, 0.0012, side - opening))
}
