//! A phone with a collection code, and the hand that holds it.

use std::f32::consts::TAU;

use glam::{EulerRot, Mat3, Vec2, Vec3};
use qrcode::{Color, EcLevel, QrCode};

use super::body::Shell;
use super::rng::smoothstep;
use super::scene::Phone;
use super::texture::{Texture, mix};
use super::tube::tube;

/// Half width and half height of the screen, centimetres.
const HALF: Vec2 = Vec2::new(3.55, 7.6);
const TEXTURE: [usize; 2] = [568, 1216];
/// Side of the code with its quiet zone over the screen's width.
const CODE_SHARE: f32 = 0.94;
/// Middle of the code from the top over the screen's height.
const CODE_MIDDLE: f32 = 0.47;

/// Where a point of the phone (x right, y up from the code's middle, z out of the screen) is in space.
pub(crate) fn placed(phone: &Phone, p: Vec3) -> Vec3 {
    let [yaw, pitch, roll] = phone.tilt.map(f32::to_radians);
    let turn = Mat3::from_euler(EulerRot::ZYX, -roll, yaw, -pitch);
    let lower = Vec3::new(0.0, HALF.y * (2.0 * CODE_MIDDLE - 1.0), 0.0);
    Vec3::from(phone.place) + turn * (p + lower)
}

/// Corners of the code without its quiet zone, in space: top left, top right, bottom right, bottom left.
pub(crate) fn code_corners(phone: &Phone) -> Option<[Vec3; 4]> {
    let modules = encode(&phone.payload)?.width() as f32;
    let half = HALF.x * CODE_SHARE * modules / (modules + 8.0);
    let middle = HALF.y * (1.0 - 2.0 * CODE_MIDDLE);
    let corner = |x: f32, y: f32| placed(phone, Vec3::new(x * half, middle + y * half, 0.0));
    Some([corner(-1.0, 1.0), corner(1.0, 1.0), corner(1.0, -1.0), corner(-1.0, -1.0)])
}

fn encode(payload: &[u8]) -> Option<QrCode> {
    QrCode::with_error_correction_level(payload, EcLevel::M).ok()
}

/// The screen, about its own middle.
pub(crate) fn screen() -> Shell {
    Shell::grid(25, 13, false, |u, v| Vec3::new((u * 2.0 - 1.0) * HALF.x, (1.0 - v * 2.0) * HALF.y, 0.0))
}

/// The case round the screen: a rounded frame that falls back to the sides.
pub(crate) fn case() -> Shell {
    const STEPS: usize = 64;
    Shell::grid(4, STEPS, true, |u, v| {
        let (out, back) = [(-0.1, 0.03), (0.2, 0.02), (0.34, -0.25), (0.3, -0.8)][(v * 3.0).round() as usize];
        let (sin, cos) = (-u * TAU).sin_cos();
        // A superellipse: straight sides, round corners.
        let round = |v: f32| v.signum() * v.abs().powf(0.16);
        let p = Vec2::new(round(cos), round(sin)) * (HALF + Vec2::splat(out));
        Vec3::new(p.x, p.y, back)
    })
}

/// What the screen shows: a title, the code, grey lines of text.
pub(crate) fn paint_screen(phone: &Phone) -> Texture {
    let code = encode(&phone.payload);
    let (paper, ink) = if phone.dark_mode { ([0.01; 3], [0.9; 3]) } else { ([0.93, 0.94, 0.95], [0.012; 3]) };
    let side = CODE_SHARE * HALF.x / HALF.y;
    let top = CODE_MIDDLE - side / 2.0;
    Texture::paint(TEXTURE[0], TEXTURE[1], |u, v| {
        let corner = (Vec2::new((u - 0.5).abs(), (v - 0.5).abs()) * 2.0 * HALF - HALF + 0.75).max(Vec2::ZERO);
        if corner.length() > 0.75 {
            return [0.012; 3];
        }
        let (cx, cy) = ((u - 0.5) / CODE_SHARE + 0.5, (v - top) / side);
        if let Some(code) = &code
            && (0.0..1.0).contains(&cx)
            && (0.0..1.0).contains(&cy)
        {
            let modules = code.width() as f32 + 8.0;
            let (mx, my) = ((cx * modules) as usize, (cy * modules) as usize);
            let inside = |m: usize| (4..code.width() + 4).contains(&m);
            let dark = inside(mx) && inside(my) && code[(mx - 4, my - 4)] == Color::Dark;
            return if dark { ink } else { paper };
        }
        let bar = |y: f32, from: f32, to: f32| (v - y).abs() < 0.008 && (from..to).contains(&u);
        if v < 0.115 {
            let title = (v - 0.08).abs() < 0.011 && (0.34..0.66).contains(&u);
            return if title { [0.9; 3] } else { [0.03, 0.13, 0.42] };
        }
        if bar(0.79, 0.2, 0.8) || bar(0.825, 0.28, 0.72) || bar(0.2, 0.3, 0.7) {
            return mix(paper, ink, 0.35);
        }
        paper
    })
}

/// Thumb, four fingers, palm and wrist of a right hand behind the phone, about the screen's middle.
pub(crate) fn hand() -> Vec<Shell> {
    let mut shells = Vec::new();
    // Fingers come from behind round the picture's left side, all below the code.
    for (k, reach) in [0.2, 0.42, 0.36, 0.12].into_iter().enumerate() {
        let y = -4.1 - k as f32 * 1.5;
        shells.push(tube(
            &[
                (Vec3::new(-1.0, y - 1.6, -2.2), 0.85),
                (Vec3::new(-3.9, y - 0.5, -1.9), 0.82),
                (Vec3::new(-4.55, y, -0.6), 0.74),
                (Vec3::new(-4.1, y + 0.2, 0.3), 0.64),
                (Vec3::new(-3.75 + reach, y + 0.3, 0.42), 0.54),
            ],
            6,
        ));
    }
    shells.push(tube(
        &[
            (Vec3::new(2.2, -11.4, -2.6), 1.9),
            (Vec3::new(4.2, -8.4, -1.5), 1.35),
            (Vec3::new(4.75, -5.7, -0.3), 1.0),
            (Vec3::new(4.45, -3.9, 0.35), 0.8),
            (Vec3::new(4.0, -2.6, 0.5), 0.62),
        ],
        6,
    ));
    shells.push(tube(
        &[
            (Vec3::new(6.0, -26.0, -8.0), 3.4),
            (Vec3::new(3.0, -14.0, -5.0), 3.0),
            (Vec3::new(1.5, -9.5, -3.8), 3.4),
            (Vec3::new(0.3, -4.5, -3.4), 3.2),
            (Vec3::new(-0.3, -2.0, -3.2), 2.2),
        ],
        6,
    ));
    shells
}

/// Skin of the hand: redder at the tips.
pub(crate) fn paint_hand(skin: [f32; 3]) -> Texture {
    Texture::paint(4, 64, |_, v| {
        let tip = smoothstep(0.7, 1.0, v);
        mix(skin, [skin[0] * 1.02, skin[1] * 0.8, skin[2] * 0.8], 0.25 + 0.5 * tip)
    })
}
