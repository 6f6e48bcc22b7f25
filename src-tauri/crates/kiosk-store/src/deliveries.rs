//! What schools receive: full ID numbers on the way out, and the record of what arrived.

use std::fmt;

use kiosk_core::OrderNumber;
use kiosk_core::order::{OrderState, Person, UnixMillis};
use rusqlite::{Connection, Row, TransactionBehavior, params};
use serde_json::json;

use crate::audit::{self, Action, Entry};
use crate::digest::{Sum, hex};
use crate::error::StoreError;
use crate::orders;
use crate::prints::PhotoVersion;

pub(crate) const SCHEMA: &str = "
CREATE TABLE deliveries (
    id              TEXT    NOT NULL PRIMARY KEY,  -- UUIDv7
    profile         TEXT    NOT NULL,
    medium          TEXT    NOT NULL,              -- label of the disc, stick or folder
    photos          INTEGER NOT NULL,
    bytes           INTEGER NOT NULL,
    manifest_sha256 BLOB    NOT NULL CHECK (length(manifest_sha256) = 32),
    actor           TEXT    NOT NULL,
    verified_at     INTEGER NOT NULL               -- read back from the medium and found whole
) STRICT;
CREATE TABLE delivered_photos (
    delivery_id TEXT    NOT NULL REFERENCES deliveries (id),
    order_id    TEXT    NOT NULL,
    version     INTEGER NOT NULL,
    PRIMARY KEY (delivery_id, order_id),
    FOREIGN KEY (order_id, version) REFERENCES photos (order_id, version)
) STRICT, WITHOUT ROWID;
";

/// What names and fills one delivered file. The photo's bytes are read one order at a time.
#[derive(Debug, Clone, PartialEq)]
pub struct Deliverable {
    /// The order and the version of its photo that counts.
    pub photo: PhotoVersion,
    /// Who, with the full ID number; `Debug` shows nothing of it.
    pub person: Person,
    /// The collection code's own number, when it tells one.
    pub code: CodeNumber,
    /// SHA-256 of the photo, hexadecimal.
    pub photo_sha256: String,
    /// Size of the photo.
    pub bytes: u64,
}

/// The number of a collection code; as confidential as the code, so that `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct CodeNumber(pub Option<String>);

impl fmt::Debug for CodeNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Some(…)" } else { "None" })
    }
}

/// A delivery that was read back from its medium and found whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDelivery {
    /// UUID (version 7); the same delivery is recorded once.
    pub id: String,
    /// Recipient profile.
    pub profile: String,
    /// Label of the disc, stick or folder.
    pub medium: String,
    /// The photos on it.
    pub photos: Vec<PhotoVersion>,
    /// Bytes of all photos.
    pub bytes: u64,
    /// SHA-256 of the manifest.
    pub manifest_sha256: [u8; 32],
    /// Who.
    pub actor: String,
    /// When the reading back ended.
    pub verified_at: UnixMillis,
}

/// A recorded delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// UUID (version 7).
    pub id: String,
    /// Recipient profile.
    pub profile: String,
    /// Label of the disc, stick or folder.
    pub medium: String,
    /// Number of photos.
    pub photos: u32,
    /// Bytes of all photos.
    pub bytes: u64,
    /// SHA-256 of the manifest, hexadecimal.
    pub manifest_sha256: String,
    /// Who.
    pub actor: String,
    /// When it was verified.
    pub verified_at: UnixMillis,
}

/// Reads what a delivery needs; each full ID number leaves an audit row in the same transaction.
pub(crate) fn reveal(
    conn: &mut Connection,
    station: char,
    numbers: &[OrderNumber],
    actor: &str,
    at: UnixMillis,
) -> Result<Vec<Deliverable>, StoreError> {
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut deliverables = Vec::with_capacity(numbers.len());
    for &number in numbers {
        let order = orders::by_number(&tx, number)?;
        let (summary, Some(person)) = (order.summary, order.person) else {
            return Err(StoreError::WrongState { number, state: OrderState::Purged, wish: "be delivered" });
        };
        let (sum, bytes): (Sum, i64) = tx
            .prepare_cached("SELECT sha256, length(jpeg) FROM photos WHERE order_id = ?1 AND version = ?2")?
            .query_row(params![summary.id, summary.version], |row| Ok((row.get(0)?, row.get(1)?)))?;
        audit::append(
            &tx,
            &Entry {
                at,
                station,
                actor,
                action: Action::Revealed,
                order_id: Some(&summary.id),
                detail: json!({ "for": "delivery" }),
            },
        )?;
        deliverables.push(Deliverable {
            photo: PhotoVersion { number, version: summary.version },
            person,
            code: CodeNumber(order.code),
            photo_sha256: hex(&sum),
            bytes: bytes.unsigned_abs(),
        });
    }
    tx.commit()?;
    Ok(deliverables)
}

/// Records the delivery; the only way in which orders become delivered. Returns the orders that stay as they are,
/// because they were returned, or photographed again, after the photo was copied.
pub(crate) fn record(
    conn: &mut Connection,
    station: char,
    new: &NewDelivery,
) -> Result<Vec<OrderNumber>, StoreError> {
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let fresh = tx.execute(
        "INSERT INTO deliveries (id, profile, medium, photos, bytes, manifest_sha256, actor, verified_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (id) DO NOTHING",
        params![
            new.id,
            new.profile,
            new.medium,
            new.photos.len() as i64,
            new.bytes as i64,
            new.manifest_sha256,
            new.actor,
            new.verified_at
        ],
    )?;
    let mut left = Vec::new();
    for photo in &new.photos {
        let order = orders::by_number(&tx, photo.number)?;
        let summary = &order.summary;
        let arrived = summary.version == photo.version && summary.state.may_become(OrderState::Delivered);
        if !arrived {
            left.push(photo.number);
        }
        if fresh == 0 {
            continue;
        }
        tx.prepare_cached(
            "INSERT INTO delivered_photos (delivery_id, order_id, version) VALUES (?1, ?2, ?3)",
        )?
        .execute(params![new.id, summary.id, photo.version])?;
        if arrived {
            orders::set_state(&tx, &order, OrderState::Delivered, new.verified_at)?;
        }
        audit::append(
            &tx,
            &Entry {
                at: new.verified_at,
                station,
                actor: &new.actor,
                action: Action::Delivered,
                order_id: Some(&summary.id),
                detail: json!({
                    "delivery": new.id,
                    "manifest_sha256": hex(&new.manifest_sha256),
                    "version": photo.version,
                    "state": if arrived { "delivered" } else { summary.state.as_str() },
                }),
            },
        )?;
    }
    tx.commit()?;
    Ok(left)
}

/// All deliveries, newest first.
pub(crate) fn list(conn: &Connection) -> Result<Vec<Delivery>, StoreError> {
    let mut statement = conn.prepare_cached("SELECT * FROM deliveries ORDER BY rowid DESC")?;
    let deliveries = statement.query_map([], from_row)?;
    Ok(deliveries.collect::<Result<_, _>>()?)
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Delivery> {
    Ok(Delivery {
        id: row.get("id")?,
        profile: row.get("profile")?,
        medium: row.get("medium")?,
        photos: row.get("photos")?,
        bytes: row.get::<_, i64>("bytes")?.unsigned_abs(),
        manifest_sha256: hex(&row.get::<_, Sum>("manifest_sha256")?),
        actor: row.get("actor")?,
        verified_at: row.get("verified_at")?,
    })
}
