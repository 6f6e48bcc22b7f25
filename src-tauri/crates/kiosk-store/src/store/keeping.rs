//! What keeps the log whole, and what makes it forget.

use std::path::Path;

use kiosk_core::Fault;
use kiosk_core::order::UnixMillis;

use crate::{Batch, Certificate, Finding, Store, backup, purge};

impl Store {
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
    /// log itself, see [`restore`](crate::restore).
    ///
    /// # Errors
    /// `StoreUnavailable` when `to` exists or cannot be written, `StoreReadOnly`, `DiskFull`, `StoreCorrupt`.
    pub fn backup(&self, to: &Path) -> Result<(), Fault> {
        Ok(backup::write(&self.conn, self.key, to)?)
    }
}
