//! What the drawn studio promises about its pictures, without any net: truth and pixels agree.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::sync::Arc;

use kiosk_camera::InventedStudent;
use kiosk_camera::sim::{
    Expression, Glasses, HairStyle, Lamps, Phone, Pose, Renderer, Scene, Sitter, render, truth,
};
use qrcode::{Color, EcLevel, QrCode};

const WIDTH: u32 = 1280;
const HEIGHT: u32 = 720;

fn portrait(seed: u64) -> Scene {
    Scene::portrait(Arc::new(Sitter::from_seed(seed)))
}

fn with_sitter(change: impl FnOnce(&mut Sitter)) -> Scene {
    let mut sitter = Sitter::from_seed(1);
    change(&mut sitter);
    Scene::portrait(Arc::new(sitter))
}

/// Mean luminance of a square about a point.
fn luminance(picture: &image::RgbImage, at: [f32; 2], half: i32) -> f64 {
    let mut sum = 0.0;
    for dy in -half..=half {
        for dx in -half..=half {
            let [r, g, b] = picture.get_pixel((at[0] as i32 + dx) as u32, (at[1] as i32 + dy) as u32).0;
            sum += 0.299 * f64::from(r) + 0.587 * f64::from(g) + 0.114 * f64::from(b);
        }
    }
    sum / f64::from((2 * half + 1) * (2 * half + 1))
}

#[test]
fn every_sitter_fits_the_photo_standard_at_the_good_pose() {
    let mut renderer = Renderer::new(WIDTH, HEIGHT);
    for seed in 0..16 {
        let face = renderer.truth(&portrait(seed)).face.unwrap();
        assert!((250.0..=270.0).contains(&face.face_width), "seed {seed}: {} px wide", face.face_width);
        assert!((95.0..=125.0).contains(&face.crown_y), "seed {seed}: crown at {}", face.crown_y);
        // The standard's photo, 240 px from cheek to cheek and 80 px above the hair, stays in the frame.
        let scale = 240.0 / face.face_width;
        let top = face.crown_y - 80.0 / scale;
        let eyes = f32::midpoint(face.pupils[0][1], face.pupils[1][1]);
        assert!(scale <= 1.0 && top >= 0.0 && top + 640.0 / scale <= HEIGHT as f32, "seed {seed}");
        assert!(
            (200.0..=300.0).contains(&((eyes - top) * scale)),
            "seed {seed}: eye line {}",
            (eyes - top) * scale
        );
    }
}

#[test]
fn the_matte_covers_the_sitter_and_nothing_else() {
    let mut renderer = Renderer::new(WIDTH, HEIGHT);
    let scene = portrait(2);
    let matte = renderer.matte(&scene);
    let face = renderer.truth(&scene).face.unwrap();
    // Drawn in a little, so that none lies on the outline.
    let [x, y] = face.landmarks[6];
    for landmark in &face.landmarks {
        let inner = [x + (landmark[0] - x) * 0.93, y + (landmark[1] - y) * 0.93];
        assert_eq!(matte.get_pixel(inner[0] as u32, inner[1] as u32).0, [255], "{landmark:?}");
    }
    for x in 0..WIDTH {
        assert_eq!(matte.get_pixel(x, 40).0, [0], "above the head");
    }
    let bottom = (0..WIDTH).filter(|x| matte.get_pixel(*x, HEIGHT - 1).0[0] > 250).count();
    assert!((600..900).contains(&bottom), "shoulders reach the lower edge: {bottom} px");
    let first_row = (0..HEIGHT).find(|y| (0..WIDTH).any(|x| matte.get_pixel(x, *y).0[0] > 200)).unwrap();
    assert!((first_row as f32 - face.crown_y).abs() < 6.0, "{first_row} {}", face.crown_y);
    // Without noise and shadow the wall is untouched where the matte is empty.
    let bare = Scene { noise: 0.0, lamps: Lamps { wall_distance: 400.0, ..scene.lamps }, ..scene };
    let empty = Scene { sitting: None, ..bare.clone() };
    let (with, without) = (renderer.render(&bare), renderer.render(&empty));
    for (x, y, pixel) in matte.enumerate_pixels() {
        let far = (x.saturating_sub(3)..(x + 4).min(WIDTH))
            .all(|x| (y.saturating_sub(3)..(y + 4).min(HEIGHT)).all(|y| matte.get_pixel(x, y).0 == [0]));
        if pixel.0 == [0] && far {
            assert_eq!(with.get_pixel(x, y), without.get_pixel(x, y), "{x} {y}");
        }
    }
}

#[test]
fn eyes_and_mouth_show_what_they_do() {
    let at_pupil = |expression: Expression| {
        let mut scene = portrait(1);
        scene.noise = 0.0;
        scene.sitting.as_mut().unwrap().expression = expression;
        let face = truth(&portrait(1), WIDTH, HEIGHT).face.unwrap();
        let picture = render(&scene, WIDTH, HEIGHT);
        let lips =
            [f32::midpoint(face.landmarks[13][0], face.landmarks[14][0]), face.landmarks[13][1] + 12.0];
        (luminance(&picture, face.pupils[0], 3), luminance(&picture, lips, 3))
    };
    let (open, lips) = at_pupil(Expression::default());
    let (closed, _) = at_pupil(Expression { blink: [1.0; 2], ..Expression::default() });
    let (_, mouth) = at_pupil(Expression { mouth_open: 1.0, ..Expression::default() });
    assert!(open < 80.0 && closed > open + 40.0, "pupil {open}, lid {closed}");
    assert!(mouth < lips * 0.7, "lips {lips}, open mouth {mouth}");
}

