//! The steps of `cargo xtask test`, in the order in which they run: cheap ones first, and what others build on.

use std::net::{TcpStream, ToSocketAddrs};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;

use crate::shell::{self, Workspace};
use crate::tools::{DENY, NEXTEST, TAURI_DRIVER};

/// What became of a step.
#[derive(Debug)]
pub enum Outcome {
    /// It holds.
    Passed,
    /// It does not.
    Failed(String),
    /// It could not be tried here, and why.
    Skipped(String),
}

/// One thing that has to hold.
pub struct Step {
    /// Short name for `--only`.
    pub name: &'static str,
    /// What it is about.
    pub about: &'static str,
    /// Does it. An error is a failure.
    pub run: fn(&Workspace) -> Result<Outcome>,
}

/// Every step.
pub const STEPS: [Step; 12] = [
    Step { name: "fmt", about: "formatting", run: fmt },
    Step { name: "ui-check", about: "types of the window", run: ui_check },
    Step { name: "ui-test", about: "unit tests of the window", run: ui_test },
    Step { name: "ui-build", about: "the window's pages", run: ui_build },
    Step { name: "deny", about: "licences, bans and sources of dependencies", run: deny },
    Step { name: "advisories", about: "known vulnerabilities of dependencies", run: advisories },
    Step { name: "clippy", about: "lints", run: clippy },
    Step { name: "rust", about: "all Rust tests", run: rust },
    Step { name: "doc", about: "examples in the documentation", run: doc },
    Step { name: "types", about: "generated types are up to date", run: types },
    Step { name: "windows", about: "the whole workspace type-checks for Windows", run: windows },
    Step { name: "e2e", about: "a visit in the real window", run: e2e },
];

/// What most steps build. Cargo chooses the features of shared dependencies by this selection: with another
/// one it would compile the desktop libraries a second time.
const EVERYTHING: [&str; 3] = ["--workspace", "--features", "kiosk-engine/ts"];

/// Target of the Windows check.
const WINDOWS: &str = "x86_64-pc-windows-gnu";

fn fmt(workspace: &Workspace) -> Result<Outcome> {
    component(workspace, "rustfmt", "fmt")?;
    pass(workspace.cargo(&["fmt", "--all", "--check", "--", "--files-with-diff"]))
}

fn ui_check(workspace: &Workspace) -> Result<Outcome> {
    pass(workspace.npm(&["run", "check"]))
}

fn ui_test(workspace: &Workspace) -> Result<Outcome> {
    pass(workspace.npm(&["test"]))
}

/// The shell embeds the pages, so that nothing with Tauri compiles before.
fn ui_build(workspace: &Workspace) -> Result<Outcome> {
    pass(workspace.npm(&["run", "build"]))
}

fn deny(workspace: &Workspace) -> Result<Outcome> {
    DENY.ensure(workspace)?;
    pass(workspace.cargo(&["deny", "--locked", "check", "licenses", "bans", "sources"]))
}

/// The only step that needs more than package registries: the advisory database is a repository.
fn advisories(workspace: &Workspace) -> Result<Outcome> {
    if !reachable("github.com:443") {
        return Ok(Outcome::Skipped("the advisory database on github.com cannot be reached".to_owned()));
    }
    DENY.ensure(workspace)?;
    pass(workspace.cargo(&["deny", "check", "advisories"]))
}

fn clippy(workspace: &Workspace) -> Result<Outcome> {
    component(workspace, "clippy", "clippy")?;
    let lint = [&["clippy", "--locked", "--all-targets"], &EVERYTHING[..], &["--", "-D", "warnings"]];
    pass(workspace.cargo(&lint.concat()))
}

fn rust(workspace: &Workspace) -> Result<Outcome> {
    nextest(workspace, &["--filterset", "not package(kiosk-e2e)"])
}

fn types(workspace: &Workspace) -> Result<Outcome> {
    nextest(workspace, &["--filterset", "binary(generated_types)"])
}

/// nextest leaves these out.
fn doc(workspace: &Workspace) -> Result<Outcome> {
    pass(workspace.cargo(&[&["test", "--quiet", "--doc"], &EVERYTHING[..]].concat()))
}

/// Builds the programs, which some tests start, and then runs the tests that `arguments` choose.
fn nextest(workspace: &Workspace, arguments: &[&str]) -> Result<Outcome> {
    NEXTEST.ensure(workspace)?;
    build(workspace)?;
    pass(workspace.cargo(&[&["nextest", "run"], &EVERYTHING[..], arguments].concat()))
}

fn build(workspace: &Workspace) -> Result<()> {
    shell::run(&mut workspace.cargo(&[&["build", "--tests", "--bins"], &EVERYTHING[..]].concat()))
}

fn windows(workspace: &Workspace) -> Result<Outcome> {
    if !workspace.has("x86_64-w64-mingw32-gcc") {
        return Ok(Outcome::Skipped("MinGW-w64 is not installed".to_owned()));
    }
    let installed = |workspace: &Workspace| {
        shell::output(workspace.command("rustc").args(["--target", WINDOWS, "--print", "target-libdir"]))
            .is_some_and(|folder| PathBuf::from(folder.trim()).is_dir())
    };
    if !installed(workspace) {
        // Without rustup, or without its server, the target cannot be had.
        let _ = shell::run(workspace.command("rustup").args(["target", "add", WINDOWS]));
    }
    if !installed(workspace) {
        return Ok(Outcome::Skipped(format!("the Rust target {WINDOWS} cannot be had")));
    }
    pass(workspace.cargo(&["check", "--workspace", "--target", WINDOWS]))
}

/// The built app under a display without a screen, driven through WebDriver.
fn e2e(workspace: &Workspace) -> Result<Outcome> {
    if !workspace.has("WebKitWebDriver") || !workspace.has("xvfb-run") {
        return Ok(Outcome::Skipped("WebKitWebDriver and Xvfb exist on Linux only".to_owned()));
    }
    NEXTEST.ensure(workspace)?;
    TAURI_DRIVER.ensure(workspace)?;
    build(workspace)?;
    let mut visit = workspace.command("xvfb-run");
    visit.args(["--auto-servernum", "--server-args=-screen 0 1920x1080x24"]);
    visit.args(["cargo", "nextest", "run", "--profile", "e2e"]).args(EVERYTHING);
    visit.args(["--filterset", "package(kiosk-e2e)"]);
    pass(visit)
}

fn pass(mut command: std::process::Command) -> Result<Outcome> {
    shell::run(&mut command).map(|()| Outcome::Passed)
}

/// A part of the toolchain that a minimal installation lacks.
fn component(workspace: &Workspace, component: &str, subcommand: &str) -> Result<()> {
    if shell::output(&mut workspace.cargo(&[subcommand, "--version"])).is_some() {
        return Ok(());
    }
    shell::run(workspace.command("rustup").args(["component", "add", component]))
}

fn reachable(host: &str) -> bool {
    host.to_socket_addrs()
        .into_iter()
        .flatten()
        .take(2)
        .any(|address| TcpStream::connect_timeout(&address, Duration::from_secs(3)).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_have_one_name_each() {
        for (at, step) in STEPS.iter().enumerate() {
            assert!(STEPS[at + 1..].iter().all(|other| other.name != step.name), "{}", step.name);
            assert!(!step.about.is_empty());
        }
    }

    #[test]
    fn a_host_that_does_not_exist_is_not_reachable() {
        assert!(!reachable("host.invalid:443"));
    }
}
