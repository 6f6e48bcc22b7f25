//! A camera before a screen or a print instead of a person (翻拍).

use super::optics::defocused;
use super::{Damage, family};
use crate::case::Grade::Clear;
use crate::light::{Light, luminance, smoothstep};
use crate::random::noise;
use kiosk_core::CheckId::{self, Recapture};

/// A pixel of the sensor gathers light from its whole square: samples along each side, for a screen and for paper.
const SCREEN_TAPS: usize = 4;
const PRINT_TAPS: usize = 2;
/// Angles of the screens of the inks that work on red, green and blue.
const ANGLES: [f32; 3] = [15.0, 75.0, 0.0];

/// A screen as a camera sees it.
#[derive(Debug, Clone, Copy)]
pub struct Screen {
    /// Camera pixels a screen pixel.
    pub pitch: f32,
    /// Turn of the camera, degrees.
    pub turn: f32,
    /// Share of the frame's width that the picture takes; below 1 the bezel shows.
    pub fill: f32,
    /// Blur of the lens, camera pixels.
    pub blur: f32,
}

/// The picture shown on a screen and photographed from there.
pub fn from_screen(original: &Light, screen: Screen) -> Light {
    let (width, height) = (original.width, original.height);
    let shown = |u: f32, v: f32| -> [f32; 3] {
        // The screen's own pixels: the picture is averaged over each.
        let (cell_u, cell_v) = ((u / screen.pitch).floor(), (v / screen.pitch).floor());
        let centre = [(cell_u + 0.5) * screen.pitch, (cell_v + 0.5) * screen.pitch];
        let colour = original.at(centre[0], centre[1]);
        let (a, b) = ((u / screen.pitch).fract(), (v / screen.pitch).fract());
        // Three stripes beside each other, dark lines between the rows.
        let row = if b.rem_euclid(1.0) < 0.86 { 1.0 / 0.86 } else { 0.0 };
        let stripe = (a.rem_euclid(1.0) * 3.0) as usize;
        let gap = if (a.rem_euclid(1.0) * 3.0).fract() < 0.82 { 3.0 / 0.82 } else { 0.0 };
        // Steeper than the original, bluish white, and never quite black.
        std::array::from_fn(|k| {
            let lit = if k == stripe { row * gap } else { 0.0 };
            let value = colour[k].clamp(0.0, 1.0).powf(1.12) * [0.9, 0.97, 1.12][k] * 0.92;
            value * lit + 0.012
        })
    };
    let (sin, cos) = screen.turn.to_radians().sin_cos();
    let (cx, cy) = (width as f32 / 2.0, height as f32 / 2.0);
    let scale = 1.0 / screen.fill;
    let photographed = Light::painted(width, height, |x, y| {
        let mut sum = [0.0; 3];
        for j in 0..SCREEN_TAPS {
            for i in 0..SCREEN_TAPS {
                let offset = |k: usize| (k as f32 + 0.5) / SCREEN_TAPS as f32 - 0.5;
                let (dx, dy) = ((x + offset(i) - cx) * scale, (y + offset(j) - cy) * scale);
                let u = cx + dx * cos + dy * sin;
                // Seen from slightly below: the upper part is smaller.
                let v = cy + (dy * cos - dx * sin) * (1.0 + 0.02 * dy / cy);
                let sample = beyond(u, v, width as f32, height as f32).unwrap_or_else(|| shown(u, v));
                (0..3).for_each(|k| sum[k] += sample[k] / (SCREEN_TAPS * SCREEN_TAPS) as f32);
            }
        }
        sum
    });
    let mut light = if screen.blur > 0.3 { defocused(&photographed, screen.blur) } else { photographed };
    light.change(|x, y, p| {
        // The room mirrored in the glass, and less light from the corners.
        let off = ((x - cx) / cx).hypot((y - cy) / cy);
        let mirror =
            0.02 + 0.05 * smoothstep(0.5, 0.0, ((x / cx - 1.5).powi(2) + (y / cy - 0.4).powi(2)).sqrt());
        p.map(|v| v * (1.04 - 0.12 * off * off) + mirror)
    });
    light
}

/// Bezel and room around a screen; `None` inside of it.
fn beyond(u: f32, v: f32, width: f32, height: f32) -> Option<[f32; 3]> {
    let out = (-u).max(u - width).max(-v).max(v - height);
    if out <= 0.0 {
        None
    } else if out < 0.05 * width {
        Some([0.012, 0.012, 0.014])
    } else {
        Some([0.16, 0.14, 0.12])
    }
}

