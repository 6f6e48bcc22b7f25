//! The order log: one SQLite file that remembers who came, what was agreed, shot, printed and delivered.
//!
//! ```text
//! order_words ── order_index (FTS5: the words under which an order is found)      order_counts (by day and state)
//!   │
//! orders ──< photos (a version for each accepted visit; JPEG, report, consent, code verbatim)
//!   │           │
//!   │           ├─── overrides (who let a version pass that fails a check, and why)
//!   │           ├──< printed_photos   >── print_jobs ──< print_queue (what was sent to a printer, as often as paper asked for)
//!   │           └──< delivered_photos >── deliveries
//!   │           ├─── consents (which words of which notice, and what else)    notices (the words)
//!   └──< alarms (two orders with one document or one face)
//!   │           └──< reviews (approved or returned, by which checks)
//!   ├──< notes    ├──  arrangements (cohort, how it is handed over)
//! accounts ──< ledger (what an order costs; taken, waived, given back: append-only; opened for a collection code, which a purge forgets)
//! rosters ──< roster_entries (schools' own lists; an order never points at them, so that a list may change)
//! audit (append-only, each row holds the hash of the one before)        operators (name, role, PIN)
//! purges (certificates of what was deleted when its time had come)      number_floors (given by logs whose place a backup took)
//! ```
//!
//! - Nothing is acknowledged before it is durable: write-ahead log, `synchronous = FULL`, one transaction for a deed
//!   and its audit row. Opening *is* recovery.
//! - The file is encrypted (SQLCipher: AES-256, each page with a keyed hash of its own) when it is opened with a [`Key`], and so are its
//!   backups and the copies that migrations make. What is deleted is overwritten.
//! - A [`Store`] is one connection and belongs to one thread (`Send`, not `Sync`). Other processes may have
//!   the same file open; whoever waits longer than [`Opening::busy_timeout`] gets `StoreBusy`.
//! - Every row has an identity that no other station gives (a version-7 UUID, or its owner's with a version; see `identity.rs`), and every
//!   change is an audit row with station and sequence, so that the files of several stations can be merged one day.
//! - Full ID numbers leave this crate through [`Store::deliverable`] only, and to the visit whose line of a roster it is. Faults, logs and `Debug` hold no
//!   personal data, nor does the audit.
//! - Times are arguments; the clock may be set back without harm to numbers, order or locks.

mod accept;
mod alarms;
mod audit;
mod backup;
mod consents;
mod deliveries;
mod desk;
mod digest;
mod doctor;
mod encrypt;
mod error;
mod file;
mod identity;
mod key;
mod ledger;
mod listed;
mod operators;
mod orders;
mod overrides;
mod photos;
mod places;
mod print_queue;
mod prints;
mod purge;
mod restore;
mod rosters;
mod schema;
mod states;
mod store;
mod words;

use std::path::{Path, PathBuf};
use std::time::Duration;

use kiosk_core::Fault;
use rusqlite::Connection;

pub use accept::AcceptedOrder;
pub use alarms::Alarm;
pub use audit::AuditEntry;
pub use deliveries::{CodeNumber, Deliverable, Delivery, NewDelivery};
pub use desk::{Arrangement, NewReview, Note, Review};
pub use doctor::{Finding, FindingKind, advice};
pub use key::{Key, RecoveryCodeError};
pub use ledger::{DayEntry, NewPayment, NewRefund, Payer};
pub use listed::{ClassCount, ListedStudent, RosterQuery};
pub use operators::OperatorName;
pub use orders::{OrderSummary, Query};
pub use photos::{PhotoFacts, StoredPhoto};
pub use print_queue::{QueuedPrint, QueuedState};
pub use prints::{NewPrint, PhotoVersion};
pub use purge::{Batch, Certificate, PurgedOrder};
pub use restore::Restoring;
pub use rosters::{NewRoster, RosterChange, RosterSummary};

use error::StoreError;

/// The order log's name inside the data folder.
pub const FILE_NAME: &str = "orders.sqlite";

/// How to open an order log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    /// Letter of this station, `A`–`Z`: part of every order number given here.
    pub station: char,
    /// How long to wait while another process writes.
    pub busy_timeout: Duration,
    /// The key of an encrypted file. With one, a new file is encrypted and a plain one becomes so; without one, files are plain, as in
    /// tests that look at their bytes.
    pub key: Option<Key>,
}

