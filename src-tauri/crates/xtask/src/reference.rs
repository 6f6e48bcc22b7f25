//! The nets beside the C++ runtime that they were published for, and a photo beside what others would put together for it. Needs
//! Python 3.11 and a network, so it is only done when asked for.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::python;
use crate::shell::{self, Workspace};

/// What the nets' script needs, as `PyPI` has it.
const RUNTIME: [&str; 2] = ["ai-edge-litert==2.3.0", "numpy"];
const NETS: &str = "src-tauri/crates/kiosk-vision/benches/reference_runtime.py";
const PEERS: &str = "src-tauri/crates/kiosk-proof/benches/photo_peers.py";
const PEERS_PACKAGES: &str = "src-tauri/crates/kiosk-proof/benches/photo_peers.txt";
const SEGMENTATION: &str = "ui/node_modules/@mediapipe/selfie_segmentation/selfie_segmentation.tflite";

/// Shots of the benchmark `standardise`, by the end of its names.
const SHOTS: [&str; 2] = ["1350x1350", "1920x1080"];

/// Where that benchmark leaves its shots when it is told to.
pub fn shots(workspace: &Workspace) -> PathBuf {
    workspace.target.join("bench-shots")
}

/// Times the references on the same files and machine, and tells both.
pub fn compare(workspace: &Workspace, medians: &BTreeMap<String, f64>) -> Result<String> {
    let python = python::environment(workspace, "reference-runtime", &RUNTIME)?;
    let mut script = workspace.command(&python.to_string_lossy());
    script.args([NETS, "assets/models.toml", "ui/node_modules"]);
    let timed = shell::output(&mut script).context("the reference runtime failed")?;
    let nets = rows(&serde_json::from_str(&timed)?, medians);

    let python = python::environment(workspace, "photo-peers", &["-r", PEERS_PACKAGES])?;
    let mut photos = Vec::new();
    for name in SHOTS {
        let shot = shots(workspace).join(name).with_extension("jpg");
        if !shot.exists() {
            photos.push(format!("photo {name}: not measured in this run"));
            continue;
        }
        let mut script = workspace.command(&python.to_string_lossy());
        script.args([Path::new(PEERS), Path::new(SEGMENTATION), &shot]);
        let timed = shell::output(&mut script).context("the photo's peers failed")?;
        photos.push(photo(name, &serde_json::from_str(&timed)?, medians));
    }
    Ok([nets, photos.join("\n")].join("\n"))
}

/// Ours does more: faces, landmarks, crop, and every check.
fn photo(name: &str, timed: &BTreeMap<String, f64>, medians: &BTreeMap<String, f64>) -> String {
    let Some(ours) = medians.get(&format!("standardise/whole {name}")).map(|ns| ns / 1e6) else {
        return format!("photo {name}: not measured in this run");
    };
    let beside = |key: &str, what: &str| {
        timed
            .get(key)
            .map(|theirs| format!(", {what} {theirs:.0} ms, ratio {:.2}", ours / theirs))
            .unwrap_or_default()
    };
    format!(
        "photo {name}: {ours:.0} ms with faces and checks{}{}",
        beside("photo", "mask, guided filter and file alone"),
        beside("closed_form", "closed-form alone")
    )
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
    fn a_photo_stands_beside_its_peers() {
        let timed = [("photo".to_owned(), 100.0), ("closed_form".to_owned(), 1500.0)].into();
        let medians = [("standardise/whole 1920x1080".to_owned(), 150e6)].into();
        assert_eq!(
            photo("1920x1080", &timed, &medians),
            "photo 1920x1080: 150 ms with faces and checks, mask, guided filter and file alone 100 ms, ratio 1.50, \
             closed-form alone 1500 ms, ratio 0.10"
        );
        assert_eq!(photo("1x1", &timed, &medians), "photo 1x1: not measured in this run");
    }

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
