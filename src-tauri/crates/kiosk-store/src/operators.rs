//! Who works at the desk: names with their role, and a PIN each, kept as an Argon2id hash and slower after every wrong try.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use kiosk_core::Role;
use kiosk_core::order::UnixMillis;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use serde_json::json;

use crate::audit::{self, Action, Entry};
use crate::error::StoreError;

/// Until there were names: one PIN for everybody.
pub(crate) const SCHEMA: &str = "
CREATE TABLE pins (
    role      TEXT    NOT NULL PRIMARY KEY,
    phc       TEXT    NOT NULL,             -- $argon2id$…
    failures  INTEGER NOT NULL DEFAULT 0,   -- in a row
    failed_at INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
";

/// Whoever knew the one PIN could do everything, and becomes the manager.
pub(crate) const NAMED: &str = "
CREATE TABLE operators (
    name      TEXT    NOT NULL PRIMARY KEY CHECK (name <> ''),
    role      TEXT    NOT NULL CHECK (role IN ('operator', 'manager')),
    phc       TEXT    NOT NULL,             -- $argon2id$…
    failures  INTEGER NOT NULL DEFAULT 0,   -- in a row
    failed_at INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
INSERT INTO operators (name, role, phc, failures, failed_at) SELECT '店长', 'manager', phc, failures, failed_at FROM pins;
DROP TABLE pins;
";

/// Characters of a name.
const LONGEST_NAME: usize = 20;
/// Digits of a PIN.
const LENGTH: std::ops::RangeInclusive<usize> = 4..=12;

/// Wrong tries before the first wait.
const FREE_TRIES: u32 = 3;
/// The first wait; it doubles with every further wrong try.
const FIRST_WAIT_MS: i64 = 30_000;
/// The longest wait. Four digits then take more than three months to try out.
const LONGEST_WAIT_MS: i64 = 15 * 60_000;

/// Somebody who works at the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorName {
    /// The name in the audit and on the lock screen.
    pub name: String,
    /// What this person may do.
    pub role: Role,
}

/// Everybody who works at the desk, managers first, then by name.
pub(crate) fn list(conn: &Connection) -> Result<Vec<OperatorName>, StoreError> {
    let mut statement =
        conn.prepare_cached("SELECT name, role FROM operators ORDER BY role = 'operator', name")?;
    let mut rows = statement.query([])?;
    let mut operators = Vec::new();
    while let Some(row) = rows.next()? {
        operators.push(OperatorName { name: row.get(0)?, role: parse_role(&row.get::<_, String>(1)?)? });
    }
    Ok(operators)
}

/// Adds somebody, or gives somebody another PIN and role. The first must be a manager, and one always stays.
pub(crate) fn set(
    conn: &mut Connection,
    station: char,
    who: &OperatorName,
    pin: &str,
    salt: &[u8; 16],
    actor: &str,
    now: UnixMillis,
) -> Result<(), StoreError> {
    let name = who.name.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(StoreError::OperatorName("a name has 1 to 20 characters"));
    }
    if !LENGTH.contains(&pin.len()) || !pin.bytes().all(|b| b.is_ascii_digit()) {
        return Err(StoreError::PinWrong("a PIN has 4 to 12 digits"));
    }
    let hash: PasswordHash = Argon2::default()
        .hash_password_with_salt(pin.as_bytes(), salt)
        .map_err(|_| StoreError::Misuse("the PIN could not be hashed"))?;
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    tx.execute(
        "INSERT INTO operators (name, role, phc) VALUES (?1, ?2, ?3)
         ON CONFLICT (name) DO UPDATE SET role = excluded.role, phc = excluded.phc, failures = 0, failed_at = 0",
        params![name, who.role.as_str(), hash.to_string()],
    )?;
    a_manager_stays(&tx)?;
    record(&tx, station, actor, Action::PinSet, json!({ "operator": name, "role": who.role.as_str() }), now)?;
    Ok(tx.commit()?)
}

/// Takes somebody's access away; the audit keeps the name.
pub(crate) fn remove(
    conn: &mut Connection,
    station: char,
    name: &str,
    actor: &str,
    now: UnixMillis,
) -> Result<(), StoreError> {
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if tx.execute("DELETE FROM operators WHERE name = ?1", [name])? == 0 {
        return Err(StoreError::OperatorName("nobody of this name works here"));
    }
    a_manager_stays(&tx)?;
    record(&tx, station, actor, Action::OperatorRemoved, json!({ "operator": name }), now)?;
    Ok(tx.commit()?)
}

fn a_manager_stays(tx: &Transaction<'_>) -> Result<(), StoreError> {
    let managers: u32 =
        tx.query_row("SELECT count(*) FROM operators WHERE role = 'manager'", [], |row| row.get(0))?;
    if managers > 0 { Ok(()) } else { Err(StoreError::OperatorName("one manager has to stay")) }
}

/// Lets somebody in, or counts the wrong try and says how long to wait.
///
/// The try is counted before the PIN is looked at, so that pulling the plug does not win another one.
pub(crate) fn verify(
    conn: &mut Connection,
    station: char,
    name: &str,
    pin: &str,
    now: UnixMillis,
) -> Result<Role, StoreError> {
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let row: Option<(String, String, u32, UnixMillis)> = tx
        .query_row("SELECT role, phc, failures, failed_at FROM operators WHERE name = ?1", [name], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })
        .optional()?;
    let (role, phc, failures, failed_at) =
        row.ok_or(StoreError::PinWrong("nobody of this name works here"))?;
    let set_failures = |conn: &Connection, failures: u32| {
        conn.execute(
            "UPDATE operators SET failures = ?2, failed_at = ?3 WHERE name = ?1",
            params![name, failures, now],
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
    record(&tx, station, name, if right { Action::PinAccepted } else { Action::PinRefused }, json!({}), now)?;
    tx.commit()?;
    if right { parse_role(&role) } else { Err(StoreError::PinWrong("")) }
}

fn parse_role(name: &str) -> Result<Role, StoreError> {
    name.parse().map_err(|_| StoreError::Damaged("an operator's role is not readable".to_owned()))
}

fn record(
    tx: &Transaction<'_>,
    station: char,
    actor: &str,
    action: Action,
    detail: serde_json::Value,
    at: UnixMillis,
) -> Result<(), StoreError> {
    audit::append(tx, &Entry { at, station, actor, action, order_id: None, detail })
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
