//! The simulated studio: every truth is known because it was asked for.

use std::sync::Arc;

use image::RgbImage;
use kiosk_camera::sim::{Expression, Glasses, HairStyle, Lamps, Pose, Renderer, Scene, Sitter};
use kiosk_core::CheckId::{
    self, BackgroundShadow, Centred, ClothesVsBackground, ColourCast, Contrast, EarsVisible, EyesOpen,
    FaceWidth, GlassesGlare, GlassesTint, HairOverBrows, HeadTop, Highlights, LeftRightLight, MouthClosed,
    Noise, OverExposure, Pitch, Recapture, RedEye, Resolution, Roll, Sharpness, ShouldersComplete,
    ShouldersLevel, SubjectSize, UnderExposure, Yaw,
};
use kiosk_core::CheckId::{Expression as Face, Gaze};

use crate::case::Grade::{self, Clean, Clear, Gross, Mild, Undecided};
use crate::case::{Case, Deed, Origin, QUALITY};
use crate::damage::optics::{defocused, moved};
use crate::damage::recapture::{Print, Screen, from_print, from_screen};
use crate::light::{Light, jpeg};

/// The kiosk's camera.
const SIZE: (u32, u32) = (1280, 720);
/// Largest turn of the sweeps, degrees, and their step.
const SWEEP: (i32, i32) = (25, 5);

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
    faces(&mut takes);
    turns(&mut takes);
    places(&mut takes);
    looks(&mut takes, background);
    lamps(&mut takes);
    camera(&mut takes);
    takes.0
}

fn faces(takes: &mut Takes) {
    const ABOUT_EYES: &[CheckId] = &[Gaze, RedEye, GlassesGlare, GlassesTint];
    let still = Expression::default();
    for (closed, grade) in [(0.15, Mild), (0.5, Undecided), (0.85, Clear), (1.0, Gross)] {
        let both = Expression { blink: [closed; 2], ..still };
        takes.face(("blink", format!("both eyes {closed}"), grade), &[EyesOpen], ABOUT_EYES, both);
    }
    for (blink, name) in [([1.0, 0.0], "right"), ([0.0, 1.0], "left")] {
        takes.face(
            ("blink", format!("{name} eye closed"), Clear),
            &[EyesOpen],
            ABOUT_EYES,
            Expression { blink, ..still },
        );
    }
    for (degrees, grade) in [(4.0, Mild), (8.0, Undecided), (15.0, Clear), (25.0, Gross)] {
        for (name, x, y) in [
            ("right", 1.0, 0.0),
            ("left", -1.0, 0.0),
            ("up", 0.0, 1.0),
            ("down", 0.0, -1.0),
            ("right and up", 0.71, 0.71),
            ("left and down", -0.71, -0.71),
        ] {
            let gaze = [x * degrees, y * degrees];
            takes.face(
                ("gaze", format!("{degrees}° {name}"), grade),
                &[Gaze],
                &[EyesOpen],
                Expression { gaze, ..still },
            );
        }
    }
    for (mouth_open, grade) in [(0.04, Mild), (0.12, Undecided), (0.3, Clear), (0.7, Gross)] {
        takes.face(
            ("open mouth", format!("{mouth_open}"), grade),
            &[MouthClosed],
            &[Face],
            Expression { mouth_open, ..still },
        );
    }
    for (smile, grade) in [(0.12, Mild), (0.35, Undecided), (0.7, Clear), (1.0, Gross)] {
        takes.face(
            ("smile", format!("{smile}"), grade),
            &[Face, MouthClosed],
            &[EyesOpen],
            Expression { smile, ..still },
        );
    }
}

fn turns(takes: &mut Takes) {
    const CONSEQUENCES: &[CheckId] = &[
        Yaw,
        Pitch,
        Roll,
        Gaze,
        EyesOpen,
        LeftRightLight,
        EarsVisible,
        FaceWidth,
        Centred,
        HeadTop,
        Face,
        MouthClosed,
        ShouldersLevel,
        ShouldersComplete,
        HairOverBrows,
        GlassesTint,
        GlassesGlare,
    ];
    let straight = Pose::default();
    // Clear from where the standards' limits and the 3° that a measure may be wrong are both passed.
    let grade = |degrees: i32| match degrees.abs() {
        0..=5 => Mild,
        6..=10 => Undecided,
        11..=15 => Clear,
        _ => Gross,
    };
    let (most, step) = SWEEP;
    for at in (-most / step..=most / step).filter(|at| *at != 0) {
        let (degrees, grade) = (at * step, grade(at * step));
        let turn = degrees as f32;
        takes.pose(
            ("yaw", format!("{degrees:+}°"), grade),
            &[Yaw],
            CONSEQUENCES,
            Pose { yaw: turn, ..straight },
        );
        takes.pose(
            ("pitch", format!("{degrees:+}°"), grade),
            &[Pitch],
            CONSEQUENCES,
            Pose { pitch: turn, ..straight },
        );
        takes.pose(
            ("roll", format!("{degrees:+}°"), grade),
            &[Roll],
            CONSEQUENCES,
            Pose { roll: turn, ..straight },
        );
    }
}

