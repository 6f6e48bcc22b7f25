//! Models and portraits for tests. Neither is in the repository: models are npm packages, portraits are not ours.

#![allow(dead_code, reason = "each test binary uses a part of it")]

use kiosk_vision::face::{FaceFinder, FaceNets};
use kiosk_vision::model::{ModelBytes, ModelList};
use std::path::PathBuf;

/// The verified model `name`, or `None` where npm packages are not installed.
pub fn model(name: &str) -> Option<ModelBytes> {
    let list = std::fs::read_to_string(kiosk_tests::repository().join("assets/models.toml")).unwrap();
    let list = ModelList::parse(&list).unwrap();
    let entry = list.entry(name).unwrap();
    kiosk_tests::or_skip(ModelBytes::read(entry, &kiosk_tests::npm_file(entry.path_in_node_modules())))
}

/// A finder with the published nets.
pub fn finder() -> Option<FaceFinder> {
    Some(FaceFinder::new(FaceNets::load(&model("face-mesh")?).unwrap()))
}

/// The folder of shared portraits.
pub fn portraits() -> Option<PathBuf> {
    kiosk_tests::shared("portraits")
}
