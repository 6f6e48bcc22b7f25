//! What operators say about orders: why one was approved or returned, how it reaches its person, and notes.
//!
//! Free words may name people. They lie here, where a purge removes them; the audit holds their hash.

use std::collections::{HashMap, HashSet};

use kiosk_core::order::{OrderState, UnixMillis};
use kiosk_core::{CheckId, OrderNumber};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use serde_json::json;

use crate::audit::{self, Action, Entry};
use crate::digest::{hex, sha256};
use crate::error::StoreError;
use crate::orders::OrderSummary;
use crate::{orders, states};

pub(crate) const SCHEMA: &str = "
CREATE TABLE reviews (
    id       INTEGER PRIMARY KEY,
    order_id TEXT    NOT NULL,
    version  INTEGER NOT NULL,
    verdict  TEXT    NOT NULL CHECK (verdict IN ('approved', 'returned')),
    reasons  TEXT    NOT NULL CHECK (json_valid(reasons)),  -- ids of checks
    words    TEXT,                                          -- NULL once purged, and when there were none
    actor    TEXT    NOT NULL,
    at       INTEGER NOT NULL,
    FOREIGN KEY (order_id, version) REFERENCES photos (order_id, version)
) STRICT;
CREATE INDEX reviews_by_order ON reviews (order_id);
CREATE TABLE arrangements (
    order_id TEXT    NOT NULL PRIMARY KEY REFERENCES orders (id),
    cohort   TEXT,                                          -- 届/批次
    handover TEXT,                                          -- how photos and prints reach the person
    actor    TEXT    NOT NULL,
    at       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE notes (
    id       TEXT    NOT NULL PRIMARY KEY,                  -- UUIDv7
    order_id TEXT    NOT NULL REFERENCES orders (id),
    words    TEXT    NOT NULL CHECK (words <> ''),
    actor    TEXT    NOT NULL,
    at       INTEGER NOT NULL
) STRICT;
CREATE INDEX notes_by_order ON notes (order_id);
CREATE TRIGGER purged_orders_have_no_free_words AFTER UPDATE OF state ON orders WHEN new.state = 'purged'
BEGIN
    DELETE FROM notes WHERE order_id = new.id;
    UPDATE reviews SET words = NULL WHERE order_id = new.id;
END;
";

/// What an operator says after looking at photos.
#[derive(Clone, PartialEq, Eq)]
pub struct NewReview {
    /// The orders: all of them or none.
    pub numbers: Vec<OrderNumber>,
    /// [`OrderState::Approved`] or [`OrderState::Returned`].
    pub verdict: OrderState,
    /// The checks that it is for.
    pub reasons: Vec<CheckId>,
    /// Further words; blank for none.
    pub words: String,
    /// Who.
    pub actor: String,
    /// When.
    pub at: UnixMillis,
}

/// What was said about one version of a photo. `Debug` shows no free words.
#[derive(Clone, PartialEq, Eq)]
pub struct Review {
    /// Version of the photo.
    pub version: u32,
    /// [`OrderState::Approved`] or [`OrderState::Returned`].
    pub verdict: OrderState,
    /// The checks that it was for.
    pub reasons: Vec<CheckId>,
    /// Further words; `None` when there were none, and once purged.
    pub words: Option<String>,
    /// Who.
    pub actor: String,
    /// When.
    pub at: UnixMillis,
}

/// A note on an order. `Debug` shows no free words.
#[derive(Clone, PartialEq, Eq)]
pub struct Note {
    /// UUID (version 7); the same note is kept once.
    pub id: String,
    /// The words; not blank.
    pub words: String,
    /// Who.
    pub actor: String,
    /// When.
    pub at: UnixMillis,
}

/// Which group an order belongs to and how its prints reach the person.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Arrangement {
    /// Cohort or batch (届/批次).
    pub cohort: Option<String>,
    /// One of the studio's ways to hand over.
    pub handover: Option<String>,
}

