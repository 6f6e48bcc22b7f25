//! Runs the built `kiosk` and finds what the tests need.
#![allow(dead_code, clippy::unwrap_used, clippy::print_stderr, reason = "each test binary uses a part of it")]

use std::path::{Path, PathBuf};
use std::process::Command;

/// What a run left.
#[derive(Debug)]
pub struct Run {
    /// Exit code.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Run {
    /// Standard output as JSON lines; anything else there is a failure.
    pub fn lines(&self) -> Vec<serde_json::Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// Runs `kiosk` with these arguments.
pub fn kiosk(arguments: &[&str]) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_kiosk")).args(arguments).output().unwrap();
    Run {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// The root of the repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(3).unwrap().to_owned()
}

/// Whether npm has installed the nets; `KIOSK_REQUIRE_MODELS=1` makes their absence a failure.
pub fn models_are_there() -> bool {
    let there = repository().join("ui/node_modules/@mediapipe/face_mesh").is_dir();
    let required = std::env::var_os("KIOSK_REQUIRE_MODELS").is_some_and(|value| value == "1");
    assert!(there || !required, "the nets are required and not installed: npm ci in ui/");
    if !there {
        eprintln!("skipped: the nets are not installed (npm ci in ui/)");
    }
    there
}

/// Real portraits with ground truth, which are not part of the repository.
pub fn portraits() -> Option<PathBuf> {
    let shared =
        std::env::var_os("KIOSK_SHARED").map_or_else(|| repository().join("../shared"), PathBuf::from);
    let portraits = shared.join("portraits");
    if !portraits.is_dir() {
        eprintln!("skipped: no portraits at {}", portraits.display());
        return None;
    }
    Some(portraits)
}
