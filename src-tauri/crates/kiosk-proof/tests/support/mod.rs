//! Nets and the default recipient.

use std::fs;
use std::path::{Path, PathBuf};

use kiosk_core::Profile;
use kiosk_proof::MODELS;
use kiosk_vision::model::{ModelBytes, ModelList};

fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

/// The nets, or `None` where npm packages are not installed. With `KIOSK_REQUIRE_MODELS=1` that fails.
pub fn models() -> Option<[ModelBytes; 2]> {
    let list = fs::read_to_string(checkout().join("assets/models.toml")).unwrap();
    let list = ModelList::parse(&list).unwrap();
    let read = |name: &str| {
        let entry = list.entry(name).unwrap();
        match ModelBytes::read(entry, &checkout().join("ui/node_modules").join(entry.path_in_node_modules()))
        {
            Ok(bytes) => Some(bytes),
            Err(error) => {
                assert!(std::env::var_os("KIOSK_REQUIRE_MODELS").is_none_or(|value| value != "1"), "{error}");
                eprintln!("skipped: {error}; run npm ci --ignore-scripts in ui/");
                None
            }
        }
    };
    Some([read(MODELS[0])?, read(MODELS[1])?])
}

/// The default recipient.
pub fn profile() -> Profile {
    let text = fs::read_to_string(checkout().join("calibration/profiles/xueli-2017-99.toml")).unwrap();
    Profile::from_toml(&text).unwrap()
}
