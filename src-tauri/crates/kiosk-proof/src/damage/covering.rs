//! Hair, hats and scarves where they must not be.

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

/// A fringe whose strands end at `end` (widths of the face below the pupils' middle; brows lie at −0.17) between `from` and `to`
/// across the face.
pub fn fringed(portrait: &Portrait, end: f32, from: f32, to: f32, random: &mut Random) -> Light {
    let mut light = portrait.light.clone();
    let forehead = portrait.point(lm::FOREHEAD_TOP);
    let hairline = portrait.local(forehead[0], forehead[1])[1];
    let count = ((to - from) * 620.0) as usize;
    for i in 0..count {
        let u = from + (to - from) * (i as f32 + random.unit()) / count as f32;
        // The fringe follows the round forehead and grows from above the hairline.
        let side = (u / 0.5).powi(2);
        let root = portrait.place(u * 0.85, hairline - 0.1 + 0.28 * side + random.range(-0.03, 0.03));
        let lock = noise(u * 26.0, 0.5, 3) - 0.5;
        let tip_v = end + 0.05 * lock + random.range(-0.02, 0.015);
        let tip = portrait.place(u + 0.03 * lock + random.range(-0.012, 0.012), tip_v);
        let belly = portrait.place(u * 1.02 + 0.02 * lock, f32::midpoint(hairline, end) - 0.02);
        let colour = shade(portrait, random);
        strand(&mut light, [root, belly, tip], portrait.face * random.range(0.004, 0.009), colour);
    }
    light
}

/// Hair hanging over the ears, from the temples to the jaw, on the sides given (−1 the picture's left).
pub fn ears_covered(portrait: &Portrait, sides: &[f32], random: &mut Random) -> Light {
    let mut light = portrait.light.clone();
    for &side in sides {
        for _ in 0..520 {
            let t = random.unit();
            // Roots along the parting at the temple, tips below the jaw, outermost last.
            let root = portrait.place(side * (0.38 + 0.2 * t), -0.42 + 0.1 * t + random.range(-0.04, 0.04));
            let belly = portrait.place(side * (0.47 + 0.22 * t), 0.1 + random.range(-0.04, 0.04));
            let tip = portrait
                .place(side * (0.4 + 0.26 * t + random.range(-0.03, 0.03)), 0.78 + random.range(-0.12, 0.16));
            let colour = shade(portrait, random);
            strand(&mut light, [root, belly, tip], portrait.face * random.range(0.006, 0.012), colour);
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
