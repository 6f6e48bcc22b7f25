//! Keeps a camera open and puts its frames on the preview; a camera that fails is tried again for ever.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::thread;
use std::time::{Duration, Instant};

use kiosk_camera::{CameraError, Frame, FrameSource, SourceInfo, SourceKind};
use kiosk_core::Fault;

use crate::contract::{CameraKind, CameraStatus};
use crate::preview::Preview;
use crate::session_loop::Message;

/// A camera that gives nothing for so long has stalled. Webcams need a second or two to start.
const STALL: Duration = Duration::from_secs(3);
/// First and longest pause before a camera is opened again.
const PAUSES: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(4));

/// Opens the camera, as often as needed.
pub type Opener = Box<dyn FnMut() -> Result<Box<dyn FrameSource>, CameraError> + Send>;

/// Runs until `stop`.
pub fn run(mut open: Opener, fallback: &CameraStatus, preview: &Preview, tell: &Sender<Message>, stop: &AtomicBool) {
    let mut seq = 0;
    let mut pause = PAUSES.0;
    while !stop.load(Ordering::Relaxed) {
        let lost = match open() {
            Ok(mut source) => {
                let fault = stream(source.as_mut(), &mut seq, &mut pause, preview, tell, stop);
                let Some(error) = fault else { return };
                CameraStatus { fault: Some(Fault::from(error)), ..status_of(source.info()) }
            }
            Err(error) => CameraStatus { fault: Some(Fault::from(error)), ..fallback.clone() },
        };
        preview.clear();
        let _ = tell.send(Message::Camera(lost));
        sleep(pause, stop);
        pause = (pause * 2).min(PAUSES.1);
    }
}

/// Passes frames on until the camera fails; `None` when the program stops.
fn stream(
    source: &mut dyn FrameSource,
    seq: &mut u64,
    pause: &mut Duration,
    preview: &Preview,
    tell: &Sender<Message>,
    stop: &AtomicBool,
) -> Option<CameraError> {
    let mut lost = true;
    let mut last = Instant::now();
    while !stop.load(Ordering::Relaxed) {
        match source.next_frame(Duration::from_millis(500)) {
            Ok(frame) => {
                // One count for all cameras that are ever opened, so that "newer" stays true after a re-plug.
                *seq += 1;
                preview.publish(Arc::new(Frame { seq: *seq, ..frame }));
                last = Instant::now();
                if lost {
                    lost = false;
                    *pause = PAUSES.0;
                    let _ = tell.send(Message::Camera(status_of(source.info())));
                }
            }
            Err(CameraError::Truncated(why)) => tracing::debug!(why, "frame dropped"),
            Err(CameraError::Stalled(_)) if last.elapsed() < STALL => {}
            Err(error) => return Some(error),
        }
    }
    None
}

/// What the window is told of a camera that works.
pub fn status_of(info: &SourceInfo) -> CameraStatus {
    let kind = match info.kind {
        SourceKind::Webcam => CameraKind::Webcam,
        SourceKind::Replay => CameraKind::Replay,
        SourceKind::Simulated => CameraKind::Simulated,
    };
    CameraStatus { kind, label: info.label.clone(), fault: None }
}

fn sleep(pause: Duration, stop: &AtomicBool) {
    let until = Instant::now() + pause;
    while Instant::now() < until && !stop.load(Ordering::Relaxed) {
        thread::sleep(Duration::from_millis(50));
    }
}
