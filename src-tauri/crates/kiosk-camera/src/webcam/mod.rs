//! Webcams, kept at arm's length: drivers hang, crash and lie, so a webcam is opened by a worker process that this
//! side may kill at any time and start again.

mod capture;
mod devices;
mod exposure;
mod link;
mod normalise;
mod protocol;
mod worker;
mod yuyv;

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use kiosk_core::Fault;

use crate::{CameraError, Frame, FrameSource, Health, SourceInfo, SourceKind};

pub use devices::Device;
use link::{Heard, Link};
use worker::Order;
pub use worker::camera_worker_main;

/// The sub-command that a program which opens webcams must hand to [`camera_worker_main`].
pub const WORKER_COMMAND: &str = "camera-worker";

/// The program that runs as a worker: arguments, then [`WORKER_COMMAND`], then the order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerProgram {
    /// The executable.
    pub path: PathBuf,
    /// What comes before the sub-command.
    pub arguments: Vec<OsString>,
}

impl WorkerProgram {
    /// The running program itself.
    ///
    /// # Errors
    /// [`CameraError::Io`] when the system does not say where it is.
    pub fn itself() -> Result<Self, CameraError> {
        Ok(Self { path: std::env::current_exe()?, arguments: Vec::new() })
    }
}

/// How a webcam is opened and how long it may be silent.
#[derive(Debug, Clone, PartialEq)]
pub struct WebcamOptions {
    /// A [`Device::id`]; none is the first webcam.
    pub id: Option<String>,
    /// Wanted columns.
    pub width: u32,
    /// Wanted rows.
    pub height: u32,
    /// Wanted frames a second.
    pub fps: u32,
    /// Silence after which an open camera counts as hung and its worker is killed.
    pub silence: Duration,
    /// Silence that opening a camera may take.
    pub opening: Duration,
}

impl Default for WebcamOptions {
    fn default() -> Self {
        Self {
            id: None,
            width: 1280,
            height: 720,
            fps: 30,
            silence: Duration::from_millis(1500),
            opening: Duration::from_secs(8),
        }
    }
}

/// First and longest pause before a lost worker is started again; doubles in between.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// A webcam in a worker process.
///
/// Whatever happens to the camera comes back as an error of [`FrameSource::next_frame`] within the caller's timeout;
/// the worker is killed when it hangs and started again with growing pauses, so asking on is the way out.
pub struct Webcam {
    program: WorkerProgram,
    order: Order,
    options: WebcamOptions,
    info: SourceInfo,
    opened: Instant,
    link: Option<Link>,
    pause: Duration,
    retry_at: Instant,
    lost: Option<CameraError>,
    damaged: u32,
    /// Added to the worker's own counting, which begins anew with every worker.
    seq_base: u64,
    at_base: Duration,
    seq_next: u64,
    /// What every worker is told first.
    lowered: u8,
}

impl Webcam {
    /// Starts a worker and waits until its camera is open.
    ///
    /// # Errors
    /// What the worker met: not found, busy, unsupported; [`CameraError::Stalled`] when it does not answer.
    pub fn open(program: WorkerProgram, options: WebcamOptions) -> Result<Self, CameraError> {
        let order = Order::Webcam {
            id: options.id.clone(),
            width: options.width,
            height: options.height,
            fps: options.fps,
        };
        Self::open_order(program, order, options)
    }

