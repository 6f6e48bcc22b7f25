//! Python's environments below target/tools: for what is only there in Python, and only in tests and measurements.

use std::path::PathBuf;

use anyhow::Result;

use crate::shell::{self, Workspace};

/// The interpreter of an environment with some packages, installed once.
pub fn environment(workspace: &Workspace, name: &str, packages: &[&str]) -> Result<PathBuf> {
    let home = workspace.tools().join(name);
    let folder = if cfg!(windows) { "Scripts" } else { "bin" };
    let python = home.join(folder).join("python");
    // Interrupted before its packages were there, it is begun again.
    let whole = home.join("installed");
    if !whole.exists() {
        println!("   installing {} into {} (once)", packages.join(" "), home.display());
        shell::run(workspace.command("python3").args(["-m", "venv", "--clear"]).arg(&home))?;
        let mut install = workspace.command(&python.to_string_lossy());
        shell::run(install.args(["-m", "pip", "install", "--quiet"]).args(packages))?;
        std::fs::write(&whole, packages.join("\n"))?;
    }
    Ok(python)
}
