//! A copy made in use is a whole order log.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};

use kiosk_core::FaultCode;
use kiosk_store::{FILE_NAME, Key, Query, Store};

use crate::support::{Folder, TODAY, TOMORROW, fault, impatient, patient, restore, retake, visit};

#[test]
fn a_copy_made_in_use_can_take_the_files_place() {
    let folder = Folder::new();
    let store = Store::open(&folder.file(), patient()).unwrap();
    let copied = AtomicBool::new(false);
    let copy = folder.file().with_extension("copy");
    let accepted = std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut store = Store::open(&folder.file(), patient()).unwrap();
            let mut accepted = Vec::new();
            while !copied.load(Ordering::Relaxed) || accepted.len() < 20 {
                accepted.push(store.accept(&visit(accepted.len() as u32 + 1), TODAY).unwrap().number);
            }
            accepted
        });
        while store.count(&Query::default()).unwrap() < 5 {
            std::thread::yield_now();
        }
        store.backup(&copy).unwrap();
        copied.store(true, Ordering::Relaxed);
        writer.join().unwrap()
    });
    drop(store);

    let restored = Folder::new();
    fs::copy(&copy, restored.file()).unwrap();
    let mut store = restored.open();
    let count = store.count(&Query::default()).unwrap();
    assert!((5..=accepted.len() as u32).contains(&count), "{count}");
    for number in &accepted[..count as usize] {
        assert_eq!(&store.photo(*number).unwrap().jpeg[..], &visit(number.counter).photo[..]);
    }
    assert_eq!(store.accept(&retake(1, 1), TODAY).unwrap().version, 2);
    assert_eq!(store.accept(&visit(1_000), TODAY).unwrap().number.counter, count + 1);
    assert_eq!(store.doctor().unwrap(), []);
}

#[test]
fn a_copy_never_replaces_a_file() {
    let folder = Folder::new();
    let store = folder.open();
    let taken = folder.file().with_extension("taken");
    fs::write(&taken, b"somebody's").unwrap();
    assert_eq!(fault(store.backup(&taken)), FaultCode::StoreUnavailable);
    assert_eq!(fs::read(&taken).unwrap(), b"somebody's");
    assert_eq!(fault(store.backup(&taken.join("no folder"))), FaultCode::StoreUnavailable);
}

/// A new computer, or a damaged file: the backup takes its place, and what was there is kept.
#[test]
fn a_backup_is_restored_and_what_was_there_is_kept() {
    let folder = Folder::new();
    let mut store = folder.open();
    let numbers: Vec<_> = (1..=3).map(|n| store.accept(&visit(n), TODAY).unwrap().number).collect();
    let copy = Folder::new();
    store.backup(&copy.file()).unwrap();
    store.accept(&visit(4), TODAY).unwrap();
    assert_eq!(fault(restore(&folder.file(), &copy.file(), impatient())), FaultCode::StoreBusy, "in use");
    drop(store);

    let kept = restore(&folder.file(), &copy.file(), impatient()).unwrap().unwrap();
    let store = folder.open();
    assert_eq!(store.count(&Query::default()).unwrap(), 3);
    assert_eq!(&store.photo(numbers[2]).unwrap().jpeg[..], &visit(3).photo[..]);
    assert_eq!(Store::open(&kept, impatient()).unwrap().count(&Query::default()).unwrap(), 4);
    drop(store);

    // In place of a file that nobody can open, and where there is none.
    fs::write(folder.file(), b"damaged").unwrap();
    let kept = restore(&folder.file(), &copy.file(), impatient()).unwrap().unwrap();
    assert_eq!(fs::read(kept).unwrap(), b"damaged");
    assert_eq!(folder.open().doctor().unwrap(), []);
    let new = Folder::new();
    assert_eq!(restore(&new.file(), &copy.file(), impatient()).unwrap(), None);
    assert_eq!(new.open().count(&Query::default()).unwrap(), 3);
    let names: Vec<_> =
        fs::read_dir(new.file().parent().unwrap()).unwrap().map(|f| f.unwrap().file_name()).collect();
    assert_eq!(names, [FILE_NAME]);
}

#[test]
fn what_is_no_whole_backup_replaces_nothing() {
    let folder = Folder::new();
    let mut store = folder.open();
    store.accept(&visit(1), TODAY).unwrap();
    let copy = Folder::new();
    store.backup(&copy.file()).unwrap();
    drop(store);
    let before = fs::read(folder.file()).unwrap();
    let whole = fs::read(copy.file()).unwrap();
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    let other = impatient().with_key(Key::of([3; 32]));
    for (bytes, opening, code) in [
        (&whole[..], other, FaultCode::StoreKeyWrong),
        (&whole[..whole.len() / 2], impatient(), FaultCode::StoreCorrupt),
        (&flipped[..], impatient(), FaultCode::StoreCorrupt),
        (&b""[..], impatient(), FaultCode::StoreCorrupt),
    ] {
        fs::write(copy.file(), bytes).unwrap();
        assert_eq!(fault(restore(&folder.file(), &copy.file(), opening)), code);
        assert_eq!(fs::read(folder.file()).unwrap(), before);
        assert_eq!(fs::read_dir(folder.file().parent().unwrap()).unwrap().count(), 1);
    }
}

/// Papers with the numbers of lost orders are in people's hands.
#[test]
fn numbers_go_on_behind_those_that_were_given() {
    let folder = Folder::new();
    let mut store = folder.open();
    let accept = |store: &mut Store, n: u32, day| store.accept(&visit(n), day).unwrap().number.to_string();
    accept(&mut store, 1, TODAY);
    let copy = Folder::new();
    store.backup(&copy.file()).unwrap();
    assert_eq!([2, 3, 4].map(|n| accept(&mut store, n, TODAY))[2], "261121-A004");
    assert_eq!(accept(&mut store, 5, TOMORROW), "261122-A001");
    drop(store);

    restore(&folder.file(), &copy.file(), impatient()).unwrap();
    let mut store = folder.open();
    assert_eq!(accept(&mut store, 6, TODAY), "261121-A005");
    assert_eq!(accept(&mut store, 7, TOMORROW), "261122-A002");
    drop(store);
    // Once more, of the same copy: what the restored log gave counts as well, and what the first one gave is not forgotten.
    restore(&folder.file(), &copy.file(), impatient()).unwrap();
    let mut store = folder.open();
    assert_eq!(accept(&mut store, 8, TODAY), "261121-A006");
    assert_eq!(store.doctor().unwrap(), []);
    drop(store);

    // Nobody can say how many were given.
    fs::write(folder.file(), b"damaged").unwrap();
    restore(&folder.file(), &copy.file(), impatient()).unwrap();
    let mut store = folder.open();
    assert_eq!(accept(&mut store, 9, TODAY), "261121-A1002");
    assert_eq!(accept(&mut store, 10, TOMORROW), "261122-A001");
}
