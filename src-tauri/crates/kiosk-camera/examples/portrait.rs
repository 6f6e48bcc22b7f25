//! Draws sitters side by side into one PNG file, to look at:
//! `cargo run -p kiosk-camera --release --example portrait -- sitters.png 1 2 3`.

use std::sync::Arc;

use image::RgbImage;
use image::imageops::{crop_imm, replace};
use kiosk_camera::sim::{Scene, Sitter, render};

/// Columns of each sitter.
const WIDTH: u32 = 520;

fn main() {
    let mut words = std::env::args().skip(1);
    let path = words.next().unwrap_or_else(|| "sitters.png".to_owned());
    let seeds: Vec<u64> = words.filter_map(|w| w.parse().ok()).collect();
    if let [seed] = seeds[..] {
        save(&render(&Scene::portrait(Arc::new(Sitter::from_seed(seed))), 1280, 720), &path);
        return;
    }
    let mut sheet = RgbImage::new(WIDTH * seeds.len() as u32, 720);
    for (i, seed) in seeds.iter().enumerate() {
        let picture = render(&Scene::portrait(Arc::new(Sitter::from_seed(*seed))), 1280, 720);
        let part = crop_imm(&picture, (1280 - WIDTH) / 2, 0, WIDTH, 720).to_image();
        replace(&mut sheet, &part, i64::from(WIDTH) * i as i64, 0);
    }
    save(&sheet, &path);
}

fn save(picture: &RgbImage, path: &str) {
    if let Err(error) = picture.save(path) {
        eprintln!("{path}: {error}");
    }
}
