//! One session, one code, one face.

use super::Policy;
use crate::face::FaceEmbedding;
use crate::{Check, CheckId, Verdict};

/// Looks of a stranger in a row that end a visit: one may be an accident.
const STRANGE_LOOKS: u8 = 2;

/// Views that are remembered of the sitter, so that a turned head or a pair of glasses finds its like.
const VIEWS: usize = 6;

/// A view is remembered when it is at least so far from those that are, as a share of the limit…
const NEWS: f32 = 0.3;
/// …and certainly the sitter's: no farther than this share of the limit.
const CERTAIN: f32 = 0.8;

/// Checks that have to be in order before a look says whose face it is: on faces that are turned away, blurred, badly lit or behind glare
/// one person's pictures lie as far apart as two persons'.
const TELLING: [CheckId; 12] = [
    CheckId::SingleFace,
    CheckId::Yaw,
    CheckId::Pitch,
    CheckId::Roll,
    CheckId::Sharpness,
    CheckId::UnderExposure,
    CheckId::OverExposure,
    CheckId::Contrast,
    CheckId::Highlights,
    CheckId::GlassesGlare,
    CheckId::GlassesTint,
    CheckId::HairOverBrows,
];

/// Whether a picture with these checks shows a face well enough to say whose it is.
#[must_use]
pub fn tells_whose(checks: &[Check]) -> bool {
    let alone = |check: &Check| check.id == CheckId::SingleFace && check.verdict == Verdict::Pass;
    checks.iter().any(alone)
        && !checks.iter().any(|check| check.verdict == Verdict::Fail && TELLING.contains(&check.id))
}

/// The face that a visit belongs to. It lives and ends with the visit.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Binding {
    views: Vec<FaceEmbedding>,
    strange: u8,
}

/// What a look says about the person in front of the camera.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// The sitter, or nobody can tell.
    Sitter,
    /// Somebody else, for the first time.
    Doubtful,
    /// Somebody else.
    Stranger,
}

impl Binding {
    /// Takes in a picture with these checks, when it [`tells_whose`] face it shows.
    pub fn look(&mut self, checks: &[Check], whose: Option<&FaceEmbedding>, policy: &Policy) -> Presence {
        match whose.filter(|_| tells_whose(checks)) {
            Some(face) => self.observe(face, policy),
            None => Presence::Sitter,
        }
    }

    /// Whether the last look showed somebody else.
    #[must_use]
    pub fn in_doubt(&self) -> bool {
        self.strange > 0
    }

    /// The first face says whose visit it is.
    fn observe(&mut self, face: &FaceEmbedding, policy: &Policy) -> Presence {
        let limit = policy.other_face_distance;
        let nearest = self.views.iter().map(|view| view.distance(face)).reduce(f32::min);
        match nearest {
            Some(distance) if distance >= limit => {
                self.strange = (self.strange + 1).min(STRANGE_LOOKS);
                return if self.strange < STRANGE_LOOKS { Presence::Doubtful } else { Presence::Stranger };
            }
            Some(distance) => {
                let news = distance >= NEWS * limit && distance <= CERTAIN * limit;
                if news && self.views.len() < VIEWS {
                    self.views.push(face.clone());
                }
            }
            None => self.views.push(face.clone()),
        }
        self.strange = 0;
        Presence::Sitter
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face(at: f32) -> FaceEmbedding {
        FaceEmbedding::new(&[at, 0.0])
    }

    fn seen(faces: &[f32]) -> Presence {
        let (mut binding, policy) = (Binding::default(), Policy::default());
        faces.iter().fold(Presence::Sitter, |_, &at| binding.observe(&face(at), &policy))
    }

    #[test]
    fn two_strange_looks_in_a_row_are_a_stranger() {
        for (faces, presence) in [
            (&[0.0][..], Presence::Sitter),
            (&[0.0, 0.1, -0.2], Presence::Sitter),
            (&[0.0, 0.9], Presence::Doubtful),
            (&[0.0, 0.9, 0.9], Presence::Stranger),
            (&[0.0, 0.9, 0.0, 0.9], Presence::Doubtful),
            (&[0.0, 0.9, 0.9, 0.9], Presence::Stranger),
        ] {
            assert_eq!(seen(faces), presence, "{faces:?}");
        }
    }

    #[test]
    fn a_view_that_is_certain_widens_what_is_known_and_a_doubtful_one_does_not() {
        // 0.3 is a new view of the sitter, from which 0.7 is not far.
        assert_eq!(seen(&[0.0, 0.3, 0.7]), Presence::Sitter);
        // 0.45 may be anybody: nobody is led away step by step.
        assert_eq!(seen(&[0.0, 0.45, 0.7]), Presence::Doubtful);
    }

    #[test]
    fn a_look_tells_whose_face_it_is_when_one_face_is_well_seen() {
        let check = |id, verdict| Check { verdict, ..Check::unknown(id, "") };
        let alone = check(CheckId::SingleFace, Verdict::Pass);
        assert!(tells_whose(&[alone.clone(), check(CheckId::MouthClosed, Verdict::Fail)]));
        assert!(!tells_whose(&[]));
        assert!(!tells_whose(&[check(CheckId::SingleFace, Verdict::Unknown)]));
        assert!(!tells_whose(&[alone, check(CheckId::Yaw, Verdict::Fail)]));
    }
}
