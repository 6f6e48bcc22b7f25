//! Finding and listing in the encrypted log of a million orders of invented students; every figure must stay below 20 ms.
//!
//! `cargo bench -p kiosk-store --bench search`. `KIOSK_BENCH_ORDERS` makes it smaller. Making the orders and their index takes some minutes.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    missing_docs,
    reason = "a bench; criterion's macros write no docs"
)]

#[path = "../tests/it/support.rs"]
#[allow(dead_code, clippy::panic, reason = "shared with the tests")]
mod support;

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use criterion::{Criterion, criterion_group, criterion_main};
use kiosk_core::order::{LocalDay, OrderState};
use kiosk_core::{CollectionCode, OrderNumber};
use kiosk_store::{FILE_NAME, Query, Store};
use rusqlite::params;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use support::{Random, TODAY, id_number, patient, raw, visit};

const PAGE: u32 = 50;
const A_DAY: u32 = 400;

const SURNAMES: [&str; 24] = [
    "王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "徐", "孙", "马", "朱", "胡", "郭", "何",
    "林", "高", "罗", "欧阳", "单", "曾", "尉迟",
];
const GIVEN: [&str; 40] = [
    "伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明", "超",
    "秀", "霞", "平", "刚", "桂", "英", "华", "玉", "萍", "红", "玲", "芬", "燕", "彬", "梅", "鑫", "浩",
    "宇", "轩", "子", "涵", "梓", "萱",
];
const COLLEGES: [&str; 6] =
    ["计算机学院", "信息工程学院", "外国语学院", "经济管理学院", "土木工程学院", "美术学院"];

fn orders() -> u32 {
    std::env::var("KIOSK_BENCH_ORDERS").ok().and_then(|n| n.parse().ok()).unwrap_or(1_000_000)
}

/// The day of the `n`th order: 400 a day and no day twice, back from the 28th of December 2026.
fn day(n: u32, all: u32) -> LocalDay {
    let back = (all - 1 - n) / A_DAY;
    LocalDay {
        year: (2026 - back / 336) as u16,
        month: (12 - back / 28 % 12) as u8,
        day: (28 - back % 28) as u8,
    }
}

/// Rows as visits leave them, without photos: listings do not open them.
fn fill(path: &Path, all: u32) {
    Store::open(path, patient()).unwrap().accept(&visit(1), TODAY).unwrap();
    let mut conn = raw(path);
    let tx = conn.transaction().unwrap();
    let mut random = Random(1);
    let mut insert = tx
        .prepare(
            "INSERT INTO orders (id, day, station, counter, state, version, profile, code_key, code, id_number, name,
                                 student_number, school, college, class, accepted_at, changed_at)
             VALUES (?1, ?2, 'B', ?3, ?4, 1, 'xueli-2017-99', ?11, format('%016x', ?5), ?6, ?7,
                     ?8, '河海虚构大学', ?9, ?10, ?5, ?5)",
        )
        .unwrap();
    for n in 0..all {
        let mut pick = |of: &[&'static str]| of[random.below(of.len() as u64) as usize];
        let name = format!("{}{}{}", pick(&SURNAMES), pick(&GIVEN), pick(&GIVEN));
        let college = pick(&COLLEGES);
        let LocalDay { year, month, day } = day(n, all);
        // Nearly all are delivered; the newest wait, and a few old ones were returned.
        let state = match (all - n, n % 997) {
            (0..2_000, _) => OrderState::Captured,
            (_, 0) => OrderState::Returned,
            _ => OrderState::Delivered,
        };
        insert
            .execute(params![
                format!("01a2b3c4-0000-7000-9000-{n:012x}"),
                format!("{year:04}-{month:02}-{day:02}"),
                n % A_DAY + 1,
                state.as_str(),
                n,
                id_number(n).canonical(),
                name,
                format!("{year}{:02}{:06}", n % 31, n),
                college,
                format!("{}{:02}{:02}班", &college[..9], year % 100, n % 20),
                Sha256::digest(CollectionCode::identity_of(&format!("{n:016x}"))).to_vec(),
            ])
            .unwrap();
    }
    drop(insert);
    // As an older program leaves a file: the orders are put under their words when it is opened.
    tx.execute("UPDATE order_words_rules SET version = 0", []).unwrap();
    tx.commit().unwrap();
}

