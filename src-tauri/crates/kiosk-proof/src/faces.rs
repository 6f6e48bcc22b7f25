//! How well persons are told apart.
use std::collections::BTreeMap;
use std::fmt;

use kiosk_core::face::FaceEmbedding;
use kiosk_core::{Check, Fault, Verdict};
use kiosk_vision::model::ModelBytes;

use crate::case::{Case, Origin};
use crate::parallel::{face_teller, in_parallel};
use crate::{Plan, studio, with_cases};

pub const FACES_TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/FACES.md");

pub struct FaceReport(String);
impl fmt::Display for FaceReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

struct Seen {
    person: String,
    origin: Origin,
    family: String,
    name: String,
    face: FaceEmbedding,
    checks: Vec<Check>,
}

pub fn prove_faces(
    models: &[ModelBytes; 2],
    faces: &[ModelBytes; 2],
    plan: &Plan,
) -> Result<FaceReport, Fault> {
    with_cases(models, plan, |cases| {
        let set_up = || Ok((face_teller(models, faces)?, studio::renderer()));
        let seen = in_parallel(cases, set_up, |(st, r), case: &Case<'_>| {
            let Some(file) = (case.make)(r) else { return Ok(None) };
            let shot = st.check_shot(&file, &plan.profile, None)?;
            Ok(shot.embedding.map(|face| Seen {
                person: case.sitter.split('_').next().unwrap_or_default().to_owned(),
                origin: case.origin,
                family: case.deed.family.to_owned(),
                name: format!(
                    "{} {:?} {} {}",
                    case.deed.family, case.deed.grade, case.deed.variant, case.sitter
                ),
                face,
                checks: shot.checks,
            }))
        })?;
        let seen: Vec<Seen> = seen.into_iter().flatten().collect();
        let mut out = String::new();
        use std::fmt::Write;
        for s in &seen {
            let reference = seen.iter().find(|c| c.family == "clean" && c.person == s.person);
            let Some(r) = reference else { continue };
            let d = r.face.distance(&s.face);
            let other = seen
                .iter()
                .filter(|c| c.family == "clean" && c.person != s.person && c.origin == s.origin)
                .map(|c| c.face.distance(&s.face))
                .fold(9.0f32, f32::min);
            let fails: Vec<&str> =
                s.checks.iter().filter(|c| c.verdict == Verdict::Fail).map(|c| c.id.as_str()).collect();
            let _ = writeln!(
                out,
                "{:?}\t{}\t{d:.3}\t{other:.3}\t{}\t{}",
                s.origin,
                s.family,
                s.name,
                fails.join(",")
            );
        }
        let _ = BTreeMap::<(), ()>::new();
        Ok(FaceReport(out))
    })
}
