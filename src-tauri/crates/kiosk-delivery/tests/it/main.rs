//! Sheets and deliveries as a school receives them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod sheet;
mod support;
