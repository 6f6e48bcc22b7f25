//! A durable accept against the bare minimum that SQLite needs for the same photo, on the same disk in the same run; and
//! listings of a hundred thousand orders.
//!
//! `cargo bench -p kiosk-store`. `KIOSK_BENCH_DIR` chooses the disk; the default is the folder for temporary
//! files, which must not be a RAM disk if the first figure is to mean anything.
#![allow(clippy::unwrap_used, missing_docs, reason = "a bench; criterion's macros write no docs")]

#[path = "../tests/it/support.rs"]
#[allow(dead_code, clippy::panic, reason = "shared with the tests")]
mod support;

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use kiosk_store::{Opening, Query, Store};
use rusqlite::Connection;
use tempfile::TempDir;

use support::{TODAY, jpeg, visit, visit_with_photo};

const PHOTO_BYTES: usize = 60 * 1024;
const ORDERS: u32 = 100_000;

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

/// Rows copied from one real order: listings do not open the photos, so that one photo will do.
fn many_orders(path: &Path) -> Store {
    Store::open(path, Opening::at_station('A')).unwrap().accept(&visit(1), TODAY).unwrap();
    let conn = Connection::open(path).unwrap();
    conn.execute(
        "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
         INSERT INTO orders (id, day, station, counter, state, version, profile, code_key, code, id_number, name,
                             student_number, school, college, class, accepted_at, changed_at, digest)
         SELECT format('%s-%d', id, i), format('2026-%02d-%02d', 1 + i / 400 % 12, 1 + i / 4800 % 28), station, i,
                CASE WHEN i % 10 = 0 THEN 'approved' ELSE state END, version, profile,
                CAST(format('%032d', i) AS BLOB), format('%016x', i), id_number, format('测试·第%d号', i),
                format('S%07d', i), school, college, class, accepted_at + i, changed_at + i, digest
         FROM orders, n",
        [ORDERS],
    )
    .unwrap();
    drop(conn);
    Store::open(path, Opening::at_station('A')).unwrap()
}

fn listing(c: &mut Criterion) {
    let folder = folder();
    let store = many_orders(&folder.path().join("orders.sqlite"));
    assert_eq!(store.count(&Query::default()).unwrap(), ORDERS);
    let page = Query { limit: 50, ..Query::default() };
    let find = |text: &str| Query { find: Some(text.to_owned()), ..page.clone() };
    let mut group = c.benchmark_group("listing_100k");
    group.sample_size(20);
    for (name, query) in [
        ("first_page", page.clone()),
        ("page_1000", Query { offset: 50_000, ..page.clone() }),
        ("one_day", Query { day: Some(TODAY), ..page.clone() }),
        ("approved", Query { states: vec![kiosk_core::OrderState::Approved], ..page.clone() }),
        ("find_number", find("261121-A001")),
        ("find_student_number", find("S0077777")),
        ("find_name", find("第77777号")),
        ("find_nothing", find("nobody")),
    ] {
        group.bench_function(name, |b| b.iter(|| black_box(store.orders(&query).unwrap())));
    }
    let query = find("第7777");
    group.bench_function("count_found", |b| {
        b.iter(|| black_box(store.count(&query).unwrap()));
    });
    group.finish();
}

criterion_group!(benches, commit, listing);
criterion_main!(benches);
