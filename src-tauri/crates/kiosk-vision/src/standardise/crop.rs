//! The one crop and the one scale.
//!
//! A photo has three degrees of freedom: scale, row, column. Four measures have to lie in their bands. The solver walks through the
//! scales; for each the best row and column follow in closed form. What is best is the sum of squared distances from the
//! middles of the bands, each in half-widths of its band, with a steep rise close to the edges: recipients' checkers differ
//! a little there.

use kiosk_core::profile::Bands;
use kiosk_core::{CheckId, Geometry, PixelSize, Transform};

/// The sitter in the shot, pixels of the shot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Head {
    /// Row of the top of the hair.
    pub crown: f64,
    /// Row of the line through the pupils.
    pub eye_line: f64,
    /// Cheek to cheek.
    pub face_width: f64,
    /// Column between the pupils.
    pub centre_x: f64,
}

/// How far a crop may go: pixels of the shot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Source {
    /// Columns.
    pub width: f64,
    /// Rows.
    pub height: f64,
    /// The body touches the left edge, so there is nothing truthful to put beyond it.
    pub cut_left: bool,
    /// The body touches the right edge.
    pub cut_right: bool,
}

/// A solved crop.
#[derive(Debug, Clone, PartialEq)]
pub struct Crop {
    /// Shot to photo.
    pub transform: Transform,
    /// The four measures in the photo.
    pub geometry: Geometry,
    /// Bands that could not be met. Eye line and face width give last.
    pub gives: Vec<CheckId>,
    /// Photo pixels at the lower edge and at the sides for which the shot has no body; 0 in a proper crop.
    pub missing: f64,
}

/// Solves for the crop nearest to the middle of all bands.
///
/// * Below the body and where the body is cut at a side the crop stays inside the shot. Above the head and beside a body that
///   ends inside the shot it may leave it: there is only background, and that is replaced.
/// * A scale above 1 invents pixels; it is used only when no smaller one meets the bands.
/// * If the bands cannot all be met, `head_top` gives first; eye line and face width stay inside while the shot allows it.
#[must_use]
pub fn solve(head: Head, source: Source, size: PixelSize, bands: &Bands) -> Crop {
    /// Scales that are looked at between the ends of the face-width band; neighbours differ by a sixth of a pixel of width.
    const STEPS: u32 = 720;
    let frame = Frame { head, source, width: f64::from(size.width), height: f64::from(size.height), bands };
    let (low, high) = (bands.face_width.low / head.face_width, bands.face_width.high / head.face_width);
    let best = (0..=STEPS)
        .map(|i| frame.placed(low + (high - low) * f64::from(i) / f64::from(STEPS)))
        .min_by(|a, b| a.cost.total_cmp(&b.cost));
    let best = best.unwrap_or_else(|| frame.placed(low));
    frame.crop(&best)
}

struct Frame<'a> {
    head: Head,
    source: Source,
    width: f64,
    height: f64,
    bands: &'a Bands,
}

/// The best position for one scale.
struct Placed {
    scale: f64,
    /// Photo row of the shot's top edge.
    down: f64,
    /// Photo column of the face's centre.
    centre: f64,
    missing: f64,
    cost: f64,
}

/// What breaking a rule costs, in order: each is worth any amount of what stands after it. A squared distance inside the bands is at
/// most 1.
mod price {
    /// For each photo pixel without a body behind it. Below the price of leaving eye line or face width: a photo whose shoulders
    /// end is refused for `shoulders_complete` with a plain reason.
    pub const MISSING: f64 = 1e3;
    /// For the square of a half-width by which the eye line or the centre leaves its band.
    pub const HARD: f64 = 1e6;
    /// For enlarging, a hundred per cent.
    pub const ENLARGED: f64 = 300.0;
    /// For the square of a half-width by which the head top leaves its band.
    pub const HEAD_TOP: f64 = 100.0;
    /// For the square of a half-width by which a measure comes nearer to its band's edge than [`NEAR`].
    pub const NEAR_EDGE: f64 = 30.0;
    /// Where "near the edge" begins, in half-widths.
    pub const NEAR: f64 = 0.8;
}

/// Photo pixels by which the eye line stays inside its band even when nothing else fits: another detector sees the pupils
/// a pixel higher or lower.
const EYE_RESERVE: f64 = 2.0;

