//! Sheets for 200 students, and 2,000 photos delivered against what copying, flushing and hashing them costs anyway.
//!
//! `TMPDIR` chooses the medium of the second.

#![allow(clippy::unwrap_used, missing_docs, reason = "a bench")]

#[path = "../tests/it/support.rs"]
#[allow(dead_code, reason = "shared with the tests")]
mod support;

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use kiosk_core::sheet::{Paper, SheetOptions, lay_out};
use kiosk_delivery::export::{DeliverableOrder, write};
use kiosk_delivery::medium::Folder;
use kiosk_delivery::sheet_pdf::{LabelFont, SheetStudent, draw};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

/// Deliveries of each kind, in turn.
const ROUNDS: u32 = 11;

fn sheets(c: &mut Criterion) {
    let Some(font) = support::label_font() else { return };
    let font = LabelFont::parse(&font).unwrap();
    let students: Vec<_> = (0..200).map(support::student).collect();
    let students: Vec<_> = students
        .iter()
        .map(|s| SheetStudent {
            order_number: &s.order,
            name: Some(&s.name),
            student_number: Some(&s.student_number),
            class: Some(&s.class),
            last_four: Some(&s.id_number[14..]),
            photo: &s.photo,
        })
        .collect();
    let photos: usize = students.iter().map(|s| s.photo.len()).sum();
    for (name, paper) in [("6r", Paper::SIX_INCH), ("a4", Paper::A4)] {
        let options = SheetOptions::new(paper);
        let pdf = || draw(&lay_out(200, &options).unwrap(), &students, &font, support::CREATED).unwrap();
        eprintln!("{name}: {} bytes of PDF for {photos} bytes of photos", pdf().len());
        c.bench_function(&format!("200 students on {name}"), |b| b.iter(pdf));
    }
}

/// 2,000 photos of 39 KB against what any careful person would do by hand on the same medium in the same run: `cp`, `sync`,
/// `sha256sum`, which reads what it checks from the system's memory.
fn deliveries(c: &mut Criterion) {
    let orders = photos_of_39_kb(2000);
    let plan = support::planned(&orders);
    let stick = || tempfile::tempdir().unwrap();
    c.bench_function("2,000 photos planned", |b| b.iter(|| support::planned(&orders)));
    let source = stick();
    lay_out_files(&plan.files, source.path());
    let ours = |stick: TempDir| {
        let mut folder = Folder::open(stick.path()).unwrap();
        write(&plan, &mut folder, &mut |_| ControlFlow::Continue(())).unwrap();
        stick
    };
    let by_hand = |stick: TempDir| {
        let script = "cp -r \"$0/data\" \"$1/\" && sync -f \"$1\" && cd \"$1\" && sha256sum --quiet -c \"$0/manifest-sha256.txt\"";
        let done = Command::new("sh").args(["-c", script]).arg(source.path()).arg(stick.path()).status();
        assert!(done.unwrap().success());
        stick
    };
    c.bench_function("2,000 photos written and verified", |b| {
        b.iter_batched(stick, ours, BatchSize::PerIteration);
    });
    c.bench_function("2,000 photos written and verified floor", |b| {
        b.iter_batched(stick, by_hand, BatchSize::PerIteration);
    });
    // In turn, so that whatever else the disk does meets both alike.
    let seconds = |work: &dyn Fn(TempDir) -> TempDir| {
        let (stick, began) = (stick(), Instant::now());
        let stick = work(stick);
        let taken = began.elapsed().as_secs_f64();
        drop(stick);
        taken
    };
    let (mut mine, mut theirs): (Vec<_>, Vec<_>) =
        (0..ROUNDS).map(|_| (seconds(&ours), seconds(&by_hand))).unzip();
    let [mine, theirs] = [&mut mine, &mut theirs].map(|taken| {
        taken.sort_by(f64::total_cmp);
        taken[taken.len() / 2] * 1e3
    });
    eprintln!(
        "2,000 photos in turn: {mine:.0} ms; cp, sync and sha256sum {theirs:.0} ms; {:.2} times",
        mine / theirs
    );
}

/// Their content is no picture: nobody looks at it here, and drawing 2,000 takes longer than all the rest.
fn photos_of_39_kb(count: usize) -> Vec<DeliverableOrder> {
    let template = support::orders(1).remove(0);
    let order = |index: usize| {
        let hashes =
            (0..39_000 / 32).map(|block: usize| Sha256::digest((index * 10_000 + block).to_le_bytes()));
        let photo: Vec<u8> = hashes.flatten().collect();
        DeliverableOrder {
            number: format!("261121-A{:04}", index + 1),
            id_number: format!("X{index:07}"),
            photo_sha256: Sha256::digest(&photo).into(),
            photo: photo.into(),
            ..template.clone()
        }
    };
    (0..count).map(order).collect()
}

fn lay_out_files(files: &[kiosk_delivery::export::PlannedFile], to: &Path) {
    fs::create_dir_all(to.join("data")).unwrap();
    for file in files {
        fs::write(to.join(&file.path), &*file.content).unwrap();
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10);
    targets = sheets, deliveries
}
criterion_main!(benches);
