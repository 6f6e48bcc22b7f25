//! Paints the face: tone, brows, lips, lids, freckles.

use glam::{Vec2, Vec3};

use super::canonical::{
    CANONICAL, EYES, EyeLandmarks, LIPS_INNER_BOTTOM, LIPS_INNER_TOP, LIPS_OUTER_BOTTOM, LIPS_OUTER_TOP,
};
use super::rng::{Rng, noise, smoothstep};
use super::sitter::Sitter;
use super::texture::{Texture, linear, mix, scale};

/// Texels along each side: about 60 a centimetre, three to four a pixel at the good place.
const SIZE: usize = 1024;

/// The face's texture in the canonical face's coordinates.
pub(crate) fn paint_skin(sitter: &Sitter) -> Texture {
    let tone = linear(sitter.skin);
    let seed = sitter.seed as u32;
    let places = Places::new();
    let mut texture = Texture::paint(SIZE, SIZE, |u, v| places.colour(Vec2::new(u, v), tone, sitter, seed));
    let mut rng = Rng::new(sitter.seed ^ 0x5717);
    for eye in &EYES {
        paint_fold(&mut texture, eye, tone);
        paint_brow(&mut texture, eye, sitter, &mut rng);
    }
    paint_lip_line(&mut texture, tone);
    paint_moles(&mut texture, tone, &mut rng);
    texture
}

/// Where things are in texture coordinates.
struct Places {
    lips: [Vec<Vec2>; 2],
    nostrils: [Vec2; 2],
    cheeks: [Vec2; 2],
    nose: Vec2,
}

fn uv(i: usize) -> Vec2 {
    CANONICAL.uv[i]
}

impl Places {
    fn new() -> Self {
        let outline = |top: &[usize], bottom: &[usize]| -> Vec<Vec2> {
            top.iter().chain(bottom.iter().rev().skip(1)).map(|i| uv(*i)).collect()
        };
        Self {
            lips: [
                outline(&LIPS_OUTER_TOP, &LIPS_INNER_TOP),
                outline(&LIPS_INNER_BOTTOM, &LIPS_OUTER_BOTTOM),
            ],
            nostrils: [uv(79).lerp(uv(60), 0.5), uv(309).lerp(uv(290), 0.5)],
            cheeks: [uv(50), uv(280)],
            nose: uv(4),
        }
    }

    fn colour(&self, at: Vec2, tone: [f32; 3], sitter: &Sitter, seed: u32) -> [f32; 3] {
        let mottle = noise(at.x * 26.0, at.y * 26.0, seed) * 0.025
            + noise(at.x * 90.0, at.y * 90.0, seed ^ 1) * 0.02
            + noise(at.x * 330.0, at.y * 330.0, seed ^ 2) * 0.022;
        let mut colour = scale(tone, 1.0 + mottle);
        // Blood under the cheeks, the nose and the chin; a duller mouth region and lower jaw on some.
        let red = [tone[0] * 1.0, tone[1] * 0.76, tone[2] * 0.76];
        for cheek in self.cheeks {
            colour = mix(colour, red, 0.42 * falloff(at, cheek, 0.085));
        }
        colour = mix(colour, red, 0.45 * falloff(at, self.nose, 0.045));
        if !sitter.soft_features {
            let jaw = smoothstep(0.74, 0.9, at.y) * smoothstep(0.42, 0.2, (at.x - 0.5).abs());
            let shade = [tone[0] * 0.86, tone[1] * 0.9, tone[2] * 0.95];
            colour = mix(colour, shade, 0.4 * jaw);
        }
        // Thin skin under the eyes.
        for eye in &EYES {
            let below = uv(eye.lower[3]) + Vec2::new(0.0, 0.022);
            let d = (at - below) / Vec2::new(0.06, 0.02);
            colour = mix(colour, scale(red, 0.84), 0.35 * (-d.length_squared()).exp());
        }
        for nostril in self.nostrils {
            let d = (at - nostril) / Vec2::new(0.0125, 0.0075);
            colour = mix(
                colour,
                scale([tone[0] * 0.5, tone[1] * 0.3, tone[2] * 0.28], 0.35),
                (-d.length_squared()).exp() * 0.95,
            );
        }
        self.lip_colour(at, colour, tone, sitter, seed)
    }

