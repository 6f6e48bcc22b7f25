//! Paper and media on their way out.

use kiosk_core::order::UnixMillis;
use kiosk_core::{Fault, OrderNumber};

use crate::{
    Deliverable, Delivery, NewDelivery, NewPrint, QueuedPrint, Store, deliveries, print_queue, prints,
};

impl Store {
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
}
