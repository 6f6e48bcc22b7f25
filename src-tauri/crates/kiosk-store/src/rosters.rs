//! Schools' own lists: imported whole or not at all, looked up by every visit, compared with the orders at any moment.
//!
//! An import never touches an order. A line of a later list is the same student's when student number, else code, else ID number is the same;
//! whom a later list leaves out stays in the table, counts as absent and is found by no visit.

use std::collections::HashSet;
use std::fmt;

use kiosk_core::id_document::IdNumber;
use kiosk_core::order::UnixMillis;
use kiosk_core::roster::RosterEntry;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, TransactionBehavior, params};
use serde_json::json;

use crate::audit::{self, Action, Entry};
use crate::digest::hex;
use crate::error::StoreError;

// Not sealed as orders are: the school's file is the record, and importing it again mends every row.
pub(crate) const SCHEMA: &str = "
CREATE TABLE rosters (
    id          INTEGER PRIMARY KEY,
    school      TEXT    NOT NULL UNIQUE,   -- empty when nobody named it
    imports     INTEGER NOT NULL CHECK (imports >= 1),
    imported_at INTEGER NOT NULL,
    sha256      BLOB    NOT NULL CHECK (length(sha256) = 32)  -- of the last file
) STRICT;
CREATE TABLE roster_entries (
    id             INTEGER PRIMARY KEY,
    roster         INTEGER NOT NULL REFERENCES rosters (id),
    record         TEXT    NOT NULL,       -- what makes a line of two imports the same student's
    import         INTEGER NOT NULL,       -- the last that named the student; an older one than the roster's: absent
    line           INTEGER NOT NULL,
    student_number TEXT,
    name           TEXT,
    id_number      TEXT,
    long_id        TEXT,                   -- the 18-character form, for comparisons
    id_last4       TEXT,
    school         TEXT,
    college        TEXT,
    major          TEXT,
    class          TEXT,
    level          TEXT,
    exam_number    TEXT,
    code           TEXT,
    UNIQUE (roster, record)
) STRICT;
CREATE INDEX roster_entries_by_student_number ON roster_entries (student_number COLLATE NOCASE);
CREATE INDEX roster_entries_by_code ON roster_entries (code COLLATE NOCASE);
CREATE INDEX roster_entries_by_long_id ON roster_entries (long_id);
CREATE INDEX roster_entries_by_name ON roster_entries (name);
";

/// What an entry tells, in the order of its columns from `student_number`.
const TOLD: &str = "student_number, name, id_number, long_id, id_last4, school, college, major, class, level, exam_number, code";

/// Lines between two reports of progress.
const STRIDE: usize = 500;

/// A list to import. `Debug` shows counts only.
pub struct NewRoster<'r> {
    /// Whose list it is; empty when nobody said.
    pub school: &'r str,
    /// The students.
    pub entries: &'r [RosterEntry],
    /// SHA-256 of the file.
    pub sha256: [u8; 32],
    /// Who imports.
    pub actor: &'r str,
    /// When.
    pub at: UnixMillis,
}

impl fmt::Debug for NewRoster<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NewRoster({} entries)", self.entries.len())
    }
}

/// What an import did, or would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RosterChange {
    /// Students whom the roster did not know.
    pub added: u32,
    /// Students of whom it now tells something else, or who are back.
    pub changed: u32,
    /// Students whose line is as it was.
    pub unchanged: u32,
    /// Students of earlier lists whom this one leaves out.
    pub absent: u32,
}

/// A school's list in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterSummary {
    /// Whose; empty when nobody said.
    pub school: String,
    /// Students of the newest list.
    pub students: u32,
    /// Of those, with a photo that was not returned.
    pub captured: u32,
    /// When it was imported last.
    pub imported_at: UnixMillis,
}

