//! From shot to finished JPEG, checks of a shot, and stages. "floor" is the least that the same work can cost: reading the file, and for a
//! photo one resampling and one encoding. Uses a shared portrait when there is one, else a drawn sitter.

#![allow(clippy::unwrap_used, reason = "a bench fails as a test does")]

#[path = "../../kiosk-vision/tests/nets/models.rs"]
mod models;

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use image::RgbImage;
use image::imageops::{FilterType, resize};
use kiosk_camera::sim::{Renderer, Scene, Sitter};
use kiosk_core::Profile;
use kiosk_vision::processor::Processor;
use kiosk_vision::standardise::{Nets, Options, Standardiser, decode, encode, resample};

fn nets() -> Option<Nets> {
    Nets::load(&models::model("face-mesh")?, &models::model("selfie-segmentation")?).ok()
}

/// A shared portrait, or a drawn sitter.
fn square() -> Option<Vec<u8>> {
    if let Some(portraits) = models::portraits() {
        return std::fs::read(portraits.join("006_neutral.jpg")).ok();
    }
    let mut scene = Scene::portrait(Arc::new(Sitter::from_seed(3)));
    scene.noise_seed = 3;
    let drawn = Renderer::new(1350, 1350).render(&scene).clone();
    jpeg(&drawn)
}

fn jpeg(picture: &RgbImage) -> Option<Vec<u8>> {
    let mut file = Vec::new();
    let (width, height) = (picture.width() as u16, picture.height() as u16);
    let encoder = jpeg_encoder::Encoder::new(&mut file, 90);
    encoder.encode(picture.as_raw(), width, height, jpeg_encoder::ColorType::Rgb).ok()?;
    Some(file)
}

/// The portrait as a 1920 × 1080 camera would frame it: the head a third of the height, wall to both sides.
fn landscape(portrait: &RgbImage) -> Option<Vec<u8>> {
    let small = resize(portrait, 1080, 1080, FilterType::CatmullRom);
    jpeg(&RgbImage::from_fn(1920, 1080, |x, y| *small.get_pixel(x.clamp(420, 1499) - 420, y)))
}

/// Leaves a shot for the peers that are timed on it.
fn keep(name: &str, file: &[u8]) {
    if let Some(folder) = std::env::var_os("KIOSK_BENCH_SHOTS").map(std::path::PathBuf::from) {
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(name).with_extension("jpg"), file).unwrap();
    }
}

fn standardise(c: &mut Criterion) {
    let profile =
        std::fs::read_to_string(kiosk_tests::repository().join("calibration/profiles/xueli-2017-99.toml"));
    let (Some(nets), Some(square), Ok(profile)) = (nets(), square(), profile) else {
        eprintln!("skipped: needs the npm packages");
        return;
    };
    let Ok(profile) = Profile::from_toml(&profile) else {
        return;
    };
    let Ok(shot) = decode::decode(&square) else { return };
    let Some(wide) = landscape(&shot) else { return };
    let mut standardiser = Standardiser::new(Some(nets));
    let mut group = c.benchmark_group("standardise");
    group.sample_size(10);
    for (name, file) in [("1350x1350", &square), ("1920x1080", &wide)] {
        keep(name, file);
        let Ok(made) = standardiser.standardise(file, &profile, Options::default()) else { return };
        group.bench_function(format!("whole {name}"), |b| {
            b.iter(|| {
                standardiser.standardise(black_box(file), &profile, Options::default()).map(|s| s.jpeg)
            });
        });
        group.bench_function(format!("whole {name} floor"), |b| {
            b.iter(|| {
                let photo = decode::decode(black_box(file)).and_then(|picture| {
                    resample::photo(Processor::default(), &picture, made.report.transform, profile.photo.size)
                });
                photo.map(|photo| {
                    let mut jpeg = Vec::new();
                    let encoder = jpeg_encoder::Encoder::new(&mut jpeg, made.report.file.quality);
                    let (width, height) = (photo.width() as u16, photo.height() as u16);
                    encoder.encode(photo.as_raw(), width, height, jpeg_encoder::ColorType::Rgb).map(|()| jpeg)
                })
            });
        });
    }
    group.bench_function("check 1350x1350", |b| {
        b.iter(|| standardiser.check_shot(black_box(&square), &profile, None).map(|shot| shot.checks));
    });
    group.bench_function("check 1350x1350 floor", |b| b.iter(|| decode::decode(black_box(&square))));
    let Ok(made) = standardiser.standardise(&wide, &profile, Options::default()) else {
        return;
    };
    let transform = made.report.transform;
    if let Ok(frame) = decode::decode(&wide) {
        group.bench_function("resample 1920x1080", |b| {
            b.iter(|| {
                resample::photo(Processor::default(), black_box(&frame), transform, profile.photo.size)
            });
        });
    }
    group.bench_function("encode", |b| {
        b.iter(|| encode::encode(black_box(&made.photo), 300, &profile.file));
    });
    group.finish();
    eprintln!("stages of the last photo, ms: {:?}", made.report.timings_ms);
}

criterion_group!(benches, standardise);
criterion_main!(benches);
