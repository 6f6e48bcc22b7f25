//! The wall of a shot, or the background of a finished photo, and clothes against the background.

use kiosk_core::{Check, CheckId};

use super::pixels::{delta_e, lab, luminance, median, median_lab};
use super::{Sitting, judged};
use crate::landmarks as lm;
use crate::matting::raster::Raster;
use crate::matting::regions::grown;

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

/// Unevenness of the background, 8-bit levels, the worst channel.
///
/// Of a finished photo (no shot scale known): root mean square distance from the colour that the recipient wants. Of a shot, whose wall will be
/// replaced: root mean square distance from a plane fitted to the wall, so that a soft gradient counts less than a pattern, an edge or a
/// second person.
fn uneven(sitting: &Sitting<'_>) -> Option<f32> {
    // JPEG rings up to one block away from the outline; hair reaches further than its matte.
    let free = free_wall(sitting, 10.0);
    let width = free.width;
    let pixels: Vec<([f32; 2], [u8; 3])> = (0..free.data.len())
        .filter(|&i| free.data[i])
        .map(|i| {
            let (x, y) = (i % width, i / width);
            ([x as f32, y as f32], sitting.photo.get_pixel(x as u32, y as u32).0)
        })
        .collect();
    if pixels.len() < 500 {
        return None;
    }
    let wanted = sitting.profile.photo.background;
    let worst = (0..3).map(|c| {
        let values = pixels.iter().map(|(at, p)| (*at, f64::from(p[c])));
        if sitting.scale.is_none() {
            let squares: f64 = values.map(|(_, v)| (v - f64::from(wanted[c])).powi(2)).sum();
            (squares / pixels.len() as f64).sqrt()
        } else {
            plane_residual(values)
        }
    });
    Some(worst.fold(0.0, f64::max) as f32)
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

/// Shadow of the sitter on the wall: how much darker the wall is close to the head and neck than further out, as a share of
/// luminance; the darker side. 0 without shadow.
fn shadow(sitting: &Sitting<'_>) -> Option<f32> {
    let face = sitting.geometry.face_width as f32;
    let free = free_wall(sitting, 0.04 * face);
    let beyond = free_wall(sitting, 0.3 * face);
    let chin = sitting.mesh.point(lm::CHIN)[1];
    let middle = sitting.geometry.centre_x as f32;
    let width = free.width;
    let tone = |region: &dyn Fn(usize) -> bool| {
        let picked = (0..free.data.len()).step_by(3).filter(|&i| region(i));
        let values: Vec<f32> = picked
            .map(|i| luminance(sitting.photo.get_pixel((i % width) as u32, (i / width) as u32).0))
            .collect();
        (values.len() >= 60).then_some(values).and_then(median)
    };
    let rows = |i: usize| {
        let y = (i / width) as f32;
        y > chin - face && y < chin + 0.3 * face
    };
    let side = |right: bool| {
        let on = |i: usize| rows(i) && ((i % width) as f32 > middle) == right;
        let near = tone(&|i| on(i) && free.data[i] && !beyond.data[i])?;
        let far = tone(&|i| on(i) && beyond.data[i])?;
        Some((1.0 - near / far.max(1e-3)).max(0.0))
    };
    match (side(false), side(true)) {
        (Some(a), Some(b)) => Some(a.max(b)),
        (one, other) => one.or(other),
    }
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
}
