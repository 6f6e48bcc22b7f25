//! Retention: what was handed over long enough ago is deleted, and a certificate says so.
//!
//! The clock of an order starts with its last verified delivery; that of a returned one, which nobody took up again, with its return.
//! What stays of a purged order is what accounts and proofs need: number, state, days, hashes, money, the audit. What goes is
//! everything that could tell who it was: photo, shot, ID number, name, student number, school, college and class, the code,
//! the measures in the report, words of an override, and the person's line in a roster.

use kiosk_core::order::{OrderState, UnixMillis};
use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use serde::Serialize;
use serde_json::json;

use crate::audit::{self, Action, Entry};
use crate::digest::{Sum, hex, sha256};
use crate::error::StoreError;
use crate::{consents, ledger, orders, overrides, photos};

pub(crate) const SCHEMA: &str = "
CREATE TABLE purges (
    id          TEXT    NOT NULL PRIMARY KEY,  -- UUIDv7
    at          INTEGER NOT NULL,
    certificate TEXT    NOT NULL CHECK (json_valid(certificate))
) STRICT;
CREATE INDEX delivered_photos_by_order ON delivered_photos (order_id);
CREATE INDEX roster_entries_by_id_number ON roster_entries (id_number);
";

/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// What is removed of an order, `?1` being its id. The roster's line goes first, while the order still tells whose it is. A table that
/// learns something new about a person gets a line here.
const FORGET: [&str; 6] = [
    "DELETE FROM roster_entries WHERE id IN (
         SELECT e.id FROM orders o JOIN roster_entries e
             ON e.student_number = o.student_number COLLATE NOCASE OR e.code = o.code COLLATE NOCASE
                OR e.id_number = o.id_number OR e.long_id = o.id_number
         WHERE o.id = ?1)",
    "UPDATE photos SET jpeg = NULL, shot = NULL, code_payload = NULL,
         report = json_object('purged', json('true'), 'profile', report ->> 'profile',
                              'photo_sha256', report ->> 'photo_sha256', 'shot_sha256', report ->> 'shot_sha256')
     WHERE order_id = ?1",
    "UPDATE overrides SET reason = '-' WHERE order_id = ?1",
    "UPDATE consents SET likeness = NULL WHERE order_id = ?1",
    // The code's hash could be found by trying codes: a hash of the order's own id takes its place, here and in its account.
    "UPDATE accounts SET code_key = ?2, forgotten = 1 WHERE code_key = (SELECT code_key FROM orders WHERE id = ?1)",
    "UPDATE orders SET state = 'purged', code_key = ?2, code = NULL, id_number = NULL, name = NULL, student_number = NULL,
         school = NULL, college = NULL, class = NULL, changed_at = ?3
     WHERE id = ?1",
];

/// Orders of one delivery, or returned ones, whose time has come or will come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Batch {
    /// The delivery's id; `None` for returned orders.
    pub delivery: Option<String>,
    /// Label of the disc, stick or folder; `None` for returned orders.
    pub medium: Option<String>,
    /// When the clock started: the verified delivery, or the oldest return.
    pub since: UnixMillis,
    /// When the last of them is due.
    pub due_at: UnixMillis,
    /// Orders.
    pub orders: u32,
    /// Those that are due.
    pub due: u32,
}

/// What a purge did, or would do. Holds no personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Certificate {
    /// UUID (version 7) of the purge.
    pub id: String,
    /// When, milliseconds since 1970 UTC.
    pub at: UnixMillis,
    /// Station letter.
    pub station: char,
    /// Who.
    pub actor: String,
    /// Days for which orders are kept after their delivery.
    pub retention_days: u32,
    /// The deliveries that these orders were part of last.
    pub deliveries: Vec<String>,
    /// One line for each order.
    pub orders: Vec<PurgedOrder>,
    /// Photos and shots whose bytes were deleted.
    pub pictures: u32,
    /// Their bytes.
    pub bytes: u64,
    /// Lines of rosters that were deleted.
    pub roster_lines: u32,
    /// Codes of people who paid, left, and never came back.
    pub codes: u32,
    /// SHA-256 of the audit's last row before the purge, hexadecimal: proves which history it belongs to.
    pub audit_sha256: String,
}

