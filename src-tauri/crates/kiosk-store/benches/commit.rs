//! A durable accept against the bare minimum that SQLite needs for the same photo, on the same disk in the same run.
//!
//! `cargo bench -p kiosk-store`. `KIOSK_BENCH_DIR` chooses the disk; the default is the folder for temporary
//! files, which must not be a RAM disk if the first figure is to mean anything.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    missing_docs,
    reason = "a bench; criterion's macros write no docs"
)]

#[path = "../tests/it/support.rs"]
#[allow(dead_code, clippy::panic, reason = "shared with the tests")]
mod support;

use std::path::Path;
use std::time::Instant;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use kiosk_store::{Opening, Store};
use rusqlite::Connection;
use tempfile::TempDir;

use support::{TODAY, jpeg, visit_with_photo};

const PHOTO_BYTES: usize = 60 * 1024;
const ROUNDS: u32 = 30;
const A_ROUND: u32 = 10;

fn folder() -> TempDir {
    match std::env::var_os("KIOSK_BENCH_DIR") {
        Some(dir) => TempDir::new_in(dir).unwrap(),
        None => TempDir::new().unwrap(),
    }
}

/// One table, one row, one commit: write-ahead log, `synchronous = FULL`, as the order log has it.
fn bare(path: &Path) -> Connection {
    let conn = Connection::open(path).unwrap();
    conn.execute_batch(
        "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         CREATE TABLE photos (id INTEGER PRIMARY KEY, jpeg BLOB NOT NULL) STRICT;",
    )
    .unwrap();
    conn
}

fn commit(c: &mut Criterion) {
    let folder = folder();
    let mut group = c.benchmark_group("commit_60kb");
    group.sample_size(60).throughput(Throughput::Elements(1));

    let conn = bare(&folder.path().join("bare.sqlite"));
    let photo = jpeg(1, PHOTO_BYTES);
    group.bench_function("accept floor", |b| {
        b.iter(|| {
            conn.prepare_cached("INSERT INTO photos (jpeg) VALUES (?1)")
                .unwrap()
                .execute([&photo[..]])
                .unwrap()
        });
    });

    let mut store = Store::open(&folder.path().join("orders.sqlite"), Opening::at_station('A')).unwrap();
    let mut n = 0;
    group.bench_function("accept", |b| {
        b.iter_batched(
            || {
                n += 1;
                visit_with_photo(n, PHOTO_BYTES)
            },
            |new| store.accept(&new, TODAY).unwrap(),
            criterion::BatchSize::PerIteration,
        );
    });
    group.finish();
}

/// Both in turn, so that whatever else the disk does meets both alike: a durable accept should reach 70 % of the bare rate.
fn rates(_: &mut Criterion) {
    let folder = folder();
    let conn = bare(&folder.path().join("bare.sqlite"));
    let mut store = Store::open(&folder.path().join("orders.sqlite"), Opening::at_station('A')).unwrap();
    let (mut bare, mut accept) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let visits: Vec<_> =
            (0..A_ROUND).map(|n| visit_with_photo(round * A_ROUND + n + 1, PHOTO_BYTES)).collect();
        bare.push(seconds(|| {
            for visit in &visits {
                let mut insert = conn.prepare_cached("INSERT INTO photos (jpeg) VALUES (?1)").unwrap();
                insert.execute([&visit.photo[..]]).unwrap();
            }
        }));
        accept.push(seconds(|| {
            for visit in &visits {
                store.accept(visit, TODAY).unwrap();
            }
        }));
    }
    let rate = |rounds: &mut Vec<f64>| {
        rounds.sort_by(f64::total_cmp);
        f64::from(A_ROUND) / rounds[rounds.len() / 2]
    };
    let (bare, accept) = (rate(&mut bare), rate(&mut accept));
    println!(
        "durable commits with a 60 KB photo, in turn: {accept:.0}/s of {bare:.0}/s bare, {:.0} %",
        accept / bare * 100.0
    );
}

fn seconds(work: impl FnOnce()) -> f64 {
    let started = Instant::now();
    work();
    started.elapsed().as_secs_f64()
}

criterion_group!(benches, commit, rates);
criterion_main!(benches);
