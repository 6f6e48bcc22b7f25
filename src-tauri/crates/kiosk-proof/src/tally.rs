//! Counts: false rejects, false accepts, ranges of values.

use std::collections::BTreeMap;

use kiosk_core::{CheckId, Profile, Verdict};
use serde::Serialize;

use crate::SAMPLE;
use crate::case::{Grade, Origin};
use crate::run::Outcome;

/// Where values lie.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Spread {
    /// Least, 5 % quantile, median, 95 % quantile, greatest.
    pub quantiles: [f64; 5],
}

impl Spread {
    /// Of at least one value.
    pub fn of(mut values: Vec<f64>) -> Option<Self> {
        values.sort_by(f64::total_cmp);
        let last = values.len().checked_sub(1)?;
        let at = |share: f64| values[(share * last as f64).round() as usize];
        Some(Self { quantiles: [0.0, 0.05, 0.5, 0.95, 1.0].map(at) })
    }
}

/// What one check said of one kind of picture.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// The check.
    pub check: CheckId,
    /// Where the pictures come from.
    pub origin: Origin,
    /// What was done to them.
    pub family: &'static str,
    /// How much of it.
    pub variant: String,
    /// How bad that is.
    pub grade: Grade,
    /// Pictures.
    pub n: usize,
    /// Of these, this check failed.
    pub failed: usize,
    /// Of these, this check could not be made.
    pub unknown: usize,
    /// Of these, this check or another that was meant failed.
    pub caught: usize,
    /// Values measured.
    pub values: Option<Spread>,
}

/// How many of how many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Catch {
    /// Failed.
    pub failed: usize,
    /// Could not be made.
    pub unknown: usize,
    /// Pictures.
    pub n: usize,
}

impl Catch {
    fn count(&mut self, failed: bool, unknown: bool) {
        self.n += 1;
        self.failed += usize::from(failed);
        self.unknown += usize::from(unknown && !failed);
    }
}

/// One check at a glance.
#[derive(Debug, Clone, Serialize)]
pub struct Overview {
    /// The check.
    pub check: CheckId,
    /// Clean portraits: failing is a false reject.
    pub clean_portraits: Catch,
    /// Clean simulated sitters.
    pub clean_studio: Catch,
    /// Mild changes of both kinds: failing is a false reject.
    pub mild: Catch,
    /// Clear and gross damages of portraits: not failing is a false accept.
    pub portraits: Catch,
    /// Clear and gross in the simulated studio.
    pub studio: Catch,
}

/// A check that failed where it was not meant to.
#[derive(Debug, Clone, Serialize)]
pub struct Collateral {
    /// The check.
    pub check: CheckId,
    /// What was done.
    pub family: &'static str,
    /// How bad that was.
    pub grade: Grade,
    /// Pictures on which it failed, while it did not fail on the sitter's clean picture.
    pub failed: usize,
    /// Pictures.
    pub n: usize,
}

/// Measured against true turns of the head, degrees.
#[derive(Debug, Clone, Serialize)]
pub struct PoseError {
    /// `yaw`, `pitch` or `roll`.
    pub check: CheckId,
    /// Largest true turn that counts here.
    pub within: f32,
    /// Median of measured − true.
    pub bias: f64,
    /// Median, 95 % quantile and greatest of |measured − true|.
    pub errors: [f64; 3],
    /// Pictures.
    pub n: usize,
}

/// Everything that was counted.
#[derive(Debug, Clone, Serialize)]
pub struct Tally {
    /// Recipient profile.
    pub profile: String,
    /// Portraits that were used.
    pub portraits: usize,
    /// Simulated sitters.
    pub sitters: usize,
    /// Pictures that were judged.
    pub pictures: usize,
    /// One a check.
    pub overview: Vec<Overview>,
    /// The same for every second picture of the first simulated sitter, which a test measures again.
    pub sample: Vec<Overview>,
    /// One an axis and range.
    pub pose: Vec<PoseError>,
    /// Check by check, kind by kind.
    pub rows: Vec<Row>,
    /// What else failed.
    pub collateral: Vec<Collateral>,
}

impl Tally {
    /// Counts outcomes.
    pub fn of(outcomes: &[Outcome], profile: &Profile, portraits: usize) -> Self {
        let clean = |origin| outcomes.iter().filter(move |o| o.is_clean() && o.origin == origin).count();
        Self {
            profile: profile.id.clone(),
            portraits,
            sitters: clean(Origin::Studio),
            pictures: outcomes.len(),
            overview: overview(outcomes),
            sample: overview(&sample(outcomes)),
            pose: pose(outcomes),
            rows: rows(outcomes),
            collateral: collateral(outcomes),
        }
    }
}

fn sample(outcomes: &[Outcome]) -> Vec<Outcome> {
    let drawn = || outcomes.iter().filter(|o| o.origin == Origin::Studio);
    let first = drawn().next().map(|o| o.sitter.clone());
    drawn().filter(|o| Some(&o.sitter) == first.as_ref()).step_by(SAMPLE).cloned().collect()
}

