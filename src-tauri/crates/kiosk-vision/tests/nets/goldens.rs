//! Agreement with the reference runtimes. `tests/golden/record.py` and `record_embedding.mjs` say what was recorded and
//! how; both and this file paint the same picture.

use crate::models::model;
use kiosk_vision::embed;
use kiosk_vision::landmarks;
use kiosk_vision::model::Model;
use kiosk_vision::net::Net;
use kiosk_vision::net::graph::Op;
use serde::Deserialize;
use std::collections::HashMap;

/// Largest difference accepted, relative to a golden's size where that is above 1 (landmarks are pixels, up to 192).
const TOLERANCE: f32 = 1e-4;

/// Samples lie this far apart, as in record.py.
const STEP: usize = 7919;

#[derive(Deserialize)]
struct Golden {
    len: usize,
    values: Vec<f32>,
}

/// A face before a wall, in integers only, 0..255.
fn paint(side: i32) -> Vec<f32> {
    let pixel = |index: i32| {
        let position = |cell: i32| (2 * cell + 1) * 1000 / side - 1000;
        let (u, v) = (position(index % side), position(index / side));
        let within = |cx: i32, cy: i32, rx: i32, ry: i32| {
            let (x, y) = (i64::from((u - cx) * ry), i64::from((v - cy) * rx));
            x * x + y * y < i64::from(rx * ry) * i64::from(rx * ry)
        };
        let mut colour = [150 + (u + 1000) / 50, 165, 180 - (v + 1000) / 80];
        let mut ellipse = |cx, cy, rx, ry, paint: [i32; 3]| {
            if within(cx, cy, rx, ry) {
                colour = paint;
            }
        };
        let shade = u.div_euclid(25);
        ellipse(0, 1100, 800, 420, [235, 235, 240]);
        ellipse(0, -140, 470, 620, [42, 34, 30]);
        ellipse(0, 560, 190, 260, [190, 145, 122]);
        ellipse(0, 0, 400, 540, [214 + shade, 170 + shade, 146 + shade]);
        for sign in [-1, 1] {
            ellipse(sign * 165, -190, 95, 20, [60, 46, 40]);
            ellipse(sign * 165, -95, 75, 32, [245, 245, 245]);
            ellipse(sign * 165, -95, 32, 32, [48, 34, 28]);
            ellipse(sign * 45, 135, 30, 18, [150, 105, 88]);
        }
        ellipse(0, 290, 145, 42, [176, 84, 84]);
        ellipse(0, 290, 125, 5, [110, 50, 52]);
        colour
    };
    (0..side * side).flat_map(pixel).map(|value| value as f32).collect()
}

fn difference(found: f32, expected: f32) -> f32 {
    (found - expected).abs() / expected.abs().max(1.0)
}

fn check(name: &str, file: &[u8], side: i32, scale: impl Fn(f32) -> f32) {
    let goldens: HashMap<String, Vec<Golden>> =
        serde_json::from_str(include_str!("../golden/nets.json")).unwrap();
    let goldens = &goldens[name];
    let mut net = Net::from_tflite(name, file).unwrap();
    for (target, value) in net.input().iter_mut().zip(paint(side)) {
        *target = scale(value);
    }
    net.run();
    assert_eq!(net.signature().outputs, goldens.iter().map(|golden| golden.len).collect::<Vec<_>>());
    let mut worst = 0.0_f32;
    for (index, golden) in goldens.iter().enumerate() {
        for (sample, expected) in golden.values.iter().enumerate() {
            let found = net.output(index)[sample * STEP % golden.len];
            worst = worst.max(difference(found, *expected));
        }
    }
    println!("{name}: largest difference {worst:.1e}");
    assert!(worst <= TOLERANCE, "{name}: {worst}");
}

#[test]
fn detector_agrees_with_litert() {
    let Some(file) = model("face-mesh") else { return };
    let part = "face-detection-short-range";
    check(part, file.part(part).unwrap(), 128, |value| value / 127.5 - 1.0);
}

#[test]
fn mesh_agrees_with_litert() {
    let Some(file) = model("face-mesh") else { return };
    check("face-landmark", file.part("face-landmark").unwrap(), 192, |value| value / 255.0);
}

#[test]
fn attention_mesh_agrees_with_litert_and_numpy() {
    let Some(file) = model("face-mesh") else { return };
    let part = "face-landmark-with-attention";
    check(part, file.part(part).unwrap(), 192, |value| value / 255.0);
}

#[test]
fn selfie_segmentation_agrees_with_litert_and_numpy() {
    let Some(file) = model("selfie-segmentation") else {
        return;
    };
    check("selfie-segmentation", file.bytes(), 256, |value| value / 255.0);
}

#[test]
fn embedding_agrees_with_face_api() {
    let (Some(weights), Some(manifest)) = (model("face-embedding"), model("face-embedding-weights")) else {
        return;
    };
    let golden: Vec<f32> = serde_json::from_str(include_str!("../golden/embedding.json")).unwrap();
    let mut net = embed::network(manifest.bytes(), weights.bytes()).unwrap();
    let mean = [122.782, 117.001, 104.298].into_iter().cycle();
    for ((target, value), mean) in net.input().iter_mut().zip(paint(150)).zip(mean) {
        *target = (value - mean) / 255.0;
    }
    net.run();
    assert_eq!(net.output(0).len(), golden.len());
    let worst = net.output(0).iter().zip(&golden).map(|(a, b)| difference(*a, *b)).fold(0.0, f32::max);
    println!("embedding: largest difference {worst:.1e}");
    assert!(worst <= TOLERANCE, "{worst}");
}

#[test]
fn refined_landmark_sets_are_those_of_the_net() {
    let Some(file) = model("face-mesh") else { return };
    let part = "face-landmark-with-attention";
    let graph = kiosk_vision::net::graph::Graph::from_tflite(part, file.part(part).unwrap()).unwrap();
    let subsets = graph.nodes.iter().filter_map(|node| match &node.op {
        Op::LandmarksToTransform(crop) => Some(crop.subset.clone()),
        _ => None,
    });
    let expected = [
        landmarks::LIPS_REFINED.to_vec(),
        landmarks::RIGHT_EYE_REFINED.to_vec(),
        landmarks::LEFT_EYE_REFINED.to_vec(),
    ];
    assert_eq!(subsets.collect::<Vec<_>>(), expected);
}
