//! What is done to portraits, how bad that is, and which check has to notice.
//!
//! Everything is pure arithmetic on linear light, seeded by the case's name. Sizes are in widths of the face, so that
//! portraits of any size are spoilt alike.

mod covering;
mod eyes;
mod framing;
mod lamps;
pub mod optics;
pub mod recapture;
mod wall;

use kiosk_core::CheckId::{
    self, BackgroundShadow, BackgroundUniform, Centred, ClothesVsBackground, ColourCast, Contrast,
    EarsVisible, FaceWidth, GlassesGlare, GlassesTint, HairOverBrows, HeadCovering, HeadTop, Highlights,
    LeftRightLight, Noise, OverExposure, Recapture, RedEye, Resolution, Roll, Sharpness, ShouldersComplete,
    ShouldersLevel, SingleFace, SubjectSize, UnderExposure, Yaw,
};

use crate::case::Grade::{self, Clear, Gross, Mild, Undecided};
use crate::case::{Deed, QUALITY};
use crate::light::{Light, colour};
use crate::portrait::Portrait;
use crate::random::Random;
use eyes::Lenses;
use recapture::{Print, Screen};

/// Paints the spoilt picture from a portrait, another person's portrait and random numbers; `None` when it cannot be done here.
pub type Paint = Box<dyn Fn(&Portrait, &Portrait, &mut Random) -> Option<Light> + Send + Sync>;

/// One way to spoil a portrait.
pub struct Damage {
    /// What is done.
    pub deed: Deed,
    /// Checks of which one must fail (clear, gross) or none may (mild).
    pub targets: &'static [CheckId],
    /// Checks that may change as a consequence.
    pub affects: &'static [CheckId],
    /// JPEG quality of the picture.
    pub quality: u8,
    /// How.
    pub paint: Paint,
}

/// Collects damages of one family.
struct Family<'a> {
    list: &'a mut Vec<Damage>,
    name: &'static str,
    targets: &'static [CheckId],
    affects: &'static [CheckId],
    quality: u8,
}

impl Family<'_> {
    fn add(
        &mut self,
        variant: impl Into<String>,
        grade: Grade,
        paint: impl Fn(&Portrait, &Portrait, &mut Random) -> Option<Light> + Send + Sync + 'static,
    ) -> &mut Self {
        self.list.push(Damage {
            deed: Deed { family: self.name, variant: variant.into(), grade },
            targets: self.targets,
            affects: self.affects,
            quality: self.quality,
            paint: Box::new(paint),
        });
        self
    }
}

/// Every way. `background` is the recipient's colour.
pub fn all(background: [u8; 3]) -> Vec<Damage> {
    let mut list = Vec::new();
    lens(&mut list);
    light(&mut list);
    place(&mut list);
    surroundings(&mut list, background);
    things(&mut list);
    copies(&mut list);
    list
}

