//! The worker process: owns the camera, writes frames to its standard output, lowers the exposure as its standard input says, ends when that closes.

use std::io::{self, Read, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::capture::Capture;
use super::devices::query;
use super::protocol::Message;
use crate::{CameraError, FaultKind, Frame, FrameSource, SimulatedStudio, SourceInfo, StudioOptions};

/// What a worker has to do; the JSON argument of the hidden sub-command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Order {
    /// Say which webcams there are, and end.
    List,
    /// Take frames from a webcam.
    Webcam { id: Option<String>, width: u32, height: u32, fps: u32 },
    /// Take frames from the simulated studio, with mishaps at the given frames: for tests of the supervision.
    Simulated { width: u32, height: u32, mishaps: Vec<(u64, Mishap)> },
}

/// What can happen to a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Mishap {
    /// The process ends without a word.
    Crash,
    /// The driver never returns.
    Hang,
    /// The camera itself fails.
    Fault(FaultKind),
    /// Something else is printed between the frames.
    Chatter,
}

/// Longest wait for one frame inside the worker. The parent's patience is what counts.
const PATIENCE: Duration = Duration::from_hours(1);

/// The body of the hidden sub-command `camera-worker <json>`; `args` begins after the sub-command's name.
///
/// Exit code: 0 done or the parent left, 2 usage, 3 the camera failed (after a message that says how).
#[must_use]
pub fn camera_worker_main(args: &[String]) -> ExitCode {
    let Some(order) = args.first().and_then(|json| serde_json::from_str::<Order>(json).ok()) else {
        return ExitCode::from(2);
    };
    let wish = Arc::new(AtomicU8::new(0));
    listen_to_parent(wish.clone());
    let mut out = io::BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let done = match order {
        Order::List => query().and_then(|devices| Ok(Message::Devices(devices).write(&mut out)?)),
        Order::Webcam { id, width, height, fps } => Capture::open(id.as_deref(), width, height, fps)
            .and_then(|mut camera| {
                let info = camera.info().clone();
                pump(info, || camera.next_frame(wish.load(Ordering::Relaxed)), &mut out)
            }),
        Order::Simulated { width, height, mishaps } => {
            let studio =
                SimulatedStudio::new(StudioOptions { width, height, auto: None, ..StudioOptions::default() });
            let info = studio.info().clone();
            let mut clumsy = Clumsy { studio, mishaps, taken: 0 };
            let next_frame = || {
                clumsy.studio.lower_exposure(wish.load(Ordering::Relaxed));
                clumsy.next_frame()
            };
            pump(info, next_frame, &mut out)
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The parent may be gone; then nobody minds.
            let told = Message::Fault(error).write(&mut out);
            if told.is_ok() { ExitCode::from(3) } else { ExitCode::SUCCESS }
        }
    }
}

/// Writes frames until the source is lost. Errors about single frames are reported and survived.
fn pump(
    info: SourceInfo,
    mut next_frame: impl FnMut() -> Result<Frame, CameraError>,
    out: &mut impl Write,
) -> Result<(), CameraError> {
    Message::Opened(info).write(out)?;
    loop {
        match next_frame() {
            Ok(frame) => Message::Frame(frame).write(out)?,
            Err(error @ CameraError::Truncated(_)) => Message::Fault(error).write(out)?,
            Err(error) => return Err(error),
        }
    }
}

/// Every byte on standard input is a wish: stops by which the exposure is to be lowered. A worker must not outlive its parent: when the
/// pipe closes, the process ends, whatever the driver is doing.
fn listen_to_parent(wish: Arc<AtomicU8>) {
    std::thread::spawn(move || {
        let mut input = io::stdin();
        let mut heard = [0; 64];
        while let Ok(n @ 1..) = input.read(&mut heard) {
            if let Some(stops) = heard.get(n - 1) {
                wish.store(*stops, Ordering::Relaxed);
            }
        }
        std::process::exit(0);
    });
}

/// The simulated studio, with mishaps.
struct Clumsy {
    studio: SimulatedStudio,
    mishaps: Vec<(u64, Mishap)>,
    taken: u64,
}

impl Clumsy {
    fn next_frame(&mut self) -> Result<Frame, CameraError> {
        let due: Vec<Mishap> =
            self.mishaps.iter().filter(|(at, _)| *at == self.taken).map(|(_, m)| *m).collect();
        self.taken += 1;
        for mishap in due {
            match mishap {
                Mishap::Crash => std::process::exit(101),
                Mishap::Hang => std::thread::sleep(PATIENCE),
                Mishap::Fault(kind) => self.studio.control().inject(kind),
                Mishap::Chatter => io::stdout().write_all(b"driver: KCA corrupt KCAM? no\n")?,
            }
        }
        self.studio.next_frame(PATIENCE)
    }
}
