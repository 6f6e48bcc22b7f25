//! What an invented student does in the simulated studio while the visit goes on: shows the code, puts the phone away, sits down,
//! leaves, and makes room for the next.

use std::time::{Duration, Instant};

use kiosk_camera::StudioControl;
use kiosk_core::session::State;

use crate::camera::demo_student;
use crate::contract::DemoStudent;

/// The wall stays empty for so long between two students.
const EMPTY: Duration = Duration::from_millis(1500);

/// Follows the visit.
pub struct StudioScript {
    studio: StudioControl,
    act: Act,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    /// Nobody yet; the next student comes at this time.
    Empty(Instant),
    ShowingCode,
    Waiting,
    Sitting,
}

impl StudioScript {
    /// A script for an empty studio.
    pub fn new(studio: StudioControl) -> Self {
        Self { studio, act: Act::Empty(Instant::now() + EMPTY / 3) }
    }

    /// Does what the student would do now; returns what the student would type while a visit is under way.
    pub fn follow(&mut self, state: &State) -> Option<DemoStudent> {
        match state {
            State::Scanning(_) => self.between_visits(),
            State::Identifying { .. } | State::Consenting { .. } => {
                if self.act != Act::Waiting {
                    self.studio.hide_code();
                    self.act = Act::Waiting;
                }
            }
            State::Framing(_) | State::Standardising(_) | State::Review(_) | State::Committing(_) => {
                if self.act != Act::Sitting {
                    self.studio.sit();
                    self.act = Act::Sitting;
                }
            }
            State::Done(_) => self.leave(),
        }
        state.session().map(|_| demo_student(&self.studio.student()))
    }

    fn between_visits(&mut self) {
        match self.act {
            Act::Empty(until) if Instant::now() >= until => {
                self.studio.show_code(&self.studio.student().code_payload);
                self.act = Act::ShowingCode;
            }
            Act::Empty(_) | Act::ShowingCode => {}
            Act::Waiting | Act::Sitting => self.leave(),
        }
    }

    fn leave(&mut self) {
        if !matches!(self.act, Act::Empty(_)) {
            self.studio.leave();
            self.studio.next_student();
            self.act = Act::Empty(Instant::now() + EMPTY);
        }
    }
}
