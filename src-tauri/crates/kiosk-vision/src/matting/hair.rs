//! The colour of the hair, wherever a strand of it may fly.

use super::Sitter;
use super::backdrop::luma;
use super::fill::push_pull;
use super::raster::{Colour, Raster, distance};
use super::regions::{grown, polygon};
use super::trimap::Zone;

/// Rim of the face that belongs to it: the mesh's oval ends a little inside, in face widths.
const RIM: f32 = 0.03;
/// Distance from the face's colour in the same light up to which a pixel is skin.
const SKIN: f32 = 0.1;
/// Darkest skin (ears, turned away from the lamps), over the face's luma.
const DARKEST_SKIN: f32 = 0.45;
/// Distance from the wall up to which a pixel may be the wall.
const LIKE_WALL: f32 = 0.08;
/// Fewest pixels of hair, over the face's width squared.
const FEWEST: f32 = 0.02;

/// What is known of the hair.
pub struct Hair {
    /// Its median colour.
    pub tone: Colour,
    /// Its colour continued over everything.
    pub spread: Raster<Colour>,
}

/// Certain hair; `None` when there is too little of it. `wall` is the wall's first estimate: what looks like it may be seen
/// through the hair.
pub fn hair(
    image: &Raster<Colour>,
    wall: &Raster<Colour>,
    zones: &Raster<Zone>,
    sitter: &Sitter,
) -> Option<Hair> {
    let (width, height) = (image.width, image.height);
    let oval = polygon(width, height, &sitter.oval);
    let skin = median(image, &oval)?;
    let face = grown(&oval, (RIM * sitter.face_width).round().max(1.0) as usize);
    let body_row = sitter.body_row();
    let mut hair = Raster::from_place(width, height, |x, y| {
        let i = y * width + x;
        zones.data[i] == Zone::Person
            && (y as f32) < body_row
            && !face.data[i]
            && !is_skin(&image.data[i], &skin)
    });
    let tone = median(image, &hair)?;
    for (i, hair) in hair.data.iter_mut().enumerate() {
        *hair &= distance(&image.data[i], &wall.data[i]) > LIKE_WALL;
    }
    let count = hair.data.iter().filter(|hair| **hair).count();
    (count as f32 > FEWEST * sitter.face_width * sitter.face_width)
        .then(|| Hair { tone, spread: push_pull(image, |i| hair.data[i]) })
}

/// Whether a colour is the face's in more or less light.
fn is_skin(colour: &Colour, skin: &Colour) -> bool {
    let light = luma(colour) / luma(skin).max(1e-3);
    light > DARKEST_SKIN && distance(colour, &skin.map(|v| v * light)) < SKIN
}

/// Median of each channel over a region; every fourth pixel is enough.
fn median(image: &Raster<Colour>, region: &Raster<bool>) -> Option<Colour> {
    let inside = image.data.iter().zip(&region.data).filter(|(_, inside)| **inside);
    let colours: Vec<Colour> = inside.map(|(colour, _)| *colour).step_by(4).collect();
    if colours.is_empty() {
        return None;
    }
    let middle = |c: usize| {
        let mut values: Vec<f32> = colours.iter().map(|colour| colour[c]).collect();
        let half = values.len() / 2;
        *values.select_nth_unstable_by(half, f32::total_cmp).1
    };
    Some([middle(0), middle(1), middle(2)])
}