/// Checks that a shot allows.
fn checks(outcomes: &[Outcome]) -> impl Iterator<Item = CheckId> + '_ {
    CheckId::ALL.iter().copied().filter(|id| outcomes.iter().any(|o| o.check(*id).is_some()))
}

fn unknown(outcome: &Outcome, id: CheckId) -> bool {
    outcome.check(id).is_none_or(|check| check.verdict == Verdict::Unknown)
}

fn overview(outcomes: &[Outcome]) -> Vec<Overview> {
    let of = |check: CheckId| {
        let mut row = Overview {
            check,
            clean_portraits: Catch::default(),
            clean_studio: Catch::default(),
            mild: Catch::default(),
            portraits: Catch::default(),
            studio: Catch::default(),
        };
        for outcome in outcomes {
            let place = match (outcome.deed.grade, outcome.origin) {
                (Grade::Clean, Origin::Portrait) => &mut row.clean_portraits,
                (Grade::Clean, Origin::Studio) => &mut row.clean_studio,
                (Grade::Mild, _) if outcome.targets.contains(&check) => &mut row.mild,
                (Grade::Clear | Grade::Gross, origin) if outcome.targets.first() == Some(&check) => {
                    let place = if origin == Origin::Portrait { &mut row.portraits } else { &mut row.studio };
                    place.count(outcome.caught(), outcome.judged_by().all(|id| unknown(outcome, id)));
                    continue;
                }
                _ => continue,
            };
            place.count(outcome.fails(check), unknown(outcome, check));
        }
        row
    };
    checks(outcomes).map(of).collect()
}

fn rows(outcomes: &[Outcome]) -> Vec<Row> {
    // Kept in the order of the cases: from mild to gross.
    let mut order = Vec::new();
    let mut kinds: BTreeMap<_, Vec<&Outcome>> = BTreeMap::new();
    for outcome in outcomes {
        let key = (outcome.origin, outcome.deed.clone());
        let list = kinds.entry(key.clone()).or_default();
        if list.is_empty() {
            order.push(key);
        }
        list.push(outcome);
    }
    let mut rows = Vec::new();
    for check in checks(outcomes) {
        for (origin, deed) in &order {
            let Some(list) = kinds.get(&(*origin, deed.clone())) else { continue };
            if !list.iter().any(|o| o.targets.contains(&check)) {
                continue;
            }
            let values = list.iter().filter_map(|o| o.check(check)?.value).collect();
            let count = |meets: &dyn Fn(&Outcome) -> bool| list.iter().filter(|o| meets(o)).count();
            rows.push(Row {
                check,
                origin: *origin,
                family: deed.family,
                variant: deed.variant.clone(),
                grade: deed.grade,
                n: list.len(),
                failed: count(&|o| o.fails(check)),
                unknown: count(&|o| unknown(o, check)),
                caught: count(&|o| o.caught()),
                values: Spread::of(values),
            });
        }
    }
    rows
}

fn collateral(outcomes: &[Outcome]) -> Vec<Collateral> {
    let mut kinds: BTreeMap<_, (usize, BTreeMap<CheckId, usize>)> = BTreeMap::new();
    for outcome in outcomes.iter().filter(|o| !o.is_clean()) {
        let clean = outcomes
            .iter()
            .find(|o| o.is_clean() && o.origin == outcome.origin && o.sitter == outcome.sitter);
        let (n, failed) = kinds.entry((outcome.deed.family, outcome.deed.grade)).or_default();
        *n += 1;
        for check in outcome.checks.iter().filter(|check| check.verdict == Verdict::Fail) {
            let meant = outcome.targets.contains(&check.id) || outcome.affects.contains(&check.id);
            if !meant && !clean.is_some_and(|o| o.fails(check.id)) {
                *failed.entry(check.id).or_default() += 1;
            }
        }
    }
    let list = kinds.into_iter().flat_map(|((family, grade), (n, failed))| {
        failed.into_iter().map(move |(check, failed)| Collateral { check, family, grade, failed, n })
    });
    list.collect()
}

fn pose(outcomes: &[Outcome]) -> Vec<PoseError> {
    let axes = [(CheckId::Yaw, "yaw", 0), (CheckId::Pitch, "pitch", 1), (CheckId::Roll, "roll", 2)];
    let mut list = Vec::new();
    for (check, family, axis) in axes {
        for within in [10.0, 25.0] {
            let errors =
                outcomes.iter().filter(|o| o.is_clean() || o.deed.family == family).filter_map(|o| {
                    let truth = o.pose?[axis];
                    (truth.abs() <= within).then_some(o.check(check)?.value? - f64::from(truth))
                });
            let errors: Vec<f64> = errors.collect();
            let sizes = errors.iter().map(|e| e.abs()).collect();
            if let (Some(signed), Some(size)) = (Spread::of(errors.clone()), Spread::of(sizes)) {
                let [_, _, median, p95, max] = size.quantiles;
                let bias = signed.quantiles[2];
                list.push(PoseError { check, within, bias, errors: [median, p95, max], n: errors.len() });
            }
        }
    }
    list
}
