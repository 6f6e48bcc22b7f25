//! Walls to stand before, and what a camera sees of them.

use image::RgbImage;
use kiosk_core::Fault;
use kiosk_vision::matting::raster::Raster;

use super::cutout::{self, CutOut};
use super::score::projected;
use crate::damage::optics::softened;
use crate::light::{self, Light, colour};
use crate::random::{Random, noise};

/// A wall and the camera's state before it.
pub struct Wall {
    /// The row of the table.
    pub name: &'static str,
    /// sRGB.
    colour: [u8; 3],
    paint: Paint,
    /// How much of the light the sitter's shadow takes.
    shadow: f32,
    /// Deviation of the noise, 8-bit levels.
    noise: f32,
    /// Quality of the camera's JPEG.
    quality: u8,
}

/// What is on a wall.
#[derive(Clone, Copy)]
enum Paint {
    Plain,
    /// Brighter on one side, and darker towards the floor.
    Gradient,
    /// Woodchip: lit bumps of a few pixels.
    Plaster,
    /// Stripes of wallpaper.
    Stripes,
}

const GREY: [u8; 3] = [186, 188, 190];

/// Every wall of the table.
pub fn all() -> Vec<Wall> {
    let wall = |name, colour, paint| Wall { name, colour, paint, shadow: 0.0, noise: 1.4, quality: 92 };
    vec![
        wall("grey", GREY, Paint::Plain),
        Wall { shadow: 0.4, ..wall("cast shadow", [214, 214, 212], Paint::Plain) },
        wall("white", [240, 240, 238], Paint::Plain),
        wall("cream", [233, 222, 196], Paint::Plain),
        wall("blue", [96, 150, 205], Paint::Plain),
        wall("dark grey", [92, 94, 98], Paint::Plain),
        wall("gradient", [212, 210, 205], Paint::Gradient),
        wall("plaster", [205, 200, 192], Paint::Plaster),
        wall("stripes", [200, 204, 196], Paint::Stripes),
        Wall { noise: 6.0, ..wall("noise", GREY, Paint::Plain) },
        Wall { quality: 55, ..wall("strong JPEG", [205, 207, 209], Paint::Plain) },
    ]
}

/// A person before a wall.
pub struct Seen {
    /// The camera's file.
    pub shot: Vec<u8>,
    /// What the camera would have seen before the recipient's colour.
    pub ideal: RgbImage,
    /// Share of person as the encoded picture mixes it.
    pub alpha: Raster<f32>,
}

impl Wall {
    /// Puts a person there. `background` is the recipient's colour.
    ///
    /// # Errors
    /// `image_unreadable` when the picture is too large for a JPEG.
    pub fn before(&self, person: &CutOut, background: [u8; 3]) -> Result<Seen, Fault> {
        let (width, height) = (person.width, person.height);
        let lit = self.lit(person);
        let ideal_wall = colour(background);
        let mut random = Random::of(&format!("{} {}", self.name, person.name));
        let (mut seen, mut ideal) =
            (RgbImage::new(width as u32, height as u32), RgbImage::new(width as u32, height as u32));
        let mut alpha = Vec::with_capacity(width * height);
        for (i, (shot, ideal)) in seen.pixels_mut().zip(ideal.pixels_mut()).enumerate() {
            let (share, own) = (person.alpha[i], person.light[i]);
            let before = |wall: [f32; 3]| -> [f32; 3] {
                std::array::from_fn(|c| light::to_srgb((own[c] + (1.0 - share) * wall[c]).clamp(0.0, 1.0)))
            };
            let (mixed, wished) = (before(lit[i]), before(ideal_wall));
            let whole = own.map(|v| light::to_srgb((v / share.max(1e-3)).min(1.0)));
            let encoded = projected(mixed, lit[i].map(light::to_srgb), whole).unwrap_or(share);
            let encoded = if share <= 0.0 { 0.0 } else { encoded };
            alpha.push(encoded);
            // What grain there is on the person stays there whatever the wall is.
            for c in 0..3 {
                let grain = random.normal() * self.noise;
                shot.0[c] = (mixed[c] * 255.0 + grain).round().clamp(0.0, 255.0) as u8;
                ideal.0[c] = (wished[c] * 255.0 + grain * encoded).round().clamp(0.0, 255.0) as u8;
            }
        }
        Ok(Seen {
            shot: light::jpeg(&seen, self.quality)?,
            ideal,
            alpha: cutout::raster(alpha, width, height),
        })
    }

    /// The wall's linear light at each pixel, shadow and all.
    fn lit(&self, person: &CutOut) -> Vec<[f32; 3]> {
        let (width, height) = (person.width, person.height);
        let shade = self.shade(person);
        let base = colour(self.colour);
        let unit = width as f32 / 1000.0;
        let wall = Light::painted(width, height, |x, y| {
            let (u, v) = (x / width as f32, y / height as f32);
            let factor = match self.paint {
                Paint::Plain => 1.03 - 0.06 * (u - 0.5).hypot(v - 0.5),
                Paint::Gradient => (0.62 + 0.5 * u) * (1.08 - 0.3 * v),
                Paint::Plaster => {
                    let bump = |x: f32, y: f32| noise(x / (5.0 * unit), y / (5.0 * unit), 77);
                    1.0 + 0.22 * (bump(x, y) - bump(x + 2.0 * unit, y + 1.5 * unit))
                }
                Paint::Stripes => {
                    let across = (x / (34.0 * unit)).fract();
                    if across < 0.4 { 0.86 } else { 1.0 }
                }
            };
            base.map(|v| v * factor)
        });
        wall.data.iter().zip(&shade).map(|(light, shade)| light.map(|v| v * (1.0 - shade))).collect()
    }

    /// The sitter's outline thrown on the wall, to the right and a little down.
    fn shade(&self, person: &CutOut) -> Vec<f32> {
        let (width, height) = (person.width, person.height);
        if self.shadow <= 0.0 {
            return vec![0.0; width * height];
        }
        let reach = width / 28;
        let soft = softened(&person.alpha, width, height, (width / 60).max(2));
        let at = |i: usize| {
            let (x, y) = (i % width, i / width);
            soft[y.saturating_sub(reach / 2) * width + x.saturating_sub(reach)] * self.shadow
        };
        (0..width * height).map(at).collect()
    }
}
