//! The simulated studio as a camera.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::time::Duration;

use kiosk_camera::sim::{Expression, Pose};
use kiosk_camera::{
    CameraError, FaultKind, Frame, FrameSource, Pacing, Phase, SimulatedStudio, StudioOptions,
};

use Phase::{Code, Empty, Leaving, Sitting};

const SOON: Duration = Duration::from_millis(200);

fn small(auto: bool) -> SimulatedStudio {
    let defaults = StudioOptions::default();
    let auto = if auto { defaults.auto } else { None };
    SimulatedStudio::new(StudioOptions {
        width: 640,
        height: 360,
        pacing: Pacing::Simulated,
        auto,
        ..defaults
    })
}

fn brightness(frame: &Frame) -> f64 {
    let image = image::load_from_memory(&frame.jpeg).unwrap().to_luma8();
    image.iter().map(|v| f64::from(*v)).sum::<f64>() / f64::from(image.width() * image.height())
}

#[test]
fn the_same_seed_gives_the_same_frames() {
    let run = || {
        let mut studio = small(false);
        studio.control().sit();
        (0..3).map(|_| studio.next_frame(SOON).unwrap().jpeg).collect::<Vec<_>>()
    };
    assert_eq!(run(), run());
}

#[test]
fn a_visit_goes_by_itself_from_code_to_sitter_to_the_next_student() {
    let mut studio = small(true);
    let control = studio.control();
    let first = control.student();
    let mut seen = vec![control.phase()];
    let mut codes = Vec::new();
    for _ in 0..2000 {
        let (_, truth) = studio.next_picture(SOON).unwrap();
        if let Some(code) = truth.code {
            codes.push(code);
        }
        if seen.last() != Some(&control.phase()) {
            seen.push(control.phase());
        }
        match control.phase() {
            Phase::Code if codes.len() == 30 => control.hide_code(),
            Phase::Sitting if truth.face.is_some_and(|f| f.pose_deg[0].abs() < 0.1) => control.leave(),
            Phase::Code if codes.len() > 40 => break,
            _ => {}
        }
    }
    assert_eq!(seen, [Empty, Code, Sitting, Leaving, Empty, Code]);
    assert_eq!(codes[0][..], first.code_payload[..]);
    assert_ne!(control.student(), first);
    assert_eq!(codes.last().unwrap()[..], control.student().code_payload[..]);
}

#[test]
fn every_fault_shows_and_is_mended() {
    let mut studio = small(false);
    let control = studio.control();
    let lit = brightness(&studio.next_frame(SOON).unwrap());
    control.inject(FaultKind::Unplug);
    assert_eq!(studio.next_frame(SOON).unwrap_err(), CameraError::Unplugged);
    control.inject(FaultKind::Replug);
    control.inject(FaultKind::Stall);
    assert_eq!(studio.next_frame(SOON).unwrap_err(), CameraError::Stalled(SOON));
    control.inject(FaultKind::Replug);
    control.inject(FaultKind::Truncated);
    assert!(matches!(studio.next_frame(SOON), Err(CameraError::Truncated(_))));
    let before = studio.next_frame(SOON).unwrap();
    assert!((brightness(&before) - lit).abs() < 2.0);
    control.inject(FaultKind::Dark);
    assert!(brightness(&studio.next_frame(SOON).unwrap()) < 40.0);
    control.inject(FaultKind::Replug);
    assert!((brightness(&studio.next_frame(SOON).unwrap()) - lit).abs() < 2.0);
}

#[test]
fn a_directed_pose_is_where_it_was_put() {
    let mut studio = small(false);
    let pose = Pose { yaw: 15.0, roll: -6.0, x: 5.0, ..Pose::default() };
    studio.control().set_pose(pose, Expression::default());
    let (_, truth) = studio.next_picture(SOON).unwrap();
    let face = truth.face.unwrap();
    assert!(face.pose_deg.iter().zip([15.0, 0.0, -6.0]).all(|(a, b)| (a - b).abs() < 1e-3));
    assert!(face.landmarks[4][0] > 320.0 + 20.0, "moved to the picture's right");
    let [right, left] = face.pupils;
    assert!(left[1] < right[1], "a negative roll leans to the sitter's right: their left eye is higher");
}
