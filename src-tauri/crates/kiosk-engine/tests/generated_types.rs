//! The window's types are written from Rust and committed. `UPDATE_BINDINGS=1` rewrites them.
#![allow(clippy::unwrap_used, reason = "helpers of tests are not inside #[test]")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn generated() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../ui/src/ipc/generated")
}

fn files(folder: &Path) -> BTreeMap<String, String> {
    let entries =
        std::fs::read_dir(folder).map_or_else(|_| Vec::new(), |entries| entries.flatten().collect());
    entries
        .into_iter()
        .filter(|entry| entry.path().extension().is_some_and(|e| e == "ts"))
        .map(|entry| {
            let text = std::fs::read_to_string(entry.path()).unwrap().replace("\r\n", "\n");
            (entry.file_name().to_string_lossy().into_owned(), text)
        })
        .collect()
}

#[test]
fn the_committed_types_are_the_ones_that_rust_writes() {
    let fresh = tempfile::tempdir().unwrap();
    kiosk_engine::contract::export_types(fresh.path()).unwrap();
    let fresh = files(fresh.path());
    assert!(fresh.contains_key("KioskView.ts"));
    if std::env::var_os("UPDATE_BINDINGS").is_some() {
        let folder = generated();
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        for (name, text) in &fresh {
            std::fs::write(folder.join(name), text).unwrap();
        }
    }
    let committed = files(&generated());
    let differing: Vec<&String> = fresh
        .iter()
        .filter(|(name, text)| committed.get(*name) != Some(text))
        .map(|(name, _)| name)
        .chain(committed.keys().filter(|name| !fresh.contains_key(*name)))
        .collect();
    assert!(differing.is_empty(), "UPDATE_BINDINGS=1 rewrites {differing:?}");
}
