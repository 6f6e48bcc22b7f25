//! The order log: one SQLite file that remembers who came, what was agreed, shot, printed and delivered.
//!
//! ```text
//! orders ──< photos (a version for each accepted visit; JPEG, report, consent, code verbatim)
//!   │           │
//!   │           ├─── overrides (who let a version pass that fails a check, and why)
//!   │           ├──< printed_photos   >── print_jobs ──< print_queue (what was sent to a printer, as often as paper asked for)
//!   │           └──< delivered_photos >── deliveries
//! rosters ──< roster_entries (schools' own lists; an order never points at them, so that a list may change)
//! audit (append-only, each row holds the hash of the one before)        pins
//! ```
//!
//! - Nothing is acknowledged before it is durable: write-ahead log, `synchronous = FULL`, one transaction for a deed
//!   and its audit row. Opening *is* recovery.
//! - A [`Store`] is one connection and belongs to one thread (`Send`, not `Sync`). Other processes may have
//!   the same file open; whoever waits longer than [`Opening::busy_timeout`] gets `StoreBusy`.
//! - Every identity is a version-7 UUID given by the caller, and every change is an audit row with station and sequence, so
//!   that the files of several stations can be merged one day.
//! - Full ID numbers leave this crate through [`Store::deliverable`] only, and to the visit whose line of a roster it is. Faults, logs and `Debug` hold no
//!   personal data, nor does the audit.
//! - Times are arguments; the clock may be set back without harm to numbers, order or locks.

mod accept;
mod audit;
mod backup;
mod deliveries;
mod digest;
mod doctor;
mod error;
mod file;
mod listed;
mod orders;
mod overrides;
mod photos;
mod pin;
mod print_queue;
mod prints;
mod rosters;
mod schema;
mod states;

use std::path::Path;
use std::time::Duration;

use kiosk_core::order::{LocalDay, NewOrder, OrderState, UnixMillis};
use kiosk_core::roster::RosterEntry;
use kiosk_core::session::Identification;
use kiosk_core::{CollectionCode, Fault, OrderNumber};
use rusqlite::Connection;

pub use accept::AcceptedOrder;
pub use audit::AuditEntry;
pub use deliveries::{CodeNumber, Deliverable, Delivery, NewDelivery};
pub use doctor::{Finding, FindingKind};
pub use listed::{ClassCount, ListedStudent, RosterQuery};
pub use orders::{OrderSummary, Query};
pub use photos::StoredPhoto;
pub use print_queue::{QueuedPrint, QueuedState};
pub use prints::{NewPrint, PhotoVersion};
pub use rosters::{NewRoster, RosterChange, RosterSummary};

use error::StoreError;

/// The order log's name inside the data folder.
pub const FILE_NAME: &str = "orders.sqlite";

/// How to open an order log. The key of an encrypted file will be a member here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    /// Letter of this station, `A`–`Z`: part of every order number given here.
    pub station: char,
    /// How long to wait while another process writes.
    pub busy_timeout: Duration,
}

impl Opening {
    /// The usual patience: five seconds.
    #[must_use]
    pub fn at_station(station: char) -> Self {
        Self { station, busy_timeout: Duration::from_secs(5) }
    }
}

/// An open order log.
#[derive(Debug)]
pub struct Store {
    conn: Connection,
    station: char,
}

impl Store {
    /// Opens the order log at `path`, and creates it when nothing lies there; the folder must exist.
    ///
    /// A file that is not a whole order log is never replaced or repaired: it is a fault and stays as it is. An older
    /// one is migrated after a copy was made beside it (`orders.sqlite.before-schema-N`).
    ///
    /// # Errors
    /// `StoreUnavailable` (no folder, no access, no locks there), `StoreReadOnly`, `StoreCorrupt` (empty, truncated,
    /// of another program), `StoreTooNew`, `StoreBusy`, `DiskFull`.
    pub fn open(path: &Path, opening: Opening) -> Result<Self, Fault> {
        check_station(opening.station)?;
        let conn = file::open(path, opening.busy_timeout, schema::MIGRATIONS)?;
        Ok(Self { conn, station: opening.station })
    }

    /// An order log without a file, for demonstrations and tests: gone with the process.
    ///
    /// # Errors
    /// `Internal` when `station` is not a letter `A`–`Z`.
    pub fn in_memory(station: char) -> Result<Self, Fault> {
        check_station(station)?;
        Ok(Self { conn: file::in_memory(schema::MIGRATIONS)?, station })
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

    /// Masked rows, newest number first.
    ///
    /// # Errors
    /// The file's faults.
    pub fn orders(&self, query: &Query) -> Result<Vec<OrderSummary>, Fault> {
        Ok(orders::list(&self.conn, query)?)
    }

    /// How many orders `query` finds without its `limit` and `offset`.
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

    /// Whether an operator's PIN was set.
    ///
    /// # Errors
    /// The file's faults.
    pub fn has_pin(&self) -> Result<bool, Fault> {
        Ok(pin::is_set(&self.conn)?)
    }

    /// Sets the operator's PIN, 4 to 12 digits. `salt` must be random and fresh.
    ///
    /// # Errors
    /// `PinWrong` when it is not 4 to 12 digits; the file's faults.
    pub fn set_pin(&mut self, pin: &str, salt: &[u8; 16], actor: &str, now: UnixMillis) -> Result<(), Fault> {
        Ok(pin::set(&mut self.conn, self.station, pin, salt, actor, now)?)
    }

    /// Checks the operator's PIN; about 50 ms. Every try is audited. After three wrong ones in a row there is a
    /// wait of 30 s, which doubles with each further one up to 15 minutes.
    ///
    /// # Errors
    /// `PinWrong`, also when none was set; `PinLocked` with the wait in its detail; the file's faults.
    pub fn verify_pin(&mut self, pin: &str, now: UnixMillis) -> Result<(), Fault> {
        Ok(pin::verify(&mut self.conn, self.station, pin, now)?)
    }

    /// Looks at everything: SQLite's structures, references, the audit's chain, every row and every photo. Empty when
    /// all is well; takes as long as reading the whole file.
    ///
    /// # Errors
    /// The file's faults, but damage is a finding.
    pub fn doctor(&self) -> Result<Vec<Finding>, Fault> {
        Ok(doctor::examine(&self.conn)?)
    }

    /// Writes a whole, checked copy to `to`, which must not exist. Other processes may go on writing. The copy is an order
    /// log itself: to restore it, put it in the place of `orders.sqlite` while no kiosk runs, and remove
    /// `orders.sqlite-wal` and `orders.sqlite-shm` of the old file.
    ///
    /// # Errors
    /// `StoreUnavailable` when `to` exists or cannot be written, `StoreReadOnly`, `DiskFull`, `StoreCorrupt`.
    pub fn backup(&self, to: &Path) -> Result<(), Fault> {
        Ok(backup::write(&self.conn, to)?)
    }
}

fn check_station(station: char) -> Result<(), StoreError> {
    if station.is_ascii_uppercase() {
        Ok(())
    } else {
        Err(StoreError::Misuse("a station is a letter from A to Z"))
    }
}
