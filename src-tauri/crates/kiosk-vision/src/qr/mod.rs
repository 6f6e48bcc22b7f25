//! Reads collection codes from camera frames and picture files.
//!
//! rxing's detector (a port of zxing-cpp's) finds and rectifies a code; where its one binary pixel a module does not
//! suffice, a grey-level resampler fits the grid again and measures every module. `SCAN.md` of
//! kiosk-proof shows what each reads, beside other decoders.
//!
//! Every picture is untrusted: third-party calls are contained against panics, everything that grows with the number
//! of finder patterns is capped, and each step asks a deadline before it begins.
//!
//! - [`CodeScanner`] for live frames, with [`Agreement`] before a payload counts;
//! - [`read_still`] for picture files.

mod agreement;
mod binarise;
mod clipped;
mod deadline;
mod detect;
mod finders;
mod geometry;
mod grey;
mod guess;
mod pixels;
mod reading;
mod regions;
mod scanner;
mod search;
mod still;
mod symbol;
mod text;

use std::time::Duration;

pub use agreement::{AGREEMENT_WINDOW, Agreement};
pub use clipped::shows_clipped_screen;
pub use reading::{CodeReading, Encoding};
pub use scanner::CodeScanner;
pub use still::read_still;

/// Usual budget of a live frame: a core keeps up with 30 frames a second.
pub const LIVE_BUDGET: Duration = Duration::from_millis(30);
/// Usual budget of a picture file: with the step that was begun it ends within 250 ms, felt as immediate.
pub const STILL_BUDGET: Duration = Duration::from_millis(200);