/// What is left to be said of a purged order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PurgedOrder {
    /// Its number.
    pub number: String,
    /// SHA-256 of each version of its photo, hexadecimal.
    pub photo_sha256: Vec<String>,
}

/// A due order.
struct Due {
    id: String,
    number: String,
    delivery: Option<String>,
}

/// Orders with the clock that runs for them. `NOT EXISTS` leaves the last of several deliveries.
const CLOCKS: &str = "WITH clocks AS (
    SELECT o.id AS order_id, o.number, d.id AS delivery, d.medium, d.verified_at AS since
    FROM orders o JOIN delivered_photos p ON p.order_id = o.id JOIN deliveries d ON d.id = p.delivery_id
    WHERE o.state = 'delivered' AND NOT EXISTS (
        SELECT 1 FROM delivered_photos q JOIN deliveries e ON e.id = q.delivery_id
        WHERE q.order_id = o.id AND (e.verified_at, e.id) > (d.verified_at, d.id))
    UNION ALL
    SELECT id, number, NULL, NULL, changed_at FROM orders WHERE state = 'returned')";

/// Everything whose clock runs, oldest first.
pub(crate) fn batches(conn: &Connection, now: UnixMillis, days: u32) -> Result<Vec<Batch>, StoreError> {
    let wait = i64::from(days) * DAY_MS;
    let mut statement = conn.prepare_cached(&format!(
        "{CLOCKS} SELECT delivery, medium, min(since), max(since) + ?1, count(*), count(*) FILTER (WHERE since + ?1 <= ?2)
         FROM clocks GROUP BY delivery ORDER BY min(since)"
    ))?;
    let batches = statement.query_map([wait, now], |row| {
        Ok(Batch {
            delivery: row.get(0)?,
            medium: row.get(1)?,
            since: row.get(2)?,
            due_at: row.get(3)?,
            orders: row.get(4)?,
            due: row.get(5)?,
        })
    })?;
    Ok(batches.collect::<Result<_, _>>()?)
}

/// Deletes what is due in one transaction; `None` when nothing is.
pub(crate) fn purge(
    conn: &mut Connection,
    station: char,
    id: &str,
    days: u32,
    actor: &str,
    now: UnixMillis,
) -> Result<Option<Certificate>, StoreError> {
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let due = due(&tx, now, days)?;
    let codes = ledger::forget_abandoned(&tx, now.saturating_sub(i64::from(days) * DAY_MS))?;
    if due.is_empty() && codes == 0 {
        return Ok(None);
    }
    let mut certificate = Certificate {
        id: id.to_owned(),
        at: now,
        station,
        actor: actor.to_owned(),
        retention_days: days,
        deliveries: Vec::new(),
        orders: Vec::with_capacity(due.len()),
        pictures: 0,
        bytes: 0,
        roster_lines: 0,
        codes,
        audit_sha256: audit::head(&tx)?,
    };
    for order in &due {
        forget(&tx, order, &mut certificate, now)?;
        audit::append(
            &tx,
            &Entry {
                at: now,
                station,
                actor,
                action: Action::Purged,
                order_id: Some(&order.id),
                detail: json!({ "purge": id, "delivery": order.delivery }),
            },
        )?;
    }
    certificate.deliveries = due.into_iter().filter_map(|order| order.delivery).collect();
    certificate.deliveries.sort();
    certificate.deliveries.dedup();
    let text =
        serde_json::to_string(&certificate).map_err(|_| StoreError::Misuse("the certificate is not JSON"))?;
    tx.execute("INSERT INTO purges (id, at, certificate) VALUES (?1, ?2, ?3)", params![id, now, text])?;
    audit::append(
        &tx,
        &Entry {
            at: now,
            station,
            actor,
            action: Action::PurgeCertified,
            order_id: None,
            detail: json!({
                "purge": id, "orders": certificate.orders.len(), "pictures": certificate.pictures,
                "certificate_sha256": hex(&sha256(text.as_bytes())),
            }),
        },
    )?;
    tx.commit()?;
    Ok(Some(certificate))
}

