//! How well persons are told apart: the distances that the limits in `kiosk_core::face` are chosen from.
//!
//! Every portrait, as it is and spoilt in every way that the checks are tried on, is compared with the untouched portraits of the same
//! person and of everybody else. Drawn sitters take no part: to the net they are nearly one person. `FACES.md` beside this source is the
//! result.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};

use kiosk_core::face::{FaceEmbedding, OTHER_FACE_DISTANCE, SAME_FACE_DISTANCE};
use kiosk_core::session::tells_whose;
use kiosk_core::{Fault, FaultCode};
use kiosk_vision::model::ModelBytes;
use serde::Serialize;

use crate::case::{Case, Grade, Origin};
use crate::parallel::{face_teller, in_parallel};
use crate::run::name;
use crate::{Plan, Watch, studio, with_cases};

/// The committed result.
pub const FACES_TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/FACES.md");

/// Limits that the table shows.
const LIMITS: [f32; 7] = [0.30, SAME_FACE_DISTANCE, 0.40, 0.45, OTHER_FACE_DISTANCE, 0.55, 0.60];

/// A picture with whom it shows.
struct Seen {
    person: String,
    family: &'static str,
    untouched: bool,
    face: FaceEmbedding,
    tells: bool,
}

/// How far pictures lie apart.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Distances {
    /// How many.
    pub n: usize,
    /// The least.
    pub least: f32,
    /// One in a hundred is less.
    pub hundredth: f32,
    /// Half are less.
    pub median: f32,
    /// One in a hundred is more.
    pub last_hundredth: f32,
    /// The greatest.
    pub greatest: f32,
}

impl Distances {
    fn of(mut all: Vec<f32>) -> Option<Self> {
        all.sort_by(f32::total_cmp);
        let at = |share: f64| all.get(((all.len() - 1) as f64 * share).round() as usize).copied();
        (!all.is_empty()).then_some(())?;
        Some(Self {
            n: all.len(),
            least: at(0.0)?,
            hundredth: at(0.01)?,
            median: at(0.5)?,
            last_hundredth: at(0.99)?,
            greatest: at(1.0)?,
        })
    }
}

/// What a limit between one person and two would decide.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AtLimit {
    /// The limit.
    pub limit: f32,
    /// Pictures of the sitter that would be taken for somebody else's.
    pub strangers: usize,
    /// Pairs of a picture and another person that would be taken for one person.
    pub mistaken: usize,
}

/// The result.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FaceReport {
    /// Persons.
    pub persons: usize,
    /// Pictures that tell whose face they show.
    pub telling: usize,
    /// Pictures that do not, by the checks.
    pub silent: usize,
    /// From a telling picture to its own person.
    pub own: Distances,
    /// From a telling picture to every other person.
    pub others: Distances,
    /// The same as `own`, for pictures that do not tell.
    pub own_silent: Option<Distances>,
    /// The decisions.
    pub limits: Vec<AtLimit>,
    /// `own` by what was done to the picture.
    pub families: Vec<(&'static str, Distances)>,
}

/// Runs a plan on its portraits. `models` are the files named by [`crate::MODELS`], `faces` those by [`crate::FACE_MODELS`].
///
/// # Errors
/// `model_wrong`; `image_unreadable` or `no_face` for a portrait that is none; `path_unusable` without at least two portraits.
pub fn prove_faces(
    models: &[ModelBytes; 2],
    faces: &[ModelBytes; 2],
    plan: &Plan,
    watch: &dyn Watch,
) -> Result<FaceReport, Fault> {
    let seen: Vec<Seen> = with_cases(models, plan, |cases| {
        let cases: Vec<&Case<'_>> = cases.iter().filter(|case| case.origin == Origin::Portrait).collect();
        let set_up = || Ok((face_teller(models, faces)?, studio::renderer()));
        let done = AtomicUsize::new(0);
        let seen = in_parallel(&cases, set_up, |(standardiser, renderer), case| {
            let file = (case.make)(renderer);
            let count = done.fetch_add(1, Ordering::Relaxed) + 1;
            let Some(file) = file else { return Ok(None) };
            let shot = standardiser.check_shot(&file, &plan.profile, None)?;
            watch.judged(&file, &name(case), count, cases.len());
            Ok(shot.embedding.map(|face| Seen {
                person: person(&case.sitter).to_owned(),
                family: case.deed.family,
                untouched: case.deed.grade == Grade::Clean,
                face,
                tells: tells_whose(&shot.checks),
            }))
        })?;
        Ok(seen.into_iter().flatten().collect())
    })?;
    FaceReport::of(&seen)
}

/// `006` of `006_neutral`.
fn person(sitter: &str) -> &str {
    sitter.split('_').next().unwrap_or(sitter)
}

