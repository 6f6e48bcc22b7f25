//! Runs a fuzz target: chance finds what nobody thought of.

use std::time::Duration;

use anyhow::{Result, bail};

use crate::shell::{self, Workspace};

/// The package that holds the targets; it is no member of the workspace, because it needs a nightly compiler.
const PACKAGE: &str = "src-tauri/crates/kiosk-core";

/// Runs `target` for `time`. What it finds lies in `fuzz/artifacts` of the package.
pub fn fuzz(workspace: &Workspace, target: &str, time: Duration) -> Result<()> {
    if !workspace.has("cargo-fuzz") {
        bail!("cargo-fuzz is missing: rustup toolchain install nightly && cargo install cargo-fuzz --locked");
    }
    let mut command = workspace.cargo(&["+nightly", "fuzz", "run", target, "--"]);
    command
        .arg(format!("-max_total_time={}", time.as_secs()))
        .args(["-max_len=4096", "-print_final_stats=1"]);
    command.current_dir(workspace.root.join(PACKAGE));
    shell::run(&mut command)
}
