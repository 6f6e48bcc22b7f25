//! Measures a camera on a neutral grey: a card in the middle of the picture, or the empty wall.

use image::RgbImage;
use kiosk_core::calibration::{CameraCalibration, WhiteBalance};
use kiosk_core::{Fault, FaultCode};

use crate::colour;

/// The part of the picture's width and height, around its middle, that the card has to fill.
const MIDDLE: f64 = 0.3;
/// The part is compared in so many tiles a side.
const TILES: u32 = 6;
/// Brightest tile over darkest: an evenly lit card without an edge, a fold or a shadow.
const UNEVEN: f64 = 1.25;
/// Largest red or blue against green in a tile over the smallest: one colour all over.
const MOTTLED: f64 = 1.06;
/// Deviation of single pixels in a tile from its mean, in parts of it: print, texture, an edge. Noise stays below.
const ROUGH: f64 = 0.25;
/// Bytes from here on may stand for any brightness.
const CLIPPED_FROM: u8 = 250;
/// Share of such pixels that is still specks.
const CLIPPED_SHARE: f64 = 0.005;
/// Least linear light of the dimmest channel: below it noise and rounding decide.
const DARKEST: f64 = 0.03;

/// What a neutral card tells about a camera.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Card {
    /// Its mean linear light, 0–1.
    pub light: [f64; 3],
    /// Gains that make it grey. The least is 1, so that what is burnt out stays white and takes on no colour.
    pub white_balance: WhiteBalance,
}

impl Card {
    /// Stops that give a card which reflects `reflectance` of the light its brightness after the white balance.
    ///
    /// # Errors
    /// `picture_too_dark` or `picture_clipped` when that is more than a calibration may do.
    pub fn exposure_stops(&self, reflectance: f64) -> Result<f64, Fault> {
        let gains = self.white_balance.gains();
        let balanced = (0..3).map(|c| self.light[c] * gains[c]).sum::<f64>() / 3.0;
        let stops = rounded(libm::log2(reflectance / balanced), 100.0);
        let words = |what: &str| {
            format!("the card is {:.1} stops {what}: change the camera's exposure or the lamps", stops.abs())
        };
        if stops > *CameraCalibration::STOPS.end() {
            return Err(Fault::new(FaultCode::PictureTooDark, words("too dark")));
        }
        if stops < *CameraCalibration::STOPS.start() {
            return Err(Fault::new(FaultCode::PictureClipped, words("too bright")));
        }
        Ok(stops)
    }
}

/// Measures the middle of the picture of a neutral grey.
///
/// # Errors
/// `picture_clipped`, `picture_too_dark`, `card_uneven`, `card_coloured`, each with what was measured.
pub fn measure_card(picture: &RgbImage) -> Result<Card, Fault> {
    let [left, top, width, height] = middle(picture)?;
    let part = || {
        (top..top + height).flat_map(move |y| (left..left + width).map(move |x| picture.get_pixel(x, y).0))
    };
    let clipped =
        part().filter(|p| p.iter().any(|&v| v >= CLIPPED_FROM)).count() as f64 / f64::from(width * height);
    if clipped > CLIPPED_SHARE {
        return Err(Fault::new(
            FaultCode::PictureClipped,
            format!("{:.0} % of the card is burnt out", clipped * 100.0),
        ));
    }
    let tiles: Vec<Tile> = (0..TILES * TILES)
        .map(|i| {
            let (column, row) = (i % TILES, i / TILES);
            let across = left + column * width / TILES..left + (column + 1) * width / TILES;
            let down = top + row * height / TILES..top + (row + 1) * height / TILES;
            Tile::of(down.flat_map(|y| across.clone().map(move |x| picture.get_pixel(x, y).0)))
        })
        .collect();
    let light: [f64; 3] =
        std::array::from_fn(|c| tiles.iter().map(|tile| tile.mean[c]).sum::<f64>() / tiles.len() as f64);
    if light.iter().any(|&v| v < DARKEST) {
        let bytes = light.map(colour::byte);
        return Err(Fault::new(
            FaultCode::PictureTooDark,
            format!("the card's mean colour is {bytes:?} of 255"),
        ));
    }
    even(&tiles)?;
    let brightest = light.iter().copied().fold(0.0, f64::max);
    let gains = light.map(|v| rounded(brightest / v, 1000.0));
    if !gains.iter().all(|gain| WhiteBalance::GAINS.contains(gain)) {
        let [r, g, b] = gains;
        let detail = format!(
            "it would take gains of {r:.2}, {g:.2} and {b:.2} to make it grey; at most 2 are allowed"
        );
        return Err(Fault::new(FaultCode::CardColoured, detail));
    }
    Ok(Card { light, white_balance: gains.into() })
}

/// Left, top, columns and rows of the part that is measured.
fn middle(picture: &RgbImage) -> Result<[u32; 4], Fault> {
    let [width, height] = [picture.width(), picture.height()].map(|side| (f64::from(side) * MIDDLE) as u32);
    if width.min(height) < 4 * TILES {
        let detail = format!("{} × {} pixels are too few to measure", picture.width(), picture.height());
        return Err(Fault::new(FaultCode::ImageUnreadable, detail));
    }
    Ok([(picture.width() - width) / 2, (picture.height() - height) / 2, width, height])
}

struct Tile {
    mean: [f64; 3],
    /// Standard deviation of green over its mean.
    roughness: f64,
}

