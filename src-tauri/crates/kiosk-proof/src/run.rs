//! Runs cases.

use std::sync::atomic::{AtomicUsize, Ordering};

use kiosk_core::{Check, CheckId, Fault, Profile, Verdict};
use kiosk_vision::model::ModelBytes;

use crate::case::{Case, Deed, Grade, Origin};
use crate::parallel::{in_parallel, standardiser};
use crate::studio;

/// Looks on while cases run.
pub trait Watch: Sync {
    /// A case was judged: its file, a name for it, and how many of all are done.
    fn judged(&self, file: &[u8], name: &str, done: usize, all: usize);
}

/// What the checks said of one case.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Where the picture came from.
    pub origin: Origin,
    /// Who is on it.
    pub sitter: String,
    /// What was done.
    pub deed: Deed,
    /// Checks that had to notice.
    pub targets: &'static [CheckId],
    /// Checks that may change as a consequence.
    pub affects: &'static [CheckId],
    /// True yaw, pitch, roll.
    pub pose: Option<[f32; 3]>,
    /// What was said.
    pub checks: Vec<Check>,
}

impl Outcome {
    /// What one check said.
    pub fn check(&self, id: CheckId) -> Option<&Check> {
        self.checks.iter().find(|check| check.id == id)
    }

    /// Whether a check failed.
    pub fn fails(&self, id: CheckId) -> bool {
        self.check(id).is_some_and(|check| check.verdict == Verdict::Fail)
    }

    /// The targets that can be judged in a shot at all; a clean picture is judged by everything.
    pub fn judged_by(&self) -> impl Iterator<Item = CheckId> + '_ {
        self.targets.iter().copied().filter(|id| self.check(*id).is_some())
    }

    /// Whether one of the targets failed.
    pub fn caught(&self) -> bool {
        self.targets.iter().any(|id| self.fails(*id))
    }

    /// Whether nothing was done to the picture.
    pub fn is_clean(&self) -> bool {
        self.deed.grade == Grade::Clean
    }
}

/// Judges every case; those that could not be made are left out.
pub fn run(
    models: &[ModelBytes; 2],
    profile: &Profile,
    cases: &[Case<'_>],
    watch: &dyn Watch,
) -> Result<Vec<Outcome>, Fault> {
    let done = AtomicUsize::new(0);
    let set_up = || Ok((standardiser(models)?, studio::renderer()));
    let outcomes = in_parallel(cases, set_up, |(standardiser, renderer), case| {
        let file = (case.make)(renderer);
        let count = done.fetch_add(1, Ordering::Relaxed) + 1;
        let Some(file) = file else { return Ok(None) };
        let checks = standardiser.check_shot(&file, profile, None)?.checks;
        watch.judged(&file, &name(case), count, cases.len());
        Ok(Some(outcome(case, checks)))
    })?;
    Ok(outcomes.into_iter().flatten().collect())
}

/// A name for a case's picture, fit for a file.
pub fn name(case: &Case<'_>) -> String {
    let Deed { family, variant, grade } = &case.deed;
    let words = format!("{family} {grade:?} {variant} {}", case.sitter);
    let plain = |c: char| if c.is_alphanumeric() || "+-.".contains(c) { c } else { '_' };
    words.chars().map(plain).collect::<String>().to_lowercase()
}

fn outcome(case: &Case<'_>, checks: Vec<Check>) -> Outcome {
    Outcome {
        origin: case.origin,
        sitter: case.sitter.clone(),
        deed: case.deed.clone(),
        targets: case.targets,
        affects: case.affects,
        pose: case.pose,
        checks,
    }
}
