//! What an operator may do to the visit in front of the camera: let its photo pass, or give it a picture from a file.

use std::sync::Arc;
use std::sync::mpsc::Sender;

use kiosk_core::report::ShotSource;
use kiosk_core::session::{Event, SessionId, SessionView, Shot, Ticket};
use kiosk_core::{Fault, FaultCode};

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

    fn tell(&self, event: Event) -> Result<(), Fault> {
        let closed = |_| Fault::new(FaultCode::Internal, "the kiosk is closing");
        self.inbox.send(Message::Event(event)).map_err(closed)
    }
}
