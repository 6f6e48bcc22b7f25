//! What was handed over long enough ago is gone, from the file as well, and a certificate says so.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use kiosk_core::money::PaymentKind;
use kiosk_core::order::{OrderState, Override};
use kiosk_core::roster::RosterEntry;
use kiosk_core::{FaultCode, Fen, OrderNumber};
use kiosk_store::{NewDelivery, NewPayment, NewRoster, Opening, Payer, PhotoVersion, Query, Store};
use rusqlite::Connection;
use sha2::{Digest as _, Sha256};

use crate::support::{
    Folder, MORNING, Random, TODAY, fault, hex_sum, id_number, impatient, jpeg, plain, reexec, retake,
    student_number, visit, visit_with_photo,
};

const DAY: i64 = 86_400_000;
const DAYS: u32 = 30;
const DUE: i64 = MORNING + DAYS as i64 * DAY;

fn delivery(id: &str, numbers: &[OrderNumber], at: i64) -> NewDelivery {
    NewDelivery {
        id: id.to_owned(),
        profile: "xueli-2017-99".to_owned(),
        medium: format!("disc {id}"),
        photos: numbers.iter().map(|&number| PhotoVersion { number, version: 1 }).collect(),
        bytes: 6_000,
        manifest_sha256: [7; 32],
        actor: "manager".to_owned(),
        verified_at: at,
    }
}

fn filled(store: &mut Store, students: u32) -> Vec<OrderNumber> {
    (1..=students).map(|n| store.accept(&visit(n), TODAY).unwrap().number).collect()
}

fn purge(store: &mut Store, now: i64) -> Vec<String> {
    let certificate = store.purge("p1", DAYS, "manager", now).unwrap();
    certificate.map(|c| c.orders.into_iter().map(|order| order.number).collect()).unwrap_or_default()
}

#[test]
fn an_order_is_due_so_many_days_after_its_last_delivery() {
    use OrderState::{Captured, Delivered, Purged, Returned};

    let mut store = Store::in_memory('A').unwrap();
    let numbers = filled(&mut store, 5);
    store.record_delivery(&delivery("d1", &numbers[..2], MORNING)).unwrap();
    store.record_delivery(&delivery("d2", &numbers[1..3], MORNING + DAY)).unwrap();
    store.mark(&numbers[3..4], OrderState::Returned, "manager", MORNING + 2 * DAY).unwrap();

    let told = |store: &Store, now| -> Vec<(Option<String>, u32, u32)> {
        let batches = store.retention(now, DAYS).unwrap();
        batches.into_iter().map(|batch| (batch.delivery, batch.orders, batch.due)).collect()
    };
    let d = |id: &str| Some(id.to_owned());
    assert_eq!(told(&store, MORNING), [(d("d1"), 1, 0), (d("d2"), 2, 0), (None, 1, 0)]);
    assert_eq!(told(&store, DUE), [(d("d1"), 1, 1), (d("d2"), 2, 0), (None, 1, 0)]);
    assert_eq!(told(&store, DUE + 2 * DAY), [(d("d1"), 1, 1), (d("d2"), 2, 2), (None, 1, 1)]);
    assert_eq!(store.retention(MORNING, DAYS).unwrap()[0].due_at, DUE);

    for too_early in [DUE - 1, MORNING - DAY, 0] {
        assert_eq!(purge(&mut store, too_early), [""; 0], "also with a clock that was set back");
    }
    assert_eq!(purge(&mut store, DUE), [numbers[0].to_string()]);
    let states: Vec<_> = numbers.iter().map(|n| store.order(*n).unwrap().state).collect();
    assert_eq!(states, [Purged, Delivered, Delivered, Returned, Captured]);
    assert_eq!(store.purge("p1", DAYS, "manager", DUE).unwrap(), None, "nothing is due twice");
    let rest = store.purge("p2", DAYS, "manager", DUE + 2 * DAY).unwrap().unwrap();
    assert_eq!((rest.orders.len(), rest.deliveries), (3, vec!["d2".to_owned()]));
    assert_eq!(store.order(numbers[4]).unwrap().state, Captured, "what was never handed over stays");
    assert_eq!(store.doctor().unwrap(), []);
}

