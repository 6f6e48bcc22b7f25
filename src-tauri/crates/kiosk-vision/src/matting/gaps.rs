//! Wall that is seen through the person: between locks, between hair and neck.
//!
//! The net's mask has one value for each 5 × 5 pixels of the photo and calls such gaps person. They are recognised by
//! what they look like: the colour of the wall, and as smooth as the wall.

use super::Sitter;
use super::backdrop::luma;
use super::filters::box_mean;
use super::raster::{Colour, Raster, distance};
use super::regions::{grown, polygon, without_specks};
use super::trimap::Zone;

/// How far a gap's wall may be from the wall that is interpolated across the head: the shade between locks.
const TOLERANCE: f32 = 0.05;
/// The same in noise.
const NOISE_TOLERANCE: f32 = 3.0;
/// How far the hair's colour has to be from the wall's for wall to be told from hair.
const DISTINCT: f32 = 0.15;
/// Roughness, in noise, above which it is hair and not wall.
const SMOOTH: f32 = 1.6;
/// Radius of the window for roughness.
const WINDOW: usize = 1;
/// Smallest gap, as a share of the face's width squared; smaller ones are highlights on hair.
const SMALLEST: f32 = 0.0004;
/// The gap's rim, in face widths: it is mixed and must be measured.
const RIM: f32 = 0.02;

/// Pixels in or at a gap. Never inside the face, never below the shoulders, where the wall's colour means a pale shirt, and never above
/// the face's middle, where it means a highlight on the hair: locks stand off beside cheeks and neck.
pub fn gaps(
    image: &Raster<Colour>,
    (wall, hair): (&Raster<Colour>, Option<Colour>),
    zones: &Raster<Zone>,
    sitter: &Sitter,
    noise: f32,
) -> Raster<bool> {
    let (width, height) = (image.width, image.height);
    let face = polygon(width, height, &sitter.oval);
    let face_middle = sitter.oval.iter().map(|p| p[1]).sum::<f32>() / sitter.oval.len().max(1) as f32;
    let row = |y: f32| (y.ceil().max(0.0) as usize).min(height);
    let beside = row(face_middle)..row(sitter.body_row()).max(row(face_middle));
    // Only those rows, and what their windows read beyond them.
    let read = beside.start.saturating_sub(WINDOW)..(beside.end + WINDOW).min(height);
    let greys = image.rows(read.clone()).map(|colour| {
        let grey = luma(colour);
        [grey, grey * grey]
    });
    let moments = box_mean(&greys, WINDOW);
    let limit = TOLERANCE + NOISE_TOLERANCE * noise;
    let mut alike = Raster::filled(width, height, false);
    for i in beside.start * width..beside.end * width {
        let [mean, square] = moments.data[i - read.start * width];
        alike.data[i] = zones.data[i] != Zone::Backdrop
            && !face.data[i]
            && hair.is_none_or(|tone| distance(&tone, &wall.data[i]) > DISTINCT)
            && distance(&image.data[i], &wall.data[i]) < limit
            && (square - mean * mean).max(0.0).sqrt() < SMOOTH * noise;
    }
    let smallest = (SMALLEST * sitter.face_width * sitter.face_width).max(4.0) as usize;
    let rim = (RIM * sitter.face_width).round().max(1.0) as usize;
    let mut gaps = grown(&without_specks(&alike, smallest), rim);
    for (gap, in_face) in gaps.data.iter_mut().zip(&face.data) {
        *gap &= !in_face;
    }
    gaps
}
