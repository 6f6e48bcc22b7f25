//! Sheets for 200 students, and 500 photos delivered against what copying, flushing and hashing them costs anyway.
//!
//! `TMPDIR` chooses the medium of the second.

#![allow(clippy::unwrap_used, missing_docs, reason = "a bench")]

#[path = "../tests/it/support.rs"]
#[allow(dead_code, reason = "shared with the tests")]
mod support;

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use kiosk_core::sheet::{Paper, SheetOptions, lay_out};
use kiosk_delivery::export::write;
use kiosk_delivery::medium::{Folder, Medium};
use kiosk_delivery::sheet_pdf::{LabelFont, SheetStudent, draw};

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

fn deliveries(c: &mut Criterion) {
    let orders = support::orders(500);
    let plan = support::planned(&orders);
    let stick = || tempfile::tempdir().unwrap();
    c.bench_function("500 photos planned", |b| b.iter(|| support::planned(&orders)));
    c.bench_function("500 photos written and verified", |b| {
        b.iter_batched(
            stick,
            |stick| {
                let mut folder = Folder::open(stick.path()).unwrap();
                write(&plan, &mut folder, &mut |_| ControlFlow::Continue(())).unwrap();
                stick
            },
            BatchSize::PerIteration,
        );
    });
    // What any careful person would do by hand: cp, sync, sha256sum.
    c.bench_function("500 photos copied, flushed and hashed", |b| {
        b.iter_batched(
            stick,
            |stick| {
                copy(&plan.files, stick.path());
                let mut folder = Folder::open(stick.path()).unwrap();
                folder.sync("copy").unwrap();
                for path in folder.files("copy").unwrap() {
                    folder.read_back(&path).unwrap();
                }
                stick
            },
            BatchSize::PerIteration,
        );
    });
}

fn copy(files: &[kiosk_delivery::export::PlannedFile], to: &Path) {
    fs::create_dir_all(to.join("copy/data")).unwrap();
    for file in files {
        fs::write(to.join("copy").join(&file.path), &*file.content).unwrap();
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10);
    targets = sheets, deliveries
}
criterion_main!(benches);
