//! What covers brows, ears and head.

use image::RgbImage;
use kiosk_core::{Check, CheckId, Verdict};

use super::pixels::{delta_e, lab, median, median_lab, share, within};
use super::{Sitting, Skin, judged};
use crate::landmarks as lm;
use crate::matting::raster::Raster;
use crate::matting::regions::polygon;

pub(super) fn measure(sitting: &Sitting<'_>, skin: &Skin, checks: &mut Vec<Check>) {
    let profile = sitting.profile;
    let sharp = checks.iter().all(|c| c.id != CheckId::Sharpness || c.verdict != Verdict::Fail);
    checks.extend([
        judged(profile, CheckId::HairOverBrows, hair_over_brows(sitting, skin), "ratio"),
        judged(profile, CheckId::EarsVisible, ears(sitting, skin), "ratio"),
        head_covering(sitting, sharp),
    ]);
}

/// ΔE*ab from the cheeks' colour beyond which a pixel above the brow is hair, and share of the cheeks' L* below which it is: dark hair on dark
/// skin differs in lightness only.
const NOT_SKIN: f32 = 25.0;
const DARKER: f32 = 0.65;

/// Share of the strip above the brows (a tenth of the pupils' distance high) that is hair; the worse side. The forehead is no
/// reference: it may be hidden.
fn hair_over_brows(sitting: &Sitting<'_>, skin: &Skin) -> Option<f32> {
    let cheek = skin.colour()?;
    let height = 0.1 * sitting.mesh.pupil_distance();
    let of = |brow: &[usize]| {
        let points: Vec<[f32; 2]> = brow.iter().map(|&i| sitting.mesh.point(i)).collect();
        let lifted = |by: f32| points.iter().map(move |p| [p[0], p[1] - by]);
        let outline: Vec<[f32; 2]> =
            lifted(0.4 * height).chain(lifted(1.4 * height).collect::<Vec<_>>().into_iter().rev()).collect();
        let strip = polygon(sitting.alpha.width, sitting.alpha.height, &outline);
        share(within(sitting.photo, &strip).map(|p| {
            let tone = lab(p);
            delta_e(tone, cheek) > NOT_SKIN || tone[0] < DARKER * cheek[0]
        }))
    };
    Some(of(&lm::RIGHT_BROW_UPPER)?.max(of(&lm::LEFT_BROW_UPPER)?))
}

/// Share of the place where an ear is (beside the cheek, eye height to the nose's base, an eighth of a face wide) that is skin and not
/// hair, of what belongs to the sitter there; the worse side. An ear that lies close to the head leaves most of the place to the
/// wall, so at least a quarter counts.
fn ears(sitting: &Sitting<'_>, skin: &Skin) -> Option<f32> {
    let tones = EarTones { skin: skin.colour()?, hair: median_lab(&above_forehead(sitting, 0.15, 0.5))? };
    let mesh = sitting.mesh;
    let face = sitting.geometry.face_width as f32;
    let eyes = mesh.mean(&[lm::RIGHT_PUPIL, lm::LEFT_PUPIL]);
    let nose = mesh.point(NOSE_BASE)[1];
    let of = |cheek: usize, outwards: f32| {
        let edge = mesh.point(cheek)[0];
        let (near, far) = (edge + outwards * 0.02 * face, edge + outwards * 0.14 * face);
        let (left, right) = (near.min(far), near.max(far));
        let outline = [[left, eyes[1]], [right, eyes[1]], [right, nose], [left, nose]];
        let place = polygon(sitting.alpha.width, sitting.alpha.height, &outline);
        let all = place.data.iter().zip(&sitting.alpha.data).zip(sitting.photo.pixels());
        let (mut size, mut sitter, mut ear) = (0u32, 0u32, 0u32);
        for ((_, &alpha), pixel) in all.filter(|((inside, _), _)| **inside) {
            size += 1;
            if alpha > 0.5 {
                sitter += 1;
                ear += u32::from(tones.is_ear(lab(pixel.0)));
            }
        }
        (size > 0).then(|| ear as f32 / (sitter as f32).max(0.25 * size as f32))
    };
    Some(of(lm::RIGHT_CHEEK, -1.0)?.min(of(lm::LEFT_CHEEK, 1.0)?))
}

/// What an ear and what the hair over it look like.
struct EarTones {
    skin: [f32; 3],
    hair: [f32; 3],
}

impl EarTones {
    /// Nearer to skin in more or less light than to the hair on the head.
    fn is_ear(&self, tone: [f32; 3]) -> bool {
        /// Lightness and chroma of ears over the cheeks': turned away from the lamps they are darker.
        const SHADES: [(f32, f32); 4] = [(1.0, 1.0), (0.8, 0.95), (0.6, 0.85), (1.15, 1.0)];
        /// Farthest from any of these, and darkest (hair, where the head is shaved and the hair's own tone is skin).
        const FARTHEST: f32 = 22.0;
        const DARKEST: f32 = 0.5;
        let [l, a, b] = self.skin;
        let nearest = SHADES.map(|(light, colour)| delta_e(tone, [l * light, a * colour, b * colour]));
        let nearest = nearest.into_iter().fold(f32::MAX, f32::min);
        nearest < FARTHEST && nearest < delta_e(tone, self.hair) && tone[0] > DARKEST * l
    }
}

