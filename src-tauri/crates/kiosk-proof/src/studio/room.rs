//! Lamps, wall and camera.

use image::RgbImage;
use kiosk_camera::sim::Lamps;
use kiosk_core::CheckId::{
    self, BackgroundShadow, ClothesVsBackground, ColourCast, Contrast, EarsVisible, GlassesGlare,
    GlassesTint, HairOverBrows, Highlights, LeftRightLight, Noise, OverExposure, Recapture, RedEye,
    Sharpness, UnderExposure,
};

use super::{Spoil, Takes};
use crate::case::Grade::{self, Clear, Gross, Mild, Undecided};
use crate::case::QUALITY;
use crate::damage::optics::{defocused, moved};
use crate::damage::recapture::{Print, Screen, from_print, from_screen};
use crate::light::Light;

/// What a soft picture may change.
const SOFT: &[CheckId] = &[Noise, GlassesGlare, RedEye, Highlights];

pub(super) fn lamps(takes: &mut Takes) {
    const SHADED: &[CheckId] = &[
        UnderExposure,
        OverExposure,
        Contrast,
        Highlights,
        HairOverBrows,
        EarsVisible,
        GlassesTint,
        GlassesGlare,
        BackgroundShadow,
        ColourCast,
        ClothesVsBackground,
        Sharpness,
        LeftRightLight,
    ];
    let studio = Lamps::default();
    let mut light = |what: (&'static str, String, Grade), targets, lamps: Lamps| {
        takes.add(what, targets, SHADED, move |scene| scene.lamps = lamps);
    };
    for (share, grade) in [(0.8, Mild), (0.4, Undecided), (0.0, Clear)] {
        light(
            ("lamp weak", format!("left {share}"), grade),
            &[LeftRightLight],
            Lamps { left: share, ..studio },
        );
        light(
            ("lamp weak", format!("right {share}"), grade),
            &[LeftRightLight],
            Lamps { right: share, ..studio },
        );
    }
    for (height, grade) in [(25.0, Mild), (45.0, Undecided), (65.0, Undecided)] {
        let what = ("lamps high", format!("{height}°"), grade);
        light(what, &[Highlights, OverExposure, UnderExposure], Lamps { height, ..studio });
    }
    for (wall_distance, grade) in [(90.0, Mild), (40.0, Undecided), (20.0, Clear), (10.0, Clear)] {
        let what = ("wall near", format!("{wall_distance} cm"), grade);
        light(what, &[BackgroundShadow], Lamps { wall_distance, ..studio });
    }
    for (name, gains, grade) in [
        ("slightly warm", [1.06f32, 1.0, 0.9], Mild),
        ("tungsten", [1.5, 0.92, 0.4], Clear),
        ("fluorescent green", [0.82, 1.12, 0.72], Clear),
        ("blue", [0.62, 0.95, 1.75], Clear),
    ] {
        light(("colour cast", name.to_owned(), grade), &[ColourCast], Lamps { colour: gains, ..studio });
    }
}

pub(super) fn camera(takes: &mut Takes) {
    const TONES: &[CheckId] = &[
        Contrast,
        Noise,
        Sharpness,
        ColourCast,
        EarsVisible,
        HairOverBrows,
        Highlights,
        GlassesGlare,
        ClothesVsBackground,
        LeftRightLight,
        GlassesTint,
    ];
    for (stops, grade) in [(-0.7, Mild), (-1.5, Undecided), (-2.5, Clear), (-3.5, Gross)] {
        takes.add(("dark", format!("{stops:+} EV"), grade), &[UnderExposure], TONES, move |s| {
            s.exposure = stops;
        });
    }
    for (stops, grade) in [(0.4, Mild), (1.0, Undecided), (1.8, Clear), (2.5, Gross)] {
        takes.add(("bright", format!("{stops:+} EV"), grade), &[OverExposure], TONES, move |s| {
            s.exposure = stops;
        });
    }
    for (noise, grade) in [(2.5, Mild), (7.0, Undecided), (16.0, Clear), (28.0, Gross)] {
        takes.add(("noise", format!("{noise} levels"), grade), &[Noise], &[Sharpness], move |s| {
            s.noise = noise;
        });
    }
    let mut spoilt = |what: (&'static str, &'static str, Grade), targets, affects, spoil: Spoil, quality| {
        let take = takes.add(what, targets, affects, |_| {});
        (take.spoil, take.quality) = (Some(spoil), quality);
    };
    let spoils: [(&'static str, Grade, Spoil); 4] = [
        ("0.6 px", Mild, |p| defocused(&Light::of(p), 0.6).picture()),
        ("1.5 px", Undecided, |p| defocused(&Light::of(p), 1.5).picture()),
        ("2.8 px", Clear, |p| defocused(&Light::of(p), 2.8).picture()),
        ("5 px", Gross, |p| defocused(&Light::of(p), 5.0).picture()),
    ];
    for (name, grade, spoil) in spoils {
        spoilt(("defocus", name, grade), &[Sharpness], SOFT, spoil, QUALITY);
    }
    spoilt(
        ("motion", "7 px across", Clear),
        &[Sharpness],
        SOFT,
        |p| moved(&Light::of(p), 7.0, 0.0).picture(),
        QUALITY,
    );
    spoilt(
        ("motion", "7 px down", Clear),
        &[Sharpness],
        SOFT,
        |p| moved(&Light::of(p), 7.0, 90.0).picture(),
        QUALITY,
    );
    let copies: [(&'static str, &'static str, Spoil); 4] = [
        ("screen", "coarse, no border", |p| screen(p, 2.9, 1.08)),
        ("screen", "bezel in the frame", |p| screen(p, 2.2, 0.82)),
        ("print", "halftone, no border", |p| print(p, 3.6, 1.08)),
        ("print", "photographic paper on a table", |p| print(p, 0.0, 0.8)),
    ];
    for (family, name, spoil) in copies {
        spoilt((family, name, Clear), &[Recapture], CheckId::ALL, spoil, 70);
    }
}

fn screen(picture: &RgbImage, pitch: f32, fill: f32) -> RgbImage {
    from_screen(&Light::of(picture), Screen { pitch, turn: 1.2, fill, blur: 0.8 }).picture()
}

fn print(picture: &RgbImage, dots: f32, fill: f32) -> RgbImage {
    from_print(&Light::of(picture), Print { dots, fill, gloss: 0.2, turn: 1.5 }).picture()
}
