//! What orders cost and what was taken for them: entries that are only ever added.
//!
//! An account belongs to a collection code, not to an order: a price may be paid before the shot, and whoever leaves and comes again with
//! the same code has paid. The ledger outlives the people in it, so that it names nobody but operators.

use kiosk_core::money::{Account, LedgerEntry, PaymentKind, WaiverReason};
use kiosk_core::order::{LocalDay, UnixMillis};
use kiosk_core::{CollectionCode, Fen, OrderNumber};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, TransactionBehavior, params};
use serde_json::json;

use crate::audit::{self, Action, Entry};
use crate::digest::{Sum, sha256};
use crate::error::StoreError;
use crate::orders;
use crate::places::Place;

pub(crate) const SCHEMA: &str = "
CREATE TABLE accounts (
    account BLOB    NOT NULL PRIMARY KEY CHECK (length(account) = 32),  -- as orders.code_key
    place   INTEGER,                                -- of the order, once there is one
    price   INTEGER NOT NULL CHECK (price > 0),     -- agreed, fen
    owing   INTEGER NOT NULL CHECK (owing BETWEEN 0 AND price)
) STRICT, WITHOUT ROWID;
CREATE INDEX accounts_owing ON accounts (place) WHERE owing > 0;
CREATE TABLE ledger (
    id         TEXT    NOT NULL PRIMARY KEY,        -- UUIDv7
    account    BLOB    NOT NULL REFERENCES accounts (account),
    kind       TEXT    NOT NULL CHECK (kind IN ('cash', 'wechat', 'alipay', 'school_account', 'waived')),
    amount     INTEGER NOT NULL CHECK (amount > 0), -- fen
    gives_back TEXT    REFERENCES ledger (id),      -- the entry that this gives back, or a part of it
    reason     TEXT    CHECK (reason IN ('studio_error', 'staff', 'hardship', 'agreement', 'other')),
    station    TEXT    NOT NULL,
    actor      TEXT    NOT NULL,
    day        TEXT    NOT NULL,                    -- YYYY-MM-DD, local: the settlement that it belongs to
    at         INTEGER NOT NULL
) STRICT;
CREATE INDEX ledger_by_account ON ledger (account);
CREATE INDEX ledger_by_day ON ledger (day);
CREATE TRIGGER ledger_is_not_changed BEFORE UPDATE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_is_not_deleted BEFORE DELETE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
";

/// Whose price is paid.
#[derive(Debug, Clone, PartialEq)]
pub enum Payer {
    /// An order's.
    Order(OrderNumber),
    /// A code's whose order does not exist yet, and the price that is agreed for it.
    Code(Box<CollectionCode>, Fen),
}

/// Money that was taken, or waived.
#[derive(Debug, Clone, PartialEq)]
pub struct NewPayment {
    /// UUID (version 7); the same entry is recorded once.
    pub id: String,
    /// Whose price.
    pub payer: Payer,
    /// How.
    pub kind: PaymentKind,
    /// How much.
    pub amount: Fen,
    /// Why it was waived; for nothing else.
    pub reason: Option<WaiverReason>,
    /// Who took it.
    pub actor: String,
    /// When.
    pub at: UnixMillis,
    /// The local day.
    pub day: LocalDay,
}

/// Money that is given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRefund {
    /// UUID (version 7); the same entry is recorded once.
    pub id: String,
    /// The entry that is given back, or a part of it.
    pub of: String,
    /// How much.
    pub amount: Fen,
    /// Who gives it.
    pub actor: String,
    /// When.
    pub at: UnixMillis,
    /// The local day.
    pub day: LocalDay,
}

/// One entry of a day, for its settlement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayEntry {
    /// The entry.
    pub entry: LedgerEntry,
    /// The order; `None` when its visit was left after the payment.
    pub number: Option<OrderNumber>,
}

