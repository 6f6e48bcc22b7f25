//! Draws one sitter into a PNG file: `cargo run -p kiosk-camera --release --example portrait -- 7 sitter.png`.

use std::sync::Arc;

use kiosk_camera::sim::{Scene, Sitter, render};

fn main() {
    let mut words = std::env::args().skip(1);
    let seed = words.next().and_then(|w| w.parse().ok()).unwrap_or(1);
    let path = words.next().unwrap_or_else(|| "sitter.png".to_owned());
    let scene = Scene::portrait(Arc::new(Sitter::from_seed(seed)));
    if let Err(error) = render(&scene, 1280, 720).save(&path) {
        eprintln!("{path}: {error}");
    }
}
