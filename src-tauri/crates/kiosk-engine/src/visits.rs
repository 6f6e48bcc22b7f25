//! Whole visits without a window: somebody who types, agrees and accepts, in front of a simulated or a replayed camera.

use std::time::{Duration, Instant};

use kiosk_camera::InventedStudent;
use kiosk_core::consent::Ticks;
use kiosk_core::session::{Coaching, Identification, SessionView};
use kiosk_core::{Check, CollectionCode, Fault, FaultCode, Instruction, Verdict};
use serde::Serialize;

use crate::Kiosk;
use crate::camera::{PageTurner, demo_student};
use crate::contract::{CameraKind, CameraStatus, DemoStudent, Intent};

/// A recording that shows no code for so long gets one from a file.
const CODE_WAIT: Duration = Duration::from_secs(1);
/// A recorded sitter who does not come right in this time never will: the pictures stand still.
const PATIENCE: Duration = Duration::from_secs(6);
/// A camera that is lost for so long ends the run.
const CAMERA_WAIT: Duration = Duration::from_secs(15);
/// Nothing takes longer than this.
const VISIT_LIMIT: Duration = Duration::from_mins(2);

/// What somebody who stands in for a student agrees to.
const AGREED: Ticks = Ticks { face_data: true, guardian: false, comparison: true };

/// How a visit ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// An order is durable.
    Accepted,
    /// The person left, or the framing never came right.
    Abandoned,
    /// Something went wrong.
    Failed,
}

/// Stage times, milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct VisitTimes {
    /// Start screen to code.
    pub scan: f64,
    /// Live picture to shutter.
    pub frame: f64,
    /// Shutter to photo.
    pub standardise: f64,
    /// Acceptance to durable order.
    pub commit: f64,
    /// Everything.
    pub total: f64,
}

/// One visit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VisitReport {
    /// Order number, when there is one.
    pub order: Option<String>,
    /// How it ended.
    pub outcome: Outcome,
    /// Stage times.
    pub ms: VisitTimes,
    /// Why there is no order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<Fault>,
}

/// Visits one after the other.
pub struct Visitor<'k> {
    kiosk: &'k Kiosk,
    seed: u64,
    pages: Option<PageTurner>,
}

impl<'k> Visitor<'k> {
    /// Somebody in front of `kiosk`. A webcam needs a real person, who types in the window.
    pub fn new(kiosk: &'k Kiosk, seed: u64) -> Result<Self, Fault> {
        match kiosk.camera().kind {
            CameraKind::Webcam => match kiosk.wait_for_camera(CAMERA_WAIT) {
                Err(fault) => Err(fault),
                Ok(()) => Err(Fault::new(
                    FaultCode::NotFinished,
                    "a visit in front of a webcam needs a person who types: use the window",
                )),
            },
            CameraKind::Replay | CameraKind::Simulated => {
                kiosk.wait_for_camera(CAMERA_WAIT)?;
                Ok(Self { kiosk, seed, pages: kiosk.pages() })
            }
        }
    }

    /// One whole visit, the `index`-th of this run.
    pub fn visit(&self, index: u32) -> VisitReport {
        let mut visit = Visit::new(InventedStudent::new(self.seed, index));
        let report = visit.run(self.kiosk, self.pages.as_ref());
        if let Some(pages) = &self.pages {
            pages.turn();
        }
        report
    }
}

/// What a visit has come to.
struct Visit {
    /// Who comes when the recording shows no code.
    student: InventedStudent,
    began: Instant,
    ms: VisitTimes,
    /// The screen and since when it is there.
    screen: (&'static str, Instant),
    /// The start screen was seen: what is on the glass belongs to this visit.
    started: bool,
    /// A code has opened the visit.
    opened: bool,
    /// This screen's one act is done.
    acted: bool,
}

/// What to do on a screen.
enum Move {
    Wait,
    End(Outcome, Option<String>, Option<Fault>),
}

impl Visit {
    fn new(student: InventedStudent) -> Self {
        let began = Instant::now();
        Self {
            student,
            began,
            ms: VisitTimes::default(),
            screen: ("", began),
            started: false,
            opened: false,
            acted: false,
        }
    }

    fn run(&mut self, kiosk: &Kiosk, pages: Option<&PageTurner>) -> VisitReport {
        let mut version = 0;
        let (outcome, order, fault) = loop {
            if self.began.elapsed() > VISIT_LIMIT {
                let fault = Fault::new(FaultCode::SessionTimedOut, "the visit took too long");
                break (Outcome::Failed, None, Some(fault));
            }
            if let Some((newer, _)) = kiosk.view_after(version, Duration::from_millis(100)) {
                version = newer;
            } else if kiosk.is_closed() {
                break (Outcome::Failed, None, Some(Fault::new(FaultCode::Internal, "the kiosk closed")));
            }
            let (_, view) = kiosk.view();
            self.time(&view.session);
            match self.act(kiosk, &view.session, &view.status.camera, view.status.demo.as_ref(), pages) {
                Move::Wait => {}
                Move::End(outcome, order, fault) => break (outcome, order, fault),
            }
        };
        kiosk.send(Intent::Leave);
        self.ms.total = self.began.elapsed().as_secs_f64() * 1000.0;
        VisitReport { order, outcome, ms: self.ms, fault }
    }

