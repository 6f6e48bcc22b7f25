//! Time of one frame: with a code, without, and a lattice of finder patterns.

#[allow(clippy::disallowed_methods, reason = "pictures for a test may be drawn with any sine")]
#[path = "../../kiosk-proof/src/scan/frames/mod.rs"]
mod qr_frames;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use image::GrayImage;
use kiosk_vision::qr::{CodeScanner, LIVE_BUDGET, STILL_BUDGET, read_still};
use qr_frames::{HEIGHT, Trouble, WIDTH, code_frame, idle_frame, lattice, screenshot};

fn live(c: &mut Criterion) {
    let mut group = c.benchmark_group("live frame");
    let pictures: [(&str, GrayImage); 6] = [
        ("clear code", code_frame(Trouble::Clear, 1).image),
        ("blurred code", code_frame(Trouble::Defocus, 1).image),
        ("inverted code", code_frame(Trouble::Inverted, 1).image),
        ("idle, all steps", idle_frame(1)),
        ("lattice, 1 px a module", lattice(WIDTH, HEIGHT, 1)),
        ("lattice, 3 px a module", lattice(WIDTH, HEIGHT, 3)),
    ];
    for (name, picture) in &pictures {
        group.bench_function(*name, |b| {
            b.iter(|| CodeScanner::new(LIVE_BUDGET).scan(black_box(picture)));
        });
    }
    let idle = idle_frame(1);
    let mut scanner = CodeScanner::new(LIVE_BUDGET);
    group.bench_function("idle, mean of the frames as they come", |b| {
        b.iter(|| scanner.scan(black_box(&idle)));
    });
}

fn still(c: &mut Criterion) {
    let mut group = c.benchmark_group("still picture");
    let code = screenshot(b"https://example.invalid/collection-code", 8);
    let blank = GrayImage::new(3000, 4000);
    group.bench_function("screenshot", |b| {
        b.iter(|| read_still(black_box(&code), STILL_BUDGET));
    });
    group.bench_function("blank, 12 megapixels", |b| {
        b.iter(|| read_still(black_box(&blank), STILL_BUDGET));
    });
}

criterion_group!(benches, live, still);
criterion_main!(benches);
