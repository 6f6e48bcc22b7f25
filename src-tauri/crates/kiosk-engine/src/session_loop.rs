//! The one thread that owns the session. Slow work runs elsewhere and comes back as an event.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use kiosk_core::roster::RosterEntry;
use kiosk_core::session::{
    Effect, Event, Identification, KnownCode, Policy, SessionId, State, Ticket, step, view,
};
use kiosk_core::{CollectionCode, Fault, FaultCode};

use crate::analysis::Look;
use crate::burst::Release;
use crate::clock;
use crate::contract::{CameraKind, CameraStatus, Intent, KioskView, Status, VisitPayment};
use crate::darkroom::Darkroom;
use crate::glass::Glass;
use crate::order_log::OrderLog;
use crate::preview::Preview;
use crate::studio::StudioScript;

/// How often time-outs are looked at.
const TICK: Duration = Duration::from_millis(100);

/// What the session's owner is told.
pub enum Message {
    /// A worker or the analysis has news.
    Event(Event),
    /// The window asks for something.
    Intent(Intent),
    /// Two reads agreed on a code.
    Code(CollectionCode),
    /// The order log was asked about a code.
    CodeLookedUp(CollectionCode, KnownCode),
    /// The rosters were asked about the person who typed this in this visit.
    TypedLookedUp(SessionId, Identification, Option<Box<RosterEntry>>),
    /// The counter takes the price of a visit.
    TakePayment {
        /// Which visit, and how.
        payment: VisitPayment,
        /// Who takes it.
        by: String,
        /// Told once the entry is durable, or why there is none.
        answer: Sender<Result<(), Fault>>,
    },
    /// So many alarms wait for an operator.
    Alarms(u32),
    /// The camera came, went or failed.
    Camera(CameraStatus),
    /// The program ends.
    Close,
}

/// Everything that the session's owner commands.
pub struct SessionLoop {
    pub policy: Policy,
    pub status: Status,
    pub glass: Arc<Glass>,
    pub preview: Arc<Preview>,
    pub look: Arc<Look>,
    pub darkroom: Darkroom,
    pub order_log: OrderLog,
    pub studio: Option<StudioScript>,
    pub to_self: Sender<Message>,
}

impl SessionLoop {
    /// Runs until [`Message::Close`] or until nobody can send any more.
    pub fn run(mut self, inbox: &Receiver<Message>) {
        let mut state = State::start();
        let mut ticked = Instant::now();
        self.look_at(&state);
        loop {
            let event = match inbox.recv_timeout(TICK) {
                Ok(Message::Event(event)) => event,
                Ok(Message::Intent(Intent::Identify(typed))) => match self.look_up_typed(&state, typed) {
                    Some(typed) => Event::Identify(typed),
                    None => continue,
                },
                Ok(Message::Intent(intent)) => event_of(intent),
                Ok(Message::Code(code)) => {
                    self.look_up_code(code);
                    continue;
                }
                Ok(Message::CodeLookedUp(code, known)) => {
                    Event::CodeRead { fresh: fresh_session(), code, known }
                }
                Ok(Message::TakePayment { payment, by, answer }) => {
                    self.take_payment(&state, &payment, by, answer);
                    continue;
                }
                // Whoever typed has left meanwhile.
                Ok(Message::TypedLookedUp(session, ..)) if state.session() != Some(&session) => continue,
                Ok(Message::TypedLookedUp(session, typed, listed)) => {
                    if let Some(entry) = listed {
                        state = self.advance(state, Event::Listed { session, entry });
                    }
                    Event::Identify(typed)
                }
                Ok(Message::Alarms(unseen)) => {
                    self.status.alarms = unseen;
                    Event::Tick
                }
                Ok(Message::Camera(camera)) => {
                    self.status.camera = camera;
                    Event::Tick
                }
                Err(RecvTimeoutError::Timeout) => Event::Tick,
                Ok(Message::Close) | Err(RecvTimeoutError::Disconnected) => break,
            };
            state = self.advance(state, event);
            // While a sitter is followed there is news with every frame and never a pause: time goes by all the same.
            if ticked.elapsed() >= TICK {
                ticked = Instant::now();
                state = self.advance(state, Event::Tick);
            }
            self.look_at(&state);
            self.show(&state);
        }
        self.preview.close();
        self.glass.close();
    }

    /// A roster may know the code's student, and the code may have an order; the log answers with [`Message::CodeLookedUp`].
    fn look_up_code(&self, code: CollectionCode) {
        let (answer, asked) = (self.to_self.clone(), code.clone());
        self.order_log.look_up(
            move |store| {
                let listed = store.listed_by_code(&asked)?.map(Box::new);
                Ok(KnownCode { listed, earlier: store.order_of_code(&asked)?, paid: store.is_paid(&asked)? })
            },
            move |known| {
                let _ = answer.send(Message::CodeLookedUp(code, known));
            },
        );
    }

