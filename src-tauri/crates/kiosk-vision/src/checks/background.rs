//! The wall of a shot, or the background of a finished photo, and clothes against the background.

use kiosk_core::{Check, CheckId};

use super::pixels::{delta_e, lab, luminance, median_lab, quantile};
use super::{Sitting, judged};
use crate::landmarks as lm;
use crate::matting::filters::box_mean;
use crate::matting::raster::Raster;
use crate::matting::regions::{eroded, grown};

pub(super) fn measure(sitting: &Sitting<'_>, checks: &mut Vec<Check>) {
    let profile = sitting.profile;
    checks.extend([
        uniform(sitting),
        judged(profile, CheckId::BackgroundShadow, shadow(sitting), "ratio"),
        judged(profile, CheckId::ClothesVsBackground, clothes(sitting), "delta_e"),
    ]);
}

/// Evenness of the background.
pub(super) fn uniform(sitting: &Sitting<'_>) -> Check {
    judged(sitting.profile, CheckId::BackgroundUniform, uneven(sitting), "levels")
}

/// Alpha above which a pixel may show the sitter.
const TOUCHED: f32 = 0.004;

/// Pixels at least `distance` from anything of the sitter.
fn free_wall(sitting: &Sitting<'_>, distance: f32) -> Raster<bool> {
    let near = grown(&sitting.alpha.map(|&a| a > TOUCHED), distance.round().max(1.0) as usize);
    near.map(|near| !near)
}

/// Unevenness of the background, 8-bit levels: of a finished photo what is left of the wall, or the distance from the wanted colour,
/// whichever is more; of a shot, whose wall will be replaced, how far the wall is from a plane.
fn uneven(sitting: &Sitting<'_>) -> Option<f32> {
    if sitting.scale.is_none() {
        Some(off_colour(sitting)?.max(residue(sitting)))
    } else {
        off_plane(sitting)
    }
}

/// Columns, rows and colours of the wall far enough from the sitter for JPEG's ringing and hair finer than its matte; `None` where
/// there is next to no wall.
fn wall(sitting: &Sitting<'_>) -> Option<Vec<([f32; 2], [u8; 3])>> {
    let free = free_wall(sitting, 10.0);
    let width = free.width;
    let pixels: Vec<_> = (0..free.data.len())
        .filter(|&i| free.data[i])
        .map(|i| {
            let (x, y) = (i % width, i / width);
            ([x as f32, y as f32], sitting.photo.get_pixel(x as u32, y as u32).0)
        })
        .collect();
    (pixels.len() >= 500).then_some(pixels)
}

/// Root mean square distance of the background from the colour that the recipient wants, the worst channel.
fn off_colour(sitting: &Sitting<'_>) -> Option<f32> {
    let wall = wall(sitting)?;
    let wanted = sitting.profile.photo.background;
    let of = |c: usize| {
        let off = |p: &[u8; 3]| f64::from(p[c]) - f64::from(wanted[c]);
        let squares: f64 = wall.iter().map(|(_, p)| off(p) * off(p)).sum();
        (squares / wall.len() as f64).sqrt()
    };
    Some((0..3).map(of).fold(0.0, f64::max) as f32)
}

/// Root mean square distance of the wall from a plane fitted to it, the worst channel, so that a soft gradient counts less than a
/// pattern, an edge or a second person.
fn off_plane(sitting: &Sitting<'_>) -> Option<f32> {
    let wall = wall(sitting)?;
    let of = |c: usize| plane_residual(wall.iter().map(move |(at, p)| (*at, f64::from(p[c]))));
    Some((0..3).map(of).fold(0.0, f64::max) as f32)
}

