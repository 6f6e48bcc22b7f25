//! Files that are there whole or not at all.

use std::io::Write;
use std::path::Path;

use kiosk_core::{Fault, FaultCode};

/// Writes beside `path`, flushes to the disk and renames; an earlier file of that name is replaced only by a whole one.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Fault> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name().ok_or_else(|| unusable(path, "not a file name"))?;
    let mut beside = std::ffi::OsString::from(".");
    beside.push(name);
    beside.push(format!(".{}.partial", std::process::id()));
    let beside = folder.join(beside);
    let written = (|| {
        std::fs::create_dir_all(folder)?;
        let mut file = std::fs::File::create(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        drop(file);
        std::fs::rename(&beside, path)
    })();
    written.map_err(|e| {
        let _ = std::fs::remove_file(&beside);
        match e.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
                Fault::new(FaultCode::DiskFull, format!("{}: {e}", path.display()))
            }
            _ => unusable(path, &e.to_string()),
        }
    })
}

fn unusable(path: &Path, why: &str) -> Fault {
    Fault::new(FaultCode::PathUnusable, format!("{}: {why}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b.txt");
        write_whole(&path, b"one").unwrap();
        write_whole(&path, b"two").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"two");
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_in_its_place_is_a_fault_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("photo.jpg");
        std::fs::create_dir(&path).unwrap();
        assert_eq!(write_whole(&path, b"x").unwrap_err().code, FaultCode::PathUnusable);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
