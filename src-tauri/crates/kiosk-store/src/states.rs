//! An operator moves orders along.

use kiosk_core::OrderNumber;
use kiosk_core::order::{OrderState, UnixMillis};
use rusqlite::{Connection, TransactionBehavior};
use serde_json::json;

use crate::audit::{self, Action, Entry};
use crate::error::StoreError;
use crate::orders;

/// Moves all of `numbers` to `state`, or none.
pub(crate) fn mark(
    conn: &mut Connection,
    station: char,
    numbers: &[OrderNumber],
    state: OrderState,
    actor: &str,
    at: UnixMillis,
) -> Result<(), StoreError> {
    match state {
        OrderState::Approved | OrderState::Returned | OrderState::Printed => {}
        OrderState::Captured => return Err(StoreError::Misuse("an order is captured by its visit")),
        OrderState::Delivered => {
            return Err(StoreError::Misuse("an order is delivered by a recorded delivery"));
        }
        OrderState::Purged => return Err(StoreError::Misuse("an order is purged by deleting its photo")),
    }
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for &number in numbers {
        let order = orders::by_number(&tx, number)?;
        if !order.summary.state.may_become(state) {
            let wish = match state {
                OrderState::Approved => "be approved",
                OrderState::Returned => "be returned",
                _ => "be printed",
            };
            return Err(StoreError::WrongState { number, state: order.summary.state, wish });
        }
        orders::set_state(&tx, &order, state, at)?;
        audit::append(
            &tx,
            &Entry {
                at,
                station,
                actor,
                action: Action::Marked,
                order_id: Some(&order.summary.id),
                detail: json!({
                    "from": order.summary.state.as_str(), "to": state.as_str(), "version": order.summary.version,
                }),
            },
        )?;
    }
    Ok(tx.commit()?)
}