    fn lip_colour(&self, at: Vec2, skin: [f32; 3], tone: [f32; 3], sitter: &Sitter, seed: u32) -> [f32; 3] {
        if !(0.33..0.67).contains(&at.x) || !(0.62..0.77).contains(&at.y) {
            return skin;
        }
        let rosy = if sitter.soft_features { 0.62 } else { 0.72 };
        let mut colour = skin;
        for (i, lip) in self.lips.iter().enumerate() {
            let edge = signed_distance(at, lip);
            let cover = smoothstep(0.0045, -0.0055, edge);
            let lines = 1.0 + 0.1 * noise(at.x * 230.0, at.y * 24.0, seed ^ 7);
            // The upper lip looks down and is darker.
            let shade = lines * if i == 0 { 0.74 } else { 0.86 };
            let lip = [tone[0] * 0.92 * shade, tone[1] * rosy * 0.82 * shade, tone[2] * rosy * 0.88 * shade];
            colour = mix(colour, lip, cover * 0.9);
        }
        colour
    }
}

fn falloff(at: Vec2, centre: Vec2, radius: f32) -> f32 {
    (-(at.distance(centre) / radius).powi(2)).exp()
}

/// Distance from a polygon, negative inside.
fn signed_distance(p: Vec2, polygon: &[Vec2]) -> f32 {
    let mut distance = f32::MAX;
    let mut inside = false;
    for i in 0..polygon.len() {
        let (a, b) = (polygon[i], polygon[(i + 1) % polygon.len()]);
        let along = b - a;
        let t = ((p - a).dot(along) / along.length_squared().max(1e-12)).clamp(0.0, 1.0);
        distance = distance.min(p.distance(a + along * t));
        if (a.y > p.y) != (b.y > p.y) && p.x < a.x + (p.y - a.y) / (b.y - a.y) * along.x {
            inside = !inside;
        }
    }
    if inside { -distance } else { distance }
}

/// The fold of the lid: a fine darker line, and the rim of the lashes.
fn paint_fold(texture: &mut Texture, eye: &EyeLandmarks, tone: [f32; 3]) {
    let shade = [tone[0] * 0.5, tone[1] * 0.36, tone[2] * 0.32];
    let fold: Vec<Vec2> = (0..7).map(|i| uv(eye.upper[i]).lerp(uv(eye.fold[i]), 0.62)).collect();
    for pair in fold.windows(2) {
        texture.stroke(pair[0], pair[1], 9.0, shade, 0.13);
        texture.stroke(pair[0], pair[1], 4.0, shade, 0.34);
    }
    let rim = |lids: &[usize; 7]| -> Vec<Vec2> {
        std::iter::once(eye.outer).chain(lids.iter().copied()).chain([eye.inner]).map(uv).collect()
    };
    let lash = [0.012, 0.009, 0.008];
    for pair in rim(&eye.upper).windows(2) {
        texture.stroke(pair[0], pair[1], 9.0, lash, 0.55);
    }
    for pair in rim(&eye.lower).windows(2) {
        texture.stroke(pair[0], pair[1], 6.0, [tone[0] * 0.4, tone[1] * 0.26, tone[2] * 0.22], 0.4);
    }
}

