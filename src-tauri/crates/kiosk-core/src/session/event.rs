use super::coach::WholeLook;
use super::state::{SessionId, Shot, StandardPhoto, Ticket};
use crate::consent::Ticks;
use crate::face::FaceEmbedding;
use crate::instruction::FramingMeasures;
use crate::order::{EarlierOrder, NewOrder, Person};
use crate::roster::RosterEntry;
use crate::{CollectionCode, Fault, OrderNumber};

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// Time went by.
    Tick,
    /// Two reads agreed on a code. `fresh` is the id for a visit that this may open.
    CodeRead {
        /// Id for a new visit.
        fresh: SessionId,
        /// The code.
        code: CollectionCode,
        /// What the order log knows about it.
        known: KnownCode,
    },
    /// What the person typed led to their line in a school's roster; comes before [`Event::Identify`].
    Listed {
        /// The visit whose person typed.
        session: SessionId,
        /// The line.
        entry: Box<RosterEntry>,
    },
    /// The person typed who they are.
    Identify(Identification),
    /// The person agreed to the notice.
    Consent(Ticks),
    /// A frame was analysed.
    Measured {
        /// The visit whose sitter was looked at.
        session: SessionId,
        /// What the frame says.
        measures: FramingMeasures,
    },
    /// A whole look at the sitter has ended.
    Inspected {
        /// The visit whose sitter was looked at.
        session: SessionId,
        /// What was found.
        look: WholeLook,
    },
    /// The shutter button: starts the countdown, or stops it.
    Shutter,
    /// The operator gives a picture instead of the camera.
    Imported {
        /// The visit that it belongs to.
        session: SessionId,
        /// The picture.
        shot: Shot,
    },
    /// The camera gave the shot.
    ShotTaken {
        /// The shot that was asked for.
        ticket: Ticket,
        /// The shot or why there is none.
        result: Result<Shot, Fault>,
    },
    /// Standardisation ended.
    Standardised {
        /// The shot that it was made of.
        ticket: Ticket,
        /// The photo or why there is none.
        result: Result<StandardPhoto, Fault>,
    },
    /// The price of this visit's order is paid, now or on an earlier visit that was left.
    Paid {
        /// The visit.
        session: SessionId,
    },
    /// The person wants another photo.
    Retake,
    /// The operator lets a photo pass that fails a check.
    Override {
        /// The photo's shot.
        ticket: Ticket,
        /// Why; must not be blank.
        reason: String,
        /// Who, as the audit names operators.
        by: String,
    },
    /// The person takes this photo.
    Accept,
    /// The order log answered.
    Committed {
        /// The visit that asked.
        session: SessionId,
        /// The durable order's number or why there is none.
        result: Result<OrderNumber, Fault>,
    },
    /// The person, or the operator, ends the visit or dismisses the last screen.
    Leave,
    /// Something was touched or typed: the person is still there.
    Touch,
}

impl Event {
    /// The event's name, for logs and refusals.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Tick => "tick",
            Self::CodeRead { .. } => "code_read",
            Self::Listed { .. } => "listed",
            Self::Identify(_) => "identify",
            Self::Consent(_) => "consent",
            Self::Measured { .. } => "measured",
            Self::Inspected { .. } => "inspected",
            Self::Shutter => "shutter",
            Self::Imported { .. } => "imported",
            Self::ShotTaken { .. } => "shot_taken",
            Self::Standardised { .. } => "standardised",
            Self::Paid { .. } => "paid",
            Self::Retake => "retake",
            Self::Override { .. } => "override",
            Self::Accept => "accept",
            Self::Committed { .. } => "committed",
            Self::Leave => "leave",
            Self::Touch => "touch",
        }
    }
}

/// What the person typed. `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq, Default, serde::Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Identification {
    /// Last four characters of the ID document.
    pub last_four: String,
    /// The whole number.
    pub id_number: String,
    /// Student number; needed when the code does not tell it.
    pub student_number: String,
    /// Full name; may stay empty when the code tells a masked one.
    pub name: String,
}

impl std::fmt::Debug for Identification {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Identification(…)")
    }
}

/// What the order log knows about a code.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct KnownCode {
    /// The student's line in a school's roster, when the code stands there.
    pub listed: Option<Box<RosterEntry>>,
    /// The order that this code opened before.
    pub earlier: Option<EarlierOrder>,
    /// The counter took the price of this code's order already.
    pub paid: bool,
}

/// Something to do outside.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Keep the best of the frames that come now as the shot; answer with [`Event::ShotTaken`].
    TakeShot {
        /// The shot's ticket.
        ticket: Ticket,
        /// How many frames to choose from.
        frames: u8,
    },
    /// Make a photo of the shot; answer with [`Event::Standardised`].
    Standardise {
        /// The shot's ticket.
        ticket: Ticket,
        /// The shot.
        shot: Shot,
        /// Whose enrolment photo it is compared with: only where the studio does that and the person agreed to it.
        compared: Option<Box<Person>>,
    },
    /// Write the order; answer with [`Event::Committed`] after it is durable.
    Commit {
        /// The order.
        order: Box<NewOrder>,
        /// Whose face the photo shows: for the day's comparison, and not for the log.
        face: Option<FaceEmbedding>,
    },
    /// The visit is over: drop every frame, overlay and result that belongs to it.
    Forget {
        /// The visit that ended.
        session: SessionId,
    },
    /// Note in the log (never personal data) why a visit ended early.
    Ended {
        /// The visit that ended.
        session: SessionId,
        /// Why, when it was not by choice.
        fault: Option<Fault>,
    },
}

/// An event that did not fit the state. Nothing changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{event} does not fit {state}")]
pub struct Refusal {
    /// Name of the state.
    pub state: &'static str,
    /// Name of the event.
    pub event: &'static str,
}