macro_rules! without_words {
    ($($name:ident),+) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "(by {})"), self.actor)
            }
        }
    )+};
}

without_words!(NewReview, Review, Note);

/// Moves orders along with what was said about their photos.
pub(crate) fn review(conn: &mut Connection, station: char, new: &NewReview) -> Result<(), StoreError> {
    if !matches!(new.verdict, OrderState::Approved | OrderState::Returned) {
        return Err(StoreError::Misuse("a review approves or returns"));
    }
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let words = Some(new.words.trim()).filter(|words| !words.is_empty());
    let reasons = json!(new.reasons.iter().map(|id| id.as_str()).collect::<Vec<_>>());
    for &number in &new.numbers {
        let order = orders::by_number(&tx, number)?.summary;
        let detail =
            json!({ "reasons": reasons, "words_sha256": words.map(|words| hex(&sha256(words.as_bytes()))) });
        states::mark_one(&tx, station, number, new.verdict, &new.actor, new.at, detail)?;
        tx.prepare_cached(
            "INSERT INTO reviews (order_id, version, verdict, reasons, words, actor, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            order.id,
            order.version,
            new.verdict.as_str(),
            reasons.to_string(),
            words,
            new.actor,
            new.at
        ])?;
    }
    Ok(tx.commit()?)
}

/// What was said about an order's photos, newest first.
pub(crate) fn reviews(conn: &Connection, number: OrderNumber) -> Result<Vec<Review>, StoreError> {
    let id = orders::by_number(conn, number)?.summary.id;
    let damaged = || StoreError::Damaged(format!("a review of order {number} is not readable"));
    let mut statement = conn.prepare_cached(
        "SELECT version, verdict, reasons, words, actor, at FROM reviews WHERE order_id = ?1 ORDER BY id DESC",
    )?;
    let mut rows = statement.query([id])?;
    let mut reviews = Vec::new();
    while let Some(row) = rows.next()? {
        reviews.push(Review {
            version: row.get(0)?,
            verdict: row.get::<_, String>(1)?.parse().map_err(|_| damaged())?,
            reasons: serde_json::from_str(&row.get::<_, String>(2)?).map_err(|_| damaged())?,
            words: row.get(3)?,
            actor: row.get(4)?,
            at: row.get(5)?,
        });
    }
    Ok(reviews)
}

/// Of these orders, those whose photo no operator has approved, or not since it was returned. The state does not tell: a photo may be
/// printed or delivered unapproved. Marks without a review stand in the audit only, which is read once, and only when it is needed.
pub(crate) fn unapproved(conn: &Connection, numbers: &[OrderNumber]) -> Result<Vec<OrderNumber>, StoreError> {
    let mut last = conn.prepare_cached(
        "SELECT verdict FROM reviews WHERE order_id = ?1 AND version = ?2 ORDER BY id DESC LIMIT 1",
    )?;
    let mut open = Vec::new();
    for &number in numbers {
        let order = orders::by_number(conn, number)?.summary;
        let verdict: Option<String> =
            last.query_row(params![order.id, order.version], |row| row.get(0)).optional()?;
        let approved = OrderState::Approved.as_str();
        if order.state != OrderState::Approved && verdict.as_deref() != Some(approved) {
            open.push(order);
        }
    }
    let marked = if open.is_empty() { HashSet::new() } else { marked_approved(conn, &open)? };
    Ok(open.into_iter().filter(|order| !marked.contains(&order.id)).map(|order| order.number).collect())
}

