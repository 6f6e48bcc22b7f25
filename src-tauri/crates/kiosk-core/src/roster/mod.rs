//! A school's own list of students, read from CSV as spreadsheets and student-record systems write it.
//!
//! UTF-8 (with or without a byte order mark), UTF-16 with a mark, or GB18030; comma, semicolon or tab. Title
//! lines above the header are allowed. Every line below the header either becomes an entry or is named with its number
//! and a reason: [`Roster::entries`] and [`Roster::bad_lines`] add up to what the file holds.

mod columns;
mod line;
mod text;

use std::fmt;

use crate::id_document::{IdNumber, IdNumberError, LastFour, LastFourError};
use crate::{CollectionCode, Fault, FaultCode};

pub use columns::Column;

/// Lines that are searched for the header; titles stand above it.
const HEADER_WITHIN: usize = 10;

/// A list of students. `Debug` shows counts only.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Roster {
    /// Students, in the list's order.
    pub entries: Vec<RosterEntry>,
    /// Lines that did not become an entry.
    pub bad_lines: Vec<BadLine>,
}

/// One student of a list. What the list does not tell is `None`; nothing is an empty text.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct RosterEntry {
    /// Line in the file, from 1.
    pub line: u64,
    /// Student number (学号).
    pub student_number: Option<String>,
    /// Full name (姓名).
    pub name: Option<String>,
    /// Number of the ID document (证件号码), when the list tells the whole of it.
    pub id_number: Option<IdNumber>,
    /// The last four of it, told alone or as the open end of a masked number.
    pub id_last4: Option<LastFour>,
    /// School's name (学校).
    pub school: Option<String>,
    /// College (学院).
    pub college: Option<String>,
    /// Subject (专业).
    pub major: Option<String>,
    /// Class (班级).
    pub class: Option<String>,
    /// Level (层次).
    pub level: Option<String>,
    /// Number at the entrance examination (考生号).
    pub exam_number: Option<String>,
    /// Collection code (采集码), its 16 hexadecimal digits.
    pub code: Option<String>,
    /// Name of the student's picture file.
    pub photo: Option<String>,
}

/// A line that did not become an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadLine {
    /// Line in the file, from 1.
    pub line: u64,
    /// Why.
    pub reason: BadLineReason,
}

/// What is wrong with a line. No variant can hold a name or a number of a person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadLineReason {
    /// Neither student number, ID number, collection code nor picture.
    #[error("nothing tells whom it is about")]
    NobodyNamed,
    /// Cells that are not empty stand outside of the header's columns.
    #[error("{found} cells, the header has {expected}")]
    TooManyCells {
        /// Cells of the header.
        expected: usize,
        /// Cells of the line.
        found: usize,
    },
    /// A line break inside a cell: as a rule a quotation mark that is never closed, which swallows other lines.
    #[error("a cell runs on to line {to}; is a quotation mark left open?")]
    CellRunsOn {
        /// Last line of the cell.
        to: u64,
    },
    /// A spreadsheet turned a long number into `1.10105E+17`; its digits are lost.
    #[error("{0}: a spreadsheet has shortened the number; format the column as text")]
    ShortenedBySpreadsheet(Column),
    /// U+FFFD: a character was lost before the file came here.
    #[error("{0}: a character was lost")]
    LostCharacter(Column),
    /// The number of the ID document is not valid.
    #[error("id number: {0}")]
    BadIdNumber(IdNumberError),
    /// The last four are not four.
    #[error("last four: {0}")]
    BadLastFour(LastFourError),
    /// The whole number does not end in the last four of the same line.
    #[error("the id number does not end in the last four")]
    LastFourDiffers,
    /// The same value stood in this column before, where every line needs its own.
    #[error("{column}: the same as in line {first}")]
    Repeated {
        /// The column.
        column: Column,
        /// Line that had it first.
        first: u64,
    },
}

/// A file that is not a list at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RosterError {
    /// Neither UTF-8, UTF-16 with a mark, nor GB18030.
    #[error("not text in UTF-8, UTF-16 or GB18030")]
    NotText,
    /// No line names a student number, ID number, collection code or picture as a column.
    #[error(
        "no header with a column such as 学号, 证件号码, 采集码, photo in the first {HEADER_WITHIN} lines"
    )]
    NoHeader,
    /// Two columns mean the same.
    #[error("two columns for {0}")]
    ColumnTwice(Column),
}

impl From<RosterError> for Fault {
    fn from(error: RosterError) -> Self {
        Self::new(FaultCode::ListUnreadable, error.to_string())
    }
}

impl Roster {
    /// Reads a list.
    ///
    /// # Errors
    /// Only when the whole file cannot be a list; a bad line is named in [`Roster::bad_lines`].
    pub fn from_csv(bytes: &[u8]) -> Result<Self, RosterError> {
        line::read(&text::decode(bytes).ok_or(RosterError::NotText)?)
    }

    /// The one entry for a picture file: by the photo column, else a student number or ID number that is the
    /// file's stem. `None` as well when several entries fit equally.
    pub fn for_photo(&self, file_name: &str) -> Option<&RosterEntry> {
        let name = columns::photo_key(file_name);
        let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
        let fits: [&dyn Fn(&RosterEntry) -> bool; 3] = [
            &|e| {
                e.photo.as_deref().map(columns::photo_key).is_some_and(|photo| photo == name || photo == stem)
            },
            &|e| e.student_number.as_deref().is_some_and(|number| number.eq_ignore_ascii_case(stem)),
            &|e| e.id_number.as_ref().is_some_and(|number| number.canonical().eq_ignore_ascii_case(stem)),
        ];
        fits.iter().find_map(|fit| self.only(fit))
    }

    /// The one entry for a collection code: by its own number, else by its student number.
    pub fn for_code(&self, code: &CollectionCode) -> Option<&RosterEntry> {
        let text = code.text();
        let own = code.fields.as_ref().and_then(|f| f.code.as_deref()).or(text.as_deref());
        let student = code.fields.as_ref().and_then(|f| f.student_number.as_deref());
        let equal = |a: Option<&str>, b: Option<&str>| {
            a.zip(b).is_some_and(|(a, b)| a.eq_ignore_ascii_case(b.trim()))
        };
        self.only(&|e| equal(e.code.as_deref(), own))
            .or_else(|| self.only(&|e| equal(e.student_number.as_deref(), student)))
    }

    fn only(&self, fits: &dyn Fn(&RosterEntry) -> bool) -> Option<&RosterEntry> {
        let mut found = self.entries.iter().filter(|entry| fits(entry));
        let first = found.next()?;
        found.next().is_none().then_some(first)
    }
}

impl fmt::Debug for Roster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Roster({} entries, bad lines: {:?})", self.entries.len(), self.bad_lines)
    }
}

impl fmt::Debug for RosterEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RosterEntry(line {})", self.line)
    }
}

#[cfg(test)]
mod tests;
