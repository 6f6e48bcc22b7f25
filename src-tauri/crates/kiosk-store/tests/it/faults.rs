//! Every way in which the file or its surroundings fail has a name, and nothing is ever recreated in silence.

use std::fs;
use std::path::Path;

use kiosk_core::FaultCode;
use kiosk_store::{FILE_NAME, Opening, Query, Store};
use rusqlite::Connection;

use crate::support::{Folder, TODAY, fault, impatient, patient, raw, visit};

/// An order log with three orders, closed.
fn filled() -> Folder {
    let folder = Folder::new();
    let mut store = folder.open();
    for n in 1..=3 {
        store.accept(&visit(n), TODAY).unwrap();
    }
    folder
}

/// Opening must fail with `code` and leave every byte as it was.
fn refused(folder: &Folder, code: FaultCode, what: &str) {
    let before = fs::read(folder.file()).unwrap();
    assert_eq!(fault(folder.try_open()), code, "{what}");
    assert_eq!(fs::read(folder.file()).unwrap(), before, "{what}: the file was touched");
}

#[test]
fn a_missing_folder_is_not_made_up() {
    let folder = Folder::new();
    let path = folder.file().join("no such folder").join(FILE_NAME);
    assert_eq!(fault(Store::open(&path, impatient())), FaultCode::StoreUnavailable);
    let a_folder = folder.file();
    fs::create_dir(&a_folder).unwrap();
    assert_eq!(fault(folder.try_open()), FaultCode::StoreUnavailable);
}

#[test]
fn a_new_order_log_leaves_nothing_else_behind() {
    let folder = Folder::new();
    drop(folder.open());
    let names: Vec<_> =
        fs::read_dir(folder.file().parent().unwrap()).unwrap().map(|f| f.unwrap().file_name()).collect();
    assert_eq!(names, [FILE_NAME]);
}

#[test]
fn only_a_letter_is_a_station() {
    for station in ['a', '1', 'É', ' '] {
        assert_eq!(fault(Store::in_memory(station)), FaultCode::Internal);
        assert_eq!(fault(Store::open(Path::new("never"), Opening::at_station(station))), FaultCode::Internal);
    }
}

#[test]
fn what_is_no_order_log_is_left_alone() {
    let folder = Folder::new();
    for (bytes, what) in [
        (Vec::new(), "an empty file"),
        (b"SQLite".to_vec(), "six bytes"),
        (b"name,number\n".repeat(1000), "a table of text"),
        (vec![0; 40_960], "zeros"),
    ] {
        fs::write(folder.file(), bytes).unwrap();
        refused(&folder, FaultCode::StoreCorrupt, what);
    }
    fs::remove_file(folder.file()).unwrap();
    Connection::open(folder.file()).unwrap().execute_batch("CREATE TABLE orders (x)").unwrap();
    refused(&folder, FaultCode::StoreCorrupt, "another program's SQLite file");
}

#[test]
fn a_truncated_file_is_named() {
    let folder = filled();
    let whole = fs::read(folder.file()).unwrap();
    assert!(!folder.file().with_extension("sqlite-wal").exists(), "closed files have no write-ahead log");
    for pages in 0..whole.len() / 4096 {
        for rest in [0, 100, 2048] {
            let length = pages * 4096 + rest;
            // Half of the last page is missing: its other half is all that SQLite can go by.
            if pages == whole.len() / 4096 - 1 && rest > 0 {
                continue;
            }
            fs::write(folder.file(), &whole[..length]).unwrap();
            refused(&folder, FaultCode::StoreCorrupt, &format!("{length} of {} bytes", whole.len()));
        }
    }
}

#[test]
fn a_lost_file_is_not_replaced_while_its_log_is_there() {
    let folder = Folder::new();
    let mut store = folder.open();
    store.accept(&visit(1), TODAY).unwrap();
    let wal = folder.file().with_extension("sqlite-wal");
    assert!(fs::metadata(&wal).unwrap().len() > 0);
    fs::remove_file(folder.file()).unwrap();
    assert_eq!(fault(folder.try_open()), FaultCode::StoreCorrupt);
    assert!(!folder.file().exists() && wal.exists());
}

