//! Where tests find models and portraits. Neither is in the repository: models are npm packages, portraits are not ours.

use kiosk_vision::face::{FaceFinder, FaceNets};
use kiosk_vision::model::{ModelBytes, ModelList};
use std::path::PathBuf;

/// The verified model `name`, or `None` where npm packages are not installed. With `KIOSK_REQUIRE_MODELS=1` that fails.
pub fn model(name: &str) -> Option<ModelBytes> {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let root =
        here.ancestors().find(|folder| folder.join("assets/models.toml").exists()).expect("asset list");
    let list = std::fs::read_to_string(root.join("assets/models.toml")).unwrap();
    let list = ModelList::parse(&list).unwrap();
    let entry = list.entry(name).unwrap();
    match ModelBytes::read(entry, &root.join("ui/node_modules").join(entry.path_in_node_modules())) {
        Ok(bytes) => Some(bytes),
        Err(error) => {
            assert!(std::env::var_os("KIOSK_REQUIRE_MODELS").is_none_or(|value| value != "1"), "{error}");
            println!("skipped: {error}; run npm ci --ignore-scripts in ui/");
            None
        }
    }
}

/// A finder with the published nets.
pub fn finder() -> Option<FaceFinder> {
    Some(FaceFinder::new(FaceNets::load(&model("face-mesh")?).unwrap()))
}

/// The folder of shared portraits: below `KIOSK_SHARED`, or beside the repository.
pub fn portraits() -> Option<PathBuf> {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let beside = || here.ancestors().map(|folder| folder.join("shared")).find(|folder| folder.is_dir());
    let shared = std::env::var_os("KIOSK_SHARED").map(PathBuf::from).or_else(beside);
    let folder = shared.map(|shared| shared.join("portraits")).filter(|folder| folder.is_dir());
    if folder.is_none() {
        println!("skipped: no shared portraits (KIOSK_SHARED)");
    }
    folder
}
