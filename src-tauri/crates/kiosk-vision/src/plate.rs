//! The picture of the empty studio: whether it is one, and whether a shot was taken in front of the same wall.

mod likeness;

use image::RgbImage;
use kiosk_core::report::PlateUse;
use kiosk_core::{Fault, FaultCode};

use crate::calibration::Calibration;
use crate::checks::pixels::luminance;
use crate::face::{FaceBox, FaceFinder};
use crate::sampling::Pyramid;
use crate::segment::{PersonMask, PersonSegmenter};
use crate::standardise::decode;

/// Median luminance, linear: a wall under the lamps has ten times as much.
const DARKEST: f32 = 0.03;
/// Bytes from here on may stand for any brightness.
const CLIPPED_FROM: u8 = 254;
/// Share of such pixels; a lamp in the picture is less.
const CLIPPED_SHARE: f64 = 0.05;
/// Least step over eight pixels that counts as an edge, in luminance of encoded levels.
const EDGE: f32 = 40.0;
/// Least share of an edge's step that lies between two neighbours in a sharp picture. A blur of three pixels leaves a seventh.
const SHARP: f32 = 0.2;
/// Probability from which on the net means a person.
const PERSON: f32 = 0.6;
/// Share of the net's square that is still a mistake of the net.
const PERSON_SHARE: f64 = 0.02;

/// The picture of the empty studio, in the colours of the shots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CleanPlate {
    /// Upright, calibrated.
    pub picture: RgbImage,
    /// SHA-256 of its file, hexadecimal.
    pub sha256: String,
}

impl CleanPlate {
    /// Reads the file as shots of the same camera are read.
    ///
    /// # Errors
    /// `image_unreadable`.
    pub fn read(file: &[u8], calibration: Option<&Calibration>) -> Result<Self, Fault> {
        let picture = decode::decode(file)?;
        let picture = match calibration {
            Some(calibration) => calibration.applied(picture),
            None => picture,
        };
        Ok(Self { picture, sha256: crate::standardise::sha256(file) })
    }
}

/// Whether the plate shows the wall of this shot. `mask` says where the shot shows the sitter.
#[must_use]
pub fn judged(shot: &RgbImage, plate: &RgbImage, mask: &PersonMask) -> PlateUse {
    if shot.dimensions() != plate.dimensions() {
        return PlateUse::OtherSize;
    }
    if likeness::alike(shot, plate, mask) { PlateUse::Used } else { PlateUse::Unlike }
}

/// Whether a picture can be a plate.
///
/// # Errors
/// `picture_too_dark`, `picture_clipped`, `picture_blurred`, `studio_occupied`.
pub fn examine(
    picture: &RgbImage,
    finder: &mut FaceFinder,
    segmenter: &mut PersonSegmenter,
) -> Result<(), Fault> {
    exposed(picture)?;
    sharp(picture)?;
    let pyramid = Pyramid::new(picture);
    let faces = finder.find_in(&pyramid).faces.len();
    finder.forget();
    if faces > 0 {
        return Err(Fault::new(FaultCode::StudioOccupied, format!("faces in the picture: {faces}")));
    }
    for square in squares(picture) {
        let mask = segmenter.segment_in(&pyramid, square.as_ref());
        let share =
            mask.cells.iter().filter(|&&p| p > PERSON).count() as f64 / mask.cells.len().max(1) as f64;
        if share > PERSON_SHARE {
            let detail = format!("a person in {:.0} % of the picture", share * 100.0);
            return Err(Fault::new(FaultCode::StudioOccupied, detail));
        }
    }
    Ok(())
}

/// The net looks at squares: the middle, and both sides of a wide picture.
fn squares(picture: &RgbImage) -> Vec<Option<FaceBox>> {
    let (width, height) = (picture.width() as f32, picture.height() as f32);
    let mut squares = vec![None];
    if width > 1.2 * height {
        // A face of this width is looked at with a square as high as the picture.
        let side = height / 3.0;
        squares.extend([0.5 * height, width - 0.5 * height].map(|x| {
            let (left, top) = (x - side / 2.0, height * 0.4 - side / 2.0);
            Some(FaceBox { left, top, width: side, height: side, score: 1.0, angle: 0.0 })
        }));
    }
    squares
}