/// A visit with everything that can be personal, its roster line, its override.
fn rich_visit(store: &mut Store) -> (OrderNumber, Vec<(&'static str, Vec<u8>)>) {
    let mut new = visit(1);
    let shot = jpeg(99, 9_000);
    new.report.shot_sha256 = hex_sum(&shot);
    new.shot = Some(shot.clone());
    new.person.college = Some("虚构学院".to_owned());
    new.overridden =
        Some(Override {
            reason: "头巾，理由甲乙丙".to_owned(), by: "manager".to_owned(), at: MORNING
        });
    new.report.geometry.head_top = 81.234_567;
    new.price = Fen(2_000);
    let code_hash = Sha256::digest(new.code.identity().as_bytes()).to_vec();
    let entry = RosterEntry {
        line: 2,
        student_number: Some(student_number(1)),
        name: Some("名单里的全名".to_owned()),
        id_number: Some(id_number(1)),
        ..RosterEntry::default()
    };
    let other = RosterEntry { line: 3, student_number: Some(student_number(2)), ..RosterEntry::default() };
    let entries = [entry, other];
    let roster = NewRoster { school: "", entries: &entries, sha256: [1; 32], actor: "operator", at: MORNING };
    store.import_roster(&roster, &mut |_| {}).unwrap();
    let number = store.accept(&new, TODAY).unwrap().number;
    let secrets = vec![
        ("the photo", new.photo[500..532].to_vec()),
        ("the shot", shot[500..532].to_vec()),
        ("the end of the shot", shot[8_900..8_932].to_vec()),
        ("the ID number", id_number(1).canonical().as_bytes().to_vec()),
        ("the name", "第1号".as_bytes().to_vec()),
        ("the roster's name", "名单里的全名".as_bytes().to_vec()),
        ("the student number", student_number(1).into_bytes()),
        ("the code", b"c0de000000000001".to_vec()),
        ("the code's hash", code_hash),
        ("the college", "虚构学院".as_bytes().to_vec()),
        ("the override's words", "理由甲乙丙".as_bytes().to_vec()),
        ("a measure of the face", b"81.234567".to_vec()),
    ];
    (number, secrets)
}

/// Which of `secrets` stand in the order log's files, free pages and write-ahead log included.
fn found(folder: &Folder, secrets: &[(&'static str, Vec<u8>)]) -> Vec<&'static str> {
    let files: Vec<Vec<u8>> = fs::read_dir(folder.file().parent().unwrap())
        .unwrap()
        .map(|file| fs::read(file.unwrap().path()).unwrap())
        .collect();
    let stands = |secret: &[u8]| files.iter().any(|file| file.windows(secret.len()).any(|w| w == secret));
    secrets.iter().filter(|(_, secret)| stands(secret)).map(|(what, _)| *what).collect()
}

#[test]
fn no_byte_of_a_purged_person_is_left_in_the_file() {
    let folder = Folder::new();
    let mut store = Store::open(&folder.file(), plain()).unwrap();
    let (number, secrets) = rich_visit(&mut store);
    let other = store.accept(&visit(2), TODAY).unwrap().number;
    store.deliverable(&[number], "manager", MORNING).unwrap();
    store.record_delivery(&delivery("d1", &[number], MORNING)).unwrap();
    let all: Vec<_> = secrets.iter().map(|(what, _)| *what).collect();
    assert_eq!(found(&folder, &secrets), all, "the search sees what is there");

    let certificate = store.purge("p1", DAYS, "manager", DUE).unwrap().unwrap();
    assert!(store.sweep().unwrap());
    assert_eq!(found(&folder, &secrets), [""; 0], "while it is open");
    assert_eq!(fs::metadata(folder.file().with_extension("sqlite-wal")).unwrap().len(), 0);
    drop(store);
    assert_eq!(found(&folder, &secrets), [""; 0]);

    // Number, state, day, hashes, history and the delivery stay; the other person stays whole.
    let store = Store::open(&folder.file(), plain()).unwrap();
    let row = store.order(number).unwrap();
    assert_eq!(
        (row.state, row.id_number_masked, row.name, row.class),
        (OrderState::Purged, None, None, None)
    );
    assert_eq!(fault(store.photo(number)), FaultCode::OrderWrongState);
    let actions: Vec<String> = store.history(number).unwrap().into_iter().map(|e| e.action).collect();
    assert_eq!(actions, ["accepted", "overridden", "id_number_revealed", "delivered", "purged"]);
    assert_eq!(&store.photo(other).unwrap().jpeg[..], &visit(2).photo[..]);
    assert_eq!(store.rosters().unwrap()[0].students, 1);
    assert_eq!(store.doctor().unwrap(), []);

    // The certificate counts and proves, and names nobody.
    assert_eq!((certificate.pictures, certificate.bytes, certificate.roster_lines), (2, 12_000, 1));
    assert_eq!(certificate.orders[0].photo_sha256, [hex_sum(&visit(1).photo)]);
    let [kept] = &store.certificates().unwrap()[..] else { panic!() };
    assert_eq!(*kept, serde_json::to_string(&certificate).unwrap());
    for (what, secret) in &secrets {
        assert!(!kept.as_bytes().windows(secret.len()).any(|w| w == secret), "the certificate tells {what}");
    }
}

#[test]
fn every_version_of_a_photo_goes() {
    let folder = Folder::new();
    let mut store = Store::open(&folder.file(), plain()).unwrap();
    let number = store.accept(&visit(1), TODAY).unwrap().number;
    store.accept(&retake(1, 1), TODAY).unwrap();
    let mut disc = delivery("d1", &[number], MORNING);
    disc.photos[0].version = 2;
    store.record_delivery(&disc).unwrap();
    let certificate = store.purge("p1", DAYS, "manager", DUE).unwrap().unwrap();
    assert_eq!((certificate.pictures, certificate.orders[0].photo_sha256.len()), (2, 2));
    assert!(store.sweep().unwrap());
    let secrets =
        [("first", visit(1).photo[500..532].to_vec()), ("second", retake(1, 1).photo[500..532].to_vec())];
    assert_eq!(found(&folder, &secrets), [""; 0]);
    assert_eq!(store.doctor().unwrap(), []);
}

#[test]
fn the_file_becomes_smaller() {
    let folder = Folder::new();
    let mut store = folder.open();
    let numbers: Vec<_> =
        (1..=40).map(|n| store.accept(&visit_with_photo(n, 60_000), TODAY).unwrap().number).collect();
    store.record_delivery(&delivery("d1", &numbers, MORNING)).unwrap();
    assert!(store.sweep().unwrap());
    let before = fs::metadata(folder.file()).unwrap().len();
    assert_eq!(purge(&mut store, DUE).len(), 40);
    assert!(store.sweep().unwrap());
    let after = fs::metadata(folder.file()).unwrap().len();
    assert!(before > 40 * 60_000 && after < 500_000, "{before} to {after}");
}

#[test]
fn a_reader_keeps_the_log_from_being_emptied_and_is_told_of() {
    let folder = Folder::new();
    let mut store = Store::open(&folder.file(), plain()).unwrap();
    let (number, secrets) = rich_visit(&mut store);
    store.record_delivery(&delivery("d1", &[number], MORNING)).unwrap();
    let reader = Connection::open(folder.file()).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM orders").unwrap();
    store.purge("p1", DAYS, "manager", DUE).unwrap().unwrap();
    assert!(!store.sweep().unwrap());
    assert!(!found(&folder, &secrets).is_empty(), "and the bytes are still there");
    drop(reader);
    assert!(store.sweep().unwrap());
    assert_eq!(found(&folder, &secrets), [""; 0]);
}

#[test]
fn the_same_code_after_the_purge_is_a_new_order() {
    let mut store = Store::in_memory('A').unwrap();
    let numbers = filled(&mut store, 1);
    store.record_delivery(&delivery("d1", &numbers, MORNING)).unwrap();
    assert_eq!(fault(store.accept(&retake(1, 1), TODAY)), FaultCode::OrderWrongState);
    purge(&mut store, DUE);
    let again = store.accept(&retake(1, 2), TODAY).unwrap();
    assert_eq!((again.number.counter, again.version), (2, 1));
    assert_eq!(store.count(&Query::default()).unwrap(), 2);
    assert_eq!(store.doctor().unwrap(), []);
}

#[test]
fn whoever_paid_and_never_came_is_forgotten_and_the_money_is_not() {
    let folder = Folder::new();
    let mut store = Store::open(&folder.file(), plain()).unwrap();
    let codes = [1, 2].map(|n| visit(n).code);
    for (code, at) in codes.iter().zip([MORNING, MORNING + DAY]) {
        let payment = NewPayment {
            id: format!("01a2b3c4-d5e6-7000-a000-{at:012x}"),
            payer: Payer::Code(Box::new(code.clone()), Fen(2_000)),
            kind: PaymentKind::Cash,
            amount: Fen(2_000),
            reason: None,
            actor: "chen".to_owned(),
            at,
            day: TODAY,
        };
        store.take(&payment).unwrap();
    }
    let hashes = codes.clone().map(|code| ("a code's hash", Sha256::digest(code.identity()).to_vec()));
    assert_eq!(found(&folder, &hashes).len(), 2);
    assert_eq!(store.purge("p0", DAYS, "manager", DUE - 1).unwrap(), None);
    let certificate = store.purge("p1", DAYS, "manager", DUE).unwrap().unwrap();
    assert_eq!((certificate.codes, certificate.orders.len()), (1, 0));
    assert!(store.sweep().unwrap());
    assert_eq!(found(&folder, &hashes[..1]), [""; 0]);
    assert_eq!(codes.map(|code| store.is_paid(&code).unwrap()), [false, true]);
    assert_eq!(store.ledger(TODAY).unwrap().len(), 2);
    assert_eq!(store.purge("p2", DAYS, "manager", DUE).unwrap(), None, "nobody is forgotten twice");
    assert_eq!(store.doctor().unwrap(), []);
}

#[test]
fn a_damaged_order_stops_the_purge_and_nothing_is_deleted() {
    let folder = Folder::new();
    let opening: Opening = impatient();
    let mut store = Store::open(&folder.file(), opening).unwrap();
    let numbers = filled(&mut store, 3);
    store.record_delivery(&delivery("d1", &numbers, MORNING)).unwrap();
    crate::support::raw(&folder.file())
        .execute("UPDATE orders SET name = 'x' WHERE counter = 2", [])
        .unwrap();
    assert_eq!(fault(store.purge("p1", DAYS, "manager", DUE)), FaultCode::StoreCorrupt);
    assert_eq!(store.order(numbers[0]).unwrap().state, OrderState::Delivered);
    assert_eq!(store.certificates().unwrap(), [""; 0]);
}

const FILE: &str = "KIOSK_STORE_PURGE_FILE";

/// Not a test by itself: the process that is killed.
#[test]
#[ignore = "started by the test below"]
fn purges_until_killed() {
    let Some(file) = std::env::var_os(FILE) else { return };
    let mut store = Store::open(Path::new(&file), impatient()).unwrap();
    println!("\nready");
    store.purge("p1", DAYS, "manager", DUE).unwrap();
    store.sweep().unwrap();
}

/// `KIOSK_KILL_ROUNDS` makes it longer.
#[test]
fn a_kill_during_a_purge_leaves_all_or_nothing() {
    let rounds = std::env::var("KIOSK_KILL_ROUNDS").ok().and_then(|v| v.parse().ok()).unwrap_or(20_u64);
    let original = Folder::new();
    let mut store = original.open();
    let numbers: Vec<_> =
        (1..=40).map(|n| store.accept(&visit_with_photo(n, 60_000), TODAY).unwrap().number).collect();
    store.record_delivery(&delivery("d1", &numbers, MORNING)).unwrap();
    drop(store);
    // How long it takes here and now, so that the kills fall into it.
    let trial = Folder::new();
    fs::copy(original.file(), trial.file()).unwrap();
    let mut store = trial.open();
    let began = Instant::now();
    assert_eq!(purge(&mut store, DUE).len(), 40);
    let usual = began.elapsed().as_micros() as u64;
    drop(store);
    let mut random = Random(11);
    let mut purged = 0;
    for round in 0..rounds {
        let folder = Folder::new();
        fs::copy(original.file(), folder.file()).unwrap();
        let mut child = reexec("purge::purges_until_killed", &[(FILE, folder.file().as_os_str())])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        assert!(lines.any(|line| line == "ready"), "it never began");
        std::thread::sleep(Duration::from_micros(random.below(2 * usual)));
        child.kill().unwrap();
        child.wait().unwrap();
        let mut store = folder.open();
        let certified = store.certificates().unwrap().len() == 1;
        let state = if certified { OrderState::Purged } else { OrderState::Delivered };
        assert!(numbers.iter().all(|n| store.order(*n).unwrap().state == state), "round {round}");
        assert_eq!(store.doctor().unwrap(), [], "round {round}");
        purged += u64::from(certified);
        // Whatever the kill left undone is done by the next purge and sweep.
        assert_eq!(purge(&mut store, DUE).len(), if certified { 0 } else { 40 });
        assert!(store.sweep().unwrap());
        assert!(fs::metadata(folder.file()).unwrap().len() < 500_000, "round {round}");
    }
    println!("{rounds} rounds: {purged} killed after the purge was durable");
}
