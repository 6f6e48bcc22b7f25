//! Lines of the list: finds the header, then reads each line below it.

use std::collections::HashMap;

use csv::StringRecord;

use super::columns::photo_key;
use super::{BadLine, BadLineReason as Reason, Column, HEADER_WITHIN, Roster, RosterEntry, RosterError};
use crate::id_document::{BracketRule, IdNumber, LastFour};

/// A record and the lines that it spans.
struct Line {
    first: u64,
    last: u64,
    cells: StringRecord,
}

pub(super) fn read(text: &str) -> Result<Roster, RosterError> {
    let mut lines = split(text).into_iter();
    let mut width = 0;
    let columns = lines
        .by_ref()
        .take(HEADER_WITHIN)
        .find_map(|line| {
            width = line.cells.len();
            header(&line.cells)
        })
        .ok_or(RosterError::NoHeader)?;
    if let Some((_, column)) =
        columns.iter().enumerate().find(|(i, c)| columns[..*i].iter().any(|b| b.1 == c.1))
    {
        return Err(RosterError::ColumnTwice(column.1));
    }

    let mut roster = Roster::default();
    let mut seen = HashMap::new();
    for line in lines {
        match entry(&line, &columns, width).and_then(|entry| unrepeated(entry, &mut seen)) {
            Ok(entry) => roster.entries.push(entry),
            Err(reason) => roster.bad_lines.push(BadLine { line: line.first, reason }),
        }
    }
    Ok(roster)
}

/// Every line that is not blank.
fn split(text: &str) -> Vec<Line> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(text))
        .from_reader(text.as_bytes());
    let mut lines = Vec::new();
    let mut cells = StringRecord::new();
    // The text is valid UTF-8 in memory and any number of cells is allowed, so that no record is an error.
    while matches!(reader.read_record(&mut cells), Ok(true)) {
        let Some(start) = cells.position() else { continue };
        // A record's position is before the blank lines that the reader skips.
        let rest = text.get(start.byte() as usize..).unwrap_or_default();
        let blank = rest.bytes().take_while(|b| *b == b'\n').count() as u64;
        let first = start.line() + blank;
        let breaks = cells.iter().map(|cell| cell.matches('\n').count() as u64).sum::<u64>();
        if cells.iter().any(|cell| !cell.trim().is_empty()) {
            lines.push(Line { first, last: first + breaks, cells: cells.clone() });
        }
    }
    lines
}

/// The separator that the first lines use most.
fn delimiter(text: &str) -> u8 {
    let count =
        |byte: u8| text.lines().take(HEADER_WITHIN).flat_map(str::bytes).filter(|b| *b == byte).count();
    b",\t;".iter().copied().rev().max_by_key(|b| count(*b)).unwrap_or(b',')
}

/// The known columns of a header, or `None` when the line is not one.
fn header(cells: &StringRecord) -> Option<Vec<(usize, Column)>> {
    let columns: Vec<(usize, Column)> =
        cells.iter().enumerate().filter_map(|(at, cell)| Some((at, Column::of_header(cell)?))).collect();
    columns.iter().any(|(_, column)| column.identifies()).then_some(columns)
}

fn entry(line: &Line, columns: &[(usize, Column)], width: usize) -> Result<RosterEntry, Reason> {
    if line.last > line.first {
        return Err(Reason::CellRunsOn { to: line.last });
    }
    if line.cells.iter().skip(width).any(|cell| !cell.trim().is_empty()) {
        return Err(Reason::TooManyCells { expected: width, found: line.cells.len() });
    }
    let mut entry = RosterEntry { line: line.first, ..RosterEntry::default() };
    for (at, column) in columns {
        let cell = tidy(line.cells.get(*at).unwrap_or_default());
        if !cell.is_empty() {
            put(&mut entry, *column, cell)?;
        }
    }
    if let (Some(number), Some(four)) = (&entry.id_number, &entry.id_last4)
        && ![BracketRule::Counted, BracketRule::LeftOut].iter().any(|rule| four.matches(number, *rule))
    {
        return Err(Reason::LastFourDiffers);
    }
    let named = entry.student_number.is_some()
        || entry.id_number.is_some()
        || entry.code.is_some()
        || entry.photo.is_some();
    if named { Ok(entry) } else { Err(Reason::NobodyNamed) }
}

