//! CSV as rows: the separator is found, blank lines are left out, lines keep their numbers.

use csv::StringRecord;

use super::HEADER_WITHIN;
use super::table::{Cell, Row};

/// Every line that is not blank.
pub(super) fn split(text: &str) -> Vec<Row> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(text))
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    let mut record = StringRecord::new();
    // The text is valid UTF-8 in memory and any number of cells is allowed, so that no record is an error.
    while matches!(reader.read_record(&mut record), Ok(true)) {
        let Some(start) = record.position() else { continue };
        // A record's position is before the blank lines that the reader skips.
        let rest = text.get(start.byte() as usize..).unwrap_or_default();
        let blank = rest.bytes().take_while(|b| *b == b'\n').count() as u64;
        let line = start.line() + blank;
        let breaks = record.iter().map(|cell| cell.matches('\n').count() as u64).sum::<u64>();
        if record.iter().any(|cell| !cell.trim().is_empty()) {
            let cells = record.iter().map(|cell| Cell::Text(cell.to_owned())).collect();
            rows.push(Row { line, last: line + breaks, cells });
        }
    }
    rows
}

/// The separator that the first lines use most.
fn delimiter(text: &str) -> u8 {
    let count =
        |byte: u8| text.lines().take(HEADER_WITHIN).flat_map(str::bytes).filter(|b| *b == byte).count();
    b",\t;".iter().copied().rev().max_by_key(|b| count(*b)).unwrap_or(b',')
}
