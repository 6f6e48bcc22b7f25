//! What every kind of file becomes first: rows of cells with the line that people see beside them.

/// One cell. `Debug` would show people's data, so that there is none.
#[derive(Clone, PartialEq)]
pub enum Cell {
    /// Nothing, or text.
    Text(String),
    /// A number of a spreadsheet, which holds fifteen digits and no leading zero.
    Number(f64),
    /// An error such as `#N/A`, or a date that a spreadsheet made of something else.
    Unusable,
}

/// One row.
#[derive(Clone, PartialEq)]
pub struct Row {
    /// Line in the file, from 1.
    pub line: u64,
    /// Last line that the row's cells run on to; the same as `line` unless a cell has a line break.
    pub last: u64,
    /// Its cells, from the first column.
    pub cells: Vec<Cell>,
}

impl Row {
    /// A row in one line.
    pub fn new(line: u64, cells: Vec<Cell>) -> Self {
        Self { line, last: line, cells }
    }
}

/// A spreadsheet keeps fifteen digits; from here on it has put zeros in the place of the others.
const FIRST_INEXACT: f64 = 1e15;

impl Cell {
    /// Whether there is nothing in it.
    pub fn is_blank(&self) -> bool {
        matches!(self, Self::Text(text) if text.trim().is_empty())
    }

    /// The digits of a whole number that a spreadsheet has not damaged.
    pub(super) fn whole(number: f64) -> Option<String> {
        (number.fract() == 0.0 && (0.0..FIRST_INEXACT).contains(&number)).then(|| format!("{number:.0}"))
    }
}
