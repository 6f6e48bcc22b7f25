//! Orders: one row for each collection code that came, and how rows are found.

use std::fmt;

use kiosk_core::OrderNumber;
use kiosk_core::id_document::{BracketRule, IdNumber, LastFour};
use kiosk_core::order::{LocalDay, OrderState, Person, UnixMillis};
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use crate::digest::{Sealed, Sum};
use crate::error::StoreError;

pub(crate) const SCHEMA: &str = "
CREATE TABLE orders (
    id             TEXT    NOT NULL PRIMARY KEY,  -- UUIDv7 of the visit that opened it
    day            TEXT    NOT NULL,              -- YYYY-MM-DD, local
    station        TEXT    NOT NULL CHECK (station GLOB '[A-Z]'),
    counter        INTEGER NOT NULL CHECK (counter >= 1),
    number         TEXT    NOT NULL GENERATED ALWAYS AS
        (substr(day, 3, 2) || substr(day, 6, 2) || substr(day, 9, 2) || '-' || station || format('%03d', counter)) STORED,
    state          TEXT    NOT NULL
        CHECK (state IN ('captured', 'approved', 'returned', 'printed', 'delivered', 'purged')),
    version        INTEGER NOT NULL CHECK (version >= 1),  -- the photo that counts
    profile        TEXT    NOT NULL,
    code_key       BLOB    NOT NULL UNIQUE CHECK (length(code_key) = 32),  -- SHA-256 of the code's identity
    code           TEXT,                          -- the code's own number, when it tells one
    id_number      TEXT CHECK ((id_number IS NULL) = (state = 'purged')),
    name           TEXT,
    student_number TEXT,
    school         TEXT,
    college        TEXT,
    class          TEXT,
    accepted_at    INTEGER NOT NULL,              -- of the photo that counts, ms since 1970 UTC
    changed_at     INTEGER NOT NULL,
    digest         BLOB,
    UNIQUE (day, counter, station)
) STRICT;
";

pub(crate) const SEALED: Sealed = Sealed {
    table: "orders",
    columns: "id, day, station, counter, number, state, version, profile, code_key, code, id_number, name, \
              student_number, school, college, class, accepted_at, changed_at",
};

/// One line of a listing. The ID number is masked; `Debug` shows number, state and version.
#[derive(Clone, PartialEq)]
pub struct OrderSummary {
    /// The number to say aloud.
    pub number: OrderNumber,
    /// UUID (version 7) of the visit that opened the order.
    pub id: String,
    /// Where it stands.
    pub state: OrderState,
    /// Version of the photo that counts, from 1.
    pub version: u32,
    /// Recipient profile of the photo that counts.
    pub profile: String,
    /// Name, as far as known.
    pub name: Option<String>,
    /// Student number.
    pub student_number: Option<String>,
    /// School.
    pub school: Option<String>,
    /// College (学院).
    pub college: Option<String>,
    /// Class (班级).
    pub class: Option<String>,
    /// First six and last four characters of the ID number; `None` once purged.
    pub id_number_masked: Option<String>,
    /// Last four characters of the ID number, brackets counted; `None` once purged.
    pub last_four: Option<String>,
    /// When the person accepted the photo that counts.
    pub accepted_at: UnixMillis,
    /// When the row last changed.
    pub changed_at: UnixMillis,
}

impl fmt::Debug for OrderSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OrderSummary({} {} v{})", self.number, self.state.as_str(), self.version)
    }
}

/// Which orders to list, newest number first.
#[derive(Clone, PartialEq, Eq)]
pub struct Query {
    /// Part of a name, student number, class or order number; a whole collection code or ID number; or the
    /// last four characters of an ID number, brackets counted or left out.
    pub find: Option<String>,
    /// Only these states; empty means all.
    pub states: Vec<OrderState>,
    /// Only this day.
    pub day: Option<LocalDay>,
    /// At most so many rows.
    pub limit: u32,
    /// Rows to leave out at the beginning.
    pub offset: u32,
}

impl Default for Query {
    /// Every order.
    fn default() -> Self {
        Self { find: None, states: Vec::new(), day: None, limit: u32::MAX, offset: 0 }
    }
}

