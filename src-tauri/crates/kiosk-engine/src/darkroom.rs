//! Where a shot becomes a photo: one thread with nets of its own, so that coaching never waits for it. While nobody's shot is
//! being made it looks at the sitter as a whole, as it would at a shot.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use kiosk_camera::Frame;
use kiosk_core::instruction::FaceMeasures;
use kiosk_core::order::{Person, UnixMillis};
use kiosk_core::report::{PlateFacts, PlateUse, ShotSource};
use kiosk_core::session::{Event, SessionId, Shot, StandardPhoto, Ticket, WholeLook, blocks};
use kiosk_core::{CheckId, Fault, FaultCode, PixelSize, Profile};
use kiosk_vision::calibration::Calibration;
use kiosk_vision::framing::KnownHead;
use kiosk_vision::qr::{STILL_BUDGET, read_still};
use kiosk_vision::standardise::crop::Head;
use kiosk_vision::standardise::{Options, Standardiser};

use crate::clean_plate::PlateShelf;
use crate::enrolment::EnrolmentPhotos;
use crate::glass::Glass;
use crate::session_loop::Message;
use crate::{Assets, kiosk, nets};

enum Job {
    Standardise { ticket: Ticket, shot: Shot, compared: Option<Box<Person>> },
    Look(Box<Glimpse>),
    ExaminePlate { frame: Arc<Frame>, answer: Sender<Result<PixelSize, Fault>> },
    Close,
}

/// What is known about the studio that shots are taken in.
pub struct StudioFacts {
    /// The recipient.
    pub profile: Profile,
    /// The camera's calibration.
    pub calibration: Option<Arc<Calibration>>,
    /// The picture of the empty studio.
    pub shelf: Arc<PlateShelf>,
    /// Where the camera in use is named.
    pub glass: Arc<Glass>,
    /// The school's enrolment photos, where the studio compares.
    pub enrolment: Option<EnrolmentPhotos>,
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
    /// Starts the thread; it loads its nets first, answers to `tell`, and ends with [`Darkroom::close`].
    pub fn start(
        assets: Arc<Assets>,
        studio: StudioFacts,
        tell: Sender<Message>,
    ) -> Result<(Self, JoinHandle<()>), Fault> {
        let (jobs, inbox) = channel();
        let room = Self { jobs, looking: Arc::default(), found: Arc::default() };
        let (looking, found) = (room.looking.clone(), room.found.clone());
        let thread = kiosk::start("darkroom", move || {
            // What is missing is reported where the kiosk opens.
            let standardiser = nets::who_is_who(&assets);
            Work { standardiser, studio, looking, found, tell }.run(&inbox);
        })?;
        Ok((room, thread))
    }

    /// Ends the thread after what it is doing.
    pub fn close(&self) {
        let _ = self.jobs.send(Job::Close);
    }

    /// Makes a photo of a shot, and compares it with the enrolment photo of `compared`.
    pub fn standardise(&self, ticket: Ticket, shot: Shot, compared: Option<Box<Person>>) {
        // When the thread is gone, the visit's own time-out speaks.
        let _ = self.jobs.send(Job::Standardise { ticket, shot, compared });
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

    /// Whether a frame shows the empty studio; its size as shots have it. Waits for what the darkroom is doing.
    pub fn examine_plate(&self, frame: Arc<Frame>) -> Result<PixelSize, Fault> {
        let closed = |_| Fault::new(FaultCode::Internal, "the kiosk is closing");
        let (answer, result) = channel();
        self.jobs.send(Job::ExaminePlate { frame, answer }).map_err(|e| closed(e.to_string()))?;
        result.recv().map_err(|e| closed(e.to_string()))?
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
    studio: StudioFacts,
    looking: Arc<AtomicBool>,
    found: Arc<Mutex<Option<Found>>>,
    tell: Sender<Message>,
}

impl Work {
    fn run(mut self, inbox: &Receiver<Job>) {
        while let Ok(job) = inbox.recv() {
            let event = match job {
                Job::Standardise { ticket, shot, compared } => {
                    Some(self.standardise(ticket, &shot, compared.as_deref()))
                }
                Job::Look(glimpse) => {
                    let event = self.look(*glimpse);
                    self.looking.store(false, Ordering::Release);
                    event
                }
                Job::Close => return,
                Job::ExaminePlate { frame, answer } => {
                    let _ = answer.send(self.examine_plate(&frame));
                    None
                }
            };
            if let Some(event) = event {
                // Nobody listens when the kiosk closes.
                let _ = self.tell.send(Message::Event(event));
            }
        }
    }

    fn standardise(&mut self, ticket: Ticket, shot: &Shot, compared: Option<&Person>) -> Event {
        // An imported file comes from another camera in another room.
        let ours = shot.source == ShotSource::Camera;
        let kept = self.studio.shelf.plate().filter(|_| ours);
        let camera = self.studio.glass.view().1.status.camera.label;
        let of_this_camera = kept.as_ref().filter(|kept| kept.record.camera == camera);
        let options = Options {
            calibration: self.studio.calibration.as_deref().filter(|_| ours),
            clean_plate: of_this_camera.map(|kept| &kept.plate),
            version: env!("CARGO_PKG_VERSION"),
        };
        let made = self.standardiser.standardise(&shot.file, &self.studio.profile, options);
        let result = made.map(|mut made| {
            made.report.source = shot.source;
            if let Some(kept) = &kept {
                let facts = made.report.provenance.clean_plate.get_or_insert_with(|| PlateFacts {
                    sha256: kept.record.sha256.clone(),
                    outcome: PlateUse::OtherCamera,
                });
                self.studio.shelf.used(kept, facts.outcome);
            }
            made.report.burst.clone_from(&shot.burst);
            let likeness = self.studio.enrolment.as_ref().zip(compared).map(|(photos, person)| {
                photos.compare(person, made.face.as_ref(), &mut self.standardiser, &self.studio.profile)
            });
            StandardPhoto { jpeg: made.jpeg.into(), report: made.report, face: made.face, likeness }
        });
        Event::Standardised { ticket, result }
    }

    fn examine_plate(&mut self, frame: &Frame) -> Result<PixelSize, Fault> {
        let size = self.standardiser.examine_plate(&frame.jpeg, self.studio.calibration.as_deref())?;
        // A hand with a phone is not yet a person to the nets.
        let codes = image::load_from_memory(&frame.jpeg)
            .map_or(0, |picture| read_still(&picture.into_luma8(), STILL_BUDGET).len());
        if codes > 0 {
            return Err(Fault::new(FaultCode::StudioOccupied, "a code is held in front of the camera"));
        }
        Ok(size)
    }

    /// A frame that cannot be read is a look that never was.
    fn look(&mut self, glimpse: Glimpse) -> Option<Event> {
        let Glimpse { session, frame, at, face, head } = glimpse;
        let calibration = self.studio.calibration.as_deref();
        let looked = self.standardiser.check_shot(&frame.jpeg, &self.studio.profile, calibration).ok()?;
        let found = Found {
            session: session.clone(),
            head: KnownHead::new(head, &looked),
            blocking: looked.checks.iter().filter(|check| blocks(check)).map(|check| check.id).collect(),
        };
        *self.found.lock().unwrap_or_else(PoisonError::into_inner) = Some(found);
        let look = WholeLook { at, face, checks: looked.checks, whose: looked.embedding };
        Some(Event::Inspected { session, look })
    }
}
