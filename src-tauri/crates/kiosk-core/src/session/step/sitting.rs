//! From the live picture to the photo.

use super::{Step, framing};
use crate::Fault;
use crate::instruction::FramingMeasures;
use crate::order::UnixMillis;
use crate::session::event::Effect;
use crate::session::state::{
    Consented, Framing, Review, SessionId, Shot, StandardPhoto, Standardising, State, Ticket,
};
use crate::session::{Policy, WholeLook};

pub(super) fn measured(
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
            if held && policy.automatic_shutter && framing.countdown_since.is_none() {
                release(framing, now, policy)
            } else {
                Step::to(State::Framing(framing))
            }
        }
        other => Step::refuse(other, "measured"),
    }
}

pub(super) fn inspected(state: State, now: UnixMillis, session: &SessionId, look: WholeLook) -> Step {
    match state {
        State::Framing(mut framing) if framing.consented.id() == session => {
            framing.coach.inspect(look, now);
            Step::to(State::Framing(framing))
        }
        other => Step::refuse(other, "inspected"),
    }
}

/// The button: counts down, visibly; pressed again it stops.
pub(super) fn shutter(state: State, now: UnixMillis, policy: &Policy) -> Step {
    match state {
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
pub(super) fn release(framing: Framing, now: UnixMillis, policy: &Policy) -> Step {
    let consented = Consented { attempt: framing.consented.attempt + 1, ..framing.consented };
    let ticket = consented.ticket();
    let deadline = now + policy.standardise_timeout_ms;
    Step::with(
        State::Standardising(Standardising { consented, shot: None, deadline }),
        Effect::TakeShot { ticket, frames: policy.burst_frames.max(1) },
    )
}

/// A picture from a file takes the place of the shot.
pub(super) fn imported(
    state: State,
    now: UnixMillis,
    session: &SessionId,
    shot: Shot,
    policy: &Policy,
) -> Step {
    match state {
        State::Framing(framing) if framing.consented.id() == session => {
            let consented = Consented { attempt: framing.consented.attempt + 1, ..framing.consented };
            let effect = Effect::Standardise { ticket: consented.ticket(), shot: shot.clone() };
            let deadline = now + policy.standardise_timeout_ms;
            Step::with(State::Standardising(Standardising { consented, shot: Some(shot), deadline }), effect)
        }
        other => Step::refuse(other, "imported"),
    }
}

pub(super) fn shot_taken(
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

pub(super) fn standardised(
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

pub(super) fn retake(state: State, now: UnixMillis, policy: &Policy) -> Step {
    match state {
        State::Review(review) if review.retakes_left(policy) > 0 => {
            Step::to(framing(review.consented, None, now, policy))
        }
        other => Step::refuse(other, "retake"),
    }
}
