//! Person from wall on a still picture: alpha, and the person's colour free of wall.
//!
//! The recipe (measured against bilinear masks, guided filter and closed-form matting; a third of their composite error at a tenth
//! of closed-form's time):
//! 1. [`trimap`]: the net's 256² person mask says what is certain and where to measure;
//! 2. [`backdrop`]: the wall is continued underneath the person; wall seen through the hair ([`gaps`]) is looked for;
//! 3. [`alpha`]: pixels between are projected onto the line from wall to person;
//! 4. a second wall estimate takes in the shadow around the outline, and the projection is repeated;
//! 5. along clothes, where wall and person may have one colour, a guided filter redraws the mask instead;
//! 6. parts that do not hang together with the face go, holes in face and clothes are filled;
//! 7. the wall's share is taken out of the person's colour.
//!
//! Walls and people change slowly, so 1, 2, 4 and 6 work on half of the size; only 3, 5 and 7 see every pixel.

pub mod alpha;
pub mod backdrop;
mod body;
pub mod fill;
pub mod filters;
mod fine;
mod gaps;
mod hair;
pub mod raster;
pub mod regions;
pub mod trimap;

use crate::processor::Processor;
use raster::{Colour, Raster};
use regions::{connected, grown, polygon};
use trimap::Zone;

/// Where the face is, in pixels of the raster that is matted.
#[derive(Debug, Clone, PartialEq)]
pub struct Sitter {
    /// Outline of the face from the hair line to the chin, closed.
    pub oval: Vec<[f32; 2]>,
    /// Row of the chin.
    pub chin: f32,
    /// Cheek to cheek; the unit of every length here.
    pub face_width: f32,
}

impl Sitter {
    /// The same sitter in a raster that is `factor` times as large.
    #[must_use]
    pub fn scaled(&self, factor: f32) -> Self {
        Self {
            oval: self.oval.iter().map(|p| p.map(|v| v * factor)).collect(),
            chin: self.chin * factor,
            face_width: self.face_width * factor,
        }
    }

    /// Row below which the outline is taken to be clothes.
    fn body_row(&self) -> f32 {
        self.chin + 0.045 * self.face_width
    }
}

/// What is matted.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The picture, sRGB-encoded.
    pub image: &'a Raster<Colour>,
    /// The net's probability of "person" for each pixel of `image`.
    pub mask: &'a Raster<f32>,
    /// The face.
    pub sitter: &'a Sitter,
    /// The studio without a sitter, same crop and size as `image`.
    pub plate: Option<&'a Raster<Colour>>,
}

/// A person cut out.
#[derive(Debug, Clone)]
pub struct Matte {
    /// Share of person in each pixel, 0–1.
    pub alpha: Raster<f32>,
    /// The person's colour; equal to the picture where alpha is 1, black where it is 0.
    pub colour: Raster<Colour>,
    /// The wall as estimated underneath everything, half of the size.
    pub wall: Raster<Colour>,
    /// The person's colour as continued outwards from where it is certain, half of the size.
    pub person: Raster<Colour>,
    /// What was certain before colours were looked at, half of the size.
    pub zones: Raster<Zone>,
    /// Root mean square distance of bare wall from `wall`, sRGB-encoded 0–1 over three channels, at half of the size.
    pub noise: f32,
}

/// Cuts the person out. The raster should hold the crop at one to two photo pixels a pixel: more only costs time.
#[must_use]
pub fn matte(processor: Processor, subject: Subject<'_>) -> Matte {
    let half = Halves::of(subject);
    let scene = half.understood();
    let mut cut = fine::cut(processor, subject, &half, &scene);
    tidy(&mut cut, subject, &half, &scene);
    let Scene { wall, person, zones, noise, .. } = scene;
    Matte { alpha: cut.alpha, colour: cut.colour, wall, person, zones, noise }
}

/// The inputs at half of the size.
struct Halves {
    image: Raster<Colour>,
    mask: Raster<f32>,
    sitter: Sitter,
    plate: Option<Raster<Colour>>,
}

/// What is known after the coarse stage.
struct Scene {
    clothes_from: Vec<f32>,
    pale_clothes: Raster<bool>,
    zones: Raster<Zone>,
    gaps: Raster<bool>,
    open: Raster<bool>,
    wall: Raster<Colour>,
    person: Raster<Colour>,
    /// The hair's colour continued over everything; `None` where no hair was told from skin.
    hair: Option<Raster<Colour>>,
    noise: f32,
}

