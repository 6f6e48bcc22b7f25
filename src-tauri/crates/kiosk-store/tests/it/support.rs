//! Invented students and fabricated photos.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use kiosk_core::collection_code::CodeFields;
use kiosk_core::consent::{Consent, ShownNotice};
use kiosk_core::id_document::mod_11_2_check;
use kiosk_core::order::{LocalDay, NewOrder, Person};
use kiosk_core::report::{FileFacts, PhotoReport, ShotSource, Timings};
use kiosk_core::session::SessionId;
use kiosk_core::{CollectionCode, Fault, FaultCode, Fen, Geometry, IdNumber, Role, Transform};
use kiosk_store::{FILE_NAME, Key, Opening, OperatorName, Restoring, Store};
use rusqlite::Connection;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

pub const TODAY: LocalDay = LocalDay { year: 2026, month: 11, day: 21 };
pub const TOMORROW: LocalDay = LocalDay { year: 2026, month: 11, day: 22 };
/// 2026-11-21 08:00 UTC.
pub const MORNING: i64 = 1_795_248_000_000;
/// Two characters of an invented surname that no other field holds.
pub const SURNAME: &str = "测试";

pub struct Folder {
    dir: TempDir,
}

impl Folder {
    pub fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    pub fn file(&self) -> PathBuf {
        self.dir.path().join(FILE_NAME)
    }

    /// Removes every file.
    pub fn clear(&self) {
        for file in std::fs::read_dir(self.dir.path()).unwrap() {
            std::fs::remove_file(file.unwrap().path()).unwrap();
        }
    }

    pub fn open(&self) -> Store {
        self.try_open().unwrap()
    }

    pub fn try_open(&self) -> Result<Store, Fault> {
        Store::open(&self.file(), impatient())
    }
}

/// The key of every encrypted file here.
pub fn key() -> Key {
    Key::of(std::array::from_fn(|i| (i as u8).wrapping_mul(167).wrapping_add(13)))
}

/// Encrypted, as the kiosk has it.
pub fn patient() -> Opening {
    Opening { busy_timeout: std::time::Duration::from_mins(1), ..Opening::at_station('A').with_key(key()) }
}

/// Does not wait for locks.
pub fn impatient() -> Opening {
    Opening { busy_timeout: std::time::Duration::ZERO, ..patient() }
}

/// A plain file, for what looks at its bytes.
pub fn plain() -> Opening {
    Opening { key: None, ..impatient() }
}

/// Puts a backup in an order log's place, today.
pub fn restore(path: &Path, from: &Path, opening: Opening) -> Result<Option<PathBuf>, Fault> {
    kiosk_store::restore(path, from, opening, Restoring { today: TODAY, actor: "manager", at: MORNING })
}

/// Who runs the desk.
pub fn manager() -> OperatorName {
    OperatorName { name: "manager".to_owned(), role: Role::Manager }
}

/// Another program that has the key.
pub fn raw(file: &Path) -> Connection {
    let conn = Connection::open(file).unwrap();
    conn.pragma_update(None, "key", format!("x'{}'", key().to_hex())).unwrap();
    conn
}

pub fn fault<T>(result: Result<T, Fault>) -> FaultCode {
    match result {
        Ok(_) => panic!("expected a fault"),
        Err(fault) => {
            assert!(!fault.detail.contains(SURNAME), "a fault's detail names a person");
            fault.code
        }
    }
}

/// The `n`th student's visit with a small photo.
pub fn visit(n: u32) -> NewOrder {
    visit_with_photo(n, 3_000)
}

