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
//! accounts ──< ledger (what an order costs; taken, waived, given back: append-only; an account belongs to a collection code)
//! rosters ──< roster_entries (schools' own lists; an order never points at them, so that a list may change)
//! audit (append-only, each row holds the hash of the one before)        operators (name, role, PIN)
//! purges (certificates of what was deleted when its time had come)
//! ```
//!
//! - Nothing is acknowledged before it is durable: write-ahead log, `synchronous = FULL`, one transaction for a deed
//!   and its audit row. Opening *is* recovery.
//! - The file is encrypted (SQLCipher: AES-256, each page with a keyed hash of its own) when it is opened with a [`Key`], and so are its
//!   backups and the copies that migrations make. What is deleted is overwritten.
//! - A [`Store`] is one connection and belongs to one thread (`Send`, not `Sync`). Other processes may have
//!   the same file open; whoever waits longer than [`Opening::busy_timeout`] gets `StoreBusy`.
//! - Every identity is a version-7 UUID given by the caller, and every change is an audit row with station and sequence, so
//!   that the files of several stations can be merged one day.
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
mod words;

use std::path::{Path, PathBuf};
use std::time::Duration;

use kiosk_core::consent::ShownNotice;
use kiosk_core::money::Account;
use kiosk_core::order::{EarlierOrder, LocalDay, NewOrder, OrderState, UnixMillis};
use kiosk_core::roster::RosterEntry;
use kiosk_core::session::Identification;
use kiosk_core::{CollectionCode, Fault, OrderNumber, Role};
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
/// # Errors
/// `StoreKeyMissing`, `StoreKeyWrong`, `StoreCorrupt` when the backup is not a whole order log of this key; `StoreBusy` when a kiosk
/// runs; the file's faults. The order log is as it was then.
pub fn restore(path: &Path, from: &Path, opening: Opening) -> Result<Option<PathBuf>, Fault> {
    Ok(restore::restore(path, from, opening)?)
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

    /// Commits a visit: order, photo and audit row, durable when this returns. `day` is the local day.
    ///
    /// - The same visit with the same photo again, after a lost answer or a crash: the same number, nothing doubled.
    /// - The same collection code again, while the order is captured or returned: a retake, which is a new version of
    ///   the same order under the same number.
    ///
    /// # Errors
    /// `OrderWrongState` when the code's order is approved or further; `IdNumberMismatch` when the code comes back with
    /// another person's document and no operator returned the order; `Internal` when the report's hashes
    /// are not those of photo and shot; the file's faults. After any error the same call may be repeated.
    pub fn accept(&mut self, order: &NewOrder, day: LocalDay) -> Result<AcceptedOrder, Fault> {
        Ok(accept::accept(&mut self.conn, self.station, order, day)?)
    }

    /// The order that this code opened before.
    ///
    /// # Errors
    /// The file's faults.
    pub fn order_of_code(&self, code: &CollectionCode) -> Result<Option<EarlierOrder>, Fault> {
        let order = orders::by_code(&self.conn, &digest::sha256(code.identity().as_bytes()))?;
        Ok(order.map(|order| EarlierOrder { number: order.summary.number, state: order.summary.state }))
    }

    /// Remembers the words of the notice that people will be asked to agree to; the same words again change nothing.
    ///
    /// # Errors
    /// `NoticeUnusable` when the version stands for other words already; the file's faults.
    pub fn register_notice(
        &mut self,
        version: &str,
        words: &str,
        at: UnixMillis,
    ) -> Result<ShownNotice, Fault> {
        Ok(consents::register(&mut self.conn, self.station, version, words, at)?)
    }

    /// Notes that two orders of one day show one face. Again changes nothing. (Two orders with one document are noted by
    /// [`Store::accept`].)
    ///
    /// # Errors
    /// `OrderUnknown`; the file's faults.
    pub fn raise_same_face(
        &mut self,
        order: OrderNumber,
        other: OrderNumber,
        at: UnixMillis,
    ) -> Result<(), Fault> {
        Ok(alarms::same_face(&mut self.conn, self.station, order, other, at)?)
    }

    /// What an operator has to look into, the newest first; `all` with what was looked into already.
    ///
    /// # Errors
    /// The file's faults.
    pub fn alarms(&self, all: bool) -> Result<Vec<Alarm>, Fault> {
        Ok(alarms::list(&self.conn, all)?)
    }

    /// How many alarms nobody has looked into.
    ///
    /// # Errors
    /// The file's faults.
    pub fn unseen_alarms(&self) -> Result<u32, Fault> {
        Ok(alarms::unseen(&self.conn)?)
    }

    /// Notes that `actor` has looked into an alarm. Again changes nothing.
    ///
    /// # Errors
    /// The file's faults.
    pub fn see_alarm(&mut self, id: i64, actor: &str, at: UnixMillis) -> Result<(), Fault> {
        Ok(alarms::see(&mut self.conn, self.station, id, actor, at)?)
    }

    /// Masked rows, newest number first.
    ///
    /// # Errors
    /// The file's faults.
    pub fn orders(&self, query: &Query) -> Result<Vec<OrderSummary>, Fault> {
        Ok(orders::list(&self.conn, query)?)
    }

    /// How many orders `query` finds without its `limit` and `after`: exact without `find`, and up to [`Store::MOST_COUNTED`] with it; one
    /// more than that stands for more.
    ///
    /// # Errors
    /// The file's faults.
    pub fn count(&self, query: &Query) -> Result<u32, Fault> {
        Ok(orders::count(&self.conn, query)?)
    }

    /// One masked row.
    ///
    /// # Errors
    /// `OrderUnknown`; `StoreCorrupt` when the row is not as it was written; the file's faults.
    pub fn order(&self, number: OrderNumber) -> Result<OrderSummary, Fault> {
        Ok(orders::by_number(&self.conn, number)?.summary)
    }

    /// What was done with an order, oldest first.
    ///
    /// # Errors
    /// `OrderUnknown`; the file's faults.
    pub fn history(&self, number: OrderNumber) -> Result<Vec<AuditEntry>, Fault> {
        let order = orders::by_number(&self.conn, number)?;
        Ok(audit::history(&self.conn, &order.summary.id)?)
    }

    /// The photo that counts, checked against its hash.
    ///
    /// # Errors
    /// `OrderUnknown`; `OrderWrongState` once purged; `StoreCorrupt` when the bytes are not those that were accepted;
    /// the file's faults.
    pub fn photo(&self, number: OrderNumber) -> Result<StoredPhoto, Fault> {
        let summary = orders::by_number(&self.conn, number)?.summary;
        let photo = photos::read(&self.conn, &summary.id, summary.version)?;
        let missing = match summary.state {
            OrderState::Purged => {
                StoreError::WrongState { number, state: summary.state, wish: "show a photo" }
            }
            _ => StoreError::Damaged(format!("the photo of order {number} is gone")),
        };
        Ok(photo.ok_or(missing)?)
    }

    /// What is known about the photo of a listed order, without reading the photo; `None` once purged.
    ///
    /// # Errors
    /// `StoreCorrupt` when its report is not readable; the file's faults.
    pub fn photo_facts(&self, order: &OrderSummary) -> Result<Option<PhotoFacts>, Fault> {
        Ok(photos::facts(&self.conn, &order.id, order.version)?)
    }

    /// What a delivery of `numbers` needs, in that order, with full ID numbers: each is audited as revealed to `actor`.
    ///
    /// # Errors
    /// `OrderUnknown`; `OrderWrongState` for a purged order; `StoreCorrupt`; the file's faults. Nothing is revealed then.
    pub fn deliverable(
        &mut self,
        numbers: &[OrderNumber],
        actor: &str,
        at: UnixMillis,
    ) -> Result<Vec<Deliverable>, Fault> {
        Ok(deliveries::reveal(&mut self.conn, self.station, numbers, actor, at)?)
    }

    /// Approves, returns or marks as printed: all of `numbers` or none.
    ///
    /// # Errors
    /// `OrderUnknown`; `OrderWrongState` when [`OrderState::may_become`] forbids it; `Internal` for the other states, which
    /// have their own ways; the file's faults.
    pub fn mark(
        &mut self,
        numbers: &[OrderNumber],
        state: OrderState,
        actor: &str,
        at: UnixMillis,
    ) -> Result<(), Fault> {
        Ok(states::mark(&mut self.conn, self.station, numbers, state, actor, at)?)
    }

    /// Approves or returns orders with what was said about their photos: all of them or none.
    ///
    /// # Errors
    /// As [`Store::mark`].
    pub fn review(&mut self, review: &NewReview) -> Result<(), Fault> {
        Ok(desk::review(&mut self.conn, self.station, review)?)
    }

    /// What was said about an order's photos, newest first.
    ///
    /// # Errors
    /// `OrderUnknown`; the file's faults.
    pub fn reviews(&self, number: OrderNumber) -> Result<Vec<Review>, Fault> {
        Ok(desk::reviews(&self.conn, number)?)
    }

    /// Of these orders, those whose photo no operator has approved, or not since it was returned; in the same order.
    ///
    /// # Errors
    /// `OrderUnknown`; the file's faults.
    pub fn unapproved(&self, numbers: &[OrderNumber]) -> Result<Vec<OrderNumber>, Fault> {
        Ok(desk::unapproved(&self.conn, numbers)?)
    }

    /// Keeps a note on an order; the same note again changes nothing.
    ///
    /// # Errors
    /// `OrderUnknown`; `OrderWrongState` once purged; `Internal` for a blank note; the file's faults.
    pub fn note(&mut self, number: OrderNumber, note: &Note) -> Result<(), Fault> {
        Ok(desk::note(&mut self.conn, self.station, number, note)?)
    }

    /// The notes on an order, newest first.
    ///
    /// # Errors
    /// `OrderUnknown`; the file's faults.
    pub fn notes(&self, number: OrderNumber) -> Result<Vec<Note>, Fault> {
        Ok(desk::notes(&self.conn, number)?)
    }

    /// Says which group an order belongs to and how it is handed over, in place of what was said before.
    ///
    /// # Errors
    /// `OrderUnknown`; `OrderWrongState` once purged; the file's faults.
    pub fn arrange(
        &mut self,
        number: OrderNumber,
        arrangement: &Arrangement,
        actor: &str,
        at: UnixMillis,
    ) -> Result<(), Fault> {
        Ok(desk::arrange(&mut self.conn, self.station, number, arrangement, actor, at)?)
    }

    /// What was arranged for an order; nothing when nobody said anything.
    ///
    /// # Errors
    /// `OrderUnknown`; the file's faults.
    pub fn arrangement(&self, number: OrderNumber) -> Result<Arrangement, Fault> {
        Ok(desk::arrangement(&self.conn, number)?)
    }

    /// Records money that was taken for an order, or waived; the same entry again changes nothing. The account afterwards.
    ///
    /// # Errors
    /// `AmountWrong` when [`Account::may_take`] forbids it; `OrderUnknown`; the file's faults.
    pub fn take(&mut self, payment: &NewPayment) -> Result<Account, Fault> {
        Ok(ledger::take(&mut self.conn, self.station, payment)?)
    }

    /// Records money that was given back; the same entry again changes nothing. The account afterwards.
    ///
    /// # Errors
    /// `AmountWrong` when [`Account::may_give_back`] forbids it; the file's faults.
    pub fn give_back(&mut self, refund: &NewRefund) -> Result<Account, Fault> {
        Ok(ledger::give_back(&mut self.conn, self.station, refund)?)
    }

    /// What an order costs and what was taken for it.
    ///
    /// # Errors
    /// `OrderUnknown`; the file's faults.
    pub fn account(&self, number: OrderNumber) -> Result<Account, Fault> {
        Ok(ledger::of_order(&self.conn, number)?)
    }

    /// Whether the whole price of this code's order was paid, perhaps before there is an order.
    ///
    /// # Errors
    /// The file's faults.
    pub fn is_paid(&self, code: &CollectionCode) -> Result<bool, Fault> {
        Ok(ledger::is_paid(&self.conn, code)?)
    }

    /// Those of `numbers` that owe something.
    ///
    /// # Errors
    /// The file's faults.
    pub fn owing(&self, numbers: &[OrderNumber]) -> Result<Vec<OrderNumber>, Fault> {
        Ok(ledger::owing(&self.conn, numbers)?)
    }

    /// Every entry of the ledger of a local day, oldest first.
    ///
    /// # Errors
    /// The file's faults.
    pub fn ledger(&self, day: LocalDay) -> Result<Vec<DayEntry>, Fault> {
        Ok(ledger::of_day(&self.conn, day)?)
    }

    /// Records sheets that were made; orders become printed, but a delivered one stays delivered. Recording the same job
    /// again changes nothing.
    ///
    /// # Errors
    /// `OrderUnknown`; the file's faults.
    pub fn record_print(&mut self, job: &NewPrint) -> Result<(), Fault> {
        Ok(prints::record(&mut self.conn, self.station, job)?)
    }

    /// Writes down that a sheet is about to be sent to a printer; gives back the print's number. Orders stay as they are.
    ///
    /// # Errors
    /// The file's faults, also when no such sheet was recorded.
    pub fn queue_print(
        &mut self,
        job: &str,
        file: &str,
        printer: &str,
        at: UnixMillis,
    ) -> Result<i64, Fault> {
        Ok(print_queue::add(&self.conn, job, file, printer, at)?)
    }

    /// Writes down where a print stands: its state, the system's name of it, what the system said.
    ///
    /// # Errors
    /// The file's faults.
    pub fn change_print(&mut self, print: &QueuedPrint, at: UnixMillis) -> Result<(), Fault> {
        Ok(print_queue::change(&self.conn, print, at)?)
    }

    /// What was sent to printers, newest first.
    ///
    /// # Errors
    /// The file's faults.
    pub fn queued_prints(&self, limit: u32) -> Result<Vec<QueuedPrint>, Fault> {
        Ok(print_queue::list(&self.conn, limit)?)
    }

    /// Records a delivery that was read back and found whole: the only way in which orders become delivered. Recording
    /// the same delivery again changes nothing.
    ///
    /// Returns the orders that stay as they are, because they were returned, or photographed again, after their photo was
    /// copied to the medium.
    ///
    /// # Errors
    /// `OrderUnknown`; the file's faults.
    pub fn record_delivery(&mut self, delivery: &NewDelivery) -> Result<Vec<OrderNumber>, Fault> {
        Ok(deliveries::record(&mut self.conn, self.station, delivery)?)
    }

    /// All deliveries, newest first.
    ///
    /// # Errors
    /// The file's faults.
    pub fn deliveries(&self) -> Result<Vec<Delivery>, Fault> {
        Ok(deliveries::list(&self.conn)?)
    }

    /// Imports a school's list in one transaction: all of it or nothing. The list of the same school before gives way to it, and orders
    /// stay as they are. `progress` is told lines done.
    ///
    /// # Errors
    /// `Internal` when two entries are one student's; the file's faults.
    pub fn import_roster(
        &mut self,
        new: &NewRoster<'_>,
        progress: &mut dyn FnMut(usize),
    ) -> Result<RosterChange, Fault> {
        Ok(rosters::import(&mut self.conn, self.station, new, true, progress)?)
    }

    /// What [`Store::import_roster`] would change; nothing is written.
    ///
    /// # Errors
    /// As there.
    pub fn compare_roster(&mut self, new: &NewRoster<'_>) -> Result<RosterChange, Fault> {
        Ok(rosters::import(&mut self.conn, self.station, new, false, &mut |_| {})?)
    }

    /// Every school's list with its counts.
    ///
    /// # Errors
    /// The file's faults.
    pub fn rosters(&self) -> Result<Vec<RosterSummary>, Fault> {
        Ok(rosters::list(&self.conn)?)
    }

    /// How far each class is.
    ///
    /// # Errors
    /// The file's faults.
    pub fn classes(&self) -> Result<Vec<ClassCount>, Fault> {
        Ok(listed::classes(&self.conn)?)
    }

    /// Students of the rosters with a photo, or without one; masked.
    ///
    /// # Errors
    /// The file's faults.
    pub fn listed_students(&self, query: &RosterQuery) -> Result<Vec<ListedStudent>, Fault> {
        Ok(listed::students(&self.conn, query)?)
    }

    /// The line of a code in the rosters, with the whole ID number where the school tells it: for the visit that the code opens, and for
    /// nothing else.
    ///
    /// # Errors
    /// The file's faults.
    pub fn listed_by_code(&self, code: &CollectionCode) -> Result<Option<RosterEntry>, Fault> {
        Ok(listed::by_code(&self.conn, code)?)
    }

    /// The line of the person who typed this.
    ///
    /// # Errors
    /// The file's faults.
    pub fn listed_by_typed(&self, typed: &Identification) -> Result<Option<RosterEntry>, Fault> {
        Ok(listed::by_typed(&self.conn, typed)?)
    }

    /// Everybody who works at the desk, managers first.
    ///
    /// # Errors
    /// The file's faults.
    pub fn operators(&self) -> Result<Vec<OperatorName>, Fault> {
        Ok(operators::list(&self.conn)?)
    }

    /// Adds somebody to the desk, or gives somebody another PIN (4 to 12 digits) and role. `salt` must be random and fresh.
    ///
    /// # Errors
    /// `PinWrong` when it is not 4 to 12 digits; `OperatorNameUnusable` when the name is not 1 to 20 characters, or no manager would be
    /// left; the file's faults.
    pub fn set_operator(
        &mut self,
        who: &OperatorName,
        pin: &str,
        salt: &[u8; 16],
        actor: &str,
        now: UnixMillis,
    ) -> Result<(), Fault> {
        Ok(operators::set(&mut self.conn, self.station, who, pin, salt, actor, now)?)
    }

    /// Takes somebody's access to the desk away.
    ///
    /// # Errors
    /// `OperatorNameUnusable` when nobody has this name, or no manager would be left; the file's faults.
    pub fn remove_operator(&mut self, name: &str, actor: &str, now: UnixMillis) -> Result<(), Fault> {
        Ok(operators::remove(&mut self.conn, self.station, name, actor, now)?)
    }

    /// Checks somebody's PIN; about 50 ms. Every try is audited. After three wrong ones in a row there is a
    /// wait of 30 s, which doubles with each further one up to 15 minutes.
    ///
    /// # Errors
    /// `PinWrong`, also when nobody has this name; `PinLocked` with the wait in its detail; the file's faults.
    pub fn verify_pin(&mut self, name: &str, pin: &str, now: UnixMillis) -> Result<Role, Fault> {
        Ok(operators::verify(&mut self.conn, self.station, name, pin, now)?)
    }

    /// Remembers that the recovery code was shown.
    ///
    /// # Errors
    /// The file's faults.
    pub fn record_key_shown(&mut self, actor: &str, at: UnixMillis) -> Result<(), Fault> {
        Ok(audit::record(&mut self.conn, self.station, audit::Action::KeyShown, actor, at)?)
    }

    /// Delivered and returned orders with the clock that runs for them: they are due `days` days after it started.
    ///
    /// # Errors
    /// The file's faults.
    pub fn retention(&self, now: UnixMillis, days: u32) -> Result<Vec<Batch>, Fault> {
        Ok(purge::batches(&self.conn, now, days)?)
    }

    /// Deletes everything personal of the orders that are due: all of them or none, durable when this returns. `id` is a fresh UUID
    /// (version 7). `None` when nothing is due. [`Store::sweep`] afterwards removes what was deleted from the file itself.
    ///
    /// # Errors
    /// `StoreCorrupt` when a row is not as it was written; the file's faults.
    pub fn purge(
        &mut self,
        id: &str,
        days: u32,
        actor: &str,
        now: UnixMillis,
    ) -> Result<Option<Certificate>, Fault> {
        Ok(purge::purge(&mut self.conn, self.station, id, days, actor, now)?)
    }

    /// Gives freed pages back to the disk and empties the write-ahead log, in which deleted bytes still stand. `false` when another
    /// program that has the order log open kept it from that: to be repeated when it is closed.
    ///
    /// # Errors
    /// The file's faults.
    pub fn sweep(&self) -> Result<bool, Fault> {
        Ok(purge::sweep(&self.conn)?)
    }

    /// Certificates of every purge as JSON, oldest first.
    ///
    /// # Errors
    /// The file's faults.
    pub fn certificates(&self) -> Result<Vec<String>, Fault> {
        Ok(purge::certificates(&self.conn)?)
    }

    /// Looks at everything: SQLite's structures, references, the audit's chain, every row and every photo. Empty when
    /// all is well; takes as long as reading the whole file.
    ///
    /// # Errors
    /// The file's faults, but damage is a finding.
    pub fn doctor(&self) -> Result<Vec<Finding>, Fault> {
        Ok(self.examine()?)
    }

    /// Writes a whole, checked copy to `to`, which must not exist; encrypted with the same key. Other processes may go on writing. The copy is an order
    /// log itself, see [`restore`].
    ///
    /// # Errors
    /// `StoreUnavailable` when `to` exists or cannot be written, `StoreReadOnly`, `DiskFull`, `StoreCorrupt`.
    pub fn backup(&self, to: &Path) -> Result<(), Fault> {
        Ok(backup::write(&self.conn, self.key, to)?)
    }
}

fn check_station(station: char) -> Result<(), StoreError> {
    if station.is_ascii_uppercase() {
        Ok(())
    } else {
        Err(StoreError::Misuse("a station is a letter from A to Z"))
    }
}
