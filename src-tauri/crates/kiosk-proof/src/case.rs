//! A case: a picture whose truth is known.

use kiosk_camera::sim::Renderer;
use kiosk_core::CheckId;
use serde::Serialize;

/// How bad a picture is, to a reviewer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// Nothing was done to it.
    Clean,
    /// Something was done that nobody would refuse: its targets must not fail.
    Mild,
    /// Reviewers would differ: counts in neither column.
    Undecided,
    /// A reviewer would refuse it: a target must fail.
    Clear,
    /// Far beyond that.
    Gross,
}

impl Grade {
    /// Whether a target has to fail, or must not; `None` when either will do.
    pub fn must_fail(self) -> Option<bool> {
        match self {
            Self::Clean | Self::Mild => Some(false),
            Self::Undecided => None,
            Self::Clear | Self::Gross => Some(true),
        }
    }
}

/// Where a picture comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A photographed person.
    Portrait,
    /// The simulated studio.
    Studio,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Deed {
    /// Kind of trouble.
    pub family: &'static str,
    /// How much of it, and where.
    pub variant: String,
    /// How bad that is.
    pub grade: Grade,
}

/// Makes the picture of a case as a camera's file; `None` when what should be done cannot be done to this sitter.
pub type Make<'a> = Box<dyn Fn(&mut Renderer) -> Option<Vec<u8>> + Send + Sync + 'a>;

/// A picture whose truth is known.
pub struct Case<'a> {
    /// Where it comes from.
    pub origin: Origin,
    /// Who is on it.
    pub sitter: String,
    /// What was done.
    pub deed: Deed,
    /// Checks of which one must fail (clear, gross) or none may (mild). The first is the one meant.
    pub targets: &'static [CheckId],
    /// Checks that may change as a consequence.
    pub affects: &'static [CheckId],
    /// True yaw, pitch and roll, degrees.
    pub pose: Option<[f32; 3]>,
    /// Makes it.
    pub make: Make<'a>,
}

/// JPEG quality of a webcam.
pub const QUALITY: u8 = 92;