fn search(c: &mut Criterion) {
    let folder = match std::env::var_os("KIOSK_BENCH_DIR") {
        Some(dir) => TempDir::new_in(dir).unwrap(),
        None => TempDir::new().unwrap(),
    };
    let (path, all) = (folder.path().join(FILE_NAME), orders());
    let started = Instant::now();
    fill(&path, all);
    let bytes = path.metadata().unwrap().len();
    let filled = Instant::now();
    let store = Store::open(&path, patient()).unwrap();
    println!(
        "{all} orders: {:.0?} to make, {:.0?} to index; rows {} MB, with index {} MB",
        filled - started,
        filled.elapsed(),
        bytes >> 20,
        path.metadata().unwrap().len() >> 20
    );
    assert_eq!(store.count(&Query::default()).unwrap(), all + 1);

    let page = Query { limit: PAGE, ..Query::default() };
    let find = |text: &str| Query { find: Some(text.to_owned()), ..page.clone() };
    let middle = all / 2;
    let deep = OrderNumber { day: day(middle, all), station: 'B', counter: middle % A_DAY + 1 };
    let returned = vec![OrderState::Returned];
    let student = format!("{}{:02}{middle:06}", day(middle, all).year, middle % 31);
    let mut group = c.benchmark_group("orders_1m");
    group.sample_size(10);
    for (name, query) in [
        ("first_page", page.clone()),
        ("deep_page", Query { after: Some(deep), ..page.clone() }),
        ("one_day", Query { day: Some(deep.day), ..page.clone() }),
        ("returned", Query { states: returned.clone(), ..page.clone() }),
        ("returned_deep", Query { states: returned.clone(), after: Some(deep), ..page.clone() }),
        ("find_surname", find("张")),
        ("find_surname_deep", Query { after: Some(deep), ..find("张") }),
        ("find_name", find("张伟明")),
        ("find_part_of_name", find("伟明")),
        ("find_initials", find("zwm")),
        ("find_one_letter", find("z")),
        ("find_pinyin", find("zhangweiming")),
        ("find_pinyin_begun", find("zhangw")),
        ("find_student_number", find(&student)),
        ("find_student_number_begun", find(&student[..6])),
        ("find_one_digit", find("2")),
        ("find_last_four", find(&id_number(middle).canonical()[14..])),
        ("find_id_number", find(id_number(middle).canonical())),
        ("find_code", find(&format!("{middle:016x}"))),
        ("find_order_number", find(&deep.to_string())),
        ("find_order_number_begun", find(&deep.to_string()[..9])),
        ("find_class", find("计算机2401班")),
        ("find_college", find("美术学院")),
        ("find_name_in_class", find("张 计算机2401班")),
        ("find_surname_returned", Query { states: returned.clone(), ..find("张") }),
        ("find_name_returned", Query { states: returned.clone(), ..find("张伟明") }),
        ("find_digit_returned", Query { states: returned, ..find("2") }),
        ("find_old_captured", Query { states: vec![OrderState::Captured], ..find("2020") }),
        ("find_surname_one_day", Query { day: Some(deep.day), ..find("张") }),
        ("find_nobody", find("龘")),
    ] {
        let found = store.orders(&query).unwrap().len();
        println!("{name}: {found} rows of {}", store.count(&query).unwrap());
        group.bench_function(name, |b| b.iter(|| black_box(store.orders(&query).unwrap())));
        group.bench_function(format!("{name}_count"), |b| b.iter(|| black_box(store.count(&query).unwrap())));
    }
    group.finish();
}

criterion_group!(benches, search);
criterion_main!(benches);