/// Agrees on the price of a new order; what was paid for its code before stays paid, at the price that was agreed then.
pub(crate) fn open(
    tx: &Transaction<'_>,
    account: &Sum,
    number: OrderNumber,
    price: Fen,
) -> Result<(), StoreError> {
    let place = Place::of(number);
    let known = tx
        .prepare_cached("UPDATE accounts SET place = ?2 WHERE account = ?1")?
        .execute(params![account, place])?;
    if known == 0 && price > Fen::ZERO {
        tx.prepare_cached("INSERT INTO accounts (account, place, price, owing) VALUES (?1, ?2, ?3, ?3)")?
            .execute(params![account, place, price.0])?;
    }
    Ok(())
}

/// Records money that was taken. The account afterwards.
pub(crate) fn take(conn: &mut Connection, station: char, new: &NewPayment) -> Result<Account, StoreError> {
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let (key, order) = match &new.payer {
        Payer::Order(number) => {
            let order = orders::by_number(&tx, *number)?.summary;
            (account_of(&tx, *number)?, Some(order.id))
        }
        Payer::Code(code, price) => {
            let key = sha256(code.identity().as_bytes());
            tx.execute(
                "INSERT INTO accounts (account, price, owing) VALUES (?1, ?2, ?2) ON CONFLICT (account) DO NOTHING",
                params![key, price.0],
            )?;
            (key, orders::by_code(&tx, &key)?.map(|order| order.summary.id))
        }
    };
    let account = read(&tx, &key)?;
    if account.entries.iter().any(|entry| entry.id == new.id) {
        return Ok(account);
    }
    account.may_take(new.kind, new.amount, new.reason).map_err(StoreError::Money)?;
    let row = NewRow {
        id: &new.id,
        account: &key,
        order: order.as_deref(),
        kind: new.kind,
        amount: new.amount,
        gives_back: None,
        reason: new.reason,
        actor: &new.actor,
        at: new.at,
        day: new.day,
    };
    let account = row.append(&tx, station)?;
    tx.commit()?;
    Ok(account)
}

/// Records money that was given back. The account afterwards.
pub(crate) fn give_back(
    conn: &mut Connection,
    station: char,
    new: &NewRefund,
) -> Result<Account, StoreError> {
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let key: Sum = tx
        .prepare_cached("SELECT account FROM ledger WHERE id = ?1")?
        .query_row([&new.of], |row| row.get(0))
        .optional()?
        .ok_or(StoreError::Money(kiosk_core::money::MoneyError::NoSuchEntry))?;
    let account = read(&tx, &key)?;
    if account.entries.iter().any(|entry| entry.id == new.id) {
        return Ok(account);
    }
    let kind = account.may_give_back(&new.of, new.amount).map_err(StoreError::Money)?;
    let order = orders::by_code(&tx, &key)?.map(|order| order.summary.id);
    let row = NewRow {
        id: &new.id,
        account: &key,
        order: order.as_deref(),
        kind,
        amount: new.amount,
        gives_back: Some(&new.of),
        reason: None,
        actor: &new.actor,
        at: new.at,
        day: new.day,
    };
    let account = row.append(&tx, station)?;
    tx.commit()?;
    Ok(account)
}

/// An entry on its way into the ledger.
struct NewRow<'a> {
    id: &'a str,
    account: &'a Sum,
    order: Option<&'a str>,
    kind: PaymentKind,
    amount: Fen,
    gives_back: Option<&'a str>,
    reason: Option<WaiverReason>,
    actor: &'a str,
    at: UnixMillis,
    day: LocalDay,
}

impl NewRow<'_> {
    fn append(&self, tx: &Transaction<'_>, station: char) -> Result<Account, StoreError> {
        let reason = self.reason.map(WaiverReason::as_str);
        tx.prepare_cached(
            "INSERT INTO ledger (id, account, kind, amount, gives_back, reason, station, actor, day, at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute(params![
            self.id,
            self.account,
            self.kind.as_str(),
            self.amount.0,
            self.gives_back,
            reason,
            station.to_string(),
            self.actor,
            orders::day_text(self.day),
            self.at,
        ])?;
        let account = read(tx, self.account)?;
        tx.prepare_cached("UPDATE accounts SET owing = ?2 WHERE account = ?1")?
            .execute(params![self.account, account.owing().0])?;
        audit::append(
            tx,
            &Entry {
                at: self.at,
                station,
                actor: self.actor,
                action: if self.gives_back.is_some() { Action::Refunded } else { Action::Paid },
                order_id: self.order,
                detail: json!({
                    "entry": self.id, "kind": self.kind.as_str(), "fen": self.amount, "gives_back": self.gives_back,
                    "reason": reason, "owing": account.owing(),
                }),
            },
        )?;
        Ok(account)
    }
}

