//! Exposure, direction and colour of the light.

use super::optics::noisy;
use super::{Damage, family};
use crate::case::Grade::{Clear, Gross, Mild, Undecided};
use kiosk_core::CheckId::{
    BackgroundUniform, ClothesVsBackground, ColourCast, Contrast, EarsVisible, GlassesGlare, GlassesTint,
    HairOverBrows, HeadCovering, Highlights, LeftRightLight, Noise, OverExposure, Sharpness, UnderExposure,
};
use kiosk_vision::landmarks as lm;

use crate::light::{Light, luminance, smoothstep};
use crate::portrait::Portrait;
use crate::random::noise;

/// `stops` more light.
pub fn exposed(light: &Light, stops: f32) -> Light {
    let gain = stops.exp2();
    let mut exposed = light.clone();
    exposed.change(|_, _, p| p.map(|v| v * gain));
    exposed
}

/// Whether the cheeks burn out with `stops` more light: dark skin may only have become well lit.
pub fn burns(portrait: &Portrait, stops: f32) -> bool {
    luminance(portrait.skin) * stops.exp2() > 0.85
}

/// The lamp on one side is weak: the dark half of the face gets `ratio` times less light. `side` is −1 for a dark picture's left.
pub fn one_sided(portrait: &Portrait, ratio: f32, side: f32) -> Light {
    let mut light = portrait.light.clone();
    let width = light.width as f32;
    light.change(|x, y, p| {
        let [u, v] = portrait.local(x, y);
        let dark = smoothstep(-0.42, 0.42, u * side);
        // The nose shades the cheek behind it.
        let nose = (-((u * side - 0.14) / 0.09).powi(2) - ((v - 0.26) / 0.16).powi(2)).exp();
        let on_person = ratio.powf(-dark) * (1.0 - 0.35 * nose * (1.0 - 1.0 / ratio));
        let across = (x / width - 0.5) * side;
        let on_wall = ratio.powf(-0.25 * (0.5 + across));
        let person = portrait.person(x, y);
        let gain = 1.08 * (on_person * person + on_wall * (1.0 - person));
        p.map(|v| v * gain)
    });
    light
}

/// A lamp overhead: crown and forehead burn, the eyes' sockets, the nose's underside and the neck lie in the dark.
pub fn from_above(portrait: &Portrait, strength: f32) -> Light {
    let mut light = portrait.light.clone();
    let eyes =
        [lm::RIGHT_PUPIL, lm::LEFT_PUPIL].map(|i| portrait.point(i)).map(|[x, y]| portrait.local(x, y));
    let [_, chin] = portrait.local(portrait.chin()[0], portrait.chin()[1]);
    let crown = (portrait.crown - portrait.eyes()[1]) / portrait.face;
    light.change(|x, y, p| {
        let [u, v] = portrait.local(x, y);
        let blob =
            |cu: f32, cv: f32, ru: f32, rv: f32| (-((u - cu) / ru).powi(2) - ((v - cv) / rv).powi(2)).exp();
        let top = smoothstep(-0.1, crown * 0.75, v);
        let sockets: f32 = eyes.iter().map(|[eu, ev]| blob(*eu, ev - 0.03, 0.15, 0.075)).sum();
        let under = blob(0.0, 0.42, 0.11, 0.045) + blob(0.0, 0.62, 0.15, 0.04) * 0.7;
        let neck = smoothstep(chin - 0.03, chin + 0.06, v)
            * smoothstep(chin + 0.75, chin + 0.12, v)
            * smoothstep(0.62, 0.3, u.abs());
        let nose = blob(0.0, 0.22, 0.035, 0.12);
        let shade = (1.0 - 0.75 * sockets).max(0.2) * (1.0 - 0.6 * under) * (1.0 - 0.7 * neck);
        let face = smoothstep(0.65, -0.2, v);
        let shoulders = smoothstep(chin + 0.35, chin + 0.7, v);
        let gain = (0.62 + 0.5 * face + 2.4 * top + 0.7 * nose + 0.4 * shoulders) * shade;
        let mix = 1.0 + strength * (gain - 1.0) * portrait.person(x, y);
        // Hair and skin shine where the lamp stands above them.
        let sheen = strength * 0.09 * top * portrait.person(x, y) * noise(x / 9.0, y / 40.0, 5);
        p.map(|v| (v * mix + sheen).max(0.0))
    });
    light
}

/// Greasy skin: the lamps are mirrored on forehead, nose, cheekbones and chin.
pub fn shiny(portrait: &Portrait, strength: f32) -> Light {
    const SPOTS: [(f32, f32, f32, f32, f32); 7] = [
        (-0.13, -0.32, 0.13, 0.07, 1.0),
        (0.16, -0.3, 0.11, 0.07, 0.9),
        (0.0, 0.3, 0.035, 0.05, 1.0),
        (0.0, 0.12, 0.02, 0.11, 0.8),
        (-0.3, 0.2, 0.075, 0.06, 0.9),
        (0.3, 0.2, 0.07, 0.06, 0.85),
        (0.02, 0.71, 0.07, 0.04, 0.6),
    ];
    let mut light = portrait.light.clone();
    light.change(|x, y, p| {
        let [u, v] = portrait.local(x, y);
        if u.abs() > 0.6 || !(-0.6..1.0).contains(&v) {
            return p;
        }
        let spot = |&(cu, cv, ru, rv, s): &(f32, f32, f32, f32, f32)| {
            s * (-((u - cu) / ru).powi(2) - ((v - cv) / rv).powi(2)).exp()
        };
        let glow: f32 = SPOTS.iter().map(spot).sum();
        // Pores and fine creases break the mirror up.
        let grain = 0.55 + 0.9 * noise(x / 3.2, y / 3.2, 11) * noise(x / 11.0, y / 11.0, 12).sqrt();
        let add = strength * glow * glow * grain * portrait.person(x, y);
        p.map(|v| v + add)
    });
    light
}

