//! Backdrop and clothes.

use super::optics::softened;
use super::{Damage, family};
use crate::case::Grade::{Clear, Gross, Mild, Undecided};
use crate::light::colour;
use crate::light::{Light, luminance, smoothstep};
use crate::portrait::Portrait;
use crate::random::noise;
use kiosk_core::CheckId::{
    BackgroundShadow, BackgroundUniform, ClothesVsBackground, ShouldersComplete, ShouldersLevel,
};

/// Changes the wall by factors; hair keeps its share of the old wall, which is near enough.
fn wall(portrait: &Portrait, mut factor: impl FnMut(f32, f32) -> [f32; 3]) -> Light {
    let mut light = portrait.light.clone();
    light.change(|x, y, p| {
        let free = 1.0 - portrait.person(x, y);
        if free <= 0.0 {
            return p;
        }
        let f = factor(x, y);
        std::array::from_fn(|k| p[k] * (1.0 + free * (f[k] - 1.0)))
    });
    light
}

/// A lamp throws the sitter's outline on the wall, `aside` widths of the face to one side, a little lower.
pub fn shadowed(portrait: &Portrait, strength: f32, aside: f32, blur: f32) -> Light {
    const CELL: usize = 4;
    let (columns, rows) = (portrait.light.width.div_ceil(CELL), portrait.light.height.div_ceil(CELL));
    let coarse: Vec<f32> = (0..columns * rows)
        .map(|i| portrait.person((i % columns * CELL + 2) as f32, (i / columns * CELL + 2) as f32))
        .collect();
    let radius = (blur * portrait.face / CELL as f32) as usize;
    let soft = softened(&coarse, columns, rows, radius.max(1));
    let (dx, dy) = (aside * portrait.face, 0.1 * portrait.face);
    wall(portrait, |x, y| {
        let cell = |v: f32, n: usize| ((v / CELL as f32).max(0.0) as usize).min(n - 1);
        let shade = soft[cell(y - dy, rows) * columns + cell(x - dx, columns)];
        [1.0 - strength * shade; 3]
    })
}

/// A soft change of brightness across the wall.
pub fn graded(portrait: &Portrait, strength: f32) -> Light {
    let width = portrait.light.width as f32;
    wall(portrait, |x, _| [1.0 + strength * (x / width - 0.5); 3])
}

/// Wallpaper: stripes with a small ornament.
pub fn papered(portrait: &Portrait, strength: f32) -> Light {
    let unit = portrait.face * 0.16;
    wall(portrait, |x, y| {
        let stripe = 0.5 + 0.5 * (x / unit * std::f32::consts::TAU / 2.0).sin();
        let (u, v) = ((x / unit).fract() - 0.5, (y / unit * 0.8 + (x / unit).floor() * 0.5).fract() - 0.5);
        let dot = smoothstep(0.3, 0.22, u.hypot(v));
        let dark = strength * (0.6 * smoothstep(0.35, 0.65, stripe) + 0.6 * dot);
        [1.0 - dark, 1.0 - dark * 1.05, 1.0 - dark * 0.8]
    })
}

/// Shelves with things on them.
pub fn shelved(portrait: &Portrait) -> Light {
    let unit = portrait.face * 0.75;
    wall(portrait, |x, y| {
        let row = (y / unit).floor();
        let v = (y / unit).fract();
        if v > 0.93 {
            return [0.35, 0.24, 0.16];
        }
        let wide = x / (unit * 0.17) + row * 0.37;
        let book = wide.floor();
        let tall = 0.25 + 0.35 * noise(book * 7.1, row * 3.3, 21);
        if v < tall || wide.fract() < 0.04 {
            return [0.45, 0.42, 0.4];
        }
        let hue = |seed: u32| 0.15 + 0.85 * noise(book * 5.7, row * 9.1, seed);
        [hue(1), hue(2), hue(3)]
    })
}

/// A door's edge: the wall is darker from a line on.
pub fn edged(portrait: &Portrait, strength: f32) -> Light {
    let line = portrait.eyes()[0] + 0.85 * portrait.face;
    wall(portrait, |x, _| {
        let beyond = smoothstep(line - 2.0, line + 2.0, x);
        let frame = smoothstep(line - 2.0, line, x) * smoothstep(line + 16.0, line + 14.0, x);
        [1.0 - strength * (0.6 * beyond + 0.4 * frame); 3]
    })
}

