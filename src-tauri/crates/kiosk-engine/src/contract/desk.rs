//! The wire of the counter: what orders cost, what was said about them, the day's settlement, and copies of the order log.

use kiosk_core::money::{PaymentKind, SettlementLine, WaiverReason};
use kiosk_core::{CheckId, Fen, OrderState};
use serde::{Deserialize, Serialize};

/// What the counter knows about an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct OrderDesk {
    /// What was agreed, fen.
    pub price: Fen,
    /// What is still owed, fen.
    pub owing: Fen,
    /// The ledger, oldest first.
    pub entries: Vec<MoneyEntry>,
    /// What was said about its photos, newest first.
    pub reviews: Vec<ReviewView>,
    /// Notes, newest first.
    pub notes: Vec<NoteView>,
    /// Cohort or batch (届/批次).
    pub cohort: Option<String>,
    /// How it is handed over: one of `handovers`.
    pub handover: Option<String>,
    /// The studio's ways to hand over.
    pub handovers: Vec<String>,
}

/// One entry of an order's ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct MoneyEntry {
    /// Names it when it is given back.
    pub id: String,
    /// How.
    pub kind: PaymentKind,
    /// How much, fen.
    pub fen: Fen,
    /// What has not been given back yet, fen.
    pub left: Fen,
    /// Set when this gives back an earlier entry.
    pub gives_back: Option<String>,
    /// Why it was waived.
    pub reason: Option<WaiverReason>,
    /// Who.
    pub actor: String,
    /// When, milliseconds since 1970 UTC.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub at: i64,
}

/// What was said about one version of a photo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ReviewView {
    /// Version of the photo.
    pub version: u32,
    /// `approved` or `returned`.
    pub verdict: OrderState,
    /// The checks that it was for.
    pub reasons: Vec<CheckId>,
    /// Further words.
    pub words: Option<String>,
    /// Who.
    pub actor: String,
    /// When, milliseconds since 1970 UTC.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub at: i64,
}

/// A note on an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct NoteView {
    /// The words.
    pub words: String,
    /// Who.
    pub actor: String,
    /// When, milliseconds since 1970 UTC.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub at: i64,
}

/// Money that was taken for an order, or waived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PaymentRequest {
    /// The order, by number.
    pub order: String,
    /// How.
    pub kind: PaymentKind,
    /// How much, fen.
    pub fen: Fen,
    /// Why, when it is waived.
    pub reason: Option<WaiverReason>,
}

/// The whole price of the visit in front of the camera, before its shot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct VisitPayment {
    /// The visit.
    pub session: String,
    /// How.
    pub kind: PaymentKind,
    /// Why, when it is waived.
    pub reason: Option<WaiverReason>,
}

/// Money that is given back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RefundRequest {
    /// The entry of the ledger.
    pub entry: String,
    /// How much of it, fen.
    pub fen: Fen,
}

/// Approving or returning orders: all of them or none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ReviewRequest {
    /// Orders, by number.
    pub orders: Vec<String>,
    /// `approved` or `returned`.
    pub verdict: OrderState,
    /// The checks that it is for.
    pub reasons: Vec<CheckId>,
    /// Further words; may be empty.
    pub words: String,
}

/// A note to keep.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct NoteRequest {
    /// The order, by number.
    pub order: String,
    /// The words.
    pub words: String,
}

/// Which group an order belongs to and how it is handed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ArrangeRequest {
    /// The order, by number.
    pub order: String,
    /// Cohort or batch.
    pub cohort: Option<String>,
    /// One of the studio's ways to hand over.
    pub handover: Option<String>,
}

/// A day's money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SettlementView {
    /// The day, as 2026-11-21.
    pub day: String,
    /// Sums by kind and operator.
    pub lines: Vec<SettlementLine>,
    /// What was taken, fen, without waived prices.
    pub taken: Fen,
    /// What was given back, fen, without waived prices.
    pub given_back: Fen,
    /// Orders of this day.
    pub orders: u32,
    /// Those that owe something; at most a thousand are counted.
    pub unpaid: u32,
    /// What was taken for visits that were left before the shot, and given back of it.
    pub unclaimed: Vec<MoneyEntry>,
}

/// A settlement that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SettlementMade {
    /// The folder.
    pub folder: String,
    /// Names of the files in it.
    pub files: Vec<String>,
    /// What they hold.
    pub settlement: SettlementView,
}

/// A copy of the order log that was read back and found whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct BackupMade {
    /// The copy.
    pub path: String,
    /// Its size.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub bytes: u64,
    /// SHA-256 of it, hexadecimal.
    pub sha256: String,
    /// Orders in the log when it was made.
    pub orders: u32,
}