impl Opening {
    /// The usual patience: five seconds. No key.
    #[must_use]
    pub fn at_station(station: char) -> Self {
        Self { station, busy_timeout: Duration::from_secs(5), key: None }
    }

    /// With the key of an encrypted file.
    #[must_use]
    pub fn with_key(self, key: Key) -> Self {
        Self { key: Some(key), ..self }
    }
}

/// Whether an encrypted order log may lie at `path`: a file whose first page looks random. `false` when nothing is there.
///
/// # Errors
/// `StoreUnavailable` when it cannot be read.
pub fn looks_encrypted(path: &Path) -> Result<bool, Fault> {
    Ok(path.exists() && !encrypt::is_plain(path)? && encrypt::may_be_encrypted(path)?)
}

/// Whether `key` opens the encrypted order log at `path`; nothing is changed there.
///
/// # Errors
/// The file's faults.
pub fn opens(path: &Path, key: Key) -> Result<bool, Fault> {
    Ok(encrypt::opens(path, key)?)
}

/// Puts the backup `from` in the place of the order log at `path`, after it was opened, migrated where it is older, and examined.
/// What was there is kept under the name that is returned; `None` when nothing was there. No kiosk may have it open.
///
/// Orders that came after the backup are gone from the log, but their numbers are on paper: the next ones go on behind them. Where the
/// log that was there cannot be read, a thousand numbers of the day are left out.
///
/// # Errors
/// `StoreKeyMissing`, `StoreKeyWrong`, `StoreCorrupt` when the backup is not a whole order log of this key; `StoreBusy` when a kiosk
/// runs; the file's faults. The order log is as it was then.
pub fn restore(
    path: &Path,
    from: &Path,
    opening: Opening,
    restoring: Restoring<'_>,
) -> Result<Option<PathBuf>, Fault> {
    Ok(restore::restore(path, from, opening, restoring)?)
}

/// An open order log.
#[derive(Debug)]
pub struct Store {
    conn: Connection,
    station: char,
    key: Option<Key>,
}

impl Store {
    /// Orders that a search counts at most.
    pub const MOST_COUNTED: u32 = orders::MOST_COUNTED;

    /// Opens the order log at `path`, and creates it when nothing lies there; the folder must exist.
    ///
    /// A file that is not a whole order log is never replaced or repaired: it is a fault and stays as it is. An older
    /// one is migrated after a copy was made beside it (`orders.sqlite.before-schema-N`). With a key, a file that is plain is encrypted
    /// first, and so are such copies: compared row by row, put in its place in one step, the plain bytes overwritten.
    ///
    /// # Errors
    /// `StoreUnavailable` (no folder, no access, no locks there), `StoreReadOnly`, `StoreCorrupt` (empty, truncated,
    /// of another program), `StoreKeyMissing`, `StoreKeyWrong`, `StoreTooNew`, `StoreBusy` (also when a plain file cannot be encrypted
    /// because another program has it open), `DiskFull`.
    pub fn open(path: &Path, opening: Opening) -> Result<Self, Fault> {
        Ok(Self::open_typed(path, opening)?)
    }

    fn open_typed(path: &Path, opening: Opening) -> Result<Self, StoreError> {
        check_station(opening.station)?;
        let mut conn = file::open(path, opening.key, opening.busy_timeout, schema::MIGRATIONS)?;
        words::bring_up_to_date(&mut conn)?;
        Ok(Self { conn, station: opening.station, key: opening.key })
    }

    fn examine(&self) -> Result<Vec<Finding>, StoreError> {
        doctor::examine(&self.conn)
    }

    /// An order log without a file, for demonstrations and tests: gone with the process.
    ///
    /// # Errors
    /// `Internal` when `station` is not a letter `A`–`Z`.
    pub fn in_memory(station: char) -> Result<Self, Fault> {
        check_station(station)?;
        let mut conn = file::in_memory(schema::MIGRATIONS)?;
        words::bring_up_to_date(&mut conn)?;
        Ok(Self { conn, station, key: None })
    }
}

fn check_station(station: char) -> Result<(), StoreError> {
    if station.is_ascii_uppercase() {
        Ok(())
    } else {
        Err(StoreError::Misuse("a station is a letter from A to Z"))
    }
}
