//! Development programs from crates.io, installed for this repository only (`target/tools`).

use anyhow::{Context, Result};

use crate::shell::{self, Workspace};

/// A program and where it comes from.
pub struct Tool {
    program: &'static str,
    version: &'static str,
    arguments: &'static [&'static str],
    /// Whether one that is in `PATH` already may be another version.
    any_version: bool,
}

/// The test runner.
pub const NEXTEST: Tool = Tool {
    program: "cargo-nextest",
    version: "0.9.151",
    arguments: &["--no-default-features"],
    any_version: true,
};

/// Licences, bans, sources and advisories of every dependency. What deny.toml means depends on the version.
pub const DENY: Tool = Tool {
    program: "cargo-deny",
    version: "0.20.2",
    arguments: &["--no-default-features"],
    any_version: false,
};

/// Between WebDriver clients and the window. 3 is for Tauri 3.
pub const TAURI_DRIVER: Tool =
    Tool { program: "tauri-driver", version: "2.1.0", arguments: &[], any_version: false };

impl Tool {
    /// Installs the program unless it is there. Unoptimised: that builds in a third of the time, and each runs for
    /// seconds only.
    pub fn ensure(&self, workspace: &Workspace) -> Result<()> {
        let record = std::fs::read_to_string(workspace.tools().join(".crates.toml")).unwrap_or_default();
        if self.is_in(&record) || (self.any_version && workspace.has(self.program)) {
            return Ok(());
        }
        println!(
            "   installing {} {} into {} (once)",
            self.program,
            self.version,
            workspace.tools().display()
        );
        let mut install = workspace.cargo(&["install", self.program, "--version", self.version]);
        install.args(["--locked", "--debug", "--root"]).arg(workspace.tools()).args(self.arguments);
        shell::run(&mut install).with_context(|| format!("{} could not be installed", self.program))
    }

    /// Whether Cargo's record of what it installed names this very version.
    fn is_in(&self, record: &str) -> bool {
        record.contains(&format!("\"{} {} (", self.program, self.version))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargos_record_tells_the_version() {
        let record = "[v1]\n\"tauri-driver 2.1.0 (registry+https://example.org)\" = [\"tauri-driver\"]\n";
        assert!(TAURI_DRIVER.is_in(record));
        assert!(!TAURI_DRIVER.is_in(&record.replace("2.1.0", "2.1.01")));
        assert!(!DENY.is_in(record) && !NEXTEST.is_in(""));
    }
}
