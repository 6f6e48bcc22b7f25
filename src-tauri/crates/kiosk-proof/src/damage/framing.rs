//! Where the sitter is in the shot.

use crate::light::{Light, smoothstep};
use crate::portrait::Portrait;

/// Far from the camera: the face is `width` pixels wide in the shot.
pub fn small(portrait: &Portrait, width: f32) -> Light {
    let scale = width / portrait.face;
    let size = |n: usize| ((n as f32 * scale).round() as usize).max(8);
    portrait.light.scaled(size(portrait.light.width), size(portrait.light.height))
}

/// Turned so that the eye line leans by `degrees`, clockwise.
pub fn tilted(portrait: &Portrait, degrees: f32) -> Light {
    let (sin, cos) = (degrees - portrait.lean()).to_radians().sin_cos();
    let [cx, cy] = portrait.eyes();
    portrait.light.warped(|x, y| {
        let (dx, dy) = (x - cx, y - cy);
        [cx + dx * cos + dy * sin, cy + dy * cos - dx * sin]
    })
}

/// The shot ends `room` widths of the face to one side of the face's middle; `side` is −1 for the picture's left.
pub fn cut_beside(portrait: &Portrait, room: f32, side: f32) -> Light {
    let light = &portrait.light;
    let edge = portrait.eyes()[0] + side * room * portrait.face;
    let width = light.width as f32;
    if side < 0.0 {
        let left = edge.max(0.0);
        light.part(left, 0.0, (width - left) as usize, light.height)
    } else {
        light.part(0.0, 0.0, edge.min(width) as usize, light.height)
    }
}

/// The shot begins `room` widths of the face above the hair; below 0 it cuts into it.
pub fn cut_above(portrait: &Portrait, room: f32) -> Light {
    let light = &portrait.light;
    let top = (portrait.crown - room * portrait.face).max(0.0);
    light.part(0.0, top, light.width, light.height - top as usize)
}

/// The shot ends `room` widths of the face below the chin.
pub fn cut_below(portrait: &Portrait, room: f32) -> Light {
    let light = &portrait.light;
    let bottom = (portrait.chin()[1] + room * portrait.face).min(light.height as f32);
    light.part(0.0, 0.0, light.width, bottom as usize)
}

/// Shoulders that slope by `degrees`, clockwise, under a head that stays as it is.
pub fn sloping(portrait: &Portrait, degrees: f32) -> Light {
    let tan = (degrees - portrait.slope()).to_radians().tan();
    let [cx, chin] = portrait.chin();
    let face = portrait.face;
    portrait.light.warped(|x, y| {
        // Displacement belongs to where the pixel lands: a few steps find where it came from.
        let mut from = y;
        for _ in 0..4 {
            from = y - tan * (x - cx) * smoothstep(chin - 0.05 * face, chin + 0.45 * face, from);
        }
        [x, from]
    })
}

/// A second person beside the first, `size` as large, the middle of the face `aside` widths of the first face away, behind the
/// first one's outline.
pub fn second_face(portrait: &Portrait, other: &Portrait, size: f32, aside: f32) -> Light {
    let scale = size * portrait.face / other.face;
    let [ex, ey] = portrait.eyes();
    let [ox, oy] = other.eyes();
    let mut light = portrait.light.clone();
    let at = |x: f32, y: f32| {
        // Eyes a little lower when further away; the body reaches the picture's lower edge.
        let (dx, dy) = (x - ex - aside * portrait.face, y - ey - (1.0 - size) * 0.55 * portrait.face);
        [ox + dx / scale, oy + dy / scale]
    };
    let (width, height) = (other.light.width as f32, other.light.height as f32);
    light.change(|x, y, p| {
        let [u, v] = at(x, y);
        if u < 0.0 || u > width || v < 0.0 {
            return p;
        }
        let v = v.min(height - 1.0);
        let cover = other.person(u, v) * (1.0 - portrait.person(x, y));
        let second = other.light.at(u, v);
        std::array::from_fn(|k| p[k] + (second[k] - p[k]) * cover)
    });
    light
}
