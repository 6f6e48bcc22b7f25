//! Renders collection codes as a kiosk's camera sees them: a phone in front of a room, 1280 × 720, grey.
//!
//! Deterministic: the same seed gives the same frame on every machine up to rounding of `f32` functions.
#![allow(clippy::disallowed_methods, reason = "a test may draw and measure with any sine")]
#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "shared by tests, a bench and an example, none of which uses all of it"
)]

use image::{GrayImage, Luma, codecs::jpeg::JpegEncoder, imageops};
use qrcode::{Color, EcLevel, QrCode};

pub const WIDTH: u32 = 1280;
pub const HEIGHT: u32 = 720;

/// What is wrong with a frame, one thing at a time, then everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    Clear,
    Tilt,
    Perspective,
    Defocus,
    MotionBlur,
    Glare,
    Inverted,
    Noise,
    Dim,
    Moire,
    Small,
    Mixed,
}

impl Trouble {
    pub const ALL: [Self; 12] = [
        Self::Clear,
        Self::Tilt,
        Self::Perspective,
        Self::Defocus,
        Self::MotionBlur,
        Self::Glare,
        Self::Inverted,
        Self::Noise,
        Self::Dim,
        Self::Moire,
        Self::Small,
        Self::Mixed,
    ];
}

/// A frame and what its code says.
pub struct CodeFrame {
    pub image: GrayImage,
    pub payload: Vec<u8>,
    pub version: u8,
    /// Corners of the module area in pixels, clockwise from the code's top-left.
    pub corners: [[f32; 2]; 4],
}

/// `SplitMix64` (Steele, Lea, Flood 2014): small, seedable and the same everywhere.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Uniform in `low..high`.
    pub fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (self.bits() >> 40) as f32 / (1u64 << 24) as f32 * (high - low)
    }

    /// Uniform in `low..high`.
    pub fn count(&mut self, low: usize, high: usize) -> usize {
        low + (self.bits() % (high - low) as u64) as usize
    }

    fn sign(&mut self) -> f32 {
        if self.bits() & 1 == 0 { 1.0 } else { -1.0 }
    }

    /// Standard normal, as a sum of uniforms (Irwin–Hall, 4 terms).
    fn normal(&mut self) -> f32 {
        ((0..4).map(|_| self.between(-1.0, 1.0)).sum::<f32>()) * 0.866
    }
}

/// A payload of 128–400 bytes: base64 as the imitation codes use, or, one time in four, any bytes.
pub fn payload(random: &mut Random) -> Vec<u8> {
    const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let length = random.count(128, 401);
    let binary = random.count(0, 4) == 0;
    let byte = |random: &mut Random| {
        if binary { random.bits() as u8 } else { BASE64[random.count(0, 64)] }
    };
    (0..length).map(|_| byte(random)).collect()
}

/// One frame with one code.
pub fn code_frame(trouble: Trouble, seed: u64) -> CodeFrame {
    let mut random = Random::new(seed.wrapping_mul(0x1_0001).wrapping_add(trouble as u64));
    let payload = payload(&mut random);
    let level = [EcLevel::L, EcLevel::M][random.count(0, 2)];
    let code = QrCode::with_error_correction_level(&payload, level).unwrap();
    let version = ((code.width() - 17) / 4) as u8;
    let pose = Pose::of(trouble, code.width() as f32, &mut random);
    let look = Look::of(trouble, &mut random);
    let mut light = room(&mut random);
    draw_phone(&mut light, &code, &pose, &look);
    look.optics(&mut light, &mut random);
    let image = camera(&light, &look, &mut random);
    let n = code.width() as f32;
    let corners = [[0.0, 0.0], [n, 0.0], [n, n], [0.0, n]].map(|[u, v]| pose.pixel(u, v));
    CodeFrame { image, payload, version, corners }
}

/// A frame without a code: the room and a person's blob, as the camera sees them most of the day.
pub fn idle_frame(seed: u64) -> GrayImage {
    let mut random = Random::new(seed);
    let light = room(&mut random);
    let look = Look::of(Trouble::Clear, &mut random);
    camera(&light, &look, &mut random)
}

/// Finder patterns edge to edge, `module` pixels a module: what stalls detectors.
pub fn lattice(width: u32, height: u32, module: u32) -> GrayImage {
    GrayImage::from_fn(width, height, |x, y| {
        let (u, v) = ((x / module % 8) as i32, (y / module % 8) as i32);
        let ring = (u - 3).abs().max((v - 3).abs());
        Luma([if ring == 2 || ring > 3 { 255 } else { 0 }])
    })
}