#[test]
fn a_newer_order_log_is_refused() {
    let folder = filled();
    let conn = raw(&folder.file());
    conn.pragma_update(None, "user_version", 99).unwrap();
    conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    drop(conn);
    refused(&folder, FaultCode::StoreTooNew, "schema 99");
}

#[test]
fn a_file_that_another_program_locks_is_busy_and_then_is_not() {
    let folder = filled();
    let mut store = folder.open();
    let other = raw(&folder.file());
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_eq!(fault(store.accept(&visit(4), TODAY)), FaultCode::StoreBusy);
    assert_eq!(store.orders(&Query::default()).unwrap().len(), 3, "reading goes on");
    assert_eq!(folder.open().count(&Query::default()).unwrap(), 3, "opening too");
    other.execute_batch("ROLLBACK").unwrap();
    store.accept(&visit(4), TODAY).unwrap();
    drop(store);

    other.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE").unwrap();
    assert_eq!(fault(folder.try_open()), FaultCode::StoreBusy);
    drop(other);
    assert_eq!(folder.open().count(&Query::default()).unwrap(), 4);
}

#[test]
fn several_writers_wait_for_each_other() {
    let folder = Folder::new();
    let file = folder.file();
    let numbers: Vec<_> = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..4_u32)
            .map(|writer| {
                let file = &file;
                scope.spawn(move || {
                    // All four also race to create the file.
                    let mut store = Store::open(file, patient()).unwrap();
                    let accept = |n| store.accept(&visit(writer * 100 + n), TODAY).unwrap().number.counter;
                    (0..10).map(accept).collect::<Vec<_>>()
                })
            })
            .collect();
        writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect()
    });
    let mut sorted = numbers;
    sorted.sort_unstable();
    assert_eq!(sorted, (1..=40).collect::<Vec<_>>());
    assert_eq!(folder.open().doctor().unwrap(), []);
}

/// Root may write whatever the permissions say, so that the look from outside is taken by another account.
#[cfg(unix)]
#[test]
fn permissions_that_forbid_writing_are_named() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    use std::os::unix::process::CommandExt as _;

    use crate::support::reexec;

    const NOBODY: u32 = 65_534;
    let mode = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    let folder = filled();
    let (file, dir) = (folder.file(), folder.file().parent().unwrap().to_owned());
    let as_root = fs::metadata(&file).unwrap().uid() == 0;
    for (file_mode, dir_mode, expected) in [
        (0o444, 0o777, "store_read_only"),
        (0o666, 0o555, "store_read_only"),
        (0o000, 0o777, "store_unavailable"),
        (0o666, 0o777, "opened"),
    ] {
        mode(&file, file_mode);
        mode(&dir, dir_mode);
        let mut look = reexec("faults::look_from_outside", &[("KIOSK_STORE_LOOK", file.as_os_str())]);
        if as_root {
            look.uid(NOBODY).gid(NOBODY);
        }
        let output = match look.output() {
            Ok(output) => output,
            Err(error) => {
                println!("skipped: another account cannot run this test ({error})");
                return;
            }
        };
        let printed = String::from_utf8(output.stdout).unwrap();
        assert!(printed.contains(&format!("\nseen: {expected}\n")), "{file_mode:o} {dir_mode:o}: {printed}");
        mode(&dir, 0o777);
    }
}

#[test]
#[ignore = "started by other tests"]
fn look_from_outside() {
    let Some(file) = std::env::var_os("KIOSK_STORE_LOOK") else {
        return;
    };
    match Store::open(Path::new(&file), impatient()) {
        Ok(_) => println!("\nseen: opened"),
        Err(fault) => println!("\nseen: {}\n{}", fault.code.as_str(), fault.detail),
    }
}