/// Imports a list, or finds out what that would change when `keep` is not set.
pub(crate) fn import(
    conn: &mut Connection,
    station: char,
    new: &NewRoster<'_>,
    keep: bool,
    progress: &mut dyn FnMut(usize),
) -> Result<RosterChange, StoreError> {
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let (roster, import) = next_import(&tx, new)?;
    let change = write_entries(&tx, roster, import, new.entries, progress)?;
    audit::append(
        &tx,
        &Entry {
            at: new.at,
            station,
            actor: new.actor,
            action: Action::RosterImported,
            order_id: None,
            detail: json!({
                "roster": roster, "import": import, "file_sha256": hex(&new.sha256), "added": change.added,
                "changed": change.changed, "unchanged": change.unchanged, "absent": change.absent,
            }),
        },
    )?;
    if keep {
        tx.commit()?;
    } else {
        tx.rollback()?;
    }
    Ok(change)
}

/// The roster's row and the number of this import.
fn next_import(tx: &Transaction<'_>, new: &NewRoster<'_>) -> Result<(i64, i64), StoreError> {
    let row = tx.query_row(
        "INSERT INTO rosters (school, imports, imported_at, sha256) VALUES (?1, 1, ?2, ?3)
         ON CONFLICT (school) DO UPDATE SET imports = imports + 1, imported_at = excluded.imported_at,
             sha256 = excluded.sha256
         RETURNING id, imports",
        params![new.school.trim(), new.at, new.sha256],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    Ok(row)
}

fn write_entries(
    tx: &Transaction<'_>,
    roster: i64,
    import: i64,
    entries: &[RosterEntry],
    progress: &mut dyn FnMut(usize),
) -> Result<RosterChange, StoreError> {
    let mut touch = tx.prepare_cached(&format!(
        "UPDATE roster_entries SET import = ?2, line = ?4
         WHERE roster = ?1 AND record = ?3 AND import = ?2 - 1
             AND ({TOLD}) IS (?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)"
    ))?;
    let mut put = tx.prepare_cached(&format!(
        "INSERT INTO roster_entries (roster, import, record, line, {TOLD})
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
         ON CONFLICT (roster, record) DO UPDATE SET import = excluded.import, line = excluded.line,
             student_number = excluded.student_number, name = excluded.name, id_number = excluded.id_number,
             long_id = excluded.long_id, id_last4 = excluded.id_last4, school = excluded.school,
             college = excluded.college, major = excluded.major, class = excluded.class, level = excluded.level,
             exam_number = excluded.exam_number, code = excluded.code"
    ))?;
    let count = || -> rusqlite::Result<u32> {
        tx.query_row("SELECT count(*) FROM roster_entries WHERE roster = ?1", [roster], |row| row.get(0))
    };
    let before = count()?;
    let mut unchanged = 0;
    let mut named = HashSet::with_capacity(entries.len());
    for (at, entry) in entries.iter().enumerate() {
        if at % STRIDE == 0 {
            progress(at);
        }
        let record = record_of(entry);
        if !named.insert(record.clone()) {
            return Err(StoreError::Misuse("a student stands in two lines"));
        }
        let long_id = entry.id_number.as_ref().map(long_form);
        let values = params![
            roster,
            import,
            record,
            entry.line.cast_signed(),
            entry.student_number,
            entry.name,
            entry.id_number.as_ref().map(IdNumber::canonical),
            long_id,
            entry.id_last4.as_ref().map(kiosk_core::id_document::LastFour::as_str),
            entry.school,
            entry.college,
            entry.major,
            entry.class,
            entry.level,
            entry.exam_number,
            entry.code,
        ];
        if before > 0 && touch.execute(values)? == 1 {
            unchanged += 1;
        } else {
            put.execute(values)?;
        }
    }
    progress(entries.len());
    let (after, all) = (count()?, u32::try_from(entries.len()).unwrap_or(u32::MAX));
    let added = after - before;
    Ok(RosterChange { added, changed: all - added - unchanged, unchanged, absent: after - all })
}

/// Student number, else code, else ID number.
fn record_of(entry: &RosterEntry) -> String {
    let told = |kind: &str, text: &str| format!("{kind}:{}", text.to_lowercase());
    match (&entry.student_number, &entry.code, &entry.id_number) {
        (Some(number), ..) => told("xh", number),
        (None, Some(code), _) => told("cjm", code),
        (None, None, Some(id)) => told("id", &long_form(id)),
        (None, None, None) => format!("line:{}", entry.line),
    }
}

fn long_form(number: &IdNumber) -> String {
    number.upgraded().unwrap_or_else(|| number.clone()).canonical().to_owned()
}

/// Every roster with its counts.
pub(crate) fn list(conn: &Connection) -> Result<Vec<RosterSummary>, StoreError> {
    let mut statement = conn.prepare_cached(&format!(
        "{TAKEN} SELECT r.school, r.imported_at, count(e.id), count(t.entry)
         FROM rosters r LEFT JOIN roster_entries e ON e.roster = r.id AND e.import = r.imports
             LEFT JOIN taken t ON t.entry = e.id
         GROUP BY r.id ORDER BY r.school"
    ))?;
    let rows = statement.query_map([], |row| {
        Ok(RosterSummary {
            school: row.get(0)?,
            imported_at: row.get(1)?,
            students: row.get(2)?,
            captured: row.get(3)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Entries with an order whose photo was not returned. One person may hold two records, so that the ID number counts only where one
/// side tells no student number.
pub(crate) const TAKEN: &str = "WITH taken AS (
    SELECT entry, max(number) AS number FROM (
        SELECT e.id AS entry, o.number FROM orders o
            JOIN roster_entries e ON e.student_number = o.student_number COLLATE NOCASE WHERE o.state <> 'returned'
        UNION ALL
        SELECT e.id, o.number FROM orders o
            JOIN roster_entries e ON e.code = o.code COLLATE NOCASE WHERE o.state <> 'returned'
        UNION ALL
        SELECT e.id, o.number FROM orders o
            JOIN roster_entries e ON e.long_id = o.id_number
            WHERE o.state <> 'returned' AND (o.student_number IS NULL OR e.student_number IS NULL)
    ) GROUP BY entry)";

/// A stored line.
pub(crate) fn entry_of(row: &Row<'_>) -> Result<RosterEntry, StoreError> {
    let damaged = |_| StoreError::Damaged("a roster's line is not readable".to_owned());
    let number: Option<String> = row.get("id_number")?;
    let four: Option<String> = row.get("id_last4")?;
    Ok(RosterEntry {
        line: row.get::<_, i64>("line")?.cast_unsigned(),
        student_number: row.get("student_number")?,
        name: row.get("name")?,
        id_number: number
            .map(|text| IdNumber::parse(&text).map_err(|e| damaged(e.to_string())))
            .transpose()?,
        id_last4: four
            .map(|text| kiosk_core::id_document::LastFour::parse(&text).map_err(|e| damaged(e.to_string())))
            .transpose()?,
        school: row.get("school")?,
        college: row.get("college")?,
        major: row.get("major")?,
        class: row.get("class")?,
        level: row.get("level")?,
        exam_number: row.get("exam_number")?,
        code: row.get("code")?,
        photo: None,
    })
}

/// The only line of the newest lists that fits; `None` as well when several do.
pub(crate) fn only(
    conn: &Connection,
    fits: &str,
    parameters: impl rusqlite::Params,
) -> Result<Option<RosterEntry>, StoreError> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT e.line, e.student_number, e.name, e.id_number, e.id_last4, coalesce(e.school, nullif(r.school, '')) AS school,
                e.college, e.major, e.class, e.level, e.exam_number, e.code
         FROM roster_entries e JOIN rosters r ON r.id = e.roster AND r.imports = e.import
         WHERE {fits} LIMIT 2"
    ))?;
    let mut rows = statement.query(parameters)?;
    let Some(first) = rows.next()?.map(entry_of).transpose()? else { return Ok(None) };
    Ok(rows.next()?.is_none().then_some(first))
}

/// Whether any list was imported.
pub(crate) fn any(conn: &Connection) -> Result<bool, StoreError> {
    Ok(conn.query_row("SELECT 1 FROM rosters LIMIT 1", [], |_| Ok(())).optional()?.is_some())
}
