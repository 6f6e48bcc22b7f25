//! The grey-level resampler: a grid is fitted on the modules whose colour is known, every module is measured in grey
//! levels at five points, and only then compared with its surroundings. It reads blurred, small and moiré-ridden codes
//! that one binary pixel a module loses.

use image::GrayImage;
use rxing::common::BitMatrix;

use super::CodeReading;
use super::detect::Grid;
use super::geometry::{KnownModule, Projection, Quad, distance, known_modules};
use super::symbol::{decode, version_of};

/// Correlation below which a first step of the fit gives up: nothing like a code lies there.
const HOPELESS: f32 = 0.12;
/// Smallest difference of mean grey level between light and dark known modules that is worth decoding.
const MIN_CONTRAST: f32 = 12.0;
/// Module means are compared with the mean of the 11 × 11 modules around them: wider than glare's gradient is steep,
/// wide enough that both colours are always inside.
const NEIGHBOURHOOD: usize = 5;
/// Sharpening of the module means, tried in turn: defocus mixes each module with its four neighbours.
const SHARPENING: [f32; 4] = [0.0, 0.5, 1.0, 2.0];
/// How far outside the picture a corner may lie, in pixels: codes cut by the frame's edge are not readable anyway.
const MARGIN: f32 = 60.0;
/// Largest grid fitted; more modules than this do not fit a frame at two pixels each.
const MAX_SIZE: usize = 125;

/// Which colour the dark modules are drawn in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) enum Polarity {
    #[default]
    DarkOnLight,
    /// Dark mode, photographed negatives.
    LightOnDark,
}

impl Polarity {
    pub(super) fn other(self) -> Self {
        match self {
            Self::DarkOnLight => Self::LightOnDark,
            Self::LightOnDark => Self::DarkOnLight,
        }
    }

    /// Brightness counted so that light modules are the larger ones.
    fn sign(self) -> f32 {
        match self {
            Self::DarkOnLight => 1.0,
            Self::LightOnDark => -1.0,
        }
    }
}

/// How a fit moves the corners: step lengths in modules, one after the other.
pub(super) enum Effort {
    /// The grid was sampled by the detector: small corrections.
    Sampled,
    /// The grid is a guess from finder centres: the fourth corner may be modules away.
    Guessed,
}

/// A grid with the correlation of the picture with the known modules, −1 to 1.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fit {
    pub correlation: f32,
    pub grid: Grid,
}

/// Moves the corners until the picture agrees best with the known modules; `None` where it does not at all.
pub(super) fn fit(image: &GrayImage, grid: Grid, polarity: Polarity, effort: &Effort) -> Option<Fit> {
    let (right, bottom) = (image.width() as f32 + MARGIN, image.height() as f32 + MARGIN);
    let near = |p: &[f32; 2]| (-MARGIN..right).contains(&p[0]) && (-MARGIN..bottom).contains(&p[1]);
    if version_of(grid.size as u32).is_none() || grid.size > MAX_SIZE || !grid.corners.iter().all(near) {
        return None;
    }
    let known = known_modules(grid.size);
    let score = |corners: &Quad| Sampler::new(image, corners, grid.size).correlation(&known, polarity);
    let module = module_width(&grid);
    let mut climb = Climb { corners: grid.corners, best: score(&grid.corners) };
    if let Effort::Guessed = effort {
        climb.step(2.0 * module, &[BOTTOM_RIGHT], score);
        if climb.best < HOPELESS {
            return None;
        }
    }
    climb.step(0.8 * module, &ALL_CORNERS, score);
    Some(Fit { correlation: climb.best, grid: Grid { corners: climb.corners, ..grid } })
}

