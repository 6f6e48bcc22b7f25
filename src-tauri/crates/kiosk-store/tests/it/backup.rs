//! A copy made in use is a whole order log.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};

use kiosk_core::FaultCode;
use kiosk_store::{Query, Store};

use crate::support::{Folder, TODAY, fault, patient, retake, visit};

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