/// Ids of orders whose last mark that approved or returned this version of the photo approved it.
fn marked_approved(conn: &Connection, orders: &[OrderSummary]) -> Result<HashSet<String>, StoreError> {
    let versions: HashMap<&str, u32> = orders.iter().map(|order| (&order.id[..], order.version)).collect();
    let mut statement = conn.prepare_cached(
        "SELECT order_id, json_extract(detail, '$.version'), json_extract(detail, '$.to') FROM audit
         WHERE action = ?1 AND order_id IS NOT NULL ORDER BY seq",
    )?;
    let mut rows = statement.query([Action::Marked.as_str()])?;
    let mut approved = HashSet::new();
    while let Some(row) = rows.next()? {
        let (order, version, to): (String, Option<u32>, Option<String>) =
            (row.get(0)?, row.get(1)?, row.get(2)?);
        if version.is_none() || versions.get(&order[..]).copied() != version {
            continue;
        }
        match to.as_deref().and_then(|to| to.parse().ok()) {
            Some(OrderState::Approved) => drop(approved.insert(order)),
            Some(OrderState::Returned) => drop(approved.remove(&order)),
            _ => (),
        }
    }
    Ok(approved)
}

/// Keeps a note.
pub(crate) fn note(
    conn: &mut Connection,
    station: char,
    number: OrderNumber,
    note: &Note,
) -> Result<(), StoreError> {
    let words = note.words.trim();
    if words.is_empty() {
        return Err(StoreError::Misuse("a note has words"));
    }
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let order = living(&tx, number, "be noted on")?;
    let fresh = tx.execute(
        "INSERT INTO notes (id, order_id, words, actor, at) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (id) DO NOTHING",
        params![note.id, order, words, note.actor, note.at],
    )?;
    if fresh == 1 {
        let detail = json!({ "note": note.id, "words_sha256": hex(&sha256(words.as_bytes())) });
        let (action, order_id) = (Action::Noted, Some(&order[..]));
        audit::append(&tx, &Entry { at: note.at, station, actor: &note.actor, action, order_id, detail })?;
    }
    Ok(tx.commit()?)
}

/// The notes on an order, newest first.
pub(crate) fn notes(conn: &Connection, number: OrderNumber) -> Result<Vec<Note>, StoreError> {
    let id = orders::by_number(conn, number)?.summary.id;
    let mut statement = conn
        .prepare_cached("SELECT id, words, actor, at FROM notes WHERE order_id = ?1 ORDER BY rowid DESC")?;
    let notes = statement.query_map([id], |row| {
        Ok(Note { id: row.get(0)?, words: row.get(1)?, actor: row.get(2)?, at: row.get(3)? })
    })?;
    Ok(notes.collect::<Result<_, _>>()?)
}

/// Says which group an order belongs to and how it is handed over.
pub(crate) fn arrange(
    conn: &mut Connection,
    station: char,
    number: OrderNumber,
    arrangement: &Arrangement,
    actor: &str,
    at: UnixMillis,
) -> Result<(), StoreError> {
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let order = living(&tx, number, "be arranged")?;
    tx.execute(
        "INSERT INTO arrangements (order_id, cohort, handover, actor, at) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (order_id) DO UPDATE SET cohort = excluded.cohort, handover = excluded.handover,
             actor = excluded.actor, at = excluded.at",
        params![order, arrangement.cohort, arrangement.handover, actor, at],
    )?;
    let detail = json!({ "cohort": arrangement.cohort, "handover": arrangement.handover });
    audit::append(
        &tx,
        &Entry { at, station, actor, action: Action::Arranged, order_id: Some(&order), detail },
    )?;
    Ok(tx.commit()?)
}

/// What was arranged for an order.
pub(crate) fn arrangement(conn: &Connection, number: OrderNumber) -> Result<Arrangement, StoreError> {
    let id = orders::by_number(conn, number)?.summary.id;
    let found = conn
        .prepare_cached("SELECT cohort, handover FROM arrangements WHERE order_id = ?1")?
        .query_row([id], |row| Ok(Arrangement { cohort: row.get(0)?, handover: row.get(1)? }))
        .optional()?;
    Ok(found.unwrap_or_default())
}

/// The id of an order that was not purged.
fn living(tx: &Transaction<'_>, number: OrderNumber, wish: &'static str) -> Result<String, StoreError> {
    let order = orders::by_number(tx, number)?.summary;
    if order.state == OrderState::Purged {
        return Err(StoreError::WrongState { number, state: order.state, wish });
    }
    Ok(order.id)
}
