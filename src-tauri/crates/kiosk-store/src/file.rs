//! The file itself: created whole, opened with care, migrated after a copy.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use crate::error::StoreError;
use crate::key::Key;
use crate::schema::{APPLICATION_ID, Migrations};
use crate::{backup, encrypt};

/// Opens the order log at `path`. Only a path at which nothing lies is created; the folder must exist. With a key, a file that is
/// still plain is encrypted first; without one, an encrypted file is refused.
pub(crate) fn open(
    path: &Path,
    key: Option<Key>,
    busy: Duration,
    migrations: Migrations<'_>,
) -> Result<Connection, StoreError> {
    let known = migrations.len() as i64;
    match fs::metadata(path) {
        Ok(found) if found.len() == 0 => {
            return Err(StoreError::Damaged("the file is empty; an order log never is".to_owned()));
        }
        Ok(_) => {}
        Err(e) if e.kind() == io::ErrorKind::NotFound => create(path, key, migrations)?,
        Err(source) => {
            return Err(StoreError::File { doing: "looking at the order log", source });
        }
    }
    match key {
        Some(key) => encrypt::ensure(path, key, busy, known)?,
        None if !encrypt::is_plain(path)? && encrypt::may_be_encrypted(path)? => {
            return Err(StoreError::KeyMissing);
        }
        None => {}
    }
    let mut conn = connect(path, key, busy)?;
    if conn.is_readonly("main")? {
        return Err(StoreError::ReadOnly);
    }
    match recognise(&conn, known) {
        Err(error) if error.is_no_database() && key.is_some() && encrypt::may_be_encrypted(path)? => {
            return Err(StoreError::KeyWrong);
        }
        recognised => recognised.map_err(StoreError::or_damage)?,
    }
    migrate(&mut conn, key, path, migrations)?;
    prepare(&conn)?;
    Ok(conn)
}

/// An order log that lives as long as the process.
pub(crate) fn in_memory(migrations: Migrations<'_>) -> Result<Connection, StoreError> {
    let mut conn = Connection::open_in_memory()?;
    lay_out(&mut conn, migrations)?;
    conn.pragma_update(None, "foreign_keys", true)?;
    Ok(conn)
}

/// Other threads may be creating the same file.
static ATTEMPTS: AtomicU32 = AtomicU32::new(0);

/// Builds the empty order log beside its place and moves it there, so that the place never holds half of one.
fn create(path: &Path, key: Option<Key>, migrations: Migrations<'_>) -> Result<(), StoreError> {
    // Whoever is creating it at this moment has its file in place before its log.
    if beside(path, "-wal").exists() && !path.exists() {
        return Err(StoreError::Damaged(
            "the file is gone, but its write-ahead log is still there".to_owned(),
        ));
    }
    let attempt = ATTEMPTS.fetch_add(1, Ordering::Relaxed);
    let new = beside(path, &format!(".new-{}-{attempt}", std::process::id()));
    let built = build(&new, key, migrations).and_then(|()| move_into_place(&new, path));
    for leftover in ["", "-wal", "-shm", "-journal"] {
        let _ = fs::remove_file(beside(&new, leftover));
    }
    built
}

fn build(new: &Path, key: Option<Key>, migrations: Migrations<'_>) -> Result<(), StoreError> {
    private_file(new).map_err(|source| StoreError::File { doing: "creating the order log", source })?;
    let mut conn = connect(new, key, Duration::ZERO)?;
    lay_out(&mut conn, migrations)?;
    // Kept in the file's header. Done here, because changing the mode later would need the file alone.
    use_write_ahead_log(&conn)?;
    conn.close().map_err(|(_, error)| error.into())
}

/// An empty file, readable by the kiosk's account only; the write-ahead log inherits that.
pub(crate) fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn lay_out(conn: &mut Connection, migrations: Migrations<'_>) -> Result<(), StoreError> {
    // Purged photos give their pages back a few at a time; this can only be chosen before the first table.
    conn.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    tx.pragma_update(None, "application_id", APPLICATION_ID)?;
    apply(&tx, migrations, 0)?;
    Ok(tx.commit()?)
}

