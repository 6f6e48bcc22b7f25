//! The process is killed at random moments, a hundred times: nothing that is called delivered is ever less than whole.

use std::io::{BufRead, BufReader};
use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use kiosk_delivery::export::{DeliverableOrder, DeliveryPlan, write};
use kiosk_delivery::medium::Folder;
use kiosk_delivery::verify::{VerifyError, verify};
use sha2::Digest;

use crate::support;

/// Tells the child where to deliver to.
const STICK: &str = "KIOSK_TEST_STICK";
const ROUNDS: u64 = 100;

fn plan() -> DeliveryPlan {
    let template = support::orders(1).remove(0);
    let order = |index: usize| {
        let photo = sha2::Sha256::digest(index.to_le_bytes()).repeat(30_000 / 32);
        DeliverableOrder {
            number: format!("261121-A{:03}", index + 1),
            id_number: format!("X{index:07}"),
            photo_sha256: sha2::Sha256::digest(&photo).into(),
            photo: photo.into(),
            ..template.clone()
        }
    };
    support::planned(&(0..120).map(order).collect::<Vec<_>>())
}

/// What the child does; a test of its own only by name.
#[test]
fn delivers_in_a_process_of_its_own() {
    let Some(stick) = std::env::var_os(STICK) else { return };
    let plan = plan();
    eprintln!("ready");
    let mut folder = Folder::open(stick).unwrap();
    write(&plan, &mut folder, &mut |_| ControlFlow::Continue(())).unwrap();
}

/// Started, planned, and about to write.
fn child(stick: &Path) -> Child {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "killed::delivers_in_a_process_of_its_own", "--nocapture"])
        .env(STICK, stick)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines();
    assert!(said.any(|line| line.unwrap() == "ready"));
    child
}

#[test]
fn killed_at_any_moment_it_is_continued_and_never_taken_for_whole() {
    let stick = tempfile::tempdir().unwrap();
    let plan = plan();
    let whole = stick.path().join(&plan.title);
    let partial = stick.path().join(format!("{}.partial", plan.title));
    let started = Instant::now();
    assert!(child(stick.path()).wait().unwrap().success());
    let usual = started.elapsed();
    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    let (mut cut_short, mut finished) = (0, 0);
    for round in 0..ROUNDS {
        if whole.exists() {
            finished += 1;
            let report = verify(&whole).unwrap();
            assert!(report.passed() && report.photos == plan.photos, "round {round}: {report:?}");
            std::fs::remove_dir_all(&whole).unwrap();
        }
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mut child = child(stick.path());
        // Planning is behind it: what is left takes less than a third of the usual time.
        std::thread::sleep(Duration::from_nanos(random % (usual.as_nanos() as u64 / 3).max(1)));
        child.kill().unwrap();
        child.wait().unwrap();
        if partial.exists() {
            cut_short += 1;
            match verify(&partial) {
                Err(VerifyError::Unfinished | VerifyError::NoDelivery) => (),
                // Everything was read back and the marker is gone; only the name is missing.
                Ok(report) => assert!(report.passed(), "round {round}: {report:?}"),
                Err(error) => panic!("round {round}: {error}"),
            }
        }
    }
    eprintln!("{cut_short} of {ROUNDS} cut short, {finished} finished");
    assert!(cut_short >= 10, "only {cut_short} of {ROUNDS} were cut short, {finished} finished");
    if !whole.exists() {
        assert!(child(stick.path()).wait().unwrap().success());
    }
    assert!(verify(stick.path()).unwrap().passed());
    assert_eq!(std::fs::read_dir(stick.path()).unwrap().count(), 1, "nothing is left beside it");
}