    fn open_order(program: WorkerProgram, order: Order, options: WebcamOptions) -> Result<Self, CameraError> {
        let now = Instant::now();
        let mut webcam = Self {
            info: SourceInfo {
                kind: SourceKind::Webcam,
                id: options.id.clone().unwrap_or_default(),
                label: "webcam".to_owned(),
                width: options.width,
                height: options.height,
                fps: f64::from(options.fps),
            },
            program,
            order,
            opened: now,
            link: None,
            pause: FIRST_PAUSE,
            retry_at: now,
            lost: None,
            damaged: 0,
            seq_base: 0,
            at_base: Duration::ZERO,
            seq_next: 0,
            lowered: 0,
            options,
        };
        webcam.start()?;
        let deadline = now + webcam.options.opening;
        loop {
            match webcam.hear(deadline) {
                Ok(Heard::Opened(info)) => {
                    webcam.info = info;
                    return Ok(webcam);
                }
                Ok(_) => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// How the camera stands.
    #[must_use]
    pub fn health(&self) -> Health {
        match (&self.lost, self.damaged) {
            (Some(error), _) => Health::Lost(Fault::from(error.clone())),
            (None, 0) => Health::Ok,
            (None, n) => Health::Degraded(format!("{n} damaged frames")),
        }
    }

    fn start(&mut self) -> Result<(), CameraError> {
        self.at_base = self.opened.elapsed();
        self.seq_base = self.seq_next;
        let mut link = Link::start(&self.program, &self.order)?;
        if self.lowered > 0 {
            link.lower_exposure(self.lowered);
        }
        self.link = Some(link);
        Ok(())
    }

    /// What the worker says next, until `deadline`; notices when it hangs or ends.
    fn hear(&mut self, deadline: Instant) -> Result<Heard, CameraError> {
        let started = Instant::now();
        let Some(link) = &self.link else {
            return Err(CameraError::WorkerLost("not running".to_owned()));
        };
        let patience = if link.is_open() { self.options.silence } else { self.options.opening };
        let hung_at = link.last_heard() + patience;
        match link.wait(deadline.min(hung_at)) {
            Some(Heard::Fault(error @ CameraError::Truncated(_))) => {
                self.damaged += 1;
                Err(error)
            }
            Some(Heard::Fault(error)) => Err(self.lose(error)),
            Some(Heard::Ended(how)) => Err(self.lose(CameraError::WorkerLost(how))),
            Some(heard) => Ok(heard),
            None if Instant::now() >= hung_at => Err(self.lose(CameraError::Stalled(patience))),
            None => Err(CameraError::Stalled(started.elapsed())),
        }
    }

    /// Gives the worker up, and plans the next one.
    fn lose(&mut self, error: CameraError) -> CameraError {
        tracing::warn!(%error, pause = ?self.pause, "camera worker lost");
        self.link = None;
        self.retry_at = Instant::now() + self.pause;
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        self.lost = Some(error.clone());
        error
    }

    /// Starts the next worker when its time has come; until `deadline` otherwise reports why there is none.
    fn restart(&mut self, deadline: Instant) -> Result<(), CameraError> {
        let wake = self.retry_at.min(deadline);
        std::thread::sleep(wake.saturating_duration_since(Instant::now()));
        if wake < self.retry_at {
            return Err(self.lost.clone().unwrap_or(CameraError::Unplugged));
        }
        self.start().map_err(|error| self.lose(error))
    }
}

impl FrameSource for Webcam {
    fn next_frame(&mut self, timeout: Duration) -> Result<Frame, CameraError> {
        let deadline = Instant::now() + timeout;
        loop {
            if self.link.is_none() {
                self.restart(deadline)?;
            }
            match self.hear(deadline)? {
                Heard::Frame(mut frame) => {
                    frame.seq += self.seq_base;
                    frame.at += self.at_base;
                    self.seq_next = frame.seq + 1;
                    self.pause = FIRST_PAUSE;
                    self.lost = None;
                    return Ok(frame);
                }
                Heard::Opened(info) => self.info = info,
                _ => {}
            }
        }
    }

    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn lower_exposure(&mut self, stops: u8) {
        self.lowered = stops;
        if let Some(link) = &mut self.link {
            link.lower_exposure(stops);
        }
    }
}

/// The webcams of this machine, asked for in a worker process.
///
/// # Errors
/// [`CameraError::Stalled`] when the drivers do not answer within `timeout`, else what the worker met.
pub fn list_webcams(program: &WorkerProgram, timeout: Duration) -> Result<Vec<Device>, CameraError> {
    let link = Link::start(program, &Order::List)?;
    let deadline = Instant::now() + timeout;
    match link.wait(deadline) {
        Some(Heard::Devices(devices)) => Ok(devices),
        Some(Heard::Fault(error)) => Err(error),
        Some(Heard::Ended(how)) => Err(CameraError::WorkerLost(how)),
        Some(_) => Err(CameraError::Io("an unexpected answer".to_owned())),
        None => Err(CameraError::Stalled(timeout)),
    }
}

#[cfg(test)]
mod tests;