    /// What was typed when it needs no look into the rosters; else they answer with [`Message::TypedLookedUp`].
    fn look_up_typed(&self, state: &State, typed: Identification) -> Option<Identification> {
        let State::Identifying { opened, .. } = state else { return Some(typed) };
        let told = opened.code.fields.as_ref().is_some_and(|fields| fields.student_number.is_some());
        if opened.listed.is_some() || told {
            return Some(typed);
        }
        let (answer, session, asked) = (self.to_self.clone(), opened.id.clone(), typed.clone());
        self.order_log.look_up(
            move |store| store.listed_by_typed(&asked),
            move |listed: Option<RosterEntry>| {
                let _ = answer.send(Message::TypedLookedUp(session, typed, listed.map(Box::new)));
            },
        );
        None
    }

    /// Writes the entry of a visit that waits for it; the log answers with [`Event::Paid`].
    fn take_payment(
        &self,
        state: &State,
        payment: &VisitPayment,
        by: String,
        answer: Sender<Result<(), Fault>>,
    ) {
        let waiting = match state {
            State::Framing(framing) if framing.consented.id().as_str() == payment.session => framing
                .to_pay(&self.policy)
                .map(|price| (price, framing.consented.identified.opened.code.clone())),
            _ => None,
        };
        let Some((price, code)) = waiting else {
            let _ =
                answer.send(Err(Fault::new(FaultCode::OrderWrongState, "this visit waits for no payment")));
            return;
        };
        let (kind, reason) = (payment.kind, payment.reason);
        let (to_self, session) = (self.to_self.clone(), SessionId(payment.session.clone()));
        self.order_log.take_for_code(code, price, (kind, reason), by, move |result| {
            if result.is_ok() {
                let _ = to_self.send(Message::Event(Event::Paid { session }));
            }
            let _ = answer.send(result);
        });
    }

    fn advance(&mut self, state: State, event: Event) -> State {
        let step = step(state, clock::now(), event, &self.policy);
        if let Some(refusal) = step.refused {
            tracing::debug!(%refusal, "event refused");
        }
        for effect in step.effects {
            self.carry_out(effect);
        }
        step.state
    }

    fn carry_out(&mut self, effect: Effect) {
        let answer = self.to_self.clone();
        match effect {
            Effect::TakeShot { ticket, frames } => {
                self.look.release(Release { ticket, frames, after: self.preview.newest() });
            }
            Effect::Standardise { ticket, shot, compared } => {
                self.darkroom.standardise(ticket, shot, compared);
            }
            Effect::Commit { order, face } => {
                let (session, alarm) = (order.session.clone(), answer.clone());
                // Drawn faces are too much alike to be told apart.
                let face = face.filter(|_| self.status.camera.kind != CameraKind::Simulated);
                let durable = move |result| {
                    // The order is durable already if nobody listens any more.
                    let _ = answer.send(Message::Event(Event::Committed { session, result }));
                };
                self.order_log.accept(order, face, durable, move |unseen| {
                    let _ = alarm.send(Message::Alarms(unseen));
                });
            }
            Effect::Forget { .. } => self.preview.forget(),
            Effect::Ended { session, fault } => {
                let why = fault.as_ref().map_or("left", |fault: &Fault| fault.code.as_str());
                tracing::info!(%session, why, "visit ended early");
            }
        }
    }

    /// Tells the analysis what to look for, and the simulated studio what the person would do.
    fn look_at(&mut self, state: &State) {
        self.look.set(state);
        if let Some(studio) = &mut self.studio {
            self.status.demo = studio.follow(state);
        }
    }

    fn show(&self, state: &State) {
        if let State::Framing(framing) = state {
            let told = framing.coaching(clock::now(), &self.policy);
            tracing::trace!(instruction = ?told.instruction, reason = ?told.reason, "coaching");
        }
        let view =
            KioskView { session: view(state, clock::now(), &self.policy), status: self.status.clone() };
        self.glass.show(view, photo_of(state));
    }
}

fn photo_of(state: &State) -> Option<(Ticket, Arc<[u8]>)> {
    match state {
        State::Review(review) => Some((review.consented.ticket(), review.photo.jpeg.clone())),
        _ => None,
    }
}

fn event_of(intent: Intent) -> Event {
    match intent {
        Intent::Identify(typed) => Event::Identify(typed),
        Intent::Consent(ticks) => Event::Consent(ticks),
        Intent::Shutter => Event::Shutter,
        Intent::Retake => Event::Retake,
        Intent::Accept => Event::Accept,
        Intent::Leave => Event::Leave,
        Intent::Touch => Event::Touch,
    }
}

fn fresh_session() -> SessionId {
    SessionId(uuid::Uuid::now_v7().to_string())
}