fn places(takes: &mut Takes) {
    const PLACE: &[CheckId] = &[ShouldersComplete, Centred, FaceWidth, HeadTop];
    let good = Pose::default();
    for (z, grade) in [(-20.0, Mild), (-55.0, Undecided), (-85.0, Clear), (-140.0, Gross)] {
        // The wall stands behind the sitter all the same.
        takes.add(
            ("far away", format!("{} cm", 118.0 - z), grade),
            &[SubjectSize, Resolution],
            &[Sharpness, Noise, Gaze],
            move |scene| {
                scene.lamps.wall_distance = 60.0 - z;
                sit(scene, |pose, _| pose.z = z);
            },
        );
    }
    for (x, grade) in [(4.0, Mild), (20.0, Undecided), (27.0, Clear)] {
        for sign in [-1.0, 1.0] {
            let x = x * sign;
            takes.pose(
                ("aside", format!("{x:+} cm"), grade),
                PLACE,
                &[ShouldersLevel, Yaw, Gaze],
                Pose { x, ..good },
            );
        }
    }
    for (y, grade) in [(2.0, Mild), (9.5, Clear), (12.0, Gross)] {
        takes.pose(
            ("crown cut", format!("{y} cm too high"), grade),
            &[HeadTop],
            &[Pitch, Gaze],
            Pose { y, ..good },
        );
    }
    for (shoulders, grade) in [(4.0, Mild), (9.0, Undecided), (14.0, Clear), (19.0, Gross)] {
        for sign in [-1.0, 1.0] {
            let shoulders = shoulders * sign;
            let what = ("sloping shoulders", format!("{shoulders:+}°"), grade);
            takes.pose(what, &[ShouldersLevel], &[ShouldersComplete], Pose { shoulders, ..good });
        }
    }
}

fn looks(takes: &mut Takes, background: [u8; 3]) {
    const BEHIND: &[CheckId] = &[Sharpness, Gaze, EyesOpen, HairOverBrows, Contrast, UnderExposure];
    let glasses = |glare: f32, tint: f32| {
        move |scene: &mut Scene| {
            dress(scene, |sitter| sitter.glasses = Some(Glasses { frame: [28, 26, 28], glare, tint }));
        }
    };
    takes.add(
        ("clear glasses", "no reflection", Mild),
        &[GlassesGlare, GlassesTint],
        BEHIND,
        glasses(0.0, 0.0),
    );
    for (glare, grade) in [(0.2, Undecided), (0.4, Undecided), (0.6, Clear), (0.8, Clear), (1.0, Gross)] {
        takes.add(("glasses glare", format!("{glare}"), grade), &[GlassesGlare], BEHIND, glasses(glare, 0.0));
    }
    for (tint, grade) in [(0.1, Mild), (0.35, Undecided), (0.65, Clear), (1.0, Gross)] {
        takes.add(("tinted glasses", format!("{tint}"), grade), &[GlassesTint], BEHIND, glasses(0.0, tint));
    }
    for (hair, name, grade) in
        [(HairStyle::Fringe, "ends above the brows", Mild), (HairStyle::OverBrows, "over both brows", Clear)]
    {
        const SHADE: &[CheckId] = &[EarsVisible, EyesOpen, UnderExposure, LeftRightLight];
        takes.add(("hair over brows", name, grade), &[HairOverBrows], SHADE, move |scene| {
            dress(scene, |sitter| sitter.hair = hair);
        });
    }
    for (name, rgb, grade) in [
        ("navy", [34, 42, 66], Mild),
        ("grey as the wall", Scene::default().backdrop, Undecided),
        ("the background's colour", background, Clear),
    ] {
        const BODY: &[CheckId] = &[ShouldersComplete, ShouldersLevel];
        takes.add(("clothes", name, grade), &[ClothesVsBackground], BODY, move |scene| {
            dress(scene, |sitter| {
                sitter.garment = kiosk_camera::sim::Garment::CrewNeck;
                sitter.garment_colour = rgb;
            });
        });
    }
}

