//! A hundred thousand students, from the file's bytes to entries. `cargo bench -p kiosk-roster`.
#![allow(clippy::unwrap_used, missing_docs, reason = "a bench; criterion's macros write no docs")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use encoding_rs::GB18030;
use kiosk_core::id_document::mod_11_2_check;
use rust_xlsxwriter::Workbook;

const STUDENTS: u32 = 100_000;

fn rows() -> impl Iterator<Item = [String; 7]> {
    let header = ["学号", "姓名", "证件号码", "学院", "专业", "班级", "层次"].map(str::to_owned);
    std::iter::once(header).chain((0..STUDENTS).map(|n| {
        let day = n / 1000;
        let body = format!(
            "110105{}{:02}{:02}{:03}",
            1900 + day / 336 % 10,
            1 + day / 28 % 12,
            1 + day % 28,
            n % 1000
        );
        let check = mod_11_2_check(&body).unwrap();
        [
            format!("2099{n:06}"),
            format!("测试·第{n}号"),
            format!("{body}{check}"),
            format!("示例学院{}", n / 8000),
            "虚构专业".to_owned(),
            format!("示例{:04}班", n / 40),
            "本科".to_owned(),
        ]
    }))
}

fn read(c: &mut Criterion) {
    let csv: String = rows().map(|row| row.join(",") + "\r\n").collect();
    let gb18030 = GB18030.encode(&csv).0.into_owned();
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, cells) in (0..).zip(rows()) {
        for (column, cell) in (0..).zip(cells) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    let xlsx = workbook.save_to_buffer().unwrap();

    let mut group = c.benchmark_group("read_100000_students");
    group.sample_size(10).throughput(Throughput::Elements(u64::from(STUDENTS)));
    for (name, file) in [("csv_gb18030", &gb18030), ("xlsx", &xlsx)] {
        group.bench_function(name, |b| {
            b.iter(|| {
                let roster = kiosk_roster::read(black_box(file)).unwrap();
                assert_eq!((roster.entries.len(), roster.bad_lines.len()), (STUDENTS as usize, 0));
            });
        });
    }
    group.finish();
}

criterion_group!(benches, read);
criterion_main!(benches);
