//! Where tests and benchmarks find what is not in the repository, and how they say that it is not there.

#![allow(clippy::panic, clippy::print_stdout, reason = "a test's helper fails and speaks as a test does")]

use std::fmt::Display;
use std::path::{Path, PathBuf};

/// The checkout.
#[must_use]
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(PathBuf::new, Path::to_owned)
}

/// A file of an npm package, where `npm ci` puts it.
#[must_use]
pub fn npm_file(path: impl AsRef<Path>) -> PathBuf {
    repository().join("ui/node_modules").join(path)
}

/// A folder of material that is not ours to publish, as `portraits`: below `KIOSK_SHARED`, or below a folder `shared` beside the
/// checkout or above. Says so when there is none.
#[must_use]
pub fn shared(name: &str) -> Option<PathBuf> {
    let beside =
        || repository().ancestors().map(|folder| folder.join("shared")).find(|folder| folder.is_dir());
    let shared = std::env::var_os("KIOSK_SHARED").map(PathBuf::from).or_else(beside);
    let folder = shared.map(|shared| shared.join(name)).filter(|folder| folder.is_dir());
    if folder.is_none() {
        println!("skipped: no folder shared/{name} (KIOSK_SHARED)");
    }
    folder
}

/// A model that a test needs, or the reason why it is skipped.
///
/// # Panics
/// When the model is missing and `KIOSK_REQUIRE_MODELS` is 1, as in the whole test run, which installs them.
pub fn or_skip<T, E: Display>(model: Result<T, E>) -> Option<T> {
    match model {
        Ok(model) => Some(model),
        Err(error) => {
            let required = std::env::var_os("KIOSK_REQUIRE_MODELS").is_some_and(|value| value == "1");
            assert!(!required, "{error}");
            println!("skipped: {error} (npm ci --ignore-scripts in ui/)");
            None
        }
    }
}
