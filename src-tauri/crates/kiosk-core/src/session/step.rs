mod arrival;
mod order;
mod sitting;

use super::Policy;
use super::event::{Effect, Event, Refusal};
use super::state::{Consented, Framing, Review, SessionId, State, Waiting};
use crate::order::UnixMillis;
use crate::{Fault, FaultCode};

use arrival::{code_read, consent, identify, listed};
use order::{accept, committed, overridden};
use sitting::{imported, inspected, measured, paid, release, retake, shot_taken, shutter, standardised};

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
        Event::CodeRead { fresh, code, known } => code_read(state, now, fresh, code, known, policy),
        Event::Listed { session, entry } => listed(state, &session, entry),
        Event::Identify(typed) => identify(state, now, &typed, policy),
        Event::Consent(ticks) => consent(state, now, ticks, policy),
        Event::Measured { session, measures } => measured(state, now, &session, &measures, policy),
        Event::Inspected { session, look } => inspected(state, now, &session, look, policy),
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

fn non_empty(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn framing(consented: Consented, fault: Option<Fault>, now: UnixMillis, policy: &Policy) -> State {
    let deadline = now.saturating_add(policy.framing_timeout_ms);
    State::Framing(Framing { consented, coach: Box::default(), countdown_since: None, fault, deadline })
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
        State::Identifying { opened, fault, tries, .. } => State::Identifying {
            opened,
            fault,
            tries,
            deadline: now.saturating_add(policy.identify_timeout_ms),
        },
        State::Consenting { identified, .. } => {
            State::Consenting { identified, deadline: now.saturating_add(policy.consent_timeout_ms) }
        }
        State::Framing(framing) => {
            State::Framing(Framing { deadline: now.saturating_add(policy.framing_timeout_ms), ..framing })
        }
        State::Review(review) => State::Review(Box::new(Review {
            deadline: now.saturating_add(policy.review_timeout_ms),
            ..*review
        })),
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
            if framing
                .countdown_since
                .is_some_and(|since| now.saturating_sub(since) >= policy.countdown_ms) =>
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
            let deadline = now.saturating_add(FAULT_SHOWN_MS * 4);
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
    Step { state: waiting(now, fault.clone()), effects: ending(session, fault), refused: None }
}

/// The start screen, with a reason on it for a while.
fn waiting(now: UnixMillis, fault: Option<Fault>) -> State {
    State::Scanning(Waiting { fault, fault_until: now.saturating_add(FAULT_SHOWN_MS) })
}

fn ending(session: SessionId, fault: Option<Fault>) -> Vec<Effect> {
    vec![Effect::Ended { session: session.clone(), fault }, Effect::Forget { session }]
}
