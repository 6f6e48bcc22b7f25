//! Puts a scene together and draws it.

use std::sync::Arc;

use glam::{EulerRot, Mat3, Vec2, Vec3, Vec4};
use image::{GrayImage, RgbImage};

use super::body::{Shell, garment, neck, paint_garment};
use super::canonical::EYES;
use super::ear::{ear, paint_ear};
use super::eye::{eyeball, look, paint_eye};
use super::glasses::{draw_lenses, frame};
use super::hair::{Cut, Strand, paint_hair};
use super::head::{EYE_RADII, HEAD, HeadShape, SKULL_CENTRE, SKULL_RADII};
use super::light::{CAMERA_DISTANCE, Camera, Lighting, Lit, Material, Occluder};
use super::mesh::normals;
use super::mouth::{cavity, paint_teeth, teeth};
use super::phone;
use super::raster::{Layer, Raster, Vertex};
use super::rng::smoothstep;
use super::scene::{Expression, Phone, Pose, Scene, Sitting};
use super::sensor::Sensor;
use super::sitter::Sitter;
use super::skin::{face_openness, paint_skin};
use super::strands::{draw_spot, draw_strand, sixty_fourth};
use super::texture::{Texture, linear};
use super::truth::{Truth, face_truth};

/// The origin of the canonical head at the good place, centimetres above the camera's axis: the hair's top then
/// lies about 105 px below the upper edge of a 720-row picture.
const GOOD_HEIGHT: f32 = 0.0;
/// The head turns about the top of the spine.
const PIVOT: Vec3 = Vec3::new(0.0, -5.5, -5.0);

/// Draws scenes of one size, keeping what does not change between frames.
pub struct Renderer {
    width: u32,
    height: u32,
    sensor: Sensor,
    look: Option<Look>,
    phone: Option<(Phone, Texture)>,
    /// Memory of the last layer, to be used again.
    used: Layer,
}

/// A sitter's shapes and textures.
pub(super) struct Look {
    sitter: Arc<Sitter>,
    pub(super) shape: HeadShape,
    open: Vec<f32>,
    skin: Texture,
    eyeball: Shell,
    eye: Texture,
    mouth: [(Shell, Texture); 2],
    neck: Shell,
    neck_skin: Texture,
    garment: Vec<Shell>,
    cloth: Vec<Texture>,
    pub(super) hair: Vec<Shell>,
    hair_texture: Texture,
    ears: [Shell; 2],
    ear_skin: Texture,
    glasses: Vec<Shell>,
    glasses_colour: Texture,
    strands: Vec<Strand>,
}

impl Look {
    fn of(sitter: &Arc<Sitter>) -> Self {
        let shape = HeadShape::of(sitter);
        let rest = shape.expressed(&Expression::default());
        let open = rest
            .iter()
            .zip(normals(&rest, HEAD.fine.triangles()))
            .map(|(p, n)| face_openness(*p, n))
            .collect();
        let cut = Cut::of(sitter);
        Self {
            sitter: Arc::clone(sitter),
            shape,
            open,
            skin: paint_skin(sitter),
            eyeball: eyeball(),
            eye: paint_eye(sitter),
            mouth: [(cavity(), Texture::plain([0.045, 0.012, 0.012])), (teeth(), paint_teeth())],
            neck: neck(sitter),
            neck_skin: Texture::plain(linear(sitter.skin)),
            garment: garment(sitter),
            cloth: paint_garment(sitter),
            hair: cut.shells(),
            ears: [ear(-1.0), ear(1.0)],
            ear_skin: paint_ear(sitter),
            glasses: if sitter.glasses.is_some() { frame() } else { Vec::new() },
            glasses_colour: Texture::plain(linear(sitter.glasses.map_or([0; 3], |g| g.frame))),
            hair_texture: paint_hair(sitter),
            strands: cut.strands(),
        }
    }
}

