//! Photos of a calibrated camera, in front of a wall that is known.

use std::io::Cursor;

use image::{DynamicImage, ImageEncoder, ImageFormat, Rgb, RgbImage};
use kiosk_core::calibration::{CameraCalibration, Orientation};
use kiosk_core::report::PlateUse;
use kiosk_vision::calibration::Calibration;
use kiosk_vision::plate::CleanPlate;
use kiosk_vision::standardise::{Options, decode};
use moxcms::ColorProfile;

use crate::interior_is_plainly_resized;
use crate::studio::{Portrait, portraits, profile, standardiser};

fn calibration(gains: [f64; 3], orientation: Orientation) -> Calibration {
    let [red, green, blue] = gains;
    let degrees = orientation.degrees();
    let file = format!(
        "id='booth'\nsource='test'\norientation={degrees}\n[title]\nzh='测'\nen='t'\n\
         [white_balance]\nred={red}\ngreen={green}\nblue={blue}\n"
    );
    Calibration::new(&CameraCalibration::from_toml(&file).unwrap())
}

fn png(picture: &RgbImage) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    DynamicImage::from(picture.clone()).write_to(&mut file, ImageFormat::Png).unwrap();
    file.into_inner()
}

/// Linear light times a gain, written out here once more.
fn through(picture: &RgbImage, gains: [f64; 3]) -> RgbImage {
    let linear = |v: f64| if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) };
    let encoded = |v: f64| if v <= 0.003_130_8 { v * 12.92 } else { 1.055 * v.powf(1.0 / 2.4) - 0.055 };
    let tables = gains.map(|gain| {
        let byte = |v: usize| (encoded((linear(v as f64 / 255.0) * gain).min(1.0)) * 255.0).round() as u8;
        (0..256).map(byte).collect::<Vec<u8>>()
    });
    let changed = |pixel: &Rgb<u8>| Rgb(std::array::from_fn(|c| tables[c][usize::from(pixel.0[c])]));
    RgbImage::from_fn(picture.width(), picture.height(), |x, y| changed(picture.get_pixel(x, y)))
}

fn some_portraits() -> Option<Vec<Portrait>> {
    Some(portraits()?.into_iter().filter(Portrait::is_neutral).take(3).collect())
}

#[test]
fn a_calibrated_shot_is_brought_back_and_then_plainly_resized() {
    let (Some(portraits), Some(mut standardiser)) = (some_portraits(), standardiser()) else { return };
    let profile = profile("xueli-2017-99");
    for portrait in portraits {
        let name = &portrait.name;
        let truth = decode::decode(&portrait.file).unwrap();
        let spoilt = [0.8, 1.0, 0.7];
        let file = png(&through(&truth, spoilt));
        let back = spoilt.map(|gain| 1.0 / gain);
        let booth = calibration(back, Orientation::Deg0);
        let options = Options { calibration: Some(&booth), ..Options::default() };
        let made = standardiser.standardise(&file, &profile, options).unwrap();

        let calibrated = through(&decode::decode(&file).unwrap(), back);
        interior_is_plainly_resized(name, &calibrated, &made);
        let worst = calibrated.as_raw().iter().zip(truth.as_raw()).map(|(a, b)| a.abs_diff(*b)).max();
        assert!(worst <= Some(2), "{name}: {worst:?}");
        let facts = made.report.provenance.calibration.unwrap();
        assert_eq!((facts.id.as_str(), facts.white_balance, facts.exposure_stops), ("booth", back, 0.0));

        let plain = standardiser.standardise(&portrait.file, &profile, Options::default()).unwrap();
        assert_eq!(*plain.report.provenance, kiosk_core::report::Provenance::default());
        let apart: u64 = made
            .photo
            .as_raw()
            .iter()
            .zip(plain.photo.as_raw())
            .map(|(a, b)| u64::from(a.abs_diff(*b)))
            .sum();
        let apart = apart as f64 / made.photo.as_raw().len() as f64;
        assert!(apart < 2.0, "{name}: {apart:.2} levels from the photo of the camera that needs none");
        let looked = standardiser.check_shot(&file, &profile, Some(&booth)).unwrap();
        assert!(looked.provenance.calibration.is_some());
    }
}

