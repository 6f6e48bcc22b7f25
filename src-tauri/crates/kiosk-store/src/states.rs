//! An operator moves orders along.

use kiosk_core::OrderNumber;
use kiosk_core::order::{OrderState, UnixMillis};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use serde_json::{Value, json};

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
        mark_one(&tx, station, number, state, actor, at, json!({}))?;
    }
    Ok(tx.commit()?)
}

/// Moves one order; `more` stands in the audit beside the states.
pub(crate) fn mark_one(
    tx: &Transaction<'_>,
    station: char,
    number: OrderNumber,
    state: OrderState,
    actor: &str,
    at: UnixMillis,
    mut more: Value,
) -> Result<(), StoreError> {
    let order = orders::by_number(tx, number)?;
    if !order.summary.state.may_become(state) {
        let wish = match state {
            OrderState::Approved => "be approved",
            OrderState::Returned => "be returned",
            _ => "be printed",
        };
        return Err(StoreError::WrongState { number, state: order.summary.state, wish });
    }
    orders::set_state(tx, &order, state, at)?;
    more["from"] = json!(order.summary.state.as_str());
    more["to"] = json!(state.as_str());
    more["version"] = json!(order.summary.version);
    let (action, order_id) = (Action::Marked, Some(&order.summary.id[..]));
    audit::append(tx, &Entry { at, station, actor, action, order_id, detail: more })
}
