//! What lies on the disk can be read with the key only, and a file of earlier versions becomes such a file.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use kiosk_core::FaultCode;
use kiosk_store::{FILE_NAME, Key, Opening, Query, Store};

use crate::support::{
    Folder, Random, SURNAME, TODAY, fault, id_number, impatient, plain, raw, reexec, retake, student_number,
    visit,
};

/// What must not be found in any file of the folder.
fn secrets() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("a name", SURNAME.as_bytes().to_vec()),
        ("an ID number", id_number(1).canonical().as_bytes().to_vec()),
        ("a student number", student_number(1).into_bytes()),
        ("a photo", visit(1).photo[100..164].to_vec()),
        ("a table", b"CREATE TABLE".to_vec()),
    ]
}

/// Which secrets lie in the files of the order log's folder.
fn found_in(folder: &Folder) -> Vec<(String, &'static str)> {
    let mut found = Vec::new();
    for file in fs::read_dir(folder.file().parent().unwrap()).unwrap() {
        let file = file.unwrap();
        let bytes = fs::read(file.path()).unwrap();
        for (what, secret) in secrets() {
            if bytes.windows(secret.len()).any(|window| window == secret) {
                found.push((file.file_name().to_string_lossy().into_owned(), what));
            }
        }
    }
    found
}

fn fill(opening: Opening, folder: &Folder) {
    let mut store = Store::open(&folder.file(), opening).unwrap();
    for n in 1..=3 {
        store.accept(&visit(n), TODAY).unwrap();
    }
    store.accept(&retake(2, 1), TODAY).unwrap();
}

fn whole(folder: &Folder, opening: Opening) {
    let store = Store::open(&folder.file(), opening).unwrap();
    assert_eq!(store.doctor().unwrap(), []);
    assert_eq!(store.count(&Query::default()).unwrap(), 3);
    for n in [1, 3] {
        let order = &store.orders(&Query { find: Some(student_number(n)), ..Query::default() }).unwrap()[0];
        assert_eq!(&store.photo(order.number).unwrap().jpeg[..], &visit(n).photo[..]);
    }
}

#[test]
fn nothing_can_be_read_without_the_key() {
    let folder = Folder::new();
    let mut store = folder.open();
    for n in 1..=3 {
        store.accept(&visit(n), TODAY).unwrap();
    }
    store.backup(&folder.file().with_extension("copy")).unwrap();
    assert!(fs::metadata(folder.file().with_extension("sqlite-wal")).unwrap().len() > 0, "looked at as well");
    assert_eq!(found_in(&folder), []);
    drop(store);
    assert_eq!(found_in(&folder), []);

    // The search itself finds what is there.
    let folder = Folder::new();
    fill(plain(), &folder);
    assert_eq!(found_in(&folder).len(), secrets().len());
}

#[test]
fn a_wrong_key_or_none_is_named_and_the_file_stays_as_it_is() {
    let folder = Folder::new();
    fill(impatient(), &folder);
    let before = fs::read(folder.file()).unwrap();
    let other = impatient().with_key(Key::of([7; 32]));
    assert_eq!(fault(Store::open(&folder.file(), other)), FaultCode::StoreKeyWrong);
    assert_eq!(fault(Store::open(&folder.file(), plain())), FaultCode::StoreKeyMissing);
    assert_eq!(fs::read(folder.file()).unwrap(), before);
    assert_eq!(fs::read_dir(folder.file().parent().unwrap()).unwrap().count(), 1);
    whole(&folder, impatient());
}

#[test]
fn a_backup_is_opened_by_the_same_key_only() {
    let folder = Folder::new();
    fill(impatient(), &folder);
    let copy = folder.file().with_extension("copy");
    folder.open().backup(&copy).unwrap();
    assert_eq!(fault(Store::open(&copy, impatient().with_key(Key::of([7; 32])))), FaultCode::StoreKeyWrong);
    let restored = Folder::new();
    fs::copy(&copy, restored.file()).unwrap();
    whole(&restored, impatient());
}

