use serde::{Deserialize, Serialize};

use super::Column;
use crate::id_document::{IdNumberError, LastFourError};

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
    /// The header promises it and the cell is empty.
    #[error("{0}: missing")]
    Missing(Column),
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
    /// A spreadsheet turned a long number into `1.10105E+17` or put zeros at its end; its digits are lost.
    #[error("{0}: a spreadsheet has shortened the number; format the column as text")]
    ShortenedBySpreadsheet(Column),
    /// `#N/A` and its like, or a date that a spreadsheet made of a number or a class.
    #[error("{0}: the cell holds an error or a date; format the column as text")]
    NotText(Column),
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

/// [`BadLineReason`] without its particulars: for words in every language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum BadLineKind {
    /// Nothing tells whom it is about.
    NobodyNamed,
    /// A cell that must not be empty is.
    Missing,
    /// More cells than the header.
    TooManyCells,
    /// A cell runs on to other lines.
    CellRunsOn,
    /// A spreadsheet has shortened the number.
    Shortened,
    /// An error or a date in the place of text.
    NotText,
    /// A character was lost.
    LostCharacter,
    /// The check character of the ID number does not fit.
    BadChecksum,
    /// The date of birth in the ID number is not in the calendar.
    BadDate,
    /// The ID number has the wrong length or a wrong character.
    BadIdNumber,
    /// The last four are not four.
    BadLastFour,
    /// Whole number and last four differ.
    LastFourDiffers,
    /// The same stood in another line.
    Repeated,
}

impl BadLineReason {
    /// Which kind of reason.
    #[must_use]
    pub fn kind(&self) -> BadLineKind {
        match self {
            Self::NobodyNamed => BadLineKind::NobodyNamed,
            Self::Missing(_) => BadLineKind::Missing,
            Self::TooManyCells { .. } => BadLineKind::TooManyCells,
            Self::CellRunsOn { .. } => BadLineKind::CellRunsOn,
            Self::ShortenedBySpreadsheet(_) => BadLineKind::Shortened,
            Self::NotText(_) => BadLineKind::NotText,
            Self::LostCharacter(_) => BadLineKind::LostCharacter,
            Self::BadIdNumber(IdNumberError::BadChecksum) => BadLineKind::BadChecksum,
            Self::BadIdNumber(IdNumberError::BadDate) => BadLineKind::BadDate,
            Self::BadIdNumber(_) => BadLineKind::BadIdNumber,
            Self::BadLastFour(_) => BadLineKind::BadLastFour,
            Self::LastFourDiffers => BadLineKind::LastFourDiffers,
            Self::Repeated { .. } => BadLineKind::Repeated,
        }
    }

    /// The column that it is about.
    #[must_use]
    pub fn column(&self) -> Option<Column> {
        match self {
            Self::Missing(column)
            | Self::ShortenedBySpreadsheet(column)
            | Self::NotText(column)
            | Self::LostCharacter(column)
            | Self::Repeated { column, .. } => Some(*column),
            Self::BadIdNumber(_) => Some(Column::IdNumber),
            Self::BadLastFour(_) | Self::LastFourDiffers => Some(Column::IdLast4),
            Self::NobodyNamed | Self::TooManyCells { .. } | Self::CellRunsOn { .. } => None,
        }
    }

    /// The other line that it speaks of: the first of two alike, or the last that a cell runs on to.
    #[must_use]
    pub fn other_line(&self) -> Option<u64> {
        match self {
            Self::Repeated { first, .. } => Some(*first),
            Self::CellRunsOn { to } => Some(*to),
            _ => None,
        }
    }
}
