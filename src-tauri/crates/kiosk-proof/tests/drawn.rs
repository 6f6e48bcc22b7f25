//! What has to hold for any sitter, on drawn ones: no portrait is needed.
#![allow(clippy::unwrap_used, reason = "helpers of tests are not inside #[test]")]

#[path = "../../kiosk-vision/tests/nets/models.rs"]
mod models;

use std::sync::Arc;

use image::imageops::{FilterType, overlay, resize};
use image::{Rgb, RgbImage};
use kiosk_camera::sim::{Renderer, Scene, Sitter};
use kiosk_core::Profile;
use kiosk_vision::processor::Processor;
use kiosk_vision::standardise::{Nets, Options, Standardiser};

fn sitter(seed: u64, width: u32, height: u32) -> RgbImage {
    let mut scene = Scene::portrait(Arc::new(Sitter::from_seed(seed)));
    scene.noise_seed = seed;
    Renderer::new(width, height).render(&scene).clone()
}

fn jpeg(picture: &RgbImage) -> Vec<u8> {
    let mut file = Vec::new();
    let (width, height) = (picture.width() as u16, picture.height() as u16);
    let encoder = jpeg_encoder::Encoder::new(&mut file, 92);
    encoder.encode(picture.as_raw(), width, height, jpeg_encoder::ColorType::Rgb).unwrap();
    file
}

#[test]
fn every_instruction_set_with_one_thread_or_two_makes_the_same_photo() {
    let (Some(mesh), Some(mask)) = (models::model("face-mesh"), models::model("selfie-segmentation")) else {
        return;
    };
    let profile = kiosk_tests::repository().join("calibration/profiles/xueli-2017-99.toml");
    let profile = Profile::from_toml(&std::fs::read_to_string(profile).unwrap()).unwrap();
    let mut shots: Vec<Vec<u8>> =
        [(3, 1920, 1080), (5, 1280, 720)].map(|(seed, w, h)| jpeg(&sitter(seed, w, h))).to_vec();
    if let Some(portraits) = models::portraits() {
        shots.extend(
            ["006_neutral.jpg", "127_neutral.jpg"].map(|name| std::fs::read(portraits.join(name)).unwrap()),
        );
    }
    let processors = Processor::all();
    let made: Vec<Vec<(Vec<u8>, RgbImage)>> = processors
        .iter()
        .map(|processor| {
            let mut standardiser = Standardiser::new(Some(Nets::load_on(*processor, &mesh, &mask).unwrap()));
            let make = |shot: &Vec<u8>| standardiser.standardise(shot, &profile, Options::default()).unwrap();
            shots.iter().map(make).map(|made| (made.jpeg, made.photo)).collect()
        })
        .collect();
    for (processor, photos) in processors.iter().zip(&made) {
        for (at, (photo, plainest)) in photos.iter().zip(&made[0]).enumerate() {
            assert!(photo.1 == plainest.1, "{processor:?}: other pixels of shot {at}");
            assert!(photo.0 == plainest.0, "{processor:?}: another file of shot {at}");
        }
    }
}

#[test]
fn a_face_of_a_sixteenth_of_the_frame_s_height_is_found_wherever_it_is() {
    let Some(mut finder) = models::finder() else { return };
    let near = sitter(3, 1280, 720);
    let face = finder.find(&near).faces[0];
    let scale = 1080.0 / 16.0 / face.height;
    let size = |pixels: u32| (pixels as f32 * scale).round() as u32;
    let small = resize(&near, size(near.width()), size(near.height()), FilterType::CatmullRom);
    let wall = *near.get_pixel(4, 4);
    for place in [[0.05, 0.1], [0.3, 0.2], [0.47, 0.5], [0.62, 0.75], [0.85, 0.35], [0.9, 0.8]] {
        let mut frame = RgbImage::from_pixel(1920, 1080, Rgb(wall.0));
        let [left, top] =
            [place[0] * (1920 - small.width()) as f32, place[1] * (1080 - small.height()) as f32];
        overlay(&mut frame, &small, left as i64, top as i64);
        let found = finder.find(&frame).faces;
        let [x, y] = face.centre().map(|at| at * scale);
        let here = |[a, b]: [f32; 2]| (a - left - x).abs() < 20.0 && (b - top - y).abs() < 20.0;
        assert!(found.iter().any(|face| here(face.centre())), "{place:?}: {found:?}");
    }
}
