//! Nets and the default recipient.

use std::fs;

use kiosk_core::Profile;
use kiosk_proof::MODELS;
use kiosk_tests::{npm_file, or_skip, repository};
use kiosk_vision::model::{ModelBytes, ModelList};

/// The nets, or `None` where npm packages are not installed.
pub fn models() -> Option<[ModelBytes; 2]> {
    let list = fs::read_to_string(repository().join("assets/models.toml")).unwrap();
    let list = ModelList::parse(&list).unwrap();
    let read = |name: &str| {
        let entry = list.entry(name).unwrap();
        or_skip(ModelBytes::read(entry, &npm_file(entry.path_in_node_modules())))
    };
    Some([read(MODELS[0])?, read(MODELS[1])?])
}

/// The default recipient.
pub fn profile() -> Profile {
    let text = fs::read_to_string(repository().join("calibration/profiles/xueli-2017-99.toml")).unwrap();
    Profile::from_toml(&text).unwrap()
}