impl Renderer {
    /// A renderer for pictures of `width` × `height`.
    #[must_use]
    pub fn new(width: u32, height: u32) -> Self {
        Self {
            width,
            height,
            sensor: Sensor::new(width, height),
            look: None,
            phone: None,
            used: Layer::default(),
        }
    }

    /// The picture of `scene`, sRGB.
    pub fn render(&mut self, scene: &Scene) -> RgbImage {
        self.prepare(scene);
        let layer = self.layer(scene);
        let picture = self.sensor.develop(scene, &layer);
        self.used = layer;
        picture
    }

    /// How much of each pixel is not wall, 0–255.
    pub fn matte(&mut self, scene: &Scene) -> GrayImage {
        self.prepare(scene);
        let layer = self.layer(scene);
        let mut matte = GrayImage::new(self.width, self.height);
        for y in 0..layer.height {
            for x in 0..layer.width {
                let cover = layer.colour[y * layer.width + x][3];
                let value = (cover * 255.0 + 0.5).min(255.0) as u8;
                matte.put_pixel((layer.left + x) as u32, (layer.top + y) as u32, image::Luma([value]));
            }
        }
        matte
    }

    /// Where everything of `scene` is.
    pub fn truth(&mut self, scene: &Scene) -> Truth {
        self.prepare(scene);
        let camera = Camera::new(self.width, self.height);
        let code_corners =
            scene.phone.as_ref().and_then(phone::code_corners).map(|c| c.map(|p| camera.project(p).0.into()));
        let face = match (&scene.sitting, &self.look) {
            (Some(sitting), Some(look)) => Some(face_truth(camera, sitting, look)),
            _ => None,
        };
        Truth { face, code: scene.phone.as_ref().map(|p| Arc::clone(&p.payload)), code_corners }
    }

    fn prepare(&mut self, scene: &Scene) {
        if let Some(sitting) = &scene.sitting
            && self.look.as_ref().is_none_or(|look| look.sitter != sitting.sitter)
        {
            self.look = Some(Look::of(&sitting.sitter));
        }
        if let Some(phone) = &scene.phone {
            let same = |known: &Phone| known.payload == phone.payload && known.dark_mode == phone.dark_mode;
            if !self.phone.as_ref().is_some_and(|(known, _)| same(known)) {
                self.phone = Some((phone.clone(), phone::paint_screen(phone)));
            }
        }
    }

    fn layer(&mut self, scene: &Scene) -> Layer {
        let used = std::mem::take(&mut self.used);
        let mut raster = Raster::new(self.width as usize, self.height as usize);
        let mut lighting = Lighting::new(&scene.lamps);
        let camera = Camera::new(self.width, self.height);
        let hand_skin = phone::paint_hand(linear([224, 184, 156]));
        let case = Texture::plain([0.02, 0.02, 0.024]);
        if let (Some(phone), Some((_, screen))) = (&scene.phone, &self.phone) {
            add_phone(&mut raster, &Lit { camera, lighting: &lighting }, phone, [screen, &case, &hand_skin]);
        }
        let (Some(sitting), Some(look)) = (&scene.sitting, &self.look) else {
            return raster.draw(used);
        };
        let placed = Placed::new(&sitting.pose);
        lighting.occluders = placed.occluders();
        let lit = Lit { camera, lighting: &lighting };
        let face = look.shape.expressed(&sitting.expression);
        add_head(&mut raster, &lit, sitting, look, &placed, &face);
        add_body(&mut raster, &lit, look, &placed);
        let mut layer = raster.draw(used);
        let hair = linear(look.sitter.hair_colour);
        let hidden = placed.head(SKULL_CENTRE).z - 3.5;
        for strand in look.strands.iter().filter(|s| placed.head(s.middle()).z > hidden) {
            draw_strand(&mut layer, &lit, strand, hair, |p| placed.head(p));
        }
        finish_eyes(&mut layer, &lit, sitting, look, &placed, &face);
        if let Some(glasses) = &look.sitter.glasses {
            draw_lenses(&mut layer, &camera, glasses, |p| placed.head(p));
        }
        layer
    }
}