/// The white clothes in another colour, folds kept. `None` when too little of them is in the picture.
pub fn dressed(portrait: &Portrait, colour: [f32; 3]) -> Option<Light> {
    let (width, height) = (portrait.light.width, portrait.light.height);
    let top = portrait.chin()[1] + 0.05 * portrait.face;
    let white = |i: usize| {
        let (x, y) = ((i % width) as f32, (i / width) as f32);
        if y < top {
            return 0.0;
        }
        let p = portrait.light.data[i];
        let (low, high) = (p[0].min(p[1]).min(p[2]), p[0].max(p[1]).max(p[2]));
        // White cotton has almost no colour, also in its folds; skin is red everywhere but where it shines.
        smoothstep(0.34, 0.18, (high - low) / high.max(1e-3))
            * smoothstep(0.1, 0.22, luminance(p))
            * smoothstep(1.5, 1.15, p[0] / p[2].max(1e-3))
            * smoothstep(0.3, 0.7, portrait.person(x, y))
    };
    let white: Vec<f32> = (0..width * height).map(white).collect();
    // Shining skin makes specks, cotton makes areas.
    let areas = softened(&white, width, height, (0.025 * portrait.face) as usize);
    let mut light = portrait.light.clone();
    let mut changed = 0.0;
    for (p, (white, area)) in light.data.iter_mut().zip(white.iter().zip(&areas)) {
        let cloth = white.max(smoothstep(0.7, 0.95, *area)) * smoothstep(0.3, 0.55, *area);
        changed += cloth;
        let folds = (luminance(*p) / 0.93).powf(1.15);
        (0..3).for_each(|k| p[k] += (colour[k] * folds - p[k]) * cloth);
    }
    (changed > 0.15 * portrait.face * portrait.face).then_some(light)
}

/// The ways to spoil a portrait that are made here.
pub fn list(list: &mut Vec<Damage>, background: [u8; 3]) {
    family(list, "backdrop shadow", &[BackgroundShadow], &[BackgroundUniform], |f| {
        for (strength, blur, grade) in
            [(0.08, 0.15, Mild), (0.2, 0.1, Undecided), (0.4, 0.07, Clear), (0.6, 0.04, Gross)]
        {
            for (aside, name) in [(-0.22, "left"), (0.22, "right")] {
                f.add(format!("{strength} darker, {name}"), grade, move |p, _, _| {
                    Some(shadowed(p, strength, aside, blur))
                });
            }
        }
    });
    family(
        list,
        "busy backdrop",
        &[BackgroundUniform],
        &[BackgroundShadow, ShouldersLevel, ShouldersComplete],
        |f| {
            f.add("gradient 0.15", Mild, |p, _, _| Some(graded(p, 0.15)));
            f.add("gradient 0.5", Undecided, |p, _, _| Some(graded(p, 0.5)));
            f.add("wallpaper 0.1", Undecided, |p, _, _| Some(papered(p, 0.1)));
            f.add("wallpaper 0.3", Clear, |p, _, _| Some(papered(p, 0.3)));
            f.add("wallpaper 0.6", Gross, |p, _, _| Some(papered(p, 0.6)));
            f.add("door edge 0.35", Clear, |p, _, _| Some(edged(p, 0.35)));
            f.add("shelves", Gross, |p, _, _| Some(shelved(p)));
        },
    );
    family(list, "clothes", &[ClothesVsBackground], &[ShouldersComplete, ShouldersLevel], |f| {
        f.add("navy", Mild, |p, _, _| dressed(p, colour([34, 42, 66])));
        f.add("dark red", Mild, |p, _, _| dressed(p, colour([112, 34, 40])));
        f.add("grey as the wall", Undecided, |p, _, _| dressed(p, colour([190, 192, 190])));
        f.add("the background's colour", Clear, move |p, _, _| dressed(p, colour(background)));
        let near = [
            background[0].saturating_add(14),
            background[1].saturating_sub(10),
            background[2].saturating_sub(16),
        ];
        f.add("nearly the background's colour", Clear, move |p, _, _| dressed(p, colour(near)));
    });
}
