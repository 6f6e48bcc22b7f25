//! Looks at everything in the file and says what to do.

use std::collections::HashMap;

use kiosk_core::FaultCode;
use rusqlite::Connection;
use serde::Serialize;

use crate::digest::{Sealed, Sum, hex, sha256};
use crate::error::StoreError;
use crate::{audit, consents, ledger, orders, overrides, photos};

/// What kind of damage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// SQLite's own structures are damaged.
    File,
    /// A row points at one that is not there.
    Reference,
    /// The audit was edited, cut or damaged.
    Audit,
    /// An order's row is not as it was written.
    Order,
    /// A photo's bytes or its report are not as they were accepted, or gone.
    Photo,
    /// The ledger is not what the audit tells, or does not add up.
    Money,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What kind of damage.
    pub kind: FindingKind,
    /// Where, without personal data.
    pub detail: String,
}

impl Finding {
    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match self.kind {
            FindingKind::File => {
                "Stop taking orders. Copy the whole data folder to another disk, then restore the newest backup and \
                 compare the orders that came after it. Test the disk."
            }
            FindingKind::Reference => {
                "Copy the data folder to another disk and restore the newest backup; the rows named here were \
                 changed by another program."
            }
            FindingKind::Audit => {
                "Keep this file as evidence: somebody edited the record, or the disk damaged it. Restore the newest \
                 backup whose audit is whole."
            }
            FindingKind::Order => {
                "Do not deliver this order. Compare it with the newest backup, or return it and take the photo again."
            }
            FindingKind::Money => {
                "Keep this file as evidence. Settle this day from the receipts, and compare it with the newest backup; the \
                 audit tells what was recorded."
            }
            FindingKind::Photo => {
                "Do not deliver this photo. Take it from the newest backup, or return the order and take it again."
            }
        }
    }
}

/// What to do about an order log that cannot be opened at all; `None` for faults that are not the file's.
#[must_use]
pub fn advice(code: FaultCode) -> Option<&'static str> {
    Some(match code {
        FaultCode::StoreUnavailable => {
            "Check that the data folder is there, on a local disk, and that this account may read it; then try again."
        }
        FaultCode::StoreReadOnly => {
            "Give this account the right to write the data folder and every file in it, or plug the disk in without \
             write protection."
        }
        FaultCode::StoreCorrupt => {
            "Stop taking orders. Copy the whole data folder to another disk, then restore the newest backup \
             (kiosk restore) and compare the orders that came after it. Test the disk."
        }
        FaultCode::StoreKeyMissing => {
            "The orders are safe. Start from the account and session that was used before; else make the key from the \
             recovery code (kiosk key restore). Do not delete anything."
        }
        FaultCode::StoreKeyWrong => {
            "Make the key from the recovery code of this order log (kiosk key restore). When that key does not open it \
             either, the file is damaged: copy the data folder to another disk and restore the newest backup (kiosk restore)."
        }
        FaultCode::StoreTooNew => "Install the version of the program that wrote it, or a newer one.",
        FaultCode::StoreBusy => {
            "Close the other kiosk programs, or wait until they have finished, and try again."
        }
        FaultCode::DiskFull => "Make room on the disk of the data folder and try again; nothing was lost.",
        _ => return None,
    })
}

/// Every check; an empty list means a whole file. Reads every photo.
pub(crate) fn examine(conn: &Connection) -> Result<Vec<Finding>, StoreError> {
    let mut findings = Vec::new();
    for (kind, check) in [
        (FindingKind::File, integrity as Check),
        (FindingKind::Reference, references),
        (FindingKind::Audit, audit_chain),
        (FindingKind::Order, order_rows),
        (FindingKind::Photo, photo_rows),
        (FindingKind::Photo, photo_bytes),
        (FindingKind::Photo, photos_against_audit),
        (FindingKind::Photo, override_rows),
        (FindingKind::Photo, overrides_against_audit),
        (FindingKind::Photo, consent_rows),
        (FindingKind::Money, ledger::against_audit),
    ] {
        match check(conn).map_err(StoreError::or_damage) {
            Ok(details) => findings.extend(details.into_iter().map(|detail| Finding { kind, detail })),
            Err(error) if error.is_damage() => findings.push(Finding { kind, detail: error.to_string() }),
            Err(error) => return Err(error),
        }
    }
    Ok(findings)
}

type Check = fn(&Connection) -> Result<Vec<String>, StoreError>;

fn integrity(conn: &Connection) -> Result<Vec<String>, StoreError> {
    let mut lines = texts(conn, "PRAGMA integrity_check")?;
    lines.retain(|line| line != "ok");
    Ok(lines)
}

fn references(conn: &Connection) -> Result<Vec<String>, StoreError> {
    texts(
        conn,
        "SELECT format('%s row %s has no row in %s', \"table\", rowid, parent) FROM pragma_foreign_key_check",
    )
}