/// Hairs of a brow: rooted between both edges, lying outwards.
fn paint_brow(texture: &mut Texture, eye: &EyeLandmarks, sitter: &Sitter, rng: &mut Rng) {
    let along = |edge: &[usize; 5], t: f32| -> Vec2 {
        let at = (t * 4.0).clamp(0.0, 3.999);
        let i = at as usize;
        uv(edge[i]).lerp(uv(edge[i + 1]), at - i as f32)
    };
    let hair = scale(linear(sitter.hair_colour), 0.75);
    let thick = if sitter.soft_features { 0.72 } else { 0.95 };
    // A soft ground, then single hairs.
    for k in 0..24 {
        let t = 0.16 + k as f32 / 24.0 * 0.76;
        let at = |t: f32| along(&eye.brow_top, t).lerp(along(&eye.brow_bottom, t), 0.5);
        let width = 26.0 * thick * (0.3 + 0.7 * smoothstep(0.0, 0.5, t));
        texture.stroke(at(t), at(t + 0.03), width, hair, 0.07);
    }
    for _ in 0..(900.0 * thick) as usize {
        // 0 at the temple, 1 at the nose; thin at the temple.
        let t = rng.range(0.02, 0.99);
        let width =
            thick * (0.28 + 0.72 * smoothstep(0.0, 0.45, t)) * (1.0 - 0.15 * smoothstep(0.85, 1.0, t));
        let across = 0.5 + (rng.unit() + rng.unit() - 1.0) * width * 0.55;
        let (top, bottom) = (along(&eye.brow_top, t), along(&eye.brow_bottom, t));
        let root = top.lerp(bottom, across);
        let outward = (along(&eye.brow_top, t - 0.12) - along(&eye.brow_top, t + 0.12)).normalize_or_zero();
        let up = (top - bottom).normalize_or_zero();
        let rise = (t - 0.25) * 1.1 + (across - 0.5) * 0.9;
        let direction =
            (outward + up * rise + Vec2::new(rng.normal(), rng.normal()) * 0.12).normalize_or_zero();
        let length = rng.range(0.012, 0.024);
        texture.stroke(root, root + direction * length, rng.range(1.8, 3.0), hair, rng.range(0.35, 0.7));
    }
}

fn paint_lip_line(texture: &mut Texture, tone: [f32; 3]) {
    let dark = [tone[0] * 0.22, tone[1] * 0.1, tone[2] * 0.1];
    for (top, bottom) in [(LIPS_INNER_TOP, LIPS_INNER_BOTTOM)] {
        for line in [top, bottom] {
            for pair in line.windows(2) {
                texture.stroke(uv(pair[0]), uv(pair[1]), 5.0, dark, 0.5);
            }
        }
    }
}

fn paint_moles(texture: &mut Texture, tone: [f32; 3], rng: &mut Rng) {
    for _ in 0..rng.below(4) {
        let at = Vec2::new(rng.range(0.2, 0.8), rng.range(0.35, 0.85));
        texture.stroke(at, at + Vec2::splat(0.0005), rng.range(3.0, 5.5), scale(tone, 0.32), 0.75);
    }
}

/// How much of the surroundings each of the face's and skull's vertices sees, from its place at rest.
pub(crate) fn face_openness(at: Vec3, normal: Vec3) -> f32 {
    // Hollows: centre (right side folded to the left), radius, depth.
    const HOLLOWS: [(Vec3, f32, f32); 8] = [
        (Vec3::new(1.75, 2.9, 3.9), 0.85, 0.38),
        (Vec3::new(3.2, 3.55, 4.0), 0.8, 0.2),
        (Vec3::new(0.6, -1.75, 5.9), 0.75, 0.45),
        (Vec3::new(1.75, -0.9, 5.0), 0.7, 0.3),
        (Vec3::new(0.0, -6.1, 5.0), 0.9, 0.25),
        (Vec3::new(2.55, -4.3, 4.1), 0.5, 0.35),
        (Vec3::new(2.6, -2.6, 4.6), 0.9, 0.1),
        (Vec3::new(7.6, 0.0, -3.0), 1.4, 0.3),
    ];
    let folded = Vec3::new(at.x.abs(), at.y, at.z);
    let hollow = HOLLOWS
        .iter()
        .map(|(centre, radius, depth)| depth * (-(folded.distance(*centre) / radius).powi(2)).exp())
        .sum::<f32>();
    let below = smoothstep(-0.2, -0.9, normal.y) * smoothstep(-5.0, -9.0, at.y) * 0.2;
    let under_hair = 0.4 * smoothstep(6.9, 8.6, at.y);
    (1.0 - hollow - below - under_hair).clamp(0.25, 1.0)
}
