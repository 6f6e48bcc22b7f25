//! White balance and exposure of one camera: the only change of a shot's colours besides its background, the same for every pixel, and
//! written into the report.

mod card;

use image::imageops::{rotate90, rotate180, rotate270};
use image::{ImageBuffer, Pixel, RgbImage};
use kiosk_core::calibration::{CameraCalibration, Orientation};
use kiosk_core::report::CalibrationFacts;

use crate::colour;
pub use card::{Card, measure_card};

/// A camera's calibration, ready to be applied.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    facts: CalibrationFacts,
    orientation: Orientation,
    /// A byte for each byte of red, green and blue; `None` when all stay as they are.
    tables: Option<[[u8; 256]; 3]>,
}

impl Calibration {
    /// Works out the tables.
    #[must_use]
    pub fn new(camera: &CameraCalibration) -> Self {
        let exposure = libm::exp2(camera.exposure_stops);
        let gains = camera.white_balance.gains();
        let tables = gains
            .map(|gain| std::array::from_fn(|v| colour::byte(colour::linear(v as u8) * gain * exposure)));
        let same = tables.iter().all(|table| (0..=255).all(|v: u8| table[usize::from(v)] == v));
        let facts = CalibrationFacts {
            id: camera.id.clone(),
            white_balance: gains,
            exposure_stops: camera.exposure_stops,
            orientation: camera.orientation.degrees(),
            newly_clipped: 0.0,
        };
        Self { facts, orientation: camera.orientation, tables: (!same).then_some(tables) }
    }

    /// How the camera is fixed.
    #[must_use]
    pub fn orientation(&self) -> Orientation {
        self.orientation
    }

    /// The camera's picture, upright and in the right colours.
    #[must_use]
    pub fn applied(&self, picture: RgbImage) -> RgbImage {
        let mut picture = upright(picture, self.orientation);
        if let Some(tables) = &self.tables {
            for pixel in picture.as_chunks_mut::<3>().0 {
                for (value, table) in pixel.iter_mut().zip(tables) {
                    *value = table[usize::from(*value)];
                }
            }
        }
        picture
    }

    /// What the report says of this calibration on `picture`, as the camera gave it.
    #[must_use]
    pub fn facts(&self, picture: &RgbImage) -> CalibrationFacts {
        let newly_clipped = self.tables.as_ref().map_or(0.0, |tables| {
            let clips = |(&value, table): (&u8, &[u8; 256])| value < 255 && table[usize::from(value)] == 255;
            let pixels = picture.as_chunks::<3>().0;
            let clipped = pixels.iter().filter(|pixel| pixel.iter().zip(tables).any(clips)).count();
            clipped as f64 / pixels.len().max(1) as f64
        });
        CalibrationFacts { newly_clipped, ..self.facts.clone() }
    }
}

/// The picture of a camera that is fixed like this, the right way up.
#[must_use]
pub fn upright<P: Pixel + 'static>(
    picture: ImageBuffer<P, Vec<P::Subpixel>>,
    orientation: Orientation,
) -> ImageBuffer<P, Vec<P::Subpixel>> {
    match orientation {
        Orientation::Deg0 => picture,
        Orientation::Deg90 => rotate90(&picture),
        Orientation::Deg180 => rotate180(&picture),
        Orientation::Deg270 => rotate270(&picture),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;
    use kiosk_core::calibration::WhiteBalance;
    use kiosk_core::profile::Title;

    pub(super) fn camera(
        gains: [f64; 3],
        exposure_stops: f64,
        orientation: Orientation,
    ) -> CameraCalibration {
        let title = Title { zh: "测试".to_owned(), en: "test".to_owned() };
        let white_balance = WhiteBalance::from(gains);
        CameraCalibration {
            id: "test".to_owned(),
            title,
            source: String::new(),
            orientation,
            exposure_stops,
            white_balance,
        }
    }

    /// What a camera with these gains makes of a picture.
    fn miscalibrated(picture: &RgbImage, gains: [f64; 3]) -> RgbImage {
        let spoilt = |pixel: &Rgb<u8>| {
            Rgb(std::array::from_fn(|c| colour::byte(colour::linear(pixel.0[c]) * gains[c])))
        };
        RgbImage::from_fn(picture.width(), picture.height(), |x, y| spoilt(picture.get_pixel(x, y)))
    }

    #[test]
    fn known_gains_are_brought_back() {
        let truth = RgbImage::from_fn(256, 3, |x, y| {
            Rgb(std::array::from_fn(|c| if c == y as usize { x as u8 } else { 90 }))
        });
        for gains in [[0.8, 1.0, 0.7], [0.55, 0.9, 1.0], [0.6, 0.6, 0.6]] {
            let back = Calibration::new(&camera(gains.map(|gain| 1.0 / gain), 0.0, Orientation::Deg0));
            let worst = |picture: &RgbImage| {
                picture.as_raw().iter().zip(truth.as_raw()).map(|(a, b)| a.abs_diff(*b)).max().unwrap()
            };
            let spoilt = miscalibrated(&truth, gains);
            assert!(worst(&spoilt) > 10, "{gains:?}");
            assert!(worst(&back.applied(spoilt.clone())) <= 2, "{gains:?}");
        }
        let stop = Calibration::new(&camera([1.0; 3], 1.0, Orientation::Deg0));
        let dim = Calibration::new(&camera([1.0; 3], -1.0, Orientation::Deg0));
        let grey = RgbImage::from_pixel(2, 2, Rgb([118; 3]));
        assert_eq!(stop.applied(grey.clone()).get_pixel(0, 0).0, [162; 3], "36 % of the light");
        assert_eq!(dim.applied(stop.applied(grey.clone())), grey);
    }

    #[test]
    fn equal_gains_change_nothing_and_are_still_in_the_report() {
        let neutral = Calibration::new(&camera([1.0; 3], 0.0, Orientation::Deg0));
        let ramp = RgbImage::from_fn(256, 2, |x, y| Rgb([x as u8, 255 - x as u8, y as u8]));
        assert_eq!(neutral.applied(ramp.clone()), ramp);
        assert_eq!((neutral.facts(&ramp).id.as_str(), neutral.facts(&ramp).newly_clipped), ("test", 0.0));
    }

    #[test]
    fn what_is_clipped_anew_is_counted_once_a_pixel() {
        let lifted = Calibration::new(&camera([2.0, 2.0, 1.0], 0.0, Orientation::Deg0));
        let picture = RgbImage::from_fn(4, 1, |x, _| {
            [Rgb([200, 200, 10]), Rgb([255, 10, 10]), Rgb([100, 100, 255]), Rgb([10, 250, 10])][x as usize]
        });
        assert!((lifted.facts(&picture).newly_clipped - 0.5).abs() < 1e-9);
    }

    #[test]
    fn a_camera_on_its_side_gives_an_upright_picture() {
        let scene = RgbImage::from_fn(6, 4, |x, y| Rgb([x as u8 * 20, y as u8 * 30, 7]));
        for (turn, stored) in [
            (Orientation::Deg0, scene.clone()),
            (Orientation::Deg90, rotate270(&scene)),
            (Orientation::Deg180, rotate180(&scene)),
            (Orientation::Deg270, rotate90(&scene)),
        ] {
            assert_eq!(Calibration::new(&camera([1.0; 3], 0.0, turn)).applied(stored), scene, "{turn:?}");
        }
    }
}