#[test]
fn a_camera_on_its_side_makes_the_same_photo() {
    let (Some(portraits), Some(mut standardiser)) = (some_portraits(), standardiser()) else { return };
    let profile = profile("xueli-2017-99");
    let upright = decode::decode(&portraits[0].file).unwrap();
    let file = png(&image::imageops::rotate270(&upright));
    let on_its_side = calibration([1.0; 3], Orientation::Deg90);
    let options = Options { calibration: Some(&on_its_side), ..Options::default() };
    let made = standardiser.standardise(&file, &profile, options).unwrap();
    let plain = standardiser.standardise(&png(&upright), &profile, Options::default()).unwrap();
    assert_eq!(made.photo, plain.photo);
    assert_eq!(made.report.provenance.calibration.unwrap().orientation, 90);
}

#[test]
fn a_plate_is_used_where_it_fits_and_never_spoils_a_photo() {
    let (Some(portraits), Some(mut standardiser)) = (some_portraits(), standardiser()) else { return };
    let profile = profile("xueli-2017-99");
    for portrait in portraits {
        let shot = decode::decode(&portrait.file).unwrap();
        let mut make = |plate: Option<&CleanPlate>| {
            let options = Options { clean_plate: plate, ..Options::default() };
            standardiser.standardise(&portrait.file, &profile, options).unwrap()
        };
        let plain = make(None);
        let mut outcome = |picture: RgbImage| {
            let plate = CleanPlate { picture, sha256: "a".repeat(64) };
            let made = make(Some(&plate));
            let facts = made.report.provenance.clean_plate.clone().unwrap();
            assert_eq!(facts.sha256, plate.sha256);
            if facts.outcome != PlateUse::Used {
                assert_eq!(
                    made.photo, plain.photo,
                    "{}: a plate that is not used has no part",
                    portrait.name
                );
            }
            facts.outcome
        };
        let (width, height) = shot.dimensions();
        let stripes = |x: u32, _: u32| Rgb([if (x / 20).is_multiple_of(2) { 230 } else { 90 }; 3]);
        assert_eq!(outcome(RgbImage::from_fn(width, height, stripes)), PlateUse::Unlike, "{}", portrait.name);
        assert_eq!(outcome(RgbImage::new(width / 2, height)), PlateUse::OtherSize);
    }
}

#[test]
fn a_portrait_in_another_colour_space_is_converted_and_named() {
    let (Some(portraits), Some(mut standardiser)) = (some_portraits(), standardiser()) else { return };
    let profile = profile("xueli-2017-99");
    let picture = decode::decode(&portraits[0].file).unwrap();
    let mut with = |icc: Vec<u8>| {
        let mut file = Vec::new();
        let mut encoder = image::codecs::png::PngEncoder::new(&mut file);
        encoder.set_icc_profile(icc).unwrap();
        let (width, height) = picture.dimensions();
        encoder.write_image(&picture, width, height, image::ExtendedColorType::Rgb8).unwrap();
        standardiser.standardise(&file, &profile, Options::default()).unwrap()
    };
    let srgb = with(ColorProfile::new_srgb().encode().unwrap());
    assert_eq!(srgb.report.provenance.source_profile, None);
    let wide = with(ColorProfile::new_display_p3().encode().unwrap());
    assert_eq!(wide.report.provenance.source_profile.as_deref(), Some("Display P3"));
    assert_ne!(wide.photo, srgb.photo);
    let broken = with(b"no profile at all".to_vec());
    assert!(broken.report.provenance.ignored_profile.is_some());
    assert_eq!(broken.photo, srgb.photo);
}
