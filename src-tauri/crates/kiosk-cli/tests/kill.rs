//! Visits are killed at random moments; every order that was acknowledged is in the log, once.
#![cfg(unix)]

mod support;

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use support::{kiosk, models_are_there};

/// Rounds; `KIOSK_KILL_ROUNDS` runs more.
const ROUNDS: u64 = 2;

#[test]
fn no_acknowledged_order_is_lost_to_a_kill() {
    if !models_are_there() {
        return;
    }
    let rounds = std::env::var("KIOSK_KILL_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(ROUNDS);
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let data = data.to_str().unwrap();
    let mut acknowledged = BTreeSet::new();
    for round in 0..rounds {
        let mut visits = Command::new(env!("CARGO_BIN_EXE_kiosk"))
            .args(["visit", "--data", data, "--camera", "simulated", "--students", "50", "--json"])
            .args(["--seed", &(100 + round).to_string()])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(visits.stdout.take().unwrap()).lines();
        // One visit for certain, then the kill falls somewhere in the next.
        let first = lines.next().unwrap().unwrap();
        std::thread::sleep(Duration::from_millis(round * 3_700 % 9_000));
        visits.kill().unwrap();
        visits.wait().unwrap();
        for line in std::iter::once(first).chain(lines.map_while(Result::ok)) {
            // The kill may have cut the last line.
            let Ok(visit) = serde_json::from_str::<serde_json::Value>(&line) else { continue };
            if let Some(order) = visit["order"].as_str() {
                assert!(acknowledged.insert(order.to_owned()), "{order} was given twice");
            }
        }
    }
    let listed = kiosk(&["orders", "--data", data, "--json"]);
    let numbers: Vec<String> =
        listed.lines().iter().map(|order| order["number"].as_str().unwrap().to_owned()).collect();
    let unique: BTreeSet<String> = numbers.iter().cloned().collect();
    assert_eq!(numbers.len(), unique.len(), "an order is there twice");
    assert!(acknowledged.is_subset(&unique), "lost: {:?}", acknowledged.difference(&unique));
    assert_eq!(kiosk(&["doctor", "--data", data]).code, 0);
}