impl FaceReport {
    fn of(seen: &[Seen]) -> Result<Self, Fault> {
        let references: BTreeMap<&str, &FaceEmbedding> =
            seen.iter().filter(|s| s.untouched).map(|s| (s.person.as_str(), &s.face)).collect();
        let (mut own, mut own_silent, mut others) = (Vec::new(), Vec::new(), Vec::new());
        let mut families: BTreeMap<&'static str, Vec<f32>> = BTreeMap::new();
        for picture in seen.iter().filter(|picture| !picture.untouched) {
            let Some(reference) = references.get(picture.person.as_str()) else { continue };
            let distance = reference.distance(&picture.face);
            families.entry(picture.family).or_default().push(distance);
            if picture.tells { own.push(distance) } else { own_silent.push(distance) }
        }
        for picture in seen.iter().filter(|picture| picture.tells) {
            let rest = references.iter().filter(|(person, _)| **person != picture.person);
            others.extend(rest.map(|(_, other)| other.distance(&picture.face)));
        }
        let limits = LIMITS.map(|limit| AtLimit {
            limit,
            strangers: own.iter().filter(|distance| **distance >= limit).count(),
            mistaken: others.iter().filter(|distance| **distance < limit).count(),
        });
        let few =
            || Fault::new(FaultCode::PathUnusable, "telling persons apart needs at least two portraits");
        Ok(Self {
            persons: references.len(),
            telling: seen.iter().filter(|picture| picture.tells).count(),
            silent: seen.iter().filter(|picture| !picture.tells).count(),
            own: Distances::of(own).ok_or_else(few)?,
            others: Distances::of(others).ok_or_else(few)?,
            own_silent: Distances::of(own_silent),
            limits: limits.to_vec(),
            families: families
                .into_iter()
                .filter_map(|(family, distances)| Some((family, Distances::of(distances)?)))
                .collect(),
        })
    }
}

impl fmt::Display for FaceReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "# How well persons are told apart\n")?;
        writeln!(
            f,
            "Measured by `kiosk bench faces --bless` (version {}): {} persons, {} pictures that tell whose face they show, {} \
             that do not (a check of pose, sharpness, light or glare fails). Distances from the untouched portrait.\n",
            env!("CARGO_PKG_VERSION"),
            self.persons,
            self.telling,
            self.silent
        )?;
        writeln!(
            f,
            "| pictures | n | least | 1 % | median | 99 % | greatest |\n|---|---|---|---|---|---|---|"
        )?;
        row(f, "one person", &self.own)?;
        row(f, "two persons", &self.others)?;
        if let Some(silent) = &self.own_silent {
            row(f, "one person, pictures that do not tell", silent)?;
        }
        writeln!(f, "\n| limit | sitter taken for a stranger | two persons taken for one |\n|---|---|---|")?;
        for at in &self.limits {
            let note = match at.limit {
                OTHER_FACE_DISTANCE => " (ends a visit, twice in a row)",
                SAME_FACE_DISTANCE => " (alarms, one face under two codes)",
                _ => "",
            };
            let (own, others) = (self.own.n, self.others.n);
            writeln!(f, "| {:.2}{note} | {}/{own} | {}/{others} |", at.limit, at.strangers, at.mistaken)?;
        }
        writeln!(
            f,
            "\n## One person, by what was done to the picture\n\n| | n | least | 1 % | median | 99 % | greatest |\n|---|---|---|---|---|---|---|"
        )?;
        self.families.iter().try_for_each(|(family, distances)| row(f, family, distances))
    }
}

fn row(f: &mut fmt::Formatter<'_>, name: &str, d: &Distances) -> fmt::Result {
    writeln!(
        f,
        "| {name} | {} | {:.3} | {:.3} | {:.3} | {:.3} | {:.3} |",
        d.n, d.least, d.hundredth, d.median, d.last_hundredth, d.greatest
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(person: &str, family: &'static str, at: f32, tells: bool) -> Seen {
        let face = FaceEmbedding::new(&[at]);
        Seen { person: person.to_owned(), family, untouched: family == "clean", face, tells }
    }

    #[test]
    fn persons_are_compared_with_themselves_and_with_others() {
        let report = FaceReport::of(&[
            seen("a", "clean", 0.0, true),
            seen("b", "clean", 1.0, true),
            seen("a", "dark", 0.2, true),
            seen("a", "glare", 0.5, false),
            seen("b", "dark", 0.58, true),
        ])
        .unwrap();
        assert_eq!((report.persons, report.telling, report.silent), (2, 4, 1));
        assert_eq!((report.own.n, report.own.least), (2, 0.2));
        assert_eq!(report.own_silent.map(|d| d.greatest), Some(0.5));
        assert_eq!(report.others.n, 4);
        let at = |limit: f32| report.limits.iter().find(|at| (at.limit - limit).abs() < 1e-6).unwrap();
        assert_eq!((at(0.4).strangers, at(0.4).mistaken), (1, 0));
        assert_eq!((at(0.6).strangers, at(0.6).mistaken), (0, 1));
        assert_eq!(
            FaceReport::of(&[seen("a", "clean", 0.0, true)]).unwrap_err().code,
            FaultCode::PathUnusable
        );
    }
}