/// Light of another colour: per-channel gains to the power of `strength`, brightness kept.
pub fn cast(portrait: &Portrait, gains: [f32; 3], strength: f32) -> Light {
    let gains = gains.map(|g| g.powf(strength));
    let keep = 1.0 / luminance(gains);
    let mut light = portrait.light.clone();
    light.change(|_, _, p| std::array::from_fn(|k| p[k] * gains[k] * keep));
    light
}

/// Flare over the whole picture: `veil` of the light is replaced by its mean.
pub fn veiled(portrait: &Portrait, veil: f32) -> Light {
    let n = portrait.light.data.len() as f32;
    let mean: [f32; 3] = std::array::from_fn(|k| portrait.light.data.iter().map(|p| p[k]).sum::<f32>() / n);
    let mut light = portrait.light.clone();
    light.change(|_, _, p| std::array::from_fn(|k| p[k] * (1.0 - veil) + mean[k] * 0.8 * veil));
    light
}

/// The ways to spoil a portrait that are made here.
pub fn list(list: &mut Vec<Damage>) {
    family(
        list,
        "dark",
        &[UnderExposure],
        &[Contrast, Noise, Sharpness, ColourCast, EarsVisible, HairOverBrows],
        |f| {
            for (stops, grade) in [(-0.7, Mild), (-1.5, Undecided), (-2.5, Clear), (-3.5, Gross)] {
                f.add(format!("{stops:+} EV"), grade, move |p, _, random| {
                    Some(noisy(&exposed(&p.light, stops), 0.0004, 0.0015, random))
                });
            }
        },
    );
    family(
        list,
        "bright",
        &[OverExposure],
        &[
            Highlights,
            Contrast,
            ColourCast,
            GlassesGlare,
            Sharpness,
            EarsVisible,
            HairOverBrows,
            ClothesVsBackground,
        ],
        |f| {
            f.add("+0.4 EV", Mild, |p, _, _| Some(exposed(&p.light, 0.4)));
            for (stops, grade) in [(1.0, Undecided), (1.5, Clear), (2.0, Gross)] {
                f.add(format!("{stops:+} EV"), grade, move |p, _, _| {
                    burns(p, stops).then(|| exposed(&p.light, stops))
                });
            }
        },
    );
    family(
        list,
        "one-sided light",
        &[LeftRightLight],
        &[UnderExposure, Contrast, HairOverBrows, EarsVisible, GlassesTint, BackgroundUniform, Highlights],
        |f| {
            for (ratio, grade) in [(1.2, Mild), (2.0, Undecided), (3.0, Clear), (5.0, Gross)] {
                for (side, name) in [(-1.0, "left"), (1.0, "right")] {
                    f.add(format!("{ratio}:1, {name} dark"), grade, move |p, _, _| {
                        Some(one_sided(p, ratio, side))
                    });
                }
            }
        },
    );
    family(
        list,
        "top light",
        &[Highlights, OverExposure, UnderExposure],
        &[Contrast, HairOverBrows, GlassesTint, LeftRightLight, EarsVisible, HeadCovering, ColourCast],
        |f| {
            for (strength, grade) in [(0.15, Mild), (0.45, Undecided), (0.8, Clear), (1.1, Gross)] {
                f.add(format!("strength {strength}"), grade, move |p, _, _| Some(from_above(p, strength)));
            }
        },
    );
    family(list, "shine", &[Highlights], &[OverExposure, GlassesGlare, LeftRightLight, HairOverBrows], |f| {
        for (strength, grade) in [(0.06, Mild), (0.35, Undecided), (1.0, Clear), (2.0, Gross)] {
            f.add(format!("strength {strength}"), grade, move |p, _, _| Some(shiny(p, strength)));
        }
    });
    family(
        list,
        "colour cast",
        &[ColourCast],
        &[OverExposure, EarsVisible, ClothesVsBackground, HeadCovering],
        |f| {
            let lights = [
                ("tungsten", [1.5, 0.92, 0.4]),
                ("fluorescent green", [0.82, 1.12, 0.72]),
                ("blue", [0.62, 0.95, 1.75]),
            ];
            for (name, gains) in lights {
                for (strength, grade) in [(0.15, Mild), (0.5, Undecided), (1.0, Clear), (1.5, Gross)] {
                    f.add(format!("{name} {strength}"), grade, move |p, _, _| Some(cast(p, gains, strength)));
                }
            }
        },
    );
    family(list, "low contrast", &[Contrast], &[ColourCast, UnderExposure, EarsVisible, GlassesTint], |f| {
        for (veil, grade) in [(0.08, Mild), (0.35, Undecided), (0.65, Clear), (0.85, Gross)] {
            f.add(format!("veil {veil}"), grade, move |p, _, _| Some(veiled(p, veil)));
        }
    });
}
