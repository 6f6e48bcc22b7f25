//! Lowers the camera's exposure while a phone's screen is clipped, and for that only.

use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

/// Exposure is lowered in steps of so many stops…
const STEP: u8 = 2;
/// …and by no more than this: a screen of 500 cd/m² beside a face under studio lamps lies within it.
const MOST: u8 = 6;
/// Frames in a row that must show a clipped screen, so that a white sleeve passing by changes nothing.
const FRAMES: u32 = 3;
/// A camera takes some frames to follow.
const SETTLING: Duration = Duration::from_millis(250);
/// How long the exposure stays low after the screen was last seen, clipped or read.
const HOLD: Duration = Duration::from_millis(1500);
/// How long it may stay low without a code; whatever is bright then is no phone…
const PATIENCE: Duration = Duration::from_secs(5);
/// …and is left alone for so long.
const REST: Duration = Duration::from_secs(10);

/// What the camera is asked for: stops below its own exposure. Written by the analysis, read by the camera's thread.
#[derive(Debug, Default)]
pub struct Dimming(AtomicU8);

impl Dimming {
    /// Stops below the camera's own exposure.
    pub fn stops(&self) -> u8 {
        self.0.load(Ordering::Relaxed)
    }

    /// Asks for so many.
    pub fn set(&self, stops: u8) {
        self.0.store(stops, Ordering::Relaxed);
    }
}

/// Decides how far to lower the exposure. Times are those of the frames.
#[derive(Debug, Default)]
pub struct Dimmer {
    stops: u8,
    clipped: u32,
    /// When the exposure was lowered first and last, and when there was last a reason for it.
    since: Duration,
    changed: Duration,
    reason: Duration,
    rest_until: Duration,
}

impl Dimmer {
    /// Takes in a frame; returns the stops to ask for. `read`: a code was read on it.
    pub fn observe(&mut self, at: Duration, clipped: bool, read: bool) -> u8 {
        if at < self.changed {
            // Another camera counts from its own beginning.
            self.reset();
        }
        self.clipped = if clipped { self.clipped + 1 } else { 0 };
        if clipped || read {
            self.reason = at;
        }
        if read {
            // Somebody shows a code: patience begins again.
            self.since = at;
        }
        let settled = self.stops == 0 || at >= self.changed + SETTLING;
        if self.stops > 0 && at >= self.since + PATIENCE {
            *self = Self { rest_until: at + REST, ..Self::default() };
        } else if self.stops > 0 && at >= self.reason + HOLD {
            *self = Self { rest_until: self.rest_until, ..Self::default() };
        } else if self.clipped >= FRAMES && settled && self.stops < MOST && at >= self.rest_until {
            if self.stops == 0 {
                self.since = at;
            }
            self.stops += STEP;
            self.changed = at;
            self.clipped = 0;
        }
        self.stops
    }

    /// Back to the camera's own exposure at once: a sitter comes.
    pub fn reset(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Frames at 30 a second; the screen is clipped while the exposure is above `fits`.
    fn stops_over_time(seconds: u64, fits: u8, present: impl Fn(Duration) -> bool) -> Vec<u8> {
        let mut dimmer = Dimmer::default();
        let mut stops = 0;
        (0..seconds * 30)
            .map(|frame| {
                let at = Duration::from_millis(frame * 1000 / 30);
                let there = present(at);
                stops = dimmer.observe(at, there && stops < fits, there && stops >= fits);
                stops
            })
            .collect()
    }

    #[test]
    fn the_exposure_goes_down_until_the_screen_fits_and_comes_back_when_it_leaves() {
        let two_seconds = |at: Duration| at < Duration::from_secs(2);
        let stops = stops_over_time(5, 4, two_seconds);
        assert_eq!(stops.iter().max(), Some(&4));
        assert!(stops.iter().position(|s| *s == 4).unwrap() < 15, "within half a second");
        assert_eq!(stops.last(), Some(&0));
        let back = stops.iter().rposition(|s| *s > 0).unwrap() as u64 * 1000 / 30;
        assert!((3000..4000).contains(&back), "{back} ms");
    }

    #[test]
    fn something_that_stays_white_is_left_alone_after_a_while() {
        let stops = stops_over_time(14, u8::MAX, |_| true);
        assert_eq!(stops.iter().max(), Some(&MOST));
        let low = stops.iter().filter(|s| **s > 0).count();
        assert!((145..160).contains(&low), "five seconds, then ten of rest: {low} frames");
    }

    #[test]
    fn a_flash_changes_nothing() {
        let mut dimmer = Dimmer::default();
        let flashes = (0..60).map(|n| dimmer.observe(Duration::from_millis(n * 33), n % 3 == 0, false));
        assert!(flashes.into_iter().all(|stops| stops == 0));
    }

    #[test]
    fn a_code_that_goes_on_being_read_may_stay() {
        let stops = stops_over_time(20, 2, |_| true);
        assert!(stops[60..].iter().all(|s| *s == 2));
    }
}
