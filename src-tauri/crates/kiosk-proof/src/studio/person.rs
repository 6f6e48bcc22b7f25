//! What the sitter does, where, and how the sitter looks.

use kiosk_camera::sim::{Expression, Garment, Glasses, HairStyle, Pose, Scene};
use kiosk_core::CheckId::{
    self, Centred, ClothesVsBackground, Contrast, EarsVisible, Expression as Face, EyesOpen, FaceWidth, Gaze,
    GlassesGlare, GlassesTint, HairOverBrows, HeadTop, LeftRightLight, MouthClosed, Noise, Pitch, RedEye,
    Resolution, Roll, Sharpness, ShouldersComplete, ShouldersLevel, SubjectSize, UnderExposure, Yaw,
};

use super::{Takes, dress, sit};
use crate::case::Grade::{Clear, Gross, Mild, Undecided};

/// Largest turn of the sweeps, degrees, and their step.
const SWEEP: (i32, i32) = (25, 5);

pub(super) fn faces(takes: &mut Takes) {
    const ABOUT_EYES: &[CheckId] = &[Gaze, RedEye, GlassesGlare, GlassesTint];
    let still = Expression::default();
    for (closed, grade) in [(0.15, Mild), (0.5, Undecided), (0.85, Clear), (1.0, Gross)] {
        let both = Expression { blink: [closed; 2], ..still };
        takes.face(("blink", format!("both eyes {closed}"), grade), &[EyesOpen], ABOUT_EYES, both);
    }
    for (blink, name) in [([1.0, 0.0], "right"), ([0.0, 1.0], "left")] {
        takes.face(
            ("blink", format!("{name} eye closed"), Clear),
            &[EyesOpen],
            ABOUT_EYES,
            Expression { blink, ..still },
        );
    }
    for (degrees, grade) in [(4.0, Mild), (8.0, Undecided), (15.0, Clear), (25.0, Gross)] {
        for (name, x, y) in [
            ("right", 1.0, 0.0),
            ("left", -1.0, 0.0),
            ("up", 0.0, 1.0),
            ("down", 0.0, -1.0),
            ("right and up", 0.71, 0.71),
            ("left and down", -0.71, -0.71),
        ] {
            let gaze = [x * degrees, y * degrees];
            takes.face(
                ("gaze", format!("{degrees}° {name}"), grade),
                &[Gaze],
                &[EyesOpen],
                Expression { gaze, ..still },
            );
        }
    }
    for (mouth_open, grade) in [(0.04, Mild), (0.12, Undecided), (0.3, Clear), (0.7, Gross)] {
        takes.face(
            ("open mouth", format!("{mouth_open}"), grade),
            &[MouthClosed],
            &[Face],
            Expression { mouth_open, ..still },
        );
    }
    for (smile, grade) in [(0.12, Mild), (0.35, Undecided), (0.7, Clear), (1.0, Gross)] {
        takes.face(
            ("smile", format!("{smile}"), grade),
            &[Face, MouthClosed],
            &[EyesOpen],
            Expression { smile, ..still },
        );
    }
}

pub(super) fn turns(takes: &mut Takes) {
    const CONSEQUENCES: &[CheckId] = &[
        Yaw,
        Pitch,
        Roll,
        Gaze,
        EyesOpen,
        LeftRightLight,
        EarsVisible,
        FaceWidth,
        Centred,
        HeadTop,
        Face,
        MouthClosed,
        ShouldersLevel,
        ShouldersComplete,
        HairOverBrows,
        GlassesTint,
        GlassesGlare,
    ];
    let straight = Pose::default();
    // Clear from where the standards' limits and the 3° that a measure may be wrong are both passed.
    let grade = |degrees: i32| match degrees.abs() {
        0..=5 => Mild,
        6..=10 => Undecided,
        11..=15 => Clear,
        _ => Gross,
    };
    let (most, step) = SWEEP;
    for at in (-most / step..=most / step).filter(|at| *at != 0) {
        let (degrees, grade) = (at * step, grade(at * step));
        let turn = degrees as f32;
        takes.pose(
            ("yaw", format!("{degrees:+}°"), grade),
            &[Yaw],
            CONSEQUENCES,
            Pose { yaw: turn, ..straight },
        );
        takes.pose(
            ("pitch", format!("{degrees:+}°"), grade),
            &[Pitch],
            CONSEQUENCES,
            Pose { pitch: turn, ..straight },
        );
        takes.pose(
            ("roll", format!("{degrees:+}°"), grade),
            &[Roll],
            CONSEQUENCES,
            Pose { roll: turn, ..straight },
        );
    }
}

