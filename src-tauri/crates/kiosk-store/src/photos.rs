//! Photos: one row for each accepted visit. A retake is a new version; nothing is ever overwritten.

use std::fmt;

use kiosk_core::PhotoReport;
use kiosk_core::consent::Consent;
use kiosk_core::face::Likeness;
use kiosk_core::order::{NewOrder, Override, UnixMillis};
use rusqlite::{Connection, OptionalExtension, params};

use crate::digest::{Sealed, Sum, hex, sha256};
use crate::error::StoreError;
use crate::{consents, overrides};

// The large columns come last: SQLite walks a row from its beginning.
pub(crate) const SCHEMA: &str = "
CREATE TABLE photos (
    order_id         TEXT    NOT NULL REFERENCES orders (id),
    version          INTEGER NOT NULL CHECK (version >= 1),
    session          TEXT    NOT NULL,   -- UUIDv7 of the visit
    accepted_at      INTEGER NOT NULL,
    consent_notice   TEXT    NOT NULL,
    consent_at       INTEGER NOT NULL,
    consent_guardian INTEGER NOT NULL CHECK (consent_guardian IN (0, 1)),
    sha256           BLOB    NOT NULL CHECK (length(sha256) = 32),  -- of jpeg
    code_payload     BLOB,               -- verbatim, as this visit's code held it
    report           TEXT    NOT NULL CHECK (json_valid(report)),
    digest           BLOB,               -- jpeg and shot are covered by their hashes in this row
    jpeg             BLOB,               -- NULL once purged, as code_payload and shot
    shot             BLOB,
    PRIMARY KEY (order_id, version),
    UNIQUE (session, sha256)             -- one visit, one photo: what makes a repeated commit harmless
) STRICT;
";

pub(crate) const SEALED: Sealed = Sealed {
    table: "photos",
    columns: "order_id, version, session, accepted_at, consent_notice, consent_at, consent_guardian, sha256, \
              code_payload, report",
};

/// The photo of an order, checked against its hash. `Debug` shows no pixels.
#[derive(Clone, PartialEq)]
pub struct StoredPhoto {
    /// Version, from 1.
    pub version: u32,
    /// The finished JPEG, byte for byte as it was accepted.
    pub jpeg: Vec<u8>,
    /// SHA-256 of `jpeg`, hexadecimal.
    pub sha256: String,
    /// How it was made.
    pub report: PhotoReport,
    /// What the person agreed to before this photo.
    pub consent: Consent,
    /// When the person accepted it.
    pub accepted_at: UnixMillis,
    /// Set when an operator let it pass although a check failed.
    pub overridden: Option<Override>,
    /// How it compares with the enrolment photo, when it was compared.
    pub likeness: Option<Likeness>,
}

impl fmt::Debug for StoredPhoto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoredPhoto(v{}, {} bytes, {})", self.version, self.jpeg.len(), self.sha256)
    }
}

/// What is known about a photo without its pixels.
#[derive(Debug, Clone, PartialEq)]
pub struct PhotoFacts {
    /// How it was made.
    pub report: PhotoReport,
    /// Set when an operator let it pass although a check failed.
    pub overridden: Option<Override>,
    /// How it compares with the enrolment photo, when it was compared.
    pub likeness: Option<Likeness>,
}

/// Hash of an order's photo, after the report was found to speak of these very bytes.
pub(crate) fn checked_sum(order: &NewOrder) -> Result<Sum, StoreError> {
    let sum = sha256(&order.photo);
    if hex(&sum) != order.report.photo_sha256 {
        return Err(StoreError::Misuse("the report belongs to another photo"));
    }
    match &order.shot {
        Some(shot) if hex(&sha256(shot)) != order.report.shot_sha256 => {
            Err(StoreError::Misuse("the report belongs to another shot"))
        }
        _ => Ok(sum),
    }
}

