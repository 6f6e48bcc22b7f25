//! Takes the shot: some consecutive frames after the release, of which the best is kept.

use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use kiosk_camera::Frame;
use kiosk_core::report::{BurstScore, ShotSource};
use kiosk_core::session::{Shot, Ticket};
use kiosk_core::{Fault, FaultCode};

use crate::preview::Preview;

/// Longest wait for a frame that is newer than the release.
const FRESH_FRAME: Duration = Duration::from_secs(2);
/// A slow camera gives fewer frames in this time; a sitter holds still no longer.
const LONGEST: Duration = Duration::from_millis(500);

/// A shutter that was released.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// The shot.
    pub ticket: Ticket,
    /// Frames to choose from.
    pub frames: u8,
    /// Number of the newest frame at the release: the shot is newer.
    pub after: u64,
}

/// Keeps the best frame. Frames are scored while the next ones come in, so that none is missed and little time is added. `None`
/// for `score`: nobody can tell, so that the first frame is the shot.
pub fn take(
    release: &Release,
    preview: &Preview,
    score: Option<impl FnMut(&Frame) -> BurstScore>,
) -> Result<Shot, Fault> {
    let no_frame = || Fault::new(FaultCode::CameraStalled, "no frame for the shot");
    let Some(mut score) = score else {
        let frame = preview.frame_after(release.after, FRESH_FRAME).ok_or_else(no_frame)?;
        return Ok(Shot { file: frame.jpeg.clone(), source: ShotSource::Camera, burst: None });
    };
    let (frames, scores) = thread::scope(|scope| {
        let (pass_on, taken) = channel();
        thread::Builder::new()
            .name("burst".to_owned())
            .spawn_scoped(scope, move || collect(release, preview, &pass_on))
            .map_err(|e| Fault::new(FaultCode::Internal, e.to_string()))?;
        let scored = taken.into_iter().map(|frame| {
            let score = score(&frame);
            (frame, score)
        });
        Ok::<(Vec<_>, Vec<_>), Fault>(scored.unzip())
    })?;
    let burst = kiosk_vision::burst::choose(scores).ok_or_else(no_frame)?;
    let frame = frames.get(burst.chosen as usize).ok_or_else(no_frame)?;
    Ok(Shot { file: frame.jpeg.clone(), source: ShotSource::Camera, burst: Some(burst) })
}

fn collect(release: &Release, preview: &Preview, pass_on: &Sender<Arc<Frame>>) {
    let (mut after, mut patience) = (release.after, FRESH_FRAME);
    let mut ends = None;
    for _ in 0..release.frames.max(1) {
        let Some(frame) = preview.frame_after(after, patience) else { return };
        after = frame.seq;
        let ends = *ends.get_or_insert_with(|| Instant::now() + LONGEST);
        patience = ends.saturating_duration_since(Instant::now());
        if pass_on.send(frame).is_err() || patience.is_zero() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kiosk_core::session::SessionId;

    fn frame(seq: u64) -> Arc<Frame> {
        let jpeg = Arc::from(seq.to_le_bytes());
        Arc::new(Frame { seq, at: Duration::ZERO, width: 1, height: 1, jpeg })
    }

    fn release(after: u64) -> Release {
        let ticket = Ticket { session: SessionId("s".to_owned()), attempt: 1 };
        Release { ticket, frames: 8, after }
    }

    /// A frame every `pause` from number `first` on, while `work` runs.
    fn with_camera<T>(first: u64, pause: Duration, work: impl FnOnce(&Preview) -> T) -> T {
        let preview = Preview::default();
        preview.publish(frame(first));
        thread::scope(|scope| {
            scope.spawn(|| {
                for seq in first + 1.. {
                    thread::sleep(pause);
                    if preview.is_closed() {
                        return;
                    }
                    preview.publish(frame(seq));
                }
            });
            let result = work(&preview);
            preview.close();
            result
        })
    }

    /// Eyes open widest on frame `best`.
    fn prefers(best: u64) -> impl FnMut(&Frame) -> BurstScore {
        let eyes = move |frame: &Frame| if frame.seq == best { 0.1 } else { 0.05 };
        move |frame: &Frame| BurstScore { eyes_open: eyes(frame), sharpness: 0.6, ..Default::default() }
    }

    #[test]
    fn the_best_of_the_frames_after_the_release_is_kept_and_explained() {
        let shot = with_camera(10, Duration::from_millis(20), |preview| {
            take(&release(10), preview, Some(prefers(14))).unwrap()
        });
        let burst = shot.burst.unwrap();
        assert_eq!(burst.frames as usize, burst.scores.len());
        assert_eq!(&shot.file[..], 14u64.to_le_bytes());
        assert!(burst.scores[burst.chosen as usize].score > 0.9);
    }

    #[test]
    fn a_slow_camera_gives_fewer_frames_in_bounded_time() {
        let started = Instant::now();
        let shot = with_camera(1, Duration::from_millis(200), |preview| {
            take(&release(1), preview, Some(prefers(2))).unwrap()
        });
        let frames = shot.burst.unwrap().frames;
        assert!((1..8).contains(&frames), "{frames}");
        assert!(started.elapsed() < Duration::from_millis(1500));
    }

    #[test]
    fn without_anybody_to_judge_the_first_new_frame_is_the_shot() {
        let nobody: Option<fn(&Frame) -> BurstScore> = None;
        let shot = with_camera(5, Duration::from_millis(20), |preview| take(&release(5), preview, nobody));
        let shot = shot.unwrap();
        assert!(shot.burst.is_none());
        assert!(u64::from_le_bytes(shot.file[..].try_into().unwrap()) > 5);
    }

    #[test]
    fn a_camera_that_is_gone_is_a_fault() {
        let preview = Preview::default();
        preview.close();
        assert_eq!(take(&release(0), &preview, Some(prefers(1))).unwrap_err().code, FaultCode::CameraStalled);
    }
}
