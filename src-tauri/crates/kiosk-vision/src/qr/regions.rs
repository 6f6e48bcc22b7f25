//! Parts of a frame worth a closer look: around finder patterns, around the last code, or where texture is densest.

use image::GrayImage;

use super::detect::{Finder, Triple};
use super::geometry::distance;
use super::pixels::Rect;

/// A part of the frame and the module width expected in it, in pixels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Region {
    pub rect: Rect,
    pub module: f32,
}

/// Smallest region that can hold a code and that rxing's hybrid threshold accepts (five blocks of eight pixels).
pub(super) const MIN_SIDE: u32 = 40;
/// Regions that share this much are one.
const SAME: f32 = 0.55;
/// Module width assumed where nothing is known: asks for doubling.
const UNKNOWN_MODULE: f32 = 3.0;

impl Region {
    /// How much to enlarge: thresholds want about six pixels a module, time forbids more than a few hundred thousand
    /// pixels tripled or doubled.
    pub(super) fn enlargement(&self) -> u32 {
        let area = self.rect.area();
        if area > 800 * 720 {
            1
        } else if self.module < 2.6 && area < 360 * 360 {
            3
        } else {
            2
        }
    }

    fn usable(self) -> Option<Self> {
        (self.rect.width >= MIN_SIDE && self.rect.height >= MIN_SIDE).then_some(self)
    }
}

/// The box around a triple and its mirrored fourth corner, with a quiet zone and room for the hand's next movement.
pub(super) fn around_triple(triple: &Triple, bounds: (u32, u32)) -> Option<Region> {
    let (a, b, c) = (triple.top_left.at, triple.top_right.at, triple.bottom_left.at);
    let fourth = [b[0] + c[0] - a[0], b[1] + c[1] - a[1]];
    let margin = 9.0 * triple.module() + 0.12 * ((b[0] - a[0]).abs() + (b[1] - a[1]).abs());
    let low = |axis: usize| [a, b, c, fourth].iter().map(|p| p[axis]).fold(f32::MAX, f32::min) - margin;
    let high = |axis: usize| [a, b, c, fourth].iter().map(|p| p[axis]).fold(f32::MIN, f32::max) + margin;
    let rect = Rect::clipped([low(0), low(1)], [high(0), high(1)], bounds);
    Region { rect, module: triple.module() }.usable()
}

/// Up to three different regions: the tracked one, one around the biggest finders, one around the densest texture.
pub(super) fn candidates(tracked: Option<Region>, finders: &[Finder], image: &GrayImage) -> Vec<Region> {
    let mut regions: Vec<Region> = Vec::new();
    let guesses = [tracked, around_finders(finders, image.dimensions()), around_texture(image)];
    for region in guesses.into_iter().flatten() {
        if regions.iter().all(|other| other.rect.overlap(&region.rect) < SAME) {
            regions.push(region);
        }
    }
    regions
}

/// Without a triple: around the two biggest finders of one size, else around the biggest.
fn around_finders(finders: &[Finder], bounds: (u32, u32)) -> Option<Region> {
    let mut finders: Vec<Finder> = finders.iter().filter(|finder| finder.size >= 12.0).copied().collect();
    finders.sort_by(|a, b| b.size.total_cmp(&a.size));
    finders.truncate(6);
    let pairs = finders.iter().enumerate().flat_map(|(i, a)| finders[i + 1..].iter().map(move |b| (a, b)));
    pairs
        .into_iter()
        .find_map(|(a, b)| around_pair(a, b, bounds))
        .or_else(|| {
            let finder = finders.first()?;
            let module = finder.size / 7.0;
            Some(square(finder.at, 75.0 * module, module, bounds))
        })
        .and_then(Region::usable)
}

fn around_pair(a: &Finder, b: &Finder, bounds: (u32, u32)) -> Option<Region> {
    let module = (a.size + b.size) / 14.0;
    let apart = distance(a.at, b.at);
    let modules = apart / module;
    if a.size > b.size * 1.5 || !(14.0..150.0).contains(&modules) {
        return None;
    }
    // Long distances are diagonals (the code fits between), short ones a side (it lies to one or the other side).
    let reach = if modules > 75.0 { apart * 0.6 } else { apart * 1.1 } + 10.0 * module;
    let middle = [f32::midpoint(a.at[0], b.at[0]), f32::midpoint(a.at[1], b.at[1])];
    Some(square(middle, reach, module, bounds))
}

fn square(centre: [f32; 2], reach: f32, module: f32, bounds: (u32, u32)) -> Region {
    let rect = Rect::clipped(centre.map(|c| c - reach), centre.map(|c| c + reach), bounds);
    Region { rect, module }
}

/// Side of the blocks whose texture is measured, in pixels.
const BLOCK: usize = 16;

