//! Looks at the newest frame: for a code while nobody is known, at the sitter while the framing is coached. The preview
//! never waits for it.

use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use image::{GrayImage, RgbImage};
use kiosk_camera::Frame;
use kiosk_core::session::{Event, SessionId, State};
use kiosk_core::{CollectionCode, Profile};
use kiosk_vision::face::FaceFinder;
use kiosk_vision::framing::Viewfinder;
use kiosk_vision::qr::{Agreement, CodeScanner, LIVE_BUDGET};

use crate::contract::{Overlay, SitterOverlay};
use crate::preview::Preview;
use crate::session_loop::Message;

/// Longest wait for a frame before the mode is looked at again.
const FRAME_WAIT: Duration = Duration::from_millis(200);

/// What to look for in the live picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A collection code.
    Code,
    /// The sitter of this visit.
    Sitter(SessionId),
    /// Nothing: the shot is being worked on or looked at.
    Nothing,
}

/// Tells the analysis what to look for.
pub struct Look(Mutex<Target>);

impl Default for Look {
    fn default() -> Self {
        Self(Mutex::new(Target::Code))
    }
}

impl Look {
    /// Looks for what `state` needs.
    pub fn set(&self, state: &State) {
        let target = match state {
            // A new code ends a visit that has no shot yet, so codes are looked for until the framing begins.
            State::Scanning(_) | State::Done(_) | State::Identifying { .. } | State::Consenting { .. } => {
                Target::Code
            }
            State::Framing(framing) => Target::Sitter(framing.consented.id().clone()),
            State::Standardising(_) | State::Review(_) | State::Committing(_) => Target::Nothing,
        };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = target;
    }

    fn target(&self) -> Target {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The eyes of the kiosk.
pub struct Analysis {
    scanner: CodeScanner,
    agreement: Agreement,
    /// `None` when the face nets are missing: the overlay stays static and the shutter is by hand.
    finder: Option<FaceFinder>,
    viewfinder: Viewfinder,
    profile: Profile,
    looked_at: Target,
}

impl Analysis {
    /// Eyes with or without face nets.
    pub fn new(finder: Option<FaceFinder>, profile: Profile) -> Self {
        Self {
            scanner: CodeScanner::new(LIVE_BUDGET),
            agreement: Agreement::new(),
            finder,
            viewfinder: Viewfinder::default(),
            profile,
            looked_at: Target::Nothing,
        }
    }

    /// Runs until the preview is closed.
    pub fn run(mut self, look: &Look, preview: &Preview, tell: &Sender<Message>) {
        let mut seen = 0;
        while !preview.is_closed() {
            let target = look.target();
            if target != self.looked_at {
                self.forget();
                self.looked_at = target.clone();
            }
            let Some(frame) = preview.frame_after(seen, FRAME_WAIT) else { continue };
            seen = frame.seq;
            let (overlay, news) = match &target {
                Target::Code => self.look_for_code(&frame),
                Target::Sitter(session) => self.look_at_sitter(&frame, session),
                Target::Nothing => (None, None),
            };
            // What was seen belongs to the visit that was asked for; by now there may be another.
            if look.target() == self.looked_at {
                preview.draw(overlay);
                if let Some(news) = news
                    && tell.send(news).is_err()
                {
                    return;
                }
            }
        }
    }

    fn look_for_code(&mut self, frame: &Arc<Frame>) -> (Option<Overlay>, Option<Message>) {
        let Some(picture) = decode_grey(&frame.jpeg) else { return (None, None) };
        let readings = self.scanner.scan(&picture);
        let code = readings.first().map(|reading| reading.corners);
        let news = self
            .agreement
            .observe(&readings, frame.at)
            .map(|reading| Message::Code(CollectionCode::decode(&reading.payload)));
        (Some(Overlay { code, sitter: None }), news)
    }

    fn look_at_sitter(
        &mut self,
        frame: &Arc<Frame>,
        session: &SessionId,
    ) -> (Option<Overlay>, Option<Message>) {
        let Some(finder) = &mut self.finder else { return (None, None) };
        let Some(picture) = decode_rgb(&frame.jpeg) else { return (None, None) };
        let reading = finder.track(&picture);
        let sight = self.viewfinder.look(&reading, &picture, &self.profile);
        let sitter = sight.outline.map(|lines| SitterOverlay {
            outline: lines.outline,
            crop: lines.crop,
            crown: lines.crown,
            eye_line: lines.eye_line,
            cheeks: lines.cheeks,
            good: sight.measures.face.is_some_and(|face| face.crop_fits),
        });
        (
            Some(Overlay { code: None, sitter }),
            Some(Message::Event(Event::Measured { session: session.clone(), measures: sight.measures })),
        )
    }

    /// Nothing that was seen of one visit may guide the next.
    fn forget(&mut self) {
        self.scanner.reset();
        self.agreement.reset();
        self.viewfinder.forget();
        if let Some(finder) = &mut self.finder {
            finder.forget();
        }
    }
}

fn decode_rgb(jpeg: &[u8]) -> Option<RgbImage> {
    image::load_from_memory_with_format(jpeg, image::ImageFormat::Jpeg)
        .ok()
        .map(image::DynamicImage::into_rgb8)
}

fn decode_grey(jpeg: &[u8]) -> Option<GrayImage> {
    image::load_from_memory_with_format(jpeg, image::ImageFormat::Jpeg)
        .ok()
        .map(image::DynamicImage::into_luma8)
}