impl fmt::Debug for Query {
    /// What was searched for may be a name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Query")
            .field("find", &self.find.as_ref().map(|_| "…"))
            .field("states", &self.states)
            .field("day", &self.day)
            .field("limit", &self.limit)
            .field("offset", &self.offset)
            .finish()
    }
}

/// A row with its person, for those inside this crate who may see it.
pub(crate) struct StoredOrder {
    pub(crate) rowid: i64,
    pub(crate) summary: OrderSummary,
    /// `None` once purged.
    pub(crate) person: Option<Person>,
    pub(crate) code: Option<String>,
}

const COLUMNS: &str = "rowid, id, day, station, counter, state, version, profile, code, id_number, name, \
                       student_number, school, college, class, accepted_at, changed_at";

/// A day range instead of `:day IS NULL OR …`, so that the index on the day serves both.
const MATCHING: &str = "
    day BETWEEN :first_day AND :last_day
    AND (:states IS NULL OR state IN (SELECT value FROM json_each(:states)))
    AND (:part IS NULL
        OR name LIKE :part ESCAPE '\\' OR student_number LIKE :part ESCAPE '\\' OR class LIKE :part ESCAPE '\\'
        OR number LIKE :part ESCAPE '\\'
        OR code = :whole COLLATE NOCASE
        OR id_number = :id_number
        OR (:last_four IS NOT NULL AND :last_four IN
            (substr(id_number, -4), substr(replace(replace(id_number, '(', ''), ')', ''), -4))))";

/// Masked rows.
pub(crate) fn list(conn: &Connection, query: &Query) -> Result<Vec<OrderSummary>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM orders WHERE {MATCHING}
         ORDER BY day DESC, counter DESC, station DESC LIMIT :limit OFFSET :offset"
    );
    let filter = Filter::of(query);
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query(named_params! {
        ":first_day": filter.first_day, ":last_day": filter.last_day, ":states": filter.states,
        ":part": filter.part, ":whole": filter.whole, ":id_number": filter.id_number,
        ":last_four": filter.last_four, ":limit": query.limit, ":offset": query.offset,
    })?;
    let mut orders = Vec::new();
    while let Some(row) = rows.next()? {
        orders.push(from_row(row)?.summary);
    }
    Ok(orders)
}

/// How many orders a query finds; `limit` and `offset` are left out of account.
pub(crate) fn count(conn: &Connection, query: &Query) -> Result<u32, StoreError> {
    let filter = Filter::of(query);
    let found = conn.prepare_cached(&format!("SELECT count(*) FROM orders WHERE {MATCHING}"))?.query_row(
        named_params! {
            ":first_day": filter.first_day, ":last_day": filter.last_day, ":states": filter.states,
            ":part": filter.part, ":whole": filter.whole, ":id_number": filter.id_number,
            ":last_four": filter.last_four,
        },
        |row| row.get(0),
    )?;
    Ok(found)
}

/// The order with this number, as it was sealed.
pub(crate) fn by_number(conn: &Connection, number: OrderNumber) -> Result<StoredOrder, StoreError> {
    let found = conn
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM orders WHERE day = ?1 AND counter = ?2 AND station = ?3"
        ))?
        .query_row(params![day_text(number.day), number.counter, number.station.to_string()], |row| {
            Ok(from_row(row))
        })
        .optional()?;
    intact(conn, found.ok_or(StoreError::UnknownOrder(number))??)
}

/// The order of this code, as it was sealed.
pub(crate) fn by_code(conn: &Connection, code_key: &Sum) -> Result<Option<StoredOrder>, StoreError> {
    let found = conn
        .prepare_cached(&format!("SELECT {COLUMNS} FROM orders WHERE code_key = ?1"))?
        .query_row([code_key], |row| Ok(from_row(row)))
        .optional()?;
    found.map(|order| intact(conn, order?)).transpose()
}

/// The order with this id.
pub(crate) fn by_id(conn: &Connection, id: &str) -> Result<StoredOrder, StoreError> {
    let order = conn
        .prepare_cached(&format!("SELECT {COLUMNS} FROM orders WHERE id = ?1"))?
        .query_row([id], |row| Ok(from_row(row)))??;
    intact(conn, order)
}