/// The box of the strongest connected patch of blocks that are busy in both directions (text is busy in one).
fn around_texture(image: &GrayImage) -> Option<Region> {
    let energy = BlockEnergy::of(image)?;
    let patch = energy.strongest_patch()?;
    let margin = 1.5 * BLOCK as f32;
    let low = |block: usize| (block * BLOCK) as f32 - margin;
    let high = |block: usize| ((block + 1) * BLOCK) as f32 + margin;
    let rect = Rect::clipped(
        [low(patch.left), low(patch.top)],
        [high(patch.right), high(patch.bottom)],
        image.dimensions(),
    );
    Region { rect, module: UNKNOWN_MODULE }.usable()
}

/// Texture of each block: the lesser of the summed horizontal and vertical differences over two pixels.
struct BlockEnergy {
    columns: usize,
    rows: usize,
    energy: Vec<u32>,
}

/// A connected patch of busy blocks: its box (inclusive), blocks and total energy.
#[derive(Clone, Copy)]
struct Patch {
    left: usize,
    top: usize,
    right: usize,
    bottom: usize,
    blocks: usize,
    energy: u64,
}

impl Patch {
    /// Roughly square, mostly filled and at least 12 blocks: a code of 50 × 50 pixels or more.
    fn may_be_a_code(&self) -> bool {
        let (width, height) = (self.right - self.left + 1, self.bottom - self.top + 1);
        let fill = self.blocks as f32 / (width * height) as f32;
        self.blocks >= 12 && fill >= 0.45 && (0.4..2.5).contains(&(width as f32 / height as f32))
    }
}

impl BlockEnergy {
    fn of(image: &GrayImage) -> Option<Self> {
        let (columns, rows) = (image.width() as usize / BLOCK, image.height() as usize / BLOCK);
        if columns < 4 || rows < 4 {
            return None;
        }
        let blocks = (0..rows).flat_map(|row| (0..columns).map(move |column| (column, row)));
        let energy = blocks.map(|(column, row)| block_energy(image, column * BLOCK, row * BLOCK)).collect();
        Some(Self { columns, rows, energy })
    }

    fn strongest_patch(&self) -> Option<Patch> {
        let busy = self.threshold();
        let mut seen = vec![false; self.energy.len()];
        let patches = (0..self.energy.len()).filter_map(|block| self.patch_from(block, busy, &mut seen));
        patches.filter(Patch::may_be_a_code).max_by_key(|patch| patch.energy)
    }

    /// A third of the 98th percentile, and never below 300 (noise of about two grey levels a pixel).
    fn threshold(&self) -> u32 {
        let mut sorted = self.energy.clone();
        sorted.sort_unstable();
        (sorted[sorted.len() - 1 - sorted.len() / 50] / 3).max(300)
    }

    fn patch_from(&self, start: usize, busy: u32, seen: &mut [bool]) -> Option<Patch> {
        if seen[start] || self.energy[start] < busy {
            return None;
        }
        seen[start] = true;
        let (x, y) = (start % self.columns, start / self.columns);
        let mut patch = Patch { left: x, top: y, right: x, bottom: y, blocks: 0, energy: 0 };
        let mut queue = vec![start];
        while let Some(block) = queue.pop() {
            let (x, y) = (block % self.columns, block / self.columns);
            patch.left = patch.left.min(x);
            patch.right = patch.right.max(x);
            patch.top = patch.top.min(y);
            patch.bottom = patch.bottom.max(y);
            patch.blocks += 1;
            patch.energy += u64::from(self.energy[block]);
            for next in self.neighbours(x, y).into_iter().flatten() {
                if !seen[next] && self.energy[next] >= busy {
                    seen[next] = true;
                    queue.push(next);
                }
            }
        }
        Some(patch)
    }

    fn neighbours(&self, x: usize, y: usize) -> [Option<usize>; 4] {
        let block = y * self.columns + x;
        [
            (x > 0).then(|| block - 1),
            (x + 1 < self.columns).then(|| block + 1),
            (y > 0).then(|| block - self.columns),
            (y + 1 < self.rows).then(|| block + self.columns),
        ]
    }
}

/// Every second row of the block is enough.
fn block_energy(image: &GrayImage, left: usize, top: usize) -> u32 {
    let (width, height) = (image.width() as usize, image.height() as usize);
    let pixels = image.as_raw();
    let (mut horizontal, mut vertical) = (0, 0);
    for y in (top..top + BLOCK).step_by(2) {
        let row = &pixels[y * width..];
        for x in left..left + BLOCK - 2 {
            horizontal += u32::from(row[x].abs_diff(row[x + 2]));
            if y + 2 < height {
                vertical += u32::from(row[x].abs_diff(row[x + 2 * width]));
            }
        }
    }
    horizontal.min(vertical)
}
