use serde::{Deserialize, Serialize};

use super::Policy;
use crate::Instruction;
use crate::instruction::{FaceMeasures, FramingMeasures};
use crate::order::UnixMillis;

/// The instruction on the screen and how long the framing has held.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Coach {
    shown: Option<(Instruction, UnixMillis)>,
    holding_since: Option<UnixMillis>,
}

/// What the screen shows of the coaching.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Coaching {
    /// The one thing to do now.
    pub instruction: Instruction,
    /// Share of the holding time that has passed, 0–1.
    pub hold: f64,
}

impl Coach {
    /// Takes in one analysed frame. Returns whether the framing has now held long enough for the shutter.
    pub fn observe(&mut self, measures: &FramingMeasures, now: UnixMillis, policy: &Policy) -> bool {
        let wanted = instruction_for(measures, self.instruction());
        match self.shown {
            Some((current, _)) if current == wanted => {}
            // Words that change faster than they can be read help nobody; good news and absence show at once.
            Some((_, since)) if now - since < policy.instruction_ms && !is_urgent(wanted) => {}
            _ => self.shown = Some((wanted, now)),
        }
        if wanted == Instruction::HoldStill {
            let since = *self.holding_since.get_or_insert(now);
            now - since >= policy.hold_ms
        } else {
            self.holding_since = None;
            false
        }
    }

    /// Whether the newest frame is fit for the shutter.
    #[must_use]
    pub fn is_holding(&self) -> bool {
        self.holding_since.is_some()
    }

    /// What to show at `now`.
    #[must_use]
    pub fn coaching(&self, now: UnixMillis, policy: &Policy) -> Coaching {
        let hold = self.holding_since.map_or(0.0, |since| {
            if policy.hold_ms <= 0 {
                1.0
            } else {
                ((now - since) as f64 / policy.hold_ms as f64).clamp(0.0, 1.0)
            }
        });
        Coaching { instruction: self.instruction(), hold }
    }

    fn instruction(&self) -> Instruction {
        self.shown.map_or(Instruction::ComeIntoView, |(instruction, _)| instruction)
    }
}

fn is_urgent(instruction: Instruction) -> bool {
    matches!(instruction, Instruction::HoldStill | Instruction::ComeIntoView | Instruction::OnePersonOnly)
}

/// The most important thing that is wrong. `current` is what the screen says: a limit is left only a little
/// inside of where it was entered, so that a sitter at the limit does not see the words flicker.
fn instruction_for(measures: &FramingMeasures, current: Instruction) -> Instruction {
    use Instruction as I;
    if measures.brightness < DARK {
        return I::MoreLight;
    }
    let Some(face) = measures.face else { return I::ComeIntoView };
    if measures.faces > 1 {
        return I::OnePersonOnly;
    }
    // A crop that fits leaves the sitter some freedom; one that does not is mended by position first.
    let leeway = if face.crop_fits { ROOMY } else { 1.0 };
    let (off_centre, off_row) = (OFF_CENTRE * leeway, OFF_ROW * leeway);
    // How far each measure is beyond its limit, and how far inside it must come back.
    let rules: [(f64, f64, I); 13] = [
        (SMALLEST_SIZE - face.size, 0.04, I::ComeCloser),
        (face.size - LARGEST_SIZE, 0.04, I::StepBack),
        (face.offset_x - off_centre, 0.015, I::MoveRight),
        (-face.offset_x - off_centre, 0.015, I::MoveLeft),
        (face.offset_y - off_row, 0.02, I::SitHigher),
        (-face.offset_y - off_row, 0.02, I::SitLower),
        (face.yaw - YAW, 1.5, I::TurnRight),
        (-face.yaw - YAW, 1.5, I::TurnLeft),
        (-face.pitch - PITCH, 2.0, I::RaiseChin),
        (face.pitch - PITCH, 2.0, I::LowerChin),
        (face.roll - ROLL, 1.0, I::TiltRight),
        (-face.roll - ROLL, 1.0, I::TiltLeft),
        (face.mouth_gap - LIPS_APART, 0.01, I::CloseMouth),
    ];
    for (excess, relief, instruction) in rules {
        let relief = if current == instruction { relief } else { 0.0 };
        if excess + relief > 0.0 {
            return instruction;
        }
    }
    settle(&face)
}

/// Nothing is out of place; is this the moment?
fn settle(face: &FaceMeasures) -> Instruction {
    if face.eye_opening < EYES_CLOSED {
        Instruction::OpenEyes
    } else if !face.crop_fits {
        // Inside every single limit and still no crop: a little more distance always makes room.
        Instruction::StepBack
    } else {
        Instruction::HoldStill
    }
}

