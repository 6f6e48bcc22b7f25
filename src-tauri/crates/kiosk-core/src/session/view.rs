use serde::{Deserialize, Serialize};

use super::state::State;
use super::{Coaching, Policy, SessionId};
use crate::consent::Guardian;
use crate::id_document::BracketRule;
use crate::order::{Override, Person, UnixMillis};
use crate::report::{Burst, Provenance, ShotSource};
use crate::{Check, CodeFields, Fault, Fen, Geometry, PhotoReport, Transform};

/// What may stand on the glass about the person: masked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct MaskedRecord {
    /// 赵**.
    pub name: Option<String>,
    /// Student number.
    pub student_number: Option<String>,
    /// Last four of the ID document.
    pub last_four: Option<String>,
    /// School, by name or number.
    pub school: Option<String>,
    /// College.
    pub college: Option<String>,
    /// Class.
    pub class: Option<String>,
    /// Level (层次).
    pub level: Option<String>,
}

/// The photo on the review screen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PhotoView {
    /// Where the head is.
    pub geometry: Geometry,
    /// The crop.
    pub transform: Transform,
    /// Every check.
    pub checks: Vec<Check>,
    /// Size in bytes.
    pub bytes: u32,
    /// Whether nothing failed.
    pub meets_standard: bool,
    /// Where the shot came from.
    pub source: ShotSource,
    /// How the shot was chosen; null when there was no choice.
    pub burst: Option<Burst>,
    /// Calibration, clean plate and colour profile.
    pub provenance: Box<Provenance>,
}

/// An operator let the photo pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct OverrideView {
    /// Why.
    pub reason: String,
}

/// Everything that the visitor's screen shows, whole. The window draws it and sends intents.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "screen", rename_all = "snake_case")]
pub enum SessionView {
    /// Show the code.
    Scanning {
        /// Why the visit before ended.
        fault: Option<Fault>,
    },
    /// Who are you?
    Identifying {
        /// The visit.
        session: SessionId,
        /// What the code tells.
        record: MaskedRecord,
        /// Whether the student number must be typed.
        needs_student_number: bool,
        /// Whether the name must be typed to be known at all.
        needs_name: bool,
        /// The earlier order that this visit's photo becomes a new version of.
        retake_of: Option<String>,
        /// What was wrong with the last try.
        fault: Option<Fault>,
        /// Tries left.
        tries_left: u8,
        /// Until the visit ends.
        seconds_left: u32,
    },
    /// The notice.
    Consenting {
        /// The visit.
        session: SessionId,
        /// Who.
        record: MaskedRecord,
        /// Which notice.
        notice_version: String,
        /// Whether a guardian is asked.
        guardian: Guardian,
        /// Whether the comparison with the enrolment photo is asked for.
        comparison: bool,
        /// Until the visit ends.
        seconds_left: u32,
    },
    /// Live picture.
    Framing {
        /// The visit.
        session: SessionId,
        /// Who.
        record: MaskedRecord,
        /// What to do now.
        coaching: Coaching,
        /// Whether the shutter releases by itself.
        automatic_shutter: bool,
        /// Fen to pay at the counter before the shutter is released.
        to_pay: Option<Fen>,
        /// Why the last shot did not become a photo.
        fault: Option<Fault>,
        /// Until the visit ends.
        seconds_left: u32,
    },
    /// The shot becomes a photo.
    Standardising {
        /// The visit.
        session: SessionId,
        /// Who.
        record: MaskedRecord,
    },
    /// The photo.
    Review {
        /// The visit.
        session: SessionId,
        /// Which shot of the visit.
        attempt: u32,
        /// Who.
        record: MaskedRecord,
        /// The photo's measures.
        photo: PhotoView,
        /// Tries left.
        retakes_left: u32,
        /// Whether this photo may be taken.
        may_accept: bool,
        /// Set when an operator let the photo pass.
        #[serde(rename = "override")]
        overridden: Option<OverrideView>,
        /// What went wrong.
        fault: Option<Fault>,
        /// Until the visit ends.
        seconds_left: u32,
    },
    /// The order is being written.
    Committing {
        /// The visit.
        session: SessionId,
        /// Set when the order log is late.
        fault: Option<Fault>,
    },
    /// The order number.
    Done {
        /// The visit.
        session: SessionId,
        /// The number to remember.
        order: String,
        /// Until the start screen.
        seconds_left: u32,
    },
}

