//! Share of rendered kiosk frames read, by trouble, beside rqrr alone and rxing alone:
//! `cargo run --release -p kiosk-vision --example qr_rates [frames per trouble] [budget in ms]`.
#![allow(clippy::print_stdout, reason = "the table is the point")]

#[path = "../tests/qr_frames/mod.rs"]
mod qr_frames;

use std::panic::catch_unwind;
use std::time::{Duration, Instant};

use image::GrayImage;
use kiosk_vision::qr::CodeScanner;
use qr_frames::{Trouble, code_frame};
use rxing::common::HybridBinarizer;
use rxing::qrcode::cpp_port::QrReader;
use rxing::{BinaryBitmap, Luma8Source, Reader};

fn main() {
    let mut arguments = std::env::args().skip(1).filter_map(|argument| argument.parse().ok());
    let frames: u64 = arguments.next().unwrap_or(40);
    let budget = Duration::from_millis(arguments.next().unwrap_or(30));
    println!(
        "{frames} frames each, {budget:?} a frame\ntrouble       kiosk  rxing   rqrr   kiosk ms median/p95/max"
    );
    let mut sums = [0; 3];
    let mut wrong = 0;
    for trouble in Trouble::ALL {
        let mut read = [0; 3];
        let mut times = Vec::new();
        for seed in 0..frames {
            let frame = code_frame(trouble, seed);
            let started = Instant::now();
            let readings = CodeScanner::new(budget).scan(&frame.image);
            times.push(started.elapsed());
            wrong += readings.iter().filter(|reading| reading.payload != frame.payload).count();
            read[0] += u64::from(readings.iter().any(|reading| reading.payload == frame.payload));
            read[1] += u64::from(with_rxing(&frame.image));
            read[2] += u64::from(with_rqrr(&frame.image, &frame.payload));
        }
        times.sort_unstable();
        let ms = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
        println!(
            "{:12} {}   {:5.1} / {:5.1} / {:5.1}",
            format!("{trouble:?}"),
            read.map(|count| format!("{:5.1} ", 100.0 * count as f64 / frames as f64)).concat(),
            ms(0.5),
            ms(0.95),
            ms(1.0)
        );
        sums.iter_mut().zip(read).for_each(|(sum, count)| *sum += count);
    }
    let all = frames * Trouble::ALL.len() as u64;
    println!(
        "{:12} {}",
        "all",
        sums.map(|count| format!("{:5.1} ", 100.0 * count as f64 / all as f64)).concat()
    );
    println!("wrong payloads: {wrong}");
}

/// Any text counts: rxing hands out a guess at the text, not the bytes.
fn with_rxing(image: &GrayImage) -> bool {
    let Ok(source) = Luma8Source::new_with_slice(image.as_raw(), image.width(), image.height()) else {
        return false;
    };
    QrReader.decode(&mut BinaryBitmap::new(HybridBinarizer::new(source))).is_ok()
}

fn with_rqrr(image: &GrayImage, payload: &[u8]) -> bool {
    let (width, height) = (image.width() as usize, image.height() as usize);
    let read = catch_unwind(|| {
        let mut prepared =
            rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| image.as_raw()[y * width + x]);
        prepared.detect_grids().iter().any(|grid| {
            let mut bytes = Vec::new();
            grid.decode_to(&mut bytes).is_ok() && bytes == payload
        })
    });
    read.unwrap_or(false)
}
