//! The wire of the rosters: what a list holds, what an import changes, who is captured and who is missing.

use kiosk_core::roster::{BadLineKind, Column};
use serde::{Deserialize, Serialize};

/// A list that was looked through. Nothing is written yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RosterPreview {
    /// Names this very file when it is imported.
    pub token: String,
    /// Whose list it is; empty when nobody said.
    pub school: String,
    /// The header's columns, in order.
    pub columns: Vec<RosterColumnFound>,
    /// Students whom an import would take.
    pub students: u32,
    /// Lines that it would leave out.
    pub bad: u32,
    /// Those lines; of very many the first.
    pub bad_lines: Vec<RosterBadLine>,
    /// What would change in the log; null without a log.
    pub changes: Option<RosterChanges>,
}

/// One column of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RosterColumnFound {
    /// What stands in the header.
    pub header: String,
    /// What it means; null when the column is left aside.
    pub means: Option<Column>,
}

/// A line that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RosterBadLine {
    /// Line in the file, from 1.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub line: u64,
    /// What is wrong.
    pub kind: BadLineKind,
    /// In which column.
    pub column: Option<Column>,
    /// The line that had the same first, or the last that a cell runs on to.
    #[cfg_attr(feature = "ts", ts(type = "number | null"))]
    pub other_line: Option<u64>,
    /// The same in words for the log.
    pub reason: String,
}

/// What an import changes. Orders stay as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RosterChanges {
    /// Students who are new.
    pub added: u32,
    /// Students whose line differs.
    pub changed: u32,
    /// Students whose line is the same.
    pub unchanged: u32,
    /// Students of the list before whom this one leaves out.
    pub absent: u32,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RosterProgress {
    /// Lines done.
    pub done: u32,
    /// Lines altogether; 0 while nothing is imported.
    pub total: u32,
}

/// The rosters in the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RosterOverview {
    /// Every school's list.
    pub schools: Vec<RosterSchool>,
    /// Every class.
    pub classes: Vec<ClassProgress>,
}

/// One school's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RosterSchool {
    /// Whose; empty when nobody said.
    pub school: String,
    /// Its students.
    pub students: u32,
    /// Those with a photo that was not returned.
    pub captured: u32,
    /// When it was imported last, milliseconds since 1970 UTC.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub imported_at: i64,
}

/// How far a class is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ClassProgress {
    /// College.
    pub college: Option<String>,
    /// Class.
    pub class: Option<String>,
    /// Its students.
    pub students: u32,
    /// Those with a photo that was not returned.
    pub captured: u32,
}

/// Which students of the rosters to list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(default)]
pub struct RosterStudentsQuery {
    /// Those with a photo, or those without one.
    pub captured: bool,
    /// Only this college, since classes of two may have one name; the empty text means those without one.
    pub college: Option<String>,
    /// Only this class; the empty text means those without one.
    pub class: Option<String>,
    /// Skip so many.
    pub offset: u32,
    /// At most so many.
    pub limit: u32,
}

/// One page of students, by college, class and student number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RosterStudents {
    /// The rows.
    pub rows: Vec<RosterStudent>,
    /// There are others after these.
    pub more: bool,
}

/// A student of a roster; the ID number is masked.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RosterStudent {
    /// Student number.
    pub student_number: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// First six and last four, or as much as the list tells.
    pub id_number_masked: Option<String>,
    /// College.
    pub college: Option<String>,
    /// Class.
    pub class: Option<String>,
    /// Number of the order; null while there is no photo.
    pub order: Option<String>,
}

impl std::fmt::Debug for RosterStudent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RosterStudent(…)")
    }
}
