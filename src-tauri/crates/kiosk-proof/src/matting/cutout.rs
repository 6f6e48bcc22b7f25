//! People with known alpha and colour.

use std::sync::Arc;

use kiosk_camera::sim::{Garment, Glasses, HairStyle, Renderer, Scene, Sitter};
use kiosk_core::{Fault, Profile};
use kiosk_vision::matting::alpha::{Evidence, unmixed};
use kiosk_vision::matting::raster::Raster;
use kiosk_vision::standardise::{Standardiser, decode};

use super::rivals::Rival;
use super::strands::{self, Stray};
use crate::PortraitFile;
use crate::light::{colour, of_srgb};

/// A person in linear light, to be put before a wall.
#[derive(Debug, Clone)]
pub struct CutOut {
    /// For pictures and repeatable randomness.
    pub name: String,
    /// The row of the table that it belongs to.
    pub hair: &'static str,
    /// A portrait, not a drawing.
    pub real: bool,
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Linear light times alpha.
    pub light: Vec<[f32; 3]>,
    /// Share of a pixel's light that comes from the person.
    pub alpha: Vec<f32>,
}

/// Camera of the kiosk.
const SIZE: (u32, u32) = (1280, 720);

/// A drawn sitter of the table.
struct Model {
    hair: &'static str,
    seed: u64,
    style: HairStyle,
    colour: [u8; 3],
    stray: Option<Stray>,
}

const MODELS: [Model; 8] = [
    Model { hair: "short", seed: 4, style: HairStyle::Short, colour: [30, 25, 23], stray: None },
    Model { hair: "long", seed: 1, style: HairStyle::Long, colour: [38, 29, 25], stray: None },
    Model {
        hair: "flying",
        seed: 7,
        style: HairStyle::Long,
        colour: [34, 26, 23],
        stray: Some(Stray::Flying),
    },
    Model { hair: "curly", seed: 9, style: HairStyle::Bob, colour: [30, 24, 22], stray: Some(Stray::Curly) },
    Model {
        hair: "brown flying",
        seed: 12,
        style: HairStyle::Bob,
        colour: [96, 66, 44],
        stray: Some(Stray::Flying),
    },
    Model {
        hair: "blond flying",
        seed: 15,
        style: HairStyle::Long,
        colour: [198, 164, 110],
        stray: Some(Stray::Flying),
    },
    Model {
        hair: "grey flying",
        seed: 18,
        style: HairStyle::Bun,
        colour: [150, 148, 146],
        stray: Some(Stray::Flying),
    },
    Model { hair: WHITE_SHIRT, seed: 2, style: HairStyle::SideParted, colour: [28, 24, 22], stray: None },
];

/// The one whose clothes and not whose hair are hard.
const WHITE_SHIRT: &str = "white shirt, glasses";

/// The row of the table for portraits.
pub const PORTRAITS: &str = "portraits";

/// The drawn sitters whose hair is wanted.
pub fn drawn(wanted: impl Fn(&str) -> bool) -> Vec<CutOut> {
    let mut renderer = Renderer::new(SIZE.0, SIZE.1);
    MODELS.iter().filter(|model| wanted(model.hair)).map(|model| draw(&mut renderer, model)).collect()
}

