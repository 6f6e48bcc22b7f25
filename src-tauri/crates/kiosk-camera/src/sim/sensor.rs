//! From light to bytes: wall, shadow on it, lens, tone curve, noise.

use image::RgbImage;

use super::light::CAMERA_DISTANCE;
use super::raster::Layer;
use super::rng::Rng;
use super::scene::{Lamps, Scene};
use super::texture::{linear, srgb};

/// Steps of the tone table over linear values 0–2.
const STEPS: usize = 4096;
/// Samples of the noise; more than a row, so that no pattern shows.
const NOISE: usize = 1 << 16;

/// What stays the same from frame to frame.
pub(crate) struct Sensor {
    width: usize,
    height: usize,
    wall: Vec<u8>,
    wall_key: Option<WallKey>,
    tone: Vec<u8>,
    grain: Vec<i8>,
    grain_level: f32,
}

#[derive(PartialEq)]
struct WallKey {
    backdrop: [u8; 3],
    lamps: Lamps,
    exposure: f32,
}

impl Sensor {
    pub(crate) fn new(width: u32, height: u32) -> Self {
        Self {
            width: width as usize,
            height: height as usize,
            wall: Vec::new(),
            wall_key: None,
            tone: Vec::new(),
            grain: Vec::new(),
            grain_level: -1.0,
        }
    }

    /// The picture of `scene` with everything but the wall in `layer`.
    pub(crate) fn develop(&mut self, scene: &Scene, layer: &Layer) -> RgbImage {
        self.prepare(scene);
        let mut pixels = self.wall.clone();
        if let Some(sitting) = &scene.sitting {
            let depth = scene.lamps.wall_distance + sitting.pose.z;
            cast_shadow(&mut pixels, [self.width, self.height], layer, &scene.lamps, depth);
        }
        self.lay_over(&mut pixels, layer, scene);
        let blur = scene.defocus * self.height as f32 / 720.0;
        if blur > 0.05 {
            soften(&mut pixels, self.width, self.height, blur);
        }
        self.add_grain(&mut pixels, scene.noise_seed);
        RgbImage::from_raw(self.width as u32, self.height as u32, pixels).unwrap_or_default()
    }

    fn prepare(&mut self, scene: &Scene) {
        let key = WallKey { backdrop: scene.backdrop, lamps: scene.lamps, exposure: scene.exposure };
        if self.wall_key.as_ref() != Some(&key) {
            self.tone = tone_curve(scene.exposure.exp2());
            self.wall = self.paint_wall(scene);
            self.wall_key = Some(key);
        }
        if (self.grain_level - scene.noise).abs() > 1e-6 {
            let mut rng = Rng::new(0x6A1);
            self.grain =
                (0..NOISE).map(|_| (rng.normal() * scene.noise).round().clamp(-60.0, 60.0) as i8).collect();
            self.grain_level = scene.noise;
        }
    }

    /// A wall lit from both sides, a little darker towards the corners.
    fn paint_wall(&self, scene: &Scene) -> Vec<u8> {
        let lamps = &scene.lamps;
        let base = linear(scene.backdrop);
        let exposure = scene.exposure.exp2();
        let mut dither = Rng::new(0xD17);
        let mut wall = Vec::with_capacity(self.width * self.height * 3);
        for y in 0..self.height {
            for x in 0..self.width {
                let u = x as f32 / self.width as f32 * 2.0 - 1.0;
                let v = y as f32 / self.height as f32 * 2.0 - 1.0;
                let light = 0.36 * lamps.ambient
                    + 0.33 * (lamps.left * (1.0 - 0.07 * u) + lamps.right * (1.0 + 0.07 * u));
                let shade = light * exposure * (1.02 - 0.055 * (u * u + v * v) - 0.02 * v);
                for (colour, lamp) in base.iter().zip(lamps.colour) {
                    let value = srgb(colour * shade * lamp) + dither.unit();
                    wall.push(value.clamp(0.0, 255.0) as u8);
                }
            }
        }
        wall
    }

