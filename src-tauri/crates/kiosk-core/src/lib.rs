//! The rules of the trade: codes, documents, profiles, sessions, orders, sheets.
//!
//! Pure: no I/O, no clock, no threads, no pixels. Time, randomness and paths come in as arguments.

mod calendar;
pub mod calibration;
pub mod check;
pub mod collection_code;
pub mod consent;
pub mod face;
pub mod fault;
pub mod geometry;
pub mod hex;
pub mod id_document;
pub mod instruction;
pub mod money;
pub mod naming;
pub mod notice;
pub mod order;
pub mod profile;
pub mod report;
pub mod role;
pub mod roster;
pub mod search;
pub mod session;
pub mod sheet;

pub use check::{Check, CheckId, Verdict};
pub use collection_code::{CodeFields, CodeKind, CollectionCode};
pub use fault::{Fault, FaultCode, WayOut};
pub use geometry::{Band, Geometry, PixelSize, Transform};
pub use id_document::IdNumber;
pub use instruction::Instruction;
pub use money::Fen;
pub use order::{OrderNumber, OrderState};
pub use profile::Profile;
pub use report::PhotoReport;
pub use role::Role;
