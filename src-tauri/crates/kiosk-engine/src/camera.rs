//! Which camera the kiosk uses, and what goes with it.

use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use kiosk_camera::{
    CameraError, CameraSpec, Frame, FrameSource, InventedStudent, OpenedCamera, Pacing, Replay,
    ReplayOptions, SourceInfo, StudioOptions, WORKER_COMMAND, WorkerProgram, camera_worker_main,
    list_webcams, open_camera,
};
use kiosk_core::id_document::{BracketRule, IdNumber};

use crate::camera_loop::{Opener, status_of};
use crate::contract::{CameraKind, CameraStatus, DemoStudent};
use crate::settings::{CameraChoice, Settings};
use crate::studio::StudioScript;

/// A recorded picture is shown again at this rate until its page is turned.
const PAGE_PERIOD: Duration = Duration::from_millis(33);

/// Longest that the drivers may take to list webcams.
const LISTING: Duration = Duration::from_secs(5);

/// A camera that was chosen; it is opened, and opened again, by the camera's own thread.
pub struct Camera {
    /// What the window is told before it is open.
    pub status: CameraStatus,
    /// Opens it.
    pub open: Opener,
    /// Directs the simulated studio.
    pub studio: Option<StudioScript>,
    /// Turns the pages of a recording.
    pub pages: Option<PageTurner>,
}

impl Camera {
    /// The chosen camera; for `auto` the first webcam, else the simulated studio.
    pub fn choose(settings: &Settings) -> Self {
        let spec = match &settings.camera {
            CameraChoice::Only(spec) => spec.clone(),
            CameraChoice::Auto if has_webcam() => CameraSpec::Webcam(None),
            CameraChoice::Auto => CameraSpec::Simulated,
        };
        match spec {
            CameraSpec::Simulated => Self::simulated(settings),
            CameraSpec::Replay(path) if settings.pages => Self::paged(path),
            spec => Self::plain(spec),
        }
    }

    fn plain(spec: CameraSpec) -> Self {
        let kind = match spec {
            CameraSpec::Webcam(_) => CameraKind::Webcam,
            CameraSpec::Replay(_) => CameraKind::Replay,
            CameraSpec::Simulated => CameraKind::Simulated,
        };
        let status = CameraStatus { kind, label: spec.to_string(), fault: None };
        let open = Box::new(move || open_camera(&spec, StudioOptions::default()).map(|opened| opened.source));
        Self { status, open, studio: None, pages: None }
    }

    fn simulated(settings: &Settings) -> Self {
        let seed = settings.seed.unwrap_or_else(fresh_seed);
        let options = StudioOptions { seed, auto: None, ..StudioOptions::default() };
        let opened = open_camera(&CameraSpec::Simulated, options);
        let status = CameraStatus { kind: CameraKind::Simulated, label: "simulated".to_owned(), fault: None };
        match opened {
            Ok(OpenedCamera { source, studio }) => {
                if let Some(studio) = &studio {
                    studio.set_screen_brightness(settings.screen_brightness);
                }
                let status = status_of(source.info());
                let mut source = Some(source);
                // The studio mends itself; there is never a second one to open.
                let open = Box::new(move || source.take().ok_or(CameraError::Unplugged));
                Self { status, open, studio: studio.map(StudioScript::new), pages: None }
            }
            Err(error) => {
                let open = Box::new(move || Err(error.clone()));
                Self { status, open, studio: None, pages: None }
            }
        }
    }

    fn paged(path: std::path::PathBuf) -> Self {
        let status = CameraStatus {
            kind: CameraKind::Replay,
            label: CameraSpec::Replay(path.clone()).to_string(),
            fault: None,
        };
        let pages = PageTurner::default();
        let open = {
            let pages = pages.clone();
            Box::new(move || {
                let options = ReplayOptions { pacing: Pacing::Simulated, ..ReplayOptions::default() };
                let replay = Replay::open(&path, options)?;
                Ok(Box::new(PagedReplay::new(replay, pages.clone())) as Box<dyn FrameSource>)
            })
        };
        Self { status, open, studio: None, pages: Some(pages) }
    }
}

/// Turns the pages of a recording: each picture stays until the visit in front of it is over.
#[derive(Debug, Clone, Default)]
pub struct PageTurner(Arc<AtomicU64>);

impl PageTurner {
    /// The next picture, please.
    pub fn turn(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn turned(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A recording whose pictures stay until the page is turned.
struct PagedReplay {
    replay: Replay,
    info: SourceInfo,
    pages: PageTurner,
    page: u64,
    shown: Option<Frame>,
    seq: u64,
    due: Instant,
}

impl PagedReplay {
    fn new(replay: Replay, pages: PageTurner) -> Self {
        let info = replay.info().clone();
        let page = pages.turned();
        Self { replay, info, pages, page, shown: None, seq: 0, due: Instant::now() }
    }
}

impl FrameSource for PagedReplay {
    fn next_frame(&mut self, timeout: Duration) -> Result<Frame, CameraError> {
        thread::sleep(self.due.saturating_duration_since(Instant::now()).min(timeout));
        self.due = Instant::now() + PAGE_PERIOD;
        let turned = self.pages.turned();
        let frame = match self.shown.take() {
            Some(frame) if turned == self.page => frame,
            _ => {
                self.page = turned;
                self.replay.next_frame(timeout)?
            }
        };
        self.seq += 1;
        let frame =
            Frame { seq: self.seq, at: PAGE_PERIOD * u32::try_from(self.seq).unwrap_or(u32::MAX), ..frame };
        self.shown = Some(frame.clone());
        Ok(frame)
    }

    fn info(&self) -> &SourceInfo {
        &self.info
    }
}

/// What an invented student types.
pub fn demo_student(student: &InventedStudent) -> DemoStudent {
    let last_four = IdNumber::parse(&student.id_number)
        .map(|number| number.last_four(BracketRule::Counted))
        .unwrap_or_default();
    DemoStudent {
        name: student.name.clone(),
        student_number: student.student_number.clone(),
        id_number: student.id_number.clone(),
        last_four,
    }
}

/// Runs the camera's worker process when the command line asks for it; `None` for every other command line. The first argument is
/// the program.
pub fn camera_worker(arguments: impl Iterator<Item = OsString>) -> Option<ExitCode> {
    let arguments: Vec<String> =
        arguments.skip(1).map(|argument| argument.to_string_lossy().into_owned()).collect();
    let (command, rest) = arguments.split_first()?;
    (command == WORKER_COMMAND).then(|| camera_worker_main(rest))
}

fn has_webcam() -> bool {
    let webcams = WorkerProgram::itself().and_then(|program| list_webcams(&program, LISTING));
    if let Err(error) = &webcams {
        tracing::warn!(%error, "webcams cannot be listed");
    }
    webcams.is_ok_and(|webcams| !webcams.is_empty())
}

/// Other students at every start.
fn fresh_seed() -> u64 {
    let mut bytes = [0; 8];
    match getrandom::fill(&mut bytes) {
        Ok(()) => u64::from_le_bytes(bytes),
        Err(_) => 1,
    }
}