    fn lay_over(&self, pixels: &mut [u8], layer: &Layer, scene: &Scene) {
        let [r, g, b] = scene.lamps.colour;
        let step = STEPS as f32 / 2.0;
        let gain = [r * step, g * step, b * step];
        let tone = |value: f32| self.tone[(value as usize).min(STEPS - 1)];
        for y in 0..layer.height {
            let start = ((layer.top + y) * self.width + layer.left) * 3;
            let row = pixels[start..start + layer.width * 3].chunks_exact_mut(3);
            let colours = &layer.colour[y * layer.width..][..layer.width];
            for (pixel, colour) in row.zip(colours) {
                let cover = colour[3];
                if cover >= 0.999 {
                    for k in 0..3 {
                        pixel[k] = tone(colour[k] * gain[k]);
                    }
                } else if cover > 0.0 {
                    // A square is close enough to the sRGB curve for the few pixels of an edge.
                    for k in 0..3 {
                        let over = f32::from(tone(colour[k] / cover * gain[k]));
                        let under = f32::from(pixel[k]);
                        let squared = over * over * cover + under * under * (1.0 - cover);
                        pixel[k] = (squared.sqrt() + 0.5) as u8;
                    }
                }
            }
        }
    }

    fn add_grain(&self, pixels: &mut [u8], seed: u64) {
        let mut rng = Rng::new(seed ^ 0x907);
        let stride = self.width * 3;
        if self.grain_level <= 0.0 {
            return;
        }
        for row in pixels.chunks_exact_mut(stride) {
            let start = rng.below(NOISE - stride);
            for (pixel, grain) in row.iter_mut().zip(&self.grain[start..start + stride]) {
                *pixel = pixel.saturating_add_signed(*grain);
            }
        }
    }
}

/// sRGB with a soft shoulder, as cameras have it.
fn tone_curve(exposure: f32) -> Vec<u8> {
    (0..STEPS)
        .map(|i| {
            let x = (i as f32 + 0.5) * 2.0 / STEPS as f32 * exposure;
            let knee = 0.72;
            let x =
                if x < knee { x } else { knee + (1.0 - knee) * (1.0 - (-(x - knee) / (1.0 - knee)).exp()) };
            (srgb(x) + 0.5) as u8
        })
        .collect()
}

/// Cells of the shadow map are this many pixels wide.
const CELL: usize = 8;

/// Each lamp throws the sitter's outline on the wall, displaced and blurred by the distance.
fn cast_shadow(pixels: &mut [u8], size: [usize; 2], layer: &Layer, lamps: &Lamps, wall_distance: f32) {
    let scale = 2.85 * size[1] as f32 / (CAMERA_DISTANCE + wall_distance);
    let aside = wall_distance * lamps.angle.to_radians().tan() * scale;
    if aside > size[0] as f32 * 0.6 {
        return;
    }
    let down = wall_distance * lamps.height.to_radians().tan() * scale;
    let (columns, rows) = (size[0].div_ceil(CELL), size[1].div_ceil(CELL));
    let outline = coarse_cover(layer, columns, rows);
    let blur = ((wall_distance * 0.22 * scale) as usize / CELL).max(1);
    let total = 0.36 * lamps.ambient + 0.33 * (lamps.left + lamps.right);
    let mut shade = vec![0.0f32; columns * rows];
    for (strength, side) in [(lamps.left, 1.0), (lamps.right, -1.0)] {
        let (dx, dy) = ((side * aside / CELL as f32) as isize, (down / CELL as f32) as isize);
        let share = 0.33 * strength / total.max(1e-3) * 0.8;
        for y in 0..rows as isize {
            for x in 0..columns as isize {
                let (sx, sy) = (x - dx, (y - dy).min(rows as isize - 1));
                if (0..columns as isize).contains(&sx) && sy >= 0 {
                    shade[y as usize * columns + x as usize] +=
                        share * outline[sy as usize * columns + sx as usize];
                }
            }
        }
    }
    for _ in 0..2 {
        shade = box_blur(&shade, columns, rows, blur);
    }
    darken(pixels, size, &shade, columns, rows);
}

