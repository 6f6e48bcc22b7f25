//! A plain order log becomes an encrypted one: the whole of it or nothing, and nothing plain is left behind.
//!
//! Versions before encryption wrote plain files, and so does whoever restores a backup of that time. The encrypted file is
//! written beside the plain one, compared with it row by row, and then takes its place in one step; only then the plain bytes are
//! overwritten. A crash at any moment leaves a whole file, and the next opening clears up.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

use crate::digest::{Framed, Sum};
use crate::error::StoreError;
use crate::file::{beside, private_file, recognise, sync_folder_of, unlock};
use crate::key::Key;

/// How a plain SQLite file begins. An encrypted one begins with random bytes.
const PLAIN_HEADER: &[u8; 16] = b"SQLite format 3\0";
/// The encrypted file on its way.
const NEW: &str = ".encrypting";
/// The plain file after it was replaced, until its bytes are overwritten.
const OLD: &str = ".plain";
/// Copies that migrations made, see `file.rs`.
const COPY: &str = ".before-schema-";

/// Whether a plain SQLite file lies at `path`.
pub(crate) fn is_plain(path: &Path) -> Result<bool, StoreError> {
    Ok(first_bytes::<16>(path)?.is_some_and(|header| &header == PLAIN_HEADER))
}

/// Whether the file may be an encrypted one: it has a whole first page, which looks random. Text, zeros and other programs' files do not.
pub(crate) fn may_be_encrypted(path: &Path) -> Result<bool, StoreError> {
    let Some(page) = first_bytes::<4096>(path)? else { return Ok(false) };
    let mut seen = [false; 256];
    for byte in page {
        seen[usize::from(byte)] = true;
    }
    // Of 4096 random bytes, one of the 256 values is missing about once in 35,000 files.
    Ok(seen.iter().filter(|seen| **seen).count() >= 250)
}

/// Whether `key` opens the file, which is only read.
pub(crate) fn opens(path: &Path, key: Key) -> Result<bool, StoreError> {
    let conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    unlock(&conn, key)?;
    let read = conn.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(())).map_err(StoreError::from);
    match read {
        Err(error) if error.is_no_database() => Ok(false),
        read => read.map(|()| true),
    }
}

/// `None` for a shorter file.
fn first_bytes<const N: usize>(path: &Path) -> Result<Option<[u8; N]>, StoreError> {
    let mut bytes = [0; N];
    match File::open(path).and_then(|mut file| file.read_exact(&mut bytes)) {
        Ok(()) => Ok(Some(bytes)),
        Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(source) => Err(StoreError::Unreadable(source)),
    }
}

/// Makes the order log at `path` and the plain copies beside it encrypted, where they are not yet, and clears up what a crash left.
pub(crate) fn ensure(path: &Path, key: Key, busy: Duration, known: i64) -> Result<(), StoreError> {
    if is_plain(path)? {
        match replace(path, key, busy, known) {
            // Another process was faster.
            Err(error) if error.is_busy() && !is_plain(path)? => {}
            done => done?,
        }
        tracing::info!("order log encrypted");
    }
    clear_up(path)?;
    for copy in plain_copies(path) {
        // A copy that cannot be read is left as it is: it may be all that somebody has.
        if let Err(error) = replace(&copy, key, busy, i64::MAX).and_then(|()| clear_up(&copy)) {
            tracing::warn!(%error, "an old copy of the order log stays plain");
        }
    }
    Ok(())
}

/// What a crash may have left of an earlier try.
fn clear_up(path: &Path) -> Result<(), StoreError> {
    let old = beside(path, OLD);
    if old.exists() && !is_plain(path)? {
        wipe(&old).map_err(|source| StoreError::File { doing: "deleting the plain order log", source })?;
    }
    let _ = fs::remove_file(beside(path, NEW));
    Ok(())
}

/// Plain copies that earlier versions of the program made beside the order log.
fn plain_copies(path: &Path) -> Vec<PathBuf> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name().and_then(|name| name.to_str())) else {
        return Vec::new();
    };
    let start = format!("{name}{COPY}");
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let copies = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(&start));
    copies.map(|entry| entry.path()).filter(|copy| is_plain(copy).unwrap_or(false)).collect()
}

