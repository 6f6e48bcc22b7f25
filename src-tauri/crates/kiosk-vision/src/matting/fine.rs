//! Alpha and colour at full size. Most pixels are certain; the others are measured row by row, so that of wall, person and guided
//! mask only the rows in use exist at full size.

use std::ops::Range;

use super::alpha::{self, Evidence};
use super::raster::{Colour, EnlargedRow, Enlargement, Raster, smoothstep};
use super::trimap::Zone;
use super::{Halves, Scene, Sitter, Subject, body, filters};
use crate::processor::Processor;

/// Window of the guided filter, in face widths: wide enough to bridge the net's 5-pixel steps.
const GUIDE_RADIUS: f32 = 0.05;
/// The guided filter's coefficients are found at a quarter of the size, twice smaller than the halves.
const GUIDE_STEP: usize = 4;
/// Window that smooths the net's mask before it may declare a pixel solid, in face widths.
const SOLID_RADIUS: f32 = 0.018;
/// Smoothed probability from which on the net outvotes the colour, and from which it is alone.
const SOLID: [f32; 2] = [0.80, 0.97];
/// The same beside clothes that look like the wall: colour has nothing to say there, and a seam must not open.
const SOLID_PALE: [f32; 2] = [0.50, 0.80];

/// The same where bare wall hangs together with the certain wall: a mask that runs over is not believed.
const SOLID_OPEN: [f32; 2] = [0.95, 1.0];

/// What was cut out.
pub struct Cut {
    /// Share of person.
    pub alpha: Raster<f32>,
    /// The person's colour; black where there is none.
    pub colour: Raster<Colour>,
}

/// Measures every pixel.
pub fn cut(processor: Processor, subject: Subject<'_>, half: &Halves, scene: &Scene) -> Cut {
    let (width, height) = (subject.image.width, subject.image.height);
    let radius = |share: f32| (share * subject.sitter.face_width).round().max(1.0) as usize;
    let window = (radius(GUIDE_RADIUS) / GUIDE_STEP).max(1);
    let (solid, models) = processor.both(
        || filters::box_mean(&subject.mask.map(|&p| [p]), radius(SOLID_RADIUS)),
        || filters::coefficients(&half.image.shrunk(2), &half.mask.map(|&p| [p]).shrunk(2), window),
    );
    let sitter = subject.sitter.scaled(0.5);
    let work = Work { image: subject.image, sitter: &sitter, scene, solid: &solid, models: &models };

    let mut cut =
        Cut { alpha: Raster::filled(width, height, 0.0), colour: Raster::filled(width, height, [0.0; 3]) };
    let middle = scene.middle().min(height);
    let (alpha, lower_alpha) = cut.alpha.data.split_at_mut(middle * width);
    let (colour, lower_colour) = cut.colour.data.split_at_mut(middle * width);
    processor.both(|| work.rows(0, alpha, colour), || work.rows(middle, lower_alpha, lower_colour));
    cut
}

impl Scene {
    /// The full-size row above which half of the uncertain pixels lie.
    fn middle(&self) -> usize {
        let uncertain = |y: usize| self.zones.row(y).iter().filter(|zone| **zone == Zone::Unknown).count();
        let all: usize = (0..self.zones.height).map(uncertain).sum();
        let mut above = 0;
        let half = (0..self.zones.height).position(|y| {
            above += uncertain(y);
            2 * above >= all
        });
        2 * half.unwrap_or(0)
    }
}

/// What all rows are measured with.
struct Work<'a> {
    image: &'a Raster<Colour>,
    /// At half of the size.
    sitter: &'a Sitter,
    scene: &'a Scene,
    solid: &'a Raster<[f32; 1]>,
    models: &'a Raster<[f32; 4]>,
}

