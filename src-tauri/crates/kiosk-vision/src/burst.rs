//! Which frame of a burst becomes the shot: eyes open, sharp, straight.
//!
//! Each frame's measures are compared with the best of its own burst, so that narrow eyes, a soft lens or a head that is never quite
//! straight cost nobody their photo. What frames of one sitter within a third of a second differ by is a blink, a movement, a
//! turn.

use image::RgbImage;
use kiosk_core::report::{Burst, BurstScore};

use crate::checks::{eyes, focus, pose};
use crate::face::{FaceReading, Mesh};
use crate::landmarks as lm;

/// Degrees off straight that cost the whole score: three times what the checks allow.
const FULL_TURN: f64 = 30.0;

/// Measures one frame; its score stays 0 until the burst is complete. Without a face everything is 0.
#[must_use]
pub fn measure(reading: &FaceReading, frame: &RgbImage) -> BurstScore {
    let (Some(mesh), Some(turn)) = (&reading.mesh, reading.pose) else { return BurstScore::default() };
    BurstScore {
        eyes_open: finite(eyes::opening(mesh)),
        sharpness: finite(focus::detail(frame, around_the_eyes(mesh)).unwrap_or(0.0)),
        turn: finite(pose::off_straight(turn)),
        score: 0.0,
    }
}

/// Ranks the frames of one burst. The score is the product of three shares, each 1 for the best that this burst has: eyes open (squared: a
/// half-closed eye spoils any photo), sharpness, and straightness, which falls from 1 at 0° to 0 at 30°. Of equals the first is
/// chosen. `None` for no frames.
#[must_use]
pub fn choose(mut scores: Vec<BurstScore>) -> Option<Burst> {
    let best = |of: fn(&BurstScore) -> f64| scores.iter().map(of).fold(0.0, f64::max).max(f64::MIN_POSITIVE);
    let (widest, sharpest) = (best(|s| s.eyes_open), best(|s| s.sharpness));
    for score in &mut scores {
        let straight = (1.0 - score.turn / FULL_TURN).clamp(0.0, 1.0);
        let open = score.eyes_open / widest;
        score.score = open * open * (score.sharpness / sharpest) * straight;
    }
    let ranked = scores.iter().enumerate();
    let chosen = ranked.reduce(|best, next| if next.1.score > best.1.score { next } else { best })?.0;
    Some(Burst { frames: scores.len() as u32, chosen: chosen as u32, scores })
}

/// Left, top, right and bottom of brows and eyes: what must be sharp in a portrait.
fn around_the_eyes(mesh: &Mesh) -> [f32; 4] {
    let (left, right) = (mesh.point(lm::RIGHT_EYE_OUTER_CORNER), mesh.point(lm::LEFT_EYE_OUTER_CORNER));
    let brows = mesh.mean(&lm::RIGHT_BROW_UPPER)[1].min(mesh.mean(&lm::LEFT_BROW_UPPER)[1]);
    let below = mesh.mean(&lm::RIGHT_LOWER_LID)[1].max(mesh.mean(&lm::LEFT_LOWER_LID)[1]);
    let margin = 0.15 * (right[0] - left[0]);
    [left[0] - margin, brows - margin, right[0] + margin, below + margin]
}

fn finite(value: f32) -> f64 {
    if value.is_finite() { f64::from(value) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pose::Pose;

    const GOOD: BurstScore = BurstScore { eyes_open: 0.09, sharpness: 0.6, turn: 2.0, score: 0.0 };

    fn chosen(scores: &[BurstScore]) -> u32 {
        choose(scores.to_vec()).unwrap().chosen
    }

    #[test]
    fn a_blink_a_movement_and_a_turn_are_not_chosen() {
        for spoiled in [
            BurstScore { eyes_open: 0.05, sharpness: 0.65, ..GOOD },
            BurstScore { sharpness: 0.45, ..GOOD },
            BurstScore { turn: 8.0, ..GOOD },
            BurstScore::default(),
        ] {
            assert_eq!(chosen(&[spoiled, GOOD, spoiled]), 1);
            assert_eq!(chosen(&[GOOD, spoiled]), 0);
        }
        assert_eq!(chosen(&[GOOD, GOOD]), 0, "of equals the first");
    }

    #[test]
    fn a_burst_without_a_face_still_has_a_frame_and_an_empty_one_has_none() {
        assert_eq!(chosen(&[BurstScore::default(); 3]), 0);
        assert_eq!(choose(Vec::new()), None);
    }

    #[test]
    fn scores_explain_the_choice() {
        let narrow = BurstScore { eyes_open: 0.045, ..GOOD };
        let burst = choose(vec![narrow, GOOD]).unwrap();
        assert_eq!((burst.frames, burst.chosen), (2, 1));
        assert!((burst.scores[0].score / burst.scores[1].score - 0.25).abs() < 1e-9);
        assert!(burst.scores.iter().all(|s| (0.0..=1.0).contains(&s.score)));
    }

    #[test]
    fn a_sharp_eye_region_measures_sharper_and_nobody_measures_nothing() {
        let mut points = vec![[160.0, 120.0, 0.0]; lm::COUNT];
        let mut put = |index: usize, x: f32, y: f32| points[index] = [x, y, 0.0];
        put(lm::RIGHT_EYE_OUTER_CORNER, 100.0, 100.0);
        put(lm::LEFT_EYE_OUTER_CORNER, 220.0, 100.0);
        put(lm::CHIN, 160.0, 220.0);
        let mesh = Mesh { points };
        let reading = FaceReading {
            faces: vec![mesh.bounds(1.0)],
            mesh: Some(mesh),
            pose: Some(Pose::default()),
            presence: 1.0,
        };
        let stripes = |soft: f32| {
            RgbImage::from_fn(320, 240, |x, y| {
                let wave = ((x + 2 * y) as f32 / 9.0).sin() * soft;
                image::Rgb([(128.0 + 100.0 * wave.clamp(-1.0, 1.0)) as u8; 3])
            })
        };
        let (sharp, soft) = (measure(&reading, &stripes(40.0)), measure(&reading, &stripes(1.0)));
        assert!(sharp.sharpness > soft.sharpness + 0.1, "{sharp:?} {soft:?}");
        assert_eq!(measure(&FaceReading::default(), &stripes(1.0)), BurstScore::default());
    }
}
