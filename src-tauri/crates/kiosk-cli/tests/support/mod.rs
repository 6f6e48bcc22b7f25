//! Runs the built `kiosk` and finds what the tests need.
#![allow(dead_code, clippy::unwrap_used, clippy::print_stderr, reason = "each test binary uses a part of it")]

pub mod invented;

use std::path::PathBuf;
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

/// Whether npm has installed the nets.
pub fn models_are_there() -> bool {
    let package = kiosk_tests::npm_file("@mediapipe/face_mesh");
    kiosk_tests::or_skip(std::fs::metadata(package)).is_some()
}

/// Whether npm has installed the font of labels and receipts.
pub fn font_is_there() -> bool {
    let package = kiosk_tests::npm_file("@expo-google-fonts/noto-sans-sc");
    kiosk_tests::or_skip(std::fs::metadata(package)).is_some()
}

/// Real portraits with ground truth, which are not part of the repository.
pub fn portraits() -> Option<PathBuf> {
    kiosk_tests::shared("portraits")
}
