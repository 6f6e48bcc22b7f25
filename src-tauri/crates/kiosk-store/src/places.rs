//! Where orders stand in every listing: newest number first, from any order on, without counting those before it.
//!
//! A query is a few lists of places, each in falling order: those under some words, those in some states. What stands in all of them is found
//! by leaping: each list is asked for its next place at or below the lowest that another one has. Where the other lists have few places, the
//! words of each of those are looked at instead of the index.

use std::collections::VecDeque;

use kiosk_core::OrderNumber;
use kiosk_core::order::{LocalDay, OrderState};
use kiosk_core::search::Wanted;
use rusqlite::types::{FromSql, FromSqlResult, ToSqlOutput, ValueRef};
use rusqlite::{Connection, ToSql, named_params};

use crate::error::StoreError;
use crate::words;

// The order number as one integer that sorts as listings do. Not stored: only the index on the state holds it.
pub(crate) const SCHEMA: &str = "
ALTER TABLE orders ADD COLUMN place INTEGER NOT NULL GENERATED ALWAYS AS
    ((((CAST(replace(day, '-', '') AS INTEGER) << 32) | counter) << 5) | (unicode(station) - 64)) VIRTUAL;
CREATE INDEX orders_by_state ON orders (state, place);
CREATE TABLE order_counts (
    day    TEXT    NOT NULL,
    state  TEXT    NOT NULL,
    orders INTEGER NOT NULL,
    PRIMARY KEY (day, state)
) STRICT, WITHOUT ROWID;
INSERT INTO order_counts (day, state, orders) SELECT day, state, count(*) FROM orders GROUP BY day, state;
CREATE TRIGGER orders_are_counted AFTER INSERT ON orders
BEGIN
    INSERT INTO order_counts (day, state, orders) VALUES (new.day, new.state, 1)
    ON CONFLICT (day, state) DO UPDATE SET orders = orders + 1;
END;
CREATE TRIGGER orders_are_counted_again AFTER UPDATE OF state ON orders WHEN old.state <> new.state
BEGIN
    UPDATE order_counts SET orders = orders - 1 WHERE day = old.day AND state = old.state;
    INSERT INTO order_counts (day, state, orders) VALUES (new.day, new.state, 1)
    ON CONFLICT (day, state) DO UPDATE SET orders = orders + 1;
END;
";

/// An order number as one integer: day, counter, station.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place(i64);

const STATION_BITS: u32 = 5;
const COUNTER_BITS: u32 = 32;

impl Place {
    const LOWEST: Self = Self(0);
    const HIGHEST: Self = Self(i64::MAX);

    pub(crate) fn of(number: OrderNumber) -> Self {
        let station = i64::from(u32::from(number.station)) - 64;
        Self((date(number.day) << COUNTER_BITS | i64::from(number.counter)) << STATION_BITS | station)
    }

    pub(crate) fn number(self) -> OrderNumber {
        let station = (self.0 & ((1 << STATION_BITS) - 1)) as u8;
        let rest = self.0 >> STATION_BITS;
        let date = rest >> COUNTER_BITS;
        OrderNumber {
            day: LocalDay {
                year: (date / 10_000) as u16,
                month: (date / 100 % 100) as u8,
                day: (date % 100) as u8,
            },
            station: char::from(64 + station),
            counter: (rest & i64::from(u32::MAX)) as u32,
        }
    }

    fn below(self) -> Self {
        Self(self.0 - 1)
    }
}

/// 20261121.
fn date(LocalDay { year, month, day }: LocalDay) -> i64 {
    i64::from(year) * 10_000 + i64::from(month) * 100 + i64::from(day)
}

impl ToSql for Place {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.0))
    }
}

impl FromSql for Place {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        i64::column_result(value).map(Self)
    }
}

/// From where to where a listing reaches, both ends included.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    first: Place,
    last: Place,
}

impl Span {
    /// One day or all of them, below `after` where a listing goes on.
    pub(crate) fn of(day: Option<LocalDay>, after: Option<OrderNumber>) -> Self {
        let (first, last) = match day {
            Some(day) => {
                let first = date(day) << (COUNTER_BITS + STATION_BITS);
                (Place(first), Place(first | ((1 << (COUNTER_BITS + STATION_BITS)) - 1)))
            }
            None => (Place::LOWEST, Place::HIGHEST),
        };
        let below = after.map_or(Place::HIGHEST, |number| Place::of(number).below());
        Self { first, last: last.min(below) }
    }
}

/// A list of places in falling order.
pub(crate) enum List {
    /// Orders in one of these states.
    States(Vec<OrderState>),
    /// Orders that are not paid.
    Owing,
    /// Orders under words.
    Words(Vec<Wanted>),
    /// These, already in falling order.
    These(Vec<Place>),
}

