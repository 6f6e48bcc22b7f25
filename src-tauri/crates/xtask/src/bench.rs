//! Runs the benchmarks of every crate and prints their medians in one table.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::SystemTime;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::needs::Purpose;
use crate::reference;
use crate::setup;
use crate::shell::{self, Workspace};

/// Runs what `filter` allows and prints the table. With `reference`, the nets are compared with the reference runtime as well.
pub fn bench(workspace: &Workspace, filter: Option<&str>, quick: bool, reference: bool) -> Result<()> {
    setup::prepare(workspace, Purpose::Run)?;
    let metadata = shell::output(&mut workspace.cargo(&["metadata", "--format-version", "1", "--no-deps"]))
        .context("cargo metadata failed")?;
    let benches = benches(&serde_json::from_str(&metadata)?);
    let started = SystemTime::now();
    for (at, (package, bench)) in benches.iter().enumerate() {
        println!("\n== {}/{} {package}: {bench}", at + 1, benches.len());
        // By name: `--benches` would run the libraries' unit tests as well, which know no `--quick`.
        let mut command = workspace.cargo(&["bench", "--package", package, "--bench", bench, "--"]);
        command.args(filter).args(quick.then_some("--quick"));
        command.env("KIOSK_BENCH_SHOTS", reference::shots(workspace));
        shell::run(&mut command)?;
    }

    let mut medians = BTreeMap::new();
    collect(&workspace.target.join("criterion"), started, &mut medians);
    println!("\n{}", table(&medians));
    if reference {
        println!("\n{}", reference::compare(workspace, &medians)?);
    }
    Ok(())
}

/// Package and name of every benchmark of the workspace.
fn benches(metadata: &Value) -> Vec<(String, String)> {
    let list =
        |value: &Value, key: &str| value.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
    let name = |value: &Value| value.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    let is_bench = |target: &Value| list(target, "kind").iter().any(|kind| kind == "bench");
    let mut benches = Vec::new();
    for package in list(metadata, "packages") {
        for target in list(&package, "targets").iter().filter(|target| is_bench(target)) {
            benches.push((name(&package), name(target)));
        }
    }
    benches
}

/// Medians in nanoseconds that criterion wrote since `started`, by full name.
fn collect(folder: &Path, started: SystemTime, medians: &mut BTreeMap<String, f64>) {
    for path in fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
        if !path.is_dir() {
            continue;
        }
        let written = fs::metadata(path.join("estimates.json")).and_then(|file| file.modified());
        if path.ends_with("new") && written.is_ok_and(|time| time >= started) {
            medians.extend(median(&path));
        } else {
            collect(&path, started, medians);
        }
    }
}

fn median(folder: &Path) -> Option<(String, f64)> {
    let read =
        |name: &str| -> Option<Value> { serde_json::from_slice(&fs::read(folder.join(name)).ok()?).ok() };
    let name = read("benchmark.json")?.get("full_id")?.as_str()?.to_owned();
    let nanoseconds = read("estimates.json")?.pointer("/median/point_estimate")?.as_f64()?;
    Some((name, nanoseconds))
}

fn table(medians: &BTreeMap<String, f64>) -> String {
    let width = medians.keys().map(|name| name.chars().count()).max().unwrap_or(0);
    let rows = medians.iter().map(|(name, ns)| {
        let padding = " ".repeat(width - name.chars().count());
        // What the same run measured as the least that the work can cost.
        let floor = medians.get(&format!("{name} floor"));
        let ratio = floor.map(|floor| format!("  {:.1} × its floor", ns / floor)).unwrap_or_default();
        format!("{name}{padding}  {}{ratio}", duration(*ns))
    });
    let count = format!("medians; benchmarks: {}", medians.len());
    rows.chain([count]).collect::<Vec<_>>().join("\n")
}

/// `12.3 ms`: three digits and the unit that fits.
fn duration(nanoseconds: f64) -> String {
    let units = [(1e9, "s"), (1e6, "ms"), (1e3, "µs")];
    let (size, unit) = units.into_iter().find(|(size, _)| nanoseconds >= *size).unwrap_or((1.0, "ns"));
    let value = nanoseconds / size;
    let decimals = [100.0, 10.0].iter().filter(|limit| value < **limit).count();
    format!("{value:>6.decimals$} {unit}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn benchmarks_are_found_by_their_kind() {
        let metadata = json!({"packages": [
            {"name": "a", "targets": [{"kind": ["lib"], "name": "a"}, {"kind": ["bench"], "name": "speed"}]},
            {"name": "b", "targets": [{"kind": ["lib"], "name": "b"}]},
        ]});
        assert_eq!(benches(&metadata), [("a".to_owned(), "speed".to_owned())]);
    }

    #[test]
    fn durations_have_three_digits() {
        for (ns, text) in
            [(1.234, "  1.23 ns"), (45_678.0, "  45.7 µs"), (2e6, "  2.00 ms"), (1.5e11, "   150 s")]
        {
            assert_eq!(duration(ns), text);
        }
    }

    #[test]
    fn a_floor_gives_a_ratio() {
        let medians = [("check".to_owned(), 6e6), ("check floor".to_owned(), 4e6)].into();
        assert_eq!(
            table(&medians),
            "check          6.00 ms  1.5 × its floor\ncheck floor    4.00 ms\nmedians; benchmarks: 2"
        );
    }

    #[test]
    fn only_what_this_run_measured_is_in_the_table() {
        let folder = std::env::temp_dir().join(format!("xtask-bench-{}", std::process::id()));
        let new = folder.join("scan/one/new");
        fs::create_dir_all(&new).unwrap();
        fs::write(new.join("benchmark.json"), r#"{"full_id":"scan/one"}"#).unwrap();
        fs::write(new.join("estimates.json"), r#"{"median":{"point_estimate":2500000.0}}"#).unwrap();
        let mut medians = BTreeMap::new();
        collect(&folder, SystemTime::UNIX_EPOCH, &mut medians);
        assert_eq!(table(&medians), "scan/one    2.50 ms\nmedians; benchmarks: 1");
        let mut later = BTreeMap::new();
        collect(&folder, SystemTime::now() + std::time::Duration::from_mins(1), &mut later);
        assert!(later.is_empty());
        fs::remove_dir_all(folder).unwrap();
    }
}