impl Tile {
    fn of(pixels: impl Iterator<Item = [u8; 3]>) -> Self {
        let (mut sum, mut squares, mut count) = ([0.0; 3], 0.0, 0.0);
        for pixel in pixels {
            let light = pixel.map(colour::linear);
            (0..3).for_each(|c| sum[c] += light[c]);
            squares += light[1] * light[1];
            count += 1.0;
        }
        let mean = sum.map(|s| s / count);
        let variance = (squares / count - mean[1] * mean[1]).max(0.0);
        Self { mean, roughness: libm::sqrt(variance) / mean[1].max(f64::MIN_POSITIVE) }
    }
}

fn even(tiles: &[Tile]) -> Result<(), Fault> {
    let spread = |of: fn(&Tile) -> f64| {
        let (low, high) =
            tiles.iter().map(of).fold((f64::MAX, 0.0_f64), |(low, high), v| (low.min(v), high.max(v)));
        high / low.max(f64::MIN_POSITIVE)
    };
    let uneven = |what: String| Err(Fault::new(FaultCode::CardUneven, what));
    let brightness = spread(|tile| tile.mean[1]);
    if brightness > UNEVEN {
        return uneven(format!(
            "the brightest part is {:.0} % brighter than the darkest",
            (brightness - 1.0) * 100.0
        ));
    }
    let colours = spread(|tile| tile.mean[0] / tile.mean[1]).max(spread(|tile| tile.mean[2] / tile.mean[1]));
    if colours > MOTTLED {
        return uneven(format!("its colour changes by {:.0} % from part to part", (colours - 1.0) * 100.0));
    }
    let roughness = tiles.iter().map(|tile| tile.roughness).fold(0.0, f64::max);
    if roughness > ROUGH {
        return uneven("it has a pattern, an edge or a fold".to_owned());
    }
    Ok(())
}

fn rounded(value: f64, steps: f64) -> f64 {
    (value * steps).round() / steps
}

#[cfg(test)]
mod tests {
    use super::super::Calibration;
    use super::super::tests::camera;
    use super::*;
    use image::Rgb;
    use kiosk_core::calibration::Orientation;

    /// A card of this linear light in the middle of a room that has nothing to do with it.
    fn card(light: [f64; 3], spoil: impl Fn(u32, u32) -> f64) -> RgbImage {
        RgbImage::from_fn(400, 300, |x, y| {
            if !(120..280).contains(&x) || !(90..210).contains(&y) {
                return Rgb([x as u8, 3, 250]);
            }
            // Noise of about three levels.
            let noise = 1.0 + f64::from((x * 7919 + y * 104_729) % 13) / 200.0 - 0.03;
            Rgb(light.map(|v| colour::byte(v * noise * spoil(x, y))))
        })
    }

    #[test]
    fn a_card_gives_the_gains_that_make_it_grey() {
        let picture = card([0.12, 0.18, 0.15], |_, _| 1.0);
        let measured = measure_card(&picture).unwrap();
        let gains = measured.white_balance.gains();
        for (gain, wanted) in gains.iter().zip([1.5, 1.0, 1.2]) {
            assert!((gain - wanted).abs() < 0.01, "{gains:?}");
        }
        let stops = measured.exposure_stops(0.18).unwrap();
        assert!(stops.abs() < 0.02, "{stops}");
        let applied = Calibration::new(&camera(gains, stops, Orientation::Deg0)).applied(picture);
        let again = measure_card(&applied).unwrap();
        assert!(again.white_balance.gains().iter().all(|gain| (gain - 1.0).abs() < 0.01), "{again:?}");
    }

    #[test]
    fn every_unfit_card_is_refused_with_its_own_fault() {
        use FaultCode as F;
        let refused = |picture: &RgbImage| measure_card(picture).unwrap_err().code;
        let grey = [0.18; 3];
        assert_eq!(refused(&card([1.2, 0.9, 0.9], |_, _| 1.0)), F::PictureClipped);
        assert_eq!(refused(&card([0.02; 3], |_, _| 1.0)), F::PictureTooDark);
        assert_eq!(refused(&card([0.3, 0.1, 0.1], |_, _| 1.0)), F::CardColoured);
        assert_eq!(refused(&card(grey, |x, _| f64::from(x) / 200.0)), F::CardUneven, "light from one side");
        assert_eq!(refused(&card(grey, |x, _| if x % 8 < 4 { 1.4 } else { 0.7 })), F::CardUneven, "stripes");
        let two =
            RgbImage::from_fn(
                400,
                300,
                |x, _| if x < 200 { Rgb([120, 118, 110]) } else { Rgb([110, 118, 120]) },
            );
        assert_eq!(refused(&two), F::CardUneven, "two colours");
        assert_eq!(refused(&RgbImage::new(30, 30)), F::ImageUnreadable);
    }

    #[test]
    fn an_exposure_beyond_a_stop_is_a_matter_for_the_lamps() {
        let measured = measure_card(&card([0.07; 3], |_, _| 1.0)).unwrap();
        assert_eq!(measured.exposure_stops(0.18).unwrap_err().code, FaultCode::PictureTooDark);
        let measured = measure_card(&card([0.6; 3], |_, _| 1.0)).unwrap();
        assert_eq!(measured.exposure_stops(0.18).unwrap_err().code, FaultCode::PictureClipped);
        assert!((measured.exposure_stops(0.6).unwrap()).abs() < 0.02);
    }
}
