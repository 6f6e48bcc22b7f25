//! The one way in: order, photo and audit row in one transaction, however often it is repeated.

use kiosk_core::order::{LocalDay, NewOrder, OrderState};
use kiosk_core::{Fen, OrderNumber, Verdict};
use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use serde_json::json;

use crate::audit::{self, Action, Entry};
use crate::digest::{Sum, hex, sha256};
use crate::error::StoreError;
use crate::orders::{self, StoredOrder};
use crate::{alarms, consents, ledger, overrides, photos, restore, words};

/// Who accepts: the audit's name for the person in front of the camera.
const STUDENT: &str = "student";

/// What a durable visit left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptedOrder {
    /// The number to say aloud.
    pub number: OrderNumber,
    /// UUID (version 7) of the visit that opened the order.
    pub id: String,
    /// Version of the photo, from 1; higher for a retake.
    pub version: u32,
}

pub(crate) fn accept(
    conn: &mut Connection,
    station: char,
    new: &NewOrder,
    day: LocalDay,
) -> Result<AcceptedOrder, StoreError> {
    let sum = photos::checked_sum(new)?;
    let code_key = sha256(new.code.identity().as_bytes());
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if let Some((id, version)) = photos::already(&tx, new.session.as_str(), &sum)? {
        let number = orders::by_id(&tx, &id)?.summary.number;
        return Ok(AcceptedOrder { number, id, version });
    }
    let (accepted, action, price) = match orders::by_code(&tx, &code_key)? {
        Some(order) => (retake(&tx, &order, new)?, Action::Retaken, Fen::ZERO),
        None => (open(&tx, station, new, day, &code_key)?, Action::Accepted, new.price),
    };
    let agreed = ledger::agree(&tx, &accepted.id, &code_key, accepted.number, price)?;
    let order = orders::by_id(&tx, &accepted.id)?;
    words::put(&tx, &order)?;
    photos::insert(&tx, &accepted.id, accepted.version, &sum, new)?;
    consents::insert(&tx, &accepted.id, accepted.version, new)?;
    audit::append(
        &tx,
        &Entry {
            at: new.accepted_at,
            station,
            actor: STUDENT,
            action,
            order_id: Some(&accepted.id),
            detail: json!({
                "number": accepted.number.to_string(),
                "version": accepted.version,
                "photo_sha256": hex(&sum),
                "notice": new.consent.notice.version,
                "account": agreed.as_ref().map(|(account, _)| account),
                "price": agreed.as_ref().map(|(_, price)| price),
            }),
        },
    )?;
    let_pass(&tx, station, new, &accepted)?;
    alarms::same_document(&tx, station, &order, new.accepted_at)?;
    tx.commit()?;
    Ok(accepted)
}

/// The operator's override, when there is one. The audit outlives the person, so that it names the failed checks and the hash of
/// the reason, whose free words stay with the photo.
fn let_pass(
    tx: &Transaction<'_>,
    station: char,
    new: &NewOrder,
    accepted: &AcceptedOrder,
) -> Result<(), StoreError> {
    let Some(overridden) = &new.overridden else { return Ok(()) };
    overrides::insert(tx, &accepted.id, accepted.version, overridden)?;
    let failed = new.report.checks.iter().filter(|check| check.verdict == Verdict::Fail);
    audit::append(
        tx,
        &Entry {
            at: overridden.at,
            station,
            actor: &overridden.by,
            action: Action::Overridden,
            order_id: Some(&accepted.id),
            detail: json!({
                "number": accepted.number.to_string(),
                "version": accepted.version,
                "failed": failed.map(|check| check.id.as_str()).collect::<Vec<_>>(),
                "reason_sha256": hex(&sha256(overridden.reason.as_bytes())),
            }),
        },
    )
}

fn open(
    tx: &Transaction<'_>,
    station: char,
    new: &NewOrder,
    day: LocalDay,
    code_key: &Sum,
) -> Result<AcceptedOrder, StoreError> {
    // Numbers never come back: rows are never deleted, and a backup in the file's place goes on behind what was given.
    let counter = restore::last_given(tx, &orders::day_text(day), &station.to_string())? + 1;
    let number = OrderNumber { day, station, counter };
    let id = new.session.as_str().to_owned();
    tx.prepare_cached(
        "INSERT INTO orders (id, day, station, counter, state, version, profile, code_key, code, id_number, name,
                             student_number, school, college, class, accepted_at, changed_at)
         VALUES (?1, ?2, ?3, ?4, ?5, 1, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?15)",
    )?
    .execute(params![
        id,
        orders::day_text(day),
        station.to_string(),
        number.counter,
        OrderState::Captured.as_str(),
        new.report.profile,
        code_key,
        code_number(new),
        new.person.id_number.canonical(),
        new.person.name,
        new.person.student_number,
        new.person.school,
        new.person.college,
        new.person.class,
        new.accepted_at,
    ])?;
    orders::SEALED.seal(tx, tx.last_insert_rowid())?;
    Ok(AcceptedOrder { number, id, version: 1 })
}

/// The same code came again. A photo that nobody has worked with yet, or that an operator sent back, may be
/// taken anew; the visit's knowledge of the person replaces the older one where it has some.
fn retake(tx: &Transaction<'_>, order: &StoredOrder, new: &NewOrder) -> Result<AcceptedOrder, StoreError> {
    let summary = &order.summary;
    if !matches!(summary.state, OrderState::Captured | OrderState::Returned) {
        return Err(StoreError::WrongState {
            number: summary.number,
            state: summary.state,
            wish: "be photographed again",
        });
    }
    // Two people behind one code is the trade's worst mistake; only an operator's return corrects the number.
    let same_person = order.person.as_ref().is_some_and(|p| p.id_number.same_person(&new.person.id_number));
    if summary.state == OrderState::Captured && !same_person {
        return Err(StoreError::OtherPerson(summary.number));
    }
    let version = summary.version + 1;
    tx.prepare_cached(
        "UPDATE orders SET state = ?2, version = ?3, profile = ?4, code = coalesce(?5, code), id_number = ?6,
                name = coalesce(?7, name), student_number = coalesce(?8, student_number),
                school = coalesce(?9, school), college = coalesce(?10, college), class = coalesce(?11, class),
                accepted_at = ?12, changed_at = ?12
         WHERE rowid = ?1",
    )?
    .execute(params![
        order.rowid,
        OrderState::Captured.as_str(),
        version,
        new.report.profile,
        code_number(new),
        new.person.id_number.canonical(),
        new.person.name,
        new.person.student_number,
        new.person.school,
        new.person.college,
        new.person.class,
        new.accepted_at,
    ])?;
    orders::SEALED.seal(tx, order.rowid)?;
    Ok(AcceptedOrder { number: summary.number, id: summary.id.clone(), version })
}

fn code_number(new: &NewOrder) -> Option<&str> {
    new.code.fields.as_ref().and_then(|fields| fields.code.as_deref())
}
