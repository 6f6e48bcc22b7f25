//! The face chain on real portraits with hand-placed landmarks.

#![allow(clippy::disallowed_methods, reason = "a test may draw and measure with any sine")]

use crate::models::{finder, model, portraits};
use image::RgbImage;
use kiosk_vision::embed::FaceEmbedder;
use kiosk_vision::landmarks;
use kiosk_vision::segment::PersonSegmenter;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

#[derive(Deserialize)]
struct Truth {
    pupils: [[f32; 2]; 2],
    face_width: f32,
}

fn open(folder: &Path, name: &str) -> RgbImage {
    image::open(folder.join(name)).unwrap().into_rgb8()
}

fn names(folder: &Path) -> Vec<String> {
    let files =
        std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = files.filter(|name| name.to_ascii_lowercase().ends_with(".jpg")).collect();
    names.sort();
    names
}

#[test]
fn every_portrait_has_one_face_with_its_pupils_in_place() {
    let (Some(folder), Some(mut finder)) = (portraits(), finder()) else {
        return;
    };
    let truth: BTreeMap<String, Truth> =
        serde_json::from_str(&std::fs::read_to_string(folder.join("truth.json")).unwrap()).unwrap();
    let (mut errors, mut ratios) = (Vec::new(), Vec::new());
    for name in names(&folder) {
        let reading = finder.find(&open(&folder, &name));
        assert_eq!(reading.faces.len(), 1, "{name}");
        let (mesh, pose) = (reading.mesh.unwrap(), reading.pose.unwrap());
        let Some(truth) = truth.get(&name) else { continue };
        let apart = |a: [f32; 2], b: [f32; 2]| (a[0] - b[0]).hypot(a[1] - b[1]);
        let distance = apart(truth.pupils[0], truth.pupils[1]);
        let pupils = mesh.pupils();
        let error = (0..2).map(|eye| apart(pupils[eye], truth.pupils[eye]) / distance).fold(0.0, f32::max);
        let ratio = mesh.distance(landmarks::RIGHT_CHEEK, landmarks::LEFT_CHEEK) / truth.face_width;
        println!(
            "{name}: pupils off by {:.1} %, width {ratio:.2}, yaw {:.1} pitch {:.1} roll {:.1}",
            100.0 * error,
            pose.yaw,
            pose.pitch,
            pose.roll
        );
        if name.contains("neutral") {
            assert!(error < 0.03, "{name}: {error}");
            errors.push(error);
            ratios.push(ratio);
        }
        assert!((0.85..1.15).contains(&ratio), "{name}: {ratio}");
        assert!(pose.yaw.abs() < 10.0 && pose.roll.abs() < 8.0, "{name}: {pose:?}");
    }
    errors.sort_by(f32::total_cmp);
    ratios.sort_by(f32::total_cmp);
    println!(
        "pupils: median {:.2} %, worst {:.2} %; face width / truth: {:.2}..{:.2}, median {:.2}",
        100.0 * errors[errors.len() / 2],
        100.0 * errors[errors.len() - 1],
        ratios[0],
        ratios[ratios.len() - 1],
        ratios[ratios.len() / 2]
    );
}

/// A 1280 × 720 frame with portraits pasted in: (portrait, left, top, side).
fn frame(folder: &Path, pasted: &[(&str, i64, i64, u32)]) -> RgbImage {
    let mut frame = RgbImage::from_pixel(1280, 720, image::Rgb([128, 132, 136]));
    for (name, left, top, side) in pasted {
        let portrait = open(folder, name);
        let small = image::imageops::resize(&portrait, *side, *side, image::imageops::FilterType::Triangle);
        image::imageops::overlay(&mut frame, &small, *left, *top);
    }
    frame
}

