//! What went onto paper.

use kiosk_core::OrderNumber;
use kiosk_core::order::{OrderState, UnixMillis};
use rusqlite::{Connection, TransactionBehavior, params};
use serde_json::json;

use crate::audit::{self, Action, Entry};
use crate::error::StoreError;
use crate::orders;

pub(crate) const SCHEMA: &str = "
CREATE TABLE print_jobs (
    id     TEXT    NOT NULL PRIMARY KEY,  -- UUIDv7
    paper  TEXT    NOT NULL,
    pages  INTEGER NOT NULL,
    copies INTEGER NOT NULL,              -- of each photo
    actor  TEXT    NOT NULL,
    at     INTEGER NOT NULL
) STRICT;
CREATE TABLE printed_photos (
    job_id   TEXT    NOT NULL REFERENCES print_jobs (id),
    order_id TEXT    NOT NULL,
    version  INTEGER NOT NULL,
    PRIMARY KEY (job_id, order_id),
    FOREIGN KEY (order_id, version) REFERENCES photos (order_id, version)
) STRICT, WITHOUT ROWID;
";

/// Sheets that were made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPrint {
    /// UUID (version 7); the same job is recorded once.
    pub id: String,
    /// Paper, e.g. `6r`.
    pub paper: String,
    /// Sheets.
    pub pages: u32,
    /// Copies of each photo.
    pub copies: u32,
    /// The photos on them.
    pub photos: Vec<PhotoVersion>,
    /// Who.
    pub actor: String,
    /// When.
    pub at: UnixMillis,
}

/// One version of one order's photo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PhotoVersion {
    /// The order.
    pub number: OrderNumber,
    /// Version of its photo, from 1.
    pub version: u32,
}

/// Records the job. An order that was delivered stays so, and a photo that a retake has replaced meanwhile moves
/// nothing.
pub(crate) fn record(conn: &mut Connection, station: char, job: &NewPrint) -> Result<(), StoreError> {
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let fresh = tx.execute(
        "INSERT INTO print_jobs (id, paper, pages, copies, actor, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (id) DO NOTHING",
        params![job.id, job.paper, job.pages, job.copies, job.actor, job.at],
    )?;
    if fresh == 0 {
        return Ok(());
    }
    for photo in &job.photos {
        let order = orders::by_number(&tx, photo.number)?;
        let summary = &order.summary;
        tx.prepare_cached("INSERT INTO printed_photos (job_id, order_id, version) VALUES (?1, ?2, ?3)")?
            .execute(params![job.id, summary.id, photo.version])?;
        let moves = summary.version == photo.version
            && summary.state != OrderState::Delivered
            && summary.state.may_become(OrderState::Printed);
        if moves {
            orders::set_state(&tx, &order, OrderState::Printed, job.at)?;
        }
        audit::append(
            &tx,
            &Entry {
                at: job.at,
                station,
                actor: &job.actor,
                action: Action::Printed,
                order_id: Some(&summary.id),
                detail: json!({ "job": job.id, "paper": job.paper, "copies": job.copies, "version": photo.version }),
            },
        )?;
    }
    Ok(tx.commit()?)
}
