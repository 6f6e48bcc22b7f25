//! Whether two faces are one person's.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// From here on two faces are taken for two persons'.
///
/// Measured by `kiosk bench faces` on looks that tell whose face they show (`kiosk-proof/FACES.md`): one person's, smiling, badly lit, with
/// other glasses, lie within 0.472 of each other; of 21,660 pairs of two persons, two are nearer than this.
pub const OTHER_FACE_DISTANCE: f32 = 0.49;

/// Closer than this two photos of one day are taken for one person's, and an operator is asked to look.
///
/// Every photo meets every other of its day: at a thousand students half a million pairs. So it is far stricter than
/// [`OTHER_FACE_DISTANCE`]; what it lets through is somebody with other glasses or in other light.
pub const SAME_FACE_DISTANCE: f32 = 0.35;

/// A face as a point in a space where one person's faces lie close together: 128 numbers of dlib's face recognition net.
///
/// It is kept in memory for a visit and is nowhere written: there is no way to turn it into text or bytes.
#[derive(Clone, PartialEq)]
pub struct FaceEmbedding(Arc<[f32]>);

impl FaceEmbedding {
    /// The point with these coordinates.
    #[must_use]
    pub fn new(coordinates: &[f32]) -> Self {
        Self(coordinates.into())
    }

    /// Euclidean distance: about 0.3–0.5 between two pictures of one person, 0.7–1 between two persons.
    #[must_use]
    pub fn distance(&self, other: &Self) -> f32 {
        self.0.iter().zip(other.0.iter()).map(|(a, b)| (a - b) * (a - b)).sum::<f32>().sqrt()
    }
}

impl fmt::Debug for FaceEmbedding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FaceEmbedding(…)")
    }
}

/// What a comparison with an enrolment photo says: a hint to the operator and never a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Likeness {
    /// Very likely the same person.
    Alike,
    /// Could be, or could not.
    Unsure,
    /// Likely another person.
    Unlike,
    /// The school gave no enrolment photo of this student.
    NoPhoto,
    /// The enrolment photo cannot be read, or shows no face.
    Unusable,
}

impl Likeness {
    /// Years lie between the two photos, so that there is room for doubt on both sides of [`OTHER_FACE_DISTANCE`]; from 0.6 on the net's
    /// authors take two faces for two persons'.
    #[must_use]
    pub fn of(distance: f32) -> Self {
        const UNLIKE: f32 = 0.6;
        if distance < OTHER_FACE_DISTANCE {
            Self::Alike
        } else if distance < UNLIKE {
            Self::Unsure
        } else {
            Self::Unlike
        }
    }

    /// The name in the order log and on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Alike => "alike",
            Self::Unsure => "unsure",
            Self::Unlike => "unlike",
            Self::NoPhoto => "no_photo",
            Self::Unusable => "unusable",
        }
    }
}

impl FromStr for Likeness {
    type Err = UnknownLikeness;

    fn from_str(name: &str) -> Result<Self, UnknownLikeness> {
        [Self::Alike, Self::Unsure, Self::Unlike, Self::NoPhoto, Self::Unusable]
            .into_iter()
            .find(|likeness| likeness.as_str() == name)
            .ok_or(UnknownLikeness)
    }
}

/// A result of a comparison that this version does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown likeness")]
pub struct UnknownLikeness;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_is_euclidean() {
        let (a, b) = (FaceEmbedding::new(&[0.0, 3.0]), FaceEmbedding::new(&[4.0, 0.0]));
        assert!((a.distance(&b) - 5.0).abs() < 1e-6);
        assert!(a.distance(&a).abs() < 1e-6);
    }
}