impl Frame<'_> {
    fn placed(&self, scale: f64) -> Placed {
        let (centre, missing_aside) = self.best_centre(scale);
        let (down, missing_below) = self.best_down(scale);
        let missing = missing_aside + missing_below;
        let bands = self.bands;
        let eye = (self.head.eye_line * scale + down - bands.eye_line.middle()) / bands.eye_line.half_width();
        let top = (self.head.crown * scale + down - bands.head_top.middle()) / bands.head_top.half_width();
        let face = (self.head.face_width * scale - bands.face_width.middle()) / bands.face_width.half_width();
        let aside = (centre - self.width / 2.0) / bands.centre_tolerance.max(1.0);
        let square = |value: f64| value * value;
        let beyond = |distance: f64, limit: f64| square((distance.abs() - limit).max(0.0));
        let near = |distance: f64| distance * distance + price::NEAR_EDGE * beyond(distance, price::NEAR);
        let cost = near(eye)
            + near(top)
            + near(face)
            + near(aside)
            + price::HARD * (beyond(eye, 1.0) + beyond(aside, 1.0))
            + price::HEAD_TOP * beyond(top, 1.0)
            + price::ENLARGED * (scale - 1.0).max(0.0)
            + price::MISSING * missing;
        Placed { scale, down, centre, missing, cost }
    }

    /// The column of the face's centre: the photo's middle, moved as far as the shot's sides demand and the tolerance allows.
    fn best_centre(&self, scale: f64) -> (f64, f64) {
        let middle = self.width / 2.0;
        let reach = self.bands.centre_tolerance * price::NEAR;
        let most = if self.source.cut_left { self.head.centre_x * scale } else { f64::INFINITY };
        let least = if self.source.cut_right {
            self.width - (self.source.width - self.head.centre_x) * scale
        } else {
            f64::NEG_INFINITY
        };
        let centre = middle.min(most).max(least).clamp(middle - reach, middle + reach);
        (centre, (centre - most).max(0.0) + (least - centre).max(0.0))
    }

    /// The row of the shot's top edge: weighted mean of what eye line and head top want, then the body must reach the lower edge,
    /// then the eye line must stay inside.
    fn best_down(&self, scale: f64) -> (f64, f64) {
        let bands = self.bands;
        let eye_wants = bands.eye_line.middle() - self.head.eye_line * scale;
        let top_wants = bands.head_top.middle() - self.head.crown * scale;
        let weight = |half: f64| 1.0 / (half * half);
        let (eye_weight, top_weight) =
            (weight(bands.eye_line.half_width()), weight(bands.head_top.half_width()));
        let wanted = (eye_wants * eye_weight + top_wants * top_weight) / (eye_weight + top_weight);
        let reaching = self.height - self.source.height * scale;
        let down = wanted.max(reaching).clamp(
            bands.eye_line.low + EYE_RESERVE - self.head.eye_line * scale,
            bands.eye_line.high - EYE_RESERVE - self.head.eye_line * scale,
        );
        (down, (reaching - down).max(0.0))
    }

    fn crop(&self, best: &Placed) -> Crop {
        let Placed { scale, down, centre, missing, .. } = *best;
        let geometry = Geometry {
            head_top: self.head.crown * scale + down,
            eye_line: self.head.eye_line * scale + down,
            face_width: self.head.face_width * scale,
            centre_x: centre,
        };
        let bands = self.bands;
        let inside = [
            (CheckId::HeadTop, bands.head_top.contains(geometry.head_top)),
            (CheckId::EyeLine, bands.eye_line.contains(geometry.eye_line)),
            (CheckId::FaceWidth, bands.face_width.contains(geometry.face_width)),
            (CheckId::Centred, (centre - self.width / 2.0).abs() <= bands.centre_tolerance),
        ];
        Crop {
            transform: Transform {
                scale,
                offset_x: self.head.centre_x - centre / scale,
                offset_y: -down / scale,
            },
            geometry,
            gives: inside.into_iter().filter(|(_, inside)| !inside).map(|(id, _)| id).collect(),
            missing,
        }
    }
}

