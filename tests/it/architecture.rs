//! The layout's rules, read from what Cargo itself says of the workspace.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// A crate may depend on crates of lower floors only, so that rooms on one floor cannot import each other.
const FLOORS: [(&str, u8); 14] = [
    ("kiosk-core", 0),
    ("kiosk-contain", 0),
    ("kiosk-vision", 1),
    ("kiosk-camera", 1),
    ("kiosk-store", 1),
    ("kiosk-delivery", 1),
    ("kiosk-roster", 1),
    ("kiosk-engine", 2),
    ("kiosk-proof", 2),
    ("kiosk-cli", 3),
    ("photo-kiosk", 3),
    // Drives the others from outside; nobody depends on it, and a build of it needs none of them.
    ("xtask", 0),
    ("kiosk-tests", 4),
    ("kiosk-e2e", 4),
];

/// Measures the checks; only the command line may use it, so that nothing of it is in the product.
const PROOF: &str = "kiosk-proof";

/// The one crate that knows the desktop shell.
const SHELL: &str = "photo-kiosk";

/// What kiosk-core may use: parsers, a signature's arithmetic, a table of readings, and nothing that could reach a file, a clock, a thread or the network.
const PURE: [&str; 11] = [
    "base64",
    "csv",
    "ed25519-compact",
    "encoding_rs",
    "pinyin",
    "proptest",
    "serde",
    "serde_json",
    "thiserror",
    "toml",
    "ts-rs",
];

struct Package {
    name: String,
    manifest: PathBuf,
    /// Every kind of dependency: normal, build and dev.
    dependencies: Vec<String>,
}

fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(kiosk_tests::repository())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn packages() -> Vec<Package> {
    let text = |value: &Value, key: &str| value[key].as_str().unwrap().to_owned();
    let list = metadata()["packages"].as_array().unwrap().clone();
    list.iter()
        .map(|package| Package {
            name: text(package, "name"),
            manifest: PathBuf::from(text(package, "manifest_path")),
            dependencies: package["dependencies"]
                .as_array()
                .unwrap()
                .iter()
                // The tests' own helper, which depends on nothing, is for every crate's tests.
                .filter(|d| d["name"] != "kiosk-tests" || d["kind"] != "dev")
                .map(|d| text(d, "name"))
                .collect(),
        })
        .collect()
}

fn floor(name: &str) -> Option<u8> {
    FLOORS.iter().find(|(known, _)| *known == name).map(|(_, floor)| *floor)
}

#[test]
fn dependencies_point_down() {
    for package in packages() {
        let own =
            floor(&package.name).unwrap_or_else(|| panic!("{} has no floor; give it one", package.name));
        for dependency in &package.dependencies {
            if let Some(theirs) = floor(dependency) {
                assert!(theirs < own, "{} must not depend on {dependency}", package.name);
                assert_ne!(dependency, "xtask", "{} must not depend on xtask", package.name);
            }
        }
    }
}

#[test]
fn only_the_command_line_measures_the_checks() {
    for package in packages().iter().filter(|package| package.name != "kiosk-cli") {
        assert!(
            !package.dependencies.iter().any(|name| name == PROOF),
            "{} must not depend on it",
            package.name
        );
    }
    let packages = packages();
    let proof = packages.iter().find(|package| package.name == PROOF).unwrap();
    let ours: Vec<&str> =
        proof.dependencies.iter().map(String::as_str).filter(|name| floor(name).is_some()).collect();
    assert_eq!(ours, ["kiosk-camera", "kiosk-contain", "kiosk-core", "kiosk-vision"]);
}

#[test]
fn only_the_shell_knows_tauri() {
    let is_shell =
        |name: &str| name.starts_with("tauri") || ["wry", "tao", "gtk", "webkit2gtk"].contains(&name);
    for package in packages().iter().filter(|package| package.name != SHELL) {
        let found = package.dependencies.iter().find(|name| is_shell(name));
        assert_eq!(found, None, "{} must not depend on it", package.name);
    }
    let metadata = metadata();
    let defaults: Vec<String> =
        metadata["workspace_default_members"].as_array().unwrap().iter().map(ToString::to_string).collect();
    assert!(
        !defaults.iter().any(|id| id.contains(SHELL)),
        "plain `cargo test` must build neither Tauri nor WebKit"
    );

    let mut importers = Vec::new();
    for file in files(&kiosk_tests::repository().join("ui/src"), &["ts", "svelte"]) {
        if fs::read_to_string(&file).unwrap().contains("@tauri-apps/") {
            importers.push(file.file_name().unwrap().to_string_lossy().into_owned());
        }
    }
    assert!(
        importers.iter().all(|name| name == "tauri.ts"),
        "only ipc/tauri.ts imports @tauri-apps: {importers:?}"
    );
}

#[test]
fn the_core_is_pure() {
    let packages = packages();
    let core = packages.iter().find(|package| package.name == "kiosk-core").unwrap();
    for dependency in &core.dependencies {
        assert!(PURE.contains(&dependency.as_str()), "kiosk-core must not depend on {dependency}");
    }
    let impure = ["std::fs", "std::env", "std::net", "std::process", "std::thread", "SystemTime", "Instant"];
    for file in files(&core.manifest.with_file_name("src"), &["rs"]) {
        let source = fs::read_to_string(&file).unwrap();
        let found = impure.iter().find(|word| source.contains(**word));
        assert_eq!(found, None, "{} is not pure", file.display());
    }
}

#[test]
fn time_and_environment_are_arguments_below_the_engine() {
    for package in packages().iter().filter(|package| floor(&package.name) == Some(1)) {
        for file in files(&package.manifest.with_file_name("src"), &["rs"]) {
            let source = fs::read_to_string(&file).unwrap();
            let product = source.split("#[cfg(test)]\nmod tests").next().unwrap();
            let found = ["SystemTime::now", "env::var", "current_dir("]
                .into_iter()
                .find(|word| product.contains(word));
            assert_eq!(found, None, "{} must be told instead", file.display());
        }
    }
}

#[test]
fn every_crate_obeys_the_lints_of_the_workspace() {
    for package in packages() {
        let manifest: toml::Table = fs::read_to_string(&package.manifest).unwrap().parse().unwrap();
        let inherits = manifest.get("lints").and_then(|lints| lints.get("workspace"));
        assert_eq!(
            inherits,
            Some(&toml::Value::Boolean(true)),
            "{} lacks [lints] workspace = true",
            package.name
        );
    }
}

#[test]
fn what_others_made_is_in_the_notice() {
    let notice = fs::read_to_string(kiosk_tests::repository().join("NOTICE")).unwrap();
    for (list, key) in [("assets/models.toml", "model"), ("assets/fonts.toml", "font")] {
        let table: toml::Table =
            fs::read_to_string(kiosk_tests::repository().join(list)).unwrap().parse().unwrap();
        let entries = table[key].as_array().unwrap();
        assert!(!entries.is_empty(), "{list} lists nothing");
        for entry in entries {
            let package = entry["package"].as_str().unwrap();
            assert!(notice.contains(package), "NOTICE does not name {package} of {list}");
        }
    }
}

/// Files below `folder` with one of the extensions.
fn files(folder: &Path, extensions: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            found.extend(files(&path, extensions));
        } else if path.extension().is_some_and(|own| extensions.iter().any(|e| own == *e)) {
            found.push(path);
        }
    }
    found
}
