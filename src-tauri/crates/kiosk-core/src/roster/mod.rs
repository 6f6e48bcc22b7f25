//! A school's own list of students: rows of cells become entries and bad lines.
//!
//! CSV is read here: UTF-8 (with or without a byte order mark), UTF-16 with a mark, or GB18030; comma, semicolon or tab.
//! Files of spreadsheets and databases come as [`Row`]s from outside. Title lines above the header are allowed. Every line below the header either becomes an entry or is named with its number
//! and a reason: [`Roster::entries`] and [`Roster::bad_lines`] add up to what the file holds.

mod columns;
mod csv_rows;
mod line;
mod reason;
mod repeats;
mod table;
mod text;

use std::fmt;

use crate::id_document::{BracketRule, IdNumber, LastFour};
use crate::{CollectionCode, Fault, FaultCode};

pub use columns::Column;
pub use reason::{BadLine, BadLineKind, BadLineReason};
pub use table::{Cell, Row};

/// Lines that are searched for the header; titles stand above it.
const HEADER_WITHIN: usize = 10;

impl RosterEntry {
    /// Whether the line names another document than `number`.
    pub fn contradicts(&self, number: &IdNumber) -> bool {
        let ends_otherwise = self.id_last4.as_ref().is_some_and(|four| {
            // A school counts brackets or leaves them out; its list does not say which.
            ![BracketRule::Counted, BracketRule::LeftOut].iter().any(|rule| four.matches(number, *rule))
        });
        ends_otherwise || self.id_number.as_ref().is_some_and(|own| !own.same_person(number))
    }
}

/// A list of students. `Debug` shows counts only.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Roster {
    /// The header's columns, in the list's order.
    pub columns: Vec<FoundColumn>,
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

/// One column of the header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundColumn {
    /// What stands in the header.
    pub header: String,
    /// What it means; `None` when the column is left aside.
    pub column: Option<Column>,
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
        Self::from_rows(csv_rows::split(&text::decode(bytes).ok_or(RosterError::NotText)?))
    }

    /// Reads the rows of a spreadsheet or a database.
    ///
    /// # Errors
    /// As [`Roster::from_csv`].
    pub fn from_rows(rows: impl IntoIterator<Item = Row>) -> Result<Self, RosterError> {
        line::read(rows)
    }

    /// The list as a school's roster: a line must tell a student number, ID number or code, and whatever name and student
    /// number the header promises.
    #[must_use]
    pub fn complete(mut self) -> Self {
        let promised: Vec<Column> = [Column::StudentNumber, Column::Name]
            .into_iter()
            .filter(|column| self.columns.iter().any(|found| found.column == Some(*column)))
            .collect();
        let lacks = |entry: &RosterEntry| {
            let named = entry.student_number.is_some() || entry.id_number.is_some() || entry.code.is_some();
            if !named {
                return Some(BadLineReason::NobodyNamed);
            }
            let tells = |column| match column {
                Column::Name => entry.name.is_some(),
                _ => entry.student_number.is_some(),
            };
            promised.iter().find(|column| !tells(**column)).map(|column| BadLineReason::Missing(*column))
        };
        let bad_lines = &mut self.bad_lines;
        self.entries.retain(|entry| match lacks(entry) {
            Some(reason) => {
                bad_lines.push(BadLine { line: entry.line, reason });
                false
            }
            None => true,
        });
        self.bad_lines.sort_by_key(|bad| bad.line);
        self
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
        let keys = CodeKeys::of(code);
        let among = |told: Option<&str>, keys: &[String]| {
            told.is_some_and(|told| keys.iter().any(|key| key.eq_ignore_ascii_case(told)))
        };
        self.only(&|e| among(e.code.as_deref(), &keys.codes))
            .or_else(|| self.only(&|e| among(e.student_number.as_deref(), &keys.student_numbers)))
    }

    fn only(&self, fits: &dyn Fn(&RosterEntry) -> bool) -> Option<&RosterEntry> {
        let mut found = self.entries.iter().filter(|entry| fits(entry));
        let first = found.next()?;
        found.next().is_none().then_some(first)
    }
}

/// Under what a list may name a collection code's student.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct CodeKeys {
    /// The code's own number, its text, its bytes in hexadecimal.
    pub codes: Vec<String>,
    /// Student numbers.
    pub student_numbers: Vec<String>,
}

/// Longer payloads stand in no list.
const LONGEST_KEY: usize = 256;

impl CodeKeys {
    /// Everything that a list could hold of `code`.
    #[must_use]
    pub fn of(code: &CollectionCode) -> Self {
        let text = code.text().map(|text| text.trim().to_owned());
        let text = text.filter(|text| !text.is_empty() && text.len() <= LONGEST_KEY);
        if let Some(fields) = &code.fields {
            let own = fields.code.iter().map(|code| code.trim().to_owned()).chain(text);
            let student_number = fields.student_number.iter().map(|number| number.trim().to_owned());
            return Self { codes: own.collect(), student_numbers: student_number.collect() };
        }
        let bytes = (code.payload.len() <= LONGEST_KEY / 2)
            .then(|| code.payload.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}")));
        Self {
            codes: text.clone().into_iter().chain(bytes).collect(),
            student_numbers: text.into_iter().collect(),
        }
    }
}

impl fmt::Debug for CodeKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CodeKeys({} codes, {} student numbers)", self.codes.len(), self.student_numbers.len())
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
