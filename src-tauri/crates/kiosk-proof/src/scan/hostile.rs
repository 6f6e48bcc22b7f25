//! Pictures that are made to stall or to break a reader, and pictures of nothing. Only ours is shown them: others take minutes.

use std::time::Instant;

use image::{GrayImage, Luma};
use kiosk_vision::qr::{CodeScanner, LIVE_BUDGET, STILL_BUDGET, read_still};
use serde::Serialize;

use super::frames::{HEIGHT, Random, WIDTH, lattice};

/// How ours came through a picture.
#[derive(Debug, Clone, Serialize)]
pub struct Endured {
    /// The picture.
    pub name: String,
    /// Time as a live frame and as a file, milliseconds.
    pub ms: [f64; 2],
    /// Codes read where there are none.
    pub codes: usize,
}

pub fn endured() -> Vec<Endured> {
    pictures().into_iter().map(|(name, picture)| endure(name, &picture)).collect()
}

fn endure(name: String, picture: &GrayImage) -> Endured {
    let started = Instant::now();
    let live = CodeScanner::new(LIVE_BUDGET).scan(picture).len();
    let middle = Instant::now();
    let still = read_still(picture, STILL_BUDGET).len();
    let ms = [middle - started, middle.elapsed()].map(|time| time.as_secs_f64() * 1000.0);
    Endured { name, ms, codes: live + still }
}

fn pictures() -> Vec<(String, GrayImage)> {
    let mut random = Random::new(3);
    let mut all = Vec::new();
    for (width, height) in [(1, 1), (20_000, 16), (16, 20_000), (4000, 3000)] {
        all.push((format!("blank {width} × {height}"), GrayImage::from_pixel(width, height, Luma([255]))));
    }
    for (width, height) in [(41, 41), (WIDTH, HEIGHT), (4000, 3000)] {
        let noise = GrayImage::from_fn(width, height, |_, _| Luma([random.bits() as u8]));
        all.push((format!("noise {width} × {height}"), noise));
    }
    for module in [1, 2, 3, 8] {
        all.push((
            format!("lattice of finder patterns, {module} px a module"),
            lattice(WIDTH, HEIGHT, module),
        ));
        let board = |x, y| Luma([((x / module + y / module) % 2 * 255) as u8]);
        all.push((format!("chessboard, {module} px a field"), GrayImage::from_fn(WIDTH, HEIGHT, board)));
    }
    all.push(("lattice 4000 × 3000".to_owned(), lattice(4000, 3000, 1)));
    all
}
