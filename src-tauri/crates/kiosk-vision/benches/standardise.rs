//! From shot to finished JPEG, checks of a shot, and stages. "floor" is the least that the same work can cost: reading the file, and for a
//! photo one resampling and one encoding. Uses a shared portrait when there is one; says so and measures nothing otherwise.

use std::hint::black_box;
use std::path::{Path, PathBuf};

use criterion::{Criterion, criterion_group, criterion_main};
use image::RgbImage;
use image::imageops::{FilterType, resize};
use kiosk_core::Profile;
use kiosk_vision::model::{ModelBytes, ModelList};
use kiosk_vision::processor::Processor;
use kiosk_vision::standardise::{Nets, Options, Standardiser, decode, encode, resample};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(3).unwrap_or(Path::new(".")).to_owned()
}

fn nets() -> Option<Nets> {
    let list =
        ModelList::parse(&std::fs::read_to_string(repository().join("assets/models.toml")).ok()?).ok()?;
    let model = |name: &str| {
        let entry = list.entry(name).ok()?;
        let path = repository().join("ui/node_modules").join(&entry.package).join(&entry.path);
        ModelBytes::read(entry, &path).ok()
    };
    Nets::load(&model("face-mesh")?, &model("selfie-segmentation")?).ok()
}

fn portrait() -> Option<Vec<u8>> {
    let beside = repository().parent()?.join("shared");
    let shared = std::env::var_os("KIOSK_SHARED").map_or(beside, PathBuf::from);
    std::fs::read(shared.join("portraits/006_neutral.jpg")).ok()
}

/// The portrait as a 1920 × 1080 camera would frame it: the head a third of the height, wall to both sides.
fn landscape(portrait: &RgbImage) -> Vec<u8> {
    let small = resize(portrait, 1080, 1080, FilterType::CatmullRom);
    let frame = RgbImage::from_fn(1920, 1080, |x, y| *small.get_pixel(x.clamp(420, 1499) - 420, y));
    let mut file = Vec::new();
    let encoder = jpeg_encoder::Encoder::new(&mut file, 90);
    let encoded = encoder.encode(frame.as_raw(), 1920, 1080, jpeg_encoder::ColorType::Rgb);
    if encoded.is_ok() { file } else { Vec::new() }
}

fn standardise(c: &mut Criterion) {
    let profile = std::fs::read_to_string(repository().join("calibration/profiles/xueli-2017-99.toml"));
    let (Some(nets), Some(square), Ok(profile)) = (nets(), portrait(), profile) else {
        eprintln!("skipped: needs the npm packages and a shared portrait (KIOSK_SHARED)");
        return;
    };
    let Ok(profile) = Profile::from_toml(&profile) else {
        return;
    };
    let Ok(shot) = decode::decode(&square) else { return };
    let wide = landscape(&shot);
    let mut standardiser = Standardiser::new(Some(nets));
    let mut group = c.benchmark_group("standardise");
    group.sample_size(10);
    for (name, file) in [("1350x1350", &square), ("1920x1080", &wide)] {
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
        b.iter(|| standardiser.check_shot(black_box(&square), &profile).map(|shot| shot.checks));
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
