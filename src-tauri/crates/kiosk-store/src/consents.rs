//! What was agreed to, beside each photo, and the words of every notice that was ever shown.

use kiosk_core::consent::{Consent, ShownNotice};
use kiosk_core::face::Likeness;
use kiosk_core::hex::unhex;
use kiosk_core::order::{NewOrder, UnixMillis};
use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior, params};
use serde_json::json;

use crate::audit::{self, Action, Entry};
use crate::digest::{Sealed, Sum, hex, sha256};
use crate::error::StoreError;

/// Who shows notices, to the audit.
const KIOSK: &str = "kiosk";

// Tables of their own: the digests of photos that were written before them stay as they are.
pub(crate) const SCHEMA: &str = "
CREATE TABLE notices (
    version  TEXT    NOT NULL PRIMARY KEY,
    sha256   BLOB    NOT NULL CHECK (length(sha256) = 32),
    words    TEXT    NOT NULL,              -- the file as it was read
    shown_at INTEGER NOT NULL
) STRICT;
CREATE TABLE consents (
    order_id      TEXT    NOT NULL,
    version       INTEGER NOT NULL,
    notice_sha256 BLOB    CHECK (length(notice_sha256) = 32),
    comparison    INTEGER NOT NULL CHECK (comparison IN (0, 1)),
    likeness      TEXT,                     -- what the comparison said
    digest        BLOB,
    PRIMARY KEY (order_id, version),
    FOREIGN KEY (order_id, version) REFERENCES photos (order_id, version)
) STRICT;
";

pub(crate) const SEALED: Sealed =
    Sealed { table: "consents", columns: "order_id, version, notice_sha256, comparison, likeness" };

/// Remembers the words that people will be asked to agree to. The same words again change nothing.
pub(crate) fn register(
    conn: &mut Connection,
    station: char,
    version: &str,
    words: &str,
    at: UnixMillis,
) -> Result<ShownNotice, StoreError> {
    let sum = sha256(words.as_bytes());
    let shown = ShownNotice { version: version.to_owned(), sha256: hex(&sum) };
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let before: Option<Sum> = tx
        .query_row("SELECT sha256 FROM notices WHERE version = ?1", [version], |row| row.get(0))
        .optional()?;
    match before {
        Some(before) if before == sum => return Ok(shown),
        Some(_) => return Err(StoreError::NoticeReused(version.to_owned())),
        None => {}
    }
    tx.execute(
        "INSERT INTO notices (version, sha256, words, shown_at) VALUES (?1, ?2, ?3, ?4)",
        params![version, sum, words, at],
    )?;
    let detail = json!({ "version": version, "sha256": shown.sha256 });
    let action = Action::NoticeShown;
    audit::append(&tx, &Entry { at, station, actor: KIOSK, action, order_id: None, detail })?;
    tx.commit()?;
    Ok(shown)
}

/// Keeps what was agreed to before a version.
pub(crate) fn insert(
    conn: &Connection,
    order_id: &str,
    version: u32,
    new: &NewOrder,
) -> Result<(), StoreError> {
    conn.prepare_cached(
        "INSERT INTO consents (order_id, version, notice_sha256, comparison, likeness) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![
        order_id,
        version,
        unhex(&new.consent.notice.sha256),
        new.consent.comparison,
        new.likeness.map(Likeness::as_str),
    ])?;
    SEALED.seal(conn, conn.last_insert_rowid())
}

/// Columns for [`from_row`], of `photos p` with `consents c` beside it.
pub(crate) const COLUMNS: &str =
    "p.consent_notice, p.consent_at, p.consent_guardian, c.notice_sha256, c.comparison, c.likeness";

/// What was agreed to, and what the comparison said. Photos from before there were notices with hashes have an empty one.
pub(crate) fn from_row(row: &Row<'_>) -> rusqlite::Result<(Consent, Option<String>)> {
    let sum: Option<Sum> = row.get("notice_sha256")?;
    let notice = ShownNotice {
        version: row.get("consent_notice")?,
        sha256: sum.map(|sum| hex(&sum)).unwrap_or_default(),
    };
    let consent = Consent {
        notice,
        at: row.get("consent_at")?,
        guardian: row.get("consent_guardian")?,
        comparison: row.get::<_, Option<bool>>("comparison")?.unwrap_or_default(),
    };
    Ok((consent, row.get("likeness")?))
}

/// What the comparison said, of its name in the file.
pub(crate) fn likeness(name: Option<String>) -> Result<Option<Likeness>, StoreError> {
    let unreadable = |_| StoreError::Damaged("what a comparison said is not readable".to_owned());
    name.map(|name| name.parse().map_err(unreadable)).transpose()
}
