//! What an operator has to look into: two codes with one document, or with one face.

use kiosk_core::OrderNumber;
use kiosk_core::order::{AlarmKind, UnixMillis};
use rusqlite::{Connection, Row, Transaction, TransactionBehavior, params};
use serde_json::json;

use crate::audit::{self, Action, Entry};
use crate::error::StoreError;
use crate::orders::{self, StoredOrder};

pub(crate) const SCHEMA: &str = "
CREATE TABLE alarms (
    id        INTEGER PRIMARY KEY,
    kind      TEXT    NOT NULL CHECK (kind IN ('same_document', 'same_face')),
    order_id  TEXT    NOT NULL REFERENCES orders (id),  -- the later one
    other_id  TEXT    NOT NULL REFERENCES orders (id),
    raised_at INTEGER NOT NULL,
    seen_at   INTEGER,
    seen_by   TEXT,
    UNIQUE (order_id, other_id, kind),
    CHECK ((seen_at IS NULL) = (seen_by IS NULL))
) STRICT;
CREATE INDEX alarms_unseen ON alarms (raised_at) WHERE seen_at IS NULL;
CREATE INDEX orders_by_document ON orders (id_number) WHERE id_number IS NOT NULL;
";

/// Who notices, to the audit.
const KIOSK: &str = "kiosk";

/// Something that an operator has to look into. It names orders, not persons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// Names it.
    pub id: i64,
    /// What is the matter.
    pub kind: AlarmKind,
    /// The order that raised it.
    pub order: OrderNumber,
    /// The order before.
    pub other: OrderNumber,
    /// When.
    pub raised_at: UnixMillis,
    /// Who has looked into it.
    pub seen_by: Option<String>,
}

/// Raises an alarm for every other order with the same document.
pub(crate) fn same_document(
    tx: &Transaction<'_>,
    station: char,
    order: &StoredOrder,
    at: UnixMillis,
) -> Result<(), StoreError> {
    let Some(person) = &order.person else { return Ok(()) };
    let mut others = Vec::new();
    let mut statement = tx.prepare_cached("SELECT id FROM orders WHERE id_number = ?1 AND id <> ?2")?;
    for form in person.id_number.forms() {
        let found = statement.query_map(params![form.canonical(), order.summary.id], |row| row.get(0))?;
        others.extend(found.collect::<Result<Vec<String>, _>>()?);
    }
    for other in others {
        raise(tx, station, AlarmKind::SameDocument, order, &orders::by_id(tx, &other)?, at)?;
    }
    Ok(())
}

/// Raises an alarm about two orders.
pub(crate) fn same_face(
    conn: &mut Connection,
    station: char,
    order: OrderNumber,
    other: OrderNumber,
    at: UnixMillis,
) -> Result<(), StoreError> {
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let (order, other) = (orders::by_number(&tx, order)?, orders::by_number(&tx, other)?);
    let known = order.person.as_ref().zip(other.person.as_ref());
    if known.is_some_and(|(a, b)| a.id_number.same_person(&b.id_number)) {
        // That they are one person's is known, and has been said.
        return Ok(());
    }
    raise(&tx, station, AlarmKind::SameFace, &order, &other, at)?;
    Ok(tx.commit()?)
}

/// One alarm for two orders, in whichever order they come, and however often.
fn raise(
    tx: &Transaction<'_>,
    station: char,
    kind: AlarmKind,
    order: &StoredOrder,
    other: &StoredOrder,
    at: UnixMillis,
) -> Result<(), StoreError> {
    let (order, other) = (&order.summary, &other.summary);
    let inserted = tx
        .prepare_cached(
            "INSERT INTO alarms (kind, order_id, other_id, raised_at)
             SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS
                (SELECT 1 FROM alarms WHERE kind = ?1 AND (order_id, other_id) IN (VALUES (?2, ?3), (?3, ?2)))",
        )?
        .execute(params![kind.as_str(), order.id, other.id, at])?;
    if inserted == 0 {
        return Ok(());
    }
    let detail = json!({ "kind": kind.as_str(), "number": order.number.to_string(), "other": other.number.to_string() });
    let (action, order_id) = (Action::AlarmRaised, Some(order.id.as_str()));
    audit::append(tx, &Entry { at, station, actor: KIOSK, action, order_id, detail })
}

/// Alarms, the newest first: those that nobody has looked into, or all.
pub(crate) fn list(conn: &Connection, all: bool) -> Result<Vec<Alarm>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT a.id, a.kind, o.number, p.number, a.raised_at, a.seen_by
         FROM alarms a JOIN orders o ON o.id = a.order_id JOIN orders p ON p.id = a.other_id
         WHERE ?1 OR a.seen_at IS NULL ORDER BY a.raised_at DESC, a.id DESC",
    )?;
    let mut rows = statement.query([all])?;
    let mut alarms = Vec::new();
    while let Some(row) = rows.next()? {
        alarms.push(from_row(row)?);
    }
    Ok(alarms)
}

fn from_row(row: &Row<'_>) -> Result<Alarm, StoreError> {
    let id = row.get(0)?;
    let damaged = || StoreError::Damaged(format!("alarm {id} is not readable"));
    let number = |column| row.get::<_, String>(column).map(|text| text.parse().map_err(|_| damaged()));
    Ok(Alarm {
        id,
        kind: row.get::<_, String>(1)?.parse().map_err(|_| damaged())?,
        order: number(2)??,
        other: number(3)??,
        raised_at: row.get(4)?,
        seen_by: row.get(5)?,
    })
}

/// How many nobody has looked into.
pub(crate) fn unseen(conn: &Connection) -> Result<u32, StoreError> {
    Ok(conn
        .prepare_cached("SELECT count(*) FROM alarms WHERE seen_at IS NULL")?
        .query_row([], |row| row.get(0))?)
}

/// Notes that an operator has looked into it. Again changes nothing.
pub(crate) fn see(
    conn: &mut Connection,
    station: char,
    id: i64,
    actor: &str,
    at: UnixMillis,
) -> Result<(), StoreError> {
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let changed = tx.execute(
        "UPDATE alarms SET seen_at = ?2, seen_by = ?3 WHERE id = ?1 AND seen_at IS NULL",
        params![id, at, actor],
    )?;
    if changed == 1 {
        let order_id: String =
            tx.query_row("SELECT order_id FROM alarms WHERE id = ?1", [id], |row| row.get(0))?;
        let detail = json!({ "alarm": id });
        let (action, order_id) = (Action::AlarmSeen, Some(order_id.as_str()));
        audit::append(&tx, &Entry { at, station, actor, action, order_id, detail })?;
    }
    Ok(tx.commit()?)
}