/// Where the nose meets the upper lip.
const NOSE_BASE: usize = 2;

/// Pixels above the forehead, from one share of the way between crown and mesh to another.
fn above_forehead(sitting: &Sitting<'_>, from: f32, to: f32) -> Vec<[u8; 3]> {
    within(sitting.photo, &above(sitting, from, to)).collect()
}

fn above(sitting: &Sitting<'_>, from: f32, to: f32) -> Raster<bool> {
    let forehead = sitting.mesh.point(lm::FOREHEAD_TOP);
    let crown = sitting.geometry.head_top as f32;
    let half = 0.3 * sitting.geometry.face_width as f32;
    let row = |share: f32| crown + share * (forehead[1] - crown);
    let (left, right) = (forehead[0] - half, forehead[0] + half);
    let area = [[left, row(from)], [right, row(from)], [right, row(to)], [left, row(to)]];
    polygon(sitting.alpha.width, sitting.alpha.height, &area)
}

/// Hair has strands and no bright colour. The measure is how much lightness differs from its surroundings within strands, levels of L*;
/// cloth in a colour that hair does not have is taken as having none. Unknown where the picture is too blurred for strands, or the head
/// too cut for hair.
fn head_covering(sitting: &Sitting<'_>, sharp: bool) -> Check {
    /// Chroma that hair does not reach in its own hues (red-brown to blond) and in others.
    const DYED: f32 = 45.0;
    const COLOURED: f32 = 30.0;
    const HAIR_HUES: std::ops::RangeInclusive<f32> = 20.0..=105.0;
    let unknown = || judged(sitting.profile, CheckId::HeadCovering, None, "levels");
    let region = above(sitting, 0.15, 0.6);
    let pixels: Vec<[u8; 3]> = within(sitting.photo, &region).collect();
    let Some([_, a, b]) = (pixels.len() > 100).then(|| median_lab(&pixels)).flatten() else {
        return unknown();
    };
    let (chroma, hue) = (libm::hypotf(a, b), libm::atan2f(b, a).to_degrees());
    let bright = chroma > if HAIR_HUES.contains(&hue) { DYED } else { COLOURED };
    let strands = if bright { Some(0.0) } else { strands(sitting.photo, &region).filter(|_| sharp) };
    strands.map_or_else(unknown, |strands| {
        judged(sitting.profile, CheckId::HeadCovering, Some(strands), "levels")
    })
}

/// Median distance of a pixel's L* from the mean of the 5 × 5 pixels around it.
fn strands(photo: &RgbImage, region: &Raster<bool>) -> Option<f32> {
    const REACH: u32 = 2;
    let (width, height) = photo.dimensions();
    let light = |x: u32, y: u32| lab(photo.get_pixel(x, y).0)[0];
    let inner = |i: &usize| {
        let (x, y) = ((i % region.width) as u32, (i / region.width) as u32);
        region.data[*i] && x >= REACH && y >= REACH && x + REACH < width && y + REACH < height
    };
    // Every second row and column are enough for a median.
    let picked = (0..region.data.len())
        .filter(|i| i.is_multiple_of(2) && (i / region.width).is_multiple_of(2))
        .filter(inner);
    median(picked.map(|i| {
        let (x, y) = ((i % region.width) as u32, (i / region.width) as u32);
        let around = (y - REACH..=y + REACH).flat_map(|v| (x - REACH..=x + REACH).map(move |u| (u, v)));
        let mean = around.map(|(u, v)| light(u, v)).sum::<f32>() / ((2 * REACH + 1) * (2 * REACH + 1)) as f32;
        (light(x, y) - mean).abs()
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ear_in_shade_is_an_ear_and_hair_is_not() {
        let fair = EarTones { skin: [65.0, 12.0, 15.0], hair: [22.0, 3.0, 4.0] };
        assert!(fair.is_ear([64.0, 16.0, 14.0]) && fair.is_ear([45.0, 14.0, 12.0]));
        assert!(!fair.is_ear([20.0, 2.0, 3.0]) && !fair.is_ear([30.0, 4.0, 6.0]));
        // A shaved head: the tone above the forehead is skin.
        let shaved = EarTones { skin: [29.0, 10.0, 12.0], hair: [54.0, 8.0, 12.0] };
        assert!(shaved.is_ear([24.0, 10.0, 11.0]) && !shaved.is_ear([9.0, 1.0, 1.0]));
    }

    #[test]
    fn strands_are_seen_and_cloth_is_smooth() {
        let region = Raster::filled(40, 40, true);
        let hair = RgbImage::from_fn(40, 40, |x, _| image::Rgb([if x % 3 == 0 { 70 } else { 35 }; 3]));
        let cloth = RgbImage::from_fn(40, 40, |x, y| image::Rgb([(60 + x / 2 + y / 2) as u8; 3]));
        assert!(strands(&hair, &region).unwrap() > 3.0);
        assert!(strands(&cloth, &region).unwrap() < 0.4);
    }
}
