use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Policy;
use super::binding::Binding;
use super::coach::{Coach, Coaching};
use super::event::KnownCode;
use crate::consent::Consent;
use crate::face::{FaceEmbedding, Likeness};
use crate::money::PaymentTime;
use crate::order::{Override, Person, UnixMillis};
use crate::report::{Burst, ShotSource};
use crate::roster::RosterEntry;
use crate::{CollectionCode, Fault, Fen, OrderNumber, PhotoReport};

/// Names one visit; a result that carries another id is too late and goes nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SessionId(pub String);

impl SessionId {
    /// The id as text (UUIDv7).
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A kept camera frame, or a picture that stands in for it.
#[derive(Clone, PartialEq)]
pub struct Shot {
    /// The file as it came: the camera's own JPEG, or an imported JPEG, PNG or WebP.
    pub file: Arc<[u8]>,
    /// Where it came from.
    pub source: ShotSource,
    /// How it was chosen; `None` when there was no choice.
    pub burst: Option<Burst>,
}

/// A standardised photo with its proof.
#[derive(Clone, PartialEq)]
pub struct StandardPhoto {
    /// The finished JPEG.
    pub jpeg: Arc<[u8]>,
    /// How it was made.
    pub report: PhotoReport,
    /// Whose face it shows, when the nets tell.
    pub face: Option<FaceEmbedding>,
    /// How it compares with the enrolment photo, when it was compared.
    pub likeness: Option<Likeness>,
}

impl fmt::Debug for Shot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Shot({} bytes)", self.file.len())
    }
}

impl fmt::Debug for StandardPhoto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StandardPhoto({} bytes)", self.jpeg.len())
    }
}

/// A visit that a code has opened.
#[derive(Debug, Clone, PartialEq)]
pub struct Opened {
    /// The visit.
    pub id: SessionId,
    /// The code, verbatim.
    pub code: CollectionCode,
    /// The student's line in a school's roster.
    pub listed: Option<Box<RosterEntry>>,
    /// The order that this visit's photo will be a new version of.
    pub retake_of: Option<OrderNumber>,
    /// The counter took the price of this code's order already.
    pub paid: bool,
}

/// A visit whose person is known.
#[derive(Debug, Clone, PartialEq)]
pub struct Identified {
    /// The visit.
    pub opened: Opened,
    /// Who.
    pub person: Person,
}

/// A visit whose person agreed to be photographed.
#[derive(Debug, Clone, PartialEq)]
pub struct Consented {
    /// Who.
    pub identified: Identified,
    /// The consent.
    pub consent: Consent,
    /// Shots taken so far.
    pub attempt: u32,
    /// The face that the visit belongs to.
    pub binding: Binding,
}

impl Opened {
    /// A visit that `code` opens; a roster's line says what the code does not.
    #[must_use]
    pub fn new(id: SessionId, code: CollectionCode, known: KnownCode) -> Self {
        let retake_of = known.earlier.map(|earlier| earlier.number);
        let opened = Self { id, code, listed: None, retake_of, paid: known.paid };
        match known.listed {
            Some(entry) => opened.found_in_roster(entry),
            None => opened,
        }
    }

    /// The same with the student's line.
    #[must_use]
    pub fn found_in_roster(self, entry: Box<RosterEntry>) -> Self {
        Self { code: self.code.understood_through(&entry), listed: Some(entry), ..self }
    }
}

impl Consented {
    /// The visit's id.
    #[must_use]
    pub fn id(&self) -> &SessionId {
        &self.identified.opened.id
    }

    /// The newest shot's ticket.
    #[must_use]
    pub fn ticket(&self) -> Ticket {
        Ticket { session: self.id().clone(), attempt: self.attempt }
    }
}

impl Framing {
    /// What must be paid at the counter before the shutter may be released.
    #[must_use]
    pub fn to_pay(&self, policy: &Policy) -> Option<Fen> {
        let first = policy.payment == PaymentTime::Before && !self.consented.identified.opened.paid;
        Some(policy.agreed_price()).filter(|price| first && *price > Fen::ZERO)
    }

    /// What the screen shows of the coaching at `now`.
    #[must_use]
    pub fn coaching(&self, now: UnixMillis, policy: &Policy) -> Coaching {
        let left = |since: UnixMillis| {
            since
                .saturating_add(policy.countdown_ms)
                .saturating_sub(now)
                .max(0)
                .cast_unsigned()
                .div_ceil(1000)
        };
        let countdown =
            self.countdown_since.map(|since| u32::try_from(left(since)).unwrap_or(u32::MAX).max(1));
        Coaching { countdown, ..self.coach.coaching(now, policy) }
    }
}

impl Review {
    /// How often the person may still try again before an operator is asked.
    #[must_use]
    pub fn retakes_left(&self, policy: &Policy) -> u32 {
        (u32::from(policy.retakes) + 1).saturating_sub(self.consented.attempt)
    }

