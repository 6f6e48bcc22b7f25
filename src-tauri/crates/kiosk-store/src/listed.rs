//! Who stands in a roster: for one visit, and by class for the operator.

use std::fmt;

use kiosk_core::CollectionCode;
use kiosk_core::id_document::{IdNumber, LastFour};
use kiosk_core::roster::{CodeKeys, RosterEntry};
use kiosk_core::session::Identification;
use rusqlite::{Connection, named_params, params};

use crate::error::StoreError;
use crate::rosters::{TAKEN, any, only};

/// Which students of the rosters to list, in the order of college, class and student number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterQuery {
    /// Those with a photo, or those without one.
    pub captured: bool,
    /// Only this college; the empty text means those without one.
    pub college: Option<String>,
    /// Only this class; the empty text means those without one.
    pub class: Option<String>,
    /// At most so many rows.
    pub limit: u32,
    /// Rows to leave out at the beginning.
    pub offset: u32,
}

/// A student of a roster. The ID number is masked; `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct ListedStudent {
    /// Student number.
    pub student_number: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// First six and last four of the ID number, or as much as the roster tells.
    pub id_number_masked: Option<String>,
    /// School: the line's own, else the roster's.
    pub school: Option<String>,
    /// College.
    pub college: Option<String>,
    /// Class.
    pub class: Option<String>,
    /// Newest order; `None` while there is no photo.
    pub order: Option<String>,
}

impl fmt::Debug for ListedStudent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ListedStudent(…)")
    }
}

/// How far a class is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassCount {
    /// College.
    pub college: Option<String>,
    /// Class.
    pub class: Option<String>,
    /// Its students.
    pub students: u32,
    /// Those with a photo that was not returned.
    pub captured: u32,
}

/// The line of a code: by the code itself, else by the student number that it tells.
pub(crate) fn by_code(conn: &Connection, code: &CollectionCode) -> Result<Option<RosterEntry>, StoreError> {
    if !any(conn)? {
        return Ok(None);
    }
    let keys = CodeKeys::of(code);
    for key in &keys.codes {
        if let Some(entry) = only(conn, "e.code = ?1 COLLATE NOCASE", [key])? {
            return Ok(Some(entry));
        }
    }
    for number in &keys.student_numbers {
        if let Some(entry) = by_student_number(conn, number)? {
            return Ok(Some(entry));
        }
    }
    Ok(None)
}

/// The line of somebody who typed: by student number, else by name and last four together.
pub(crate) fn by_typed(conn: &Connection, typed: &Identification) -> Result<Option<RosterEntry>, StoreError> {
    if let Some(entry) = by_student_number(conn, typed.student_number.trim())? {
        return Ok(Some(entry));
    }
    let Ok(four) = LastFour::parse(&typed.last_four) else { return Ok(None) };
    only(
        conn,
        "e.name = ?1 AND ?2 IN (e.id_last4, substr(e.id_number, -4), substr(e.long_id, -4),
             substr(replace(replace(e.id_number, '(', ''), ')', ''), -4))",
        params![typed.name.trim(), four.as_str()],
    )
}

fn by_student_number(conn: &Connection, number: &str) -> Result<Option<RosterEntry>, StoreError> {
    only(conn, "e.student_number = ?1 COLLATE NOCASE", [number])
}

/// Every class with its counts.
pub(crate) fn classes(conn: &Connection) -> Result<Vec<ClassCount>, StoreError> {
    let mut statement = conn.prepare_cached(&format!(
        "{TAKEN} SELECT e.college, e.class, count(*), count(t.entry)
         FROM roster_entries e JOIN rosters r ON r.id = e.roster AND r.imports = e.import
             LEFT JOIN taken t ON t.entry = e.id
         GROUP BY e.college, e.class ORDER BY e.college, e.class"
    ))?;
    let rows = statement.query_map([], |row| {
        Ok(ClassCount {
            college: row.get(0)?,
            class: row.get(1)?,
            students: row.get(2)?,
            captured: row.get(3)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Students with a photo, or without one.
pub(crate) fn students(conn: &Connection, query: &RosterQuery) -> Result<Vec<ListedStudent>, StoreError> {
    let mut statement = conn.prepare_cached(&format!(
        "{TAKEN} SELECT e.student_number, e.name, e.id_number, e.id_last4, e.college, e.class, t.number,
             coalesce(e.school, nullif(r.school, ''))
         FROM roster_entries e JOIN rosters r ON r.id = e.roster AND r.imports = e.import
             LEFT JOIN taken t ON t.entry = e.id
         WHERE (t.entry IS NOT NULL) = :captured AND (:class IS NULL OR coalesce(e.class, '') = :class)
             AND (:college IS NULL OR coalesce(e.college, '') = :college)
         ORDER BY e.college, e.class, e.student_number, e.line LIMIT :limit OFFSET :offset"
    ))?;
    let rows = statement.query_map(
        named_params! {
            ":captured": query.captured, ":class": query.class, ":college": query.college, ":limit": query.limit, ":offset": query.offset,
        },
        |row| {
            let number: Option<String> = row.get(2)?;
            let four: Option<String> = row.get(3)?;
            let whole = number.and_then(|text| IdNumber::parse(&text).ok());
            Ok(ListedStudent {
                student_number: row.get(0)?,
                name: row.get(1)?,
                id_number_masked: whole.map(|id| id.masked_for_operator()).or(four),
                school: row.get(7)?,
                college: row.get(4)?,
                class: row.get(5)?,
                order: row.get(6)?,
            })
        },
    )?;
    Ok(rows.collect::<Result<_, _>>()?)
}
