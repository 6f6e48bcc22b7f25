//! What a visit leaves behind, and what is noticed about it.

use kiosk_core::consent::ShownNotice;
use kiosk_core::order::{EarlierOrder, LocalDay, NewOrder, UnixMillis};
use kiosk_core::{CollectionCode, Fault, OrderNumber};

use crate::{AcceptedOrder, Alarm, Store, accept, alarms, consents, digest, orders};

impl Store {
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
}