/// What is left of the wall around the sitter, levels: in the worst block of 8 × 8 pixels away from the body, the distance from the wanted
/// colour that all but a fifth of the pixels exceed. Only blocks of an even tone count: a veil fills its block, between hairs the
/// background shows. Halved, since the finest hair looks like a veil of 13 levels, and clouds of wall begin at 20.
fn residue(sitting: &Sitting<'_>) -> f32 {
    const BLOCK: usize = 8;
    const NEAR_BODY: usize = 10;
    let body = grown(&sitting.alpha.map(|&a| a > 0.5), NEAR_BODY);
    let wanted = sitting.profile.photo.background;
    let distance = |x: usize, y: usize| {
        let pixel = sitting.photo.get_pixel(x as u32, y as u32).0;
        (0..3).map(|c| pixel[c].abs_diff(wanted[c])).max().unwrap_or(0)
    };
    let of = |(left, top): (usize, usize)| {
        let cells = || (0..BLOCK * BLOCK).map(move |i| (left + i % BLOCK, top + i / BLOCK));
        if cells().any(|(x, y)| body.data[y * body.width + x]) {
            return 0;
        }
        let mut distances: Vec<u8> = cells().map(|(x, y)| distance(x, y)).collect();
        distances.sort_unstable();
        let (low, high) = (distances[BLOCK * BLOCK / 5], distances[BLOCK * BLOCK * 4 / 5]);
        if u16::from(high) < 2 * u16::from(low) + 4 { low } else { 0 }
    };
    let rows = (0..body.height / BLOCK).map(|y| y * BLOCK);
    let blocks = rows.flat_map(|y| (0..body.width / BLOCK).map(move |x| (x * BLOCK, y)));
    f32::from(blocks.map(of).max().unwrap_or(0)) / 2.0
}

/// Root mean square distance of values from the plane that fits them best (least squares over x, y, 1).
fn plane_residual(values: impl Iterator<Item = ([f32; 2], f64)> + Clone) -> f64 {
    let n = values.clone().count().max(1) as f64;
    let mean = values
        .clone()
        .fold([0.0; 3], |m, ([x, y], v)| [m[0] + f64::from(x) / n, m[1] + f64::from(y) / n, m[2] + v / n]);
    let (mut xx, mut xy, mut yy, mut xv, mut yv, mut vv) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
    for ([x, y], v) in values {
        let (x, y, v) = (f64::from(x) - mean[0], f64::from(y) - mean[1], v - mean[2]);
        xx += x * x;
        xy += x * y;
        yy += y * y;
        xv += x * v;
        yv += y * v;
        vv += v * v;
    }
    let determinant = xx * yy - xy * xy;
    let explained = if determinant > 1e-9 {
        (xv * xv * yy - 2.0 * xv * yv * xy + yv * yv * xx) / determinant
    } else {
        0.0
    };
    ((vv - explained).max(0.0) / n).sqrt()
}

/// Shadow of the sitter on the wall, as a share of the wall's luminance: how much darker than the open wall it is close to the head and neck
/// (a quarter of that strip is at least as dark) or further out (a seventh), on the worse side. A sitter near the wall has the shadow at the
/// outline, one half a metre away beside it.
fn shadow(sitting: &Sitting<'_>) -> Option<f32> {
    let face = sitting.geometry.face_width as f32;
    let within = |share: f32| (share * face).round().max(1.0) as usize;
    // A deep shadow is half taken for the sitter: what counts is the distance from what certainly is.
    let body = eroded(&sitting.alpha.map(|&a| a > 0.9), 4);
    let (touching, close) = (grown(&body, within(0.05)), grown(&body, within(0.3)));
    let (width, height) = (touching.width, touching.height);
    let light = Raster::from_index(width, height, |i| {
        [luminance(sitting.photo.get_pixel((i % width) as u32, (i / width) as u32).0)]
    });
    // Noise and single hairs are no shadow.
    let light = box_mean(&light, 4);
    let pick = |region: &dyn Fn(usize, f32, f32) -> bool| {
        let cells = (0..light.data.len())
            .step_by(2)
            .filter(|&i| sitting.alpha.data[i] < 0.5 && region(i, (i % width) as f32, (i / width) as f32));
        let values: Vec<f32> = cells.map(|i| light.data[i][0]).collect();
        (values.len() >= 40).then_some(values)
    };
    let (chin, middle) = (sitting.mesh.point(lm::CHIN)[1], sitting.geometry.centre_x as f32);
    let beside = |y: f32| y > chin - face && y < chin + 0.3 * face;
    let forehead = sitting.mesh.point(lm::FOREHEAD_TOP)[1];
    let above = pick(&|i, _, y| y < forehead && !close.data[i]);
    let (mut open, mut darkest) = (above.and_then(|wall| quantile(&wall, 0.5)), None::<f32>);
    for right in [false, true] {
        let near = pick(&|i, x, y| (x > middle) == right && beside(y) && close.data[i] && !touching.data[i]);
        let Some(near) = near.and_then(|near| quantile(&near, 0.25)) else { continue };
        let far = pick(&|i, x, y| (x > middle) == right && beside(y) && !close.data[i]);
        let dark = far.as_deref().and_then(|far| quantile(far, 0.15)).map_or(near, |far| far.min(near));
        darkest = Some(darkest.map_or(dark, |d| d.min(dark)));
        let bright = far.as_deref().and_then(|far| quantile(far, 0.75));
        open = open.into_iter().chain(bright).reduce(f32::max);
    }
    Some((1.0 - darkest? / open?.max(1e-3)).max(0.0))
}

