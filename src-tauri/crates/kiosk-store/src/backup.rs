//! A whole copy of the order log, made while it is in use; encrypted with the same key when the order log is.

use std::fs::{self, File};
use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use crate::error::StoreError;
use crate::file::{beside, private_file, sync_folder_of, unlock};
use crate::key::Key;

/// Writes a compact copy to `to`, which must not exist: beside its place, flushed, read back, then renamed.
/// Other connections may go on writing; the copy is of the moment at which it began.
pub(crate) fn write(conn: &Connection, key: Option<Key>, to: &Path) -> Result<(), StoreError> {
    let failed = |doing| move |source| StoreError::File { doing, source };
    if to.exists() {
        return Err(failed("writing the copy")(std::io::ErrorKind::AlreadyExists.into()));
    }
    let partial = beside(to, ".partial");
    let written = private_file(&partial)
        .map_err(failed("creating the copy"))
        .and_then(|_| copy_and_check(conn, key, &partial))
        .and_then(|()| fs::rename(&partial, to).map_err(failed("naming the copy")))
        .and_then(|()| sync_folder_of(to).map_err(failed("flushing the copy's folder")));
    if written.is_err() {
        let _ = fs::remove_file(&partial);
    }
    written
}

fn copy_and_check(conn: &Connection, key: Option<Key>, partial: &Path) -> Result<(), StoreError> {
    let failed = |source| StoreError::File { doing: "flushing the copy", source };
    let name = partial.to_str().ok_or(StoreError::Misuse("the copy's path is not Unicode"))?;
    conn.execute("VACUUM INTO ?1", [name])?;
    File::options().write(true).open(partial).and_then(|file| file.sync_all()).map_err(failed)?;
    let copy = Connection::open_with_flags(partial, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    if let Some(key) = key {
        unlock(&copy, key)?;
    }
    match copy.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0))?.as_str() {
        "ok" => Ok(()),
        fault => Err(StoreError::Damaged(format!("the copy is not whole: {fault}"))),
    }
}