fn lamps(takes: &mut Takes) {
    const SHADED: &[CheckId] = &[
        UnderExposure,
        OverExposure,
        Contrast,
        Highlights,
        HairOverBrows,
        EarsVisible,
        GlassesTint,
        GlassesGlare,
        BackgroundShadow,
        ColourCast,
        ClothesVsBackground,
        Sharpness,
        LeftRightLight,
    ];
    let studio = Lamps::default();
    let mut light = |what: (&'static str, String, Grade), targets, lamps: Lamps| {
        takes.add(what, targets, SHADED, move |scene| scene.lamps = lamps);
    };
    for (share, grade) in [(0.8, Mild), (0.4, Undecided), (0.0, Clear)] {
        light(
            ("lamp weak", format!("left {share}"), grade),
            &[LeftRightLight],
            Lamps { left: share, ..studio },
        );
        light(
            ("lamp weak", format!("right {share}"), grade),
            &[LeftRightLight],
            Lamps { right: share, ..studio },
        );
    }
    for (height, grade) in [(25.0, Mild), (45.0, Undecided), (65.0, Undecided)] {
        let what = ("lamps high", format!("{height}°"), grade);
        light(what, &[Highlights, OverExposure, UnderExposure], Lamps { height, ..studio });
    }
    for (wall_distance, grade) in [(90.0, Mild), (40.0, Undecided), (20.0, Clear), (10.0, Clear)] {
        let what = ("wall near", format!("{wall_distance} cm"), grade);
        light(what, &[BackgroundShadow], Lamps { wall_distance, ..studio });
    }
    for (name, gains, grade) in [
        ("slightly warm", [1.06f32, 1.0, 0.9], Mild),
        ("tungsten", [1.5, 0.92, 0.4], Clear),
        ("fluorescent green", [0.82, 1.12, 0.72], Clear),
        ("blue", [0.62, 0.95, 1.75], Clear),
    ] {
        light(("colour cast", name.to_owned(), grade), &[ColourCast], Lamps { colour: gains, ..studio });
    }
}

fn camera(takes: &mut Takes) {
    const TONES: &[CheckId] = &[
        Contrast,
        Noise,
        Sharpness,
        ColourCast,
        EarsVisible,
        HairOverBrows,
        Highlights,
        GlassesGlare,
        ClothesVsBackground,
        LeftRightLight,
        GlassesTint,
    ];
    for (stops, grade) in [(-0.7, Mild), (-1.5, Undecided), (-2.5, Clear), (-3.5, Gross)] {
        takes.add(("dark", format!("{stops:+} EV"), grade), &[UnderExposure], TONES, move |s| {
            s.exposure = stops
        });
    }
    for (stops, grade) in [(0.4, Mild), (1.0, Undecided), (1.8, Clear), (2.5, Gross)] {
        takes.add(("bright", format!("{stops:+} EV"), grade), &[OverExposure], TONES, move |s| {
            s.exposure = stops
        });
    }
    for (noise, grade) in [(2.5, Mild), (7.0, Undecided), (16.0, Clear), (28.0, Gross)] {
        takes.add(("noise", format!("{noise} levels"), grade), &[Noise], &[Sharpness], move |s| {
            s.noise = noise
        });
    }
    const SOFT: &[CheckId] = &[Noise, GlassesGlare, RedEye, Highlights];
    let mut spoilt = |what: (&'static str, &'static str, Grade), targets, affects, spoil: Spoil, quality| {
        let take = takes.add(what, targets, affects, |_| {});
        (take.spoil, take.quality) = (Some(spoil), quality);
    };
    let spoils: [(&'static str, Grade, Spoil); 4] = [
        ("0.6 px", Mild, |p| defocused(&Light::of(p), 0.6).picture()),
        ("1.5 px", Undecided, |p| defocused(&Light::of(p), 1.5).picture()),
        ("2.8 px", Clear, |p| defocused(&Light::of(p), 2.8).picture()),
        ("5 px", Gross, |p| defocused(&Light::of(p), 5.0).picture()),
    ];
    for (name, grade, spoil) in spoils {
        spoilt(("defocus", name, grade), &[Sharpness], SOFT, spoil, QUALITY);
    }
    spoilt(
        ("motion", "7 px across", Clear),
        &[Sharpness],
        SOFT,
        |p| moved(&Light::of(p), 7.0, 0.0).picture(),
        QUALITY,
    );
    spoilt(
        ("motion", "7 px down", Clear),
        &[Sharpness],
        SOFT,
        |p| moved(&Light::of(p), 7.0, 90.0).picture(),
        QUALITY,
    );
    let copies: [(&'static str, &'static str, Spoil); 4] = [
        ("screen", "coarse, no border", |p| screen(p, 2.9, 1.0)),
        ("screen", "bezel in the frame", |p| screen(p, 2.2, 0.82)),
        ("print", "halftone, no border", |p| print(p, 5.0, 1.0)),
        ("print", "photographic paper on a table", |p| print(p, 0.0, 0.8)),
    ];
    for (family, name, spoil) in copies {
        spoilt((family, name, Clear), &[Recapture], CheckId::ALL, spoil, 70);
    }
}

fn screen(picture: &RgbImage, pitch: f32, fill: f32) -> RgbImage {
    from_screen(&Light::of(picture), Screen { pitch, turn: 1.2, fill, blur: 0.8 }).picture()
}

fn print(picture: &RgbImage, dots: f32, fill: f32) -> RgbImage {
    from_print(&Light::of(picture), Print { dots, fill, gloss: 0.2, turn: 1.5 }).picture()
}