pub fn visit_with_photo(n: u32, bytes: usize) -> NewOrder {
    let id_number = id_number(n);
    let code = CollectionCode::open(&CodeFields {
        code: Some(format!("{:016x}", 0xC0DE_0000_0000_0000_u64 + u64::from(n))),
        student_number: Some(student_number(n)),
        name: Some("测**".to_owned()),
        class: Some(format!("2302{}班", n % 7)),
        ..CodeFields::default()
    });
    let photo = jpeg(u64::from(n), bytes);
    NewOrder {
        session: session(n, 0),
        code,
        person: Person {
            id_number,
            name: Some(format!("{SURNAME}·第{n}号")),
            student_number: Some(student_number(n)),
            school: Some("河海虚构大学".to_owned()),
            college: None,
            class: Some(format!("2302{}班", n % 7)),
        },
        consent: Consent { notice: notice(), at: MORNING, guardian: false, comparison: false },
        report: report(&photo, &jpeg(u64::from(n) + 1, 100)),
        photo,
        shot: None,
        overridden: None,
        likeness: None,
        price: Fen::ZERO,
        accepted_at: MORNING + i64::from(n),
    }
}

/// The same student comes again with the same code: `time` counts the visits from 1.
pub fn retake(n: u32, time: u8) -> NewOrder {
    let photo = jpeg(u64::from(n) << 32 | u64::from(time), 3_000);
    let again = visit(n);
    NewOrder {
        session: session(n, time),
        report: report(&photo, b"shot"),
        photo,
        accepted_at: again.accepted_at + 60_000 * i64::from(time),
        ..again
    }
}

pub fn notice() -> ShownNotice {
    ShownNotice { version: "2026-11".to_owned(), sha256: "11".repeat(32) }
}

pub fn student_number(n: u32) -> String {
    format!("S{n:07}")
}

/// Valid by GB 11643-1999; the sequence number runs over days of 1999.
pub fn id_number(n: u32) -> IdNumber {
    let day = n / 1000;
    let body =
        format!("110105{}{:02}{:02}{:03}", 1990 + day / 336 % 10, 1 + day / 28 % 12, 1 + day % 28, n % 1000);
    IdNumber::parse(&format!("{body}{}", mod_11_2_check(&body).unwrap())).unwrap()
}

fn session(n: u32, time: u8) -> SessionId {
    SessionId(format!("01a2b3c4-d5e6-7{time:03x}-8000-{n:012x}"))
}

/// Bytes between the markers of a JPEG file that no other seed repeats.
pub fn jpeg(seed: u64, bytes: usize) -> Arc<[u8]> {
    let mut random = Random(seed);
    let body = std::iter::repeat_with(|| random.below(256) as u8);
    [0xFF, 0xD8].into_iter().chain(body.take(bytes - 4)).chain([0xFF, 0xD9]).collect()
}

pub fn report(photo: &[u8], shot: &[u8]) -> PhotoReport {
    PhotoReport {
        profile: "xueli-2017-99".to_owned(),
        transform: Transform { scale: 0.5, offset_x: 10.0, offset_y: 20.0 },
        geometry: Geometry { head_top: 80.0, eye_line: 250.0, face_width: 240.0, centre_x: 240.0 },
        checks: Vec::new(),
        file: FileFacts { bytes: photo.len() as u32, quality: 90, width: 480, height: 640, dpi: 300 },
        shot_sha256: hex_sum(shot),
        photo_sha256: hex_sum(photo),
        models: Vec::new(),
        version: "0.1.0".to_owned(),
        timings_ms: Timings::default(),
        source: ShotSource::Camera,
        burst: None,
        provenance: Box::default(),
    }
}

pub fn hex_sum(bytes: &[u8]) -> String {
    kiosk_core::hex::hex(&Sha256::digest(bytes))
}

/// This test binary once more, for one ignored test: a process of its own to kill, or to put somewhere else.
pub fn reexec(test: &str, env: &[(&str, &OsStr)]) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([test, "--exact", "--ignored", "--nocapture", "--test-threads=1"]).envs(env.iter().copied());
    command
}

