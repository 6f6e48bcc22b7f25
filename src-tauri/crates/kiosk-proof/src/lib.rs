//! How well the checks see, people are cut out, told apart and codes are read, measured on pictures whose truth is known.
//!
//! Three kinds of pictures: portraits as they are; the same portraits spoilt on purpose ([`damage`]); and the simulated studio
//! ([`studio`]). Each goes as a JPEG file through [`Standardiser::check_shot`](kiosk_vision::standardise::Standardiser), and what
//! the checks say is counted against what should have been said. `CHECKS.md` beside this source is the result; the limits of the
//! profiles are chosen from it.

mod case;
mod damage;
mod faces;
mod light;
mod matting;
mod parallel;
mod portrait;
mod random;
mod run;
mod scan;
mod studio;
mod table;
mod tally;

use kiosk_core::{CheckId, Fault, Profile};

pub use kiosk_vision::model::ModelBytes;

pub use case::{Deed, Grade, Origin};
pub use faces::{AtLimit, Distances, FACES_TABLE, FaceReport, prove_faces};
pub use matting::{Line, MATTING_TABLE, MattingPlan, MattingWatch, Report, Rival, Score, prove_matting};
pub use run::{Outcome, Watch};
pub use scan::{
    CodePicture, Decoder, Endured, Followed, SCAN_TABLE, ScanPlan, ScanReport, ScanWatch, Tried, pictures_of,
    prove_scan,
};
pub use table::brief;
pub use tally::{Catch, Collateral, Overview, PoseError, Row, Spread, Tally};

use case::Case;
use portrait::{Portrait, Studies};
use random::Random;

/// Names in `assets/models.toml` of the two files that a proof needs, in the order in which it takes them.
pub const MODELS: [&str; 2] = ["face-mesh", "selfie-segmentation"];

/// Names in `assets/models.toml` of the two files that tell faces apart.
pub const FACE_MODELS: [&str; 2] = ["face-embedding", "face-embedding-weights"];

/// The committed result.
pub const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/CHECKS.md");

/// Sitters of the simulated studio in the committed result.
pub const SITTERS: [u64; 6] = [1, 2, 3, 4, 5, 6];

/// A portrait file.
pub struct PortraitFile {
    /// File stem; `…_neutral` meets the standard but for its size, `…_smiling` smiles.
    pub name: String,
    /// The file.
    pub bytes: Vec<u8>,
}

/// What to measure.
pub struct Plan {
    /// The recipient.
    pub profile: Profile,
    /// Portraits, if there are any.
    pub portraits: Vec<PortraitFile>,
    /// Seeds of the simulated sitters.
    pub sitters: Vec<u64>,
    /// Only this family of trouble, or only what this check should notice.
    pub only: Option<String>,
    /// Only every second simulated picture: what a test has the time for.
    pub sample: bool,
}

/// A sample takes one of so many pictures.
const SAMPLE: usize = 2;

impl Plan {
    fn wants(&self, case: &Case<'_>) -> bool {
        let Some(only) = &self.only else { return true };
        case.deed.grade == Grade::Clean
            || case.deed.family == only
            || case.targets.iter().any(|id| id.as_str() == only)
    }
}

/// Runs a plan. `models` are the files named by [`MODELS`].
///
/// # Errors
/// `model_wrong`; `image_unreadable` or `no_face` for a portrait that is none.
pub fn prove(models: &[ModelBytes; 2], plan: &Plan, watch: &dyn Watch) -> Result<Tally, Fault> {
    let outcomes = with_cases(models, plan, |cases| run::run(models, &plan.profile, cases, watch))?;
    Ok(Tally::of(&outcomes, &plan.profile, plan.portraits.len()))
}

/// Every case that the plan wants.
fn with_cases<T>(
    models: &[ModelBytes; 2],
    plan: &Plan,
    work: impl FnOnce(&[Case<'_>]) -> Result<T, Fault>,
) -> Result<T, Fault> {
    let mut studies = Studies::new(models)?;
    let portraits = plan
        .portraits
        .iter()
        .map(|file| studies.study(&file.name, file.bytes.clone(), &plan.profile))
        .collect::<Result<Vec<Portrait>, Fault>>()?;
    drop(studies);
    let background = plan.profile.photo.background;
    let damages = damage::all(background);
    let mut cases = untouched(&portraits);
    cases.extend(spoilt(&portraits, &damages));
    let drawn = studio::cases(&plan.sitters, background);
    cases.extend(drawn.into_iter().step_by(if plan.sample { SAMPLE } else { 1 }));
    cases.retain(|case| plan.wants(case));
    work(&cases)
}

/// The portraits as they are.
fn untouched(portraits: &[Portrait]) -> Vec<Case<'_>> {
    let of = |portrait: &'_ Portrait| {
        let smiles = portrait.name.ends_with("_smiling");
        let (family, grade, targets): (_, _, &'static [CheckId]) = if smiles {
            ("smile", Grade::Clear, &[CheckId::Expression, CheckId::MouthClosed])
        } else {
            ("clean", Grade::Clean, CheckId::ALL)
        };
        (Deed { family, variant: String::new(), grade }, targets)
    };
    let cases = portraits.iter().map(|portrait| {
        let (deed, targets) = of(portrait);
        Case {
            origin: Origin::Portrait,
            sitter: portrait.name.clone(),
            deed,
            targets,
            affects: &[CheckId::EyesOpen],
            pose: None,
            make: Box::new(|_| Some(portrait.file.clone())),
        }
    });
    cases.collect()
}

/// With more portraits than this each is spoilt in every second way only: the counts are then large enough, and half as much time
/// is spent.
const ENOUGH: usize = 12;

/// The neutral portraits spoilt.
fn spoilt<'a>(portraits: &'a [Portrait], damages: &'a [damage::Damage]) -> Vec<Case<'a>> {
    let neutral: Vec<&Portrait> = portraits.iter().filter(|p| !p.name.ends_with("_smiling")).collect();
    let mut cases = Vec::with_capacity(neutral.len() * damages.len());
    for (i, portrait) in neutral.iter().copied().enumerate() {
        // Somebody else for pictures of two.
        let other = neutral[(i + 7) % neutral.len()];
        for (k, damage) in damages.iter().enumerate() {
            if neutral.len() > ENOUGH && (i + k) % 2 == 1 {
                continue;
            }
            let name = format!("{} {} {}", portrait.name, damage.deed.family, damage.deed.variant);
            cases.push(Case {
                origin: Origin::Portrait,
                sitter: portrait.name.clone(),
                deed: damage.deed.clone(),
                targets: damage.targets,
                affects: damage.affects,
                pose: None,
                make: Box::new(move |_| {
                    let painted = (damage.paint)(portrait, other, &mut Random::of(&name))?;
                    light::jpeg(&painted.picture(), damage.quality).ok()
                }),
            });
        }
    }
    cases
}
