//! The whole kiosk: its threads and the handle that the window and the command line hold.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use kiosk_core::calibration::Orientation;
use kiosk_core::consent::ShownNotice;
use kiosk_core::hex::hex;
use kiosk_core::notice::Notice;
use kiosk_core::session::{Policy, SessionId, State, Ticket, view};
use kiosk_core::{CollectionCode, Fault, FaultCode};
use kiosk_vision::calibration::Calibration;
use kiosk_vision::face::FaceFinder;
use sha2::{Digest as _, Sha256};

use crate::analysis::{Analysis, Look};
use crate::camera::{Camera, PageTurner};
use crate::camera_loop;
use crate::clean_plate::PlateShelf;
use crate::clock;
use crate::contract::{CameraStatus, Intent, KioskView, Status};
use crate::darkroom::{Darkroom, StudioFacts};
use crate::dimmer::Dimming;
use crate::empty_studio::EmptyStudio;
use crate::enrolment::EnrolmentPhotos;
use crate::glass::Glass;
use crate::operator::Operator;
use crate::order_log::{OrderLog, OrderLogPlace};
use crate::preview::Preview;
use crate::session_loop::{Message, SessionLoop};
use crate::sitting::Sitting;
use crate::{Assets, Settings, nets};

/// A running kiosk. Dropping it closes it.
pub struct Kiosk {
    glass: Arc<Glass>,
    preview: Arc<Preview>,
    inbox: Sender<Message>,
    operator: Operator,
    order_log: OrderLog,
    darkroom: Darkroom,
    camera: CameraStatus,
    notice: Notice,
    pages: Option<PageTurner>,
    stop: Arc<AtomicBool>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Kiosk {
    /// Starts every thread. A missing camera, model or order log does not keep the window from opening: it is shown there.
    ///
    /// # Errors
    /// `profile_unknown`, `notice_unusable` (also when orders would be kept longer than it promises): without the rules and the notice there
    /// is no visit.
    pub fn open(assets: &Arc<Assets>, mut settings: Settings) -> Result<Self, Fault> {
        let profile = assets.profile(&settings.profile)?;
        let (notice, words) = assets.notice(&settings.data)?;
        if !notice.allows(settings.retention_days) {
            let (promised, kept) = (notice.kept_days, settings.retention_days);
            let detail = format!(
                "the notice promises deletion after {promised} days; retention_days = {kept} keeps longer"
            );
            return Err(Fault::new(FaultCode::NoticeUnusable, detail));
        }
        settings.policy.price = profile.price.fen;
        let camera = Camera::choose(&settings);
        let (order_log, order_log_thread) = OrderLog::start(OrderLogPlace::of(&settings))?;
        let mut faults = Vec::new();
        let (version, sum) = (notice.version.clone(), hex(&Sha256::digest(words.as_bytes())));
        settings.policy.notice = ShownNotice { version: version.clone(), sha256: sum };
        settings.policy.comparison = settings.enrolment_photos.is_some();
        let kept = order_log.call(move |store| {
            store.register_notice(&version, &words, clock::now())?;
            store.unseen_alarms()
        });
        let alarms = kept.map_err(|fault| faults.push(fault)).unwrap_or_default();
        faults.extend(nets::embedder(assets).err());
        let face = nets::faces(assets).map_err(|fault| faults.push(fault)).ok();
        let measured = settings.camera_calibration.as_deref().and_then(|id| {
            assets.camera_calibration(id, &settings.data).map_err(|fault| faults.push(fault)).ok()
        });
        let calibration = measured.as_ref().map(|camera| Arc::new(Calibration::new(camera)));
        let shelf = Arc::new(PlateShelf::open(&settings.data, calibration.clone()));
        let (inbox, messages) = channel();

        let status = Status {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            camera: camera.status.clone(),
            faults,
            alarms,
            demo: None,
        };
        let first = view(&State::start(), clock::now(), &settings.policy);
        let glass = Arc::new(Glass::new(KioskView { session: first, status: status.clone() }));
        let orientation = measured.as_ref().map_or(Orientation::Deg0, |camera| camera.orientation);
        let preview = Arc::new(Preview::of(orientation));
        let studio = StudioFacts {
            profile: profile.clone(),
            calibration: calibration.clone(),
            shelf: shelf.clone(),
            glass: glass.clone(),
            enrolment: settings.enrolment_photos.clone().map(EnrolmentPhotos::in_folder),
        };
        let (darkroom, darkroom_thread) = Darkroom::start(assets.clone(), studio, inbox.clone())?;
        let look = Arc::new(Look::default());
        let dimming = Arc::new(Dimming::default());
        let stop = Arc::new(AtomicBool::new(false));
        let sitting = Sitting::new(glass.clone(), inbox.clone());
        let empty_studio = EmptyStudio {
            shelf,
            darkroom: darkroom.clone(),
            preview: preview.clone(),
            glass: glass.clone(),
            calibration: measured,
            plate_hours: settings.clean_plate_hours,
        };
        let operator =
            Operator::new(assets, &settings, profile.clone(), order_log.clone(), sitting, empty_studio);
        let look_every = Duration::from_millis(settings.policy.look_ms.max(0).cast_unsigned());

        let session = SessionLoop {
            policy: manual_without_nets(settings.policy, face.is_some()),
            status,
            glass: glass.clone(),
            preview: preview.clone(),
            look: look.clone(),
            darkroom: darkroom.clone(),
            order_log: order_log.clone(),
            studio: camera.studio,
            to_self: inbox.clone(),
        };
        let threads = vec![
            start("session", move || session.run(&messages))?,
            start("camera", {
                let (preview, tell, stop, status) =
                    (preview.clone(), inbox.clone(), stop.clone(), camera.status.clone());
                let dimming = dimming.clone();
                move || camera_loop::run(camera.open, &status, &preview, &dimming, &tell, &stop)
            })?,
            start("analysis", {
                let (preview, tell, darkroom) = (preview.clone(), inbox.clone(), darkroom.clone());
                let face = face.map(FaceFinder::new);
                let analysis = Analysis::new(face, profile, calibration, darkroom, dimming, look_every);
                move || analysis.run(&look, &preview, &tell)
            })?,
            darkroom_thread,
            order_log_thread,
        ];
        Ok(Self {
            glass,
            preview,
            inbox,
            operator,
            order_log,
            darkroom,
            camera: camera.status,
            notice,
            pages: camera.pages,
            stop,
            threads: Mutex::new(threads),
        })
    }

    /// The camera that was chosen at the start.
    pub fn camera(&self) -> &CameraStatus {
        &self.camera
    }

    /// Turns the pages of a recording; `None` for other cameras.
    pub fn pages(&self) -> Option<PageTurner> {
        self.pages.clone()
    }

    /// Waits until the camera gives pictures.
    pub fn wait_for_camera(&self, patience: Duration) -> Result<(), Fault> {
        if self.preview.frame_after(0, patience).is_some() {
            return Ok(());
        }
        let (_, view) = self.view();
        Err(view
            .status
            .camera
            .fault
            .unwrap_or_else(|| Fault::new(FaultCode::CameraStalled, "no picture yet")))
    }

    /// What is on the glass, with its version.
    pub fn view(&self) -> (u64, KioskView) {
        self.glass.view()
    }

    /// The next view after version `after`; `None` after `timeout` or when the kiosk closes.
    pub fn view_after(&self, after: u64, timeout: Duration) -> Option<(u64, KioskView)> {
        self.glass.view_after(after, timeout)
    }

    /// Passes on what the visitor asks for. What does not fit the screen changes nothing.
    pub fn send(&self, intent: Intent) {
        let _ = self.inbox.send(Message::Intent(intent));
    }

    /// A code that came from a picture file instead of the camera.
    pub fn present_code(&self, code: CollectionCode) {
        let _ = self.inbox.send(Message::Code(code));
    }

    /// The newest frame after `after` with its header, see [`crate::contract::FrameHeader`].
    pub fn next_frame(&self, after: u64, timeout: Duration) -> Option<Vec<u8>> {
        self.preview.wire_frame_after(after, timeout)
    }

    /// The photo on the review screen, while it is the one that is asked for.
    pub fn review_photo(&self, session: String, attempt: u32) -> Option<Arc<[u8]>> {
        self.glass.photo(&Ticket { session: SessionId(session), attempt })
    }

    /// The notice that people agree to.
    pub fn notice(&self) -> &Notice {
        &self.notice
    }

    /// The operator's side.
    pub fn operator(&self) -> &Operator {
        &self.operator
    }

    /// Whether [`Kiosk::close`] was called.
    pub fn is_closed(&self) -> bool {
        self.glass.is_closed()
    }

    /// Stops every thread and waits for the order log to finish what it was given.
    pub fn close(&self) {
        self.stop.store(true, Ordering::Relaxed);
        let _ = self.inbox.send(Message::Close);
        self.order_log.close();
        self.darkroom.close();
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            if thread.join().is_err() {
                tracing::error!("a thread of the kiosk ended in a panic");
            }
        }
    }
}

impl Drop for Kiosk {
    fn drop(&mut self) {
        self.close();
    }
}

/// Without face nets nobody can tell when the framing is right: the overlay stays still and the shutter is by hand.
fn manual_without_nets(policy: Policy, nets: bool) -> Policy {
    Policy { automatic_shutter: policy.automatic_shutter && nets, ..policy }
}

/// Starts a named thread.
pub fn start(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, Fault> {
    thread::Builder::new()
        .name(name.to_owned())
        .spawn(work)
        .map_err(|e| Fault::new(FaultCode::Internal, e.to_string()))
}
