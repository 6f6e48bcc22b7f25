//! Hair, hats and scarves where they must not be.

use super::{Damage, family};
use crate::case::Grade::{Clear, Gross, Mild, Undecided};
use crate::light::colour;
use kiosk_core::CheckId::{
    Contrast, EarsVisible, EyeLine, EyesOpen, FaceWidth, HairOverBrows, HeadCovering, HeadTop,
    LeftRightLight, Sharpness, ShouldersLevel, UnderExposure,
};
use kiosk_vision::landmarks as lm;

use crate::light::{Light, smoothstep};
use crate::portrait::Portrait;
use crate::random::{Random, noise};

/// Lays a strand of hair along a curve through three points.
fn strand(light: &mut Light, [a, b, c]: [[f32; 2]; 3], width: f32, colour: [f32; 3]) {
    let length = (a[0] - b[0]).hypot(a[1] - b[1]) + (b[0] - c[0]).hypot(b[1] - c[1]);
    let steps = (length / (0.5 * width).max(0.6)) as usize + 2;
    for i in 0..=steps {
        let t = i as f32 / steps as f32;
        let bend = |k: usize| (1.0 - t) * (1.0 - t) * a[k] + 2.0 * t * (1.0 - t) * b[k] + t * t * c[k];
        let radius = width * (0.35 + 0.65 * (1.0 - t).powf(0.4)) / 2.0;
        dab(light, [bend(0), bend(1)], radius, colour);
    }
}

fn dab(light: &mut Light, [x, y]: [f32; 2], radius: f32, colour: [f32; 3]) {
    let reach = radius + 1.0;
    let range =
        |v: f32, n: usize| ((v - reach).max(0.0) as usize, ((v + reach).max(0.0) as usize + 1).min(n));
    let ((x0, x1), (y0, y1)) = (range(x, light.width), range(y, light.height));
    for row in y0..y1 {
        for column in x0..x1 {
            let distance = (column as f32 + 0.5 - x).hypot(row as f32 + 0.5 - y);
            let cover = (radius + 0.5 - distance).clamp(0.0, 1.0) * 0.7;
            let pixel = &mut light.data[row * light.width + column];
            (0..3).for_each(|k| pixel[k] += (colour[k] - pixel[k]) * cover);
        }
    }
}

/// The hair's colour with the changes from strand to strand.
fn shade(portrait: &Portrait, random: &mut Random) -> [f32; 3] {
    let gain = random.range(0.45, 1.5);
    portrait.hair.map(|v| v * gain + 0.002)
}

/// A fringe combed from the crown, whose strands end at `end` (widths of the face below the pupils' middle; brows lie at −0.17)
/// between `from` and `to` across the face.
pub fn fringed(portrait: &Portrait, end: f32, from: f32, to: f32, random: &mut Random) -> Light {
    let mut light = portrait.light.clone();
    let forehead = portrait.point(lm::FOREHEAD_TOP);
    let hairline = portrait.local(forehead[0], forehead[1])[1];
    let crown = (portrait.crown - portrait.eyes()[1]) / portrait.face;
    let count = ((to - from) * 900.0) as usize;
    for _ in 0..count {
        let t = random.unit();
        let u = from + (to - from) * t;
        // Roots lie round the crown; the fringe follows the round forehead.
        let round = (u / 0.5).powi(2);
        let root = portrait.place(u * 0.72, crown + 0.07 + 0.2 * round + random.range(0.0, 0.1));
        let lock = noise(u * 26.0, 0.5, 3) - 0.5;
        let tip_v = end + 0.06 * lock + random.range(-0.03, 0.02) - 0.04 * round;
        let tip = portrait.place(u * 1.02 + 0.04 * lock + random.range(-0.012, 0.012), tip_v);
        let belly = portrait.place(u * 1.06 + 0.02 * lock, f32::midpoint(hairline, end) - 0.1);
        let colour = shade(portrait, random);
        strand(&mut light, [root, belly, tip], portrait.face * random.range(0.004, 0.009), colour);
    }
    light
}

/// Hair hanging over the ears, from beside the crown to below the jaw, on the sides given (−1 the picture's left).
pub fn ears_covered(portrait: &Portrait, sides: &[f32], random: &mut Random) -> Light {
    let mut light = portrait.light.clone();
    let crown = (portrait.crown - portrait.eyes()[1]) / portrait.face;
    for &side in sides {
        for _ in 0..760 {
            let t = random.unit();
            let lock = noise(t * 7.0, 0.5, 8) - 0.5;
            let root =
                portrait.place(side * (0.22 + 0.26 * t), crown + 0.12 + 0.22 * t + random.range(-0.05, 0.05));
            let belly = portrait.place(side * (0.53 + 0.24 * t), 0.02 + random.range(-0.05, 0.05));
            let tip = portrait.place(
                side * (0.43 + 0.2 * t + 0.06 * lock + random.range(-0.02, 0.02)),
                0.92 + 0.3 * lock + random.range(-0.2, 0.12),
            );
            let colour = shade(portrait, random);
            strand(&mut light, [root, belly, tip], portrait.face * random.range(0.005, 0.011), colour);
        }
    }
    light
}

