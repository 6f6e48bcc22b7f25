//! What was sent to a printer. A sheet may be sent as often as paper asks for; only [`crate::NewPrint`] says that orders were printed.

use kiosk_core::order::UnixMillis;
use rusqlite::{Connection, Row, params};

use crate::error::StoreError;

pub(crate) const SCHEMA: &str = "
CREATE TABLE print_queue (
    id         INTEGER PRIMARY KEY,
    job_id     TEXT    NOT NULL REFERENCES print_jobs (id),
    file       TEXT    NOT NULL,             -- of the sheet
    printer    TEXT    NOT NULL,
    state      TEXT    NOT NULL CHECK (state IN ('queued', 'sent', 'printed', 'failed')),
    system_job TEXT    NOT NULL DEFAULT '',  -- the system's name of it
    detail     TEXT    NOT NULL DEFAULT '',  -- what the system said
    at         INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT;
";

/// Where a print stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueuedState {
    /// Written down, not yet handed to the system.
    Queued,
    /// In the system's queue.
    Sent,
    /// On paper.
    Printed,
    /// Not on paper, or nobody knows.
    Failed,
}

impl QueuedState {
    const ALL: [Self; 4] = [Self::Queued, Self::Sent, Self::Printed, Self::Failed];

    fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Printed => "printed",
            Self::Failed => "failed",
        }
    }
}

/// One print of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedPrint {
    /// Counts up.
    pub id: i64,
    /// The sheet: [`crate::NewPrint::id`].
    pub job: String,
    /// The sheet's file.
    pub file: String,
    /// The printer.
    pub printer: String,
    /// Where it stands.
    pub state: QueuedState,
    /// The system's name of it; empty before it has one.
    pub system_job: String,
    /// What the system said.
    pub detail: String,
    /// When it was asked for.
    pub at: UnixMillis,
}

pub(crate) fn add(
    conn: &Connection,
    job: &str,
    file: &str,
    printer: &str,
    at: UnixMillis,
) -> Result<i64, StoreError> {
    conn.execute(
        "INSERT INTO print_queue (job_id, file, printer, state, at, changed_at) VALUES (?1, ?2, ?3, 'queued', ?4, ?4)",
        params![job, file, printer, at],
    )?;
    Ok(conn.last_insert_rowid())
}

pub(crate) fn change(conn: &Connection, print: &QueuedPrint, at: UnixMillis) -> Result<(), StoreError> {
    conn.execute(
        "UPDATE print_queue SET state = ?2, system_job = ?3, detail = ?4, changed_at = ?5 WHERE id = ?1",
        params![print.id, print.state.as_str(), print.system_job, print.detail, at],
    )?;
    Ok(())
}

/// Newest first.
pub(crate) fn list(conn: &Connection, limit: u32) -> Result<Vec<QueuedPrint>, StoreError> {
    let mut statement = conn.prepare_cached("SELECT * FROM print_queue ORDER BY id DESC LIMIT ?1")?;
    let prints = statement.query_map([limit], from_row)?;
    Ok(prints.collect::<Result<_, _>>()?)
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<QueuedPrint> {
    let state: String = row.get("state")?;
    Ok(QueuedPrint {
        id: row.get("id")?,
        job: row.get("job_id")?,
        file: row.get("file")?,
        printer: row.get("printer")?,
        state: QueuedState::ALL.into_iter().find(|s| s.as_str() == state).unwrap_or(QueuedState::Failed),
        system_job: row.get("system_job")?,
        detail: row.get("detail")?,
        at: row.get("at")?,
    })
}