impl List {
    /// The first `most` places from `span.last` downwards.
    fn read(&self, conn: &Connection, span: Span, most: usize) -> Result<Vec<Place>, StoreError> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        match self {
            Self::These(places) => {
                let inside = places.iter().filter(|place| (span.first..=span.last).contains(place));
                Ok(inside.take(usize::try_from(most).unwrap_or(usize::MAX)).copied().collect())
            }
            Self::States(states) => {
                let mut places = Vec::new();
                let mut statement = conn.prepare_cached(
                    "SELECT place FROM orders WHERE state = :state AND place BETWEEN :first AND :last
                     ORDER BY place DESC LIMIT :most",
                )?;
                for state in states {
                    let found = statement.query_map(
                        named_params! {
                            ":state": state.as_str(), ":first": span.first, ":last": span.last, ":most": most,
                        },
                        |row| row.get(0),
                    )?;
                    places.extend(found.collect::<Result<Vec<Place>, _>>()?);
                }
                places.sort_unstable_by(|a, b| b.cmp(a));
                places.truncate(usize::try_from(most).unwrap_or(usize::MAX));
                Ok(places)
            }
            Self::Owing => {
                let mut statement = conn.prepare_cached(
                    "SELECT place FROM accounts WHERE owing > 0 AND place BETWEEN :first AND :last
                     ORDER BY place DESC LIMIT :most",
                )?;
                let found = statement.query_map(
                    named_params! { ":first": span.first, ":last": span.last, ":most": most },
                    |row| row.get(0),
                )?;
                Ok(found.collect::<Result<_, _>>()?)
            }
            Self::Words(wanted) => {
                let mut statement = conn.prepare_cached(
                    "SELECT rowid FROM order_index WHERE order_index MATCH :wanted AND rowid BETWEEN :first AND :last
                     ORDER BY rowid DESC LIMIT :most",
                )?;
                let found = statement.query_map(
                    named_params! {
                        ":wanted": words::expression(wanted), ":first": span.first, ":last": span.last, ":most": most,
                    },
                    |row| row.get(0),
                )?;
                Ok(found.collect::<Result<_, _>>()?)
            }
        }
    }
}

/// What stands in all of `lists` inside `span`, at most `most` places, highest first.
pub(crate) fn in_all(
    conn: &Connection,
    lists: Vec<List>,
    span: Span,
    most: usize,
) -> Result<Vec<Place>, StoreError> {
    if let [only] = &lists[..] {
        return only.read(conn, span, most);
    }
    let mut readers: Vec<Reader<'_>> = lists
        .into_iter()
        .map(|list| Reader { conn, list, span, read: VecDeque::new(), batch: 0, asked: 0, checked: 0 })
        .collect();
    let mut found = Vec::new();
    let mut at = span.last;
    while found.len() < most {
        let Some(next) = common(&mut readers, at)? else { break };
        found.push(next);
        at = next.below();
    }
    Ok(found)
}

/// The highest place at or below `at` that all of them have.
fn common(readers: &mut [Reader<'_>], mut at: Place) -> Result<Option<Place>, StoreError> {
    loop {
        let from = at;
        for reader in readers.iter_mut() {
            match reader.at_or_below(at)? {
                Some(next) => at = next,
                None => return Ok(None),
            }
        }
        if at == from {
            return Ok(Some(at));
        }
    }
}

/// Places read at once, at first and after a leap, and at most.
const FIRST_BATCH: usize = 16;
const LARGEST_BATCH: usize = 2_048;
/// Single orders whose words are looked at before the index is asked again. Asking it costs as much as some dozens of orders.
const MOST_CHECKED: usize = 128;

/// A list that is read in batches, longer ones as long as most of what was read is asked for.
struct Reader<'c> {
    conn: &'c Connection,
    list: List,
    span: Span,
    read: VecDeque<Place>,
    batch: usize,
    asked: usize,
    checked: usize,
}

impl Reader<'_> {
    /// `at` when the list has it, else a lower place, above which it has no other; `None` when it has none left.
    fn at_or_below(&mut self, at: Place) -> Result<Option<Place>, StoreError> {
        if at < self.span.first {
            return Ok(None);
        }
        loop {
            while self.read.front().is_some_and(|place| *place > at) {
                self.read.pop_front();
            }
            if let Some(place) = self.read.front() {
                self.asked += 1;
                return Ok(Some(*place));
            }
            let leaping = self.asked * 4 < self.batch;
            if let List::Words(wanted) = &self.list
                && leaping
                && self.checked < MOST_CHECKED
            {
                self.checked += 1;
                let fits = words::fits(self.conn, at, wanted)?;
                return Ok(Some(if fits { at } else { at.below() }));
            }
            self.batch =
                if self.batch == 0 || leaping { FIRST_BATCH } else { (self.batch * 2).min(LARGEST_BATCH) };
            let span = Span { last: self.span.last.min(at), ..self.span };
            self.read = self.list.read(self.conn, span, self.batch)?.into();
            (self.asked, self.checked) = (0, 0);
            if self.read.is_empty() {
                return Ok(None);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_sort_as_numbers_are_listed_and_tell_the_number() {
        let number = |day, counter, station| OrderNumber {
            day: LocalDay { year: 2026, month: 11, day },
            station,
            counter,
        };
        let falling = [number(22, 1, 'A'), number(21, u32::MAX, 'Z'), number(21, 7, 'B'), number(21, 7, 'A')];
        let places = falling.map(Place::of);
        assert!(places.is_sorted_by(|a, b| a > b));
        assert_eq!(places.map(Place::number), falling);
        let day = Span::of(Some(falling[1].day), None);
        let inside = places.map(|place| (day.first..=day.last).contains(&place));
        assert_eq!(inside, [false, true, true, true]);
    }
}