/// Mean luminance below which nobody can be judged.
const DARK: f64 = 0.12;
/// Face size that still needs no enlarging when the face sits at the narrow side of its band (180 of 240 px),
/// with a reserve for a sitter who leans back.
const SMALLEST_SIZE: f64 = 0.85;
/// Face size beyond which the perspective of a near lens swells the nose, even where the crop would fit.
const LARGEST_SIZE: f64 = 2.6;
/// Distance from the middle, picture widths, that a sitter without a crop is asked to mend.
const OFF_CENTRE: f64 = 0.06;
/// Distance from the target row, picture heights, that a sitter without a crop is asked to mend.
const OFF_ROW: f64 = 0.06;
/// As many times the distance is allowed while a crop fits: the lens bends faces at the edge of the picture.
const ROOMY: f64 = 2.4;
/// Degrees; the standard wants the face straight, checkers refuse from about 10°.
const YAW: f64 = 7.0;
/// Degrees; wider, since the camera's height shifts it and the mesh is less sure of it.
const PITCH: f64 = 12.0;
/// Degrees; a lean cannot be corrected by rotating pixels, which the standard forbids.
const ROLL: f64 = 4.0;
/// Lip gap over the pupils' distance.
const LIPS_APART: f64 = 0.06;
/// Eye opening over eye width: open eyes measured 0.22–0.37.
const EYES_CLOSED: f64 = 0.16;

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> FaceMeasures {
        FaceMeasures {
            size: 1.1,
            crop_fits: true,
            offset_x: 0.0,
            offset_y: 0.0,
            yaw: 0.0,
            pitch: 0.0,
            roll: 0.0,
            eye_opening: 0.3,
            mouth_gap: 0.0,
            movement: 0.0,
        }
    }

    fn seen(face: FaceMeasures) -> FramingMeasures {
        FramingMeasures { faces: 1, brightness: 0.5, face: Some(face) }
    }

    fn told(measures: &FramingMeasures) -> Instruction {
        let mut coach = Coach::default();
        coach.observe(measures, 0, &Policy::default());
        coach.instruction()
    }

    #[test]
    fn each_fault_has_its_instruction_in_the_sitters_own_directions() {
        use Instruction as I;
        type Case = (fn(&mut FaceMeasures), Instruction);
        let cases: [Case; 15] = [
            (|f| f.size = 0.5, I::ComeCloser),
            (|f| f.size = 3.0, I::StepBack),
            (|f| f.offset_x = 0.2, I::MoveRight),
            (|f| f.offset_x = -0.2, I::MoveLeft),
            (|f| f.offset_y = 0.2, I::SitHigher),
            (|f| f.offset_y = -0.2, I::SitLower),
            (|f| f.yaw = 15.0, I::TurnRight),
            (|f| f.yaw = -15.0, I::TurnLeft),
            (|f| f.pitch = -20.0, I::RaiseChin),
            (|f| f.pitch = 20.0, I::LowerChin),
            (|f| f.roll = 9.0, I::TiltRight),
            (|f| f.roll = -9.0, I::TiltLeft),
            (|f| f.mouth_gap = 0.2, I::CloseMouth),
            (|f| f.eye_opening = 0.05, I::OpenEyes),
            (|f| f.crop_fits = false, I::StepBack),
        ];
        for (spoil, expected) in cases {
            let mut face = good();
            spoil(&mut face);
            assert_eq!(told(&seen(face)), expected);
        }
        assert_eq!(told(&seen(good())), I::HoldStill);
    }

    #[test]
    fn presence_comes_before_distance_and_distance_before_expression() {
        let mut face = FaceMeasures { size: 0.4, mouth_gap: 0.3, ..good() };
        assert_eq!(told(&seen(face)), Instruction::ComeCloser);
        assert_eq!(told(&FramingMeasures { faces: 2, ..seen(face) }), Instruction::OnePersonOnly);
        face.size = 1.1;
        assert_eq!(told(&seen(face)), Instruction::CloseMouth);
        let dark = FramingMeasures { brightness: 0.02, ..seen(face) };
        assert_eq!(told(&dark), Instruction::MoreLight);
        assert_eq!(told(&FramingMeasures { faces: 0, face: None, ..dark }), Instruction::MoreLight);
        assert_eq!(
            told(&FramingMeasures { faces: 0, brightness: 0.5, face: None }),
            Instruction::ComeIntoView
        );
    }

    #[test]
    fn words_stay_long_enough_to_be_read() {
        let policy = Policy::default();
        let mut coach = Coach::default();
        coach.observe(&seen(FaceMeasures { yaw: 20.0, ..good() }), 0, &policy);
        coach.observe(&seen(FaceMeasures { roll: 20.0, ..good() }), policy.instruction_ms - 1, &policy);
        assert_eq!(coach.instruction(), Instruction::TurnRight);
        coach.observe(&seen(FaceMeasures { roll: 20.0, ..good() }), policy.instruction_ms, &policy);
        assert_eq!(coach.instruction(), Instruction::TiltRight);
    }

    #[test]
    fn a_sitter_at_the_limit_sees_no_flicker() {
        let policy = Policy::default();
        let mut coach = Coach::default();
        let mut changes = 0;
        let mut last = None;
        for i in 0..100 {
            let yaw = YAW + if i % 2 == 0 { 0.3 } else { -0.3 };
            coach.observe(&seen(FaceMeasures { yaw, ..good() }), i * 1000, &policy);
            if last.is_some_and(|l| l != coach.instruction()) {
                changes += 1;
            }
            last = Some(coach.instruction());
        }
        assert_eq!(changes, 0);
    }

    #[test]
    fn the_shutter_waits_for_the_whole_holding_time() {
        let policy = Policy::default();
        let mut coach = Coach::default();
        assert!(!coach.observe(&seen(good()), 0, &policy));
        assert!(!coach.observe(&seen(good()), policy.hold_ms - 1, &policy));
        assert!(coach.observe(&seen(good()), policy.hold_ms, &policy));
        assert!(!coach.observe(&seen(FaceMeasures { yaw: 20.0, ..good() }), policy.hold_ms + 1, &policy));
        assert!(!coach.observe(&seen(good()), policy.hold_ms + 2, &policy));
    }
}
