use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::AutoVisit;
use super::script;
use crate::sim::{Expression, Phone, Pose, Scene, Sitter, Sitting};
use crate::{CameraError, InventedStudent};

/// What is going on in the studio.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Nobody.
    Empty,
    /// A phone with a code.
    Code,
    /// A sitter, coming or come.
    Sitting,
    /// The sitter goes.
    Leaving,
}

/// What can be broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// The camera leaves the bus until [`FaultKind::Replug`].
    Unplug,
    /// The camera falls silent until [`FaultKind::Replug`].
    Stall,
    /// One frame is damaged and dropped.
    Truncated,
    /// The lamps go out until [`FaultKind::Replug`].
    Dark,
    /// All is well again.
    Replug,
}

/// The studio's state between frames.
pub(super) struct Stage {
    seed: u64,
    auto: Option<AutoVisit>,
    index: u32,
    sitter: Arc<Sitter>,
    payload: Arc<[u8]>,
    phase: Phase,
    now: Duration,
    since: Duration,
    fixed: Option<(Pose, Expression)>,
    silent: Option<FaultKind>,
    dark: bool,
    damaged: u32,
    /// Stops by which the camera's exposure is lowered.
    pub(super) lowered: u8,
    /// Of phones.
    pub(super) brightness: f32,
}

impl Stage {
    pub(super) fn new(seed: u64, auto: Option<AutoVisit>) -> Self {
        let mut stage = Self {
            seed,
            auto,
            index: 0,
            sitter: Arc::new(Sitter::from_seed(seed)),
            payload: Arc::from([]),
            phase: Phase::Empty,
            now: Duration::ZERO,
            since: Duration::ZERO,
            fixed: None,
            silent: None,
            dark: false,
            damaged: 0,
            lowered: 0,
            brightness: 1.0,
        };
        stage.cast(0);
        stage
    }

    fn cast(&mut self, index: u32) {
        self.index = index;
        let looks = self.seed.wrapping_mul(1009).wrapping_add(u64::from(index));
        self.sitter = Arc::new(Sitter::from_seed(looks));
        self.payload = self.student().code_payload.into();
    }

    pub(super) fn student(&self) -> InventedStudent {
        InventedStudent::new(self.seed, self.index)
    }

    pub(super) fn phase(&self) -> Phase {
        self.phase
    }

    pub(super) fn enter(&mut self, phase: Phase) {
        self.phase = phase;
        self.since = self.now;
        self.fixed = None;
    }

    pub(super) fn show_code(&mut self, payload: Arc<[u8]>) {
        self.payload = payload;
        self.enter(Phase::Code);
    }

    pub(super) fn hide_code(&mut self) {
        if self.phase == Phase::Code {
            self.enter(if self.auto.is_some() { Phase::Sitting } else { Phase::Empty });
        }
    }

    pub(super) fn leave(&mut self) {
        if self.phase == Phase::Sitting {
            self.enter(Phase::Leaving);
        }
    }

    pub(super) fn set_pose(&mut self, pose: Pose, expression: Expression) {
        if self.phase != Phase::Sitting {
            self.enter(Phase::Sitting);
        }
        self.fixed = Some((pose, expression));
    }

    pub(super) fn next_student(&mut self) {
        self.cast(self.index.wrapping_add(1));
        self.enter(Phase::Empty);
    }

    pub(super) fn inject(&mut self, fault: FaultKind) {
        match fault {
            FaultKind::Unplug | FaultKind::Stall => self.silent = Some(fault),
            FaultKind::Truncated => self.damaged += 1,
            FaultKind::Dark => self.dark = true,
            FaultKind::Replug => (self.silent, self.dark, self.damaged) = (None, false, 0),
        }
    }

    /// The fault that the next frame meets.
    pub(super) fn fault(&mut self, timeout: Duration) -> Option<CameraError> {
        match self.silent {
            Some(FaultKind::Unplug) => return Some(CameraError::Unplugged),
            Some(_) => return Some(CameraError::Stalled(timeout)),
            None => {}
        }
        let damaged = self.damaged > 0;
        self.damaged = self.damaged.saturating_sub(1);
        damaged.then(|| CameraError::Truncated("injected".to_owned()))
    }

    /// The scene at `now`; moves the visit on.
    pub(super) fn scene(&mut self, seq: u64, now: Duration) -> Scene {
        self.now = now;
        self.advance();
        let t = now.saturating_sub(self.since).as_secs_f32();
        let mut scene = Scene { noise_seed: seq ^ self.seed << 32, ..Scene::default() };
        if self.dark {
            scene.exposure = -5.0;
        }
        scene.exposure -= f32::from(self.lowered);
        match self.phase {
            Phase::Empty => {}
            Phase::Code => scene.phone = Some(self.phone(t)),
            Phase::Sitting | Phase::Leaving => {
                let leaving = self.phase == Phase::Leaving;
                let (pose, expression) = match self.fixed {
                    Some(fixed) if !leaving => fixed,
                    _ if leaving => (script::leaving(t), Expression::default()),
                    _ => script::sitting(t, self.sitter.seed),
                };
                scene.sitting = Some(Sitting { sitter: Arc::clone(&self.sitter), pose, expression });
            }
        }
        scene
    }

    fn advance(&mut self) {
        let spent = self.now.saturating_sub(self.since);
        match (self.phase, self.auto) {
            (Phase::Leaving, auto) if spent >= script::LEAVING => {
                if auto.is_some() {
                    self.next_student();
                } else {
                    self.enter(Phase::Empty);
                }
            }
            (Phase::Empty, Some(auto)) if spent >= auto.empty => self.enter(Phase::Code),
            (Phase::Code, Some(auto)) if spent >= auto.code => self.enter(Phase::Sitting),
            (Phase::Sitting, Some(auto)) if spent >= auto.sitting && self.fixed.is_none() => {
                self.enter(Phase::Leaving);
            }
            _ => {}
        }
    }

    fn phone(&self, t: f32) -> Phone {
        let (place, tilt) = script::phone(t, self.sitter.seed);
        Phone {
            payload: Arc::clone(&self.payload),
            place,
            tilt,
            brightness: self.brightness,
            dark_mode: false,
        }
    }
}
