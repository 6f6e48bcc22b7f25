//! Hair that stands off: single flying hairs and curls, drawn over a cut-out with exact coverage.

use std::f32::consts::PI;

use super::cutout::CutOut;
use crate::random::Random;

/// How hair stands off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stray {
    /// Long single hairs that leave the outline and fall.
    Flying,
    /// Many small curls around the head.
    Curly,
}

/// Draws hairs from the outline outwards. `head` is the middle of the eyes, `face` the width of the face, pixels; `colour` linear light.
pub fn add(cutout: &mut CutOut, kind: Stray, head: [f32; 2], face: f32, colour: [f32; 3]) {
    let mut random = Random::of(&cutout.name);
    let count = match kind {
        Stray::Flying => 130,
        Stray::Curly => 420,
    };
    let outline = cutout.alpha.clone();
    let (width, height) = (cutout.width as f32, cutout.height as f32);
    for _ in 0..count {
        // From the picture's left ear over the crown to the right ear and a little below.
        let angle = random.range(-0.15 * PI, 1.15 * PI);
        let outwards = [angle.cos(), -angle.sin()];
        let Some(edge) = (0..(2.5 * face) as usize).rev().map(|r| r as f32).find(|r| {
            let (x, y) = (head[0] + outwards[0] * r, head[1] + outwards[1] * r);
            (0.0..width).contains(&x)
                && (0.0..height).contains(&y)
                && outline[y as usize * cutout.width + x as usize] > 0.5
        }) else {
            continue;
        };
        let start =
            [head[0] + outwards[0] * (edge - 0.03 * face), head[1] + outwards[1] * (edge - 0.03 * face)];
        let shade = random.range(0.6, 1.5);
        let colour = colour.map(|v| v * shade);
        match kind {
            Stray::Flying => {
                let length = face * random.range(0.08, 0.42);
                let lean = angle + random.normal() * 0.5;
                let (fall, thick) = (random.range(0.2, 1.6) / face, random.range(0.35, 1.1));
                let path = |t: f32| {
                    let along = t * length;
                    [
                        start[0] + lean.cos() * along,
                        start[1] - lean.sin() * along + 0.5 * fall * along * along,
                    ]
                };
                draw(cutout, path, length, thick, colour);
            }
            Stray::Curly => {
                let length = face * random.range(0.08, 0.2);
                let lean = angle + random.normal() * 0.25;
                let (amplitude, turns) = (face * random.range(0.012, 0.03), random.range(1.5, 4.0));
                let phase = random.range(0.0, 2.0 * PI);
                let path = |t: f32| {
                    let (s, c) = (phase + t * turns * 2.0 * PI).sin_cos();
                    let (along, aside) = (t * length + 0.6 * amplitude * c, amplitude * s);
                    [
                        start[0] + lean.cos() * along + lean.sin() * aside,
                        start[1] - lean.sin() * along + lean.cos() * aside,
                    ]
                };
                draw(cutout, path, 4.0 * length, random.range(0.5, 1.2), colour);
            }
        }
    }
}

/// A line of round dots, close enough together to have no gaps. `path` maps 0–1 to pixels; `length` is about that of the line.
fn draw(cutout: &mut CutOut, path: impl Fn(f32) -> [f32; 2], length: f32, thick: f32, colour: [f32; 3]) {
    let steps = (3.0 * length).ceil().max(2.0) as usize;
    // Coverage of the whole line is the greatest of its dots', so that overlapping dots do not add up.
    let mut cover = std::collections::BTreeMap::<usize, f32>::new();
    for step in 0..=steps {
        let t = step as f32 / steps as f32;
        let [x, y] = path(t);
        let thin = thick * (1.0 - 0.7 * t * t);
        let (radius, strength) = (thin.max(1.0) / 2.0, thin.min(1.0));
        for v in (y - radius - 1.0).floor() as i32..=(y + radius).ceil() as i32 {
            for u in (x - radius - 1.0).floor() as i32..=(x + radius).ceil() as i32 {
                if u < 0 || v < 0 || u as usize >= cutout.width || v as usize >= cutout.height {
                    continue;
                }
                let apart = (u as f32 + 0.5 - x).hypot(v as f32 + 0.5 - y);
                let share = (radius + 0.5 - apart).clamp(0.0, 1.0) * strength;
                let old = cover.entry(v as usize * cutout.width + u as usize).or_default();
                *old = old.max(share);
            }
        }
    }
    for (i, share) in cover {
        for (k, value) in cutout.light[i].iter_mut().enumerate() {
            *value = *value * (1.0 - share) + colour[k] * share;
        }
        cutout.alpha[i] = cutout.alpha[i] * (1.0 - share) + share;
    }
}
