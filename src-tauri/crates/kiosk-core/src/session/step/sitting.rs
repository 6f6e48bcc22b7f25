//! From the live picture to the photo.

use super::{Step, end, framing, touch};
use crate::instruction::FramingMeasures;
use crate::order::UnixMillis;
use crate::report::ShotSource;
use crate::session::event::Effect;
use crate::session::state::{
    Consented, Framing, Review, SessionId, Shot, StandardPhoto, Standardising, State, Ticket,
};
use crate::session::{Policy, Presence, WholeLook};
use crate::{Fault, FaultCode};

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
            let by_itself = policy.automatic_shutter
                && framing.countdown_since.is_none()
                && framing.to_pay(policy).is_none();
            if held && by_itself && !framing.consented.binding.in_doubt() {
                release(framing, now, policy)
            } else {
                Step::to(State::Framing(framing))
            }
        }
        other => Step::refuse(other, "measured"),
    }
}

pub(super) fn inspected(
    state: State,
    now: UnixMillis,
    session: &SessionId,
    look: WholeLook,
    policy: &Policy,
) -> Step {
    match state {
        State::Framing(mut framing) if framing.consented.id() == session => {
            let presence = framing.consented.binding.look(&look.checks, look.whose.as_ref(), policy);
            if presence == Presence::Stranger {
                return end(session.clone(), now, Some(face_changed()));
            }
            framing.coach.inspect(look, now);
            Step::to(State::Framing(framing))
        }
        other => Step::refuse(other, "inspected"),
    }
}

/// The button: counts down, visibly; pressed again it stops.
pub(super) fn shutter(state: State, now: UnixMillis, policy: &Policy) -> Step {
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
            let deadline = framing
                .deadline
                .max(now.saturating_add(policy.countdown_ms).saturating_add(policy.instruction_ms));
            Step::to(State::Framing(Framing { countdown_since, deadline, ..framing }))
        }
        other => Step::refuse(other, "shutter"),
    }
}

/// The shot: each has a ticket of its own, so that a late photo cannot take the place of a newer one.
pub(super) fn release(framing: Framing, now: UnixMillis, policy: &Policy) -> Step {
    let consented = Consented { attempt: framing.consented.attempt + 1, ..framing.consented };
    let ticket = consented.ticket();
    let deadline = now.saturating_add(policy.standardise_timeout_ms);
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
        State::Framing(framing) if framing.consented.id() == session && framing.to_pay(policy).is_none() => {
            let consented = Consented { attempt: framing.consented.attempt + 1, ..framing.consented };
            let effect = standardise(&consented, &shot);
            let deadline = now.saturating_add(policy.standardise_timeout_ms);
            Step::with(State::Standardising(Standardising { consented, shot: Some(shot), deadline }), effect)
        }
        other => Step::refuse(other, "imported"),
    }
}

fn standardise(consented: &Consented, shot: &Shot) -> Effect {
    let compared = consented.consent.comparison.then(|| Box::new(consented.identified.person.clone()));
    Effect::Standardise { ticket: consented.ticket(), shot: shot.clone(), compared }
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
                    let effect = standardise(&waiting.consented, &shot);
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
        State::Standardising(Standardising { mut consented, shot: Some(shot), .. })
            if consented.ticket() == *ticket =>
        {
            match result {
                Ok(photo) => {
                    // An imported picture shows whom the operator chose, and the camera may see the operator.
                    if shot.source == ShotSource::Camera {
                        let checks = &photo.report.checks;
                        match consented.binding.look(checks, photo.face.as_ref(), policy) {
                            Presence::Sitter => {}
                            Presence::Doubtful => {
                                return Step::to(framing(consented, Some(face_changed()), now, policy));
                            }
                            Presence::Stranger => {
                                return end(consented.id().clone(), now, Some(face_changed()));
                            }
                        }
                    }
                    let deadline = now.saturating_add(policy.review_timeout_ms);
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
pub(super) fn paid(mut state: State, now: UnixMillis, session: &SessionId, policy: &Policy) -> Step {
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

pub(super) fn retake(state: State, now: UnixMillis, policy: &Policy) -> Step {
    match state {
        State::Review(review) if review.retakes_left(policy) > 0 => {
            Step::to(framing(review.consented, None, now, policy))
        }
        other => Step::refuse(other, "retake"),
    }
}

fn face_changed() -> Fault {
    Fault::new(FaultCode::FaceChanged, "")
}
