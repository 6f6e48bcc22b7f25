use image::{DynamicImage, GrayImage, ImageBuffer, Luma, Rgb, RgbImage, Rgba, RgbaImage};

use super::*;

fn p3() -> Vec<u8> {
    ColorProfile::new_display_p3().encode().unwrap()
}

fn adobe() -> Vec<u8> {
    ColorProfile::new_adobe_rgb().encode().unwrap()
}

fn one(colour: [u8; 3], profile: &[u8]) -> [u8; 3] {
    let image = DynamicImage::from(RgbImage::from_pixel(1, 1, Rgb(colour)));
    to_srgb(image, Some(profile)).0.get_pixel(0, 0).0
}

fn close(found: [u8; 3], wanted: [u8; 3]) -> bool {
    found.iter().zip(wanted).all(|(a, b)| a.abs_diff(b) <= 1)
}

#[test]
fn colours_of_wider_spaces_come_out_as_published() {
    // Computed in double precision from the matrices of CSS Color 4 for display-p3 and a98-rgb, and clipped.
    for (colour, wanted) in
        [([200, 160, 140], [208, 158, 137]), ([90, 140, 200], [73, 142, 205]), ([128; 3], [128; 3])]
    {
        let found = one(colour, &p3());
        assert!(close(found, wanted), "P3 {colour:?}: {found:?}");
    }
    for (colour, wanted) in [
        ([128; 3], [129; 3]),
        ([100, 150, 120], [66, 151, 119]),
        ([255; 3], [255; 3]),
        ([0, 255, 0], [0, 255, 0]),
    ] {
        let found = one(colour, &adobe());
        assert!(close(found, wanted), "Adobe RGB {colour:?}: {found:?}");
    }
    let (_, name) = to_srgb(RgbImage::new(1, 1).into(), Some(&p3()));
    assert_eq!(name, Embedded::Converted("Display P3".to_owned()));
}

#[test]
fn grey_stays_grey_in_every_space() {
    for profile in [p3(), adobe(), ColorProfile::new_pro_photo_rgb().encode().unwrap()] {
        for v in (0..=255).step_by(5) {
            let [r, g, b] = one([v; 3], &profile);
            assert!(r == g && g == b, "{v}: {r} {g} {b}");
        }
    }
}

#[test]
fn a_profile_that_says_srgb_changes_nothing() {
    let picture = RgbImage::from_fn(16, 16, |x, y| Rgb([x as u8 * 16, y as u8 * 16, 99]));
    let srgb = ColorProfile::new_srgb().encode().unwrap();
    assert_eq!(to_srgb(picture.clone().into(), Some(&srgb)), (picture, Embedded::Srgb));
}

#[test]
fn sixteen_bits_and_transparency_go_through_the_same_conversion() {
    let eight = one([200, 160, 140], &p3());
    let deep = ImageBuffer::from_pixel(1, 1, Rgb([200_u16, 160, 140].map(|v| v * 257)));
    let (deep, _) = to_srgb(DynamicImage::ImageRgb16(deep), Some(&p3()));
    assert!(close(deep.get_pixel(0, 0).0, eight));
    let clear = RgbaImage::from_fn(2, 1, |x, _| Rgba([200, 160, 140, x as u8 * 255]));
    let (clear, _) = to_srgb(clear.into(), Some(&p3()));
    assert_eq!((clear.get_pixel(0, 0).0, clear.get_pixel(1, 0).0), ([255; 3], eight));
}

#[test]
fn a_grey_picture_takes_a_grey_profile_only() {
    let grey = || DynamicImage::from(GrayImage::from_pixel(1, 1, Luma([100])));
    let gamma = ColorProfile::new_gray_with_gamma(1.8).encode().unwrap();
    let (picture, embedded) = to_srgb(grey(), Some(&gamma));
    // (100 / 255)^1.8 of the light is 119 in sRGB.
    assert!(close(picture.get_pixel(0, 0).0, [119; 3]), "{picture:?}");
    assert!(matches!(embedded, Embedded::Converted(_)));
    let (picture, embedded) = to_srgb(grey(), Some(&p3()));
    assert_eq!(picture.get_pixel(0, 0).0, [100; 3]);
    assert!(matches!(embedded, Embedded::Ignored(why) if why.contains("Display P3")));
    let (_, embedded) = to_srgb(RgbImage::new(1, 1).into(), Some(&gamma));
    assert!(matches!(embedded, Embedded::Ignored(_)));
}

#[test]
fn a_broken_profile_has_no_effect_and_is_named() {
    let whole = p3();
    let picture = RgbImage::from_pixel(1, 1, Rgb([200, 160, 140]));
    for file in [&[][..], b"not a profile", &whole[..100], &vec![0; LARGEST + 1]] {
        let (kept, embedded) = to_srgb(picture.clone().into(), Some(file));
        assert!(matches!(embedded, Embedded::Ignored(_)), "{embedded:?}");
        assert_eq!(kept, picture);
    }
    // Whatever a damaged byte does, it is no panic, and white never becomes dark.
    for at in 0..whole.len() {
        for damage in [0x01, 0xA5, 0xFF] {
            let mut damaged = whole.clone();
            damaged[at] ^= damage;
            let (white, _) = to_srgb(RgbImage::from_pixel(1, 1, Rgb([255; 3])).into(), Some(&damaged));
            assert!(white.get_pixel(0, 0).0.iter().all(|&v| v >= 200), "byte {at}: {white:?}");
        }
    }
    let mut dark = ColorProfile::new_display_p3();
    dark.green_trc = Some(ToneReprCurve::Lut(vec![65_535, 0]));
    let (_, embedded) = to_srgb(picture.into(), Some(&dark.encode().unwrap()));
    assert!(matches!(embedded, Embedded::Ignored(_)), "{embedded:?}");
}

#[test]
fn names_are_short_and_plain() {
    let mut profile = ColorProfile::new_display_p3();
    profile.description = Some(ProfileText::PlainString("a\u{7}b".repeat(99)));
    let name = name(&profile);
    assert!(name.chars().count() == LONGEST_NAME && name.starts_with("abab"));
    profile.description = None;
    assert_eq!(super::name(&profile), "ICC");
}

#[test]
fn tone_curves_are_those_of_the_standard() {
    let close = |curve: ToneReprCurve, x: f64, wanted: f64| (light(&curve, x) - wanted).abs() < 1e-4;
    assert!(close(ToneReprCurve::Lut(vec![]), 0.3, 0.3));
    assert!(close(ToneReprCurve::Lut(vec![512]), 0.5, 0.25), "u8Fixed8: 2.0");
    assert!(close(ToneReprCurve::Lut(vec![0, 16_384, 65_535]), 0.25, 0.125));
    assert!(close(ToneReprCurve::Parametric(vec![2.0]), 0.5, 0.25));
    assert!(close(ToneReprCurve::Parametric(vec![2.0, 1.0, -0.5]), 0.75, 0.0625));
    assert!(close(ToneReprCurve::Parametric(vec![2.0, 1.0, -0.5, 0.1]), 0.25, 0.1));
    assert!(close(
        ToneReprCurve::Parametric(vec![2.4, 1.0 / 1.055, 0.055 / 1.055, 1.0 / 12.92, 0.04045]),
        0.5,
        0.214_04
    ));
    assert!(close(ToneReprCurve::Parametric(vec![2.0, 1.0, 0.0, 0.5, 0.5, 0.1, 0.2]), 0.25, 0.325));
    assert!(close(ToneReprCurve::Parametric(vec![f32::NAN, 1.0, 0.0]), 0.5, 0.0));
}
