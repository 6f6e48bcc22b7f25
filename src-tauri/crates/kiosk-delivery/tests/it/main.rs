//! Sheets and deliveries as a school receives them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod archive;
mod delivery;
mod faults;
mod image;
mod killed;
mod mounts;
mod sheet;
mod stand_in;
mod support;