    /// Whether this photo may be taken: it meets the standard, or an operator let it pass, or every try is used up. Then the order shows
    /// the failed check to the operator who reviews it, and nobody is sent away without a photo.
    #[must_use]
    pub fn may_accept(&self, policy: &Policy) -> bool {
        self.photo.report.meets_standard() || self.overridden.is_some() || self.retakes_left(policy) == 0
    }
}

/// Names one shot of one visit; work that comes back with an older ticket is refused.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Ticket {
    /// The visit.
    pub session: SessionId,
    /// Counts the visit's shots from 1.
    pub attempt: u32,
}

/// Where a visit stands.
#[derive(Debug, Clone, PartialEq)]
pub enum State {
    /// Nobody is known; looking for a code.
    Scanning(Waiting),
    /// A code was read; who is it?
    Identifying {
        /// The visit.
        opened: Opened,
        /// What was wrong with the last try.
        fault: Option<Fault>,
        /// Wrong tries so far.
        tries: u8,
        /// Back to the start at this time.
        deadline: UnixMillis,
    },
    /// The notice is on the screen.
    Consenting {
        /// The visit.
        identified: Identified,
        /// Back to the start at this time.
        deadline: UnixMillis,
    },
    /// Live picture with coaching.
    Framing(Framing),
    /// The shot is taken and becomes a photo.
    Standardising(Standardising),
    /// The person looks at the photo.
    Review(Box<Review>),
    /// The order is being written.
    Committing(Box<Committing>),
    /// The order is durable.
    Done(Done),
}

/// Looking for a code.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Waiting {
    /// Why the visit before ended early, shown for a while without a name.
    pub fault: Option<Fault>,
    /// When `fault` leaves the screen.
    pub fault_until: UnixMillis,
}

/// Live picture with coaching.
#[derive(Debug, Clone, PartialEq)]
pub struct Framing {
    /// The visit.
    pub consented: Consented,
    /// The instruction on the screen.
    pub coach: Box<Coach>,
    /// Since when a shutter by hand counts down.
    pub countdown_since: Option<UnixMillis>,
    /// Why the last shot did not become a photo.
    pub fault: Option<Fault>,
    /// Back to the start at this time.
    pub deadline: UnixMillis,
}

/// The shot is on its way to a photo.
#[derive(Debug, Clone, PartialEq)]
pub struct Standardising {
    /// The visit.
    pub consented: Consented,
    /// The shot, once the camera gave it.
    pub shot: Option<Shot>,
    /// Back to framing at this time.
    pub deadline: UnixMillis,
}

/// The person looks at the photo.
#[derive(Debug, Clone, PartialEq)]
pub struct Review {
    /// The visit.
    pub consented: Consented,
    /// The shot.
    pub shot: Shot,
    /// The photo.
    pub photo: StandardPhoto,
    /// Set when an operator let the photo pass.
    pub overridden: Option<Override>,
    /// Why the order could not be written, when it was tried.
    pub fault: Option<Fault>,
    /// Back to the start at this time.
    pub deadline: UnixMillis,
}

/// The order is being written.
#[derive(Debug, Clone, PartialEq)]
pub struct Committing {
    /// What was on the screen, to return to when writing fails.
    pub review: Review,
    /// Set when the order log is late; the visit may then be left.
    pub fault: Option<Fault>,
    /// When the order log counts as late.
    pub deadline: UnixMillis,
}

/// The order is durable.
#[derive(Debug, Clone, PartialEq)]
pub struct Done {
    /// The visit.
    pub id: SessionId,
    /// The number to remember.
    pub order: OrderNumber,
    /// Back to the start at this time.
    pub deadline: UnixMillis,
}

impl State {
    /// The start: nothing of anybody.
    #[must_use]
    pub fn start() -> Self {
        Self::Scanning(Waiting::default())
    }

    /// The visit that is under way.
    #[must_use]
    pub fn session(&self) -> Option<&SessionId> {
        match self {
            Self::Scanning(_) => None,
            Self::Identifying { opened, .. } => Some(&opened.id),
            Self::Consenting { identified, .. } => Some(&identified.opened.id),
            Self::Framing(s) => Some(s.consented.id()),
            Self::Standardising(s) => Some(s.consented.id()),
            Self::Review(s) => Some(s.consented.id()),
            Self::Committing(s) => Some(s.review.consented.id()),
            Self::Done(s) => Some(&s.id),
        }
    }

    /// The state's name, for logs and refusals.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Scanning(_) => "scanning",
            Self::Identifying { .. } => "identifying",
            Self::Consenting { .. } => "consenting",
            Self::Framing(_) => "framing",
            Self::Standardising(_) => "standardising",
            Self::Review(_) => "review",
            Self::Committing(_) => "committing",
            Self::Done(_) => "done",
        }
    }
}
