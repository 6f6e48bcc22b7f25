//! Runs other programs from the right folder, with the right `PATH`, and says so.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// Where the repository and its build products are.
pub struct Workspace {
    /// The repository.
    pub root: PathBuf,
    /// Cargo's target folder.
    pub target: PathBuf,
}

impl Workspace {
    /// From the place in which this program was built.
    pub fn find() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .ancestors()
            .nth(3)
            .context("xtask is not inside src-tauri/crates")?
            .to_path_buf();
        let target =
            std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |dir| root.join(dir));
        Ok(Self { root, target })
    }

    /// The window's sources.
    pub fn ui(&self) -> PathBuf {
        self.root.join("ui")
    }

    /// Programs that were installed for this repository only.
    pub fn tools(&self) -> PathBuf {
        self.target.join("tools")
    }

    /// A program to be started in the repository; [`tools`](Self::tools) come before `PATH`.
    pub fn command(&self, program: &str) -> Command {
        let path = self.path();
        // Windows starts `npm.cmd` and the like only when asked for with the extension.
        let program = find_program(program, &path).unwrap_or_else(|| PathBuf::from(program));
        let mut command = Command::new(program);
        command.current_dir(&self.root).env("PATH", path);
        command
    }

    /// Cargo with arguments.
    pub fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = self.command("cargo");
        command.args(arguments);
        command
    }

    /// npm with arguments, in the window's folder.
    pub fn npm(&self, arguments: &[&str]) -> Command {
        let mut command = self.command("npm");
        command.args(arguments).current_dir(self.ui());
        command
    }

    /// Whether a program can be started.
    pub fn has(&self, program: &str) -> bool {
        find_program(program, &self.path()).is_some()
    }

    fn path(&self) -> OsString {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(self.tools().join("bin")).chain(std::env::split_paths(&path));
        std::env::join_paths(folders).unwrap_or(path)
    }
}

/// The file that a program's name means. The extensions are tried everywhere: elsewhere such files do not exist.
fn find_program(program: &str, path: &OsStr) -> Option<PathBuf> {
    let names = [program.to_owned(), format!("{program}.exe"), format!("{program}.cmd")];
    // On Windows a plain `npm` is a shell script beside `npm.cmd`, so the plain name comes last there.
    let names: Vec<&String> =
        if std::env::consts::OS == "windows" { names.iter().rev().collect() } else { names.iter().collect() };
    std::env::split_paths(path)
        .flat_map(|dir| names.iter().map(move |name| dir.join(name)))
        .find(|p| p.is_file())
}

/// Runs to the end with our own standard streams, after saying what runs.
pub fn run(command: &mut Command) -> Result<()> {
    println!("   $ {}", line_of(command));
    let status = command.status().with_context(|| format!("cannot start {}", line_of(command)))?;
    if status.success() { Ok(()) } else { bail!("{} ended with {status}", line_of(command)) }
}

/// Runs silently; what it printed, when it succeeded.
pub fn output(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The command as one would type it.
pub fn line_of(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_stem().unwrap_or(command.get_program());
    std::iter::once(program)
        .chain(command.get_args())
        .map(OsStr::to_string_lossy)
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repository_is_found_and_a_command_reads_as_typed() {
        let workspace = Workspace::find().unwrap();
        assert!(workspace.root.join("Cargo.lock").is_file());
        let command = workspace.cargo(&["fmt", "--check"]);
        assert_eq!(line_of(&command), "cargo fmt --check");
        assert!(workspace.has("cargo") && !workspace.has("no-such-program"));
    }

    #[test]
    fn a_program_that_fails_or_is_missing_is_an_error() {
        let workspace = Workspace::find().unwrap();
        let error = run(&mut workspace.cargo(&["no-such-command"])).unwrap_err().to_string();
        assert!(error.starts_with("cargo no-such-command ended with"), "{error}");
        let error = run(&mut workspace.command("no-such-program")).unwrap_err().to_string();
        assert_eq!(error, "cannot start no-such-program");
        assert_eq!(output(&mut workspace.cargo(&["no-such-command"])), None);
    }
}
