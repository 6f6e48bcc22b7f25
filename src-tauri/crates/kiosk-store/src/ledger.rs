//! What orders cost and what was taken for them: entries that are only ever added.
//!
//! An account is opened for a collection code, not for an order: a price may be paid before the shot, and whoever leaves and comes again
//! with the same code has paid. The ledger outlives the people in it: it names nobody but operators, and a purge forgets the code.

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

// The account gets an identity of its own, so that a purge can forget the code that it was opened for. An account is named after what opened
// it: the order, or the first entry of the ledger.
pub(crate) const ACCOUNTS_FORGET: &str = "
ALTER TABLE accounts RENAME TO accounts_by_code;
ALTER TABLE ledger RENAME TO ledger_by_code;
DROP INDEX accounts_owing;
DROP INDEX ledger_by_account;
DROP INDEX ledger_by_day;
DROP TRIGGER ledger_is_not_changed;
DROP TRIGGER ledger_is_not_deleted;
CREATE TABLE accounts (
    id        TEXT    NOT NULL PRIMARY KEY,           -- UUIDv7
    code_key  BLOB    NOT NULL UNIQUE CHECK (length(code_key) = 32),  -- as orders.code_key
    forgotten INTEGER NOT NULL DEFAULT 0 CHECK (forgotten IN (0, 1)),  -- whether code_key is no code's any more
    place     INTEGER,                                -- of the order, once there is one
    price     INTEGER NOT NULL CHECK (price > 0),     -- agreed, fen
    owing     INTEGER NOT NULL CHECK (owing BETWEEN 0 AND price)
) STRICT, WITHOUT ROWID;
INSERT INTO accounts (id, code_key, forgotten, place, price, owing)
SELECT coalesce(o.id, (SELECT min(l.id) FROM ledger_by_code l WHERE l.account = a.account)),
       coalesce(o.code_key, a.account), coalesce(o.state = 'purged', 0), a.place, a.price, a.owing
FROM accounts_by_code a LEFT JOIN orders o ON o.place = a.place;
CREATE TABLE ledger (
    id         TEXT    NOT NULL PRIMARY KEY,        -- UUIDv7
    account    TEXT    NOT NULL REFERENCES accounts (id),
    kind       TEXT    NOT NULL CHECK (kind IN ('cash', 'wechat', 'alipay', 'school_account', 'waived')),
    amount     INTEGER NOT NULL CHECK (amount > 0), -- fen
    gives_back TEXT    REFERENCES ledger (id),      -- the entry that this gives back, or a part of it
    reason     TEXT    CHECK (reason IN ('studio_error', 'staff', 'hardship', 'agreement', 'other')),
    station    TEXT    NOT NULL,
    actor      TEXT    NOT NULL,
    day        TEXT    NOT NULL,                    -- YYYY-MM-DD, local: the settlement that it belongs to
    at         INTEGER NOT NULL
) STRICT;
INSERT INTO ledger (id, account, kind, amount, gives_back, reason, station, actor, day, at)
SELECT l.id, coalesce(o.id, (SELECT min(m.id) FROM ledger_by_code m WHERE m.account = l.account)),
       l.kind, l.amount, l.gives_back, l.reason, l.station, l.actor, l.day, l.at
FROM ledger_by_code l JOIN accounts_by_code a ON a.account = l.account LEFT JOIN orders o ON o.place = a.place
ORDER BY l.rowid;
DROP TABLE ledger_by_code;
DROP TABLE accounts_by_code;
CREATE INDEX accounts_owing ON accounts (place) WHERE owing > 0;
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

/// Agrees on the price of an order, nothing for a retake, unless one was agreed for its code before: that holds, and what was paid stays
/// paid. The account and its price; `None` when there is none.
pub(crate) fn agree(
    tx: &Transaction<'_>,
    order_id: &str,
    code_key: &Sum,
    number: OrderNumber,
    price: Fen,
) -> Result<Option<(String, Fen)>, StoreError> {
    let place = Place::of(number);
    let agreed = tx
        .prepare_cached("UPDATE accounts SET place = ?2 WHERE code_key = ?1 RETURNING id, price")?
        .query_row(params![code_key, place], |row| Ok((row.get(0)?, Fen(row.get(1)?))))
        .optional()?;
    if agreed.is_some() || price == Fen::ZERO {
        return Ok(agreed);
    }
    tx.prepare_cached(
        "INSERT INTO accounts (id, code_key, place, price, owing) VALUES (?1, ?2, ?3, ?4, ?4)",
    )?
    .execute(params![order_id, code_key, place, price.0])?;
    Ok(Some((order_id.to_owned(), price)))
}

