//! Keeps a camera open and puts its frames on the preview; a camera that fails is tried again for ever.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::thread;
use std::time::{Duration, Instant};

use kiosk_camera::{CameraError, Frame, FrameSource, SourceInfo, SourceKind};
use kiosk_core::Fault;

use crate::contract::{CameraKind, CameraStatus};
use crate::dimmer::Dimming;
use crate::preview::Preview;
use crate::session_loop::Message;

/// A camera that gives nothing for so long has stalled. Webcams need a second or two to start.
const STALL: Duration = Duration::from_secs(3);
/// First and longest pause before a camera is opened again.
const PAUSES: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(4));

/// Opens the camera, as often as needed.
pub type Opener = Box<dyn FnMut() -> Result<Box<dyn FrameSource>, CameraError> + Send>;

/// Runs until `stop`.
pub fn run(
    mut open: Opener,
    fallback: &CameraStatus,
    preview: &Preview,
    dimming: &Dimming,
    tell: &Sender<Message>,
    stop: &AtomicBool,
) {
    let mut seq = 0;
    let mut pause = PAUSES.0;
    while !stop.load(Ordering::Relaxed) {
        let lost = match open() {
            Ok(mut source) => {
                pause = PAUSES.0;
                let Some(error) = stream(source.as_mut(), &mut seq, preview, dimming, tell, stop) else {
                    return;
                };
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

/// Passes frames on until the camera fails for good; `None` when the program stops. A source mends itself after an error
/// that is temporary, so it is asked again.
fn stream(
    source: &mut dyn FrameSource,
    seq: &mut u64,
    preview: &Preview,
    dimming: &Dimming,
    tell: &Sender<Message>,
    stop: &AtomicBool,
) -> Option<CameraError> {
    let mut told: Option<CameraStatus> = None;
    let mut lowered = 0;
    let mut last = Instant::now();
    let mut pause = PAUSES.0;
    while !stop.load(Ordering::Relaxed) {
        if lowered != dimming.stops() {
            lowered = dimming.stops();
            source.lower_exposure(lowered);
        }
        let fault = match source.next_frame(Duration::from_millis(500)) {
            Ok(frame) => {
                // One count for all cameras that are ever opened, so that "newer" stays true after a re-plug.
                *seq += 1;
                preview.publish(Arc::new(Frame { seq: *seq, ..frame }));
                (last, pause) = (Instant::now(), PAUSES.0);
                None
            }
            Err(CameraError::Truncated(why)) => {
                tracing::debug!(why, "frame dropped");
                continue;
            }
            Err(CameraError::Stalled(_)) if last.elapsed() < STALL => continue,
            Err(error) if error.is_temporary() => {
                preview.clear();
                sleep(pause, stop);
                pause = (pause * 2).min(PAUSES.1);
                Some(Fault::from(error))
            }
            Err(error) => return Some(error),
        };
        let status = CameraStatus { fault, ..status_of(source.info()) };
        if told.as_ref() != Some(&status) {
            let _ = tell.send(Message::Camera(status.clone()));
            told = Some(status);
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