/// The transforms of a pose.
pub(super) struct Placed {
    turn: Mat3,
    body_turn: Mat3,
    offset: Vec3,
}

impl Placed {
    pub(super) fn new(pose: &Pose) -> Self {
        let turn = Mat3::from_euler(
            EulerRot::ZYX,
            -pose.roll.to_radians(),
            pose.yaw.to_radians(),
            -pose.pitch.to_radians(),
        );
        let body_turn =
            Mat3::from_euler(EulerRot::ZYX, -pose.shoulders.to_radians(), pose.yaw.to_radians() * 0.12, 0.0);
        Self { turn, body_turn, offset: Vec3::new(pose.x, pose.y + GOOD_HEIGHT, pose.z) }
    }

    pub(super) fn head(&self, p: Vec3) -> Vec3 {
        self.offset + PIVOT + self.turn * (p - PIVOT)
    }

    fn body(&self, p: Vec3) -> Vec3 {
        let base = Vec3::new(0.0, -14.0, -6.0);
        self.offset + base + self.body_turn * (p - base)
    }

    /// The neck bends from the shoulders to the head.
    fn neck(&self, p: Vec3) -> Vec3 {
        self.body(p).lerp(self.head(p), smoothstep(-15.0, -5.5, p.y))
    }

    fn occluders(&self) -> Vec<Occluder> {
        vec![Occluder {
            centre: self.head(SKULL_CENTRE + Vec3::new(0.0, -2.6, 1.6)),
            radii: Vec3::new(SKULL_RADII.x * 0.92, 10.2, 7.6),
            axes: self.turn,
            strength: 0.8,
        }]
    }
}

fn add_head<'a>(
    raster: &mut Raster<'a>,
    lit: &Lit,
    sitting: &Sitting,
    look: &'a Look,
    placed: &Placed,
    rest: &[Vec3],
) {
    let positions: Vec<Vec3> = rest.iter().map(|p| placed.head(*p)).collect();
    let triangles = HEAD.fine.triangles();
    let normals = normals(&positions, triangles);
    // The skull does not shade its own face.
    let mut own = lit.lighting.clone();
    own.occluders.clear();
    let own = Lit { camera: lit.camera, lighting: &own };
    let vertices = own.vertices(&positions, &normals, &HEAD.fine_uv, &look.open, &Material::SKIN);
    raster.add(&vertices, triangles, &look.skin, false);

    for (side, eye) in EYES.iter().enumerate() {
        let centre = look.shape.eyes[side];
        let gaze = gaze(sitting, placed, centre);
        let positions: Vec<Vec3> = look.eyeball.positions.iter().map(|p| placed.head(centre + *p)).collect();
        let normals: Vec<Vec3> = look
            .eyeball
            .positions
            .iter()
            .map(|p| placed.turn * (*p / (EYE_RADII * EYE_RADII)).normalize_or(Vec3::Z))
            .collect();
        let open: Vec<f32> = look
            .eyeball
            .positions
            .iter()
            .map(|p| {
                let lid = eye.upper.iter().map(|i| rest[*i].distance(centre + *p)).fold(f32::MAX, f32::min);
                0.3 + 0.7 * smoothstep(0.1, 0.55, lid)
            })
            .collect();
        let uv = look_uv(look, gaze);
        let vertices = own.vertices(&positions, &normals, &uv, &open, &Material::WET);
        raster.add(&vertices, &look.eyeball.triangles, &look.eye, false);
    }

    let place = |shell: &Shell| -> (Vec<Vec3>, Vec<Vec3>) {
        let positions: Vec<Vec3> = shell.positions.iter().map(|p| placed.head(*p)).collect();
        let normals = super::mesh::normals(&positions, &shell.triangles);
        (positions, normals)
    };
    for (shell, texture) in &look.mouth {
        let (positions, normals) = place(shell);
        let vertices = own.vertices(&positions, &normals, &shell.uv, &shell.open, &Material::WET);
        raster.add(&vertices, &shell.triangles, texture, true);
    }
    for ear in &look.ears {
        let (positions, normals) = place(ear);
        let vertices = own.vertices(&positions, &normals, &ear.uv, &ear.open, &Material::SKIN);
        raster.add(&vertices, &ear.triangles, &look.ear_skin, true);
    }
    for shell in &look.glasses {
        let (positions, normals) = place(shell);
        let vertices = own.vertices(&positions, &normals, &shell.uv, &shell.open, &Material::PLASTIC);
        raster.add(&vertices, &shell.triangles, &look.glasses_colour, false);
    }
    for shell in &look.hair {
        let (positions, normals) = place(shell);
        let mut vertices = own.vertices(&positions, &normals, &shell.uv, &shell.open, &Material::CLOTH);
        add_sheen(&mut vertices, &positions, shell, own.lighting);
        raster.add(&vertices, &shell.triangles, &look.hair_texture, true);
    }
}

