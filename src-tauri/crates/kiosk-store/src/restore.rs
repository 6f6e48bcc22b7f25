//! A backup takes the order log's place, and what was there is kept beside it.

use std::fs;
use std::path::{Path, PathBuf};

use kiosk_core::order::{LocalDay, UnixMillis};
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::json;

use crate::audit::{self, Action, Entry};
use crate::encrypt::take_alone;
use crate::error::StoreError;
use crate::file::{beside, connect, free_name, sync_folder_of};
use crate::{Opening, Store, orders};

// Numbers that people hold in their hands although the order log that gave them is gone.
pub(crate) const FLOORS: &str = "
CREATE TABLE number_floors (
    day     TEXT    NOT NULL,
    station TEXT    NOT NULL,
    counter INTEGER NOT NULL CHECK (counter >= 1),  -- the highest that may have been given
    PRIMARY KEY (day, station)
) STRICT, WITHOUT ROWID;
";

/// Numbers left out where nobody can say how many were given: more than a station photographs in a day.
const LEFT_OUT: u32 = 1_000;

/// When a backup takes the order log's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restoring<'a> {
    /// The local day: its next numbers follow those that were given before.
    pub today: LocalDay,
    /// Who restores.
    pub actor: &'a str,
    /// When.
    pub at: UnixMillis,
}

/// The backup on its way.
const NEW: &str = ".restoring";
/// What was there before.
const OLD: &str = ".replaced";
/// What SQLite keeps beside a file.
const COMPANIONS: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Copies `from` beside `path`, opens and examines the copy, and puts it in the place of what is there. Returns where that lies now.
pub(crate) fn restore(
    path: &Path,
    from: &Path,
    opening: Opening,
    restoring: Restoring<'_>,
) -> Result<Option<PathBuf>, StoreError> {
    let new = beside(path, NEW);
    clear(&new);
    let restored = copy_and_examine(from, &new, opening).and_then(|store| {
        go_on_from(store, numbers_given(path, opening).as_deref(), restoring)?;
        let old = path.exists().then(|| set_aside(path, opening)).transpose()?;
        fs::rename(&new, path)
            .and_then(|()| sync_folder_of(path))
            .map_err(failed("putting the backup in its place"))?;
        Ok(old)
    });
    clear(&new);
    restored
}

fn copy_and_examine(from: &Path, new: &Path, opening: Opening) -> Result<Store, StoreError> {
    fs::copy(from, new).map_err(failed("copying the backup"))?;
    let flushed = fs::File::options().write(true).open(new).and_then(|file| file.sync_all());
    flushed.map_err(failed("flushing the backup"))?;
    let store = Store::open_typed(new, opening)?;
    match store.examine()?.first() {
        None => Ok(store),
        Some(finding) => Err(StoreError::Damaged(format!("the backup is not whole: {}", finding.detail))),
    }
}

/// The highest counter of a station on a day.
struct Given {
    day: String,
    station: String,
    counter: u32,
}

/// What the order log that is there has given; `None` when it cannot be read, or there is none.
fn numbers_given(path: &Path, opening: Opening) -> Option<Vec<Given>> {
    let conn = connect(path, opening.key, opening.busy_timeout).ok()?;
    let read = || -> rusqlite::Result<Vec<Given>> {
        let has_floors = conn.table_exists(None, "number_floors")?;
        let floors =
            if has_floors { "UNION ALL SELECT day, station, counter FROM number_floors" } else { "" };
        let mut statement = conn.prepare(&format!(
            "SELECT day, station, max(counter) FROM (SELECT day, station, counter FROM orders {floors}) GROUP BY day, station"
        ))?;
        let given = statement.query_map([], |row| {
            Ok(Given { day: row.get(0)?, station: row.get(1)?, counter: row.get(2)? })
        })?;
        given.collect()
    };
    read().ok()
}

/// Keeps the next numbers above those that were given, and closes the log that was restored.
fn go_on_from(mut store: Store, given: Option<&[Given]>, restoring: Restoring<'_>) -> Result<(), StoreError> {
    let tx = store.conn.transaction()?;
    if let Some(given) = given {
        for Given { day, station, counter } in given {
            raise(&tx, day, station, *counter)?;
        }
    } else {
        let (day, station) = (orders::day_text(restoring.today), store.station.to_string());
        let last = last_given(&tx, &day, &station)?;
        raise(&tx, &day, &station, last.saturating_add(LEFT_OUT))?;
    }
    audit::append(
        &tx,
        &Entry {
            at: restoring.at,
            station: store.station,
            actor: restoring.actor,
            action: Action::Restored,
            order_id: None,
            detail: json!({ "numbers_known": given.is_some() }),
        },
    )?;
    tx.commit()?;
    Ok(store.conn.close().map_err(|(_, error)| error)?)
}

fn raise(conn: &Connection, day: &str, station: &str, counter: u32) -> Result<(), StoreError> {
    if last_given(conn, day, station)? < counter {
        conn.execute(
            "INSERT INTO number_floors (day, station, counter) VALUES (?1, ?2, ?3)
             ON CONFLICT (day, station) DO UPDATE SET counter = excluded.counter",
            params![day, station, counter],
        )?;
    }
    Ok(())
}

/// The highest counter that a station has given on a day, in this order log or in one whose place it took; 0 before the first.
pub(crate) fn last_given(conn: &Connection, day: &str, station: &str) -> Result<u32, StoreError> {
    let highest = |sql: &str| -> rusqlite::Result<Option<u32>> {
        conn.prepare_cached(sql)?.query_row([day, station], |row| row.get(0)).optional()
    };
    let order =
        highest("SELECT counter FROM orders WHERE day = ?1 AND station = ?2 ORDER BY counter DESC LIMIT 1")?;
    let floor = highest("SELECT counter FROM number_floors WHERE day = ?1 AND station = ?2")?;
    Ok(order.unwrap_or(0).max(floor.unwrap_or(0)))
}

/// Renames the order log that is there. Nobody may have it open; one that cannot be opened at all is moved with its companions.
fn set_aside(path: &Path, opening: Opening) -> Result<PathBuf, StoreError> {
    match connect(path, opening.key, opening.busy_timeout).and_then(|conn| take_alone(&conn)) {
        Err(error) if error.is_busy() => return Err(error),
        _ => {}
    }
    let old = free_name(path, OLD);
    for companion in COMPANIONS {
        let from = beside(path, companion);
        if from.exists() {
            fs::rename(from, beside(&old, companion)).map_err(failed("moving the old order log"))?;
        }
    }
    fs::rename(path, &old).map_err(failed("moving the old order log"))?;
    Ok(old)
}

fn clear(new: &Path) {
    let _ = fs::remove_file(new);
    for companion in COMPANIONS {
        let _ = fs::remove_file(beside(new, companion));
    }
    let (Some(folder), Some(name)) = (new.parent(), new.file_name().and_then(|name| name.to_str())) else {
        return;
    };
    // A backup of an older version was migrated after a copy: the backup itself is that copy.
    for file in fs::read_dir(folder).into_iter().flatten().flatten() {
        if file.file_name().to_string_lossy().starts_with(&format!("{name}.before-schema-")) {
            let _ = fs::remove_file(file.path());
        }
    }
}

fn failed(doing: &'static str) -> impl Fn(std::io::Error) -> StoreError {
    move |source| StoreError::File { doing, source }
}
