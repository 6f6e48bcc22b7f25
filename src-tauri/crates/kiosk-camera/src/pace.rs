//! When the next frame is due.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

/// How a source without a sensor spends its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pacing {
    /// As a camera: one frame a period of real time.
    #[default]
    RealTime,
    /// As fast as the caller asks; the frames' times advance by one period each. For tests and headless runs.
    Simulated,
}

/// Keeps to a grid of deadlines from the start, so that neither sleep nor drawing time accumulates.
#[derive(Debug)]
pub(crate) struct Pacer {
    pacing: Pacing,
    period: Duration,
    started: Instant,
    slot: u64,
}

impl Pacer {
    pub(crate) fn new(pacing: Pacing, fps: f64) -> Self {
        let period = Duration::from_secs_f64(1.0 / fps.clamp(1.0, 240.0));
        Self { pacing, period, started: Instant::now(), slot: 0 }
    }

    /// The next frame's grid slot and its time since the start, or `None` when it is not due within `timeout`.
    ///
    /// A caller who comes late gets the current slot: the missed ones are dropped.
    pub(crate) fn next(&mut self, timeout: Duration) -> Option<(u64, Duration)> {
        if self.pacing == Pacing::RealTime {
            let now = self.started.elapsed();
            let current = (now.as_nanos() / self.period.as_nanos()) as u64;
            self.slot = self.slot.max(current);
            let wait = self.due().saturating_sub(now);
            if wait > timeout {
                std::thread::sleep(timeout);
                return None;
            }
            std::thread::sleep(wait);
        }
        let taken = (self.slot, self.due());
        self.slot += 1;
        Some(taken)
    }

    /// Lets `time` pass without a frame.
    pub(crate) fn skip(&mut self, time: Duration) {
        match self.pacing {
            Pacing::RealTime => std::thread::sleep(time),
            Pacing::Simulated => self.slot += (time.as_nanos() / self.period.as_nanos()).max(1) as u64,
        }
    }

    fn due(&self) -> Duration {
        Duration::from_nanos((self.period.as_nanos() * u128::from(self.slot)) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simulated_time_advances_by_one_period_a_frame() {
        let mut pacer = Pacer::new(Pacing::Simulated, 30.0);
        let times: Vec<_> = (0..31).filter_map(|_| pacer.next(Duration::ZERO)).collect();
        assert_eq!(times.len(), 31);
        assert!((times[30].1.as_secs_f64() - 1.0).abs() < 1e-6, "{:?}", times[30]);
    }

    #[test]
    fn a_late_caller_gets_the_current_slot_and_no_backlog() {
        let mut pacer = Pacer::new(Pacing::RealTime, 100.0);
        pacer.next(Duration::from_secs(1)).unwrap();
        std::thread::sleep(Duration::from_millis(55));
        let (late, _) = pacer.next(Duration::from_secs(1)).unwrap();
        let (after, _) = pacer.next(Duration::from_secs(1)).unwrap();
        assert!(late >= 5, "slots 1 to 4 have passed, got {late}");
        assert!(after > late);
    }

    #[test]
    fn a_frame_that_is_not_due_in_time_is_reported() {
        let mut pacer = Pacer::new(Pacing::RealTime, 1.0);
        pacer.next(Duration::from_secs(1)).unwrap();
        assert_eq!(pacer.next(Duration::from_millis(5)), None);
    }
}
