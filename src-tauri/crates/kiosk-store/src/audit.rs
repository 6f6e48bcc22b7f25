//! Who did what, when: rows that are only ever appended, each holding the hash of the one before.
//!
//! The audit outlives the people in it. It names orders, versions, counts and hashes; never a name, an ID number or
//! anything else that a purge has to remove.

use kiosk_core::order::UnixMillis;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, TransactionBehavior, params};

use crate::digest::{Framed, Sum, hex};
use crate::error::StoreError;

pub(crate) const SCHEMA: &str = "
CREATE TABLE audit (
    seq      INTEGER PRIMARY KEY AUTOINCREMENT,  -- gapless; sqlite_sequence remembers the last one
    at       INTEGER NOT NULL,                   -- ms since 1970 UTC, as the machine's clock stood
    station  TEXT    NOT NULL,
    actor    TEXT    NOT NULL,
    action   TEXT    NOT NULL,
    order_id TEXT,
    detail   TEXT    NOT NULL CHECK (json_valid(detail)),
    hash     BLOB    NOT NULL CHECK (length(hash) = 32)  -- over the hash before and every column here
) STRICT;
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
";

/// The hash before the first row.
const GENESIS: Sum = [0; 32];

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    Accepted,
    Retaken,
    Overridden,
    Marked,
    Revealed,
    Printed,
    Delivered,
    RosterImported,
    NoticeShown,
    AlarmRaised,
    AlarmSeen,
    Paid,
    Refunded,
    Noted,
    Arranged,
    PinSet,
    PinAccepted,
    PinRefused,
    OperatorRemoved,
    KeyShown,
    Purged,
    PurgeCertified,
    Restored,
}

impl Action {
    /// The name in the audit.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Retaken => "retaken",
            Self::Overridden => "overridden",
            Self::Marked => "marked",
            Self::Revealed => "id_number_revealed",
            Self::Printed => "printed",
            Self::Delivered => "delivered",
            Self::RosterImported => "roster_imported",
            Self::NoticeShown => "notice_shown",
            Self::AlarmRaised => "alarm_raised",
            Self::AlarmSeen => "alarm_seen",
            Self::Paid => "paid",
            Self::Refunded => "refunded",
            Self::Noted => "noted",
            Self::Arranged => "arranged",
            Self::PinSet => "pin_set",
            Self::PinAccepted => "pin_accepted",
            Self::PinRefused => "pin_refused",
            Self::OperatorRemoved => "operator_removed",
            Self::KeyShown => "key_shown",
            Self::Purged => "purged",
            Self::PurgeCertified => "purge_certified",
            Self::Restored => "restored",
        }
    }
}

/// One line of an order's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Position in the whole audit, from 1, without gaps.
    pub seq: i64,
    /// When, as the machine's clock stood.
    pub at: UnixMillis,
    /// Station letter.
    pub station: String,
    /// Who: `student`, or the name that the operator works under.
    pub actor: String,
    /// What: `accepted`, `retaken`, `overridden`, `marked`, `id_number_revealed`, `printed`, `delivered` …
    pub action: String,
    /// Particulars as JSON, without personal data.
    pub detail: String,
}

/// A row to append.
pub(crate) struct Entry<'a> {
    pub(crate) at: UnixMillis,
    pub(crate) station: char,
    pub(crate) actor: &'a str,
    pub(crate) action: Action,
    pub(crate) order_id: Option<&'a str>,
    pub(crate) detail: serde_json::Value,
}

