//! How well people are cut out, measured where the truth is known.
//!
//! A cut-out ([`cutout`]) is a person with alpha and colour of their own: drawn sitters, some with flying or curly hair added, and
//! portraits when there are any. Each is put in front of generated walls ([`walls`]) as a camera would see it: mixed in linear light,
//! with noise and JPEG. The product then finds face and mask, and several ways of cutting out ([`rivals`]) work on the same window,
//! mask and trimap. What counts most is the photo: how far its edge is from the photo that the camera would have taken in front of a
//! light-blue wall. `MATTING.md` beside this source is the result.

mod closed_form;
mod cutout;
mod rivals;
mod score;
mod strands;
mod table;
mod walls;

use std::sync::atomic::{AtomicUsize, Ordering};

use image::RgbImage;
use kiosk_core::{Fault, Profile};
use kiosk_vision::model::ModelBytes;
use kiosk_vision::standardise::{Standardiser, decode};

use crate::PortraitFile;
use crate::parallel::{in_parallel, standardiser};
use cutout::CutOut;
pub use rivals::Rival;
pub use score::Score;
pub use table::{Line, Report};
use walls::Wall;

/// The committed result.
pub const MATTING_TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/MATTING.md");

/// Looks on while pictures are cut out.
pub trait MattingWatch: Sync {
    /// So many pictures of all are done.
    fn progress(&self, done: usize, all: usize);

    /// A photo was made of a picture, or would have been right for it.
    fn photo(&self, photo: &RgbImage, name: &str);
}

/// What to measure.
pub struct MattingPlan {
    /// The recipient, whose background is mixed in.
    pub profile: Profile,
    /// Portraits, if there are any.
    pub portraits: Vec<PortraitFile>,
    /// Only this wall or kind of hair.
    pub only: Option<String>,
    /// Leave out closed-form, which takes nine tenths of the time.
    pub quick: bool,
    /// Only the first kind of hair before the first two walls: what a test has the time for.
    pub sample: bool,
}

/// One composed picture.
struct Scene<'a> {
    person: &'a CutOut,
    wall: &'a Wall,
}

impl Scene<'_> {
    fn name(&self) -> String {
        format!("{} - {}", self.person.name, self.wall.name)
    }
}

/// Runs a plan. `models` are the files named by [`crate::MODELS`].
///
/// # Errors
/// `model_wrong`; `image_unreadable` or `no_face` for a portrait that is none.
pub fn prove_matting(
    models: &[ModelBytes; 2],
    plan: &MattingPlan,
    watch: &dyn MattingWatch,
) -> Result<Report, Fault> {
    let mut walls = walls::all();
    if plan.sample {
        walls.truncate(2);
    }
    let people = people(models, plan, &walls)?;
    let scenes = scenes(&people, &walls, plan.only.as_deref());
    let done = AtomicUsize::new(0);
    let lines = in_parallel(
        &scenes,
        || standardiser(models),
        |standardiser, scene| {
            let lines = measured(standardiser, scene, plan, watch)?;
            watch.progress(done.fetch_add(1, Ordering::Relaxed) + 1, scenes.len());
            Ok(lines)
        },
    )?;
    Ok(Report { lines: lines.into_iter().flatten().collect() })
}

/// Everybody whom the plan wants to see.
fn people(models: &[ModelBytes; 2], plan: &MattingPlan, walls: &[Wall]) -> Result<Vec<CutOut>, Fault> {
    let whole_wall = |only: &str| walls.iter().any(|wall| wall.name == only);
    let wanted = |hair: &str| plan.only.as_deref().is_none_or(|only| only == hair || whole_wall(only));
    let mut people = cutout::drawn(wanted);
    if plan.sample {
        people.truncate(1);
    }
    if wanted(cutout::PORTRAITS) {
        let cut = |standardiser: &mut Standardiser, file: &PortraitFile| {
            cutout::portrait(standardiser, file, &plan.profile)
        };
        people.extend(in_parallel(&plan.portraits, || standardiser(models), cut)?);
    }
    Ok(people)
}

/// Drawn sitters stand before every wall, each portrait before every third.
fn scenes<'a>(people: &'a [CutOut], walls: &'a [Wall], only: Option<&str>) -> Vec<Scene<'a>> {
    const EVERY: usize = 3;
    let mut scenes = Vec::new();
    for (i, person) in people.iter().enumerate() {
        for (k, wall) in walls.iter().enumerate() {
            let wanted = only.is_none_or(|only| only == wall.name || only == person.hair);
            if wanted && (!person.real || (i + k) % EVERY == 0) {
                scenes.push(Scene { person, wall });
            }
        }
    }
    scenes
}

fn measured(
    standardiser: &mut Standardiser,
    scene: &Scene<'_>,
    MattingPlan { profile, quick, .. }: &MattingPlan,
    watch: &dyn MattingWatch,
) -> Result<Vec<Line>, Fault> {
    let seen = scene.wall.before(scene.person, profile.photo.background)?;
    let study = standardiser.study(decode::decode(&seen.shot)?, profile)?;
    let (image, mask) = study.matted()?;
    let truth = score::Truth::of(&study, &seen, profile)?;
    let mut lines = Vec::new();
    for rival in Rival::ALL.into_iter().filter(|rival| !quick || *rival != Rival::ClosedForm) {
        let cut = rival.cut(&study, &image, &mask);
        let photo = truth.photo(&study, &cut, profile);
        watch.photo(&photo, &format!("{} - {}", scene.name(), rival.name()));
        lines.push(Line {
            hair: scene.person.hair,
            wall: scene.wall.name,
            rival,
            score: truth.score(&cut.alpha, &photo),
        });
    }
    watch.photo(&truth.picture, &format!("{} - truth", scene.name()));
    Ok(lines)
}
