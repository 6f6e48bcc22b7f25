//! What orders cost and what was taken for them.

use kiosk_core::money::Account;
use kiosk_core::order::LocalDay;
use kiosk_core::{CollectionCode, Fault, OrderNumber};

use crate::{DayEntry, NewPayment, NewRefund, Store, ledger};

impl Store {
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

    /// Accounts that the ledger of a local day speaks of and that have no order: their visits were left after the payment.
    ///
    /// # Errors
    /// The file's faults.
    pub fn unclaimed(&self, day: LocalDay) -> Result<Vec<Account>, Fault> {
        Ok(ledger::unclaimed(&self.conn, day)?)
    }
}