/// Adds a version to an order.
pub(crate) fn insert(
    conn: &Connection,
    order_id: &str,
    version: u32,
    sum: &Sum,
    new: &NewOrder,
) -> Result<(), StoreError> {
    let report =
        serde_json::to_string(&new.report).map_err(|_| StoreError::Misuse("the report is not JSON"))?;
    conn.prepare_cached(
        "INSERT INTO photos (order_id, version, session, accepted_at, consent_notice, consent_at, consent_guardian,
                             sha256, code_payload, report)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?
    .execute(params![
        order_id,
        version,
        new.session.as_str(),
        new.accepted_at,
        new.consent.notice.version,
        new.consent.at,
        new.consent.guardian,
        sum,
        new.code.payload,
        report,
    ])?;
    let rowid = conn.last_insert_rowid();
    SEALED.seal(conn, rowid)?;
    // Last, since every change of a row writes it anew with all that it holds.
    conn.prepare_cached("UPDATE photos SET jpeg = ?2, shot = ?3 WHERE rowid = ?1")?.execute(params![
        rowid,
        &new.photo[..],
        new.shot.as_deref()
    ])?;
    Ok(())
}

/// Order id and version that a visit already left with this photo.
pub(crate) fn already(
    conn: &Connection,
    session: &str,
    sum: &Sum,
) -> Result<Option<(String, u32)>, StoreError> {
    Ok(conn
        .prepare_cached("SELECT order_id, version FROM photos WHERE session = ?1 AND sha256 = ?2")?
        .query_row(params![session, sum], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?)
}

/// What is known about one version's photo; `None` when it is not there or was purged.
pub(crate) fn facts(
    conn: &Connection,
    order_id: &str,
    version: u32,
) -> Result<Option<PhotoFacts>, StoreError> {
    let found: Option<(String, Option<String>)> = conn
        .prepare_cached(
            "SELECT report, likeness FROM photos LEFT JOIN consents USING (order_id, version)
             WHERE order_id = ?1 AND version = ?2 AND jpeg IS NOT NULL",
        )?
        .query_row(params![order_id, version], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((report, likeness)) = found else { return Ok(None) };
    let report = serde_json::from_str(&report)
        .map_err(|_| StoreError::Damaged("a photo's report is not readable".to_owned()))?;
    let likeness = consents::likeness(likeness)?;
    Ok(Some(PhotoFacts { report, overridden: overrides::read(conn, order_id, version)?, likeness }))
}

/// One version's photo; `None` when it is not there or was purged.
pub(crate) fn read(
    conn: &Connection,
    order_id: &str,
    version: u32,
) -> Result<Option<StoredPhoto>, StoreError> {
    let found = conn
        .prepare_cached(&format!(
            "SELECT p.sha256, p.report, p.accepted_at, p.jpeg, {}
             FROM photos p LEFT JOIN consents c USING (order_id, version)
             WHERE order_id = ?1 AND version = ?2 AND p.jpeg IS NOT NULL",
            consents::COLUMNS
        ))?
        .query_row(params![order_id, version], |row| {
            let report: String = row.get("report")?;
            let sum: Sum = row.get("sha256")?;
            let jpeg: Vec<u8> = row.get("jpeg")?;
            Ok((sum, jpeg, report, consents::from_row(row)?, row.get("accepted_at")?))
        })
        .optional()?;
    let Some((sum, jpeg, report, (consent, likeness), accepted_at)) = found else {
        return Ok(None);
    };
    if sha256(&jpeg) != sum {
        return Err(StoreError::Damaged("a photo is not as it was accepted".to_owned()));
    }
    let report = serde_json::from_str(&report)
        .map_err(|_| StoreError::Damaged("a photo's report is not readable".to_owned()))?;
    let likeness = consents::likeness(likeness)?;
    let overridden = overrides::read(conn, order_id, version)?;
    let sha256 = hex(&sum);
    Ok(Some(StoredPhoto { version, jpeg, sha256, report, consent, accepted_at, overridden, likeness }))
}
