//! Live frames: most of them show nothing, a few show a code for a second.

use std::borrow::Cow;
use std::time::Duration;

use image::GrayImage;

use super::binarise::Threshold;
use super::deadline::Deadline;
use super::grey::Polarity;
use super::pixels::scaled;
use super::regions::{MIN_SIDE, Region, around_triple};
use super::search::Search;
use super::{CodeReading, LIVE_BUDGET};

/// Longest side scanned at full size; larger frames are shrunk (a 4K frame would not fit the budget).
const MAX_SIDE: u32 = 1920;
/// Frames for which a region is looked at again after a code or a grid was seen in it: half a second at 30 frames a
/// second.
const TRACKED_FRAMES: u32 = 15;
/// While nothing is seen, every fifth frame gets all steps and every second the cheap first one: a code is then met a
/// sixth of a second late at worst, and idling costs a third of a core instead of a whole one.
const IDLE_ALL_STEPS: u32 = 5;
const IDLE_FIRST_STEP: u32 = 2;

/// Reads codes from the frames of one camera, in order.
#[derive(Debug)]
pub struct CodeScanner {
    budget: Duration,
    frame: u32,
    /// Frames since a grid was last rectified; large when never.
    idle: u32,
    tracked: Option<Tracked>,
    polarity: Polarity,
}

#[derive(Clone, Copy, Debug)]
struct Tracked {
    region: Region,
    frame: u32,
}

impl Default for CodeScanner {
    fn default() -> Self {
        Self::new(LIVE_BUDGET)
    }
}

impl CodeScanner {
    /// `budget` bounds one frame. A step that has begun is finished, so the last one may exceed it by a few
    /// milliseconds.
    pub fn new(budget: Duration) -> Self {
        Self { budget, frame: 0, idle: 0, tracked: None, polarity: Polarity::default() }
    }

    /// Codes in this frame; nothing on frames that the idle policy skips.
    ///
    /// `frame` is 8-bit luma (the decoded JPEG's Y plane will do), at least 40 pixels either way. Any picture is safe:
    /// panics of the decoders below are contained.
    pub fn scan(&mut self, frame: &GrayImage) -> Vec<CodeReading> {
        let deadline = Deadline::of_frame(self.budget);
        let steps = self.steps();
        self.frame = self.frame.wrapping_add(1);
        self.idle = self.idle.saturating_add(1);
        if frame.width().min(frame.height()) < MIN_SIDE || steps == Steps::None {
            return Vec::new();
        }
        let (frame, scale) = within(frame, MAX_SIDE);
        let mut readings = self.scan_sized(&frame, deadline, steps);
        for corner in readings.iter_mut().flat_map(|reading| &mut reading.corners) {
            *corner = corner.map(|axis| axis / scale);
        }
        readings
    }

    /// Forgets the tracked region and polarity: the next frame is treated as the first.
    pub fn reset(&mut self) {
        *self = Self::new(self.budget);
    }

    fn steps(&self) -> Steps {
        if self.idle < TRACKED_FRAMES && self.tracked.is_some() || self.idle.is_multiple_of(IDLE_ALL_STEPS) {
            Steps::All
        } else if self.idle.is_multiple_of(IDLE_FIRST_STEP) {
            Steps::First
        } else {
            Steps::None
        }
    }

    fn scan_sized(&mut self, frame: &GrayImage, deadline: Deadline, steps: Steps) -> Vec<CodeReading> {
        let mut search = Search::new(frame, deadline, self.polarity);
        search.whole_in_both_polarities();
        if steps == Steps::All {
            self.remaining_steps(&mut search, deadline, frame.dimensions());
        }
        self.remember(&search, frame.dimensions());
        search.readings
    }

    fn remaining_steps(&mut self, search: &mut Search, deadline: Deadline, bounds: (u32, u32)) {
        if search.readings.is_empty() && !deadline.spent(0.5) {
            search.whole(Threshold::Global);
        }
        self.remember(search, bounds);
        // Grey on what the whole picture showed, then a closer look, then grey on what that showed.
        if search.readings.is_empty() {
            search.grey(0.6);
        }
        if search.readings.is_empty() {
            search.regions(self.tracked.map(|tracked| tracked.region), self.frame, 0.85);
        }
        if search.readings.is_empty() {
            search.grey(1.0);
        }
    }

    fn remember(&mut self, search: &Search, bounds: (u32, u32)) {
        let expired = |tracked: &Tracked| self.frame.wrapping_sub(tracked.frame) > TRACKED_FRAMES;
        if self.tracked.as_ref().is_some_and(expired) {
            self.tracked = None;
        }
        if search.sampled_any || !search.readings.is_empty() {
            self.idle = 0;
        }
        if !search.readings.is_empty() {
            self.polarity = search.polarity;
        }
        let stale = self.tracked.is_none_or(|tracked| self.frame.wrapping_sub(tracked.frame) > 3);
        if (search.sampled_any || stale)
            && let Some(region) = search.triple.and_then(|triple| around_triple(&triple, bounds))
        {
            self.tracked = Some(Tracked { region, frame: self.frame });
        }
    }
}

/// How much of the pipeline a frame gets.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Steps {
    None,
    First,
    All,
}

/// The picture with its longest side at most `side`, and its scale.
fn within(image: &GrayImage, side: u32) -> (Cow<'_, GrayImage>, f32) {
    let longest = image.width().max(image.height());
    scaled(image, (side as f32 / longest as f32).min(1.0))
}
