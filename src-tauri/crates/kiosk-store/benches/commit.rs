//! A durable accept against the bare minimum that SQLite needs for the same photo, on the same disk in the same run.
//!
//! `cargo bench -p kiosk-store`. `KIOSK_BENCH_DIR` chooses the disk; the default is the folder for temporary
//! files, which must not be a RAM disk if the first figure is to mean anything.
#![allow(clippy::unwrap_used, missing_docs, reason = "a bench; criterion's macros write no docs")]

#[path = "../tests/it/support.rs"]
#[allow(dead_code, clippy::panic, reason = "shared with the tests")]
mod support;

use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use kiosk_store::{Opening, Store};
use rusqlite::Connection;
use tempfile::TempDir;

use support::{TODAY, jpeg, visit_with_photo};

const PHOTO_BYTES: usize = 60 * 1024;

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
    group.bench_function("bare_sqlite", |b| {
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

criterion_group!(benches, commit);
criterion_main!(benches);
