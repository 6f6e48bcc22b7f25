//! Thin lines with depth: hairs and lashes.

use glam::{Vec2, Vec3, Vec4};

use super::hair::Strand;
use super::light::Lit;
use super::raster::Layer;

/// Draws a strand over the layer where nothing nearer is.
pub(crate) fn draw_strand(
    layer: &mut Layer,
    lit: &Lit,
    strand: &Strand,
    colour: [f32; 3],
    place: impl Fn(Vec3) -> Vec3,
) {
    let points: Vec<Vec3> = strand.points.iter().map(|p| place(*p)).collect();
    let view = Vec3::Z;
    let last = points.len().saturating_sub(1).max(1) as f32;
    for (i, pair) in points.windows(2).enumerate() {
        let along = (pair[1] - pair[0]).normalize_or_zero();
        let (a, near) = lit.camera.project(pair[0]);
        let (b, near_b) = lit.camera.project(pair[1]);
        let taper = 1.0 - 0.75 * (i as f32 / last).powi(2);
        let width = strand.width * taper * lit.camera.scale_at(pair[0].z);
        // Kajiya & Kay (1989): a hair reflects most where it lies across the half-way vector.
        let mut shine = 0.0;
        let mut diffuse = 0.30;
        for (towards, strength) in lit.lighting.directions() {
            let half = (towards + view).normalize();
            let across = |v: Vec3| (1.0 - along.dot(v).powi(2)).max(0.0).sqrt();
            diffuse += strength * across(towards) * 0.6;
            shine += strength * sixty_fourth(across(half));
        }
        let tint = colour.map(|c| c * strand.shade * diffuse + shine * 0.035);
        draw_segment(layer, [a, b], [near, near_b], width, tint);
    }
}

/// The 64th power.
pub(crate) fn sixty_fourth(x: f32) -> f32 {
    let x4 = x * x * x * x;
    let x16 = x4 * x4 * x4 * x4;
    x16 * x16 * x16 * x16
}

/// A soft round spot of light that shows where nothing nearer is: a lamp mirrored in an eye.
pub(crate) fn draw_spot(layer: &mut Layer, centre: Vec2, near: f32, radius: f32, strength: f32) {
    let centre = centre - Vec2::new(layer.left as f32, layer.top as f32) - 0.5;
    let reach = radius + 1.0;
    for y in (centre.y - reach).floor() as isize..=(centre.y + reach).ceil() as isize {
        for x in (centre.x - reach).floor() as isize..=(centre.x + reach).ceil() as isize {
            let cover = (radius + 0.5 - centre.distance(Vec2::new(x as f32, y as f32))).clamp(0.0, 1.0);
            blend(layer, x, y, near, [1.0; 3], cover * strength);
        }
    }
}

/// A soft-edged segment; thinner than a pixel means fainter.
fn draw_segment(layer: &mut Layer, ends: [Vec2; 2], near: [f32; 2], width: f32, colour: [f32; 3]) {
    let origin = Vec2::new(layer.left as f32, layer.top as f32);
    let [a, b] = ends.map(|p| p - origin - 0.5);
    let along = b - a;
    let steep = along.y.abs() > along.x.abs();
    let (length, drawn) = (if steep { along.y.abs() } else { along.x.abs() }, width.max(1.0));
    let steps = length.ceil().max(1.0) as usize;
    let opacity = (width / drawn).min(1.0);
    for step in 0..steps {
        let t = (step as f32 + 0.5) / steps as f32;
        let p = a + along * t;
        let depth = near[0] + (near[1] - near[0]) * t;
        let (major, minor) = if steep { (p.y, p.x) } else { (p.x, p.y) };
        let major = major.round() as isize;
        let first = (minor - drawn / 2.0 - 0.5).ceil() as isize;
        let last = (minor + drawn / 2.0 + 0.5).floor() as isize;
        for across in first..=last {
            let cover = (drawn / 2.0 + 0.5 - (across as f32 - minor).abs()).clamp(0.0, 1.0) * opacity;
            let (x, y) = if steep { (across, major) } else { (major, across) };
            blend(layer, x, y, depth, colour, cover);
        }
    }
}

fn blend(layer: &mut Layer, x: isize, y: isize, near: f32, colour: [f32; 3], cover: f32) {
    if x < 0 || y < 0 || x as usize >= layer.width || y as usize >= layer.height {
        return;
    }
    let i = y as usize * layer.width + x as usize;
    // A strand on a surface is not hidden by it: half a centimetre of grace.
    if layer.depth[i] > near * 1.004 {
        return;
    }
    let [r, g, b] = colour;
    let under = &mut layer.colour[i];
    *under = Vec4::new(r, g, b, 1.0) * cover + *under * (1.0 - cover);
}