fn coarse_cover(layer: &Layer, columns: usize, rows: usize) -> Vec<f32> {
    let mut cover = vec![0.0; columns * rows];
    for row in (0..rows).map(|r| r * CELL + CELL / 2).enumerate() {
        for column in (0..columns).map(|c| c * CELL + CELL / 2).enumerate() {
            let inside = (layer.left..layer.left + layer.width).contains(&column.1)
                && (layer.top..layer.top + layer.height).contains(&row.1);
            if inside {
                cover[row.0 * columns + column.0] =
                    layer.colour[(row.1 - layer.top) * layer.width + column.1 - layer.left][3];
            }
        }
    }
    cover
}

/// Mean over `2 × radius + 1` cells each way, by running sums; edges repeat.
fn box_blur(values: &[f32], columns: usize, rows: usize, radius: usize) -> Vec<f32> {
    let across = blur_lines(values, columns, rows, radius, |along, line| line * columns + along);
    blur_lines(&across, rows, columns, radius, |along, line| along * columns + line)
}

fn blur_lines(
    values: &[f32],
    length: usize,
    lines: usize,
    radius: usize,
    at: impl Fn(usize, usize) -> usize,
) -> Vec<f32> {
    let mut out = vec![0.0; values.len()];
    let share = 1.0 / (2 * radius + 1) as f32;
    for line in 0..lines {
        let get = |i: isize| values[at(i.clamp(0, length as isize - 1) as usize, line)];
        let reach = radius as isize;
        let mut sum: f32 = (-reach..=reach).map(get).sum();
        for i in 0..length {
            out[at(i, line)] = sum * share;
            sum += get(i as isize + reach + 1) - get(i as isize - reach);
        }
    }
    out
}

fn darken(pixels: &mut [u8], size: [usize; 2], shade: &[f32], columns: usize, rows: usize) {
    let at = |x: usize, y: usize| shade[y.min(rows - 1) * columns + x.min(columns - 1)];
    for y in 0..size[1] {
        let fy = (y as f32 / CELL as f32 - 0.5).max(0.0);
        let (iy, ty) = (fy as usize, fy.fract());
        for cell in 0..=columns {
            // Between the centres of two cells, from half a cell before the first.
            let column = |c: usize| at(c, iy) * (1.0 - ty) + at(c, iy + 1) * ty;
            let (left, right) = (column(cell.saturating_sub(1)), column(cell));
            if left < 1e-3 && right < 1e-3 {
                continue;
            }
            for k in 0..CELL {
                let Some(x) = (cell * CELL + k).checked_sub(CELL / 2).filter(|x| *x < size[0]) else {
                    continue;
                };
                let t = k as f32 / CELL as f32;
                // The square root takes light to the encoded scale.
                let keep = (1.0 - (left + (right - left) * t)).max(0.0).sqrt();
                for value in &mut pixels[(y * size[0] + x) * 3..][..3] {
                    *value = (f32::from(*value) * keep + 0.5) as u8;
                }
            }
        }
    }
}

/// A three-tap blur each way with deviation `sigma` pixels (up to about 0.8). The outermost pixels keep their value.
fn soften(pixels: &mut [u8], width: usize, height: usize, sigma: f32) {
    let side = ((sigma * sigma / 2.0).min(0.33) * 256.0) as u16;
    let middle = 256 - 2 * side;
    let mix = |a: u8, b: u8, c: u8| {
        ((u16::from(a) * side + u16::from(b) * middle + u16::from(c) * side + 128) >> 8) as u8
    };
    let stride = width * 3;
    let mut above = pixels[..stride].to_vec();
    let mut mixed = above.clone();
    for y in 1..height.saturating_sub(1) {
        let (row, below) = pixels[y * stride..(y + 2) * stride].split_at_mut(stride);
        for ((out, a), (b, c)) in mixed.iter_mut().zip(&above).zip(row.iter().zip(below.iter())) {
            *out = mix(*a, *b, *c);
        }
        above.copy_from_slice(row);
        let inner = &mut row[3..stride - 3];
        for ((out, a), (b, c)) in inner.iter_mut().zip(&mixed).zip(mixed[3..].iter().zip(&mixed[6..])) {
            *out = mix(*a, *b, *c);
        }
    }
}
