//! Where a shot becomes a photo: one thread with nets of its own, so that coaching never waits for it. While nobody's shot is
//! being made it looks at the sitter as a whole, as it would at a shot.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use kiosk_camera::Frame;
use kiosk_core::instruction::FaceMeasures;
use kiosk_core::order::UnixMillis;
use kiosk_core::session::{Event, SessionId, Shot, StandardPhoto, Ticket, WholeLook, blocks};
use kiosk_core::{CheckId, Fault, Profile};
use kiosk_vision::framing::KnownHead;
use kiosk_vision::standardise::crop::Head;
use kiosk_vision::standardise::{Options, Standardiser};

use crate::session_loop::Message;
use crate::{Assets, kiosk, nets};

enum Job {
    Standardise { ticket: Ticket, shot: Shot },
    Look(Box<Glimpse>),
}

/// A live frame to be looked at as a whole.
pub struct Glimpse {
    /// The sitter's visit.
    pub session: SessionId,
    /// The frame.
    pub frame: Arc<Frame>,
    /// When it came.
    pub at: UnixMillis,
    /// Where the face was on it.
    pub face: FaceMeasures,
    /// The same in pixels of the frame.
    pub head: Head,
}

/// What a whole look found for the lines over the preview.
pub struct Found {
    /// The sitter's visit.
    pub session: SessionId,
    /// The head, when there was one.
    pub head: Option<KnownHead>,
    /// Failed checks that the sitter has to mend.
    pub blocking: Vec<CheckId>,
}

/// Makes photos and looks at sitters, in order. Clones ask the same thread.
#[derive(Clone)]
pub struct Darkroom {
    jobs: Sender<Job>,
    looking: Arc<AtomicBool>,
    found: Arc<Mutex<Option<Found>>>,
}

impl Darkroom {
    /// Starts the thread; it loads its nets first, answers to `tell`, and ends when the last clone is dropped.
    pub fn start(
        assets: Arc<Assets>,
        profile: Profile,
        tell: Sender<Message>,
    ) -> Result<(Self, JoinHandle<()>), Fault> {
        let (jobs, inbox) = channel();
        let room = Self { jobs, looking: Arc::default(), found: Arc::default() };
        let (looking, found) = (room.looking.clone(), room.found.clone());
        let thread = kiosk::start("darkroom", move || {
            // The same nets are loaded by the analysis, which reports what is missing.
            let (standardiser, _) = nets::standardiser(&assets);
            Work { standardiser, profile, looking, found, tell }.run(&inbox);
        })?;
        Ok((room, thread))
    }

    /// Makes a photo of a shot.
    pub fn standardise(&self, ticket: Ticket, shot: Shot) {
        // When the thread is gone, the visit's own time-out speaks.
        let _ = self.jobs.send(Job::Standardise { ticket, shot });
    }

    /// Whether the last look has ended: only one waits at a time, so that a shot never waits for more.
    pub fn may_look(&self) -> bool {
        !self.looking.load(Ordering::Acquire)
    }

    /// Looks at a frame; the answer is [`Event::Inspected`], and [`Darkroom::found`] afterwards.
    pub fn look(&self, glimpse: Glimpse) {
        self.looking.store(true, Ordering::Release);
        let _ = self.jobs.send(Job::Look(Box::new(glimpse)));
    }

    /// What the last look found, once.
    pub fn found(&self) -> Option<Found> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Drops what was found of a visit that ended.
    pub fn forget(&self) {
        drop(self.found());
    }
}

struct Work {
    standardiser: Standardiser,
    profile: Profile,
    looking: Arc<AtomicBool>,
    found: Arc<Mutex<Option<Found>>>,
    tell: Sender<Message>,
}

impl Work {
    fn run(mut self, inbox: &Receiver<Job>) {
        while let Ok(job) = inbox.recv() {
            let event = match job {
                Job::Standardise { ticket, shot } => Some(self.standardise(ticket, &shot)),
                Job::Look(glimpse) => {
                    let event = self.look(*glimpse);
                    self.looking.store(false, Ordering::Release);
                    event
                }
            };
            if let Some(event) = event {
                // Nobody listens when the kiosk closes.
                let _ = self.tell.send(Message::Event(event));
            }
        }
    }

    fn standardise(&mut self, ticket: Ticket, shot: &Shot) -> Event {
        let options = Options { clean_plate: None, version: env!("CARGO_PKG_VERSION") };
        let made = self.standardiser.standardise(&shot.file, &self.profile, options);
        let result = made.map(|mut made| {
            made.report.source = shot.source;
            made.report.burst.clone_from(&shot.burst);
            StandardPhoto { jpeg: made.jpeg.into(), report: made.report }
        });
        Event::Standardised { ticket, result }
    }

    /// A frame that cannot be read is a look that never was.
    fn look(&mut self, glimpse: Glimpse) -> Option<Event> {
        let Glimpse { session, frame, at, face, head } = glimpse;
        let looked = self.standardiser.check_shot(&frame.jpeg, &self.profile).ok()?;
        let found = Found {
            session: session.clone(),
            head: KnownHead::new(head, &looked),
            blocking: looked.checks.iter().filter(|check| blocks(check)).map(|check| check.id).collect(),
        };
        *self.found.lock().unwrap_or_else(PoisonError::into_inner) = Some(found);
        Some(Event::Inspected { session, look: WholeLook { at, face, checks: looked.checks } })
    }
}
