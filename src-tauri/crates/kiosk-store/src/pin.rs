//! The operator's PIN: kept as an Argon2id hash, slower after every wrong try.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use kiosk_core::order::UnixMillis;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use serde_json::json;

use crate::audit::{self, Action, Entry};
use crate::error::StoreError;

pub(crate) const SCHEMA: &str = "
CREATE TABLE pins (
    role      TEXT    NOT NULL PRIMARY KEY,
    phc       TEXT    NOT NULL,             -- $argon2id$…
    failures  INTEGER NOT NULL DEFAULT 0,   -- in a row
    failed_at INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
";

const OPERATOR: &str = "operator";

/// Digits of a PIN.
const LENGTH: std::ops::RangeInclusive<usize> = 4..=12;

/// Wrong tries before the first wait.
const FREE_TRIES: u32 = 3;
/// The first wait; it doubles with every further wrong try.
const FIRST_WAIT_MS: i64 = 30_000;
/// The longest wait. Four digits then take more than three months to try out.
const LONGEST_WAIT_MS: i64 = 15 * 60_000;

/// Whether a PIN was ever set.
pub(crate) fn is_set(conn: &Connection) -> Result<bool, StoreError> {
    Ok(conn.query_row("SELECT EXISTS (SELECT 1 FROM pins WHERE role = ?1)", [OPERATOR], |row| row.get(0))?)
}

/// Replaces the PIN.
pub(crate) fn set(
    conn: &mut Connection,
    station: char,
    pin: &str,
    salt: &[u8; 16],
    actor: &str,
    now: UnixMillis,
) -> Result<(), StoreError> {
    if !LENGTH.contains(&pin.len()) || !pin.bytes().all(|b| b.is_ascii_digit()) {
        return Err(StoreError::PinWrong("a PIN has 4 to 12 digits"));
    }
    let hash: PasswordHash = Argon2::default()
        .hash_password_with_salt(pin.as_bytes(), salt)
        .map_err(|_| StoreError::Misuse("the PIN could not be hashed"))?;
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    tx.execute(
        "INSERT INTO pins (role, phc) VALUES (?1, ?2)
         ON CONFLICT (role) DO UPDATE SET phc = excluded.phc, failures = 0, failed_at = 0",
        params![OPERATOR, hash.to_string()],
    )?;
    record(&tx, station, actor, Action::PinSet, now)?;
    Ok(tx.commit()?)
}

/// Lets the operator in, or counts the wrong try and says how long to wait.
///
/// The try is counted before the PIN is looked at, so that pulling the plug does not win another one.
pub(crate) fn verify(
    conn: &mut Connection,
    station: char,
    pin: &str,
    now: UnixMillis,
) -> Result<(), StoreError> {
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let row: Option<(String, u32, UnixMillis)> = tx
        .query_row("SELECT phc, failures, failed_at FROM pins WHERE role = ?1", [OPERATOR], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .optional()?;
    let (phc, failures, failed_at) = row.ok_or(StoreError::PinWrong("no PIN was set"))?;
    let set_failures = |conn: &Connection, failures: u32| {
        conn.execute(
            "UPDATE pins SET failures = ?2, failed_at = ?3 WHERE role = ?1",
            params![OPERATOR, failures, now],
        )
    };
    let wait = wait_after(failures);
    if wait > 0 && now < failed_at {
        // The clock was set back: the wait begins again, and never lasts longer than it would have.
        set_failures(&tx, failures)?;
        tx.commit()?;
        return Err(StoreError::PinLocked { seconds: wait / 1000 });
    }
    let left = failed_at.saturating_add(wait).saturating_sub(now);
    if wait > 0 && left > 0 {
        return Err(StoreError::PinLocked { seconds: left.saturating_add(999) / 1000 });
    }
    set_failures(&tx, failures.saturating_add(1))?;
    tx.commit()?;

    let hash = PasswordHash::new(&phc)
        .map_err(|_| StoreError::Damaged("the PIN's hash is not readable".to_owned()))?;
    let right = Argon2::default().verify_password(pin.as_bytes(), &hash).is_ok();
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if right {
        set_failures(&tx, 0)?;
    }
    record(&tx, station, OPERATOR, if right { Action::PinAccepted } else { Action::PinRefused }, now)?;
    tx.commit()?;
    if right { Ok(()) } else { Err(StoreError::PinWrong("")) }
}

fn record(
    tx: &rusqlite::Transaction<'_>,
    station: char,
    actor: &str,
    action: Action,
    at: UnixMillis,
) -> Result<(), StoreError> {
    audit::append(tx, &Entry { at, station, actor, action, order_id: None, detail: json!({}) })
}

/// Milliseconds to wait after so many wrong tries in a row.
fn wait_after(failures: u32) -> i64 {
    match failures.checked_sub(FREE_TRIES) {
        None => 0,
        Some(doublings) => (FIRST_WAIT_MS << doublings.min(10)).min(LONGEST_WAIT_MS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_a_quarter_of_an_hour() {
        assert_eq!([0, 2, 3, 4, 5].map(wait_after), [0, 0, 30_000, 60_000, 120_000]);
        assert_eq!(wait_after(8), LONGEST_WAIT_MS);
        assert_eq!(wait_after(u32::MAX), LONGEST_WAIT_MS);
    }
}
