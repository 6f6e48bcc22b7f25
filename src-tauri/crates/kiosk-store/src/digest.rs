//! SHA-256 over values and over rows.

pub(crate) use kiosk_core::hex::hex;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, params};
use sha2::{Digest, Sha256};

use crate::error::StoreError;

/// A SHA-256 sum.
pub(crate) type Sum = [u8; 32];

/// SHA-256 of bytes.
pub(crate) fn sha256(bytes: &[u8]) -> Sum {
    Sha256::digest(bytes).into()
}

/// Hashes values with their types and lengths, so that no two different lists of values look alike.
#[derive(Default)]
pub(crate) struct Framed(Sha256);

impl Framed {
    pub(crate) fn value(&mut self, value: ValueRef<'_>) -> &mut Self {
        match value {
            ValueRef::Null => self.frame(b'n', &[]),
            ValueRef::Integer(i) => self.frame(b'i', &i.to_le_bytes()),
            ValueRef::Real(r) => self.frame(b'r', &r.to_le_bytes()),
            ValueRef::Text(t) => self.frame(b't', t),
            ValueRef::Blob(b) => self.frame(b'b', b),
        }
    }

    fn frame(&mut self, kind: u8, bytes: &[u8]) -> &mut Self {
        self.0.update([kind]);
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
        self
    }

    pub(crate) fn sum(self) -> Sum {
        self.0.finalize().into()
    }
}

/// A table whose rows carry a digest of their other columns, so that a flipped bit in a name is seen.
///
/// The digest lies in the row and goes with it: unlike a hash in the audit it may cover personal data.
pub(crate) struct Sealed {
    /// Table with the columns `rowid` and `digest`.
    pub(crate) table: &'static str,
    /// The covered columns, separated by commas.
    pub(crate) columns: &'static str,
}

impl Sealed {
    /// Writes the digest of a row that has just been inserted or changed.
    pub(crate) fn seal(&self, conn: &Connection, rowid: i64) -> Result<(), StoreError> {
        let sql = format!("SELECT {} FROM {} WHERE rowid = ?1", self.columns, self.table);
        let digest = conn.prepare_cached(&sql)?.query_row([rowid], |row| row_digest(row, 0))?;
        let sql = format!("UPDATE {} SET digest = ?2 WHERE rowid = ?1", self.table);
        conn.prepare_cached(&sql)?.execute(params![rowid, digest])?;
        Ok(())
    }

    /// Whether a row is as it was sealed.
    pub(crate) fn holds(&self, conn: &Connection, rowid: i64) -> Result<bool, StoreError> {
        let sql = format!("SELECT digest, {} FROM {} WHERE rowid = ?1", self.columns, self.table);
        Ok(conn
            .prepare_cached(&sql)?
            .query_row([rowid], |row| Ok(row.get::<_, Sum>(0)? == row_digest(row, 1)?))?)
    }

    /// Row ids of all rows that are not as they were sealed.
    pub(crate) fn broken(&self, conn: &Connection) -> Result<Vec<i64>, StoreError> {
        let mut statement =
            conn.prepare(&format!("SELECT rowid, digest, {} FROM {}", self.columns, self.table))?;
        let mut rows = statement.query([])?;
        let mut broken = Vec::new();
        while let Some(row) = rows.next()? {
            let stored = row.get_ref(1)?.as_blob_or_null().ok().flatten();
            if stored != Some(&row_digest(row, 2)?[..]) {
                broken.push(row.get(0)?);
            }
        }
        Ok(broken)
    }
}

/// Digest of a row's columns from `first` on.
fn row_digest(row: &Row<'_>, first: usize) -> rusqlite::Result<Sum> {
    let mut framed = Framed::default();
    for column in first..row.as_ref().column_count() {
        framed.value(row.get_ref(column)?);
    }
    Ok(framed.sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_that_read_alike_differ() {
        let sum = |values: &[ValueRef<'_>]| {
            let mut framed = Framed::default();
            for value in values {
                framed.value(*value);
            }
            framed.sum()
        };
        let text = |s: &'static str| ValueRef::Text(s.as_bytes());
        assert_ne!(sum(&[text("ab"), text("c")]), sum(&[text("a"), text("bc")]));
        assert_ne!(sum(&[text("a")]), sum(&[ValueRef::Blob(b"a")]));
        assert_ne!(sum(&[ValueRef::Null]), sum(&[text("")]));
        assert_ne!(sum(&[ValueRef::Null]), sum(&[ValueRef::Null, ValueRef::Null]));
    }
}