/// Another process may have been faster: its order log is as good as ours.
fn move_into_place(new: &Path, path: &Path) -> Result<(), StoreError> {
    let moved = match fs::hard_link(new, path) {
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        // FAT has no links.
        Err(_) if !path.exists() => fs::rename(new, path),
        linked => linked,
    };
    moved
        .and_then(|()| sync_folder_of(path))
        .map_err(|source| StoreError::File { doing: "putting the order log in its place", source })
}

/// Makes a new name in a folder durable. Windows does that by itself and cannot open folders.
pub(crate) fn sync_folder_of(path: &Path) -> io::Result<()> {
    let Some(folder) = path.parent().filter(|_| cfg!(unix)) else {
        return Ok(());
    };
    let here = folder.as_os_str().is_empty();
    File::open(if here { Path::new(".") } else { folder })?.sync_all()
}

pub(crate) fn connect(path: &Path, key: Option<Key>, busy: Duration) -> Result<Connection, StoreError> {
    let conn = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX
            | OpenFlags::SQLITE_OPEN_EXRESCODE,
    )?;
    if let Some(key) = key {
        unlock(&conn, key)?;
    }
    conn.busy_timeout(busy)?;
    Ok(conn)
}

/// Tells SQLCipher the key. What it has to say comes back as errors, so that it need not write to standard error as well.
pub(crate) fn unlock(conn: &Connection, key: Key) -> Result<(), StoreError> {
    conn.pragma_update(None, "cipher_log_level", "NONE")?;
    Ok(conn.pragma_update(None, "key", key.raw())?)
}

/// The first reads: a file that is not SQLite's, truncated, of another program or too new ends here.
pub(crate) fn recognise(conn: &Connection, known: i64) -> Result<(), StoreError> {
    let id: i32 = conn.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let found = schema_version(conn)?;
    if id != APPLICATION_ID || found < 1 {
        return Err(StoreError::Damaged("a SQLite file, but not an order log".to_owned()));
    }
    if found > known {
        return Err(StoreError::TooNew { found, known });
    }
    // Makes SQLite parse the schema.
    Ok(conn.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?)
}

/// Prepared statements that a connection keeps, more than the crate has.
const STATEMENTS: usize = 256;

/// Durability and care. Everything here but the journal mode belongs to the connection, not to the file.
fn prepare(conn: &Connection) -> Result<(), StoreError> {
    use_write_ahead_log(conn)?;
    // FULL: a commit returns after the write-ahead log was flushed. `fullfsync` does on macOS what fsync does elsewhere.
    conn.pragma_update(None, "synchronous", "FULL")?;
    conn.pragma_update(None, "fullfsync", true)?;
    conn.pragma_update(None, "checkpoint_fullfsync", true)?;
    conn.pragma_update(None, "foreign_keys", true)?;
    conn.pragma_update(None, "trusted_schema", false)?;
    conn.pragma_update(None, "cell_size_check", true)?;
    // What is deleted or rewritten leaves no copy behind in the free part of a page; from the beginning, or a purge comes too late.
    conn.pragma_update(None, "secure_delete", true)?;
    // KiB. What is in the cache need not be decrypted again.
    conn.pragma_update(None, "cache_size", -32_768)?;
    // A visit runs through some fifty statements; the usual cache of 16 would parse most of them anew each time.
    conn.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(())
}

fn use_write_ahead_log(conn: &Connection) -> Result<(), StoreError> {
    let mode: String = conn.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if mode == "wal" { Ok(()) } else { Err(StoreError::NoWriteAheadLog(mode)) }
}

fn migrate(
    conn: &mut Connection,
    key: Option<Key>,
    path: &Path,
    migrations: Migrations<'_>,
) -> Result<(), StoreError> {
    let known = migrations.len() as i64;
    if schema_version(conn)? == known {
        return Ok(());
    }
    let copy = free_name(path, &format!(".before-schema-{known}"));
    backup::write(conn, key, &copy)?;
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have migrated while the copy was made.
    let found = schema_version(&tx)?;
    if found < known {
        apply(&tx, migrations, found)?;
        tx.commit()?;
        tracing::info!(from = found, to = known, "order log migrated");
    }
    Ok(())
}

