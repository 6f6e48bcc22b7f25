//! From the code to the consent: who is it, and do they agree?

use super::{Step, end, ending, framing, non_empty};
use crate::id_document::{IdNumber, LastFour};
use crate::order::{Consent, Person, UnixMillis};
use crate::roster::RosterEntry;
use crate::session::Policy;
use crate::session::event::Identification;
use crate::session::state::{Consented, Framing, Identified, Opened, SessionId, State};
use crate::{Fault, FaultCode};

pub(super) fn code_read(state: State, now: UnixMillis, read: Opened, policy: &Policy) -> Step {
    let effects = match &state {
        State::Scanning(_) | State::Done(_) => Vec::new(),
        State::Identifying { opened, .. }
        | State::Consenting { identified: Identified { opened, .. }, .. }
        | State::Framing(Framing {
            consented: Consented { identified: Identified { opened, .. }, .. },
            ..
        }) if opened.code.identity() != read.code.identity() => {
            // Scan, then queue-jump, and the photo lands on another record: a new code always ends the visit.
            ending(opened.id.clone(), None)
        }
        _ => return Step::refuse(state, "code_read"),
    };
    let deadline = now + policy.identify_timeout_ms;
    Step {
        state: State::Identifying { opened: read, fault: None, tries: 0, deadline },
        effects,
        refused: None,
    }
}

pub(super) fn listed(state: State, session: &SessionId, entry: Box<RosterEntry>) -> Step {
    match state {
        State::Identifying { opened, fault, tries, deadline }
            if opened.id == *session && opened.listed.is_none() =>
        {
            let opened = Opened::new(opened.id, opened.code, Some(entry));
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
            Step::to(State::Consenting { identified, deadline: now + policy.consent_timeout_ms })
        }
        Err(fault) if tries + 1 >= policy.identification_tries => end(opened.id, now, Some(fault)),
        Err(fault) => Step::to(State::Identifying {
            opened,
            fault: Some(fault),
            tries: tries + 1,
            deadline: now + policy.identify_timeout_ms,
        }),
    }
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

pub(super) fn consent(state: State, now: UnixMillis, guardian: bool, policy: &Policy) -> Step {
    let State::Consenting { identified, .. } = state else { return Step::refuse(state, "consent") };
    let consent = Consent { notice_version: policy.notice_version.clone(), at: now, guardian };
    Step::to(framing(Consented { identified, consent, attempt: 0 }, None, now, policy))
}
