//! Lines of the list: finds the header, then reads each line below it.

use std::borrow::Cow;

use super::repeats::Repeats;
use super::table::{Cell, Row};
use super::{
    BadLine, BadLineReason as Reason, Column, FoundColumn, HEADER_WITHIN, Roster, RosterEntry, RosterError,
};
use crate::id_document::{IdNumber, IdNumberError, LastFour};

pub(super) fn read(rows: impl IntoIterator<Item = Row>) -> Result<Roster, RosterError> {
    let mut rows = rows.into_iter().filter(|row| !row.cells.iter().all(Cell::is_blank));
    let mut width = 0;
    let found = rows
        .by_ref()
        .take(HEADER_WITHIN)
        .find_map(|row| {
            width = row.cells.len();
            header(&row.cells)
        })
        .ok_or(RosterError::NoHeader)?;
    let columns: Vec<(usize, Column)> =
        found.iter().enumerate().filter_map(|(at, found)| Some((at, found.column?))).collect();
    if let Some((_, column)) =
        columns.iter().enumerate().find(|(i, c)| columns[..*i].iter().any(|b| b.1 == c.1))
    {
        return Err(RosterError::ColumnTwice(column.1));
    }

    let mut roster = Roster { columns: found, ..Roster::default() };
    let mut repeats = Repeats::default();
    for row in rows {
        match entry(&row, &columns, width).and_then(|entry| repeats.first(entry)) {
            Ok(entry) => roster.entries.push(entry),
            Err(reason) => roster.bad_lines.push(BadLine { line: row.line, reason }),
        }
    }
    Ok(roster)
}

/// What a header's cells mean, or `None` when the line is not one.
fn header(cells: &[Cell]) -> Option<Vec<FoundColumn>> {
    let found: Vec<FoundColumn> = cells
        .iter()
        .map(|cell| match cell {
            Cell::Text(text) => {
                FoundColumn { header: text.trim().to_owned(), column: Column::of_header(text) }
            }
            _ => FoundColumn { header: String::new(), column: None },
        })
        .collect();
    found.iter().any(|found| found.column.is_some_and(Column::identifies)).then_some(found)
}

fn entry(row: &Row, columns: &[(usize, Column)], width: usize) -> Result<RosterEntry, Reason> {
    if row.last > row.line {
        return Err(Reason::CellRunsOn { to: row.last });
    }
    if row.cells.iter().skip(width).any(|cell| !cell.is_blank()) {
        return Err(Reason::TooManyCells { expected: width, found: row.cells.len() });
    }
    let mut entry = RosterEntry { line: row.line, ..RosterEntry::default() };
    for (at, column) in columns {
        let text = row.cells.get(*at).map(|cell| text_of(cell, *column)).transpose()?.unwrap_or_default();
        let cell = tidy(&text);
        if !cell.is_empty() {
            put(&mut entry, *column, cell)?;
        }
    }
    if entry.id_number.as_ref().is_some_and(|number| entry.contradicts(number)) {
        return Err(Reason::LastFourDiffers);
    }
    let named = entry.student_number.is_some()
        || entry.id_number.is_some()
        || entry.code.is_some()
        || entry.photo.is_some();
    if named { Ok(entry) } else { Err(Reason::NobodyNamed) }
}

/// A number stands for its digits while it has all of them.
fn text_of(cell: &Cell, column: Column) -> Result<Cow<'_, str>, Reason> {
    match cell {
        Cell::Text(text) => Ok(Cow::Borrowed(text)),
        Cell::Number(number) => match Cell::whole(*number) {
            Some(digits) => Ok(Cow::Owned(digits)),
            None if is_number(column) => Err(Reason::ShortenedBySpreadsheet(column)),
            None => Ok(Cow::Owned(number.to_string())),
        },
        Cell::Unusable => Err(Reason::NotText(column)),
    }
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
        entry.id_number = Some(IdNumber::parse(cell).map_err(|error| why_not(cell, error))?);
    }
    Ok(())
}

/// Text that was a number once: of eighteen digits a spreadsheet keeps fifteen and writes zeros for the rest.
fn why_not(cell: &str, error: IdNumberError) -> Reason {
    let damaged = cell.len() == 18 && cell.ends_with("000") && cell.bytes().all(|b| b.is_ascii_digit());
    if damaged { Reason::ShortenedBySpreadsheet(Column::IdNumber) } else { Reason::BadIdNumber(error) }
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