fn exposed(picture: &RgbImage) -> Result<(), Fault> {
    let pixels = picture.as_chunks::<3>().0;
    let mut light: Vec<f32> = pixels.iter().step_by(7).map(|&p| luminance(p)).collect();
    let middle = light.len() / 2;
    let median = if light.is_empty() { 0.0 } else { *light.select_nth_unstable_by(middle, f32::total_cmp).1 };
    if median < DARKEST {
        let detail = format!("half of the picture has less than {:.1} % of full light", median * 100.0);
        return Err(Fault::new(FaultCode::PictureTooDark, detail));
    }
    let clipped = pixels.iter().filter(|p| p.iter().any(|&v| v >= CLIPPED_FROM)).count();
    let share = clipped as f64 / pixels.len() as f64;
    if share > CLIPPED_SHARE {
        let detail = format!("{:.0} % of the picture is burnt out", share * 100.0);
        return Err(Fault::new(FaultCode::PictureClipped, detail));
    }
    Ok(())
}

/// A plain wall has no edges, and nobody can tell: then it does not matter either.
fn sharp(picture: &RgbImage) -> Result<(), Fault> {
    const REACH: usize = 4;
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let grey: Vec<f32> = picture
        .as_chunks::<3>()
        .0
        .iter()
        .map(|&[r, g, b]| 0.3 * f32::from(r) + 0.59 * f32::from(g) + 0.11 * f32::from(b))
        .collect();
    let mut shares = Vec::new();
    let mut along = |from: usize, step: usize| {
        let at = |i: usize| grey[from + i * step];
        let whole = (at(2 * REACH) - at(0)).abs();
        if whole >= EDGE {
            let largest = (0..2 * REACH).map(|i| (at(i + 1) - at(i)).abs()).fold(0.0, f32::max);
            shares.push(largest / whole);
        }
    };
    for y in (0..height).step_by(3) {
        (0..width.saturating_sub(2 * REACH)).step_by(3).for_each(|x| along(y * width + x, 1));
    }
    for y in (0..height.saturating_sub(2 * REACH)).step_by(3) {
        (0..width).step_by(3).for_each(|x| along(y * width + x, width));
    }
    // Something out of focus in front of a sharp wall is no blurred picture: the sharpest fifth decides.
    let rank = shares.len() * 4 / 5;
    if shares.len() < 50 {
        return Ok(());
    }
    let (_, share, _) = shares.select_nth_unstable_by(rank, f32::total_cmp);
    if *share < SHARP {
        return Err(Fault::new(
            FaultCode::PictureBlurred,
            format!("an edge is {:.0} pixels wide", 1.0 / *share),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;
    use image::imageops::blur;

    fn wall(level: u8) -> RgbImage {
        RgbImage::from_fn(320, 180, |x, y| {
            let noise = ((x * 7919 + y * 104_729) % 5) as u8;
            Rgb([level.saturating_add(noise); 3])
        })
    }

    fn panelled(level: u8) -> RgbImage {
        let mut wall = wall(level);
        for (x, _, pixel) in wall.enumerate_pixels_mut() {
            if (x / 40) % 2 == 0 {
                pixel.0 = pixel.0.map(|v| v - 80);
            }
        }
        wall
    }

    #[test]
    fn light_is_judged() {
        assert!(exposed(&wall(150)).is_ok());
        assert_eq!(exposed(&wall(20)).unwrap_err().code, FaultCode::PictureTooDark);
        assert_eq!(exposed(&wall(253)).unwrap_err().code, FaultCode::PictureClipped);
    }

    #[test]
    fn blur_is_seen_where_there_is_an_edge() {
        assert!(sharp(&wall(150)).is_ok(), "nothing to be blurred");
        assert!(sharp(&panelled(150)).is_ok());
        assert!(sharp(&blur(&panelled(150), 1.0)).is_ok(), "as soft as webcams are");
        assert_eq!(sharp(&blur(&panelled(150), 4.0)).unwrap_err().code, FaultCode::PictureBlurred);
    }
}
