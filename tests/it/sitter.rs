//! The drawn sitter before the real nets: what is drawn there is what is measured.

use std::sync::Arc;

use kiosk_camera::sim::{Expression, FaceTruth, Pose, Renderer, Scene, Sitter};
use kiosk_engine::Assets;
use kiosk_vision::face::{FaceFinder, FaceNets, FaceReading};

/// Frame of the studio.
const SIZE: (u32, u32) = (1280, 720);
const SEEDS: std::ops::Range<u64> = 0..6;

/// The finder with the published nets.
fn finder() -> Option<FaceFinder> {
    let assets = Assets::at(&kiosk_tests::repository().join("assets")).unwrap();
    let mesh = kiosk_tests::or_skip(assets.model("face-mesh"))?;
    Some(FaceFinder::new(FaceNets::load(&mesh).unwrap()))
}

/// One drawn frame as the nets read it, with the truth about it.
fn read(finder: &mut FaceFinder, renderer: &mut Renderer, scene: &Scene) -> (FaceReading, FaceTruth) {
    let reading = finder.find(&renderer.render(scene));
    (reading, renderer.truth(scene).face.unwrap())
}

fn distance(a: [f32; 2], b: [f32; 2]) -> f32 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

#[test]
fn every_sitter_is_found_once_and_where_it_was_drawn() {
    let Some(mut finder) = finder() else { return };
    let mut renderer = Renderer::new(SIZE.0, SIZE.1);
    for seed in SEEDS {
        let scene = Scene::portrait(Arc::new(Sitter::from_seed(seed)));
        let (reading, truth) = read(&mut finder, &mut renderer, &scene);
        assert_eq!(reading.faces.len(), 1, "sitter {seed}");
        let mesh = reading.mesh.unwrap();
        let between = distance(truth.pupils[0], truth.pupils[1]);
        for (measured, drawn) in mesh.pupils().into_iter().zip(truth.pupils) {
            let error = distance(measured, drawn) / between;
            assert!(error < 0.06, "sitter {seed}: pupil {error:.3} of the pupils' distance off");
        }
    }
}

#[test]
fn a_turn_of_the_head_is_measured_in_its_direction_and_size() {
    let Some(mut finder) = finder() else { return };
    let mut renderer = Renderer::new(SIZE.0, SIZE.1);
    let straight = Scene::portrait(Arc::new(Sitter::from_seed(1)));
    let mut pose_of = |pose: Pose| {
        let mut scene = straight.clone();
        if let Some(sitting) = &mut scene.sitting {
            sitting.pose = pose;
        }
        read(&mut finder, &mut renderer, &scene).0.pose.unwrap()
    };
    let rest = pose_of(Pose::default());
    for degrees in [-12.0f32, -6.0, 6.0, 12.0] {
        let cases = [
            ("yaw", pose_of(Pose { yaw: degrees, ..Pose::default() }).yaw - rest.yaw),
            ("pitch", pose_of(Pose { pitch: degrees, ..Pose::default() }).pitch - rest.pitch),
            ("roll", pose_of(Pose { roll: degrees, ..Pose::default() }).roll - rest.roll),
        ];
        for (axis, measured) in cases {
            assert!(measured.signum() == degrees.signum(), "{axis} {degrees}: measured {measured:.1}");
            assert!((measured - degrees).abs() < 5.0, "{axis} {degrees}: measured {measured:.1}");
        }
    }
}

#[test]
fn closed_eyes_and_an_open_mouth_are_seen() {
    let Some(mut finder) = finder() else { return };
    let mut renderer = Renderer::new(SIZE.0, SIZE.1);
    let sitter = Arc::new(Sitter::from_seed(2));
    let mut mesh_of = |expression: Expression| {
        let mut scene = Scene::portrait(Arc::clone(&sitter));
        if let Some(sitting) = &mut scene.sitting {
            sitting.expression = expression;
        }
        read(&mut finder, &mut renderer, &scene).0.mesh.unwrap()
    };
    let opening = |mesh: &kiosk_vision::face::Mesh| mesh.distance(159, 145) / mesh.distance(33, 133);
    let gap = |mesh: &kiosk_vision::face::Mesh| mesh.distance(13, 14) / mesh.pupil_distance();
    let calm = mesh_of(Expression::default());
    let closed = mesh_of(Expression { blink: [1.0; 2], ..Expression::default() });
    let wide = mesh_of(Expression { mouth_open: 1.0, ..Expression::default() });
    assert!(opening(&closed) < 0.6 * opening(&calm), "{} against {}", opening(&closed), opening(&calm));
    assert!(gap(&wide) > gap(&calm) + 0.1, "{} against {}", gap(&wide), gap(&calm));
}