    /// Adds the time of the screen that was left to its stage.
    fn time(&mut self, view: &SessionView) {
        let name = screen_name(view);
        if name == self.screen.0 {
            return;
        }
        let spent = self.screen.1.elapsed().as_secs_f64() * 1000.0;
        match self.screen.0 {
            "scanning" => self.ms.scan += spent,
            "framing" => self.ms.frame += spent,
            "standardising" => self.ms.standardise += spent,
            "committing" => self.ms.commit += spent,
            _ => {}
        }
        self.screen = (name, Instant::now());
        self.acted = false;
        self.started |= name == "scanning";
        self.opened |= self.started && name != "scanning";
    }

    fn act(
        &mut self,
        kiosk: &Kiosk,
        view: &SessionView,
        camera: &CameraStatus,
        demo: Option<&DemoStudent>,
        pages: Option<&PageTurner>,
    ) -> Move {
        let here = self.screen.1.elapsed();
        if let Some(fault) = camera.fault.clone().filter(|_| here > CAMERA_WAIT) {
            return Move::End(Outcome::Failed, None, Some(fault));
        }
        if !self.started {
            return Move::Wait;
        }
        match view {
            SessionView::Scanning { fault } if self.opened => {
                Move::End(Outcome::Abandoned, None, fault.clone())
            }
            SessionView::Scanning { .. } if pages.is_some() && here > CODE_WAIT => {
                self.once(|student| kiosk.present_code(CollectionCode::decode(&student.code_payload)))
            }
            SessionView::Identifying { fault, .. } => {
                if let Some(fault) = fault {
                    return Move::End(Outcome::Failed, None, Some(fault.clone()));
                }
                self.once(|student| {
                    let student = demo.cloned().unwrap_or_else(|| demo_student(student));
                    kiosk.send(Intent::Identify(typed_by(student)));
                })
            }
            SessionView::Consenting { .. } => self.once(|_| kiosk.send(Intent::Consent(AGREED))),
            SessionView::Framing { coaching, fault, .. } => {
                if pages.is_some() && here > PATIENCE && coaching.instruction != Instruction::HoldStill {
                    let fault = fault.clone().unwrap_or_else(|| unmet(*coaching));
                    return Move::End(Outcome::Abandoned, None, Some(fault));
                }
                Move::Wait
            }
            SessionView::Review { may_accept, retakes_left, photo, fault, .. } => {
                if let Some(fault) = fault.clone().filter(|fault| fault.code.is_environment()) {
                    return Move::End(Outcome::Failed, None, Some(fault));
                }
                // A still picture gives the same photo again: what fails once fails always.
                if pages.is_some() && !may_accept {
                    return Move::End(Outcome::Abandoned, None, Some(failed(&photo.checks)));
                }
                let accept = *may_accept;
                let retake = !accept && *retakes_left > 0;
                self.once(|_| {
                    if accept {
                        kiosk.send(Intent::Accept);
                    } else if retake {
                        kiosk.send(Intent::Retake);
                    }
                })
            }
            SessionView::Scanning { .. }
            | SessionView::Standardising { .. }
            | SessionView::Committing { .. } => Move::Wait,
            SessionView::Done { order, .. } => Move::End(Outcome::Accepted, Some(order.clone()), None),
        }
    }

    /// Does something the first time that this screen is seen.
    fn once(&mut self, act: impl FnOnce(&InventedStudent)) -> Move {
        if !std::mem::replace(&mut self.acted, true) {
            act(&self.student);
        }
        Move::Wait
    }
}

fn typed_by(student: DemoStudent) -> Identification {
    let DemoStudent { name, student_number, id_number, last_four } = student;
    Identification { last_four, id_number, student_number, name }
}

fn unmet(coaching: Coaching) -> Fault {
    let reason = coaching.reason.map_or_else(String::new, |id| format!(" ({id})"));
    let detail = format!("the sitter never followed: {:?}{reason}", coaching.instruction);
    Fault::new(FaultCode::PhotoOutsideStandard, detail)
}

fn failed(checks: &[Check]) -> Fault {
    let ids: Vec<&str> =
        checks.iter().filter(|c| c.verdict == Verdict::Fail).map(|c| c.id.as_str()).collect();
    Fault::new(FaultCode::PhotoOutsideStandard, ids.join(", "))
}

fn screen_name(view: &SessionView) -> &'static str {
    match view {
        SessionView::Scanning { .. } => "scanning",
        SessionView::Identifying { .. } => "identifying",
        SessionView::Consenting { .. } => "consenting",
        SessionView::Framing { .. } => "framing",
        SessionView::Standardising { .. } => "standardising",
        SessionView::Review { .. } => "review",
        SessionView::Committing { .. } => "committing",
        SessionView::Done { .. } => "done",
    }
}
