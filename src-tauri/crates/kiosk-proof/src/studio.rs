//! The simulated studio: every truth is known because it was asked for.

mod person;
mod room;

use std::sync::Arc;

use image::RgbImage;
use kiosk_camera::sim::{Expression, Pose, Renderer, Scene, Sitter};
use kiosk_core::CheckId;

use crate::case::Grade::{self, Clean};
use crate::case::{Case, Deed, Origin, QUALITY};
use crate::light::jpeg;

/// The kiosk's camera.
const SIZE: (u32, u32) = (1280, 720);
/// Changes a scene.
type Direct = Box<dyn Fn(&mut Scene) + Send + Sync>;
/// Changes the drawn picture.
type Spoil = fn(&RgbImage) -> RgbImage;

/// Something done to a scene, for any sitter.
struct Take {
    deed: Deed,
    targets: &'static [CheckId],
    affects: &'static [CheckId],
    direct: Direct,
    spoil: Option<Spoil>,
    quality: u8,
}

/// The cases of the sitters with these seeds. `background` is the recipient's colour.
pub fn cases(seeds: &[u64], background: [u8; 3]) -> Vec<Case<'static>> {
    seeds.iter().flat_map(|&seed| takes(background).into_iter().map(move |take| case(seed, take))).collect()
}

fn case(seed: u64, take: Take) -> Case<'static> {
    let mut scene = Scene::portrait(Arc::new(Sitter::from_seed(seed)));
    scene.noise_seed = seed;
    (take.direct)(&mut scene);
    let pose = scene.sitting.as_ref().map(|s| [s.pose.yaw, s.pose.pitch, s.pose.roll]);
    let (spoil, quality) = (take.spoil, take.quality);
    Case {
        origin: Origin::Studio,
        sitter: format!("sitter {seed}"),
        deed: take.deed,
        targets: take.targets,
        affects: take.affects,
        pose,
        make: Box::new(move |renderer: &mut Renderer| {
            let drawn = renderer.render(&scene);
            jpeg(&spoil.map_or_else(|| drawn.clone(), |spoil| spoil(&drawn)), quality).ok()
        }),
    }
}

/// A renderer of the size that the cases are drawn in.
pub fn renderer() -> Renderer {
    Renderer::new(SIZE.0, SIZE.1)
}

/// Collects takes.
struct Takes(Vec<Take>);

impl Takes {
    fn add(
        &mut self,
        (family, variant, grade): (&'static str, impl Into<String>, Grade),
        targets: &'static [CheckId],
        affects: &'static [CheckId],
        direct: impl Fn(&mut Scene) + Send + Sync + 'static,
    ) -> &mut Take {
        let deed = Deed { family, variant: variant.into(), grade };
        let direct = Box::new(direct);
        self.0.push(Take { deed, targets, affects, direct, spoil: None, quality: QUALITY });
        let last = self.0.len() - 1;
        &mut self.0[last]
    }

    fn face(
        &mut self,
        what: (&'static str, impl Into<String>, Grade),
        targets: &'static [CheckId],
        affects: &'static [CheckId],
        expression: Expression,
    ) {
        self.add(what, targets, affects, move |scene| sit(scene, |_, face| *face = expression));
    }

    fn pose(
        &mut self,
        what: (&'static str, impl Into<String>, Grade),
        targets: &'static [CheckId],
        affects: &'static [CheckId],
        pose: Pose,
    ) {
        self.add(what, targets, affects, move |scene| sit(scene, |own, _| *own = pose));
    }
}

fn sit(scene: &mut Scene, change: impl FnOnce(&mut Pose, &mut Expression)) {
    if let Some(sitting) = &mut scene.sitting {
        change(&mut sitting.pose, &mut sitting.expression);
    }
}

fn dress(scene: &mut Scene, change: impl FnOnce(&mut Sitter)) {
    if let Some(sitting) = &mut scene.sitting {
        change(Arc::make_mut(&mut sitting.sitter));
    }
}

fn takes(background: [u8; 3]) -> Vec<Take> {
    let mut takes = Takes(Vec::new());
    takes.add(("clean", "", Clean), CheckId::ALL, &[], |_| {});
    person::faces(&mut takes);
    person::turns(&mut takes);
    person::places(&mut takes);
    person::looks(&mut takes, background);
    room::lamps(&mut takes);
    room::camera(&mut takes);
    takes.0
}