/// The measures of a head under a given transform, photo pixels.
#[must_use]
pub fn geometry(head: Head, transform: Transform) -> Geometry {
    let row = |y: f64| transform.apply([0.0, y])[1];
    Geometry {
        head_top: row(head.crown),
        eye_line: row(head.eye_line),
        face_width: head.face_width * transform.scale,
        centre_x: transform.apply([head.centre_x, 0.0])[0],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kiosk_core::Band;
    use proptest::prelude::*;

    const SIZE: PixelSize = PixelSize { width: 480, height: 640 };

    fn bands() -> Bands {
        Bands {
            head_top: Band { low: 50.0, high: 110.0 },
            eye_line: Band { low: 200.0, high: 300.0 },
            face_width: Band { low: 180.0, high: 300.0 },
            centre_tolerance: 12.0,
        }
    }

    fn roomy(width: f64, height: f64) -> Source {
        Source { width, height, cut_left: true, cut_right: true }
    }

    #[test]
    fn an_average_head_lands_near_every_middle() {
        let head = Head { crown: 400.0, eye_line: 700.0, face_width: 420.0, centre_x: 1000.0 };
        let crop = solve(head, roomy(2000.0, 2400.0), SIZE, &bands());
        assert!(crop.gives.is_empty() && crop.missing == 0.0);
        assert!((crop.geometry.centre_x - 240.0).abs() < 1e-9);
        for (value, band) in [
            (crop.geometry.head_top, bands().head_top),
            (crop.geometry.eye_line, bands().eye_line),
            (crop.geometry.face_width, bands().face_width),
        ] {
            assert!((value - band.middle()).abs() < 0.25 * band.half_width(), "{crop:?}");
        }
    }

    #[test]
    fn towering_hair_gives_the_head_top_and_nothing_else() {
        let head = Head { crown: 100.0, eye_line: 800.0, face_width: 400.0, centre_x: 700.0 };
        let crop = solve(head, roomy(1400.0, 2400.0), SIZE, &bands());
        assert_eq!(crop.gives, [CheckId::HeadTop]);
    }

    #[test]
    fn a_shot_without_shoulders_says_how_much_is_missing() {
        let head = Head { crown: 100.0, eye_line: 400.0, face_width: 400.0, centre_x: 500.0 };
        let crop = solve(head, roomy(1000.0, 700.0), SIZE, &bands());
        assert!(crop.missing > 50.0);
        assert!(!crop.gives.contains(&CheckId::EyeLine) && !crop.gives.contains(&CheckId::FaceWidth));
    }

    #[test]
    fn a_body_that_ends_inside_the_shot_may_stand_close_to_its_edge() {
        let head = Head { crown: 100.0, eye_line: 400.0, face_width: 400.0, centre_x: 320.0 };
        let free = Source { width: 1400.0, height: 1600.0, cut_left: false, cut_right: false };
        let crop = solve(head, free, SIZE, &bands());
        assert!(crop.gives.is_empty() && crop.missing == 0.0 && crop.transform.offset_x < 0.0);
        let cut = Source { cut_left: true, ..free };
        assert!(solve(head, cut, SIZE, &bands()).transform.offset_x >= -1e-9);
    }

    proptest! {
        #[test]
        fn the_transform_and_the_geometry_agree(
            crown in 0.0..500.0f64, eyes in 150.0..500.0f64, face in 120.0..900.0f64, x in 200.0..1700.0f64,
            width in 600.0..2500.0f64, height in 700.0..2500.0f64, cut_left: bool, cut_right: bool,
        ) {
            let head = Head { crown, eye_line: crown + eyes, face_width: face, centre_x: x.min(width) };
            let source = Source { width, height, cut_left, cut_right };
            let crop = solve(head, source, SIZE, &bands());
            let again = geometry(head, crop.transform);
            prop_assert!((again.head_top - crop.geometry.head_top).abs() < 1e-6);
            prop_assert!((again.eye_line - crop.geometry.eye_line).abs() < 1e-6);
            prop_assert!((again.centre_x - crop.geometry.centre_x).abs() < 1e-6);
            prop_assert!(bands().eye_line.contains(crop.geometry.eye_line.clamp(200.0, 300.0)));
            prop_assert!((200.0 - 1e-6..=300.0 + 1e-6).contains(&crop.geometry.eye_line));
            prop_assert!((180.0 - 1e-6..=300.0 + 1e-6).contains(&crop.geometry.face_width));
        }

        #[test]
        fn a_crop_with_nothing_missing_stays_in_the_shot(
            crown in 0.0..500.0f64, eyes in 150.0..500.0f64, face in 120.0..900.0f64, x in 200.0..1700.0f64,
            width in 600.0..2500.0f64, height in 700.0..2500.0f64,
        ) {
            let head = Head { crown, eye_line: crown + eyes, face_width: face, centre_x: x.min(width) };
            let crop = solve(head, roomy(width, height), SIZE, &bands());
            if crop.missing == 0.0 {
                let t = crop.transform;
                prop_assert!(t.offset_x >= -1e-6 && t.offset_x + 480.0 / t.scale <= width + 1e-6);
                prop_assert!(t.offset_y + 640.0 / t.scale <= height + 1e-6);
            }
        }

        #[test]
        fn nothing_is_enlarged_when_a_smaller_scale_meets_every_band(
            face in 185.0..900.0f64, hair in 0.5..0.9f64,
        ) {
            let head = Head { crown: 2000.0, eye_line: 2000.0 + hair * face, face_width: face, centre_x: 3000.0 };
            let crop = solve(head, roomy(6000.0, 8000.0), SIZE, &bands());
            prop_assert!(crop.gives.is_empty(), "{:?}", crop);
            prop_assert!(crop.transform.scale <= 1.0 + 2e-3, "{:?}", crop);
        }
    }
}
