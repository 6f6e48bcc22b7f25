//! The delivery that is being written: how far it is, and the wish to stop it.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::{Duration, Instant};

use kiosk_core::{Fault, FaultCode};
use kiosk_delivery::export::{Progress, Stage};

use crate::contract::{DeliveryProgress, DeliveryStage};

/// Before this nothing can be told of the rest.
const TOO_EARLY: Duration = Duration::from_secs(1);

/// What the time goes into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Work {
    /// Writing files, and reading them back.
    Files,
    /// Making an image, and reading it back.
    Image,
    /// Making an image, burning it, and reading the disc.
    Disc,
}

/// One at a time.
#[derive(Default)]
pub(super) struct Run {
    busy: Mutex<()>,
    stop: AtomicBool,
    progress: Mutex<DeliveryProgress>,
}

/// The right to write; given back when it is dropped.
pub(super) struct Turn<'a> {
    run: &'a Run,
    work: Work,
    _busy: MutexGuard<'a, ()>,
    writing_since: Option<Instant>,
}

impl Run {
    pub(super) fn begin(&self, work: Work) -> Result<Turn<'_>, Fault> {
        let busy = match self.busy.try_lock() {
            Ok(busy) => busy,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => {
                return Err(Fault::new(FaultCode::StoreBusy, "another delivery is being written"));
            }
        };
        self.stop.store(false, Ordering::Relaxed);
        let turn = Turn { run: self, work, _busy: busy, writing_since: None };
        turn.tell(DeliveryProgress { stage: Some(DeliveryStage::Planning), ..DeliveryProgress::default() });
        Ok(turn)
    }

    /// The delivery ends after the file that it is at.
    pub(super) fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    pub(super) fn progress(&self) -> DeliveryProgress {
        *self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn<'_> {
    pub(super) fn step(&mut self, step: Progress) -> (DeliveryProgress, ControlFlow<()>) {
        if step.stage != Stage::Resuming {
            self.writing_since.get_or_insert_with(Instant::now);
        }
        let share = share(self.work, step);
        let elapsed = self.writing_since.map_or(Duration::ZERO, |since| since.elapsed());
        let count = |files: usize| u32::try_from(files).unwrap_or(u32::MAX);
        let progress = DeliveryProgress {
            stage: Some(match step.stage {
                Stage::Resuming => DeliveryStage::Resuming,
                Stage::Writing => DeliveryStage::Writing,
                Stage::Imaging => DeliveryStage::Imaging,
                Stage::Burning => DeliveryStage::Burning,
                Stage::Flushing => DeliveryStage::Flushing,
                Stage::ReadingBack => DeliveryStage::ReadingBack,
            }),
            files: count(step.files),
            of_files: count(step.of_files),
            percent: (100.0 * share) as u32,
            seconds_left: seconds_left(elapsed, share),
        };
        self.tell(progress);
        let stop = self.run.stop.load(Ordering::Relaxed);
        (progress, if stop { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    }

    fn tell(&self, progress: DeliveryProgress) {
        *self.run.progress.lock().unwrap_or_else(PoisonError::into_inner) = progress;
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.tell(DeliveryProgress::default());
    }
}

/// Writing and reading back are about equally long, because the medium is waited for while writing; an image is soon made, and a disc
/// is burned slowly.
fn share(work: Work, step: Progress) -> f64 {
    let done = step.bytes as f64 / step.of_bytes.max(1) as f64;
    let (from, to) = match (work, step.stage) {
        (_, Stage::Resuming) => (0.0, 0.0),
        (Work::Files, Stage::Writing) | (Work::Image, Stage::Imaging) => (0.0, 0.5),
        (Work::Files | Work::Image, Stage::ReadingBack) => (0.5, 1.0),
        (Work::Disc, Stage::Imaging) => (0.0, 0.1),
        (Work::Disc, Stage::Burning) => (0.1, 0.6),
        (Work::Disc, Stage::ReadingBack) => (0.6, 1.0),
        (_, Stage::Writing | Stage::Imaging | Stage::Burning | Stage::Flushing) => return 0.5,
    };
    from + done * (to - from)
}

fn seconds_left(elapsed: Duration, share: f64) -> Option<u32> {
    (elapsed >= TOO_EARLY && share >= 0.02)
        .then(|| (elapsed.as_secs_f64() * (1.0 - share) / share).ceil() as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_follows_from_what_is_done() {
        assert_eq!(seconds_left(Duration::from_millis(900), 0.5), None);
        assert_eq!(seconds_left(Duration::from_secs(10), 0.001), None);
        assert_eq!(seconds_left(Duration::from_secs(10), 0.25), Some(30));
        assert_eq!(seconds_left(Duration::from_secs(10), 1.0), Some(0));
    }

    #[test]
    fn the_share_only_grows() {
        for (work, stages) in [
            (Work::Files, &[Stage::Resuming, Stage::Writing, Stage::Flushing, Stage::ReadingBack][..]),
            (Work::Image, &[Stage::Imaging, Stage::ReadingBack]),
            (Work::Disc, &[Stage::Imaging, Stage::Burning, Stage::ReadingBack]),
        ] {
            let steps = stages.iter().flat_map(|&stage| [0, 50, 100].map(|bytes| (stage, bytes)));
            let shares: Vec<f64> = steps
                .map(|(stage, bytes)| {
                    share(work, Progress { stage, files: 0, of_files: 0, bytes, of_bytes: 100 })
                })
                .collect();
            assert!(shares.is_sorted(), "{work:?}: {shares:?}");
            assert!(shares.last().is_some_and(|last| (last - 1.0).abs() < 1e-9), "{work:?}: {shares:?}");
        }
    }

    #[test]
    fn one_delivery_at_a_time_and_the_wish_to_stop_ends_with_it() {
        let run = Run::default();
        let step = Progress { stage: Stage::ReadingBack, files: 5, of_files: 10, bytes: 50, of_bytes: 100 };
        let mut turn = run.begin(Work::Files).unwrap();
        assert_eq!(run.begin(Work::Files).err().unwrap().code, FaultCode::StoreBusy);
        assert_eq!(turn.step(step).1, ControlFlow::Continue(()));
        assert_eq!((run.progress().percent, run.progress().files), (75, 5));
        run.stop();
        assert_eq!(turn.step(step).1, ControlFlow::Break(()));
        drop(turn);
        assert_eq!(run.progress(), DeliveryProgress::default());
        assert_eq!(run.begin(Work::Files).unwrap().step(step).1, ControlFlow::Continue(()));
    }
}