/// A 64-bit linear congruential generator (Knuth, MMIX).
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// What each version of the file brought, as it is taken away again.
const BROUGHT: [(i64, &str); 7] = [
    (
        8,
        "DROP TABLE number_floors;
         DROP TRIGGER reviews_have_identities; DROP INDEX reviews_by_uuid; ALTER TABLE reviews DROP COLUMN uuid;
         DROP TRIGGER print_queue_have_identities; DROP INDEX print_queue_by_uuid; ALTER TABLE print_queue DROP COLUMN uuid;
         CREATE TABLE accounts_7 (account BLOB NOT NULL PRIMARY KEY, place INTEGER, price INTEGER NOT NULL, owing INTEGER NOT NULL)
            STRICT, WITHOUT ROWID;
         INSERT INTO accounts_7 SELECT code_key, place, price, owing FROM accounts;
         CREATE TABLE ledger_7 (id TEXT NOT NULL PRIMARY KEY, account BLOB NOT NULL REFERENCES accounts_7 (account), kind TEXT NOT NULL,
            amount INTEGER NOT NULL, gives_back TEXT REFERENCES ledger_7 (id), reason TEXT, station TEXT NOT NULL, actor TEXT NOT NULL,
            day TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
         INSERT INTO ledger_7 SELECT l.id, a.code_key, kind, amount, gives_back, reason, station, actor, day, at
            FROM ledger l JOIN accounts a ON a.id = l.account ORDER BY l.rowid;
         DROP TRIGGER ledger_is_not_deleted; DROP TABLE ledger; DROP TABLE accounts;
         ALTER TABLE accounts_7 RENAME TO accounts; ALTER TABLE ledger_7 RENAME TO ledger;
         CREATE INDEX accounts_owing ON accounts (place) WHERE owing > 0;
         CREATE INDEX ledger_by_account ON ledger (account);
         CREATE INDEX ledger_by_day ON ledger (day);
         CREATE TRIGGER ledger_is_not_changed BEFORE UPDATE ON ledger BEGIN SELECT RAISE(ABORT, 'append-only'); END;
         CREATE TRIGGER ledger_is_not_deleted BEFORE DELETE ON ledger BEGIN SELECT RAISE(ABORT, 'append-only'); END;",
    ),
    (7, "DROP TABLE print_queue;"),
    (
        6,
        "DROP TRIGGER purged_orders_have_no_words; DROP TRIGGER orders_are_counted; DROP TRIGGER orders_are_counted_again;
         DROP TRIGGER purged_orders_have_no_free_words; DROP TABLE reviews; DROP TABLE notes; DROP TABLE arrangements;
         DROP TABLE ledger; DROP TABLE accounts;
         DROP TABLE order_index; DROP TABLE order_words; DROP TABLE order_words_rules; DROP TABLE order_counts;
         DROP INDEX orders_by_state; ALTER TABLE orders DROP COLUMN place;",
    ),
    (
        5,
        "CREATE TABLE pins (role TEXT NOT NULL PRIMARY KEY, phc TEXT NOT NULL, failures INTEGER NOT NULL DEFAULT 0,
            failed_at INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
         INSERT INTO pins (role, phc) SELECT 'operator', phc FROM operators;
         DROP TABLE operators; DROP TABLE purges; DROP INDEX delivered_photos_by_order;
         DROP INDEX roster_entries_by_id_number;",
    ),
    (4, "DROP INDEX orders_by_document; DROP TABLE alarms; DROP TABLE consents; DROP TABLE notices;"),
    (3, "DROP TABLE roster_entries; DROP TABLE rosters;"),
    (2, "DROP TABLE overrides;"),
];

/// Makes a file what it was with an older version of the program.
pub fn back_to_schema(conn: &Connection, version: i64) {
    for (_, sql) in BROUGHT.iter().filter(|(brought_by, _)| *brought_by > version) {
        conn.execute_batch(sql).unwrap();
    }
    conn.pragma_update(None, "user_version", version).unwrap();
}