/// A knitted cap down to the middle of the forehead.
pub fn capped(portrait: &Portrait, colour: [f32; 3]) -> Light {
    let mut light = portrait.light.clone();
    let crown = (portrait.crown - portrait.eyes()[1]) / portrait.face;
    let forehead = portrait.point(lm::FOREHEAD_TOP);
    let brim = portrait.local(forehead[0], forehead[1])[1] + 0.12;
    let top = crown - 0.06;
    light.change(|x, y, p| {
        let [u, v] = portrait.local(x, y);
        // An ellipse from the brim to above the crown, wider than the skull; the brim sags at the sides.
        let edge = brim + 0.1 * (u / 0.5).powi(2);
        let (ru, rv) = (0.6, edge - top);
        let r = (u / ru).hypot((v - edge) / rv);
        let cover = smoothstep(1.006, 0.994, r) * smoothstep(edge + 0.004, edge - 0.004, v);
        if cover <= 0.0 {
            return p;
        }
        let round = (1.0 - (r * r).min(1.0)).sqrt();
        let ribs = 0.82 + 0.18 * (u.asin() * 46.0 / (0.6 + 0.4 * round)).sin();
        let fold = 1.0 - 0.45 * smoothstep(0.02, 0.0, (v - (edge - 0.13)).abs());
        let light = (0.35 + 0.65 * round) * ribs * fold * (0.9 + 0.2 * noise(x / 3.0, y / 3.0, 7));
        std::array::from_fn(|k| p[k] + (colour[k] * light - p[k]) * cover)
    });
    light
}

/// A cloth round head and neck that leaves only the face.
pub fn wrapped(portrait: &Portrait, colour: [f32; 3]) -> Light {
    let mut light = portrait.light.clone();
    let crown = (portrait.crown - portrait.eyes()[1]) / portrait.face;
    light.change(|x, y, p| {
        let [u, v] = portrait.local(x, y);
        let (top, chin) = (crown - 0.04, 0.8);
        // The opening: an egg from the upper forehead to under the chin.
        let opening = (u / 0.475).hypot((v - 0.17) / if v < 0.17 { 0.56 } else { 0.66 });
        let skull = (u / 0.66).hypot((v - 0.1) / (0.1 - top));
        let drape = 0.66 + 0.5 * smoothstep(0.5, 1.5, v) * (v - 0.5).max(0.0);
        let body = if v < 0.1 { skull } else { (u / drape).abs() };
        let cover = smoothstep(0.99, 1.01, opening)
            * smoothstep(1.006, 0.994, body)
            * smoothstep(chin + 0.75, chin + 0.7, v + 0.25 * u.abs());
        if cover <= 0.0 {
            return p;
        }
        let round = (1.0 - (u / 0.75).powi(2)).max(0.0).sqrt();
        let folds = noise(opening * 9.0, u.atan2(0.17 - v) * 1.3, 9);
        let inner = 0.55 + 0.45 * smoothstep(1.0, 1.12, opening);
        let light = (0.4 + 0.6 * round) * (0.65 + 0.5 * folds) * inner;
        std::array::from_fn(|k| p[k] + (colour[k] * light - p[k]) * cover)
    });
    light
}

/// The ways to spoil a portrait that are made here.
pub fn list(list: &mut Vec<Damage>) {
    family(
        list,
        "hair over brows",
        &[HairOverBrows],
        &[EarsVisible, EyesOpen, LeftRightLight, UnderExposure, Sharpness, HeadCovering],
        |f| {
            f.add("ends above the brows", Mild, |p, _, random| Some(fringed(p, -0.32, -0.42, 0.42, random)));
            f.add("touches the brows", Undecided, |p, _, random| {
                Some(fringed(p, -0.19, -0.44, 0.44, random))
            });
            f.add("one brow", Clear, |p, _, random| Some(fringed(p, -0.09, -0.5, 0.04, random)));
            f.add("both brows", Clear, |p, _, random| Some(fringed(p, -0.09, -0.46, 0.46, random)));
            f.add("down to the eyes", Gross, |p, _, random| Some(fringed(p, -0.02, -0.48, 0.48, random)));
        },
    );
    family(
        list,
        "ears covered",
        &[EarsVisible],
        &[ShouldersLevel, FaceWidth, HairOverBrows, LeftRightLight, UnderExposure],
        |f| {
            for (sides, name, grade) in
                [(&[-1.0f32][..], "left", Clear), (&[1.0], "right", Clear), (&[-1.0, 1.0], "both", Clear)]
            {
                f.add(name, grade, move |p, _, random| Some(ears_covered(p, sides, random)));
            }
        },
    );
    family(
        list,
        "head covering",
        &[HeadCovering],
        &[HeadTop, EarsVisible, HairOverBrows, UnderExposure, Contrast, EyeLine],
        |f| {
            for (name, rgb) in
                [("red cap", [150, 30, 34]), ("blue cap", [36, 62, 140]), ("grey cap", [120, 122, 124])]
            {
                f.add(name, Clear, move |p, _, _| Some(capped(p, colour(rgb))));
            }
            f.add("black cap", Clear, |p, _, _| Some(capped(p, colour([34, 33, 34]))));
            for (name, rgb) in [("blue scarf", [60, 84, 150]), ("black scarf", [30, 30, 32])] {
                f.add(name, Gross, move |p, _, _| Some(wrapped(p, colour(rgb))));
            }
        },
    );
}
