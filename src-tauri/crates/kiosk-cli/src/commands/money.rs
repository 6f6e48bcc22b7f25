//! `pay`, `refund`, `settle`: what orders cost.

use std::path::Path;

use kiosk_core::money::{PaymentKind, WaiverReason};
use kiosk_core::{Fault, FaultCode, Fen};
use kiosk_engine::contract::{OrderDesk, PaymentRequest, RefundRequest};
use kiosk_engine::counter::Counter;
use kiosk_engine::order_log::{self, OrderLog, OrderLogPlace};
use serde::Serialize;

use super::existing;
use crate::output::{Exit, Output};

/// Who takes money without a window.
const ACTOR: &str = "kiosk";

/// What an order costs and what is still owed, after a payment or a refund.
#[derive(Serialize)]
struct Paid {
    order: String,
    /// The newest entry of the ledger.
    entry: Option<String>,
    price_fen: Fen,
    owing_fen: Fen,
}

impl Paid {
    fn of(order: &str, desk: &OrderDesk) -> Self {
        Self {
            order: order.to_owned(),
            entry: desk.entries.last().map(|entry| entry.id.clone()),
            price_fen: desk.price,
            owing_fen: desk.owing,
        }
    }
}

pub fn pay(
    order: &str,
    data: &Path,
    (kind, reason): (PaymentKind, Option<WaiverReason>),
    fen: Option<u32>,
    output: &mut Output,
) -> Result<Exit, Fault> {
    let paid = at_counter(data, |counter| {
        let fen = fen.map_or_else(|| counter.order(order).map(|desk| desk.owing), |fen| Ok(Fen(fen)))?;
        counter.take(&PaymentRequest { order: order.to_owned(), kind, fen, reason }, ACTOR)?;
        Ok(Paid::of(order, &counter.order(order)?))
    })?;
    output.line(&paid, || {
        let entry = paid.entry.as_deref().unwrap_or_default();
        format!("{order}: price {}, still owed {}\nentry {entry}", paid.price_fen, paid.owing_fen)
    });
    Ok(Exit::Done)
}

/// What was given back.
#[derive(Serialize)]
struct GivenBack<'a> {
    entry: &'a str,
    fen: Fen,
}

pub fn refund(entry: &str, data: &Path, fen: u32, output: &mut Output) -> Result<Exit, Fault> {
    let fen = Fen(fen);
    at_counter(data, |counter| counter.give_back(&RefundRequest { entry: entry.to_owned(), fen }, ACTOR))?;
    output.line(&GivenBack { entry, fen }, || format!("{fen} given back"));
    Ok(Exit::Done)
}

pub fn settle(data: &Path, day: Option<&str>, out: &Path, output: &mut Output) -> Result<Exit, Fault> {
    let made = at_counter(data, |counter| counter.settle(day, out))?;
    output.line(&made, || {
        let of = &made.settlement;
        let mut lines = vec![format!("{}: {} order(s), {} unpaid", of.day, of.orders, of.unpaid)];
        lines.extend(of.lines.iter().map(|line| {
            let kind = line.kind.as_str();
            format!(
                "  {kind:<14} {:<12} {:>5} × {:>10}   back {:>3} × {:>8}",
                line.actor, line.payments, line.taken, line.refunds, line.given_back
            )
        }));
        lines.push(format!("  taken {}, given back {}", of.taken, of.given_back));
        lines.extend(made.files.iter().map(|name| out.join(name).display().to_string()));
        lines.join("\n")
    });
    Ok(Exit::Done)
}

fn at_counter<T>(data: &Path, work: impl FnOnce(&Counter) -> Result<T, Fault>) -> Result<T, Fault> {
    let settings = existing(data)?;
    if !order_log::is_there(&settings) {
        return Err(Fault::new(
            FaultCode::StoreUnavailable,
            format!("{}: there is no order log", data.display()),
        ));
    }
    let (log, thread) = OrderLog::start(OrderLogPlace::of(&settings))?;
    let result = work(&Counter::new(&settings, log.clone()));
    log.close();
    let _ = thread.join();
    result
}
