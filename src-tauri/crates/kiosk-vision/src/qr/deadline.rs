//! Monotonic time budget of one picture.

use std::time::{Duration, Instant};

/// Started when a picture arrives; every step asks it before it begins.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deadline {
    started: Instant,
    budget: Duration,
    /// Beyond this even a step that was begun gives up.
    last: Duration,
}

impl Deadline {
    /// A step that was begun before the budget was used may take as much time again: a busy machine shall read too.
    pub(super) fn of_frame(budget: Duration) -> Self {
        Self { started: Instant::now(), budget, last: budget * 2 }
    }

    /// No step may overrun the budget.
    pub(super) fn of_file(budget: Duration) -> Self {
        Self { started: Instant::now(), budget, last: budget }
    }

    /// Is it time to give up what was begun?
    pub(super) fn over(&self) -> bool {
        self.elapsed() >= self.last
    }

    /// Has this share of the budget (1.0 = all of it) been used?
    pub(super) fn spent(&self, share: f32) -> bool {
        self.left(share).is_zero()
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Time until this share of the budget is used, zero when it is.
    pub(super) fn left(&self, share: f32) -> Duration {
        self.budget.mul_f32(share).saturating_sub(self.elapsed())
    }
}
