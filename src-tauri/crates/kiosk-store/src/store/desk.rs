//! What operators decide and say about orders.

use kiosk_core::order::{OrderState, UnixMillis};
use kiosk_core::{Fault, OrderNumber};

use crate::{Arrangement, NewReview, Note, Review, Store, desk, states};

impl Store {
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
}