/// Writes a new state and seals the row again.
pub(crate) fn set_state(
    conn: &Connection,
    order: &StoredOrder,
    state: OrderState,
    at: UnixMillis,
) -> Result<(), StoreError> {
    conn.prepare_cached("UPDATE orders SET state = ?2, changed_at = ?3 WHERE rowid = ?1")?
        .execute(params![order.rowid, state.as_str(), at])?;
    SEALED.seal(conn, order.rowid)
}

fn intact(conn: &Connection, order: StoredOrder) -> Result<StoredOrder, StoreError> {
    if SEALED.holds(conn, order.rowid)? {
        Ok(order)
    } else {
        Err(StoreError::Damaged(format!("order {} is not as it was written", order.summary.number)))
    }
}

fn from_row(row: &Row<'_>) -> Result<StoredOrder, StoreError> {
    let number = OrderNumber {
        day: parse_day(&row.get::<_, String>("day")?)?,
        station: row.get::<_, String>("station")?.chars().next().unwrap_or('?'),
        counter: row.get("counter")?,
    };
    let damaged = |what: &str| StoreError::Damaged(format!("order {number}: {what} is not readable"));
    let state = row.get::<_, String>("state")?.parse().map_err(|_| damaged("the state"))?;
    let id_number = row
        .get::<_, Option<String>>("id_number")?
        .map(|text| IdNumber::parse(&text).map_err(|_| damaged("the ID number")))
        .transpose()?;
    let summary = OrderSummary {
        number,
        id: row.get("id")?,
        state,
        version: row.get("version")?,
        profile: row.get("profile")?,
        name: row.get("name")?,
        student_number: row.get("student_number")?,
        school: row.get("school")?,
        college: row.get("college")?,
        class: row.get("class")?,
        id_number_masked: id_number.as_ref().map(IdNumber::masked_for_operator),
        last_four: id_number.as_ref().map(|id| id.last_four(BracketRule::Counted)),
        accepted_at: row.get("accepted_at")?,
        changed_at: row.get("changed_at")?,
    };
    let person = id_number.map(|id_number| Person {
        id_number,
        name: summary.name.clone(),
        student_number: summary.student_number.clone(),
        school: summary.school.clone(),
        college: summary.college.clone(),
        class: summary.class.clone(),
    });
    Ok(StoredOrder { rowid: row.get("rowid")?, summary, person, code: row.get("code")? })
}

/// A query as SQL parameters.
struct Filter {
    first_day: String,
    last_day: String,
    states: Option<String>,
    part: Option<String>,
    whole: Option<String>,
    id_number: Option<String>,
    last_four: Option<String>,
}

impl Filter {
    fn of(query: &Query) -> Self {
        let day = query.day.map(day_text);
        let names: Vec<&str> = query.states.iter().map(|s| s.as_str()).collect();
        let whole = query.find.as_deref().map(str::trim).filter(|text| !text.is_empty());
        Self {
            first_day: day.clone().unwrap_or_default(),
            last_day: day.unwrap_or_else(|| "9999-99-99".to_owned()),
            states: (!names.is_empty()).then(|| serde_json::json!(names).to_string()),
            part: whole.map(|text| format!("%{}%", escape_like(text))),
            whole: whole.map(str::to_owned),
            id_number: whole.and_then(|t| IdNumber::parse(t).ok()).map(|id| id.canonical().to_owned()),
            last_four: whole.and_then(|t| LastFour::parse(t).ok()).map(|four| four.as_str().to_owned()),
        }
    }
}

/// `%` and `_` are wildcards of LIKE; `\` is the escape that the query names.
fn escape_like(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// `YYYY-MM-DD`.
pub(crate) fn day_text(LocalDay { year, month, day }: LocalDay) -> String {
    format!("{year:04}-{month:02}-{day:02}")
}

fn parse_day(text: &str) -> Result<LocalDay, StoreError> {
    let mut parts = text.splitn(3, '-');
    let mut part = || parts.next().and_then(|p| p.parse::<u16>().ok());
    let day = (|| {
        Some(LocalDay { year: part()?, month: part()?.try_into().ok()?, day: part()?.try_into().ok()? })
    })();
    day.ok_or_else(|| StoreError::Damaged("an order's day is not a date".to_owned()))
}