#[test]
fn a_plain_file_and_its_copies_become_encrypted_and_nothing_plain_stays() {
    let folder = Folder::new();
    fill(plain(), &folder);
    let copy = folder.file().with_file_name(format!("{FILE_NAME}.before-schema-2"));
    fs::copy(folder.file(), &copy).unwrap();
    let not_ours = folder.file().with_file_name(format!("{FILE_NAME}.before-schema-1"));
    fs::write(&not_ours, b"SQLite format 3\0 and nothing else").unwrap();

    whole(&folder, impatient());
    assert_eq!(found_in(&folder), []);
    assert!(fs::metadata(&copy).unwrap().len() > 4096);
    assert_eq!(
        raw(&copy).query_row("SELECT count(*) FROM orders", [], |row| row.get::<_, u32>(0)).unwrap(),
        3
    );
    assert!(not_ours.exists(), "what cannot be read is left alone");
    let mut names: Vec<_> = fs::read_dir(folder.file().parent().unwrap())
        .unwrap()
        .map(|file| file.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert_eq!(names, [FILE_NAME, "orders.sqlite.before-schema-1", "orders.sqlite.before-schema-2"]);
}

#[test]
fn a_plain_file_in_use_is_not_encrypted_under_its_user() {
    let folder = Folder::new();
    fill(plain(), &folder);
    let mut user = Store::open(&folder.file(), plain()).unwrap();
    assert_eq!(fault(Store::open(&folder.file(), impatient())), FaultCode::StoreBusy);
    user.accept(&visit(4), TODAY).unwrap();
    drop(user);
    assert_eq!(folder.open().count(&Query::default()).unwrap(), 4);
}

#[cfg(unix)]
#[test]
fn the_encrypted_file_belongs_to_the_kiosks_account() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new();
    fill(plain(), &folder);
    fs::set_permissions(folder.file(), fs::Permissions::from_mode(0o644)).unwrap();
    drop(folder.open());
    assert_eq!(fs::metadata(folder.file()).unwrap().permissions().mode() & 0o777, 0o600);
}

const FILE: &str = "KIOSK_STORE_ENCRYPT_FILE";

/// Not a test by itself: the process that is killed.
#[test]
#[ignore = "started by the test below"]
fn encrypts_until_killed() {
    let Some(file) = std::env::var_os(FILE) else { return };
    println!("\nready");
    drop(Store::open(Path::new(&file), impatient()));
}

/// `KIOSK_KILL_ROUNDS` makes it longer.
#[test]
fn a_kill_while_the_file_is_encrypted_leaves_a_whole_one() {
    let rounds = std::env::var("KIOSK_KILL_ROUNDS").ok().and_then(|v| v.parse().ok()).unwrap_or(20_u32);
    let original = Folder::new();
    fill(plain(), &original);
    // How long it takes here and now, so that the kills fall into it.
    let trial = Folder::new();
    fs::copy(original.file(), trial.file()).unwrap();
    let began = Instant::now();
    whole(&trial, impatient());
    let usual = began.elapsed().as_micros() as u64;
    let mut random = Random(5);
    let (mut before, mut after) = (0, 0);
    for _ in 0..rounds {
        let folder = Folder::new();
        fs::copy(original.file(), folder.file()).unwrap();
        let mut child = reexec("secrecy::encrypts_until_killed", &[(FILE, folder.file().as_os_str())])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        while line.trim() != "ready" {
            line.clear();
            assert!(std::io::BufRead::read_line(&mut out, &mut line).unwrap() > 0, "it never began");
        }
        std::thread::sleep(Duration::from_micros(random.below(usual)));
        child.kill().unwrap();
        child.wait().unwrap();
        let is_plain = fs::read(folder.file()).unwrap().starts_with(b"SQLite format 3\0");
        *(if is_plain { &mut before } else { &mut after }) += 1;
        whole(&folder, impatient());
        assert_eq!(found_in(&folder), []);
        let names: Vec<_> = fs::read_dir(folder.file().parent().unwrap())
            .unwrap()
            .map(|file| file.unwrap().file_name())
            .collect();
        assert_eq!(names, [FILE_NAME], "something was left beside the order log");
    }
    println!("{rounds} rounds: {before} killed before the file was replaced, {after} after");
    assert_eq!(before + after, rounds);
}
