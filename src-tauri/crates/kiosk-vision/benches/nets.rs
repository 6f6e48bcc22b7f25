//! What the nets cost on one thread. Needs the npm packages in `ui/node_modules`; a tracked frame also the shared portraits.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a bench fails as a test does"
)]

#[path = "../tests/nets/models.rs"]
mod models;

use criterion::{Criterion, criterion_group, criterion_main};
use image::RgbImage;
use kiosk_vision::embed;
use kiosk_vision::model::Model;
use kiosk_vision::net::Net;
use kiosk_vision::segment::PersonSegmenter;
use kiosk_vision::standardise::decode;
use std::hint::black_box;

fn nets(criterion: &mut Criterion) {
    let (Some(packed), Some(selfie)) = (models::model("face-mesh"), models::model("selfie-segmentation"))
    else {
        return;
    };
    let mut group = criterion.benchmark_group("nets");
    let mut bench = |name: &str, mut net: Net| {
        net.input().iter_mut().enumerate().for_each(|(i, value)| *value = (i % 251) as f32 / 251.0);
        group.bench_function(name, |bencher| bencher.iter(|| net.run()));
    };
    for part in ["face-detection-short-range", "face-landmark", "face-landmark-with-attention"] {
        bench(part, Net::from_tflite(part, packed.part(part).unwrap()).unwrap());
    }
    bench("selfie-segmentation", Net::from_tflite("selfie", selfie.bytes()).unwrap());
    if let (Some(weights), Some(manifest)) =
        (models::model("face-embedding"), models::model("face-embedding-weights"))
    {
        bench("face-embedding", embed::network(manifest.bytes(), weights.bytes()).unwrap());
    }
    group.finish();
}

fn frames(criterion: &mut Criterion) {
    let (Some(folder), Some(mut finder), Some(selfie)) =
        (models::portraits(), models::finder(), models::model("selfie-segmentation"))
    else {
        return;
    };
    let portrait = image::open(folder.join("006_neutral.jpg")).unwrap().into_rgb8();
    let small = image::imageops::resize(&portrait, 720, 720, image::imageops::FilterType::Triangle);
    let mut frame = RgbImage::from_pixel(1280, 720, image::Rgb([128, 132, 136]));
    image::imageops::overlay(&mut frame, &small, 280, 0);

    let mut file = Vec::new();
    let encoder = jpeg_encoder::Encoder::new(&mut file, 85);
    encoder.encode(frame.as_raw(), 1280, 720, jpeg_encoder::ColorType::Rgb).unwrap();

    let mut group = criterion.benchmark_group("frames");
    finder.track(&frame);
    group.bench_function("decoded and tracked 1280x720", |bencher| {
        bencher.iter(|| black_box(finder.track(&decode::decode(&file).unwrap())));
    });
    group.bench_function("decoded and tracked 1280x720 floor", |bencher| {
        bencher.iter(|| black_box(decode::decode(&file).unwrap()));
    });
    group.bench_function("tracked 1280x720", |bencher| {
        bencher.iter(|| black_box(finder.track(&frame)));
    });
    group.sample_size(20);
    group.bench_function("found 1280x720", |bencher| {
        bencher.iter(|| black_box(finder.find(&frame)));
    });
    group.bench_function("found 1350x1350", |bencher| {
        bencher.iter(|| black_box(finder.find(&portrait)));
    });
    let mut segmenter = PersonSegmenter::load(&selfie).unwrap();
    let face = finder.find(&frame).faces.first().copied();
    group.bench_function("segmented 1280x720", |bencher| {
        bencher.iter(|| black_box(segmenter.segment(&frame, face.as_ref())));
    });
    group.finish();
}

criterion_group!(benches, nets, frames);
criterion_main!(benches);