fn due(tx: &Transaction<'_>, now: UnixMillis, days: u32) -> Result<Vec<Due>, StoreError> {
    let mut statement = tx.prepare_cached(&format!(
        "{CLOCKS} SELECT order_id, number, delivery FROM clocks WHERE since + ?1 <= ?2 ORDER BY number"
    ))?;
    let due = statement.query_map([i64::from(days) * DAY_MS, now], |row| {
        Ok(Due { id: row.get(0)?, number: row.get(1)?, delivery: row.get(2)? })
    })?;
    Ok(due.collect::<Result<_, _>>()?)
}

fn forget(
    tx: &Transaction<'_>,
    order: &Due,
    certificate: &mut Certificate,
    now: UnixMillis,
) -> Result<(), StoreError> {
    // Whoever was not as written is not purged in silence: the doctor has to see it first.
    let stored = orders::by_id(tx, &order.id)?;
    if !stored.summary.state.may_become(OrderState::Purged) {
        return Err(StoreError::WrongState {
            number: stored.summary.number,
            state: stored.summary.state,
            wish: "be purged",
        });
    }
    let mut photo_sha256 = Vec::new();
    let mut versions = Vec::new();
    let mut statement = tx.prepare_cached(
        "SELECT rowid, sha256, (jpeg IS NOT NULL) + (shot IS NOT NULL),
                coalesce(length(jpeg), 0) + coalesce(length(shot), 0)
         FROM photos WHERE order_id = ?1 ORDER BY version",
    )?;
    let mut rows = statement.query([&order.id])?;
    while let Some(row) = rows.next()? {
        versions.push(row.get::<_, i64>(0)?);
        photo_sha256.push(hex(&row.get::<_, Sum>(1)?));
        certificate.pictures += row.get::<_, u32>(2)?;
        certificate.bytes += row.get::<_, i64>(3)?.unsigned_abs();
    }
    let key = ledger::forgotten_key(&order.id);
    let [roster, photo, words, likeness, code, person] = FORGET;
    certificate.roster_lines += tx.prepare_cached(roster)?.execute([&order.id])? as u32;
    tx.prepare_cached(photo)?.execute([&order.id])?;
    tx.prepare_cached(words)?.execute([&order.id])?;
    tx.prepare_cached(likeness)?.execute([&order.id])?;
    tx.prepare_cached(code)?.execute(params![order.id, key])?;
    tx.prepare_cached(person)?.execute(params![order.id, key, now])?;
    orders::SEALED.seal(tx, stored.rowid)?;
    for rowid in versions {
        photos::SEALED.seal(tx, rowid)?;
    }
    for sealed in [&overrides::SEALED, &consents::SEALED] {
        let rows = format!("SELECT rowid FROM {} WHERE order_id = ?1", sealed.table);
        let mut statement = tx.prepare_cached(&rows)?;
        let rows = statement.query_map([&order.id], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
        for rowid in rows {
            sealed.seal(tx, rowid)?;
        }
    }
    certificate.orders.push(PurgedOrder { number: order.number.clone(), photo_sha256 });
    Ok(())
}

/// Gives freed pages back and empties the write-ahead log, in which the deleted bytes stood. `false` while another connection
/// reads: the log is emptied by the next sweep then, or when the last one closes.
pub(crate) fn sweep(conn: &Connection) -> Result<bool, StoreError> {
    let mut vacuum = conn.prepare("PRAGMA incremental_vacuum")?;
    let mut pages = vacuum.query([])?;
    while pages.next()?.is_some() {}
    let busy: i64 = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    Ok(busy == 0)
}

/// Every certificate as JSON, oldest first.
pub(crate) fn certificates(conn: &Connection) -> Result<Vec<String>, StoreError> {
    let mut statement = conn.prepare_cached("SELECT certificate FROM purges ORDER BY at, id")?;
    let certificates = statement.query_map([], |row| row.get(0))?;
    Ok(certificates.collect::<Result<_, _>>()?)
}
