//! A durable accept into the encrypted log against the bare minimum that SQLite needs for the same photo, on the same disk in the same run.
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
use kiosk_store::{Key, Store};
use rusqlite::Connection;
use tempfile::TempDir;

use support::{TODAY, jpeg, key, patient, visit_with_photo};

const PHOTO_BYTES: usize = 60 * 1024;
/// Share of the bare rate that a durable accept should reach.
const TARGET: f64 = 0.7;
const ROUNDS: u32 = 30;
const A_ROUND: u32 = 10;

fn folder() -> TempDir {
    match std::env::var_os("KIOSK_BENCH_DIR") {
        Some(dir) => TempDir::new_in(dir).unwrap(),
        None => TempDir::new().unwrap(),
    }
}

/// One table, one row, one commit: write-ahead log, `synchronous = FULL`, as the order log has it; with its key or plain.
fn bare(path: &Path, key: Option<Key>) -> Connection {
    let conn = Connection::open(path).unwrap();
    if let Some(key) = key {
        conn.pragma_update(None, "key", format!("x'{}'", key.to_hex())).unwrap();
    }
    conn.execute_batch(
        "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         CREATE TABLE photos (id INTEGER PRIMARY KEY, jpeg BLOB NOT NULL) STRICT;",
    )
    .unwrap();
    conn
}

fn insert(conn: &Connection, photo: &[u8]) {
    conn.prepare_cached("INSERT INTO photos (jpeg) VALUES (?1)").unwrap().execute([photo]).unwrap();
}

fn commit(c: &mut Criterion) {
    let folder = folder();
    let mut group = c.benchmark_group("commit_60kb");
    group.sample_size(60).throughput(Throughput::Elements(1));

    let conn = bare(&folder.path().join("bare.sqlite"), None);
    let photo = jpeg(1, PHOTO_BYTES);
    group.bench_function("accept floor", |b| b.iter(|| insert(&conn, &photo)));

    let mut store = Store::open(&folder.path().join("orders.sqlite"), patient()).unwrap();
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

/// All in turn, so that whatever else the disk does meets them alike.
fn rates(_: &mut Criterion) {
    let folder = folder();
    let file = |name: &str| folder.path().join(name);
    let floors = [bare(&file("bare.sqlite"), None), bare(&file("keyed.sqlite"), Some(key()))];
    let mut store = Store::open(&file("orders.sqlite"), patient()).unwrap();
    let mut taken: [Vec<f64>; 3] = Default::default();
    for round in 0..ROUNDS {
        let visits: Vec<_> =
            (0..A_ROUND).map(|n| visit_with_photo(round * A_ROUND + n + 1, PHOTO_BYTES)).collect();
        for (floor, taken) in floors.iter().zip(&mut taken) {
            taken.push(seconds(|| visits.iter().for_each(|visit| insert(floor, &visit.photo))));
        }
        taken[2].push(seconds(|| {
            for visit in &visits {
                store.accept(visit, TODAY).unwrap();
            }
        }));
    }
    let [bare, keyed, accept] = taken.map(|mut rounds| {
        rounds.sort_by(f64::total_cmp);
        f64::from(A_ROUND) / rounds[rounds.len() / 2]
    });
    println!(
        "durable commits with a 60 KB photo, in turn: {accept:.0}/s encrypted; bare SQLite {bare:.0}/s ({:.0} %), \
         with the same cipher {keyed:.0}/s ({:.0} %)",
        accept / bare * 100.0,
        accept / keyed * 100.0
    );
    // What a commit costs besides the flush is the processor's: a disk that takes its time makes both alike.
    let slower = (TARGET / accept - 1.0 / bare) / (1.0 - TARGET);
    if slower > 0.0 {
        println!(
            "{:.0} % of bare from a disk on whose flush takes {:.1} ms longer than here",
            TARGET * 100.0,
            slower * 1e3
        );
    }
}

fn seconds(work: impl FnOnce()) -> f64 {
    let started = Instant::now();
    work();
    started.elapsed().as_secs_f64()
}

criterion_group!(benches, commit, rates);
criterion_main!(benches);