pub(super) fn places(takes: &mut Takes) {
    const PLACE: &[CheckId] = &[ShouldersComplete, Centred, FaceWidth, HeadTop];
    let good = Pose::default();
    for (z, grade) in [(-20.0, Mild), (-55.0, Undecided), (-85.0, Clear), (-140.0, Gross)] {
        // The wall stands behind the sitter all the same.
        takes.add(
            ("far away", format!("{} cm", 118.0 - z), grade),
            &[SubjectSize, Resolution],
            &[Sharpness, Noise, Gaze],
            move |scene| {
                scene.lamps.wall_distance = 60.0 - z;
                sit(scene, |pose, _| pose.z = z);
            },
        );
    }
    for (x, grade) in [(4.0, Mild), (20.0, Undecided), (27.0, Clear)] {
        for sign in [-1.0, 1.0] {
            let x = x * sign;
            takes.pose(
                ("aside", format!("{x:+} cm"), grade),
                PLACE,
                &[ShouldersLevel, Yaw, Gaze],
                Pose { x, ..good },
            );
        }
    }
    for (y, grade) in [(2.0, Mild), (9.5, Clear), (12.0, Gross)] {
        takes.pose(
            ("crown cut", format!("{y} cm too high"), grade),
            &[HeadTop],
            &[Pitch, Gaze],
            Pose { y, ..good },
        );
    }
    for (shoulders, grade) in [(4.0, Mild), (9.0, Undecided), (14.0, Clear), (19.0, Gross)] {
        for sign in [-1.0, 1.0] {
            let shoulders = shoulders * sign;
            let what = ("sloping shoulders", format!("{shoulders:+}°"), grade);
            takes.pose(what, &[ShouldersLevel], &[ShouldersComplete], Pose { shoulders, ..good });
        }
    }
}

pub(super) fn looks(takes: &mut Takes, background: [u8; 3]) {
    const BEHIND: &[CheckId] = &[Sharpness, Gaze, EyesOpen, HairOverBrows, Contrast, UnderExposure];
    let glasses = |glare: f32, tint: f32| {
        move |scene: &mut Scene| {
            dress(scene, |sitter| sitter.glasses = Some(Glasses { frame: [28, 26, 28], glare, tint }));
        }
    };
    takes.add(
        ("clear glasses", "no reflection", Mild),
        &[GlassesGlare, GlassesTint],
        BEHIND,
        glasses(0.0, 0.0),
    );
    for (glare, grade) in [(0.2, Undecided), (0.4, Undecided), (0.6, Clear), (0.8, Clear), (1.0, Gross)] {
        takes.add(("glasses glare", format!("{glare}"), grade), &[GlassesGlare], BEHIND, glasses(glare, 0.0));
    }
    for (tint, grade) in [(0.1, Mild), (0.35, Undecided), (0.65, Clear), (1.0, Gross)] {
        takes.add(("tinted glasses", format!("{tint}"), grade), &[GlassesTint], BEHIND, glasses(0.0, tint));
    }
    for (hair, name, grade) in
        [(HairStyle::Fringe, "ends above the brows", Mild), (HairStyle::OverBrows, "over both brows", Clear)]
    {
        const SHADE: &[CheckId] = &[EarsVisible, EyesOpen, UnderExposure, LeftRightLight];
        takes.add(("hair over brows", name, grade), &[HairOverBrows], SHADE, move |scene| {
            dress(scene, |sitter| sitter.hair = hair);
        });
    }
    for (name, rgb, grade) in [
        ("navy", [34, 42, 66], Mild),
        ("grey as the wall", Scene::default().backdrop, Undecided),
        ("the background's colour", background, Clear),
    ] {
        const BODY: &[CheckId] = &[ShouldersComplete, ShouldersLevel];
        takes.add(("clothes", name, grade), &[ClothesVsBackground], BODY, move |scene| {
            dress(scene, |sitter| {
                sitter.garment = Garment::CrewNeck;
                sitter.garment_colour = rgb;
            });
        });
    }
}
