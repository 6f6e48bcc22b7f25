//! Orders: one row for each collection code that came, and how rows are found.

use std::fmt;

use kiosk_core::id_document::{BracketRule, IdNumber};
use kiosk_core::order::{LocalDay, OrderState, Person, UnixMillis};
use kiosk_core::search::{self, Wanted};
use kiosk_core::{CollectionCode, OrderNumber};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::digest::{Sealed, Sum, sha256};
use crate::error::StoreError;
use crate::places::{self, List, Place, Span};

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
    /// Any part of a name, college or class; a name's pinyin or its initials; the beginning of a student number or order number; the last
    /// four characters of an ID number, brackets counted or left out; a whole collection code or ID number. Several, with blanks between
    /// them, must all fit.
    pub find: Option<String>,
    /// Only these states; empty means all.
    pub states: Vec<OrderState>,
    /// Only orders that owe something.
    pub unpaid: bool,
    /// Only this day.
    pub day: Option<LocalDay>,
    /// At most so many rows.
    pub limit: u32,
    /// Only rows that are listed after this order: the last one of the page before.
    pub after: Option<OrderNumber>,
}

impl Default for Query {
    /// Every order.
    fn default() -> Self {
        Self { find: None, states: Vec::new(), unpaid: false, day: None, limit: u32::MAX, after: None }
    }
}

impl fmt::Debug for Query {
    /// What was searched for may be a name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Query")
            .field("find", &self.find.as_ref().map(|_| "…"))
            .field("states", &self.states)
            .field("unpaid", &self.unpaid)
            .field("day", &self.day)
            .field("limit", &self.limit)
            .field("after", &self.after)
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

/// More orders than this that words fit are not counted: whoever searches narrows the search instead.
pub(crate) const MOST_COUNTED: u32 = 1_000;

/// Masked rows.
pub(crate) fn list(conn: &Connection, query: &Query) -> Result<Vec<OrderSummary>, StoreError> {
    let most = usize::try_from(query.limit).unwrap_or(usize::MAX);
    let places = matches(conn, query, most)?;
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM orders WHERE day = ?1 AND counter = ?2 AND station = ?3"
    ))?;
    places
        .into_iter()
        .map(|place| {
            let number = place.number();
            let key = params![day_text(number.day), number.counter, number.station.to_string()];
            Ok(statement.query_row(key, |row| Ok(from_row(row)))??.summary)
        })
        .collect()
}

/// How many orders a query finds; `limit` and `after` are left out of account. Exact for states and days, and up to [`MOST_COUNTED`]
/// for words and unpaid orders; one more than that means more.
pub(crate) fn count(conn: &Connection, query: &Query) -> Result<u32, StoreError> {
    let everywhere = Query { after: None, ..query.clone() };
    if query.unpaid || search::wanted(query.find.as_deref().unwrap_or_default()).is_some() {
        let found = matches(conn, &everywhere, MOST_COUNTED as usize + 1)?;
        return Ok(u32::try_from(found.len()).unwrap_or(u32::MAX));
    }
    let (first, last) = match query.day.map(day_text) {
        Some(day) => (day.clone(), day),
        None => (String::new(), "9999-99-99".to_owned()),
    };
    let names: Vec<&str> = states_of(query).iter().map(|state| state.as_str()).collect();
    let found = conn
        .prepare_cached(
            "SELECT coalesce(sum(orders), 0) FROM order_counts
             WHERE day BETWEEN ?1 AND ?2 AND state IN (SELECT value FROM json_each(?3))",
        )?
        .query_row(params![first, last, serde_json::json!(names).to_string()], |row| row.get(0))?;
    Ok(found)
}

/// Where the orders of a query stand, newest number first.
fn matches(conn: &Connection, query: &Query, most: usize) -> Result<Vec<Place>, StoreError> {
    let span = Span::of(query.day, query.after);
    let typed = query.find.as_deref().unwrap_or_default();
    let mut lists = Vec::new();
    match search::wanted(typed) {
        Some(wanted) if wanted.is_empty() => return Ok(Vec::new()),
        Some(wanted) => lists.push(match named_whole(conn, typed)? {
            Some(places) => List::These(places),
            None => List::Words(wanted),
        }),
        None => {}
    }
    if query.unpaid {
        lists.push(List::Owing);
    }
    if lists.is_empty() || !query.states.is_empty() {
        lists.push(List::States(states_of(query)));
    }
    places::in_all(conn, lists, span, most)
}

fn states_of(query: &Query) -> Vec<OrderState> {
    if query.states.is_empty() { OrderState::ALL.to_vec() } else { query.states.clone() }
}

/// The orders of a whole order number, collection code or ID number; `None` when it is no such thing, or nobody's.
fn named_whole(conn: &Connection, typed: &str) -> Result<Option<Vec<Place>>, StoreError> {
    let typed = typed.trim();
    if let Ok(number) = typed.parse()
        && is_there(conn, number)?
    {
        return Ok(Some(vec![Place::of(number)]));
    }
    // Its number, or all that a hand scanner types.
    let [number, payload] =
        [CollectionCode::identity_of(typed), CollectionCode::decode(typed.as_bytes()).identity()]
            .map(|identity| sha256(identity.as_bytes()));
    let of_code: Option<Place> = conn
        .prepare_cached("SELECT place FROM orders WHERE code_key IN (?1, ?2)")?
        .query_row([number, payload], |row| row.get(0))
        .optional()?;
    if let Some(place) = of_code {
        return Ok(Some(vec![place]));
    }
    let Ok(id_number) = IdNumber::parse(typed) else { return Ok(None) };
    let alike = List::Words(vec![Wanted { all: vec![search::last_four_of(&id_number)], or: None }]);
    let mut found = Vec::new();
    for place in places::in_all(conn, vec![alike], Span::of(None, None), usize::MAX)? {
        let stored = stored_id_number(conn, place.number())?;
        if stored.and_then(|text| IdNumber::parse(&text).ok()).is_some_and(|id| id.same_person(&id_number)) {
            found.push(place);
        }
    }
    Ok((!found.is_empty()).then_some(found))
}

fn is_there(conn: &Connection, number: OrderNumber) -> Result<bool, StoreError> {
    let mut statement =
        conn.prepare_cached("SELECT 1 FROM orders WHERE day = ?1 AND counter = ?2 AND station = ?3")?;
    Ok(statement.exists(params![day_text(number.day), number.counter, number.station.to_string()])?)
}

/// `None` once purged.
fn stored_id_number(conn: &Connection, number: OrderNumber) -> Result<Option<String>, StoreError> {
    Ok(conn
        .prepare_cached("SELECT id_number FROM orders WHERE day = ?1 AND counter = ?2 AND station = ?3")?
        .query_row(params![day_text(number.day), number.counter, number.station.to_string()], |row| {
            row.get(0)
        })?)
}

/// Gives every order to `look`, oldest row first.
pub(crate) fn each(
    conn: &Connection,
    mut look: impl FnMut(StoredOrder) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut statement = conn.prepare(&format!("SELECT {COLUMNS} FROM orders ORDER BY rowid"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        look(from_row(row)?)?;
    }
    Ok(())
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