/// Appends inside the caller's transaction, so that the deed and its record are one.
pub(crate) fn append(tx: &Transaction<'_>, entry: &Entry<'_>) -> Result<(), StoreError> {
    let last: Option<(i64, Sum)> = tx
        .prepare_cached("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let (seq, previous) = last.map_or((1, GENESIS), |(seq, hash)| (seq + 1, hash));
    let station = entry.station.to_string();
    let detail = entry.detail.to_string();
    let action = entry.action.as_str();
    let hash = link(
        &previous,
        [
            ValueRef::Integer(seq),
            ValueRef::Integer(entry.at),
            ValueRef::Text(station.as_bytes()),
            ValueRef::Text(entry.actor.as_bytes()),
            ValueRef::Text(action.as_bytes()),
            entry.order_id.map_or(ValueRef::Null, |id| ValueRef::Text(id.as_bytes())),
            ValueRef::Text(detail.as_bytes()),
        ],
    );
    tx.prepare_cached(
        "INSERT INTO audit (seq, at, station, actor, action, order_id, detail, hash)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![seq, entry.at, station, entry.actor, action, entry.order_id, detail, hash])?;
    Ok(())
}

/// Records a deed that changes nothing else.
pub(crate) fn record(
    conn: &mut Connection,
    station: char,
    action: Action,
    actor: &str,
    at: UnixMillis,
) -> Result<(), StoreError> {
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    append(&tx, &Entry { at, station, actor, action, order_id: None, detail: serde_json::json!({}) })?;
    Ok(tx.commit()?)
}

/// What was done with one order, oldest first.
pub(crate) fn history(conn: &Connection, order_id: &str) -> Result<Vec<AuditEntry>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT seq, at, station, actor, action, detail FROM audit WHERE order_id = ?1 ORDER BY seq",
    )?;
    let entries = statement.query_map([order_id], |row| {
        Ok(AuditEntry {
            seq: row.get(0)?,
            at: row.get(1)?,
            station: row.get(2)?,
            actor: row.get(3)?,
            action: row.get(4)?,
            detail: row.get(5)?,
        })
    })?;
    Ok(entries.collect::<Result<_, _>>()?)
}

/// Hash of the last row, hexadecimal; that of the beginning when there is none.
pub(crate) fn head(conn: &Connection) -> Result<String, StoreError> {
    let last: Option<Sum> = conn
        .query_row("SELECT hash FROM audit ORDER BY seq DESC LIMIT 1", [], |row| row.get(0))
        .optional()?;
    Ok(hex(&last.unwrap_or(GENESIS)))
}

/// Where the chain breaks first; `None` when it is whole.
pub(crate) fn first_break(conn: &Connection) -> Result<Option<String>, StoreError> {
    let mut statement = conn
        .prepare("SELECT seq, at, station, actor, action, order_id, detail, hash FROM audit ORDER BY seq")?;
    let mut rows = statement.query([])?;
    let (mut expected_seq, mut previous) = (1, GENESIS);
    while let Some(row) = rows.next()? {
        let seq: i64 = row.get(0)?;
        if seq != expected_seq {
            return Ok(Some(format!("row {expected_seq} is missing")));
        }
        if recompute(&previous, row)? != row.get::<_, Sum>(7)? {
            return Ok(Some(format!("row {seq} was changed")));
        }
        (expected_seq, previous) = (seq + 1, row.get(7)?);
    }
    let last = expected_seq - 1;
    let remembered: Option<i64> = conn
        .query_row("SELECT seq FROM sqlite_sequence WHERE name = 'audit'", [], |row| row.get(0))
        .optional()?;
    Ok((remembered.unwrap_or(0) != last).then(|| format!("the rows after {last} are missing")))
}

fn recompute(previous: &Sum, row: &Row<'_>) -> rusqlite::Result<Sum> {
    let values: Vec<ValueRef<'_>> = (0..7).map(|column| row.get_ref(column)).collect::<Result<_, _>>()?;
    Ok(link(previous, values))
}

fn link<'a>(previous: &Sum, values: impl IntoIterator<Item = ValueRef<'a>>) -> Sum {
    let mut framed = Framed::default();
    framed.value(ValueRef::Blob(previous));
    for value in values {
        framed.value(value);
    }
    framed.sum()
}
