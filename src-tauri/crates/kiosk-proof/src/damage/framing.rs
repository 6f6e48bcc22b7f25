//! Where the sitter is in the shot.

use super::{Damage, family};
use crate::case::Grade::{Clear, Gross, Mild, Undecided};
use crate::light::{Light, smoothstep};
use crate::portrait::Portrait;
use kiosk_core::CheckId::{
    self, BackgroundShadow, BackgroundUniform, Centred, ClothesVsBackground, EarsVisible, FaceWidth,
    HeadCovering, HeadTop, Noise, Resolution, Roll, Sharpness, ShouldersComplete, ShouldersLevel, SingleFace,
    SubjectSize, Yaw,
};

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
    let (face, eyes) = (portrait.face, portrait.eyes()[1]);
    portrait.light.warped(|x, y| {
        // The neck stays; what hangs beside it moves with the shoulder.
        let beside = (x - cx).signum() * ((x - cx).abs() - 0.3 * face).max(0.0) * 1.35;
        // Displacement belongs to where the pixel lands: a few steps find where it came from.
        let mut from = y;
        for _ in 0..8 {
            from = y - tan * beside * smoothstep(eyes, chin + 0.3 * face, from);
        }
        [x, from]
    })
}

/// A second person beside the first, `size` as large, the middle of the face `aside` widths of the first face away, behind the
/// first one's outline. Further away one sits lower in the picture, so that the body always ends with it.
pub fn second_face(portrait: &Portrait, other: &Portrait, size: f32, aside: f32) -> Light {
    let scale = size * portrait.face / other.face;
    let left = portrait.eyes()[0] + aside * portrait.face - other.eyes()[0] * scale;
    let top = portrait.light.height as f32 - other.light.height as f32 * scale;
    laid(portrait, other, scale, [left, top], |u, v| other.person(u, v))
}

/// A framed picture of somebody else on the wall, its face `size` as large.
pub fn poster(portrait: &Portrait, other: &Portrait, size: f32, aside: f32) -> Light {
    let scale = size * portrait.face / other.face;
    let [ox, oy] = other.eyes();
    let [ex, ey] = portrait.eyes();
    let place = [ex + aside * portrait.face - ox * scale, ey - 0.5 * portrait.face - oy * scale];
    let half = other.face;
    laid(portrait, other, scale, place, |u, v| {
        let inside = (u - ox).abs() < half && v > oy - 1.2 * half && v < oy + 1.3 * half;
        f32::from(u8::from(inside))
    })
}

/// Lays another picture behind the person; `cover` says how much of it shows, in its own pixels.
fn laid(
    portrait: &Portrait,
    other: &Portrait,
    scale: f32,
    [left, top]: [f32; 2],
    cover: impl Fn(f32, f32) -> f32,
) -> Light {
    let (width, height) = (other.light.width as f32, other.light.height as f32);
    // A smaller picture is averaged, or it would be sharper than anything around it.
    let small = if scale < 0.99 {
        other.light.scaled((width * scale) as usize, (height * scale) as usize)
    } else {
        other.light.clone()
    };
    let mut light = portrait.light.clone();
    light.change(|x, y, p| {
        let (u, v) = ((x - left) / scale, (y - top) / scale);
        if u < 0.0 || u >= width || v < 0.0 || v >= height {
            return p;
        }
        let share = cover(u, v) * (1.0 - portrait.person(x, y));
        let second = small.at(u * small.width as f32 / width, v * small.height as f32 / height);
        std::array::from_fn(|k| p[k] + (second[k] - p[k]) * share)
    });
    light
}

/// Checks of which one must see that the sitter is not where the photo needs them.
const PLACES: &[CheckId] = &[ShouldersComplete, Centred, FaceWidth, HeadTop];

/// The ways to spoil a portrait that are made here.
pub fn list(list: &mut Vec<Damage>) {
    family(list, "small subject", &[SubjectSize, Resolution], &[Sharpness, Noise], |f| {
        for (width, grade) in [(260.0, Mild), (170.0, Undecided), (140.0, Clear), (90.0, Gross)] {
            f.add(format!("face of {width} px"), grade, move |p, _, _| Some(small(p, width)));
        }
    });
    family(list, "tilt", &[Roll], &[ShouldersLevel, ShouldersComplete, Yaw, EarsVisible], |f| {
        for (degrees, grade) in [(3.0, Mild), (6.0, Undecided), (9.0, Clear), (15.0, Gross)] {
            for sign in [-1.0, 1.0] {
                let degrees = degrees * sign;
                f.add(format!("{degrees:+}°"), grade, move |p, _, _| Some(tilted(p, degrees)));
            }
        }
    });
    family(list, "shoulder cut", PLACES, &[ShouldersLevel, EarsVisible], |f| {
        for (room, grade) in [(1.25, Mild), (0.95, Undecided), (0.7, Clear), (0.55, Gross)] {
            for (side, name) in [(-1.0, "left"), (1.0, "right")] {
                f.add(format!("{name} edge {room} face off"), grade, move |p, _, _| {
                    Some(cut_beside(p, room, side))
                });
            }
        }
    });
    family(list, "crown cut", &[HeadTop], &[HeadCovering, BackgroundShadow], |f| {
        for (room, grade) in [(0.3, Mild), (0.01, Undecided), (-0.06, Clear), (-0.15, Gross)] {
            f.add(format!("{room:+} face above the hair"), grade, move |p, _, _| Some(cut_above(p, room)));
        }
    });
    family(
        list,
        "chest cut",
        &[ShouldersComplete, Centred, FaceWidth, HeadTop],
        &[ShouldersLevel, ClothesVsBackground],
        |f| {
            for (room, grade) in [(0.75, Undecided), (0.4, Clear), (0.15, Gross)] {
                f.add(format!("{room} face below the chin"), grade, move |p, _, _| Some(cut_below(p, room)));
            }
        },
    );
    family(list, "sloping shoulders", &[ShouldersLevel], &[ShouldersComplete], |f| {
        for (degrees, grade) in [(4.0, Mild), (9.0, Undecided), (14.0, Clear), (19.0, Gross)] {
            for sign in [-1.0, 1.0] {
                let degrees = degrees * sign;
                f.add(format!("{degrees:+}°"), grade, move |p, _, _| Some(sloping(p, degrees)));
            }
        }
    });
    family(
        list,
        "second face",
        &[SingleFace],
        &[BackgroundUniform, BackgroundShadow, ShouldersComplete, ShouldersLevel, EarsVisible],
        |f| {
            for (size, aside, grade) in [(0.5, 1.15, Clear), (0.7, 1.1, Clear), (0.9, 1.1, Gross)] {
                for sign in [-1.0, 1.0] {
                    f.add(format!("{size} as large, {:+} face", aside * sign), grade, move |p, other, _| {
                        Some(second_face(p, other, size, aside * sign))
                    });
                }
            }
            f.add("poster on the wall", Undecided, |p, other, _| Some(poster(p, other, 0.22, 1.1)));
        },
    );
}
