//! Installs what is missing: system packages, npm packages. Downloads nothing when nothing is missing.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::needs::{self, Probe, Purpose, Remedy, Rights, System};
use crate::python;
use crate::shell::{self, Workspace};

/// Oldest Node.js that the window's tools run on.
const NODE: u32 = 20;

/// Makes the machine ready for `purpose`.
pub fn prepare(workspace: &Workspace, purpose: Purpose) -> Result<()> {
    system_packages(workspace, purpose)?;
    node(workspace)?;
    npm_packages(workspace)?;
    if purpose == Purpose::Test {
        validator(workspace);
    }
    Ok(())
}

/// The Library of Congress' validator of BagIt, in the environment where the tests look for it. Without it they say that they skip.
fn validator(workspace: &Workspace) {
    if let Err(error) = python::environment(workspace, "bagit", &["bagit==1.9.0"]) {
        println!("setup: no validator of BagIt: {error:#}");
    }
}

fn system_packages(workspace: &Workspace, purpose: Purpose) -> Result<()> {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let system = System::of(std::env::consts::OS, &release);
    let missing = needs::missing(system, purpose, |probe| has(workspace, probe));
    match needs::remedy(system, rights(workspace), workspace.has("apt-get"), &missing) {
        Remedy::Nothing => Ok(()),
        Remedy::Apt(rights, packages) => {
            println!("setup: installing with apt-get: {}", packages.join(" "));
            apt_install(workspace, rights, &packages)
        }
        Remedy::ByHand(list) => bail!("please install and start again:\n  - {}", list.join("\n  - ")),
    }
}

fn apt_install(workspace: &Workspace, rights: Rights, packages: &[&str]) -> Result<()> {
    let apt_get = |arguments: &[&str]| {
        let words = needs::apt_get(rights, arguments);
        let mut command = workspace.command(words[0]);
        command.args(&words[1..]);
        shell::run(&mut command)
    };
    let install = [&["install", "--yes", "--no-install-recommends"], packages].concat();
    if apt_get(&install).is_err() {
        // A fresh machine has no package lists, or they are out of date.
        apt_get(&["update"])?;
        apt_get(&install)?;
    }
    Ok(())
}

fn rights(workspace: &Workspace) -> Rights {
    match shell::output(workspace.command("id").arg("-u")) {
        Some(id) if id.trim() == "0" => Rights::Root,
        _ if workspace.has("sudo") => Rights::Sudo,
        _ => Rights::None,
    }
}

fn has(workspace: &Workspace, probe: Probe) -> bool {
    match probe {
        Probe::Program(name) => workspace.has(name),
        Probe::PkgConfig(library) => {
            workspace.command("pkg-config").args(["--exists", library]).status().is_ok_and(|s| s.success())
        }
        Probe::PythonVenv => {
            let import = ["-c", "import venv, ensurepip"];
            workspace.command("python3").args(import).status().is_ok_and(|status| status.success())
        }
        Probe::LibClang => has_libclang(),
    }
}

/// Where clang-sys, and with it bindgen, looks for `libclang.so`.
fn has_libclang() -> bool {
    let libraries = [
        "/usr/lib/x86_64-linux-gnu",
        "/usr/lib/aarch64-linux-gnu",
        "/usr/lib64",
        "/usr/lib",
        "/usr/local/lib",
    ];
    let folders = libraries.into_iter().map(PathBuf::from);
    let versions = fs::read_dir("/usr/lib").into_iter().flatten().flatten().map(|e| e.path().join("lib"));
    let chosen = std::env::var_os("LIBCLANG_PATH").map(PathBuf::from);
    folders.chain(versions).chain(chosen).any(|folder| holds_libclang(&folder))
}

fn holds_libclang(folder: &Path) -> bool {
    let names = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.file_name());
    names.map(|name| name.to_string_lossy().into_owned()).any(|name| is_libclang(&name))
}

/// `libclang.so`, `libclang.so.1`, `libclang-14.so.1`. `libclang-cpp.so.14` is another library, with which bindgen can do nothing;
/// some machines have only that.
fn is_libclang(name: &str) -> bool {
    name.starts_with("libclang.so")
        || (name.starts_with("libclang-") && name.contains(".so") && !name.starts_with("libclang-cpp"))
}

fn node(workspace: &Workspace) -> Result<()> {
    let version = shell::output(workspace.command("node").arg("--version"))
        .with_context(|| format!("Node.js {NODE} or newer is needed: https://nodejs.org"))?;
    match major(&version) {
        Some(major) if major >= NODE => Ok(()),
        _ => bail!("Node.js {NODE} or newer is needed; this is {}", version.trim()),
    }
}

/// 20 for `v20.11.1`.
fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

/// The nets, the fonts and the window's tools. `--ignore-scripts`: no package may run code here.
fn npm_packages(workspace: &Workspace) -> Result<()> {
    let lock = read_json(&workspace.ui().join("package-lock.json"))?;
    let installed = read_json(&workspace.ui().join("node_modules/.package-lock.json")).unwrap_or_default();
    if is_current(&lock, &installed) {
        return Ok(());
    }
    println!("setup: installing npm packages into ui/node_modules");
    shell::run(&mut workspace.npm(&["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))
}

fn read_json(path: &Path) -> Result<Value> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not JSON", path.display()))
}

/// Whether npm's own record of what it installed covers the lock file. Optional packages (for other systems) may be
/// absent; what is there must be the same package.
fn is_current(lock: &Value, installed: &Value) -> bool {
    let Some(wanted) = lock.get("packages").and_then(Value::as_object) else {
        return false;
    };
    wanted.iter().filter(|(path, _)| !path.is_empty()).all(|(path, package)| {
        match installed.get("packages").and_then(|packages| packages.get(path)) {
            Some(own) => {
                own.get("integrity") == package.get("integrity")
                    && own.get("version") == package.get("version")
            }
            None => package.get("optional") == Some(&Value::Bool(true)),
        }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn versions_of_node_are_read() {
        assert_eq!(major("v20.11.1\n"), Some(20));
        assert_eq!(major("v8.0.0"), Some(8));
        assert_eq!(major("nonsense"), None);
    }

    #[test]
    fn libclang_is_not_mistaken_for_the_library_beside_it() {
        for name in ["libclang.so", "libclang.so.1", "libclang-14.so.1", "libclang-14.so"] {
            assert!(is_libclang(name), "{name}");
        }
        for name in ["libclang-cpp.so.14", "libclang-14.a", "libclang_rt.asan.so"] {
            assert!(!is_libclang(name), "{name}");
        }
    }

    #[test]
    fn npm_runs_only_when_something_differs() {
        let lock = json!({"packages": {
            "": {"name": "kiosk-ui"},
            "node_modules/a": {"version": "1.0.0", "integrity": "sha512-a"},
            "node_modules/other-system": {"version": "1.0.0", "integrity": "sha512-o", "optional": true},
        }});
        let installed = |version: &str, integrity: &str| json!({"packages": {"node_modules/a": {"version": version, "integrity": integrity}}});
        assert!(is_current(&lock, &installed("1.0.0", "sha512-a")));
        assert!(!is_current(&lock, &installed("1.0.1", "sha512-a")));
        assert!(!is_current(&lock, &installed("1.0.0", "sha512-b")));
        assert!(!is_current(&lock, &json!({})));
        assert!(!is_current(&json!({}), &json!({})));
    }

    #[test]
    fn a_broken_record_of_npm_is_a_reason_to_install() {
        assert!(read_json(Path::new("/no/such/file")).unwrap_err().to_string().starts_with("cannot read"));
    }
}
