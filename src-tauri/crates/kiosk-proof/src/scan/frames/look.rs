//! What the phone shows, and what light, lens and sensor do to it.

use qrcode::{Color, QrCode};

use super::Trouble;
use super::light::Light;
use super::random::Random;

/// Everything about a frame but geometry.
#[derive(Clone)]
pub(super) struct Look {
    /// Light of dark and light modules and of the phone's body, 0–255 before the camera's gain.
    pub dark: f32,
    pub light: f32,
    pub inverted: bool,
    /// Modules of light round the code on a dark page; `None` where the whole page is light.
    pub card: Option<f32>,
    pub glare: f32,
    pub moire: f32,
    /// Where the beat begins: it wanders as the phone moves.
    pub phase: f32,
    pub defocus: f32,
    /// How far the phone moves while a frame is exposed, pixels.
    pub motion: [f32; 2],
    pub gain: f32,
    pub noise: f32,
    pub jpeg: u8,
}

impl Look {
    pub(super) fn of(trouble: Trouble, random: &mut Random) -> Self {
        let mut look = Self {
            dark: random.between(15.0, 45.0),
            light: random.between(190.0, 235.0),
            inverted: false,
            card: None,
            glare: 0.0,
            moire: 0.0,
            phase: 0.0,
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
        if trouble == Trouble::DarkMode {
            look.card = Some(random.between(1.5, 3.0));
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
    pub(super) fn phone(&self, code: &QrCode, u: f32, v: f32) -> Option<f32> {
        let n = code.width() as f32;
        let quiet = 4.0;
        let screen = (-quiet * 1.5..n + quiet * 1.5).contains(&u) && (-n * 0.4..n * 1.3).contains(&v);
        let body = (-quiet * 2.0..n + quiet * 2.0).contains(&u) && (-n * 0.5..n * 1.4).contains(&v);
        if !screen {
            return body.then_some(18.0);
        }
        let inside = (0.0..n).contains(&u) && (0.0..n).contains(&v);
        let text = (n * 1.1..n * 1.2).contains(&v) && (u * 0.9).sin() > 0.2 && (v * 2.2).sin() > -0.2;
        let page = self.card.is_some_and(|card| u < -card || v < -card || u > n + card || v > n + card);
        let is_dark = page || inside && code[(u as usize, v as usize)] == Color::Dark || text;
        Some(if is_dark == self.inverted { self.light } else { self.dark })
    }

    /// The beat of the phone's pixels with the camera's, in levels.
    pub(super) fn beat(&self, u: f32, v: f32) -> f32 {
        self.moire * (u * 1.9 + v * 0.3 + self.phase).sin() * (v * 2.3 + self.phase).cos()
    }

    /// The reflection of a lamp, if there is one.
    pub(super) fn reflection(&self, random: &mut Random) -> Option<Reflection> {
        (self.glare > 0.0).then(|| Reflection {
            centre: [random.between(300.0, 980.0), random.between(150.0, 570.0)],
            radius: random.between(60.0, 180.0),
            strength: self.glare,
        })
    }

    pub(super) fn optics(&self, light: &mut Light, reflection: Option<&Reflection>) {
        if self.motion != [0.0, 0.0] {
            light.motion_blur(self.motion);
        }
        light.defocus(self.defocus);
        if let Some(reflection) = reflection {
            light.reflect(reflection);
        }
    }
}

/// A lamp in the glass: pixels and levels.
#[derive(Clone, Copy)]
pub(super) struct Reflection {
    pub centre: [f32; 2],
    pub radius: f32,
    pub strength: f32,
}
