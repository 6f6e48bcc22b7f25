//! What an operator may do to the visit in front of the camera: let its photo pass, or give it a picture from a file.

use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};

use kiosk_core::report::ShotSource;
use kiosk_core::session::{Event, SessionId, SessionView, Shot, Ticket};
use kiosk_core::{Fault, FaultCode};

use crate::contract::VisitPayment;
use crate::glass::Glass;
use crate::session_loop::Message;
use crate::stills::LARGEST_FILE;

/// Longest reason, characters.
const LONGEST_REASON: usize = 200;

/// The visit under way, as the operator's side sees it. The session's owner decides; what is refused here is refused with a reason.
pub struct Sitting {
    glass: Arc<Glass>,
    inbox: Sender<Message>,
}

impl Sitting {
    /// The visit whose screens `glass` shows and whose owner reads `inbox`.
    pub fn new(glass: Arc<Glass>, inbox: Sender<Message>) -> Self {
        Self { glass, inbox }
    }

    /// Lets the photo of `ticket` pass.
    ///
    /// # Errors
    /// `photo_outside_standard` without a reason or with one that is too long; `order_wrong_state` when another screen is shown, or
    /// when the photo fails nothing.
    pub fn override_photo(&self, ticket: Ticket, reason: &str, by: &str) -> Result<(), Fault> {
        let reason = reason.trim().to_owned();
        if reason.is_empty() || reason.chars().count() > LONGEST_REASON {
            let detail = format!("an override needs a reason of 1 to {LONGEST_REASON} characters");
            return Err(Fault::new(FaultCode::PhotoOutsideStandard, detail));
        }
        match self.glass.view().1.session {
            SessionView::Review { session, attempt, photo, .. }
                if session == ticket.session && attempt == ticket.attempt =>
            {
                if photo.meets_standard {
                    return Err(Fault::new(FaultCode::OrderWrongState, "the photo fails nothing"));
                }
                self.tell(Event::Override { ticket, reason, by: by.to_owned() })
            }
            _ => Err(Fault::new(FaultCode::OrderWrongState, "this photo is not on the review screen")),
        }
    }

    /// Makes `file` the shot of the visit `session`. Whether it is a picture shows when it is standardised; a fault goes to the
    /// framing screen.
    ///
    /// # Errors
    /// `image_unreadable` for an empty or too large file; `order_wrong_state` when that visit is not being framed.
    pub fn import_shot(&self, session: SessionId, file: Vec<u8>) -> Result<(), Fault> {
        if file.is_empty() || file.len() as u64 > LARGEST_FILE {
            let detail = format!("{} bytes; a picture has 1 to {LARGEST_FILE}", file.len());
            return Err(Fault::new(FaultCode::ImageUnreadable, detail));
        }
        match self.glass.view().1.session {
            SessionView::Framing { session: framed, .. } if framed == session => {
                let shot = Shot { file: file.into(), source: ShotSource::File, burst: None };
                self.tell(Event::Imported { session, shot })
            }
            _ => Err(Fault::new(FaultCode::OrderWrongState, "this visit is not at the camera")),
        }
    }

    /// So many alarms are left.
    pub fn alarms(&self, unseen: u32) {
        // Nobody shows them when the kiosk closes.
        let _ = self.inbox.send(Message::Alarms(unseen));
    }

    /// Takes the price of the visit whose shutter waits for it; the visit goes on once the entry is durable.
    ///
    /// # Errors
    /// `order_wrong_state` when that visit does not wait for its price; the order log's faults.
    pub fn take_payment(&self, request: &VisitPayment, by: &str) -> Result<(), Fault> {
        let waits = |session: &SessionId| session.as_str() == request.session;
        match self.glass.view().1.session {
            SessionView::Framing { session, to_pay: Some(_), .. } if waits(&session) => {
                let (answer, result) = channel();
                let message = Message::TakePayment { payment: request.clone(), by: by.to_owned(), answer };
                let closed = || Fault::new(FaultCode::Internal, "the kiosk is closing");
                self.inbox.send(message).map_err(|_| closed())?;
                result.recv().map_err(|_| closed())?
            }
            _ => Err(Fault::new(FaultCode::OrderWrongState, "this visit waits for no payment")),
        }
    }