fn replace(path: &Path, key: Key, busy: Duration, known: i64) -> Result<(), StoreError> {
    let failed = |doing| move |source| StoreError::File { doing, source };
    let plain = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX
            | OpenFlags::SQLITE_OPEN_EXRESCODE
            | OpenFlags::SQLITE_OPEN_URI,
    )?;
    plain.busy_timeout(busy)?;
    recognise(&plain, known).map_err(StoreError::or_damage)?;
    if plain.is_readonly("main")? {
        return Err(StoreError::ReadOnly);
    }
    take_alone(&plain)?;

    let new = beside(path, NEW);
    let _ = fs::remove_file(&new);
    private_file(&new).map_err(failed("creating the encrypted order log"))?;
    let written = copy(&plain, &new, key);
    if written.is_err() {
        let _ = fs::remove_file(&new);
    }
    written?;
    let old = beside(path, OLD);
    let _ = fs::remove_file(&old);
    // A second name for the plain bytes, so that they can still be overwritten; FAT has no links.
    let _ = fs::hard_link(path, &old);
    // Exclusive locking keeps the journal of the change of mode; nothing in it is needed, and it holds a plain page.
    let journal = beside(path, "-journal");
    if !cfg!(windows) && journal.exists() {
        wipe(&journal).map_err(failed("deleting the plain journal"))?;
    }
    // Windows replaces no file that is open; elsewhere nobody can slip in before the lock is gone with its file.
    let held = if cfg!(windows) {
        drop(plain);
        None
    } else {
        Some(plain)
    };
    fs::rename(&new, path)
        .and_then(|()| sync_folder_of(path))
        .map_err(failed("putting the encrypted order log in its place"))?;
    let wiped = if old.exists() { wipe(&old) } else { Ok(()) };
    drop(held);
    wiped.map_err(failed("deleting the plain order log"))
}

/// No other connection may have the file open, or what it writes later would go to the plain file that nobody reads any more.
pub(crate) fn take_alone(plain: &Connection) -> Result<(), StoreError> {
    plain.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    let mode: String = plain.pragma_update_and_check(None, "journal_mode", "DELETE", |row| row.get(0))?;
    if mode != "delete" {
        return Err(StoreError::Misuse("the plain order log kept its write-ahead log"));
    }
    Ok(plain.execute_batch("BEGIN EXCLUSIVE; COMMIT")?)
}

fn copy(plain: &Connection, new: &Path, key: Key) -> Result<(), StoreError> {
    let failed = |source| StoreError::File { doing: "flushing the encrypted order log", source };
    plain.execute("VACUUM INTO ?1", [uri(new, key)?])?;
    File::options().write(true).open(new).and_then(|file| file.sync_all()).map_err(failed)?;
    let encrypted = Connection::open_with_flags(new, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    unlock(&encrypted, key)?;
    let whole: String = encrypted.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if whole != "ok" || contents(plain)? != contents(&encrypted)? {
        return Err(StoreError::Damaged("the encrypted copy is not the same".to_owned()));
    }
    // Kept in the header, as `file::create` does.
    let _: String = encrypted.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    encrypted.close().map_err(|(_, error)| error.into())
}

/// The path as a URI that tells SQLCipher the key of the file to be made.
fn uri(path: &Path, key: Key) -> Result<String, StoreError> {
    let path = path.to_str().ok_or(StoreError::Misuse("the order log's path is not Unicode"))?;
    let path = path.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let path = if cfg!(windows) { format!("/{}", path.replace('\\', "/")) } else { path };
    Ok(format!("file:{path}?key={}", key.raw().replace('\'', "%27")))
}

/// A sum over every row of every table, and the two numbers that mark the file.
fn contents(conn: &Connection) -> Result<Sum, StoreError> {
    let mut framed = Framed::default();
    for mark in ["application_id", "user_version"] {
        framed.value(ValueRef::Integer(conn.pragma_query_value(None, mark, |row| row.get(0))?));
    }
    let mut tables = conn.prepare(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name",
    )?;
    let tables = tables.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
    for table in tables {
        framed.value(ValueRef::Text(table.as_bytes()));
        let mut rows = conn.prepare(&format!("SELECT * FROM \"{table}\" NOT INDEXED"))?;
        let columns = rows.column_count();
        let mut rows = rows.query([])?;
        while let Some(row) = rows.next()? {
            for column in 0..columns {
                framed.value(row.get_ref(column)?);
            }
        }
    }
    Ok(framed.sum())
}

/// Overwrites a file with zeros and removes it. Blocks that the file system or the disk moved before are out of reach: only a disk
/// that was encrypted as a whole from the beginning holds nothing there.
fn wipe(path: &Path) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(path)?;
    let mut left = file.metadata()?.len();
    let zeros = vec![0; 1 << 16];
    while left > 0 {
        let part = left.min(zeros.len() as u64);
        file.write_all(&zeros[..part as usize])?;
        left -= part;
    }
    file.sync_all()?;
    drop(file);
    fs::remove_file(path)
}
