use super::event::{Effect, Event, Identification, Refusal};
use super::state::{
    Committing, Consented, Done, Framing, Identified, Opened, Review, SessionId, Shot, StandardPhoto,
    Standardising, State, Ticket, Waiting,
};
use super::{Policy, WholeLook};
use crate::id_document::{IdNumber, LastFour};
use crate::instruction::FramingMeasures;
use crate::order::{Consent, NewOrder, Override, Person, UnixMillis};
use crate::roster::RosterEntry;
use crate::{Fault, FaultCode, OrderNumber};

/// How long the reason of an early end stays on the start screen, milliseconds.
const FAULT_SHOWN_MS: UnixMillis = 8_000;

/// What an event led to.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The next state.
    pub state: State,
    /// What to do outside, in order.
    pub effects: Vec<Effect>,
    /// Set when the event did not fit and nothing changed.
    pub refused: Option<Refusal>,
}

impl Step {
    fn to(state: State) -> Self {
        Self { state, effects: Vec::new(), refused: None }
    }

    fn with(state: State, effect: Effect) -> Self {
        Self { state, effects: vec![effect], refused: None }
    }

    fn refuse(state: State, event: &'static str) -> Self {
        let refused = Some(Refusal { state: state.name(), event });
        Self { state, effects: Vec::new(), refused }
    }
}

/// The next state after `event` at `now`, with the effects to carry out.
#[must_use]
pub fn step(state: State, now: UnixMillis, event: Event, policy: &Policy) -> Step {
    match event {
        Event::Tick => tick(state, now, policy),
        Event::Touch => Step::to(touch(state, now, policy)),
        Event::Leave => leave(state),
        Event::CodeRead { fresh, code, listed } => {
            code_read(state, now, Opened::new(fresh, code, listed), policy)
        }
        Event::Listed { session, entry } => listed(state, &session, entry),
        Event::Identify(typed) => identify(state, now, &typed, policy),
        Event::Consent { guardian } => consent(state, now, guardian, policy),
        Event::Measured { session, measures } => measured(state, now, &session, &measures, policy),
        Event::Inspected { session, look } => inspected(state, now, &session, look),
        Event::Shutter => shutter(state, now, policy),
        Event::Imported { session, shot } => imported(state, now, &session, shot, policy),
        Event::ShotTaken { ticket, result } => shot_taken(state, now, &ticket, result, policy),
        Event::Standardised { ticket, result } => standardised(state, now, &ticket, result, policy),
        Event::Paid { session } => paid(state, now, &session, policy),
        Event::Retake => retake(state, now, policy),
        Event::Override { ticket, reason, by } => overridden(state, now, &ticket, &reason, by, policy),
        Event::Accept => accept(state, now, policy),
        Event::Committed { session, result } => committed(state, now, &session, result, policy),
    }
}