/// Reads a fitted grid.
pub(super) fn read(image: &GrayImage, grid: Grid, polarity: Polarity) -> Option<CodeReading> {
    let version = version_of(grid.size as u32)?;
    let known = known_modules(grid.size);
    let score = |corners: &Quad| Sampler::new(image, corners, grid.size).contrast(&known, polarity);
    let module = module_width(&grid);
    let mut climb = Climb { corners: grid.corners, best: score(&grid.corners) };
    for step in [1.2, 0.6, 0.3, 0.15] {
        climb.step(step * module, &ALL_CORNERS, score);
    }
    if climb.best < MIN_CONTRAST {
        return None;
    }
    let levels = Sampler::new(image, &climb.corners, grid.size).levels(polarity);
    let symbol = SHARPENING
        .iter()
        .find_map(|&amount| decode(&dark_modules(&sharpened(&levels, grid.size, amount), grid.size)?))?;
    Some(CodeReading {
        payload: symbol.payload,
        corners: climb.corners,
        version,
        encoding: symbol.encoding,
        text: symbol.text,
    })
}

fn module_width(grid: &Grid) -> f32 {
    (distance(grid.corners[0], grid.corners[1]) / grid.size as f32).clamp(1.0, 40.0)
}

const BOTTOM_RIGHT: usize = 2;
/// The bottom-right corner first: no finder pattern holds it.
const ALL_CORNERS: [usize; 4] = [BOTTOM_RIGHT, 1, 3, 0];

/// Greedy hill climbing over the corners.
struct Climb {
    corners: Quad,
    best: f32,
}

impl Climb {
    /// Tries each corner one step away in four directions, twice around at most.
    fn step(&mut self, step: f32, corners: &[usize], score: impl Fn(&Quad) -> f32) {
        for _ in 0..2 {
            let before = self.best;
            for &corner in corners {
                for [dx, dy] in [[step, 0.0], [-step, 0.0], [0.0, step], [0.0, -step]] {
                    let mut moved = self.corners;
                    moved[corner][0] += dx;
                    moved[corner][1] += dy;
                    let score = score(&moved);
                    if score > self.best {
                        (self.best, self.corners) = (score, moved);
                    }
                }
            }
            if self.best <= before {
                break;
            }
        }
    }
}

/// Bilinear samples of a picture in module coordinates.
struct Sampler<'a> {
    pixels: &'a [u8],
    width: usize,
    limit: [f32; 2],
    map: Projection,
    size: usize,
}

impl<'a> Sampler<'a> {
    /// The picture is at least 2 × 2 pixels.
    fn new(image: &'a GrayImage, corners: &Quad, size: usize) -> Self {
        Self {
            pixels: image.as_raw(),
            width: image.width() as usize,
            // A hundredth short of the last pixel, so that its right and lower neighbours exist.
            limit: [image.width() as f32 - 1.01, image.height() as f32 - 1.01],
            map: Projection::onto(corners, size as f32),
            size,
        }
    }

    /// Grey level, 0–255; points outside the picture give its edge.
    fn at(&self, u: f32, v: f32) -> f32 {
        let [x, y] = self.map.pixel(u, v);
        // `max` before `min` turns NaN (a degenerate quadrilateral) into 0.
        let (x, y) = (x.max(0.0).min(self.limit[0]), y.max(0.0).min(self.limit[1]));
        let (column, row) = (x as usize, y as usize);
        let (fx, fy) = (x - column as f32, y - row as f32);
        let first = row * self.width + column;
        let level = |index: usize| f32::from(self.pixels[index]);
        let upper = level(first) * (1.0 - fx) + level(first + 1) * fx;
        let lower = level(first + self.width) * (1.0 - fx) + level(first + self.width + 1) * fx;
        upper * (1.0 - fy) + lower * fy
    }

