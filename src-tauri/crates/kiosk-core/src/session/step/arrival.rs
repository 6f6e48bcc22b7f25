//! From the code to the consent: who is it, and do they agree?

use super::{Step, end, ending, framing, non_empty, waiting};
use crate::consent::{Consent, Guardian, Ticks};
use crate::id_document::{IdNumber, LastFour};
use crate::order::{Person, UnixMillis};
use crate::roster::RosterEntry;
use crate::session::event::{Identification, KnownCode};
use crate::session::state::{Consented, Framing, Identified, Opened, SessionId, State};
use crate::session::{Binding, Policy};
use crate::{CollectionCode, Fault, FaultCode};

pub(super) fn code_read(
    state: State,
    now: UnixMillis,
    fresh: SessionId,
    code: CollectionCode,
    known: KnownCode,
    policy: &Policy,
) -> Step {
    let before = match &state {
        State::Scanning(_) | State::Done(_) => None,
        State::Identifying { opened, .. }
        | State::Consenting { identified: Identified { opened, .. }, .. }
        | State::Framing(Framing {
            consented: Consented { identified: Identified { opened, .. }, .. },
            ..
        }) if opened.code.identity() != code.identity() => {
            // Scan, then queue-jump, and the photo lands on another record: a new code always ends the visit.
            Some(opened.id.clone())
        }
        _ => return Step::refuse(state, "code_read"),
    };
    let changed = before.is_some().then(|| Fault::new(FaultCode::CodeChanged, ""));
    let effects = before.map_or_else(Vec::new, |session| ending(session, changed.clone()));
    let state = match refusal(&code, &known, policy) {
        Some(fault) => waiting(now, Some(fault)),
        None => State::Identifying {
            opened: Opened::new(fresh, code, known),
            fault: changed,
            tries: 0,
            deadline: now.saturating_add(policy.identify_timeout_ms),
        },
    };
    Step { state, effects, refused: None }
}

/// Why a code opens no visit.
fn refusal(code: &CollectionCode, known: &KnownCode, policy: &Policy) -> Option<Fault> {
    if code.is_forged(&policy.code_keys) {
        return Some(Fault::new(FaultCode::CodeForged, ""));
    }
    let done = known.earlier.filter(|earlier| !earlier.may_be_retaken())?;
    Some(Fault::new(FaultCode::AlreadyPhotographed, done.number.to_string()))
}

pub(super) fn listed(state: State, session: &SessionId, entry: Box<RosterEntry>) -> Step {
    match state {
        State::Identifying { opened, fault, tries, deadline }
            if opened.id == *session && opened.listed.is_none() =>
        {
            let opened = opened.found_in_roster(entry);
            Step::to(State::Identifying { opened, fault, tries, deadline })
        }
        other => Step::refuse(other, "listed"),
    }
}

pub(super) fn identify(state: State, now: UnixMillis, typed: &Identification, policy: &Policy) -> Step {
    let State::Identifying { opened, tries, .. } = state else { return Step::refuse(state, "identify") };
    match person(&opened, typed, policy) {
        Ok(person) => {
            let identified = Identified { opened, person };
            Step::to(State::Consenting {
                identified,
                deadline: now.saturating_add(policy.consent_timeout_ms),
            })
        }
        Err(fault) if tries + 1 >= policy.identification_tries || is_another_persons(&fault) => {
            end(opened.id, now, Some(fault))
        }
        Err(fault) => Step::to(State::Identifying {
            opened,
            fault: Some(fault),
            tries: tries + 1,
            deadline: now.saturating_add(policy.identify_timeout_ms),
        }),
    }
}

/// A number that fits itself and contradicts the code is no slip of the finger: whoever holds the code is not who typed.
fn is_another_persons(fault: &Fault) -> bool {
    matches!(fault.code, FaultCode::IdNumberMismatch | FaultCode::RosterMismatch)
}

/// The person, when everything that was typed agrees with itself and with the code.
fn person(opened: &Opened, typed: &Identification, policy: &Policy) -> Result<Person, Fault> {
    let id_number = IdNumber::parse(&typed.id_number)
        .map_err(|e| Fault::new(FaultCode::IdNumberInvalid, e.to_string()))?;
    let last_four = LastFour::parse(&typed.last_four)
        .map_err(|e| Fault::new(FaultCode::LastFourMismatch, e.to_string()))?;
    if !last_four.matches(&id_number, policy.last_four_rule) {
        return Err(Fault::new(FaultCode::LastFourMismatch, "typed number and last four differ"));
    }
    let fields = opened.code.fields.clone().unwrap_or_default();
    if let Some(of_code) = fields.id_last4.as_deref().and_then(|text| LastFour::parse(text).ok())
        && !of_code.matches(&id_number, policy.last_four_rule)
    {
        return Err(Fault::new(FaultCode::IdNumberMismatch, "the code belongs to another number"));
    }
    if opened.listed.as_deref().is_some_and(|entry| entry.contradicts(&id_number)) {
        return Err(Fault::new(FaultCode::RosterMismatch, "the roster tells another number"));
    }
    let typed_student_number = non_empty(&typed.student_number);
    let student_number = match (fields.student_number, typed_student_number) {
        (Some(of_code), Some(typed)) if !of_code.trim().eq_ignore_ascii_case(&typed) => {
            return Err(Fault::new(
                FaultCode::StudentNumberMismatch,
                "the code tells another student number",
            ));
        }
        (None, None) => {
            return Err(Fault::new(FaultCode::StudentNumberMismatch, "student number is missing"));
        }
        (Some(of_code), _) => of_code,
        (None, Some(typed)) => typed,
    };
    Ok(Person {
        id_number,
        // The roster's full name is the record; a code's own is masked, so that the typed one is better.
        name: opened
            .listed
            .as_ref()
            .and_then(|entry| entry.name.clone())
            .or_else(|| non_empty(&typed.name))
            .or(fields.name),
        student_number: Some(student_number),
        school: fields.school.or(fields.school_code),
        college: fields.college,
        class: fields.class,
    })
}

/// Without the separate consent to face data there is no photo, and for a child a guardian agrees as well.
pub(super) fn consent(state: State, now: UnixMillis, ticks: Ticks, policy: &Policy) -> Step {
    let State::Consenting { identified, deadline } = state else { return Step::refuse(state, "consent") };
    let guardian = Guardian::of(&identified.person.id_number, now);
    if !ticks.face_data || (guardian == Guardian::Needed && !ticks.guardian) {
        return Step::refuse(State::Consenting { identified, deadline }, "consent");
    }
    let consent = Consent {
        notice: policy.notice.clone(),
        at: now,
        guardian: ticks.guardian && guardian != Guardian::NotNeeded,
        comparison: ticks.comparison && policy.comparison,
    };
    let consented = Consented { identified, consent, attempt: 0, binding: Binding::default() };
    Step::to(framing(consented, None, now, policy))
}