fn draw(renderer: &mut Renderer, model: &Model) -> CutOut {
    let mut sitter = Sitter {
        hair: model.style,
        hair_colour: model.colour,
        glasses: None,
        ..Sitter::from_seed(model.seed)
    };
    if model.hair == WHITE_SHIRT {
        sitter.garment = Garment::Shirt;
        sitter.garment_colour = [236, 236, 233];
        sitter.glasses = Some(Glasses { frame: [28, 26, 28], glare: 0.0, tint: 0.0 });
    }
    // Before black and without lens or noise, what is left is the person's light.
    let mut scene = Scene { backdrop: [0; 3], noise: 0.0, defocus: 0.0, ..Scene::portrait(Arc::new(sitter)) };
    scene.lamps.wall_distance = 1000.0;
    let (picture, matte) = (renderer.render(&scene), renderer.matte(&scene));
    let alpha: Vec<f32> = matte.pixels().map(|p| f32::from(p.0[0]) / 255.0).collect();
    let light = picture.pixels().zip(&alpha).map(|(pixel, &alpha)| {
        // The drawing mixes squares of bytes at its edges.
        pixel.0.map(|v| {
            if alpha > 0.01 { of_srgb((f32::from(v) / 255.0 / alpha.sqrt()).min(1.0)) * alpha } else { 0.0 }
        })
    });
    let mut cutout = CutOut {
        name: model.hair.to_owned(),
        hair: model.hair,
        real: false,
        width: SIZE.0 as usize,
        height: SIZE.1 as usize,
        light: light.collect(),
        alpha: alpha.iter().map(|&a| if a > 0.01 { a } else { 0.0 }).collect(),
    };
    if let (Some(stray), Some(face)) = (model.stray, renderer.truth(&scene).face) {
        let eyes = [0, 1].map(|k| f32::midpoint(face.pupils[0][k], face.pupils[1][k]));
        let bright = colour(model.colour).map(|v| v * 0.8);
        strands::add(&mut cutout, stray, eyes, face.face_width, bright);
    }
    cutout.softened()
}

impl CutOut {
    /// A focused lens: a tent of three pixels each way.
    fn softened(mut self) -> Self {
        const TENT: [f32; 3] = [0.18, 0.64, 0.18];
        for (count, stride, lines) in [(self.width, 1, self.height), (self.height, self.width, self.width)] {
            let across = if stride == 1 { self.width } else { 1 };
            let mut out = self.clone();
            for line in 0..lines {
                for i in 0..count {
                    let at = |i: usize| line * across + i * stride;
                    let near = [at(i.saturating_sub(1)), at(i), at((i + 1).min(count - 1))];
                    let blend = |value: &dyn Fn(usize) -> f32| -> f32 {
                        near.iter().zip(TENT).map(|(&k, weight)| value(k) * weight).sum()
                    };
                    out.alpha[at(i)] = blend(&|k| self.alpha[k]);
                    out.light[at(i)] = std::array::from_fn(|c| blend(&|k| self.light[k][c]));
                }
            }
            self = out;
        }
        self
    }
}

/// A portrait cut out of its own wall. Its alpha is the mean of closed-form's and ours, so that it favours neither.
///
/// # Errors
/// `image_unreadable`, `no_face`.
pub fn portrait(
    standardiser: &mut Standardiser,
    file: &PortraitFile,
    profile: &Profile,
) -> Result<CutOut, Fault> {
    let study = standardiser.study(decode::decode(&file.bytes)?, profile)?;
    let (image, mask) = study.matted()?;
    let (width, height) = (image.width, image.height);
    let solved = Rival::ClosedForm.cut(&study, &image, &mask).alpha;
    let wall = study.matte.wall.enlarged(2, width, height);
    let person = study.matte.person.enlarged(2, width, height);
    let mut cutout = CutOut {
        name: file.name.clone(),
        hair: PORTRAITS,
        real: true,
        width,
        height,
        light: Vec::with_capacity(width * height),
        alpha: Vec::with_capacity(width * height),
    };
    for i in 0..width * height {
        let alpha = f32::midpoint(solved.data[i], study.matte.alpha.data[i]);
        let evidence = Evidence { seen: image.data[i], wall: wall.data[i], person: person.data[i] };
        let unmixed = unmixed(evidence, alpha);
        let own = unmixed.map(of_srgb);
        let behind = wall.data[i].map(of_srgb);
        let mixed: [f32; 3] =
            std::array::from_fn(|c| of_srgb(alpha * unmixed[c] + (1.0 - alpha) * wall.data[i][c]));
        let share = super::score::projected(mixed, behind, own).unwrap_or(alpha);
        cutout.alpha.push(share);
        cutout.light.push(own.map(|v| v * share));
    }
    Ok(cutout)
}

/// Alpha of a cut-out as a raster.
pub fn raster(alpha: Vec<f32>, width: usize, height: usize) -> Raster<f32> {
    Raster { width, height, data: alpha }
}