fn audit_chain(conn: &Connection) -> Result<Vec<String>, StoreError> {
    Ok(audit::first_break(conn)?.into_iter().collect())
}

fn order_rows(conn: &Connection) -> Result<Vec<String>, StoreError> {
    broken_rows(conn, &orders::SEALED, "SELECT 'order ' || number FROM orders WHERE rowid = ?1")
}

fn photo_rows(conn: &Connection) -> Result<Vec<String>, StoreError> {
    broken_rows(
        conn,
        &photos::SEALED,
        "SELECT format('report or consent of order %s, version %d', o.number, p.version)
         FROM photos p LEFT JOIN orders o ON o.id = p.order_id WHERE p.rowid = ?1",
    )
}

fn broken_rows(conn: &Connection, sealed: &Sealed, name: &str) -> Result<Vec<String>, StoreError> {
    let mut statement = conn.prepare(name)?;
    let broken = sealed.broken(conn)?;
    broken
        .into_iter()
        .map(|rowid| {
            Ok(format!(
                "{} is not as it was written",
                statement.query_row([rowid], |r| r.get::<_, String>(0))?
            ))
        })
        .collect()
}

/// Hashes every photo, and every kept shot against the photo's report.
fn photo_bytes(conn: &Connection) -> Result<Vec<String>, StoreError> {
    let mut statement = conn.prepare(
        "SELECT o.number, p.version, p.sha256, p.jpeg, p.report ->> 'shot_sha256', p.shot
         FROM photos p LEFT JOIN orders o ON o.id = p.order_id WHERE p.jpeg IS NOT NULL OR p.shot IS NOT NULL",
    )?;
    let mut rows = statement.query([])?;
    let mut details = Vec::new();
    while let Some(row) = rows.next()? {
        let mut complain = |what: &str| -> rusqlite::Result<()> {
            let number = row.get::<_, Option<String>>(0)?.unwrap_or_default();
            details.push(format!(
                "{what} of order {number}, version {} is not as it was accepted",
                row.get::<_, u32>(1)?
            ));
            Ok(())
        };
        if let Some(jpeg) = row.get_ref(3)?.as_blob_or_null()?
            && sha256(jpeg) != row.get::<_, Sum>(2)?
        {
            complain("photo")?;
        }
        if let Some(shot) = row.get_ref(5)?.as_blob_or_null()?
            && Some(hex(&sha256(shot))) != row.get(4)?
        {
            complain("shot")?;
        }
    }
    Ok(details)
}

/// Every photo that the audit saw accepted must be there with the same hash, and none besides.
fn photos_against_audit(conn: &Connection) -> Result<Vec<String>, StoreError> {
    let mut accepted: HashMap<(String, u32), String> = HashMap::new();
    let mut statement = conn.prepare(
        "SELECT order_id, detail ->> 'version', detail ->> 'photo_sha256' FROM audit
         WHERE action IN ('accepted', 'retaken')",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        accepted.insert((row.get(0)?, row.get(1)?), row.get(2)?);
    }
    let mut details = Vec::new();
    let mut statement = conn.prepare("SELECT order_id, version, sha256 FROM photos")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (id, version): (String, u32) = (row.get(0)?, row.get(1)?);
        let told = accepted.remove(&(id.clone(), version));
        if told != Some(hex(&row.get::<_, Sum>(2)?)) {
            details.push(format!("version {version} of {id} is not the photo that was accepted"));
        }
    }
    details.extend(accepted.into_keys().map(|(id, version)| format!("version {version} of {id} is gone")));
    Ok(details)
}

fn override_rows(conn: &Connection) -> Result<Vec<String>, StoreError> {
    broken_rows(
        conn,
        &overrides::SEALED,
        "SELECT format('override of version %d of %s', version, order_id) FROM overrides WHERE rowid = ?1",
    )
}

fn consent_rows(conn: &Connection) -> Result<Vec<String>, StoreError> {
    broken_rows(
        conn,
        &consents::SEALED,
        "SELECT format('consent to version %d of %s', version, order_id) FROM consents WHERE rowid = ?1",
    )
}

/// Every override that the audit saw must be there, and none besides.
fn overrides_against_audit(conn: &Connection) -> Result<Vec<String>, StoreError> {
    texts(
        conn,
        "WITH told AS (SELECT order_id, detail ->> 'version' AS version FROM audit WHERE action = 'overridden')
         SELECT format('the override of version %d of %s is gone', version, order_id)
         FROM (SELECT order_id, version FROM told EXCEPT SELECT order_id, version FROM overrides)
         UNION ALL
         SELECT format('nobody overrode version %d of %s', version, order_id)
         FROM (SELECT order_id, version FROM overrides EXCEPT SELECT order_id, version FROM told)",
    )
}

fn texts(conn: &Connection, sql: &str) -> Result<Vec<String>, StoreError> {
    let mut statement = conn.prepare(sql)?;
    let lines = statement.query_map([], |row| row.get(0))?;
    Ok(lines.collect::<Result<_, _>>()?)
}