impl Halves {
    fn of(subject: Subject<'_>) -> Self {
        Self {
            image: subject.image.shrunk(2),
            mask: halved(subject.mask),
            sitter: subject.sitter.scaled(0.5),
            plate: subject.plate.map(|plate| plate.shrunk(2)),
        }
    }

    fn understood(&self) -> Scene {
        let clothes_from = body::clothes_from(&self.mask, &self.sitter);
        let mut zones = trimap::trimap(&self.mask, &clothes_from, &self.sitter);
        let first = match &self.plate {
            Some(plate) => backdrop::from_plate(&self.image, plate, &zones),
            None => backdrop::first(&self.image, &zones),
        };
        let noise = backdrop::noise(&self.image, &first, &zones);
        trimap::reach_for_strands(&mut zones, &self.mask, &clothes_from, &self.sitter, |i| {
            raster::distance(&self.image.data[i], &first.data[i]) / noise
        });
        let hair = hair::hair(&self.image, &first, &zones, &self.sitter);
        let tone = hair.as_ref().map(|hair| hair.tone);
        let hair = hair.map(|hair| hair.spread);
        let gaps = gaps::gaps(&self.image, (&first, tone), &zones, &self.sitter, noise);
        for (zone, &gap) in zones.data.iter_mut().zip(&gaps.data) {
            if gap {
                *zone = Zone::Unknown;
            }
        }
        let person = fill::push_pull(&self.image, |i| zones.data[i] == Zone::Person);
        let rough =
            alpha::project_all(&self.image, &first, (&person, hair.as_ref()), (&zones, &self.mask), noise);
        let wall = backdrop::second(&self.image, &first, (&zones, &self.mask), &rough, noise);
        let open = backdrop::open(&self.image, &wall, &zones, noise);
        let pale_clothes = body::pale_clothes(&self.image, &wall, &zones, &clothes_from, &self.sitter);
        Scene { clothes_from, pale_clothes, zones, gaps, open, wall, person, hair, noise }
    }
}

/// Means of 2 × 2 pixels.
fn halved(values: &Raster<f32>) -> Raster<f32> {
    let (width, height) = (values.width, values.height);
    Raster::from_place(width.div_ceil(2), height.div_ceil(2), |x, y| {
        let (right, lower) = ((2 * x + 1).min(width - 1), values.row((2 * y + 1).min(height - 1)));
        let upper = values.row(2 * y);
        (upper[2 * x] + upper[right] + (lower[2 * x] + lower[right])) * 0.25
    })
}

/// Keeps what hangs together with the face and closes holes: in face and clothes all that are not seen-through gaps; in hair and ears
/// those that the net takes for person, which are highlights of the wall's colour.
fn tidy(cut: &mut fine::Cut, subject: Subject<'_>, Halves { mask, .. }: &Halves, scene: &Scene) {
    /// Alpha from which on strands count as connected.
    const CONNECTED: f32 = 0.08;
    /// The mesh may reach beyond the jaw: a face without holes begins that far inside its outline, in face widths.
    const FACE_RIM: f32 = 0.04;
    /// Pixels (of the half raster) that a strand may be interrupted by noise.
    const REACH: usize = 2;
    let half = halved(&cut.alpha);
    let (width, height) = (half.width, half.height);
    let sitter = subject.sitter.scaled(0.5);
    let face =
        regions::eroded(&polygon(width, height, &sitter.oval), (FACE_RIM * sitter.face_width) as usize);
    let person = connected(&grown(&half.map(|&a| a > CONNECTED), REACH), |i| face.data[i]);
    let open = connected(&half.map(|&a| a < 0.5), |i| {
        i < width || i + width >= width * height || i % width == 0 || (i + 1) % width == 0
    });
    let body_row = sitter.body_row();
    let verdict = Raster::from_place(width, height, |x, y| {
        let i = y * width + x;
        let inside = y as f32 > body_row || mask.data[i] > 0.5;
        let hole = inside && half.data[i] < 0.5 && !open.data[i] && !scene.gaps.data[i];
        if face.data[i] || hole { Some(1.0) } else { (!person.data[i]).then_some(0.0) }
    });
    let width = cut.alpha.width;
    for y in 0..cut.alpha.height {
        let verdicts = verdict.row(y / 2).iter().enumerate();
        for (x, alpha) in verdicts.filter_map(|(x, verdict)| Some((2 * x, (*verdict)?))) {
            let pixels = y * width + x..y * width + (x + 2).min(width);
            cut.alpha.data[pixels.clone()].fill(alpha);
            for i in pixels {
                cut.colour.data[i] = if alpha > 0.5 { subject.image.data[i] } else { [0.0; 3] };
            }
        }
    }
}

#[cfg(test)]
mod tests;
