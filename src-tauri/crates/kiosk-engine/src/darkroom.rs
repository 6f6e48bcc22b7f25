//! Where a shot becomes a photo: one thread with nets of its own, so that coaching never waits for it.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use kiosk_core::session::{Event, Shot, StandardPhoto, Ticket};
use kiosk_core::{Fault, FaultCode, Profile};
use kiosk_vision::standardise::{Options, Standardiser};

use crate::preview::Preview;
use crate::session_loop::Message;
use crate::{Assets, kiosk, nets};

/// Longest wait for a frame that is newer than the shutter.
const FRESH_FRAME: Duration = Duration::from_secs(2);

enum Job {
    TakeShot { ticket: Ticket, after: u64, preview: Arc<Preview>, answer: Sender<Message> },
    Standardise { ticket: Ticket, shot: Shot, answer: Sender<Message> },
}

/// Takes shots and makes photos, in order.
pub struct Darkroom {
    jobs: Sender<Job>,
}

impl Darkroom {
    /// Starts the thread; it loads its nets first and ends when the darkroom is dropped.
    pub fn start(assets: Arc<Assets>, profile: Profile) -> Result<(Self, JoinHandle<()>), Fault> {
        let (jobs, inbox) = channel();
        let thread = kiosk::start("darkroom", move || {
            // The same nets are loaded by the analysis, which reports what is missing.
            let (standardiser, _) = nets::standardiser(&assets);
            work(standardiser, &profile, &inbox);
        })?;
        Ok((Self { jobs }, thread))
    }

    /// Keeps the first frame after this moment as the shot.
    pub fn take_shot(&self, ticket: Ticket, preview: Arc<Preview>, answer: Sender<Message>) {
        let after = preview.newest();
        // When the thread is gone, the visit's own time-out speaks.
        let _ = self.jobs.send(Job::TakeShot { ticket, after, preview, answer });
    }

    /// Makes a photo of a shot.
    pub fn standardise(&self, ticket: Ticket, shot: Shot, answer: Sender<Message>) {
        let _ = self.jobs.send(Job::Standardise { ticket, shot, answer });
    }
}

fn work(mut standardiser: Standardiser, profile: &Profile, inbox: &Receiver<Job>) {
    while let Ok(job) = inbox.recv() {
        let (event, answer) = match job {
            Job::TakeShot { ticket, after, preview, answer } => {
                let result = preview
                    .frame_after(after, FRESH_FRAME)
                    .map(|frame| Shot { jpeg: frame.jpeg.clone() })
                    .ok_or_else(|| Fault::new(FaultCode::CameraStalled, "no frame for the shot"));
                (Event::ShotTaken { ticket, result }, answer)
            }
            Job::Standardise { ticket, shot, answer } => {
                let options = Options { clean_plate: None, version: env!("CARGO_PKG_VERSION") };
                let result = standardiser
                    .standardise(&shot.jpeg, profile, options)
                    .map(|made| StandardPhoto { jpeg: made.jpeg.into(), report: made.report });
                (Event::Standardised { ticket, result }, answer)
            }
        };
        // Nobody listens when the kiosk closes.
        let _ = answer.send(Message::Event(event));
    }
}
