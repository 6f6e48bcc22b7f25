//! Makes photos and prints their hashes and stages: what has to be alike on two machines, and what may differ.
//!
//! `cargo run --release -p kiosk-vision --example photos -- SHOT...`

#![allow(
    clippy::print_stdout,
    clippy::panic,
    clippy::unwrap_used,
    reason = "an example speaks and fails in the open"
)]

#[path = "../tests/nets/models.rs"]
mod models;

use kiosk_core::Profile;
use kiosk_vision::standardise::{Nets, Options, Standardiser};

fn main() {
    let profile = kiosk_tests::repository().join("calibration/profiles/xueli-2017-99.toml");
    let profile = Profile::from_toml(&std::fs::read_to_string(profile).unwrap()).unwrap();
    let (Some(mesh), Some(mask)) = (models::model("face-mesh"), models::model("selfie-segmentation")) else {
        return;
    };
    let mut standardiser = Standardiser::new(Some(Nets::load(&mesh, &mask).unwrap()));
    for shot in std::env::args().skip(1) {
        let file = std::fs::read(&shot).unwrap();
        match standardiser.standardise(&file, &profile, Options::default()) {
            Ok(made) => println!("{} {shot} {:?}", made.report.photo_sha256, made.report.timings_ms),
            Err(fault) => println!("{fault} {shot}"),
        }
    }
}