#[test]
fn light_glasses_hair_and_backdrop_do_what_they_say() {
    let reference = portrait(1);
    let face = truth(&reference, WIDTH, HEIGHT).face.unwrap();
    let cheeks = |picture: &image::RgbImage| [50, 280].map(|i| luminance(picture, face.landmarks[i], 6));
    let even = cheeks(&render(&reference, WIDTH, HEIGHT));
    assert!((even[0] / even[1] - 1.0).abs() < 0.12, "{even:?}");

    let one = Scene { lamps: Lamps { right: 0.1, ..Lamps::default() }, ..reference.clone() };
    let one = cheeks(&render(&one, WIDTH, HEIGHT));
    assert!(one[0] > one[1] * 1.25, "{one:?}");

    let blue = Scene { backdrop: [100, 197, 255], noise: 0.0, ..reference.clone() };
    let corner = render(&blue, WIDTH, HEIGHT).get_pixel(640, 40).0;
    assert!(corner.iter().zip([100, 197, 255]).all(|(a, b): (&u8, u8)| a.abs_diff(b) < 14), "{corner:?}");

    let glasses = |glare: f32| {
        let worn = Glasses { frame: [20; 3], glare, tint: 0.0 };
        let scene = with_sitter(|s| s.glasses = Some(worn));
        let picture = render(&scene, WIDTH, HEIGHT);
        face.pupils
            .map(|p| (-20..20).map(|d| luminance(&picture, [p[0] + d as f32, p[1]], 1)).fold(0.0, f64::max))
    };
    let (clear, glaring) = (glasses(0.0), glasses(1.0));
    assert!(glaring[0].max(glaring[1]) > clear[0].max(clear[1]) + 20.0, "{clear:?} {glaring:?}");

    let above = |style: HairStyle, landmarks: [usize; 2]| {
        let picture = render(&with_sitter(|s| s.hair = style), WIDTH, HEIGHT);
        landmarks.map(|i| luminance(&picture, face.landmarks[i], 4))
    };
    // Half way up the forehead, and just over the middle of each brow.
    let (forehead, brows) = ([151, 151], [66, 296]);
    assert!(above(HairStyle::Fringe, forehead)[0] < above(HairStyle::Bun, forehead)[0] * 0.6);
    let (free, covered) = (above(HairStyle::Fringe, brows), above(HairStyle::OverBrows, brows));
    assert!(covered[0] < free[0] * 0.8 && covered[1] < free[1] * 0.8, "{free:?} {covered:?}");
}

#[test]
fn a_turned_head_moves_its_landmarks_as_geometry_says() {
    let nose = |pose: Pose| {
        let mut scene = portrait(3);
        scene.sitting.as_mut().unwrap().pose = pose;
        let face = truth(&scene, WIDTH, HEIGHT).face.unwrap();
        let eyes = [
            f32::midpoint(face.pupils[0][0], face.pupils[1][0]),
            f32::midpoint(face.pupils[0][1], face.pupils[1][1]),
        ];
        [face.landmarks[4][0] - eyes[0], face.landmarks[4][1] - eyes[1]]
    };
    let straight = nose(Pose::default());
    assert!(straight[0].abs() < 1.0);
    assert!(
        nose(Pose { yaw: 15.0, ..Pose::default() })[0] > 10.0,
        "to the sitter's left is to the picture's right"
    );
    assert!(
        nose(Pose { pitch: 15.0, ..Pose::default() })[1] < straight[1] - 8.0,
        "looking up lifts the nose"
    );
    assert!(nose(Pose { roll: 15.0, ..Pose::default() })[0] < -10.0, "leaning to the picture's right");
}

#[test]
fn the_code_on_the_phone_is_the_students_module_by_module() {
    let payload = InventedStudent::new(1, 2).code_payload;
    let code = QrCode::with_error_correction_level(&payload, EcLevel::M).unwrap();
    let phone = Phone {
        payload: payload.into(),
        place: [0.8, -0.4, 71.0],
        tilt: [10.0, -7.0, 5.0],
        brightness: 1.0,
        dark_mode: false,
    };
    let scene = Scene { phone: Some(phone), ..Scene::default() };
    let corners = truth(&scene, WIDTH, HEIGHT).code_corners.unwrap();
    let picture = render(&scene, WIDTH, HEIGHT);
    let to_picture = homography(corners);
    let modules = code.width();
    let mut wrong = 0;
    for y in 0..modules {
        for x in 0..modules {
            let at = to_picture([(x as f32 + 0.5) / modules as f32, (y as f32 + 0.5) / modules as f32]);
            let dark = luminance(&picture, at, 0) < 128.0;
            wrong += usize::from(dark != (code[(x, y)] == Color::Dark));
        }
    }
    assert!(wrong * 100 < modules * modules, "{wrong} of {} modules", modules * modules);
}

/// The perspective map from the unit square to four corners (Heckbert 1989, section 2.2.3).
fn homography(c: [[f32; 2]; 4]) -> impl Fn([f32; 2]) -> [f32; 2] {
    let [p0, p1, p2, p3] = c.map(glam::Vec2::from);
    let (d1, d2, s) = (p1 - p2, p3 - p2, p0 - p1 + p2 - p3);
    let area = d1.perp_dot(d2);
    let (g, h) = (s.perp_dot(d2) / area, d1.perp_dot(s) / area);
    let (u, v) = (p1 - p0 + p1 * g, p3 - p0 + p3 * h);
    move |[x, y]| ((u * x + v * y + p0) / (g * x + h * y + 1.0)).into()
}
