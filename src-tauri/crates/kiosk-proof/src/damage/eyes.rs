//! Eyes and glasses.

use super::{Damage, family};
use crate::case::Grade::{Clear, Gross, Mild, Undecided};
use kiosk_core::CheckId::{
    self, Contrast, EyesOpen, Gaze, GlassesGlare, GlassesTint, HairOverBrows, Highlights, LeftRightLight,
    OverExposure, RedEye, Sharpness, UnderExposure,
};
use kiosk_vision::landmarks as lm;

use crate::light::{Light, smoothstep};
use crate::portrait::Portrait;

/// The flash mirrored by the retina: pupils glow red over `share` of the iris's radius.
pub fn red(portrait: &Portrait, share: f32) -> Light {
    let mut light = portrait.light.clone();
    let eyes = [(lm::RIGHT_PUPIL, lm::RIGHT_IRIS), (lm::LEFT_PUPIL, lm::LEFT_IRIS)].map(|(pupil, iris)| {
        let radius =
            portrait.mesh.distance(iris[0], iris[2]).max(portrait.mesh.distance(iris[1], iris[3])) / 2.0;
        (portrait.point(pupil), share * radius)
    });
    light.change(|x, y, p| {
        let glow = eyes.iter().map(|([ex, ey], radius)| {
            let r = (x - ex).hypot(y - ey) / radius;
            smoothstep(1.1, 0.75, r) * (1.0 - 0.3 * (r * r).min(1.0))
        });
        let glow = glow.fold(0.0, f32::max);
        // The lamps' mirror images stay on top.
        let keep = smoothstep(0.25, 0.5, p[1]);
        let red = [0.42, 0.035, 0.03];
        std::array::from_fn(|k| p[k] + (red[k] - p[k]) * glow * (1.0 - keep))
    });
    light
}

/// What spectacles do.
#[derive(Debug, Clone, Copy, Default)]
pub struct Lenses {
    /// Share of the lens's width that the reflection covers, 0 for none.
    pub glare: f32,
    /// Only the picture's left lens mirrors.
    pub one: bool,
    /// Share of the light that the lens keeps back.
    pub tint: f32,
}

/// Spectacles with dark frames.
pub fn bespectacled(portrait: &Portrait, lenses: Lenses) -> Light {
    const HALF: [f32; 2] = [0.215, 0.165];
    let mut light = portrait.light.clone();
    let centres = [lm::RIGHT_PUPIL, lm::LEFT_PUPIL].map(|i| {
        let [x, y] = portrait.point(i);
        let [u, v] = portrait.local(x, y);
        [u * 1.04, v + 0.035]
    });
    light.change(|x, y, p| {
        let [u, v] = portrait.local(x, y);
        if u.abs() > 0.75 || v.abs() > 0.4 {
            return p;
        }
        let mut out = p;
        for (i, [cu, cv]) in centres.iter().enumerate() {
            let (a, b) = ((u - cu) / HALF[0], (v - cv) / HALF[1]);
            let rim = (a.abs().powf(2.8) + b.abs().powf(2.8)).powf(1.0 / 2.8);
            let inside = smoothstep(1.0, 0.96, rim);
            out = out.map(|v| v * (1.0 - inside * (0.03 + 0.97 * lenses.tint)));
            if lenses.glare > 0.0 && (i == 0 || !lenses.one) {
                // A window or softbox: a slanted bright field with soft edges, and a thin sheen all over.
                let along = a + 0.35 * b + 0.35;
                let field = smoothstep(lenses.glare + 0.08, lenses.glare - 0.04, along.abs())
                    * smoothstep(0.75, 0.62, (b + 0.12).abs());
                let add = inside * (0.03 + 1.0 * field);
                out = out.map(|v| v + add);
            }
            let frame = smoothstep(0.965, 0.99, rim) * smoothstep(1.12, 1.09, rim);
            out = out.map(|v| v + (0.012 - v) * frame);
        }
        let [inner, outer] = [centres[0][0] + HALF[0], centres[1][0] - HALF[0]];
        let bridge = smoothstep(inner - 0.02, inner, u)
            * smoothstep(outer + 0.02, outer, u)
            * smoothstep(0.018, 0.012, (v - centres[0][1] + 0.06).abs());
        let edge = centres[1][0] + HALF[0];
        let temple = smoothstep(edge, edge + 0.02, u.abs())
            * smoothstep(0.62, 0.58, u.abs())
            * smoothstep(0.02, 0.014, (v - centres[0][1] + 0.07).abs());
        let frame = bridge.max(temple);
        out.map(|v| v + (0.012 - v) * frame)
    });
    light
}

/// What spectacles may change without being at fault.
const BEHIND: &[CheckId] = &[Sharpness, HairOverBrows, EyesOpen, Gaze, RedEye];

/// The ways to spoil a portrait that are made here.
pub fn list(list: &mut Vec<Damage>) {
    family(list, "red eyes", &[RedEye], &[], |f| {
        for (share, grade) in [(0.2, Undecided), (0.45, Clear), (0.7, Gross)] {
            f.add(format!("{share} of the iris"), grade, move |p, _, _| Some(red(p, share)));
        }
    });
    family(list, "clear glasses", &[GlassesGlare, GlassesTint], BEHIND, |f| {
        f.add("no reflection", Mild, |p, _, _| Some(bespectacled(p, Lenses::default())));
    });
    family(
        list,
        "glasses glare",
        &[GlassesGlare],
        &[Sharpness, HairOverBrows, EyesOpen, Gaze, GlassesTint, Highlights, OverExposure, LeftRightLight],
        |f| {
            for (glare, one, grade) in
                [(0.1, true, Undecided), (0.25, true, Clear), (0.35, false, Clear), (0.7, false, Gross)]
            {
                let lenses = if one { "one lens" } else { "both lenses" };
                f.add(format!("{glare} of {lenses}"), grade, move |p, _, _| {
                    Some(bespectacled(p, Lenses { glare, one, ..Lenses::default() }))
                });
            }
        },
    );
    family(
        list,
        "tinted glasses",
        &[GlassesTint],
        &[Sharpness, HairOverBrows, EyesOpen, Gaze, UnderExposure, Contrast],
        |f| {
            for (tint, grade) in [(0.1, Mild), (0.35, Undecided), (0.65, Clear), (0.9, Gross)] {
                f.add(format!("keeps {tint} back"), grade, move |p, _, _| {
                    Some(bespectacled(p, Lenses { tint, ..Lenses::default() }))
                });
            }
        },
    );
}
