//! Camera and light: from surfaces in space to vertices on the picture.

use glam::{Vec2, Vec3, Vec4};

use super::raster::Vertex;
use super::scene::Lamps;

/// Distance of the good place from the camera, centimetres.
pub(crate) const CAMERA_DISTANCE: f32 = 118.0;
/// Focal length over the picture's height: a portrait lens, 35° across at 16:9.
const FOCAL: f32 = 2.85;

/// A pinhole camera on the z axis, looking at the origin.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Camera {
    focal: f32,
    centre: Vec2,
}

impl Camera {
    pub(crate) fn new(width: u32, height: u32) -> Self {
        Self { focal: FOCAL * height as f32, centre: Vec2::new(width as f32, height as f32) / 2.0 }
    }

    /// Pixel and nearness (1 / distance).
    #[inline]
    pub(crate) fn project(&self, p: Vec3) -> (Vec2, f32) {
        let nearness = 1.0 / (CAMERA_DISTANCE - p.z);
        let scale = self.focal * nearness;
        (Vec2::new(self.centre.x + p.x * scale, self.centre.y - p.y * scale), nearness)
    }

    /// Pixels a centimetre at depth `z`.
    pub(crate) fn scale_at(&self, z: f32) -> f32 {
        self.focal / (CAMERA_DISTANCE - z)
    }
}

/// How a surface takes light.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Material {
    /// How far light creeps round an edge, per channel: skin lets red through.
    pub(crate) wrap: [f32; 3],
    /// Strength of the reflection.
    pub(crate) gloss: f32,
    /// Narrowness of the reflection (Blinn–Phong exponent).
    pub(crate) shine: f32,
}

impl Material {
    pub(crate) const SKIN: Self = Self { wrap: [0.42, 0.24, 0.18], gloss: 0.05, shine: 14.0 };
    pub(crate) const CLOTH: Self = Self { wrap: [0.15; 3], gloss: 0.004, shine: 4.0 };
    pub(crate) const MATT: Self = Self { wrap: [0.1; 3], gloss: 0.0, shine: 1.0 };
    pub(crate) const PLASTIC: Self = Self { wrap: [0.0; 3], gloss: 0.25, shine: 30.0 };
    pub(crate) const WET: Self = Self { wrap: [0.5; 3], gloss: 0.06, shine: 60.0 };
}

/// Something round that throws a soft shadow: a ball after `to_ball`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Occluder {
    pub(crate) centre: Vec3,
    pub(crate) radii: Vec3,
    /// Rotation of its axes.
    pub(crate) axes: glam::Mat3,
    /// 1 is opaque.
    pub(crate) strength: f32,
}

/// The lamps as directions.
#[derive(Debug, Clone)]
pub(crate) struct Lighting {
    lamps: [(Vec3, f32); 2],
    ambient: f32,
    pub(crate) occluders: Vec<Occluder>,
}

/// Light of one lamp that falls straight on a surface, and of the surroundings, so that skin is rendered well
/// at the default exposure.
const LAMP: f32 = 0.6;
const SURROUNDINGS: f32 = 0.24;

impl Lighting {
    pub(crate) fn new(lamps: &Lamps) -> Self {
        let (sin, cos) = lamps.angle.to_radians().sin_cos();
        let up = lamps.height.to_radians().tan();
        let towards = |side: f32| Vec3::new(side * sin, up, cos).normalize();
        Self {
            lamps: [(towards(-1.0), lamps.left * LAMP), (towards(1.0), lamps.right * LAMP)],
            ambient: lamps.ambient * SURROUNDINGS,
            occluders: Vec::new(),
        }
    }

    pub(crate) fn directions(&self) -> [(Vec3, f32); 2] {
        self.lamps
    }

    /// Light on a surface at `p` with `normal`; `open` is the share of the surroundings that it sees.
    pub(crate) fn on(&self, p: Vec3, normal: Vec3, open: f32, material: &Material) -> ([f32; 3], f32) {
        // The surroundings are a little brighter above.
        let base = self.ambient * open * (0.82 + 0.18 * normal.y);
        let mut light = [base; 3];
        let mut gloss = 0.0;
        let view = (Vec3::new(0.0, 0.0, CAMERA_DISTANCE) - p).normalize();
        for (towards, strength) in self.lamps {
            let facing = normal.dot(towards);
            if facing < -0.5 || strength <= 0.0 {
                continue;
            }
            let reach = strength * self.unshadowed(p, towards) * (0.35 + 0.65 * open);
            for (value, wrap) in light.iter_mut().zip(material.wrap) {
                *value += reach * ((facing + wrap) / (1.0 + wrap)).max(0.0);
            }
            if material.gloss > 0.0 {
                let half = (towards + view).normalize();
                let fresnel = 0.4 + 0.6 * (1.0 - view.dot(normal).max(0.0)).powi(3);
                gloss += reach
                    * material.gloss
                    * fresnel
                    * normal.dot(half).max(0.0).powf(material.shine)
                    * facing.clamp(0.0, 0.3)
                    / 0.3;
            }
        }
        (light, gloss)
    }

    /// Share of a lamp in direction `towards` that reaches `p`.
    fn unshadowed(&self, p: Vec3, towards: Vec3) -> f32 {
        self.occluders.iter().fold(1.0, |share, ball| {
            let to_ball = |v: Vec3| ball.axes.transpose() * v / ball.radii;
            let origin = to_ball(p - ball.centre);
            let direction = to_ball(towards).normalize();
            let along = -origin.dot(direction);
            if along <= 0.0 {
                return share;
            }
            let miss = (origin + direction * along).length();
            let penumbra = super::rng::smoothstep(1.25, 0.75, miss) * (along * 1.5).min(1.0);
            share * (1.0 - ball.strength * penumbra)
        })
    }
}

/// A surface in space, ready for light.
pub(crate) struct Lit<'a> {
    pub(crate) camera: Camera,
    pub(crate) lighting: &'a Lighting,
}

impl Lit<'_> {
    /// Projects and lights vertices. `open` may be empty (all open).
    pub(crate) fn vertices(
        &self,
        positions: &[Vec3],
        normals: &[Vec3],
        uv: &[Vec2],
        open: &[f32],
        material: &Material,
    ) -> Vec<Vertex> {
        (0..positions.len())
            .map(|i| {
                let (at, nearness) = self.camera.project(positions[i]);
                let (light, gloss) =
                    self.lighting.on(positions[i], normals[i], open.get(i).copied().unwrap_or(1.0), material);
                Vertex { at, nearness, uv: uv[i], light: Vec4::new(light[0], light[1], light[2], gloss) }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_good_place_gives_the_standards_face_width() {
        let camera = Camera::new(1280, 720);
        let width = 15.3 * camera.scale_at(-2.4);
        assert!((250.0..=270.0).contains(&width), "{width}");
    }

    #[test]
    fn one_lamp_lights_its_own_side() {
        let lamps = Lamps { right: 0.0, ..Lamps::default() };
        let lighting = Lighting::new(&lamps);
        let on =
            |x: f32| lighting.on(Vec3::ZERO, Vec3::new(x, 0.0, 1.0).normalize(), 1.0, &Material::SKIN).0[0];
        assert!(on(-1.0) > 1.5 * on(1.0));
    }
}
