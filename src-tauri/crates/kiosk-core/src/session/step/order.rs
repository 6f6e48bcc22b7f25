//! From the photo to the durable order.

use super::{Step, non_empty};
use crate::order::{NewOrder, Override, UnixMillis};
use crate::session::Policy;
use crate::session::event::Effect;
use crate::session::state::{Committing, Done, Review, SessionId, State, Ticket};
use crate::{Fault, FaultCode, OrderNumber};

/// An operator lets a photo pass. It must be the one on the screen, and there must be something to let pass.
pub(super) fn overridden(
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
            review.deadline = now.saturating_add(policy.review_timeout_ms);
            Step::to(State::Review(review))
        }
        (other, _) => Step::refuse(other, "override"),
    }
}

pub(super) fn accept(state: State, now: UnixMillis, policy: &Policy) -> Step {
    let State::Review(mut review) = state else { return Step::refuse(state, "accept") };
    if !review.may_accept(policy) {
        review.fault = Some(Fault::new(FaultCode::PhotoOutsideStandard, ""));
        review.deadline = now.saturating_add(policy.review_timeout_ms);
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
        likeness: photo.likeness,
        price: policy.agreed_price(),
        accepted_at: now,
    };
    let face = photo.face.clone();
    let deadline = now.saturating_add(policy.commit_timeout_ms);
    Step::with(
        State::Committing(Box::new(Committing { review: *review, fault: None, deadline })),
        Effect::Commit { order: Box::new(order), face },
    )
}

pub(super) fn committed(
    state: State,
    now: UnixMillis,
    session: &SessionId,
    result: Result<OrderNumber, Fault>,
    policy: &Policy,
) -> Step {
    match state {
        State::Committing(committing) if committing.review.consented.id() == session => match result {
            Ok(order) => {
                let done =
                    Done { id: session.clone(), order, deadline: now.saturating_add(policy.done_timeout_ms) };
                Step::with(State::Done(done), Effect::Forget { session: session.clone() })
            }
            Err(fault) => {
                let deadline = now.saturating_add(policy.review_timeout_ms);
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
