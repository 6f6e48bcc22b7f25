//! Runs the visit: owns the session, carries out its effects, answers the operator.
//!
//! ```text
//! camera_loop ──frames──→ preview ──newest──→ window            (pulled; the preview never waits)
//!                            └──newest──→ analysis ──┐      (with every burst, the best of which is the shot)
//!                                            ↓ ↑    │
//! window, operator ──intents───────────── darkroom ──→ session_loop ──views──→ glass ──→ window
//!                                         order_log ─→ ┘     └──effects──→ analysis, darkroom, order_log
//! ```
//!
//! One thread owns the session ([`kiosk_core::session`]); everything slow runs elsewhere and comes back as an event that names the
//! visit and the shot that it belongs to.

mod analysis;
mod assets;
pub mod bench;
mod burst;
pub mod calibrate;
mod camera;
mod camera_loop;
mod clean_plate;
mod clock;
pub mod contract;
pub mod counter;
mod darkroom;
pub mod deliveries;
mod dimmer;
pub mod drives;
mod duty;
mod empty_studio;
mod enrolment;
mod faces_of_day;
pub mod files;
mod glass;
pub mod keys;
mod kiosk;
mod nets;
mod operator;
pub mod order_log;
mod preview;
pub mod printing;
pub mod retention;
pub mod rosters;
mod session_loop;
mod settings;
pub mod sheets;
mod sitting;
pub mod stills;
mod studio;
pub mod visits;

pub use assets::Assets;
pub use camera::camera_worker;
pub use kiosk::Kiosk;
pub use operator::{ACTOR as COMMAND_LINE, Operator};
pub use settings::{CameraChoice, Settings, default_data_folder};