/// How a print is made.
#[derive(Debug, Clone, Copy)]
pub struct Print {
    /// Camera pixels a halftone dot; 0 for a photographic print without dots.
    pub dots: f32,
    /// Share of the frame's width that the paper's picture takes; below 1 border and table show.
    pub fill: f32,
    /// Strength of a lamp mirrored in the paper, 0–1.
    pub gloss: f32,
    /// Turn of the camera, degrees.
    pub turn: f32,
}

/// The picture printed and photographed from the paper.
pub fn from_print(original: &Light, print: Print) -> Light {
    let (width, height) = (original.width, original.height);
    let (w, h) = (width as f32, height as f32);
    let ink = |u: f32, v: f32| -> [f32; 3] {
        let colour = original.at(u, v).map(|c| c.clamp(0.0, 1.0));
        let grey = luminance(colour);
        std::array::from_fn(|k| {
            // Prints are duller and flatter.
            let value = 0.045 + 0.72 * (colour[k] * 0.85 + grey * 0.15);
            if print.dots <= 0.0 {
                return value;
            }
            let (sin, cos) = ANGLES[k].to_radians().sin_cos();
            let (a, b) = ((u * cos + v * sin) / print.dots, (v * cos - u * sin) / print.dots);
            let wave = 0.5 + 0.25 * ((a * std::f32::consts::TAU).cos() + (b * std::f32::consts::TAU).cos());
            // The waves' sum is mostly near a half: a gentler threshold keeps the tones.
            let cover = 0.5 + 0.72 * (0.5 - (value - 0.045) / 0.75);
            let dot = smoothstep(cover - 0.14, cover + 0.14, wave);
            0.06 + 0.74 * dot
        })
    };
    let (sin, cos) = print.turn.to_radians().sin_cos();
    let (cx, cy) = (w / 2.0, h / 2.0);
    let scale = 1.0 / print.fill;
    let mut light = Light::painted(width, height, |x, y| {
        let mut sum = [0.0; 3];
        for j in 0..PRINT_TAPS {
            for i in 0..PRINT_TAPS {
                let offset = |k: usize| (k as f32 + 0.5) / PRINT_TAPS as f32 - 0.5;
                let (dx, dy) = ((x + offset(i) - cx) * scale, (y + offset(j) - cy) * scale);
                let (u, v) = (cx + dx * cos + dy * sin, cy + dy * cos - dx * sin);
                let out = (-u).max(u - w).max(-v).max(v - h);
                let sample = if out <= 0.0 {
                    ink(u, v)
                } else if out < 0.06 * w {
                    [0.78, 0.78, 0.76]
                } else {
                    let grain = 0.75 + 0.5 * noise(u / 90.0, v / 6.0, 31);
                    [0.2 * grain, 0.12 * grain, 0.07 * grain]
                };
                (0..3).for_each(|k| sum[k] += sample[k] / (PRINT_TAPS * PRINT_TAPS) as f32);
            }
        }
        sum
    });
    light = defocused(&light, 0.9);
    light.change(|x, y, p| {
        let spot = (-((x / w - 0.68) / 0.2).powi(2) - ((y / h - 0.3) / 0.13).powi(2)).exp();
        let paper = 0.97 + 0.06 * noise(x / 260.0, y / 320.0, 17);
        p.map(|v| v * paper + print.gloss * spot)
    });
    light
}

/// The ways to copy a portrait; anything may change in them.
pub fn list(list: &mut Vec<Damage>) {
    family(list, "screen", &[Recapture], CheckId::ALL, |f| {
        f.quality = 70;
        for (pitch, turn, fill, blur, name) in [
            (2.9, 1.2, 1.08, 0.9, "coarse, no border"),
            (1.9, -2.0, 1.12, 0.8, "fine, no border"),
            (1.45, 0.7, 1.06, 0.7, "very fine, no border"),
            (2.2, 2.5, 0.82, 0.8, "bezel in the frame"),
        ] {
            f.add(name, Clear, move |p, _, _| {
                Some(from_screen(&p.light, Screen { pitch, turn, fill, blur }))
            });
        }
    });
    family(list, "print", &[Recapture], CheckId::ALL, |f| {
        f.quality = 70;
        for (dots, fill, gloss, turn, name) in [
            (4.6, 1.07, 0.0, 1.0, "halftone, no border"),
            (3.2, 0.85, 0.15, -2.0, "fine halftone, paper's edge"),
            (0.0, 0.8, 0.25, 2.0, "photographic paper on a table"),
            (0.0, 1.05, 0.2, 0.5, "photographic paper, no border"),
        ] {
            f.add(name, Clear, move |p, _, _| Some(from_print(&p.light, Print { dots, fill, gloss, turn })));
        }
    });
}