/// A plane in front of a pinhole camera, measured in modules.
struct Pose {
    origin: [f32; 3],
    right: [f32; 3],
    down: [f32; 3],
    modules: f32,
}

/// Focal length in pixels: about 62° across 1280 pixels.
const FOCAL: f32 = 1060.0;

impl Pose {
    fn of(trouble: Trouble, modules: f32, random: &mut Random) -> Self {
        let mixed = trouble == Trouble::Mixed;
        let (mut roll, mut yaw, mut pitch) = (random.between(-0.1, 0.1), 0.0, random.between(-0.1, 0.1));
        if trouble == Trouble::Tilt {
            roll = random.between(0.1, 3.1) * random.sign();
        }
        if trouble == Trouble::Perspective {
            yaw = random.between(0.3, 0.8) * random.sign();
            pitch = random.between(-0.5, 0.5);
        }
        if mixed {
            roll = random.between(-0.8, 0.8);
            yaw = random.between(-0.6, 0.6);
            pitch = random.between(-0.5, 0.5);
        }
        let pixels = match trouble {
            Trouble::Small => random.between(2.0, 2.8),
            Trouble::Mixed => random.between(2.6, 5.0),
            _ => random.between(3.2, 5.5),
        };
        let pixels = pixels.min(600.0 / modules);
        let depth = FOCAL / pixels;
        let room_for = |side: u32| ((side as f32 / 2.0 - modules * pixels * 0.72) / pixels).max(0.0);
        let (dx, dy) = (room_for(WIDTH), room_for(HEIGHT));
        let centre = [random.between(-dx, dx), random.between(-dy, dy), depth];
        let (right, down) = axes(roll, yaw, pitch);
        let half = modules / 2.0;
        let origin = [0, 1, 2].map(|i| centre[i] - half * right[i] - half * down[i]);
        Self { origin, right, down, modules }
    }

    /// Module coordinates to pixels.
    fn pixel(&self, u: f32, v: f32) -> [f32; 2] {
        let [x, y, z] = [0, 1, 2].map(|i| self.origin[i] + u * self.right[i] + v * self.down[i]);
        [x / z * FOCAL + WIDTH as f32 / 2.0, y / z * FOCAL + HEIGHT as f32 / 2.0]
    }

    /// Pixels to module coordinates: where the pixel's ray meets the plane.
    fn module(&self, x: f32, y: f32) -> Option<[f32; 2]> {
        let ray = [(x - WIDTH as f32 / 2.0) / FOCAL, (y - HEIGHT as f32 / 2.0) / FOCAL, 1.0];
        let normal = cross(self.right, self.down);
        let facing = dot(ray, normal);
        if facing.abs() < 1e-6 {
            return None;
        }
        let t = dot(self.origin, normal) / facing;
        let on_plane = [0, 1, 2].map(|i| ray[i] * t - self.origin[i]);
        Some([dot(on_plane, self.right), dot(on_plane, self.down)])
    }
}

fn axes(roll: f32, yaw: f32, pitch: f32) -> ([f32; 3], [f32; 3]) {
    let turn = |[x, y, z]: [f32; 3]| {
        let [x, y] = [x * roll.cos() - y * roll.sin(), x * roll.sin() + y * roll.cos()];
        let [x, z] = [x * yaw.cos() + z * yaw.sin(), z * yaw.cos() - x * yaw.sin()];
        [x, y * pitch.cos() - z * pitch.sin(), y * pitch.sin() + z * pitch.cos()]
    };
    (turn([1.0, 0.0, 0.0]), turn([0.0, 1.0, 0.0]))
}

