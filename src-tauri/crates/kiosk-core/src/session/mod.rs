//! One person's visit as a pure state machine.
//!
//! ```text
//! Scanning ─code→ Identifying ─id→ Consenting ─yes→ Framing ─shutter→ Standardising ─photo→ Review ─accept→ Committing ─durable→ Done
//!     ↑               │                │              ↑ └──fault────────────┘              │ retake                                │
//!     └── cancel · time-out · other code · other face · other person's number · too many wrong tries ─────┴───────────────────────┘
//! ```
//!
//! [`step`] takes a state and an event and returns the next state with the effects to carry out. It never
//! blocks, reads a clock or panics; an event that does not fit leaves the state as it is and says why.
//! Everything known of a person lives inside the state, so that leaving a state forgets it.

mod binding;
mod coach;
mod event;
mod policy;
mod remedy;
mod state;
mod step;
mod view;

pub use binding::{Binding, Presence, tells_whose};
pub use coach::{Coach, Coaching, WholeLook};
pub use event::{Effect, Event, Identification, KnownCode, Refusal};
pub use policy::Policy;
pub use remedy::blocks;
pub use state::{
    Committing, Consented, Done, Framing, Identified, Opened, Review, SessionId, Shot, StandardPhoto,
    Standardising, State, Ticket, Waiting,
};
pub use step::{Step, step};
pub use view::{MaskedRecord, OverrideView, PhotoView, SessionView, view};

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod tests;
