//! The nets beside the C++ runtime that they were published for. Needs Python 3.11 and a network, so it is only done when asked for.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::shell::{self, Workspace};

/// The runtime, as `PyPI` has it.
const PACKAGES: [&str; 2] = ["ai-edge-litert==2.3.0", "numpy"];
const SCRIPT: &str = "src-tauri/crates/kiosk-vision/benches/reference_runtime.py";

/// Times the reference runtime on the same files and machine, and tells both.
pub fn compare(workspace: &Workspace, medians: &BTreeMap<String, f64>) -> Result<String> {
    let home = workspace.tools().join("reference-runtime");
    let folder = if cfg!(windows) { "Scripts" } else { "bin" };
    let python = home.join(folder).join("python");
    if !python.exists() {
        println!("   installing {} into {} (once)", PACKAGES[0], home.display());
        shell::run(workspace.command("python3").args(["-m", "venv"]).arg(&home))?;
        let mut install = workspace.command(&python.to_string_lossy());
        shell::run(install.args(["-m", "pip", "install", "--quiet"]).args(PACKAGES))?;
    }
    let mut script = workspace.command(&python.to_string_lossy());
    script.args([SCRIPT, "assets/models.toml", "ui/node_modules"]);
    let timed = shell::output(&mut script).context("the reference runtime failed")?;
    Ok(rows(&serde_json::from_str(&timed)?, medians))
}

fn rows(timed: &BTreeMap<String, Value>, medians: &BTreeMap<String, f64>) -> String {
    let row = |(name, reference): (&String, &Value)| {
        let ours = medians.get(&format!("nets/{name}")).map(|ns| ns / 1e6);
        match (ours, reference.as_f64()) {
            (Some(ours), Some(theirs)) => {
                format!("{name}: {ours:.2} ms, reference {theirs:.2} ms, ratio {:.2}", ours / theirs)
            }
            (None, _) => format!("{name}: not measured in this run"),
            (Some(ours), None) => format!("{name}: {ours:.2} ms, reference cannot: {reference}"),
        }
    };
    timed.iter().map(row).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_cannot_be_compared_says_why() {
        let timed = [("a", json!(1.1)), ("b", json!("unresolved custom op")), ("c", json!(2.0))];
        let timed = timed.map(|(name, value)| (name.to_owned(), value)).into();
        let medians = [("nets/a".to_owned(), 2.2e6), ("nets/b".to_owned(), 3e6)].into();
        assert_eq!(
            rows(&timed, &medians),
            "a: 2.20 ms, reference 1.10 ms, ratio 2.00\n\
             b: 3.00 ms, reference cannot: \"unresolved custom op\"\n\
             c: not measured in this run"
        );
    }
}
