//! Renders collection codes as a kiosk's camera sees them: a phone in front of a room, 1280 × 720, grey.
//!
//! Deterministic: the same seed gives the same frame on every machine up to rounding of `f32` functions.
#![allow(
    dead_code,
    unused_imports,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "shared with tests and a bench, which take it by path and do not use all of it; what is drawn is invented"
)]

mod light;
mod look;
mod pose;
mod random;
mod sequence;

use image::{GrayImage, Luma, codecs::jpeg::JpegEncoder, imageops};
use qrcode::{Color, EcLevel, QrCode};

use light::{Light, draw_phone, room};
use look::Look;
use pose::Hold;
pub use random::Random;
pub use sequence::{FRAMES_A_SECOND, Sequence};

pub const WIDTH: u32 = 1280;
pub const HEIGHT: u32 = 720;

/// What is wrong with a frame, one thing at a time, or (`Mixed`) everything.
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
    DarkMode,
}

impl Trouble {
    /// As the table says it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Clear => "clear",
            Self::Tilt => "roll",
            Self::Perspective => "tilt",
            Self::Defocus => "defocus",
            Self::MotionBlur => "motion",
            Self::Glare => "glare",
            Self::Inverted => "inverted",
            Self::Noise => "noise",
            Self::Dim => "dim",
            Self::Moire => "moire",
            Self::Small => "small",
            Self::Mixed => "mixed",
            Self::DarkMode => "dark-mode",
        }
    }

    pub const ALL: [Self; 13] = [
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
        Self::DarkMode,
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

/// A payload of 128–400 bytes: base64 as the imitation codes use, or, one time in four, any bytes.
pub fn payload(random: &mut Random) -> Vec<u8> {
    let length = random.count(128, 401);
    bytes(length, random)
}

fn bytes(length: usize, random: &mut Random) -> Vec<u8> {
    const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
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
    let pose = Hold::of(trouble, code.width() as f32, &mut random).pose(code.width() as f32);
    let look = Look::of(trouble, &mut random);
    let mut light = room(&mut random);
    draw_phone(&mut light, &code, &pose, &look);
    let reflection = look.reflection(&mut random);
    look.optics(&mut light, reflection.as_ref());
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