fn code_read(state: State, now: UnixMillis, read: Opened, policy: &Policy) -> Step {
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

fn listed(state: State, session: &SessionId, entry: Box<RosterEntry>) -> Step {
    match state {
        State::Identifying { opened, fault, tries, deadline }
            if opened.id == *session && opened.listed.is_none() =>
        {
            let paid = opened.paid;
            let opened = Opened { paid, ..Opened::new(opened.id, opened.code, Some(entry)) };
            Step::to(State::Identifying { opened, fault, tries, deadline })
        }
        other => Step::refuse(other, "listed"),
    }
}

fn identify(state: State, now: UnixMillis, typed: &Identification, policy: &Policy) -> Step {
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

fn non_empty(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn consent(state: State, now: UnixMillis, guardian: bool, policy: &Policy) -> Step {
    let State::Consenting { identified, .. } = state else { return Step::refuse(state, "consent") };
    let consent = Consent { notice_version: policy.notice_version.clone(), at: now, guardian };
    Step::to(framing(Consented { identified, consent, attempt: 0 }, None, now, policy))
}

fn framing(consented: Consented, fault: Option<Fault>, now: UnixMillis, policy: &Policy) -> State {
    let deadline = now + policy.framing_timeout_ms;
    State::Framing(Framing { consented, coach: Box::default(), countdown_since: None, fault, deadline })
}

fn measured(
    state: State,
    now: UnixMillis,
    session: &SessionId,
    measures: &FramingMeasures,
    policy: &Policy,
) -> Step {
    match state {
        State::Framing(mut framing) if framing.consented.id() == session => {
            let held = framing.coach.observe(measures, now, policy);
            // Whoever pressed the button counts on the countdown.
            let may_release = policy.automatic_shutter && framing.to_pay(policy).is_none();
            if held && may_release && framing.countdown_since.is_none() {
                release(framing, now, policy)
            } else {
                Step::to(State::Framing(framing))
            }
        }
        other => Step::refuse(other, "measured"),
    }
}

fn inspected(state: State, now: UnixMillis, session: &SessionId, look: WholeLook) -> Step {
    match state {
        State::Framing(mut framing) if framing.consented.id() == session => {
            framing.coach.inspect(look, now);
            Step::to(State::Framing(framing))
        }
        other => Step::refuse(other, "inspected"),
    }
}

/// The button: counts down, visibly; pressed again it stops.
fn shutter(state: State, now: UnixMillis, policy: &Policy) -> Step {
    match state {
        State::Framing(framing) if framing.to_pay(policy).is_some() => {
            Step::refuse(State::Framing(framing), "shutter")
        }
        State::Framing(framing) if framing.countdown_since.is_none() && policy.countdown_ms <= 0 => {
            release(framing, now, policy)
        }
        State::Framing(framing) => {
            let countdown_since = if framing.countdown_since.is_none() { Some(now) } else { None };
            // Nobody is sent away in the middle of a countdown.
            let deadline = framing.deadline.max(now + policy.countdown_ms + policy.instruction_ms);
            Step::to(State::Framing(Framing { countdown_since, deadline, ..framing }))
        }
        other => Step::refuse(other, "shutter"),
    }
}

/// The shot: each has a ticket of its own, so that a late photo cannot take the place of a newer one.
fn release(framing: Framing, now: UnixMillis, policy: &Policy) -> Step {
    let consented = Consented { attempt: framing.consented.attempt + 1, ..framing.consented };
    let ticket = consented.ticket();
    let deadline = now + policy.standardise_timeout_ms;
    Step::with(
        State::Standardising(Standardising { consented, shot: None, deadline }),
        Effect::TakeShot { ticket, frames: policy.burst_frames.max(1) },
    )
}

/// A picture from a file takes the place of the shot.
fn imported(state: State, now: UnixMillis, session: &SessionId, shot: Shot, policy: &Policy) -> Step {
    match state {
        State::Framing(framing) if framing.consented.id() == session && framing.to_pay(policy).is_none() => {
            let consented = Consented { attempt: framing.consented.attempt + 1, ..framing.consented };
            let effect = Effect::Standardise { ticket: consented.ticket(), shot: shot.clone() };
            let deadline = now + policy.standardise_timeout_ms;
            Step::with(State::Standardising(Standardising { consented, shot: Some(shot), deadline }), effect)
        }
        other => Step::refuse(other, "imported"),
    }
}

fn shot_taken(
    state: State,
    now: UnixMillis,
    ticket: &Ticket,
    result: Result<Shot, Fault>,
    policy: &Policy,
) -> Step {
    match state {
        State::Standardising(waiting) if waiting.shot.is_none() && waiting.consented.ticket() == *ticket => {
            match result {
                Ok(shot) => {
                    let effect = Effect::Standardise { ticket: ticket.clone(), shot: shot.clone() };
                    Step::with(State::Standardising(Standardising { shot: Some(shot), ..waiting }), effect)
                }
                Err(fault) => Step::to(framing(waiting.consented, Some(fault), now, policy)),
            }
        }
        other => Step::refuse(other, "shot_taken"),
    }
}

fn standardised(
    state: State,
    now: UnixMillis,
    ticket: &Ticket,
    result: Result<StandardPhoto, Fault>,
    policy: &Policy,
) -> Step {
    match state {
        State::Standardising(Standardising { consented, shot: Some(shot), .. })
            if consented.ticket() == *ticket =>
        {
            match result {
                Ok(photo) => {
                    let deadline = now + policy.review_timeout_ms;
                    Step::to(State::Review(Box::new(Review {
                        consented,
                        shot,
                        photo,
                        overridden: None,
                        fault: None,
                        deadline,
                    })))
                }
                Err(fault) => Step::to(framing(consented, Some(fault), now, policy)),
            }
        }
        other => Step::refuse(other, "standardised"),
    }
}

/// The counter took the price: before the code's person is known, or while the shutter waits for it.
fn paid(mut state: State, now: UnixMillis, session: &SessionId, policy: &Policy) -> Step {
    let opened = match &mut state {
        State::Identifying { opened, .. } => opened,
        State::Consenting { identified, .. } => &mut identified.opened,
        State::Framing(framing) => &mut framing.consented.identified.opened,
        _ => return Step::refuse(state, "paid"),
    };
    if opened.id != *session {
        return Step::refuse(state, "paid");
    }
    opened.paid = true;
    Step::to(touch(state, now, policy))
}

fn retake(state: State, now: UnixMillis, policy: &Policy) -> Step {
    match state {
        State::Review(review) if review.retakes_left(policy) > 0 => {
            Step::to(framing(review.consented, None, now, policy))
        }
        other => Step::refuse(other, "retake"),
    }
}

/// An operator lets a photo pass. It must be the one on the screen, and there must be something to let pass.
fn overridden(
    state: State,
    now: UnixMillis,
    ticket: &Ticket,
    reason: &str,
    by: String,
    policy: &Policy,
) -> Step {
    match (state, non_empty(reason)) {
        (State::Review(mut review), Some(reason))
            if review.consented.ticket() == *ticket && !review.photo.report.meets_standard() =>
        {
            review.overridden = Some(Override { reason, by, at: now });
            review.fault = None;
            review.deadline = now + policy.review_timeout_ms;
            Step::to(State::Review(review))
        }
        (other, _) => Step::refuse(other, "override"),
    }
}

fn accept(state: State, now: UnixMillis, policy: &Policy) -> Step {
    let State::Review(mut review) = state else { return Step::refuse(state, "accept") };
    if !review.may_accept(policy) {
        review.fault = Some(Fault::new(FaultCode::PhotoOutsideStandard, ""));
        review.deadline = now + policy.review_timeout_ms;
        return Step::to(State::Review(review));
    }
    let Review { consented, shot, photo, overridden, .. } = &*review;
    let order = NewOrder {
        session: consented.id().clone(),
        code: consented.identified.opened.code.clone(),
        person: consented.identified.person.clone(),
        consent: consented.consent.clone(),
        photo: photo.jpeg.clone(),
        shot: policy.keep_shot.then(|| shot.file.clone()),
        report: photo.report.clone(),
        overridden: overridden.clone(),
        price: policy.agreed_price(),
        accepted_at: now,
    };
    let deadline = now + policy.commit_timeout_ms;
    Step::with(
        State::Committing(Box::new(Committing { review: *review, fault: None, deadline })),
        Effect::Commit { order: Box::new(order) },
    )
}

fn committed(
    state: State,
    now: UnixMillis,
    session: &SessionId,
    result: Result<OrderNumber, Fault>,
    policy: &Policy,
) -> Step {
    match state {
        State::Committing(committing) if committing.review.consented.id() == session => match result {
            Ok(order) => {
                let done = Done { id: session.clone(), order, deadline: now + policy.done_timeout_ms };
                Step::with(State::Done(done), Effect::Forget { session: session.clone() })
            }
            Err(fault) => {
                let deadline = now + policy.review_timeout_ms;
                Step::to(State::Review(Box::new(Review {
                    fault: Some(fault),
                    deadline,
                    ..committing.review
                })))
            }
        },
        other => Step::refuse(other, "committed"),
    }
}

fn leave(state: State) -> Step {
    match state {
        // Nothing may be left half-written behind a person's back: the answer of the order log comes first,
        // unless it is late.
        State::Committing(committing) if committing.fault.is_none() => {
            Step::refuse(State::Committing(committing), "leave")
        }
        State::Scanning(_) | State::Done(_) => Step::to(State::start()),
        other => match other.session().cloned() {
            Some(session) => Step { state: State::start(), effects: ending(session, None), refused: None },
            None => Step::to(State::start()),
        },
    }
}

/// The person is still there: the current screen's time starts again.
fn touch(state: State, now: UnixMillis, policy: &Policy) -> State {
    match state {
        State::Identifying { opened, fault, tries, .. } => {
            State::Identifying { opened, fault, tries, deadline: now + policy.identify_timeout_ms }
        }
        State::Consenting { identified, .. } => {
            State::Consenting { identified, deadline: now + policy.consent_timeout_ms }
        }
        State::Framing(framing) => {
            State::Framing(Framing { deadline: now + policy.framing_timeout_ms, ..framing })
        }
        State::Review(review) => {
            State::Review(Box::new(Review { deadline: now + policy.review_timeout_ms, ..*review }))
        }
        other => other,
    }
}

fn tick(state: State, now: UnixMillis, policy: &Policy) -> Step {
    match state {
        State::Scanning(waiting) if waiting.fault.is_some() && now >= waiting.fault_until => {
            Step::to(State::start())
        }
        State::Identifying { ref opened, deadline, .. } if now >= deadline => {
            timed_out(opened.id.clone(), now)
        }
        State::Consenting { ref identified, deadline } if now >= deadline => {
            timed_out(identified.opened.id.clone(), now)
        }
        State::Framing(framing)
            if framing.countdown_since.is_some_and(|since| now - since >= policy.countdown_ms) =>
        {
            release(framing, now, policy)
        }
        State::Framing(ref framing) if now >= framing.deadline => {
            timed_out(framing.consented.id().clone(), now)
        }
        State::Review(ref review) if now >= review.deadline => timed_out(review.consented.id().clone(), now),
        State::Standardising(waiting) if now >= waiting.deadline => {
            let fault = Fault::new(FaultCode::Internal, "the shot did not become a photo in time");
            // The framing screen's own time-out follows if nobody is there.
            let deadline = now + FAULT_SHOWN_MS * 4;
            Step::to(State::Framing(Framing {
                consented: waiting.consented,
                coach: Box::default(),
                countdown_since: None,
                fault: Some(fault),
                deadline,
            }))
        }
        State::Committing(mut committing) if now >= committing.deadline && committing.fault.is_none() => {
            committing.fault = Some(Fault::new(FaultCode::StoreBusy, "the order log has not answered yet"));
            Step::to(State::Committing(committing))
        }
        State::Done(ref done) if now >= done.deadline => Step::to(State::start()),
        other => Step::to(other),
    }
}

fn timed_out(session: SessionId, now: UnixMillis) -> Step {
    end(session, now, Some(Fault::new(FaultCode::SessionTimedOut, "")))
}

/// Ends a visit early; the reason stays on the start screen for a while, without a name.
fn end(session: SessionId, now: UnixMillis, fault: Option<Fault>) -> Step {
    let state = State::Scanning(Waiting { fault: fault.clone(), fault_until: now + FAULT_SHOWN_MS });
    Step { state, effects: ending(session, fault), refused: None }
}

fn ending(session: SessionId, fault: Option<Fault>) -> Vec<Effect> {
    vec![Effect::Ended { session: session.clone(), fault }, Effect::Forget { session }]
}