/// ΔE*ab between the clothes along the shoulders and the colour that the background will have.
fn clothes(sitting: &Sitting<'_>) -> Option<f32> {
    let face = sitting.geometry.face_width as f32;
    let (chin, middle) = (sitting.mesh.point(lm::CHIN)[1], sitting.geometry.centre_x as f32);
    let alpha = sitting.alpha;
    let pixels: Vec<[u8; 3]> = (0..alpha.data.len())
        .step_by(2)
        .filter(|&i| {
            let (x, y) = ((i % alpha.width) as f32, (i / alpha.width) as f32);
            alpha.data[i] > 0.99 && y > chin + 0.35 * face && (x - middle).abs() > 0.55 * face
        })
        .map(|i| sitting.photo.get_pixel((i % alpha.width) as u32, (i / alpha.width) as u32).0)
        .collect();
    if pixels.len() < 200 {
        return None;
    }
    Some(delta_e(median_lab(&pixels)?, lab(sitting.profile.photo.background)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plane_has_no_residual_and_a_pattern_has_its_own() {
        let at = |i: usize| [(i % 30) as f32, (i / 30) as f32];
        let plane = (0..900).map(|i| (at(i), f64::from(at(i)[0]) * 0.5 - f64::from(at(i)[1]) * 0.2 + 90.0));
        assert!(plane_residual(plane.clone()) < 1e-6);
        let checked = plane.map(|(p, v)| {
            (p, v + if (p[0] as usize + p[1] as usize).is_multiple_of(2) { 5.0 } else { -5.0 })
        });
        assert!((plane_residual(checked) - 5.0).abs() < 0.05);
    }

    #[test]
    fn a_veil_beside_the_sitter_is_seen_and_hair_is_not() {
        let profile = kiosk_core::Profile::from_toml(include_str!(
            "../../../../../calibration/profiles/xueli-2017-99.toml"
        ))
        .unwrap();
        let mesh = crate::face::Mesh { points: vec![[240.0, 250.0, 0.0]; lm::COUNT] };
        let residue_of = |paint: &dyn Fn(u32, u32) -> Option<[u8; 3]>| {
            let photo =
                image::RgbImage::from_fn(480, 640, |x, y| image::Rgb(paint(x, y).unwrap_or([100, 197, 255])));
            let alpha = Raster::from_index(480, 640, |i| f32::from(i % 480 > 300));
            residue(&Sitting {
                photo: &photo,
                shot: &photo,
                transform: kiosk_core::Transform { scale: 1.0, offset_x: 0.0, offset_y: 0.0 },
                alpha: &alpha,
                mesh: &mesh,
                pose: crate::pose::Pose::default(),
                faces: 1,
                geometry: kiosk_core::Geometry {
                    head_top: 80.0,
                    eye_line: 250.0,
                    face_width: 240.0,
                    centre_x: 240.0,
                },
                missing: 0.0,
                crown_cut: false,
                scale: None,
                profile: &profile,
            })
        };
        let near = |x: u32| (200..270).contains(&x);
        assert!(residue_of(&|_, _| None) < 0.1);
        assert!(residue_of(&|x, _| near(x).then_some([125, 190, 235])) > 8.0);
        assert!(residue_of(&|x, y| (near(x) && (x + y) % 5 == 0).then_some([60, 50, 40])) < 4.0);
    }
}