fn apply(conn: &Connection, migrations: Migrations<'_>, found: i64) -> Result<(), StoreError> {
    let found =
        usize::try_from(found).map_err(|_| StoreError::Damaged("negative schema version".to_owned()))?;
    for part in migrations.iter().skip(found).copied().flatten() {
        conn.execute_batch(part)?;
    }
    Ok(conn.pragma_update(None, "user_version", migrations.len() as i64)?)
}

fn schema_version(conn: &Connection) -> Result<i64, StoreError> {
    Ok(conn.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

/// `path` with `suffix` after its whole name.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}

pub(crate) fn free_name(path: &Path, suffix: &str) -> PathBuf {
    let plain = beside(path, suffix);
    if !plain.exists() {
        return plain;
    }
    (2..10_000).map(|n| beside(path, &format!("{suffix}-{n}"))).find(|p| !p.exists()).unwrap_or(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &[&str] = &["CREATE TABLE a (x INTEGER) STRICT; INSERT INTO a VALUES (7);"];
    const TWO: &[&str] = &["ALTER TABLE a ADD COLUMN y INTEGER;", "UPDATE a SET y = x + 1;"];
    const BROKEN: &[&str] = &["UPDATE a SET x = 0;", "CREATE TABLE a (z INTEGER);"];

    fn opened(path: &Path, migrations: Migrations<'_>) -> Result<Connection, StoreError> {
        open(path, None, Duration::ZERO, migrations)
    }

    fn x(path: &Path) -> i64 {
        Connection::open(path).unwrap().query_row("SELECT x FROM a", [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn an_older_file_is_migrated_after_a_copy() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("orders.sqlite");
        drop(opened(&path, &[ONE]).unwrap());
        let conn = opened(&path, &[ONE, TWO]).unwrap();
        assert_eq!(conn.query_row("SELECT y FROM a", [], |row| row.get::<_, i64>(0)).unwrap(), 8);
        let copy = beside(&path, ".before-schema-2");
        assert_eq!(schema_version(&Connection::open(&copy).unwrap()).unwrap(), 1);
        assert_eq!(x(&copy), 7);
    }

    #[test]
    fn a_migration_that_fails_leaves_the_old_version() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("orders.sqlite");
        drop(opened(&path, &[ONE]).unwrap());
        for _ in 0..2 {
            opened(&path, &[ONE, BROKEN]).unwrap_err();
        }
        assert!(beside(&path, ".before-schema-2-2").exists(), "a copy never replaces an older copy");
        assert_eq!(schema_version(&opened(&path, &[ONE]).unwrap()).unwrap(), 1);
        assert_eq!(x(&path), 7);
    }

    #[test]
    fn a_newer_file_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("orders.sqlite");
        drop(opened(&path, &[ONE, TWO]).unwrap());
        let before = fs::read(&path).unwrap();
        assert!(matches!(opened(&path, &[ONE]), Err(StoreError::TooNew { found: 2, known: 1 })));
        assert_eq!(fs::read(&path).unwrap(), before);
    }

    #[test]
    fn the_connection_is_durable() {
        let folder = tempfile::tempdir().unwrap();
        let conn = opened(&folder.path().join("orders.sqlite"), &[ONE]).unwrap();
        let pragma = |name| conn.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).unwrap();
        assert_eq!(pragma("synchronous"), 2, "FULL");
        assert_eq!(pragma("foreign_keys"), 1);
        assert_eq!(pragma("auto_vacuum"), 2, "INCREMENTAL");
        let mode: String = conn.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
        assert_eq!(mode, "wal");
    }

    #[cfg(unix)]
    #[test]
    fn only_the_kiosks_account_may_read_the_file() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("orders.sqlite");
        let conn = opened(&path, &[ONE]).unwrap();
        conn.execute("UPDATE a SET x = 8", []).unwrap();
        backup::write(&conn, None, &beside(&path, ".copy")).unwrap();
        for file in ["", "-wal", "-shm", ".copy"].map(|suffix| beside(&path, suffix)) {
            assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o077, 0, "{}", file.display());
        }
    }
}