fn dot(a: [f32; 3], b: [f32; 3]) -> f32 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn cross(a: [f32; 3], b: [f32; 3]) -> [f32; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

/// Everything about a frame but geometry.
struct Look {
    /// Light of dark and light modules and of the phone's body, 0–255 before the camera's gain.
    dark: f32,
    light: f32,
    inverted: bool,
    glare: f32,
    moire: f32,
    defocus: f32,
    motion: [f32; 2],
    gain: f32,
    noise: f32,
    jpeg: u8,
}

impl Look {
    fn of(trouble: Trouble, random: &mut Random) -> Self {
        let mut look = Self {
            dark: random.between(15.0, 45.0),
            light: random.between(190.0, 235.0),
            inverted: false,
            glare: 0.0,
            moire: 0.0,
            defocus: 0.6,
            motion: [0.0, 0.0],
            gain: 1.0,
            noise: 2.0,
            jpeg: 88,
        };
        let mixed = trouble == Trouble::Mixed;
        let chosen = |this: Trouble, random: &mut Random| trouble == this || mixed && random.count(0, 4) == 0;
        if chosen(Trouble::Defocus, random) {
            look.defocus = if mixed { random.between(0.8, 1.6) } else { random.between(1.2, 2.2) };
        }
        if chosen(Trouble::MotionBlur, random) {
            let length = if mixed { random.between(2.0, 5.0) } else { random.between(4.0, 9.0) };
            let angle = random.between(0.0, std::f32::consts::PI);
            look.motion = [length * angle.cos(), length * angle.sin()];
        }
        if chosen(Trouble::Glare, random) {
            look.glare = random.between(100.0, 220.0);
        }
        if chosen(Trouble::Inverted, random) {
            look.inverted = true;
        }
        if chosen(Trouble::Noise, random) {
            look.noise = random.between(12.0, 24.0);
            look.jpeg = 70;
        }
        if chosen(Trouble::Dim, random) {
            look.gain = random.between(0.12, 0.35);
            look.noise = look.noise.max(3.0);
        }
        if chosen(Trouble::Moire, random) {
            look.moire = random.between(25.0, 60.0);
        }
        look
    }

    /// Brightness of the phone's plane at module coordinates.
    fn phone(&self, code: &QrCode, u: f32, v: f32) -> Option<f32> {
        let n = code.width() as f32;
        let quiet = 4.0;
        let screen = (-quiet * 1.5..n + quiet * 1.5).contains(&u) && (-n * 0.4..n * 1.3).contains(&v);
        let body = (-quiet * 2.0..n + quiet * 2.0).contains(&u) && (-n * 0.5..n * 1.4).contains(&v);
        if !screen {
            return body.then_some(18.0);
        }
        let inside = (0.0..n).contains(&u) && (0.0..n).contains(&v);
        let text = (n * 1.1..n * 1.2).contains(&v) && (u * 0.9).sin() > 0.2 && (v * 2.2).sin() > -0.2;
        let is_dark = inside && code[(u as usize, v as usize)] == Color::Dark || text;
        Some(if is_dark == self.inverted { self.light } else { self.dark })
    }

    fn optics(&self, light: &mut Light, random: &mut Random) {
        if self.motion != [0.0, 0.0] {
            light.motion_blur(self.motion);
        }
        light.defocus(self.defocus);
        if self.glare > 0.0 {
            let centre = [random.between(300.0, 980.0), random.between(150.0, 570.0)];
            light.glare(centre, random.between(60.0, 180.0), self.glare);
        }
    }
}

/// Linear-ish light per pixel, unclipped.
struct Light(Vec<f32>);

impl Light {
    fn at(&self, x: i32, y: i32) -> f32 {
        let (x, y) = (x.clamp(0, WIDTH as i32 - 1) as usize, y.clamp(0, HEIGHT as i32 - 1) as usize);
        self.0[y * WIDTH as usize + x]
    }

    fn map(&mut self, value: impl Fn(&Self, i32, i32) -> f32) {
        let pixels = (0..HEIGHT as i32).flat_map(|y| (0..WIDTH as i32).map(move |x| (x, y)));
        self.0 = pixels.map(|(x, y)| value(self, x, y)).collect();
    }

    fn motion_blur(&mut self, along: [f32; 2]) {
        let taps: Vec<[i32; 2]> =
            (-4..=4).map(|i| along.map(|a| (a * i as f32 / 8.0).round() as i32)).collect();
        self.map(|light, x, y| {
            taps.iter().map(|t| light.at(x + t[0], y + t[1])).sum::<f32>() / taps.len() as f32
        });
    }

    /// Separable Gaussian.
    fn defocus(&mut self, sigma: f32) {
        let reach = (2.5 * sigma).ceil() as i32;
        let weight = |i: i32| (-(i * i) as f32 / (2.0 * sigma * sigma)).exp();
        let total: f32 = (-reach..=reach).map(weight).sum();
        let weights: Vec<(i32, f32)> = (-reach..=reach).map(|i| (i, weight(i) / total)).collect();
        self.map(|light, x, y| weights.iter().map(|(i, w)| light.at(x + i, y) * w).sum());
        self.map(|light, x, y| weights.iter().map(|(i, w)| light.at(x, y + i) * w).sum());
    }

    fn glare(&mut self, [cx, cy]: [f32; 2], radius: f32, strength: f32) {
        self.map(|light, x, y| {
            let d = ((x as f32 - cx) / radius).powi(2) + ((y as f32 - cy) / (radius * 0.6)).powi(2);
            light.at(x, y) + strength * (-d).exp()
        });
    }
}

/// A wall with a gradient, furniture with edges, a head and shoulders.
fn room(random: &mut Random) -> Light {
    let base = random.between(90.0, 150.0);
    let slope = [random.between(-0.04, 0.04), random.between(-0.04, 0.04)];
    let boxes: Vec<[f32; 5]> = (0..14)
        .map(|_| {
            let (x, y) = (random.between(0.0, 1280.0), random.between(0.0, 720.0));
            [x, y, random.between(10.0, 200.0), random.between(10.0, 200.0), random.between(20.0, 230.0)]
        })
        .collect();
    let mut light = Light(vec![0.0; (WIDTH * HEIGHT) as usize]);
    light.map(|_, x, y| {
        let (x, y) = (x as f32, y as f32);
        let head = ((x - 640.0) / 130.0).powi(2) + ((y - 300.0) / 170.0).powi(2) < 1.0;
        let body = y > 520.0 && (x - 640.0).abs() < 320.0;
        let inside = |b: &&[f32; 5]| (b[0]..b[0] + b[2]).contains(&x) && (b[1]..b[1] + b[3]).contains(&y);
        match boxes.iter().find(inside) {
            _ if head => 170.0 + 20.0 * (x / 60.0).sin(),
            _ if body => 60.0 + 15.0 * (x / 9.0).sin(),
            Some(b) => b[4],
            None => base + slope[0] * x + slope[1] * y,
        }
    });
    light
}

fn draw_phone(light: &mut Light, code: &QrCode, pose: &Pose, look: &Look) {
    let n = pose.modules;
    let reach = [[-10.0, -n * 0.6], [n + 10.0, -n * 0.6], [n + 10.0, n * 1.5], [-10.0, n * 1.5]];
    let outline = reach.map(|[u, v]| pose.pixel(u, v));
    let low = [0, 1].map(|i| outline.iter().map(|p| p[i]).fold(f32::MAX, f32::min).max(0.0) as u32);
    let high = [0, 1].map(|i| outline.iter().map(|p| p[i]).fold(f32::MIN, f32::max).max(0.0) as u32);
    for y in low[1]..high[1].min(HEIGHT) {
        for x in low[0]..high[0].min(WIDTH) {
            let under = light.0[(y * WIDTH + x) as usize];
            light.0[(y * WIDTH + x) as usize] = pixel_light(under, x, y, code, pose, look);
        }
    }
}

/// Nine rays a pixel; the moiré is the beat of the phone's pixels with the camera's.
fn pixel_light(under: f32, x: u32, y: u32, code: &QrCode, pose: &Pose, look: &Look) -> f32 {
    let mut sum = 0.0;
    for ray in 0..9 {
        let at = [x as f32 + (ray % 3) as f32 / 3.0 + 0.167, y as f32 + (ray / 3) as f32 / 3.0 + 0.167];
        let on_phone = pose.module(at[0], at[1]).and_then(|[u, v]| {
            let beat = look.moire * ((u * 1.9 + v * 0.3).sin() * (v * 2.3).cos());
            look.phone(code, u, v).map(|level| level + beat * level / 255.0)
        });
        sum += on_phone.unwrap_or(under);
    }
    sum / 9.0
}

fn camera(light: &Light, look: &Look, random: &mut Random) -> GrayImage {
    let mut image = GrayImage::new(WIDTH, HEIGHT);
    for (pixel, &level) in image.pixels_mut().zip(&light.0) {
        pixel.0[0] = (level * look.gain + look.noise * random.normal()).clamp(0.0, 255.0) as u8;
    }
    through_jpeg(&image, look.jpeg)
}

/// Webcams send JPEG.
fn through_jpeg(image: &GrayImage, quality: u8) -> GrayImage {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(image).unwrap();
    image::load_from_memory(&bytes).unwrap().into_luma8()
}

/// A code alone on white, `module` pixels a module with a quiet zone of four: a screenshot.
pub fn screenshot(payload: &[u8], module: u32) -> GrayImage {
    let code = QrCode::with_error_correction_level(payload, EcLevel::M).unwrap();
    let side = code.width() as u32 + 8;
    let plain = GrayImage::from_fn(side, side, |x, y| {
        let inside = (4..side - 4).contains(&x) && (4..side - 4).contains(&y);
        let dark = inside && code[(x as usize - 4, y as usize - 4)] == Color::Dark;
        Luma([if dark { 0 } else { 255 }])
    });
    imageops::resize(&plain, side * module, side * module, imageops::FilterType::Nearest)
}