/// Without the tricks that keep a number a text in a spreadsheet: `'0123`, `="0123"`, a tab.
fn tidy(cell: &str) -> &str {
    let cell = cell.trim();
    let cell = cell.strip_prefix("=\"").and_then(|c| c.strip_suffix('"')).unwrap_or(cell);
    cell.strip_prefix('\'').unwrap_or(cell).trim()
}

fn put(entry: &mut RosterEntry, column: Column, cell: &str) -> Result<(), Reason> {
    if cell.contains('\u{FFFD}') {
        return Err(Reason::LostCharacter(column));
    }
    if is_number(column) && is_shortened(cell) {
        return Err(Reason::ShortenedBySpreadsheet(column));
    }
    let place = match column {
        Column::IdNumber => return put_id_number(entry, cell),
        Column::IdLast4 => {
            entry.id_last4 = Some(LastFour::parse(cell).map_err(Reason::BadLastFour)?);
            return Ok(());
        }
        Column::StudentNumber => &mut entry.student_number,
        Column::Name => &mut entry.name,
        Column::School => &mut entry.school,
        Column::College => &mut entry.college,
        Column::Major => &mut entry.major,
        Column::Class => &mut entry.class,
        Column::Level => &mut entry.level,
        Column::ExamNumber => &mut entry.exam_number,
        Column::Code => &mut entry.code,
        Column::Photo => &mut entry.photo,
    };
    *place = Some(cell.to_owned());
    Ok(())
}

/// Lists that may not tell the number tell `1101**********002X` or `002X` in its column.
fn put_id_number(entry: &mut RosterEntry, cell: &str) -> Result<(), Reason> {
    let end = cell.rsplit(['*', '＊']).next().unwrap_or(cell);
    if end.len() < cell.len() || end.chars().count() == 4 {
        entry.id_last4 = Some(LastFour::parse(end).map_err(Reason::BadLastFour)?);
    } else {
        entry.id_number = Some(IdNumber::parse(cell).map_err(Reason::BadIdNumber)?);
    }
    Ok(())
}

fn is_number(column: Column) -> bool {
    matches!(column, Column::StudentNumber | Column::IdNumber | Column::ExamNumber | Column::Code)
}

/// `1.10105E+17`: digits with a point, then an exponent with its sign.
fn is_shortened(cell: &str) -> bool {
    cell.to_ascii_uppercase().split_once("E+").is_some_and(|(mantissa, exponent)| {
        mantissa.bytes().all(|b| b.is_ascii_digit() || b == b'.')
            && exponent.bytes().all(|b| b.is_ascii_digit())
    })
}

/// A student number, a code and a picture belong to one line each. An ID number may come twice: one person may
/// hold two records.
fn unrepeated(entry: RosterEntry, seen: &mut HashMap<(Column, String), u64>) -> Result<RosterEntry, Reason> {
    let keys: Vec<(Column, String)> = [
        (Column::StudentNumber, entry.student_number.as_deref().map(str::to_lowercase)),
        (Column::Code, entry.code.as_deref().map(str::to_lowercase)),
        (Column::Photo, entry.photo.as_deref().map(photo_key)),
    ]
    .into_iter()
    .filter_map(|(column, value)| Some((column, value?)))
    .collect();
    if let Some((key, first)) = keys.iter().find_map(|key| Some((key, seen.get(key)?))) {
        return Err(Reason::Repeated { column: key.0, first: *first });
    }
    seen.extend(keys.into_iter().map(|key| (key, entry.line)));
    Ok(entry)
}