/// Hair shines across its strands, which run down the columns of a shell.
fn add_sheen(vertices: &mut [Vertex], positions: &[Vec3], shell: &Shell, lighting: &Lighting) {
    let columns = shell.uv.iter().position(|uv| uv.y > 0.0).unwrap_or(1);
    for i in 0..positions.len().saturating_sub(columns) {
        let along = (positions[i + columns] - positions[i]).normalize_or_zero();
        for (towards, strength) in lighting.directions() {
            let half = (towards + Vec3::Z).normalize();
            let across = (1.0 - along.dot(half).powi(2)).max(0.0).sqrt();
            vertices[i].light.w += strength * sixty_fourth(across) * 0.022 * shell.open[i];
        }
    }
}

/// Lashes and the mirrored lamps.
fn finish_eyes(layer: &mut Layer, lit: &Lit, sitting: &Sitting, look: &Look, placed: &Placed, rest: &[Vec3]) {
    let length = if look.sitter.soft_features { 0.5 } else { 0.32 };
    for (side, eye) in EYES.iter().enumerate() {
        let centre = look.shape.eyes[side];
        let lid: Vec<Vec3> =
            std::iter::once(eye.outer).chain(eye.upper).chain([eye.inner]).map(|i| rest[i]).collect();
        let closed = sitting.expression.blink[side];
        let on_lid = |t: f32| {
            let at = (t * 8.0).min(7.999);
            lid[at as usize].lerp(lid[at as usize + 1], at.fract())
        };
        let rim =
            Strand { points: (0..=16).map(|k| on_lid(k as f32 / 16.0)).collect(), width: 0.075, shade: 1.0 };
        draw_strand(layer, lit, &rim, LASH, |p| placed.head(p + Vec3::new(0.0, 0.0, 0.05)));
        for k in 0..22 {
            let t = 0.02 + k as f32 / 22.0 * 0.86;
            let root = on_lid(t);
            let out = Vec3::new((root.x - centre.x) * 0.55, 0.25 - closed * 0.75, 0.8).normalize();
            let long = length * (1.0 - 0.55 * t) * (0.85 + 0.3 * ((k * 7 % 5) as f32 / 5.0));
            let curl = Vec3::Y * long * (0.75 - closed * 1.1);
            let points = vec![root, root + out * long * 0.5 + curl * 0.12, root + out * long + curl * 0.6];
            draw_strand(layer, lit, &Strand { points, width: 0.032, shade: 1.0 }, LASH, |p| placed.head(p));
        }
        let gaze = gaze(sitting, placed, centre);
        for (towards, strength) in lit.lighting.directions() {
            let towards = placed.turn.transpose() * towards;
            let view = placed.turn.transpose() * Vec3::Z;
            // The cornea is a ball of 0.78 cm in front of the eye's middle.
            let spot = centre + gaze * (EYE_RADII.z - 0.72) + (towards + view).normalize() * 0.78;
            let (at, near) = lit.camera.project(placed.head(spot));
            let radius = 0.085 * lit.camera.scale_at(sitting.pose.z);
            draw_spot(
                layer,
                at,
                near,
                radius,
                (strength * 1.7).min(1.0) * (1.0 - closed).clamp(0.0, 1.0) * 0.85,
            );
        }
    }
}

