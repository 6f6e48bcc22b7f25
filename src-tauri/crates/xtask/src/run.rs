//! Builds the kiosk and opens it; where there is no display, runs whole visits without a window.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::needs::Purpose;
use crate::setup;
use crate::shell::{self, Workspace};

/// Students of a headless run.
const STUDENTS: &str = "3";

/// The kiosk in a window, or headless.
pub fn run(workspace: &Workspace, headless: bool, arguments: &[String]) -> Result<()> {
    setup::prepare(workspace, Purpose::Run)?;
    if !headless
        && has_display(std::env::consts::OS, |name| std::env::var_os(name).is_some_and(|v| !v.is_empty()))
    {
        return open_window(workspace, arguments);
    }
    if !headless {
        println!(
            "run: no display (neither DISPLAY nor WAYLAND_DISPLAY is set): whole visits without a window instead"
        );
    }
    visits(workspace)
}

/// Linux needs to be told of a display; other systems always have one.
fn has_display(os: &str, is_set: impl Fn(&str) -> bool) -> bool {
    matches!(os, "macos" | "windows") || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}

/// The kiosk itself chooses the configured webcam, else the simulated studio.
fn open_window(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    println!("run: building the window");
    shell::run(&mut workspace.npm(&["run", "build"]))?;
    println!("run: building the kiosk");
    shell::run(&mut workspace.cargo(&["build", "--package", "photo-kiosk"]))?;
    println!("run: opening the kiosk; close its window to end");
    let mut kiosk = workspace.cargo(&["run", "--quiet", "--package", "photo-kiosk", "--"]);
    // For the studio's own use: its key belongs into the key store, unlike those of tests (.cargo/config.toml).
    shell::run(kiosk.args(arguments).env("KIOSK_KEY_STORE", "system"))
}

fn visits(workspace: &Workspace) -> Result<()> {
    println!("run: building the `kiosk` command");
    shell::run(&mut workspace.cargo(&["build", "--package", "kiosk-cli"]))?;

    let data = free_folder(workspace)?;
    let (sheet, delivery) = (data.join("sheet.pdf"), data.join("delivery"));
    let kiosk = |command: &str| {
        let mut kiosk =
            workspace.cargo(&["run", "--quiet", "--package", "kiosk-cli", "--", command, "--data"]);
        kiosk.arg(&data);
        kiosk
    };
    println!("run: {STUDENTS} invented students visit the simulated studio");
    shell::run(kiosk("visit").args(["--camera", "simulated", "--students", STUDENTS, "--json"]))?;
    println!("run: their sheet of prints");
    shell::run(kiosk("sheet").args(["--paper", "6r", "--json", "--out"]).arg(&sheet))?;
    println!("run: their delivery, read back");
    shell::run(kiosk("deliver").args(["--json", "--to"]).arg(&delivery))?;

    println!("\nThe visits are done. All students are invented.");
    println!("  order log  {}", data.display());
    println!("  photos     {}", delivery.display());
    println!("  prints     {}", sheet.display());
    Ok(())
}

/// `kiosk-data/headless-1`, or the next number: a run never touches the one before.
fn free_folder(workspace: &Workspace) -> Result<PathBuf> {
    let folder = (1..10_000)
        .map(|number| workspace.root.join(format!("kiosk-data/headless-{number}")))
        .find(|folder| !folder.exists())
        .context("kiosk-data is full of earlier runs")?;
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    Ok(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_display_is_known_by_its_variables_on_linux_only() {
        assert!(has_display("windows", |_| false));
        assert!(has_display("macos", |_| false));
        assert!(!has_display("linux", |_| false));
        assert!(has_display("linux", |name| name == "WAYLAND_DISPLAY"));
        assert!(has_display("linux", |name| name == "DISPLAY"));
    }

    #[test]
    fn each_headless_run_has_its_own_folder() {
        let root = std::env::temp_dir().join(format!("xtask-run-{}", std::process::id()));
        let workspace = Workspace { root: root.clone(), target: root.join("target") };
        assert_eq!(free_folder(&workspace).unwrap(), root.join("kiosk-data/headless-1"));
        assert_eq!(free_folder(&workspace).unwrap(), root.join("kiosk-data/headless-2"));
        std::fs::remove_dir_all(root).unwrap();
    }
}