fn family(
    list: &mut Vec<Damage>,
    name: &'static str,
    targets: &'static [CheckId],
    affects: &'static [CheckId],
    fill: impl FnOnce(&mut Family<'_>),
) {
    fill(&mut Family { list, name, targets, affects, quality: QUALITY });
}

fn lens(list: &mut Vec<Damage>) {
    family(list, "defocus", &[Sharpness], &[Noise, GlassesGlare, RedEye], |f| {
        for (radius, grade) in [(0.0022, Mild), (0.005, Undecided), (0.01, Clear), (0.02, Gross)] {
            f.add(format!("disc {radius} face"), grade, move |p, _, _| {
                Some(optics::defocused(&p.light, radius * p.face))
            });
        }
    });
    family(list, "motion", &[Sharpness], &[Noise, GlassesGlare, RedEye], |f| {
        for (length, grade) in [(0.005, Mild), (0.012, Undecided), (0.025, Clear), (0.05, Gross)] {
            for degrees in [0.0, 45.0, 90.0] {
                f.add(format!("{length} face at {degrees}°"), grade, move |p, _, _| {
                    Some(optics::moved(&p.light, length * p.face, degrees))
                });
            }
        }
    });
    family(list, "low resolution", &[Sharpness], &[Noise, GlassesGlare, RedEye], |f| {
        // The face keeps as many pixels across as stated.
        for (pixels, grade) in [(230.0, Mild), (150.0, Undecided), (100.0, Clear), (60.0, Gross)] {
            f.add(format!("face of {pixels} px enlarged"), grade, move |p, _, _| {
                Some(optics::enlarged(&p.light, p.face / pixels))
            });
        }
    });
    family(list, "noise", &[Noise], &[Sharpness, BackgroundUniform, Contrast], |f| {
        for (photons, floor, grade) in
            [(0.0008, 0.002, Mild), (0.004, 0.005, Undecided), (0.016, 0.012, Clear), (0.05, 0.025, Gross)]
        {
            f.add(format!("photon variance {photons}"), grade, move |p, _, random| {
                Some(optics::noisy(&p.light, photons, floor, random))
            });
        }
    });
}

fn light(list: &mut Vec<Damage>) {
    family(
        list,
        "dark",
        &[UnderExposure],
        &[Contrast, Noise, Sharpness, ColourCast, EarsVisible, HairOverBrows],
        |f| {
            for (stops, grade) in [(-0.7, Mild), (-1.5, Undecided), (-2.5, Clear), (-3.5, Gross)] {
                f.add(format!("{stops:+} EV"), grade, move |p, _, random| {
                    Some(optics::noisy(&lamps::exposed(&p.light, stops), 0.0004, 0.0015, random))
                });
            }
        },
    );
    family(
        list,
        "bright",
        &[OverExposure],
        &[
            Highlights,
            Contrast,
            ColourCast,
            GlassesGlare,
            Sharpness,
            EarsVisible,
            HairOverBrows,
            ClothesVsBackground,
        ],
        |f| {
            f.add("+0.4 EV", Mild, |p, _, _| Some(lamps::exposed(&p.light, 0.4)));
            for (stops, grade) in [(1.0, Undecided), (1.5, Clear), (2.0, Gross)] {
                f.add(format!("{stops:+} EV"), grade, move |p, _, _| {
                    lamps::burns(p, stops).then(|| lamps::exposed(&p.light, stops))
                });
            }
        },
    );
    family(
        list,
        "one-sided light",
        &[LeftRightLight],
        &[UnderExposure, Contrast, HairOverBrows, EarsVisible, GlassesTint, BackgroundUniform, Highlights],
        |f| {
            for (ratio, grade) in [(1.2, Mild), (2.0, Undecided), (3.0, Clear), (5.0, Gross)] {
                for (side, name) in [(-1.0, "left"), (1.0, "right")] {
                    f.add(format!("{ratio}:1, {name} dark"), grade, move |p, _, _| {
                        Some(lamps::one_sided(p, ratio, side))
                    });
                }
            }
        },
    );
    family(
        list,
        "top light",
        &[Highlights, OverExposure, UnderExposure],
        &[Contrast, HairOverBrows, GlassesTint, LeftRightLight, EarsVisible, HeadCovering, ColourCast],
        |f| {
            for (strength, grade) in [(0.15, Mild), (0.45, Undecided), (0.8, Clear), (1.1, Gross)] {
                f.add(format!("strength {strength}"), grade, move |p, _, _| {
                    Some(lamps::from_above(p, strength))
                });
            }
        },
    );
    family(list, "shine", &[Highlights], &[OverExposure, GlassesGlare, LeftRightLight, HairOverBrows], |f| {
        for (strength, grade) in [(0.06, Mild), (0.35, Undecided), (1.0, Clear), (2.0, Gross)] {
            f.add(format!("strength {strength}"), grade, move |p, _, _| Some(lamps::shiny(p, strength)));
        }
    });
    family(
        list,
        "colour cast",
        &[ColourCast],
        &[OverExposure, EarsVisible, ClothesVsBackground, HeadCovering],
        |f| {
            let lights = [
                ("tungsten", [1.5, 0.92, 0.4]),
                ("fluorescent green", [0.82, 1.12, 0.72]),
                ("blue", [0.62, 0.95, 1.75]),
            ];
            for (name, gains) in lights {
                for (strength, grade) in [(0.15, Mild), (0.5, Undecided), (1.0, Clear), (1.5, Gross)] {
                    f.add(format!("{name} {strength}"), grade, move |p, _, _| {
                        Some(lamps::cast(p, gains, strength))
                    });
                }
            }
        },
    );
    family(list, "low contrast", &[Contrast], &[ColourCast, UnderExposure, EarsVisible, GlassesTint], |f| {
        for (veil, grade) in [(0.08, Mild), (0.35, Undecided), (0.65, Clear), (0.85, Gross)] {
            f.add(format!("veil {veil}"), grade, move |p, _, _| Some(lamps::veiled(p, veil)));
        }
    });
}

fn place(list: &mut Vec<Damage>) {
    family(list, "small subject", &[SubjectSize, Resolution], &[Sharpness, Noise], |f| {
        for (width, grade) in [(260.0, Mild), (170.0, Undecided), (140.0, Clear), (90.0, Gross)] {
            f.add(format!("face of {width} px"), grade, move |p, _, _| Some(framing::small(p, width)));
        }
    });
    family(list, "tilt", &[Roll], &[ShouldersLevel, ShouldersComplete, Yaw, EarsVisible], |f| {
        for (degrees, grade) in [(3.0, Mild), (6.0, Undecided), (9.0, Clear), (15.0, Gross)] {
            for sign in [-1.0, 1.0] {
                let degrees = degrees * sign;
                f.add(format!("{degrees:+}°"), grade, move |p, _, _| Some(framing::tilted(p, degrees)));
            }
        }
    });
    const PLACES: &[CheckId] = &[ShouldersComplete, Centred, FaceWidth, HeadTop];
    family(list, "shoulder cut", PLACES, &[ShouldersLevel, EarsVisible], |f| {
        for (room, grade) in [(1.25, Mild), (0.95, Undecided), (0.7, Clear), (0.55, Gross)] {
            for (side, name) in [(-1.0, "left"), (1.0, "right")] {
                f.add(format!("{name} edge {room} face off"), grade, move |p, _, _| {
                    Some(framing::cut_beside(p, room, side))
                });
            }
        }
    });
    family(list, "crown cut", &[HeadTop], &[HeadCovering, BackgroundShadow], |f| {
        for (room, grade) in [(0.3, Mild), (0.01, Undecided), (-0.06, Clear), (-0.15, Gross)] {
            f.add(format!("{room:+} face above the hair"), grade, move |p, _, _| {
                Some(framing::cut_above(p, room))
            });
        }
    });
    family(
        list,
        "chest cut",
        &[ShouldersComplete, Centred, FaceWidth, HeadTop],
        &[ShouldersLevel, ClothesVsBackground],
        |f| {
            for (room, grade) in [(0.75, Undecided), (0.4, Clear), (0.15, Gross)] {
                f.add(format!("{room} face below the chin"), grade, move |p, _, _| {
                    Some(framing::cut_below(p, room))
                });
            }
        },
    );
    family(list, "sloping shoulders", &[ShouldersLevel], &[ShouldersComplete], |f| {
        for (degrees, grade) in [(4.0, Mild), (9.0, Undecided), (14.0, Clear), (19.0, Gross)] {
            for sign in [-1.0, 1.0] {
                let degrees = degrees * sign;
                f.add(format!("{degrees:+}°"), grade, move |p, _, _| Some(framing::sloping(p, degrees)));
            }
        }
    });
    family(
        list,
        "second face",
        &[SingleFace],
        &[BackgroundUniform, BackgroundShadow, ShouldersComplete, ShouldersLevel, EarsVisible],
        |f| {
            for (size, aside, grade) in
                [(0.2, 1.2, Undecided), (0.45, 1.15, Clear), (0.7, 1.1, Clear), (0.9, 1.1, Gross)]
            {
                for sign in [-1.0, 1.0] {
                    f.add(format!("{size} as large, {:+} face", aside * sign), grade, move |p, other, _| {
                        Some(framing::second_face(p, other, size, aside * sign))
                    });
                }
            }
        },
    );
}

fn surroundings(list: &mut Vec<Damage>, background: [u8; 3]) {
    family(list, "backdrop shadow", &[BackgroundShadow], &[BackgroundUniform], |f| {
        for (strength, blur, grade) in
            [(0.08, 0.15, Mild), (0.2, 0.1, Undecided), (0.4, 0.07, Clear), (0.6, 0.04, Gross)]
        {
            for (aside, name) in [(-0.22, "left"), (0.22, "right")] {
                f.add(format!("{strength} darker, {name}"), grade, move |p, _, _| {
                    Some(wall::shadowed(p, strength, aside, blur))
                });
            }
        }
    });
    family(
        list,
        "busy backdrop",
        &[BackgroundUniform],
        &[BackgroundShadow, ShouldersLevel, ShouldersComplete],
        |f| {
            f.add("gradient 0.15", Mild, |p, _, _| Some(wall::graded(p, 0.15)));
            f.add("gradient 0.5", Undecided, |p, _, _| Some(wall::graded(p, 0.5)));
            f.add("wallpaper 0.1", Undecided, |p, _, _| Some(wall::papered(p, 0.1)));
            f.add("wallpaper 0.3", Clear, |p, _, _| Some(wall::papered(p, 0.3)));
            f.add("wallpaper 0.6", Gross, |p, _, _| Some(wall::papered(p, 0.6)));
            f.add("door edge 0.35", Clear, |p, _, _| Some(wall::edged(p, 0.35)));
            f.add("shelves", Gross, |p, _, _| Some(wall::shelved(p)));
        },
    );
    family(list, "clothes", &[ClothesVsBackground], &[ShouldersComplete, ShouldersLevel], |f| {
        f.add("navy", Mild, |p, _, _| wall::dressed(p, colour([34, 42, 66])));
        f.add("dark red", Mild, |p, _, _| wall::dressed(p, colour([112, 34, 40])));
        f.add("grey as the wall", Undecided, |p, _, _| wall::dressed(p, colour([190, 192, 190])));
        f.add("the background's colour", Clear, move |p, _, _| wall::dressed(p, colour(background)));
        let near = [
            background[0].saturating_add(14),
            background[1].saturating_sub(10),
            background[2].saturating_sub(16),
        ];
        f.add("nearly the background's colour", Clear, move |p, _, _| wall::dressed(p, colour(near)));
    });
}

fn things(list: &mut Vec<Damage>) {
    family(list, "red eyes", &[RedEye], &[], |f| {
        for (share, grade) in [(0.2, Undecided), (0.45, Clear), (0.7, Gross)] {
            f.add(format!("{share} of the iris"), grade, move |p, _, _| Some(eyes::red(p, share)));
        }
    });
    const BEHIND: &[CheckId] = &[Sharpness, HairOverBrows, CheckId::EyesOpen, CheckId::Gaze, RedEye];
    family(list, "clear glasses", &[GlassesGlare, GlassesTint], BEHIND, |f| {
        f.add("no reflection", Mild, |p, _, _| Some(eyes::bespectacled(p, Lenses::default())));
    });
    family(
        list,
        "glasses glare",
        &[GlassesGlare],
        &[
            Sharpness,
            HairOverBrows,
            CheckId::EyesOpen,
            CheckId::Gaze,
            GlassesTint,
            Highlights,
            OverExposure,
            LeftRightLight,
        ],
        |f| {
            for (glare, one, grade) in
                [(0.1, true, Undecided), (0.25, true, Clear), (0.35, false, Clear), (0.7, false, Gross)]
            {
                let lenses = if one { "one lens" } else { "both lenses" };
                f.add(format!("{glare} of {lenses}"), grade, move |p, _, _| {
                    Some(eyes::bespectacled(p, Lenses { glare, one, ..Lenses::default() }))
                });
            }
        },
    );
    family(
        list,
        "tinted glasses",
        &[GlassesTint],
        &[Sharpness, HairOverBrows, CheckId::EyesOpen, CheckId::Gaze, UnderExposure, Contrast],
        |f| {
            for (tint, grade) in [(0.1, Mild), (0.35, Undecided), (0.65, Clear), (0.9, Gross)] {
                f.add(format!("keeps {tint} back"), grade, move |p, _, _| {
                    Some(eyes::bespectacled(p, Lenses { tint, ..Lenses::default() }))
                });
            }
        },
    );
    family(
        list,
        "hair over brows",
        &[HairOverBrows],
        &[EarsVisible, CheckId::EyesOpen, LeftRightLight, UnderExposure, Sharpness, HeadCovering],
        |f| {
            f.add("ends above the brows", Mild, |p, _, random| {
                Some(covering::fringed(p, -0.32, -0.42, 0.42, random))
            });
            f.add("touches the brows", Undecided, |p, _, random| {
                Some(covering::fringed(p, -0.19, -0.44, 0.44, random))
            });
            f.add("one brow", Clear, |p, _, random| Some(covering::fringed(p, -0.09, -0.5, 0.04, random)));
            f.add("both brows", Clear, |p, _, random| Some(covering::fringed(p, -0.09, -0.46, 0.46, random)));
            f.add("down to the eyes", Gross, |p, _, random| {
                Some(covering::fringed(p, -0.02, -0.48, 0.48, random))
            });
        },
    );
    family(
        list,
        "ears covered",
        &[EarsVisible],
        &[ShouldersLevel, FaceWidth, HairOverBrows, LeftRightLight, UnderExposure],
        |f| {
            for (sides, name, grade) in
                [(&[-1.0f32][..], "left", Clear), (&[1.0], "right", Clear), (&[-1.0, 1.0], "both", Clear)]
            {
                f.add(name, grade, move |p, _, random| Some(covering::ears_covered(p, sides, random)));
            }
        },
    );
    family(
        list,
        "head covering",
        &[HeadCovering],
        &[HeadTop, EarsVisible, HairOverBrows, UnderExposure, Contrast, CheckId::EyeLine],
        |f| {
            for (name, rgb) in
                [("red cap", [150, 30, 34]), ("blue cap", [36, 62, 140]), ("grey cap", [120, 122, 124])]
            {
                f.add(name, Clear, move |p, _, _| Some(covering::capped(p, colour(rgb))));
            }
            f.add("black cap", Clear, |p, _, _| Some(covering::capped(p, colour([34, 33, 34]))));
            for (name, rgb) in [("blue scarf", [60, 84, 150]), ("black scarf", [30, 30, 32])] {
                f.add(name, Gross, move |p, _, _| Some(covering::wrapped(p, colour(rgb))));
            }
        },
    );
}

/// Photographs of screens and prints; anything may change in them.
fn copies(list: &mut Vec<Damage>) {
    family(list, "screen", &[Recapture], CheckId::ALL, |f| {
        f.quality = 70;
        for (pitch, turn, fill, blur, name) in [
            (2.9, 1.2, 1.0, 0.9, "coarse, no border"),
            (1.9, -2.0, 1.0, 0.8, "fine, no border"),
            (1.45, 0.7, 1.0, 0.7, "very fine, no border"),
            (2.2, 2.5, 0.82, 0.8, "bezel in the frame"),
        ] {
            f.add(name, Clear, move |p, _, _| {
                Some(recapture::from_screen(&p.light, Screen { pitch, turn, fill, blur }))
            });
        }
    });
    family(list, "print", &[Recapture], CheckId::ALL, |f| {
        f.quality = 70;
        for (dots, fill, gloss, turn, name) in [
            (7.0, 1.0, 0.0, 1.0, "halftone, no border"),
            (4.5, 0.85, 0.15, -2.0, "fine halftone, paper's edge"),
            (0.0, 0.8, 0.25, 2.0, "photographic paper on a table"),
            (0.0, 1.0, 0.2, 0.5, "photographic paper, no border"),
        ] {
            f.add(name, Clear, move |p, _, _| {
                Some(recapture::from_print(&p.light, Print { dots, fill, gloss, turn }))
            });
        }
    });
}