    fn tell(&self, event: Event) -> Result<(), Fault> {
        let closed = |_| Fault::new(FaultCode::Internal, "the kiosk is closing");
        self.inbox.send(Message::Event(event)).map_err(closed)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, channel};

    use kiosk_core::session::{Coaching, MaskedRecord, PhotoView};
    use kiosk_core::{Geometry, Instruction, Transform};

    use super::*;
    use crate::contract::{CameraKind, CameraStatus, KioskView, Status};

    fn in_front_of(session: SessionView) -> (Sitting, Receiver<Message>) {
        let camera = CameraStatus { kind: CameraKind::Simulated, label: String::new(), fault: None };
        let status = Status { version: String::new(), camera, faults: Vec::new(), alarms: 0, demo: None };
        let (inbox, messages) = channel();
        (Sitting::new(Arc::new(Glass::new(KioskView { session, status })), inbox), messages)
    }

    fn id() -> SessionId {
        SessionId("a".to_owned())
    }

    fn review(meets_standard: bool) -> SessionView {
        SessionView::Review {
            session: id(),
            attempt: 2,
            record: MaskedRecord::default(),
            photo: PhotoView {
                geometry: Geometry { head_top: 80.0, eye_line: 250.0, face_width: 240.0, centre_x: 240.0 },
                transform: Transform { scale: 1.0, offset_x: 0.0, offset_y: 0.0 },
                checks: Vec::new(),
                bytes: 30_000,
                meets_standard,
                source: ShotSource::Camera,
                burst: None,
                provenance: Box::default(),
            },
            retakes_left: 3,
            may_accept: meets_standard,
            overridden: None,
            fault: None,
            seconds_left: 60,
        }
    }

    fn framing() -> SessionView {
        let coaching = Coaching {
            instruction: Instruction::HoldStill,
            reason: None,
            hold: 0.0,
            countdown: None,
            offer_operator: false,
        };
        SessionView::Framing {
            session: id(),
            record: MaskedRecord::default(),
            coaching,
            automatic_shutter: true,
            to_pay: None,
            fault: None,
            seconds_left: 60,
        }
    }

    #[test]
    fn an_override_needs_a_reason_and_the_photo_on_the_screen() {
        let (sitting, messages) = in_front_of(review(false));
        let ticket = |attempt| Ticket { session: id(), attempt };
        let fault =
            |attempt, reason: &str| sitting.override_photo(ticket(attempt), reason, "x").unwrap_err().code;
        assert_eq!(fault(2, "  "), FaultCode::PhotoOutsideStandard);
        assert_eq!(fault(2, &"a".repeat(201)), FaultCode::PhotoOutsideStandard);
        assert_eq!(fault(1, "beard"), FaultCode::OrderWrongState);
        assert!(messages.try_recv().is_err());
        sitting.override_photo(ticket(2), " beard ", "operator").unwrap();
        let Ok(Message::Event(Event::Override { reason, by, .. })) = messages.try_recv() else { panic!() };
        assert_eq!((reason.as_str(), by.as_str()), ("beard", "operator"));

        let (good, _messages) = in_front_of(review(true));
        let refused = good.override_photo(ticket(2), "beard", "x").unwrap_err();
        assert_eq!(refused.code, FaultCode::OrderWrongState);
    }

    #[test]
    fn an_album_photo_comes_in_while_framing_only() {
        let (sitting, messages) = in_front_of(framing());
        let fault = |session, file| sitting.import_shot(session, file).unwrap_err().code;
        assert_eq!(fault(id(), Vec::new()), FaultCode::ImageUnreadable);
        assert_eq!(fault(id(), vec![0; LARGEST_FILE as usize + 1]), FaultCode::ImageUnreadable);
        assert_eq!(fault(SessionId("b".to_owned()), vec![1]), FaultCode::OrderWrongState);
        assert!(messages.try_recv().is_err());
        sitting.import_shot(id(), vec![1]).unwrap();
        let Ok(Message::Event(Event::Imported { session, shot })) = messages.try_recv() else { panic!() };
        assert_eq!((session, shot.source), (id(), ShotSource::File));

        let (late, _messages) = in_front_of(review(false));
        assert_eq!(late.import_shot(id(), vec![1]).unwrap_err().code, FaultCode::OrderWrongState);
    }
}
