//! Codes are read, and never wrongly, on a small sample; the committed table keeps what was promised beside the other decoders.
#![allow(clippy::unwrap_used, reason = "helpers of tests are not inside #[test]")]

use kiosk_proof::{Decoder, SCAN_TABLE, ScanPlan, ScanReport, ScanWatch, prove_scan};

struct Nobody;

impl ScanWatch for Nobody {
    fn progress(&self, _: usize, _: usize) {}
}

#[test]
fn a_sample_is_read_and_never_wrongly() {
    let only = Some("tilt".to_owned());
    let plan = ScanPlan { pictures: Vec::new(), only, python: None, sample: Some([2, 2]) };
    let report = prove_scan(&plan, &Nobody).unwrap();
    assert_eq!(report.decoders, [Decoder::Rqrr, Decoder::Rxing, Decoder::Ours]);
    assert_eq!((report.frames.len(), report.sequences.len()), (6, 6));
    assert!(!report.frames.iter().any(|tried| tried.wrong));
    assert!(!report.sequences.iter().any(|followed| followed.wrong));
    let share = |decoder| ScanReport::share(&report.frames, decoder);
    assert!(share(Decoder::Ours) >= share(Decoder::Rxing), "{report}");
    let (times, all) = report.times(Decoder::Ours, None);
    assert_eq!((times.len(), all), (2, 2), "{report}");
}

/// Rows of a chapter: the name, then a cell a decoder.
fn rows(table: &str, chapter: &str) -> Vec<Vec<String>> {
    let chapter = table
        .split("\n## ")
        .find(|text| text.lines().next().is_some_and(|title| title.contains(chapter)))
        .unwrap();
    let rows = chapter.lines().filter(|line| line.starts_with("| "));
    rows.map(|row| row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()).collect()
}

fn row<'a>(rows: &'a [Vec<String>], name: &str) -> &'a [String] {
    &rows.iter().find(|row| row[0] == name).unwrap()[1..]
}

#[test]
fn the_committed_table_keeps_what_was_promised() {
    let table = std::fs::read_to_string(SCAN_TABLE).unwrap();
    for chapter in ["Time to decode", "single frames", "pictures from elsewhere"] {
        let rows = rows(&table, chapter);
        assert_eq!(rows[0][1..], ["rqrr", "rxing", "zbar", "zxing-cpp", "ours"], "{chapter}");
        assert_eq!(row(&rows, "wrong")[4], "0", "{chapter}");
        let all = row(&rows, "all");
        if chapter.starts_with("Time") {
            // `read/all · median · 90 %`, in seconds.
            let parts = |cell: &String| -> Vec<String> { cell.split(" · ").map(str::to_owned).collect() };
            let read = |cell: &String| parts(cell)[0].split('/').next().unwrap().parse::<u32>().unwrap();
            // A decoder that read too few has no median.
            let median = |cell: &String| parts(cell)[1].parse::<f64>().unwrap_or(f64::INFINITY);
            let ninetieth: f64 = parts(&all[4])[2].parse().unwrap();
            assert!(median(&all[4]) <= 0.5 && ninetieth <= 1.0, "{all:?}");
            assert!(all[..4].iter().all(|other| read(other) <= read(&all[4])), "{all:?}");
            assert!(all[..4].iter().all(|other| median(other) >= median(&all[4])), "{all:?}");
        } else {
            let share = |cell: &String| cell.parse::<f64>().unwrap();
            assert!(all[..4].iter().all(|other| share(other) < share(&all[4])), "{chapter}: {all:?}");
        }
    }
    let hostile = rows(&table, "Pictures made to do harm");
    assert!(hostile.len() > 10);
    for picture in &hostile[1..] {
        assert!(picture[2].parse::<f64>().unwrap() <= 250.0 && picture[3] == "0", "{picture:?}");
    }
}