#[test]
fn counts_several_and_small_faces() {
    let (Some(folder), Some(mut finder)) = (portraits(), finder()) else {
        return;
    };
    // The faces are a third as wide as the portraits: 240, 73 and 50 pixels.
    let cases = [
        (vec![("006_neutral.jpg", 280, 0, 720)], 1),
        (vec![("006_neutral.jpg", 20, 60, 600), ("007_neutral.jpg", 660, 60, 600)], 2),
        (vec![("006_neutral.jpg", 280, 0, 720), ("008_neutral.jpg", 1040, 80, 220)], 2),
        (vec![("009_neutral.jpg", 500, 300, 150)], 1),
        (vec![], 0),
    ];
    for (pasted, expected) in cases {
        let reading = finder.find(&frame(&folder, &pasted));
        assert_eq!(reading.faces.len(), expected, "{pasted:?}: {:?}", reading.faces);
    }
}

#[test]
fn tracks_a_moving_face_and_notices_company_and_absence() {
    let (Some(folder), Some(mut finder)) = (portraits(), finder()) else {
        return;
    };
    for step in 0..12 {
        let left = 100 + 30 * step;
        let tracked = finder.track(&frame(&folder, &[("006_neutral.jpg", left, 0, 720)]));
        let mesh = tracked.mesh.expect("the face stays");
        let expected = left as f32 + 673.0 * 720.0 / 1350.0;
        let [right, other] = mesh.pupils();
        assert!((f32::midpoint(right[0], other[0]) - expected).abs() < 8.0, "step {step}");
        assert_eq!(tracked.faces.len(), 1, "step {step}");
    }
    let company = frame(&folder, &[("006_neutral.jpg", 430, 0, 720), ("008_neutral.jpg", 20, 80, 300)]);
    let noticed = (0..30).position(|_| finder.track(&company).faces.len() == 2);
    assert!(noticed.is_some(), "a bystander is noticed within a second");
    let empty = finder.track(&frame(&folder, &[]));
    assert!(empty.faces.is_empty() && empty.mesh.is_none() && empty.presence == 0.0);
}

#[test]
fn masks_the_person_and_not_the_wall() {
    let (Some(folder), Some(mut finder), Some(selfie)) =
        (portraits(), finder(), model("selfie-segmentation"))
    else {
        return;
    };
    let mut segmenter = PersonSegmenter::load(&selfie).unwrap();
    for name in ["006_neutral.jpg", "066_smiling.jpg", "141_neutral.jpg"] {
        let image = open(&folder, name);
        let reading = finder.find(&image);
        let mask = segmenter.segment(&image, reading.faces.first());
        let mesh = reading.mesh.unwrap();
        for index in [landmarks::NOSE_TIP, landmarks::CHIN, landmarks::FOREHEAD_TOP, landmarks::LEFT_CHEEK] {
            let [x, y] = mesh.point(index);
            assert!(mask.at(x, y) > 0.9, "{name}: landmark {index} is {}", mask.at(x, y));
        }
        let [left, right] = [mask.at(60.0, 200.0), mask.at(1290.0, 200.0)];
        assert!(left < 0.1 && right < 0.1, "{name}: wall {left} {right}");
    }
}

#[test]
fn one_person_s_faces_lie_closer_than_two_persons() {
    let (Some(folder), Some(mut finder)) = (portraits(), finder()) else {
        return;
    };
    let (Some(weights), Some(manifest)) = (model("face-embedding"), model("face-embedding-weights")) else {
        return;
    };
    let mut embedder = FaceEmbedder::load(&weights, &manifest).unwrap();
    let mut embed = |name: &str| {
        let image = open(&folder, name);
        let mesh = finder.find(&image).mesh.unwrap();
        embedder.embed(&image, &mesh)
    };
    let persons = ["006", "020", "066", "124"];
    let faces: Vec<_> = persons
        .iter()
        .map(|id| (embed(&format!("{id}_neutral.jpg")), embed(&format!("{id}_smiling.jpg"))))
        .collect();
    for (i, (neutral, smiling)) in faces.iter().enumerate() {
        let same = neutral.distance(smiling);
        println!("{}: same person {same:.2}", persons[i]);
        assert!(same < 0.6, "{}: {same}", persons[i]);
        for (j, (_, other)) in faces.iter().enumerate().filter(|(j, _)| *j != i) {
            let different = neutral.distance(other);
            println!("{} and {}: {different:.2}", persons[i], persons[j]);
            assert!(different > same, "{} and {}: {different}", persons[i], persons[j]);
        }
    }
}
