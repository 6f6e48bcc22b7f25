//! What encryption costs: the same commit and the same listing, plain and encrypted, on the same disk in the same run.
//!
//! `KIOSK_BENCH_DIR` chooses the disk, as for the bench `commit`.
#![allow(clippy::unwrap_used, missing_docs, reason = "a bench; criterion's macros write no docs")]

#[path = "../tests/it/support.rs"]
#[allow(dead_code, clippy::panic, reason = "shared with the tests")]
mod support;

use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use kiosk_store::{Opening, Query, Store};
use tempfile::TempDir;

use support::{TODAY, patient, plain, visit_with_photo};

const PHOTO_BYTES: usize = 60 * 1024;
const ORDERS: u32 = 1_000;

fn folder() -> TempDir {
    match std::env::var_os("KIOSK_BENCH_DIR") {
        Some(dir) => TempDir::new_in(dir).unwrap(),
        None => TempDir::new().unwrap(),
    }
}

fn secrecy(c: &mut Criterion) {
    let mut group = c.benchmark_group("secrecy");
    group.sample_size(60);
    for (name, opening) in [("plain", plain()), ("encrypted", patient())] {
        let folder = folder();
        let file = folder.path().join("orders.sqlite");
        let mut store = Store::open(&file, opening).unwrap();
        let mut n = 0;
        group.bench_function(format!("commit_60kb {name}"), |b| {
            b.iter_batched(
                || {
                    n += 1;
                    visit_with_photo(n, PHOTO_BYTES)
                },
                |new| store.accept(&new, TODAY).unwrap(),
                BatchSize::PerIteration,
            );
        });
        while n < ORDERS {
            n += 1;
            store.accept(&visit_with_photo(n, PHOTO_BYTES), TODAY).unwrap();
        }
        let newest = store.orders(&Query { limit: 500, ..Query::default() }).unwrap();
        let page = Query { limit: 50, after: newest.last().map(|order| order.number), ..Query::default() };
        group.bench_function(format!("listing {name}"), |b| {
            b.iter(|| black_box(store.orders(&page).unwrap()));
        });
        let photo = store.orders(&Query { limit: 1, ..Query::default() }).unwrap()[0].number;
        group.bench_function(format!("photo {name}"), |b| {
            b.iter(|| black_box(store.photo(photo).unwrap()));
        });
        drop(store);
        let again: Opening = opening;
        group.bench_function(format!("open {name}"), |b| {
            b.iter(|| black_box(Store::open(&file, again).unwrap()));
        });
    }
    group.finish();
}

criterion_group!(benches, secrecy);
criterion_main!(benches);
