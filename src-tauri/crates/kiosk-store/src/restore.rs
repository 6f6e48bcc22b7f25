//! A backup takes the order log's place, and what was there is kept beside it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::encrypt::take_alone;
use crate::error::StoreError;
use crate::file::{beside, connect, free_name, sync_folder_of};
use crate::{Opening, Store};

/// The backup on its way.
const NEW: &str = ".restoring";
/// What was there before.
const OLD: &str = ".replaced";
/// What SQLite keeps beside a file.
const COMPANIONS: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Copies `from` beside `path`, opens and examines the copy, and puts it in the place of what is there. Returns where that lies now.
pub(crate) fn restore(path: &Path, from: &Path, opening: Opening) -> Result<Option<PathBuf>, StoreError> {
    let new = beside(path, NEW);
    clear(&new);
    let restored = copy_and_examine(from, &new, opening).and_then(|()| {
        let old = path.exists().then(|| set_aside(path, opening)).transpose()?;
        fs::rename(&new, path)
            .and_then(|()| sync_folder_of(path))
            .map_err(failed("putting the backup in its place"))?;
        Ok(old)
    });
    clear(&new);
    restored
}

fn copy_and_examine(from: &Path, new: &Path, opening: Opening) -> Result<(), StoreError> {
    fs::copy(from, new).map_err(failed("copying the backup"))?;
    let flushed = fs::File::options().write(true).open(new).and_then(|file| file.sync_all());
    flushed.map_err(failed("flushing the backup"))?;
    let store = Store::open_typed(new, opening)?;
    match store.examine()?.first() {
        None => Ok(store.conn.close().map_err(|(_, error)| error)?),
        Some(finding) => Err(StoreError::Damaged(format!("the backup is not whole: {}", finding.detail))),
    }
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