/// The account of an order; without a price when none was agreed.
pub(crate) fn of_order(conn: &Connection, number: OrderNumber) -> Result<Account, StoreError> {
    read(conn, &account_of(conn, number)?)
}

/// Whether the price of a code's order is paid although there is no order yet.
pub(crate) fn is_paid(conn: &Connection, code: &CollectionCode) -> Result<bool, StoreError> {
    let key = sha256(code.identity().as_bytes());
    let owing: Option<u32> = conn
        .prepare_cached("SELECT owing FROM accounts WHERE account = ?1")?
        .query_row([key], |row| row.get(0))
        .optional()?;
    Ok(owing == Some(0))
}

/// Those of `numbers` that owe something, in the same order.
pub(crate) fn owing(conn: &Connection, numbers: &[OrderNumber]) -> Result<Vec<OrderNumber>, StoreError> {
    let mut statement = conn.prepare_cached("SELECT 1 FROM accounts WHERE owing > 0 AND place = ?1")?;
    let mut owing = Vec::new();
    for &number in numbers {
        if statement.exists([Place::of(number)])? {
            owing.push(number);
        }
    }
    Ok(owing)
}

/// Every entry of a day, oldest first.
pub(crate) fn of_day(conn: &Connection, day: LocalDay) -> Result<Vec<DayEntry>, StoreError> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {COLUMNS}, a.place FROM ledger l JOIN accounts a ON a.account = l.account
         WHERE l.day = ?1 ORDER BY l.rowid"
    ))?;
    let mut rows = statement.query([orders::day_text(day)])?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        let place: Option<Place> = row.get("place")?;
        entries.push(DayEntry { entry: entry_of(row)?, number: place.map(Place::number) });
    }
    Ok(entries)
}

fn account_of(conn: &Connection, number: OrderNumber) -> Result<Sum, StoreError> {
    conn.prepare_cached("SELECT code_key FROM orders WHERE day = ?1 AND counter = ?2 AND station = ?3")?
        .query_row(params![orders::day_text(number.day), number.counter, number.station.to_string()], |row| {
            row.get(0)
        })
        .optional()?
        .ok_or(StoreError::UnknownOrder(number))
}

const COLUMNS: &str = "l.id, l.kind, l.amount, l.gives_back, l.reason, l.actor, l.at";

fn read(conn: &Connection, account: &Sum) -> Result<Account, StoreError> {
    let price: Option<u32> = conn
        .prepare_cached("SELECT price FROM accounts WHERE account = ?1")?
        .query_row([account], |row| row.get(0))
        .optional()?;
    let mut statement = conn
        .prepare_cached(&format!("SELECT {COLUMNS} FROM ledger l WHERE l.account = ?1 ORDER BY l.rowid"))?;
    let mut rows = statement.query([account])?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        entries.push(entry_of(row)?);
    }
    Ok(Account { price: Fen(price.unwrap_or(0)), entries })
}

fn entry_of(row: &Row<'_>) -> Result<LedgerEntry, StoreError> {
    let damaged = |_| StoreError::Damaged("an entry of the ledger is not readable".to_owned());
    let reason: Option<String> = row.get("reason")?;
    Ok(LedgerEntry {
        id: row.get("id")?,
        kind: row.get::<_, String>("kind")?.parse().map_err(damaged)?,
        amount: Fen(row.get("amount")?),
        gives_back: row.get("gives_back")?,
        reason: reason.map(|name| name.parse().map_err(damaged)).transpose()?,
        actor: row.get("actor")?,
        at: row.get("at")?,
    })
}
