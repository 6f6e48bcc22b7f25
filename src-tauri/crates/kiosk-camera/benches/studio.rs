//! What a frame of the simulated studio costs. The budget is one core and 33 ms a frame at 1280×720, so that the
//! demonstration runs at 30 frames a second beside everything else.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use kiosk_camera::sim::{Expression, Pose, Renderer, Scene, Sitter};
use kiosk_camera::{FrameSource, Pacing, SimulatedStudio, StudioOptions, extract_jpeg, find_jpeg};

fn frames(c: &mut Criterion) {
    let soon = Duration::from_secs(1);
    let options = || StudioOptions { pacing: Pacing::Simulated, auto: None, ..StudioOptions::default() };
    let mut group = c.benchmark_group("studio 1280x720");
    group.sample_size(30);

    let mut studio = SimulatedStudio::new(options());
    studio.control().set_pose(Pose::default(), Expression::default());
    group.bench_function("frame of a sitter", |b| b.iter(|| studio.next_frame(soon)));
    studio.control().show_code(&studio.control().student().code_payload);
    group.bench_function("frame of a phone", |b| b.iter(|| studio.next_frame(soon)));

    let mut renderer = Renderer::new(1280, 720);
    let scene = Scene::portrait(Arc::new(Sitter::from_seed(1)));
    group.bench_function("picture without its jpeg", |b| {
        b.iter(|| renderer.render(black_box(&scene)));
    });
    group.bench_function("truth", |b| b.iter(|| renderer.truth(black_box(&scene))));
    let mut seed = 0;
    group.bench_function("a new sitter's looks", |b| {
        b.iter(|| {
            seed += 1;
            renderer.truth(&Scene::portrait(Arc::new(Sitter::from_seed(seed))))
        });
    });
    group.finish();
}

fn jpeg(c: &mut Criterion) {
    let mut studio =
        SimulatedStudio::new(StudioOptions { pacing: Pacing::Simulated, ..StudioOptions::default() });
    let Ok(frame) = studio.next_frame(Duration::from_secs(1)) else {
        return;
    };
    // As a driver hands it over: in a buffer that is larger than the picture.
    let buffer = [&frame.jpeg[..], &vec![0; 1 << 20]].concat();
    c.bench_function("cut a jpeg out of the driver's buffer", |b| {
        b.iter(|| find_jpeg(black_box(&buffer)).map(|span| extract_jpeg(&buffer, &span)));
    });
}

criterion_group!(benches, frames, jpeg);
criterion_main!(benches);