impl Work<'_> {
    /// As many rows as fit, from `first` on.
    fn rows(&self, first: usize, alpha: &mut [f32], colour: &mut [Colour]) {
        let Self { image, sitter, scene, solid, models } = *self;
        let (width, height) = (image.width, image.height);
        let mut walls = Enlargement::new(&scene.wall, 2, width, height);
        let mut persons = Enlargement::new(&scene.person, 2, width, height);
        let mut hairs = scene.hair.as_ref().map(|hair| Enlargement::new(hair, 2, width, height));
        let mut models = Enlargement::new(models, GUIDE_STEP, width, height);
        let rows = alpha.chunks_exact_mut(width).zip(colour.chunks_exact_mut(width)).enumerate();
        for (y, (alpha, colour)) in rows.map(|(i, row)| (first + i, row)) {
            let zones = scene.zones.row(y / 2);
            let seen = image.row(y);
            for run in runs(zones, width, Zone::Person) {
                alpha[run.clone()].fill(1.0);
                colour[run.clone()].copy_from_slice(&seen[run]);
            }
            let unknown = runs(zones, width, Zone::Unknown);
            let (Some(start), Some(end)) = (unknown.clone().next(), unknown.clone().last()) else { continue };
            let span = start.start..end.end;
            let row = Row {
                wall: walls.row(y, span.clone()),
                person: persons.row(y, span.clone()),
                hair: hairs.as_mut().map(|hairs| hairs.row(y, span.clone())),
                model: models.row(y, span),
                solid: solid.row(y),
                // Noise of single pixels: averaging four halved it in the coarse stage.
                noise: scene.noise * 1.5,
            };
            for x in unknown.flatten() {
                let coarse = y / 2 * scene.zones.width + x / 2;
                let hair = body::hair(scene.clothes_from[x / 2], y as f32 / 2.0, sitter);
                let doubt = scene.pale_clothes.data[coarse] && hair < 0.5;
                let mut evidence = Evidence { seen: seen[x], wall: row.wall.at(x), person: row.person.at(x) };
                if let Some(own) = row.hair.as_ref().filter(|_| hair > 0.5) {
                    evidence = alpha::likelier(evidence, own.at(x), row.solid[x][0]);
                }
                let (gap, open) = (scene.gaps.data[coarse], scene.open.data[coarse]);
                alpha[x] = row.alpha(x, evidence, Place { hair, doubt, gap, open });
                colour[x] = alpha::unmixed(evidence, alpha[x]);
            }
        }
    }
}

/// Full-size columns of the stretches of `zone` in a row of the half raster.
fn runs(zones: &[Zone], width: usize, zone: Zone) -> impl Iterator<Item = Range<usize>> + Clone + '_ {
    let parts = zones.chunk_by(|a, b| a == b).scan(0, |end, part| {
        let start = *end;
        *end += part.len();
        Some((part[0], start..*end))
    });
    parts.filter(move |(kind, _)| *kind == zone).map(move |(_, run)| 2 * run.start..(2 * run.end).min(width))
}

/// One full-size row of everything that speaks about an uncertain pixel.
struct Row<'a> {
    wall: EnlargedRow<'a, 3>,
    person: EnlargedRow<'a, 3>,
    hair: Option<EnlargedRow<'a, 3>>,
    model: EnlargedRow<'a, 4>,
    solid: &'a [[f32; 1]],
    noise: f32,
}

/// What is known about a pixel from where it lies.
struct Place {
    /// 1 where the outline is hair, 0 where it is clothes.
    hair: f32,
    /// Clothes that look like the wall.
    doubt: bool,
    /// Wall seen through the person.
    gap: bool,
    /// Bare wall, or its rim.
    open: bool,
}

impl Row<'_> {
    fn alpha(&self, x: usize, seen: Evidence, Place { hair, doubt, gap, open }: Place) -> f32 {
        let trust = if doubt { 0.0 } else { alpha::trust(seen, hair) };
        let measured = alpha::project(seen, self.noise) * trust
            + filters::redrawn(seen.seen, self.model.at(x)) * (1.0 - trust);
        let solid = self.solid[x][0];
        let edge = alpha::skin_edge(alpha::steepened(measured, hair), seen, solid);
        let [from, to] = match (doubt, open) {
            (true, _) => SOLID_PALE,
            (_, true) => SOLID_OPEN,
            _ => SOLID,
        };
        if gap { edge } else { edge.max(smoothstep(from, to, solid)) }
    }
}