    /// Pearson correlation between grey level and "is light" over the known modules.
    fn correlation(&self, known: &[KnownModule], polarity: Polarity) -> f32 {
        let (mut sum, mut squares, mut dark_sum, mut dark_count) = (0.0, 0.0, 0.0, 0.0);
        for module in known {
            let level = self.at(module.u, module.v);
            sum += level;
            squares += level * level;
            if module.dark {
                dark_sum += level;
                dark_count += 1.0;
            }
        }
        let count = known.len() as f32;
        let (mean, share) = (sum / count, dark_count / count);
        let covariance = share * mean - dark_sum / count;
        let variance = (squares / count - mean * mean).max(1.0);
        polarity.sign() * covariance / (variance * share * (1.0 - share)).sqrt()
    }

    /// Mean grey level of the light known modules less that of the dark ones.
    fn contrast(&self, known: &[KnownModule], polarity: Polarity) -> f32 {
        let mean = |dark: bool| {
            let levels =
                known.iter().filter(|module| module.dark == dark).map(|module| self.at(module.u, module.v));
            let (sum, count) = levels.fold((0.0, 0.0), |(sum, count), level| (sum + level, count + 1.0));
            sum / count
        };
        polarity.sign() * (mean(false) - mean(true))
    }

    /// Mean level of each module at its centre and a fifth of a module around it, row by row.
    fn levels(&self, polarity: Polarity) -> Vec<f32> {
        const POINTS: [[f32; 2]; 5] = [[0.5, 0.5], [0.3, 0.5], [0.7, 0.5], [0.5, 0.3], [0.5, 0.7]];
        let module = |x: usize, y: usize| {
            let sum: f32 = POINTS.iter().map(|[du, dv]| self.at(x as f32 + du, y as f32 + dv)).sum();
            polarity.sign() * sum / POINTS.len() as f32
        };
        (0..self.size).flat_map(|y| (0..self.size).map(move |x| module(x, y))).collect()
    }
}

/// Adds `amount` times the difference from the four neighbours' mean.
fn sharpened(levels: &[f32], size: usize, amount: f32) -> Vec<f32> {
    let neighbours = |x: usize, y: usize| {
        let at = |x: usize, y: usize| levels[y.min(size - 1) * size + x.min(size - 1)];
        (at(x.saturating_sub(1), y) + at(x + 1, y) + at(x, y.saturating_sub(1)) + at(x, y + 1)) / 4.0
    };
    let value = |(i, &level): (usize, &f32)| level + amount * (level - neighbours(i % size, i / size));
    levels.iter().enumerate().map(value).collect()
}

/// Modules darker than the mean of their neighbourhood.
fn dark_modules(levels: &[f32], size: usize) -> Option<BitMatrix> {
    let sums = SummedArea::of(levels, size);
    let mut dark = BitMatrix::new(size as u32, size as u32).ok()?;
    for (i, &level) in levels.iter().enumerate() {
        let (x, y) = (i % size, i / size);
        if f64::from(level) < sums.mean_around(x, y, NEIGHBOURHOOD) {
            dark.set(x as u32, y as u32);
        }
    }
    Some(dark)
}

/// Summed-area table of a square of levels.
struct SummedArea {
    sums: Vec<f64>,
    size: usize,
}

impl SummedArea {
    fn of(levels: &[f32], size: usize) -> Self {
        let stride = size + 1;
        let mut sums = vec![0.0; stride * stride];
        for y in 0..size {
            let mut row = 0.0;
            for x in 0..size {
                row += f64::from(levels[y * size + x]);
                sums[(y + 1) * stride + x + 1] = sums[y * stride + x + 1] + row;
            }
        }
        Self { sums, size }
    }

    fn mean_around(&self, x: usize, y: usize, radius: usize) -> f64 {
        let (left, top) = (x.saturating_sub(radius), y.saturating_sub(radius));
        let (right, bottom) = ((x + radius + 1).min(self.size), (y + radius + 1).min(self.size));
        let at = |x: usize, y: usize| self.sums[y * (self.size + 1) + x];
        let sum = at(right, bottom) - at(left, bottom) - at(right, top) + at(left, top);
        sum / ((right - left) * (bottom - top)) as f64
    }
}
