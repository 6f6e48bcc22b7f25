//! Orders and photos, as they are found and read.

use kiosk_core::order::OrderState;
use kiosk_core::{Fault, OrderNumber};

use crate::{
    AuditEntry, OrderSummary, PhotoFacts, Query, Store, StoreError, StoredPhoto, audit, orders, photos,
};

impl Store {
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
}
