use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Policy;
use super::remedy::remedy;
use crate::face::FaceEmbedding;
use crate::instruction::{FaceMeasures, FramingMeasures};
use crate::order::UnixMillis;
use crate::{Check, CheckId, Instruction, Verdict};

/// What was said, how long the framing has held, and how far the sitter has come.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Coach {
    shown: Option<(Told, UnixMillis)>,
    /// What the newest frames ask for, and since when.
    wished: Option<(Told, UnixMillis)>,
    holding_since: Option<UnixMillis>,
    /// Checks that failed and have not passed since.
    failing: BTreeSet<CheckId>,
    face: Option<FaceMeasures>,
    /// The newest whole look and when its result came.
    look: Option<(WholeLook, UnixMillis)>,
    /// Farthest step of the instructions' order that was reached, and when.
    reached: Option<(Instruction, UnixMillis)>,
}

/// An instruction with the check behind it, when it is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Told {
    instruction: Instruction,
    reason: Option<CheckId>,
}

impl Told {
    fn plain(instruction: Instruction) -> Self {
        Self { instruction, reason: None }
    }
}

/// A frame that was measured as a shot would be, outline and all: slower than the live picture, so that it comes late.
#[derive(Debug, Clone, PartialEq)]
pub struct WholeLook {
    /// When the frame was taken.
    pub at: UnixMillis,
    /// Where the face was on it.
    pub face: FaceMeasures,
    /// Every check that a shot allows.
    pub checks: Vec<Check>,
    /// Whose face it is, when the nets tell.
    pub whose: Option<FaceEmbedding>,
}

/// What the screen shows of the coaching.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Coaching {
    /// The one thing to do now.
    pub instruction: Instruction,
    /// The check that is behind it, when it is one.
    pub reason: Option<CheckId>,
    /// Share of the holding time that has passed, 0–1.
    pub hold: f64,
    /// Seconds until the shutter that was released by hand: 3, 2, 1.
    pub countdown: Option<u32>,
    /// The sitter has come no further for a while: offer help.
    pub offer_operator: bool,
}

impl Coach {
    /// Takes in one analysed frame. Returns whether the shutter may release by itself: the framing has held long enough, and a
    /// whole look at the sitter who still sits there found nothing that has to be mended.
    pub fn observe(&mut self, measures: &FramingMeasures, now: UnixMillis, policy: &Policy) -> bool {
        self.face = measures.face;
        let wanted = self.wanted(measures, now, policy);
        self.say(wanted, now, policy);
        self.note_progress(wanted.instruction, now);
        if wanted.instruction == Instruction::HoldStill {
            let since = *self.holding_since.get_or_insert(now);
            now.saturating_sub(since) >= policy.hold_ms && self.valid_look(now, policy).is_some()
        } else {
            self.holding_since = None;
            false
        }
    }

    /// Takes in a whole look; an older one than is known changes nothing.
    pub fn inspect(&mut self, look: WholeLook, now: UnixMillis) {
        if self.look.as_ref().is_none_or(|(known, _)| known.at <= look.at) {
            self.look = Some((look, now));
        }
    }

    /// What to show at `now`, without a countdown.
    #[must_use]
    pub fn coaching(&self, now: UnixMillis, policy: &Policy) -> Coaching {
        let hold = self.holding_since.map_or(0.0, |since| {
            if policy.hold_ms <= 0 {
                1.0
            } else {
                ((now.saturating_sub(since)) as f64 / policy.hold_ms as f64).clamp(0.0, 1.0)
            }
        });
        let told = self.told();
        Coaching {
            instruction: told.instruction,
            reason: told.reason,
            hold,
            countdown: None,
            offer_operator: self
                .reached
                .is_some_and(|(_, since)| now.saturating_sub(since) >= policy.help_after_ms),
        }
    }

    fn told(&self) -> Told {
        self.shown.map_or(Told::plain(Instruction::ComeIntoView), |(told, _)| told)
    }

    /// The newest whole look, while it is fresh and the face is still where it was on that frame. Its age counts from its
    /// result: on a slow machine looks are late, but no less true of somebody who has not moved.
    fn valid_look(&self, now: UnixMillis, policy: &Policy) -> Option<&WholeLook> {
        let (face, (look, came)) = (self.face?, self.look.as_ref()?);
        let fresh = (0..=policy.look_fresh_ms).contains(&now.saturating_sub(*came));
        (fresh && face.is_near(&look.face)).then_some(look)
    }

