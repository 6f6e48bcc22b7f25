//! Photos that an operator let pass although a check failed: who, when and why, beside the version that it holds for.

use kiosk_core::order::Override;
use rusqlite::{Connection, OptionalExtension, params};

use crate::digest::Sealed;
use crate::error::StoreError;

// A table of its own: the digests of photos that were written before there were overrides stay as they are.
pub(crate) const SCHEMA: &str = "
CREATE TABLE overrides (
    order_id TEXT    NOT NULL,
    version  INTEGER NOT NULL,
    reason   TEXT    NOT NULL CHECK (reason <> ''),
    actor    TEXT    NOT NULL,
    at       INTEGER NOT NULL,
    digest   BLOB,
    PRIMARY KEY (order_id, version),
    FOREIGN KEY (order_id, version) REFERENCES photos (order_id, version)
) STRICT;
";

pub(crate) const SEALED: Sealed =
    Sealed { table: "overrides", columns: "order_id, version, reason, actor, at" };

/// Keeps why a version was let pass.
pub(crate) fn insert(
    conn: &Connection,
    order_id: &str,
    version: u32,
    overridden: &Override,
) -> Result<(), StoreError> {
    conn.prepare_cached(
        "INSERT INTO overrides (order_id, version, reason, actor, at) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![order_id, version, overridden.reason, overridden.by, overridden.at])?;
    SEALED.seal(conn, conn.last_insert_rowid())
}

/// Why a version was let pass; `None` for all others.
pub(crate) fn read(conn: &Connection, order_id: &str, version: u32) -> Result<Option<Override>, StoreError> {
    Ok(conn
        .prepare_cached("SELECT reason, actor, at FROM overrides WHERE order_id = ?1 AND version = ?2")?
        .query_row(params![order_id, version], |row| {
            Ok(Override { reason: row.get(0)?, by: row.get(1)?, at: row.get(2)? })
        })
        .optional()?)
}