/// Records money that was taken. The account afterwards.
pub(crate) fn take(conn: &mut Connection, station: char, new: &NewPayment) -> Result<Account, StoreError> {
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let (code_key, order) = match &new.payer {
        Payer::Order(number) => {
            (code_key_of(&tx, *number)?, Some(orders::by_number(&tx, *number)?.summary.id))
        }
        Payer::Code(code, price) => {
            let key = sha256(code.identity().as_bytes());
            tx.execute(
                "INSERT INTO accounts (id, code_key, price, owing) VALUES (?1, ?2, ?3, ?3)
                 ON CONFLICT (code_key) DO NOTHING",
                params![new.id, key, price.0],
            )?;
            (key, orders::by_code(&tx, &key)?.map(|order| order.summary.id))
        }
    };
    // An order without a price has none.
    let id = account_of(&tx, &code_key)?.unwrap_or_default();
    let account = read(&tx, &id)?;
    if account.entries.iter().any(|entry| entry.id == new.id) {
        return Ok(account);
    }
    account.may_take(new.kind, new.amount, new.reason).map_err(StoreError::Money)?;
    let row = NewRow {
        id: &new.id,
        account: &id,
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
    let (id, order): (String, Option<String>) = tx
        .prepare_cached(
            "SELECT a.id, o.id FROM ledger l JOIN accounts a ON a.id = l.account
             LEFT JOIN orders o ON o.code_key = a.code_key WHERE l.id = ?1",
        )?
        .query_row([&new.of], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?
        .ok_or(StoreError::Money(kiosk_core::money::MoneyError::NoSuchEntry))?;
    let account = read(&tx, &id)?;
    if account.entries.iter().any(|entry| entry.id == new.id) {
        return Ok(account);
    }
    let kind = account.may_give_back(&new.of, new.amount).map_err(StoreError::Money)?;
    let row = NewRow {
        id: &new.id,
        account: &id,
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
    account: &'a str,
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
        tx.prepare_cached("UPDATE accounts SET owing = ?2 WHERE id = ?1")?
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
                    "entry": self.id, "account": self.account, "kind": self.kind.as_str(), "fen": self.amount,
                    "gives_back": self.gives_back, "reason": reason, "day": orders::day_text(self.day),
                    "price": account.price, "owing": account.owing(),
                }),
            },
        )?;
        Ok(account)
    }
}

/// The account of an order; without a price when none was agreed.
pub(crate) fn of_order(conn: &Connection, number: OrderNumber) -> Result<Account, StoreError> {
    match account_of(conn, &code_key_of(conn, number)?)? {
        Some(id) => read(conn, &id),
        None => Ok(Account::default()),
    }
}

/// Whether the price of a code's order is paid although there is no order yet.
pub(crate) fn is_paid(conn: &Connection, code: &CollectionCode) -> Result<bool, StoreError> {
    let key = sha256(code.identity().as_bytes());
    let owing: Option<u32> = conn
        .prepare_cached("SELECT owing FROM accounts WHERE code_key = ?1")?
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
        "SELECT {COLUMNS}, a.place FROM ledger l JOIN accounts a ON a.id = l.account
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

/// Accounts that something was taken or given back for on a day, and for which nobody has come yet.
pub(crate) fn unclaimed(conn: &Connection, day: LocalDay) -> Result<Vec<Account>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT a.id FROM ledger l JOIN accounts a ON a.id = l.account
         WHERE l.day = ?1 AND a.place IS NULL GROUP BY a.id ORDER BY min(l.rowid)",
    )?;
    let ids = statement.query_map([orders::day_text(day)], |row| row.get::<_, String>(0))?;
    ids.map(|id| read(conn, &id?)).collect()
}

fn code_key_of(conn: &Connection, number: OrderNumber) -> Result<Sum, StoreError> {
    conn.prepare_cached("SELECT code_key FROM orders WHERE day = ?1 AND counter = ?2 AND station = ?3")?
        .query_row(params![orders::day_text(number.day), number.counter, number.station.to_string()], |row| {
            row.get(0)
        })
        .optional()?
        .ok_or(StoreError::UnknownOrder(number))
}