const LASH: [f32; 3] = [0.006, 0.005, 0.005];

fn look_uv(look_of: &Look, gaze: Vec3) -> Vec<Vec2> {
    look(&look_of.eyeball.positions, gaze)
}

/// Where an eye looks, in the head's axes.
pub(super) fn gaze(sitting: &Sitting, placed: &Placed, eye: Vec3) -> Vec3 {
    let from = placed.head(eye);
    let [right, up] = sitting.expression.gaze.map(|a| a.to_radians().tan());
    let to_camera = (Vec3::new(0.0, 0.0, CAMERA_DISTANCE) - from).normalize();
    let wanted = placed.turn.transpose() * (to_camera + Vec3::new(right, up, 0.0));
    // Eyes turn about 35° at most.
    let limit = 0.6;
    Vec3::new(wanted.x.clamp(-limit, limit), wanted.y.clamp(-limit, limit), wanted.z.max(0.5)).normalize()
}

fn add_body<'a>(raster: &mut Raster<'a>, lit: &Lit, look: &'a Look, placed: &Placed) {
    let add = |raster: &mut Raster<'a>,
               shell: &'a Shell,
               texture: &'a Texture,
               material: &Material,
               two_sided: bool| {
        let positions: Vec<Vec3> = shell.positions.iter().map(|p| placed.neck(*p)).collect();
        let mut normals = normals(&positions, &shell.triangles);
        if two_sided {
            // Cloth is lit on the side that is seen.
            for normal in normals.iter_mut().filter(|n| n.z < 0.0) {
                *normal = -*normal;
            }
        }
        let vertices = lit.vertices(&positions, &normals, &shell.uv, &shell.open, material);
        raster.add(&vertices, &shell.triangles, texture, two_sided);
    };
    add(raster, &look.neck, &look.neck_skin, &Material::SKIN, false);
    for (shell, texture) in look.garment.iter().zip(&look.cloth) {
        add(raster, shell, texture, &Material::CLOTH, true);
    }
}

fn add_phone<'a>(raster: &mut Raster<'a>, lit: &Lit, phone: &Phone, textures: [&'a Texture; 3]) {
    let [screen_texture, case_texture, hand_texture] = textures;
    let add = |raster: &mut Raster<'a>,
               shell: &Shell,
               texture: &'a Texture,
               material: &Material,
               glow: Option<f32>| {
        let positions: Vec<Vec3> = shell.positions.iter().map(|p| phone::placed(phone, *p)).collect();
        let normals = normals(&positions, &shell.triangles);
        let mut vertices = lit.vertices(&positions, &normals, &shell.uv, &shell.open, material);
        if let Some(glow) = glow {
            for vertex in &mut vertices {
                vertex.light = Vec4::new(glow, glow, glow, 0.012);
            }
        }
        raster.add(&vertices, &shell.triangles, texture, true);
    };
    add(raster, &phone::screen(), screen_texture, &Material::MATT, Some(phone.brightness));
    add(raster, &phone::case(), case_texture, &Material::PLASTIC, None);
    for shell in phone::hand() {
        add(raster, &shell, hand_texture, &Material::SKIN, None);
    }
}

/// Draws one scene. For many pictures of one sitter keep a [`Renderer`].
#[must_use]
pub fn render(scene: &Scene, width: u32, height: u32) -> RgbImage {
    Renderer::new(width, height).render(scene)
}

/// Where everything is in the picture that [`render`] draws.
#[must_use]
pub fn truth(scene: &Scene, width: u32, height: u32) -> Truth {
    Renderer::new(width, height).truth(scene)
}