/// What the screen shows of `state` at `now`.
#[must_use]
pub fn view(state: &State, now: UnixMillis, policy: &Policy) -> SessionView {
    let left = |deadline: UnixMillis| {
        u32::try_from(deadline.saturating_sub(now).max(0).cast_unsigned().div_ceil(1000)).unwrap_or(u32::MAX)
    };
    match state {
        State::Scanning(waiting) => SessionView::Scanning { fault: waiting.fault.clone() },
        State::Identifying { opened, fault, tries, deadline } => {
            let fields = opened.code.fields.clone().unwrap_or_default();
            SessionView::Identifying {
                session: opened.id.clone(),
                needs_student_number: fields.student_number.is_none(),
                needs_name: fields.name.is_none(),
                retake_of: opened.retake_of.map(|number| number.to_string()),
                record: of_code(&fields),
                fault: fault.clone(),
                tries_left: policy.identification_tries.saturating_sub(*tries),
                seconds_left: left(*deadline),
            }
        }
        State::Consenting { identified, deadline } => SessionView::Consenting {
            session: identified.opened.id.clone(),
            record: of_person(&identified.person),
            notice_version: policy.notice.version.clone(),
            guardian: Guardian::of(&identified.person.id_number, now),
            comparison: policy.comparison,
            seconds_left: left(*deadline),
        },
        State::Framing(framing) => SessionView::Framing {
            session: framing.consented.id().clone(),
            record: of_person(&framing.consented.identified.person),
            coaching: framing.coaching(now, policy),
            automatic_shutter: policy.automatic_shutter,
            to_pay: framing.to_pay(policy),
            fault: framing.fault.clone(),
            seconds_left: left(framing.deadline),
        },
        State::Standardising(waiting) => SessionView::Standardising {
            session: waiting.consented.id().clone(),
            record: of_person(&waiting.consented.identified.person),
        },
        State::Review(review) => SessionView::Review {
            session: review.consented.id().clone(),
            attempt: review.consented.attempt,
            record: of_person(&review.consented.identified.person),
            photo: of_report(&review.photo.report),
            retakes_left: review.retakes_left(policy),
            may_accept: review.may_accept(policy),
            overridden: review.overridden.as_ref().map(of_override),
            fault: review.fault.clone(),
            seconds_left: left(review.deadline),
        },
        State::Committing(committing) => SessionView::Committing {
            session: committing.review.consented.id().clone(),
            fault: committing.fault.clone(),
        },
        State::Done(done) => SessionView::Done {
            session: done.id.clone(),
            order: done.order.to_string(),
            seconds_left: left(done.deadline),
        },
    }
}

fn of_code(fields: &CodeFields) -> MaskedRecord {
    MaskedRecord {
        name: fields.name.as_deref().map(crate::collection_code::mask_name),
        student_number: fields.student_number.clone(),
        last_four: None,
        school: fields.school.clone().or_else(|| fields.school_code.clone()),
        college: fields.college.clone(),
        class: fields.class.clone(),
        level: fields.level.clone(),
    }
}

fn of_person(person: &Person) -> MaskedRecord {
    MaskedRecord {
        name: person.name.as_deref().map(crate::collection_code::mask_name),
        student_number: person.student_number.clone(),
        last_four: Some(person.id_number.last_four(BracketRule::Counted)),
        school: person.school.clone(),
        college: person.college.clone(),
        class: person.class.clone(),
        level: None,
    }
}

fn of_override(overridden: &Override) -> OverrideView {
    OverrideView { reason: overridden.reason.clone() }
}

fn of_report(report: &PhotoReport) -> PhotoView {
    PhotoView {
        geometry: report.geometry,
        transform: report.transform,
        checks: report.checks.clone(),
        bytes: report.file.bytes,
        meets_standard: report.meets_standard(),
        source: report.source,
        burst: report.burst.clone(),
        provenance: report.provenance.clone(),
    }
}