fn account_of(conn: &Connection, code_key: &Sum) -> Result<Option<String>, StoreError> {
    Ok(conn
        .prepare_cached("SELECT id FROM accounts WHERE code_key = ?1")?
        .query_row([code_key], |row| row.get(0))
        .optional()?)
}

/// Forgets the codes that something was paid for at or before `until` and that nobody came with since. How many.
pub(crate) fn forget_abandoned(tx: &Transaction<'_>, until: UnixMillis) -> Result<u32, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT id FROM accounts a WHERE place IS NULL AND NOT forgotten
            AND (SELECT max(at) FROM ledger WHERE account = a.id) <= ?1",
    )?;
    let ids = statement.query_map([until], |row| row.get(0))?.collect::<Result<Vec<String>, _>>()?;
    for id in &ids {
        tx.prepare_cached("UPDATE accounts SET code_key = ?2, forgotten = 1 WHERE id = ?1")?
            .execute(params![id, forgotten_key(id)])?;
    }
    Ok(ids.len() as u32)
}

/// What stands in the place of a code that was forgotten: its hash could be found by trying codes.
pub(crate) fn forgotten_key(id: &str) -> Sum {
    sha256(format!("purged {id}").as_bytes())
}

/// Entries that the audit does not tell of, that it tells of otherwise or that are gone, and accounts that do not add up.
pub(crate) fn against_audit(conn: &Connection) -> Result<Vec<String>, StoreError> {
    let mut details = Vec::new();
    let mut statement = conn.prepare(
        "WITH told AS (
             SELECT detail ->> 'entry' AS id, detail ->> 'account' AS account, detail ->> 'kind' AS kind, detail ->> 'fen' AS amount,
                    detail ->> 'gives_back' AS gives_back, detail ->> 'reason' AS reason, station, actor, detail ->> 'day' AS day, at
             FROM audit WHERE action IN ('paid', 'refunded') AND detail ->> 'account' IS NOT NULL),
         kept AS (SELECT id, account, kind, amount, gives_back, reason, station, actor, day, at FROM ledger),
         -- From before the audit told the account and the day.
         briefly AS (SELECT detail ->> 'entry' AS id, detail ->> 'kind' AS kind, detail ->> 'fen' AS amount
             FROM audit WHERE action IN ('paid', 'refunded') AND detail ->> 'account' IS NULL)
         SELECT format('entry %s of the ledger is gone, or not as it was recorded', id) FROM (SELECT * FROM told EXCEPT SELECT * FROM kept)
         UNION ALL
         SELECT format('entry %s of the ledger is gone, or not as it was recorded', id)
         FROM (SELECT * FROM briefly EXCEPT SELECT id, kind, amount FROM kept)
         UNION ALL
         SELECT format('nobody recorded entry %s of the ledger', id) FROM kept
         WHERE id NOT IN (SELECT id FROM told UNION ALL SELECT id FROM briefly)
         UNION ALL
         SELECT format('the price of account %s is not the one that was agreed', a.id)
         FROM accounts a JOIN (SELECT detail ->> 'account' AS id, detail ->> 'price' AS price FROM audit
                               WHERE action IN ('accepted', 'paid', 'refunded') AND detail ->> 'price' IS NOT NULL) t
         ON t.id = a.id WHERE t.price <> a.price GROUP BY a.id",
    )?;
    let wrong = statement.query_map([], |row| row.get(0))?;
    details.extend(wrong.collect::<Result<Vec<String>, _>>()?);
    let mut statement = conn.prepare("SELECT id, owing FROM accounts")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let id: String = row.get(0)?;
        if read(conn, &id)?.owing() != Fen(row.get(1)?) {
            details.push(format!("account {id} owes something else than its entries say"));
        }
    }
    Ok(details)
}

const COLUMNS: &str = "l.id, l.kind, l.amount, l.gives_back, l.reason, l.actor, l.at";

fn read(conn: &Connection, account: &str) -> Result<Account, StoreError> {
    let price: Option<u32> = conn
        .prepare_cached("SELECT price FROM accounts WHERE id = ?1")?
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