    /// The most important thing that is wrong.
    fn wanted(&mut self, measures: &FramingMeasures, now: UnixMillis, policy: &Policy) -> Told {
        let dark = measures.brightness < DARK;
        let Some(face) = measures.face else {
            self.failing.clear();
            return Told::plain(if dark { Instruction::MoreLight } else { Instruction::ComeIntoView });
        };
        let live = &measures.checks;
        let slow = self.valid_look(now, policy).map_or(&[][..], |look| &look.checks);
        let known = |id| live.iter().any(|check| check.id == id);
        let checks = || live.iter().chain(slow.iter().filter(|check| !known(check.id)));

        // A check is in fault from its failing until it passes: its warning zone is what keeps words from flickering.
        let failing: BTreeSet<CheckId> = checks()
            .filter(|check| match check.verdict {
                Verdict::Fail => true,
                Verdict::Warn => self.failing.contains(&check.id),
                Verdict::Pass | Verdict::Unknown => false,
            })
            .map(|check| check.id)
            .collect();
        let mended = checks().filter(|check| failing.contains(&check.id)).filter_map(|check| {
            let instruction = remedy(check, face.light_balance)?;
            Some(Told { instruction, reason: Some(check.id) })
        });
        let most_urgent = mended
            .chain(dark.then_some(Told::plain(Instruction::MoreLight)))
            .chain(place(&face, self.told().instruction).map(Told::plain))
            .min_by_key(|told| told.instruction)
            .unwrap_or(Told::plain(Instruction::HoldStill));
        self.failing = failing;
        most_urgent
    }

    /// Words that change faster than they can be read help nobody; good news and absence show at once.
    fn say(&mut self, wanted: Told, now: UnixMillis, policy: &Policy) {
        if self.wished.is_none_or(|(told, _)| told.instruction != wanted.instruction) {
            self.wished = Some((wanted, now));
        }
        let lasting = self.wished.map_or(0, |(_, since)| now.saturating_sub(since));
        let urgent = is_urgent(wanted.instruction);
        match self.shown {
            Some((told, _)) if told.instruction == wanted.instruction => {}
            Some((_, since)) if !urgent && now.saturating_sub(since) < policy.instruction_ms => {}
            Some((told, _))
                if !urgent && told.instruction == Instruction::HoldStill && lasting < BLINK_MS => {}
            _ => self.shown = Some((wanted, now)),
        }
    }

    fn note_progress(&mut self, wanted: Instruction, now: UnixMillis) {
        // Darkness in front of an empty chair is no step beyond an empty chair.
        let step = if self.face.is_none() { Instruction::ComeIntoView } else { wanted };
        if self.reached.is_none_or(|(farthest, _)| step > farthest) {
            self.reached = Some((step, now));
        }
    }
}

fn is_urgent(instruction: Instruction) -> bool {
    matches!(instruction, Instruction::HoldStill | Instruction::ComeIntoView | Instruction::OnePersonOnly)
}

/// The most important thing that is wrong with distance and place. `current` is what the screen says: a limit is left only a
/// little inside of where it was entered.
fn place(face: &FaceMeasures, current: Instruction) -> Option<Instruction> {
    use Instruction as I;
    // A crop that fits leaves the sitter some freedom; one that does not is mended by position first.
    let leeway = if face.crop_fits { ROOMY } else { 1.0 };
    let (off_centre, off_row) = (OFF_CENTRE * leeway, OFF_ROW * leeway);
    // How far each measure is beyond its limit, and how far inside it must come back.
    let rules: [(f64, f64, I); 6] = [
        (SMALLEST_SIZE - face.size, 0.04, I::ComeCloser),
        (face.size - LARGEST_SIZE, 0.04, I::StepBack),
        (face.offset_x - off_centre, 0.015, I::MoveRight),
        (-face.offset_x - off_centre, 0.015, I::MoveLeft),
        (face.offset_y - off_row, 0.02, I::SitHigher),
        (-face.offset_y - off_row, 0.02, I::SitLower),
    ];
    let broken = rules.into_iter().find(|&(excess, relief, instruction)| {
        excess + if current == instruction { relief } else { 0.0 } > 0.0
    });
    match broken {
        Some((_, _, instruction)) => Some(instruction),
        // Inside every single limit and still no crop: a little more distance always makes room.
        None => (!face.crop_fits).then_some(I::StepBack),
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
/// What is over sooner is not named once everything was right: a blink lasts 100–300 ms.
const BLINK_MS: UnixMillis = 300;

#[cfg(test)]
mod tests;
