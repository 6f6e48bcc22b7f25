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
mod gaps;
pub mod raster;
pub mod regions;
pub mod trimap;

use alpha::Evidence;
use raster::{Colour, Raster, smoothstep};
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
    /// The person's colour; equal to the picture where alpha is 1.
    pub colour: Raster<Colour>,
    /// The wall as estimated underneath everything, half of the size.
    pub wall: Raster<Colour>,
    /// Root mean square distance of bare wall from `wall`, sRGB-encoded 0–1 over three channels, at half of the size.
    pub noise: f32,
}

/// Cuts the person out. The raster should hold the crop at one to two photo pixels a pixel: more only costs time.
#[must_use]
pub fn matte(subject: Subject<'_>) -> Matte {
    let half = Halves::of(subject);
    let scene = half.understood();
    let (width, height) = (subject.image.width, subject.image.height);
    let wall = scene.wall.enlarged(2, width, height);
    let person = scene.person.enlarged(2, width, height);
    let evidence =
        |i: usize| Evidence { seen: subject.image.data[i], wall: wall.data[i], person: person.data[i] };

    let mut alpha = fine_alpha(subject, &scene, evidence);
    tidy(&mut alpha, &scene, subject.sitter);
    let colour = Raster::from_index(width, height, |i| alpha::unmixed(evidence(i), alpha.data[i]));
    Matte { alpha, colour, wall: scene.wall, noise: scene.noise }
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
    wall: Raster<Colour>,
    person: Raster<Colour>,
    noise: f32,
}

impl Halves {
    fn of(subject: Subject<'_>) -> Self {
        Self {
            image: subject.image.shrunk(2),
            mask: subject.mask.map(|&p| [p]).shrunk(2).map(|&[p]| p),
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
        let gaps = gaps::gaps(&self.image, &first, &zones, &self.sitter, noise);
        for (zone, &gap) in zones.data.iter_mut().zip(&gaps.data) {
            if gap {
                *zone = Zone::Unknown;
            }
        }
        let person = fill::push_pull(&self.image, |i| zones.data[i] == Zone::Person);
        let rough = alpha::project_all(&self.image, &first, &person, &zones, noise);
        let width = self.image.width;
        let above_clothes = |i: usize| ((i / width) as f32) < clothes_from[i % width];
        let wall = backdrop::second(&self.image, &first, &zones, &rough, noise, above_clothes);
        let pale_clothes = body::pale_clothes(&self.image, &wall, &zones, &clothes_from, &self.sitter);
        Scene { clothes_from, pale_clothes, zones, gaps, wall, person, noise }
    }
}

/// Window of the guided filter, in face widths: wide enough to bridge the net's 5-pixel steps.
const GUIDE_RADIUS: f32 = 0.05;
/// The guided filter's coefficients are found at a quarter of the size.
const GUIDE_STEP: usize = 4;
/// Window that smooths the net's mask before it may declare a pixel solid, in face widths.
const SOLID_RADIUS: f32 = 0.018;
/// Smoothed probability from which on the net outvotes the colour, and from which it is alone.
const SOLID: [f32; 2] = [0.80, 0.97];
/// The same beside clothes that look like the wall: colour has nothing to say there, and a seam must not open.
const SOLID_PALE: [f32; 2] = [0.50, 0.80];

fn fine_alpha(subject: Subject<'_>, scene: &Scene, evidence: impl Fn(usize) -> Evidence) -> Raster<f32> {
    let radius = |share: f32| (share * subject.sitter.face_width).round().max(1.0) as usize;
    let mask = subject.mask.map(|&p| [p]);
    let guided = filters::guided(subject.image, &mask, radius(GUIDE_RADIUS), GUIDE_STEP);
    let solid = filters::box_mean(&mask, radius(SOLID_RADIUS));
    let sitter = subject.sitter.scaled(0.5);
    let width = subject.image.width;
    // Noise of single pixels: averaging four halved it in the coarse stage.
    let noise = scene.noise * 1.5;
    Raster::from_index(width, subject.image.height, |i| {
        let (x, y) = (i % width, i / width);
        let coarse = y / 2 * scene.zones.width + x / 2;
        match scene.zones.data[coarse] {
            Zone::Backdrop => 0.0,
            Zone::Person => 1.0,
            Zone::Unknown => {
                let hair = body::hair(scene.clothes_from[x / 2], y as f32 / 2.0, &sitter);
                let seen = evidence(i);
                let doubt = scene.pale_clothes.data[coarse] && hair < 0.5;
                let trust = if doubt { 0.0 } else { alpha::trust(seen, hair) };
                let measured = alpha::project(seen, noise) * trust + guided.data[i] * (1.0 - trust);
                let solid = solid.data[i][0];
                let edge = alpha::skin_edge(alpha::steepened(measured, hair), seen, solid);
                let [from, to] = if doubt { SOLID_PALE } else { SOLID };
                if scene.gaps.data[coarse] { edge } else { edge.max(smoothstep(from, to, solid)) }
            }
        }
    })
}

/// Keeps what hangs together with the face and closes holes in face and clothes.
fn tidy(alpha: &mut Raster<f32>, scene: &Scene, sitter: &Sitter) {
    /// Alpha from which on strands count as connected.
    const CONNECTED: f32 = 0.08;
    /// Pixels (of the half raster) that a strand may be interrupted by noise.
    const REACH: usize = 2;
    let half = alpha.map(|&a| [a]).shrunk(2).map(|&[a]| a);
    let sitter = sitter.scaled(0.5);
    let face = polygon(half.width, half.height, &sitter.oval);
    let person = connected(&grown(&half.map(|&a| a > CONNECTED), REACH), |i| face.data[i]);
    let open = connected(&half.map(|&a| a < 0.5), |i| {
        let (x, y) = (i % half.width, i / half.width);
        x == 0 || y == 0 || x + 1 == half.width || y + 1 == half.height
    });
    let body_row = sitter.body_row();
    let width = alpha.width;
    for (i, value) in alpha.data.iter_mut().enumerate() {
        let coarse = i / width / 2 * half.width + i % width / 2;
        let below = (coarse / half.width) as f32 > body_row;
        let hole = below && half.data[coarse] < 0.5 && !open.data[coarse] && !scene.gaps.data[coarse];
        if face.data[coarse] || hole {
            *value = 1.0;
        } else if !person.data[coarse] {
            *value = 0.0;
        }
    }
}

#[cfg(test)]
mod tests;
