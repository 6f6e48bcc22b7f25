//! The words under which orders are found, in the same file and the same transaction as the orders.
//!
//! [`kiosk_core::search`] makes the words; SQLite's FTS5 keeps for each of them, and for each of their beginnings, the places of the orders.
//! Its own tokenizers know no Chinese, so that it only has to cut at blanks. What an order was put under is kept beside the index: it can be
//! taken out word by word, whatever the rules say by then, and `secure-delete` leaves nothing of it.

use kiosk_core::order::OrderState;
use kiosk_core::search::{self, Searched, Token, Wanted};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use crate::error::StoreError;
use crate::orders::{self, StoredOrder};
use crate::places::Place;

// `detail=none` and `columnsize=0`: only whether an order has a word is ever asked, not where or how often.
pub(crate) const SCHEMA: &str = "
CREATE TABLE order_words (
    place INTEGER NOT NULL PRIMARY KEY,  -- of the order, as orders.place
    words TEXT    NOT NULL
) STRICT;
CREATE TABLE order_words_rules (version INTEGER NOT NULL) STRICT;  -- those that order_words was made by
CREATE VIRTUAL TABLE order_index USING fts5 (
    words, content = 'order_words', content_rowid = 'place', columnsize = 0, detail = 'none', tokenize = 'ascii',
    prefix = '1 2 3 4 5 6 7 8 9 10'
);
INSERT INTO order_index (order_index, rank) VALUES ('secure-delete', 1);
CREATE TRIGGER order_words_are_indexed AFTER INSERT ON order_words
BEGIN INSERT INTO order_index (rowid, words) VALUES (new.place, new.words); END;
CREATE TRIGGER order_words_are_taken_out AFTER DELETE ON order_words
BEGIN INSERT INTO order_index (order_index, rowid, words) VALUES ('delete', old.place, old.words); END;
CREATE TRIGGER order_words_are_replaced AFTER UPDATE ON order_words
BEGIN
    INSERT INTO order_index (order_index, rowid, words) VALUES ('delete', old.place, old.words);
    INSERT INTO order_index (rowid, words) VALUES (new.place, new.words);
END;
CREATE TRIGGER purged_orders_have_no_words AFTER UPDATE OF state ON orders WHEN new.state = 'purged'
BEGIN DELETE FROM order_words WHERE place = new.place; END;
";

/// Orders written between two checks of how far the index is.
const STRIDE: usize = 10_000;

/// Puts an order under its words, or under other words than before; a purged one under none.
pub(crate) fn put(conn: &Connection, order: &StoredOrder) -> Result<(), StoreError> {
    let place = Place::of(order.summary.number);
    let Some(person) = order.person.as_ref().filter(|_| order.summary.state != OrderState::Purged) else {
        return take_out(conn, place);
    };
    let words = search::words(&Searched {
        number: order.summary.number,
        id_number: &person.id_number,
        name: person.name.as_deref(),
        student_number: person.student_number.as_deref(),
        college: person.college.as_deref(),
        class: person.class.as_deref(),
    });
    conn.prepare_cached(
        "INSERT INTO order_words (place, words) VALUES (?1, ?2)
         ON CONFLICT (place) DO UPDATE SET words = excluded.words WHERE words <> excluded.words",
    )?
    .execute(params![place, words])?;
    Ok(())
}

/// Takes every word of an order out of the index. Marking an order as purged does the same.
pub(crate) fn take_out(conn: &Connection, place: Place) -> Result<(), StoreError> {
    conn.prepare_cached("DELETE FROM order_words WHERE place = ?1")?.execute([place])?;
    Ok(())
}

/// Makes the index anew when the rules of the words have changed: after an update of the program, never in between.
pub(crate) fn bring_up_to_date(conn: &mut Connection) -> Result<(), StoreError> {
    if rules(conn)? == Some(search::RULES) {
        return Ok(());
    }
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have been faster.
    if rules(&tx)? == Some(search::RULES) {
        return Ok(());
    }
    tx.execute("DELETE FROM order_words_rules", [])?;
    let mut done = 0;
    orders::each(&tx, |order| {
        done += 1;
        if done % STRIDE == 0 {
            tracing::info!(done, "orders are put under their words");
        }
        put(&tx, &order)
    })?;
    tx.execute("INSERT INTO order_words_rules (version) VALUES (?1)", [search::RULES])?;
    Ok(tx.commit()?)
}

fn rules(conn: &Connection) -> Result<Option<u32>, StoreError> {
    Ok(conn.query_row("SELECT version FROM order_words_rules", [], |row| row.get(0)).optional()?)
}

/// Whether the order at a place is kept under what is asked for; asks the order's own words, not the index.
pub(crate) fn fits(conn: &Connection, place: Place, wanted: &[Wanted]) -> Result<bool, StoreError> {
    let words: Option<String> = conn
        .prepare_cached("SELECT words FROM order_words WHERE place = ?1")?
        .query_row([place], |row| row.get(0))
        .optional()?;
    Ok(words.is_some_and(|words| search::fits(&words, wanted)))
}

/// What is asked for, in the index's own language.
pub(crate) fn expression(wanted: &[Wanted]) -> String {
    let parts = wanted.iter().map(|part| {
        let all = part.all.iter().map(quoted).collect::<Vec<_>>().join(" AND ");
        match &part.or {
            Some(or) => format!("(({all}) OR {})", quoted(or)),
            None => format!("({all})"),
        }
    });
    parts.collect::<Vec<_>>().join(" AND ")
}

/// A word holds neither quotes nor blanks, but doubling quotes costs nothing.
fn quoted(token: &Token) -> String {
    let star = if token.prefix { " *" } else { "" };
    format!("\"{}\"{star}", token.text.replace('"', "\"\""))
}
