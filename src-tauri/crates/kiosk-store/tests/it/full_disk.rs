//! A small file system that is full at every write, and one that is read-only: real ones, in a mount namespace of
//! their own, so that nothing is left mounted.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use kiosk_core::FaultCode;
use kiosk_core::order::OrderState;
use kiosk_store::{FILE_NAME, NewDelivery, PhotoVersion, Query, Store};

use crate::support::{
    Folder, MORNING, TODAY, fault, impatient, manager, plain, reexec, restore, visit, visit_with_photo,
};

const DISK: &str = "KIOSK_STORE_DISK";
const PAGE: usize = 4096;

#[test]
fn a_full_disk_is_named_and_the_visit_can_be_repeated() {
    on_small_disk("full_disk::full_at_every_write");
}

#[test]
fn a_disk_that_is_full_while_the_file_is_encrypted_leaves_a_whole_one() {
    on_small_disk("full_disk::full_while_encrypting");
}

#[test]
fn a_disk_that_is_full_during_a_purge_or_a_restoration_leaves_all_or_nothing() {
    on_small_disk("full_disk::full_while_purging_and_restoring");
}

#[test]
fn a_read_only_disk_is_named() {
    on_small_disk("full_disk::read_only");
}

/// Runs an ignored test of this file with an empty 8 MB file system at `DISK`.
fn on_small_disk(test: &str) {
    if !cfg!(target_os = "linux") {
        println!("skipped: mount namespaces are a Linux thing");
        return;
    }
    let folder = Folder::new();
    let disk = folder.file().with_extension("disk");
    fs::create_dir(&disk).unwrap();
    let child = reexec(test, &[(DISK, disk.as_os_str())]);
    let script = r#"mount -t tmpfs -o size=8m kiosk "$0" || exit 77; exec "$@""#;
    let output = std::process::Command::new("unshare")
        .args(["--map-root-user", "--mount", "sh", "-c", script])
        .arg(&disk)
        .arg(child.get_program())
        .args(child.get_args())
        .envs(child.get_envs().filter_map(|(key, value)| Some((key, value?))))
        .output();
    let Ok(output) = output else {
        println!("skipped: no unshare here");
        return;
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    if !out.contains("running 1 test") {
        println!("skipped: this machine lets nobody mount: {err}");
        return;
    }
    println!("{out}");
    assert!(output.status.success(), "{out}\n{err}");
}

fn disk() -> Option<PathBuf> {
    std::env::var_os(DISK).map(PathBuf::from)
}

/// Leaves `pages` free pages on the disk.
fn fill(disk: &Path, pages: usize) {
    let filler = disk.join("filler");
    let mut file = File::create(&filler).unwrap();
    while file.write_all(&[1; PAGE]).is_ok() {}
    let length = file.metadata().unwrap().len() as usize / PAGE;
    file.set_len((length.saturating_sub(pages) * PAGE) as u64).unwrap();
}

fn make_room(disk: &Path) {
    fs::remove_file(disk.join("filler")).unwrap();
}

#[test]
#[ignore = "started by the tests above"]
fn full_at_every_write() {
    let Some(disk) = disk() else { return };
    let file = disk.join(FILE_NAME);
    creation_on_a_full_disk(&disk, &file);

    let mut store = Store::open(&file, impatient()).unwrap();
    let first = store.accept(&visit(1), TODAY).unwrap().number;
    let (mut refused, mut orders) = (0, 1);
    for pages in 0..60 {
        // Every third photo is as large as they are, so that also its pages meet the end of the disk.
        let new = visit_with_photo(100 + pages, if pages % 3 == 0 { 60_000 } else { 3_000 });
        fill(&disk, pages as usize);
        // Half of the time the file is opened on the full disk as well.
        if pages % 2 == 0 {
            drop(store);
            store = match Store::open(&file, impatient()) {
                Ok(store) => store,
                Err(error) => {
                    assert_eq!(error.code, FaultCode::DiskFull, "{error}");
                    make_room(&disk);
                    store = Store::open(&file, impatient()).unwrap();
                    continue;
                }
            };
        }
        match store.accept(&new, TODAY) {
            Ok(_) => {}
            Err(error) => {
                assert_eq!(error.code, FaultCode::DiskFull, "{pages} pages free: {error}");
                refused += 1;
                assert_eq!(store.count(&Query::default()).unwrap(), orders, "half-written");
            }
        }
        make_room(&disk);
        store.accept(&new, TODAY).unwrap();
        orders += 1;
        assert_eq!(store.count(&Query::default()).unwrap(), orders, "doubled");
    }
    assert!(refused >= 5, "only {refused} writes met a full disk");
    assert_eq!(store.doctor().unwrap(), []);
    println!("{refused} of 60 commits met the full disk");

    fill(&disk, 0);
    let mut everything_else = || -> Vec<FaultCode> {
        let mark = store.mark(&[first], OrderState::Approved, "operator", MORNING);
        let reveal = store.deliverable(&[first], "operator", MORNING).map(|_| ());
        let pin = store.set_operator(&manager(), "2468", b"a salt for tests", "operator", MORNING);
        let copy = store.backup(&disk.join("copy.sqlite"));
        [mark, reveal, pin, copy].into_iter().filter_map(Result::err).map(|fault| fault.code).collect()
    };
    // The write-ahead log may still have room for small writes; the copy cannot have.
    let faults = everything_else();
    assert!(!faults.is_empty() && faults.iter().all(|code| *code == FaultCode::DiskFull), "{faults:?}");
    assert!(!disk.join("copy.sqlite").exists() && !disk.join("copy.sqlite.partial").exists());
    make_room(&disk);
    assert_eq!(store.doctor().unwrap(), []);
}

fn creation_on_a_full_disk(disk: &Path, file: &Path) {
    for pages in 0..20 {
        fill(disk, pages);
        let result = Store::open(file, impatient());
        let names: Vec<_> = fs::read_dir(disk).unwrap().map(|f| f.unwrap().file_name()).collect();
        match result {
            Err(error) => {
                assert_eq!(error.code, FaultCode::DiskFull, "{pages} pages free: {error}");
                // Created whole but not yet opened, or not at all.
                assert!(names.iter().all(|n| n == OsStr::new("filler") || n == FILE_NAME), "{names:?}");
            }
            Ok(store) => assert_eq!(store.count(&Query::default()).unwrap(), 0),
        }
        make_room(disk);
    }
}

/// One photo as large as they are, so that every page of it is once the one that finds no room.
#[test]
#[ignore = "started by the tests above"]
fn full_while_encrypting() {
    let Some(disk) = disk() else { return };
    let file = disk.join(FILE_NAME);
    let elsewhere = Folder::new();
    let mut store = Store::open(&elsewhere.file(), plain()).unwrap();
    for n in 1..=2 {
        store.accept(&visit_with_photo(n, 60_000), TODAY).unwrap();
    }
    drop(store);
    let (mut refused, mut done) = (0, 0);
    for pages in 0..110 {
        fs::copy(elsewhere.file(), &file).unwrap();
        fill(&disk, pages);
        match Store::open(&file, impatient()) {
            Ok(_) => done += 1,
            Err(error) => {
                assert_eq!(error.code, FaultCode::DiskFull, "{pages} pages free: {error}");
                refused += 1;
            }
        }
        let whole = Store::open(&file, impatient()).or_else(|_| Store::open(&file, plain()));
        make_room(&disk);
        let store = whole.or_else(|_| Store::open(&file, impatient())).unwrap();
        assert_eq!(store.count(&Query::default()).unwrap(), 2, "{pages} pages free");
        assert_eq!(store.doctor().unwrap(), [], "{pages} pages free");
        drop(store);
        drop(Store::open(&file, impatient()).unwrap());
        let names: Vec<_> = fs::read_dir(&disk).unwrap().map(|f| f.unwrap().file_name()).collect();
        assert_eq!(names, [FILE_NAME], "{pages} pages free");
        fs::remove_file(&file).unwrap();
    }
    println!("{refused} of {} met the full disk", refused + done);
    assert!(refused >= 20 && done >= 5, "{refused} refused, {done} done");
}

#[test]
#[ignore = "started by the tests above"]
fn full_while_purging_and_restoring() {
    let Some(disk) = disk() else { return };
    let file = disk.join(FILE_NAME);
    let elsewhere = Folder::new();
    let mut store = elsewhere.open();
    let photos: Vec<PhotoVersion> = (1..=4)
        .map(|n| PhotoVersion {
            number: store.accept(&visit_with_photo(n, 60_000), TODAY).unwrap().number,
            version: 1,
        })
        .collect();
    let numbers: Vec<_> = photos.iter().map(|photo| photo.number).collect();
    store
        .record_delivery(&NewDelivery {
            id: "d1".to_owned(),
            profile: "xueli-2017-99".to_owned(),
            medium: "disc".to_owned(),
            photos,
            bytes: 240_000,
            manifest_sha256: [7; 32],
            actor: "manager".to_owned(),
            verified_at: MORNING,
        })
        .unwrap();
    let backup = elsewhere.file().with_extension("backup");
    store.backup(&backup).unwrap();
    drop(store);

    let (mut purges, mut restorations) = (0, 0);
    for pages in (0..200).step_by(2) {
        fs::copy(&backup, &file).unwrap();
        fill(&disk, pages);
        let purged = Store::open(&file, impatient())
            .and_then(|mut store| {
                store.purge("p1", 1, "manager", MORNING + 86_400_000).map(|made| (store, made))
            })
            .and_then(|(store, made)| store.sweep().map(|_| made.is_some()));
        make_room(&disk);
        if let Err(error) = &purged {
            assert_eq!(error.code, FaultCode::DiskFull, "{pages} pages free: {error}");
            purges += 1;
        }
        let store = Store::open(&file, impatient()).unwrap();
        let gone = store.certificates().unwrap().len() == 1;
        assert!(gone || purged.is_err());
        let state = if gone { OrderState::Purged } else { OrderState::Delivered };
        assert!(numbers.iter().all(|n| store.order(*n).unwrap().state == state), "{pages} pages free");
        assert_eq!(store.doctor().unwrap(), [], "{pages} pages free");
        drop(store);

        fill(&disk, pages);
        let restored = restore(&file, &backup, impatient());
        make_room(&disk);
        if let Err(error) = &restored {
            assert_eq!(error.code, FaultCode::DiskFull, "{pages} pages free: {error}");
            restorations += 1;
        }
        let store = Store::open(&file, impatient()).unwrap();
        assert_eq!(store.certificates().unwrap().len() == 1, gone && restored.is_err(), "{pages} pages free");
        assert_eq!(store.doctor().unwrap(), [], "{pages} pages free");
        drop(store);
        for left in fs::read_dir(&disk).unwrap() {
            fs::remove_file(left.unwrap().path()).unwrap();
        }
    }
    println!("{purges} purges and {restorations} restorations of 100 met the full disk");
    assert!((10..100).contains(&purges) && (20..100).contains(&restorations), "{purges} {restorations}");
}

#[test]
#[ignore = "started by the tests above"]
fn read_only() {
    let Some(disk) = disk() else { return };
    let file = disk.join(FILE_NAME);
    let mut store = Store::open(&file, impatient()).unwrap();
    store.accept(&visit(1), TODAY).unwrap();
    drop(store);
    let remount = |how: &str| {
        let status = std::process::Command::new("mount").args(["-o", how]).arg(&disk).status().unwrap();
        assert!(status.success());
    };
    remount("remount,ro");
    assert_eq!(fault(Store::open(&file, impatient())), FaultCode::StoreReadOnly);
    assert_eq!(fault(Store::open(&disk.join("new.sqlite"), impatient())), FaultCode::StoreReadOnly);
    remount("remount,rw");
    assert_eq!(Store::open(&file, impatient()).unwrap().count(&Query::default()).unwrap(), 1);
}
