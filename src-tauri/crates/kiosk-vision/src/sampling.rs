//! Turned and scaled windows of an image as net inputs, without aliasing.
#![allow(
    clippy::inline_always,
    reason = "a loop that is not inlined loses the instruction set it was dispatched for"
)]

use image::RgbImage;
use pulp::{Arch, Simd, WithSimd};
use std::borrow::Cow;

/// A turned rectangle in an image. Coordinates are pixels from the image's top-left corner (pixel centres lie at .5).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Region {
    /// The middle (x, y).
    pub centre: [f32; 2],
    /// Width and height along the region's own axes.
    pub size: [f32; 2],
    /// Angle of the region's x axis, radians, clockwise as seen.
    pub angle: f32,
}

impl Region {
    /// An upright rectangle from its top-left corner and size.
    pub fn upright(left: f32, top: f32, width: f32, height: f32) -> Self {
        Self { centre: [left + width / 2.0, top + height / 2.0], size: [width, height], angle: 0.0 }
    }

    /// Where the point lies that is at (`u`, `v`) of the region's width and height, both 0..1 from its top-left corner.
    pub fn point(&self, u: f32, v: f32) -> [f32; 2] {
        let (sin, cos) = libm::sincosf(self.angle);
        let (x, y) = ((u - 0.5) * self.size[0], (v - 0.5) * self.size[1]);
        [self.centre[0] + x * cos - y * sin, self.centre[1] + x * sin + y * cos]
    }
}

/// What a window shows beyond the image's border.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beyond {
    /// Black, as MediaPipe's letterbox does.
    Black,
    /// The nearest pixel.
    Edge,
}

/// An image and its halvings (2 × 2 means), so that no window has to skip pixels.
pub struct Pyramid<'a> {
    levels: Vec<Cow<'a, RgbImage>>,
}

/// Halving goes on while the shorter side stays at least this long: the detector's own resolution.
const SHORTEST_SIDE: u32 = 128;

impl<'a> Pyramid<'a> {
    /// Builds all levels; costs about a third of reading the image once.
    pub fn new(image: &'a RgbImage) -> Self {
        let mut levels = vec![Cow::Borrowed(image)];
        while let Some(last) = levels.last() {
            if last.width().min(last.height()) / 2 < SHORTEST_SIDE {
                break;
            }
            let half = halve(last);
            levels.push(Cow::Owned(half));
        }
        Self { levels }
    }

    /// Width and height of the full image.
    pub fn size(&self) -> (u32, u32) {
        self.levels.first().map_or((0, 0), |level| level.dimensions())
    }

    /// Fills `target` (`width` columns of RGB) with `region`, values scaled so that 0 becomes `range[0]` and 255 `range[1]`.
    pub fn sample(&self, region: Region, width: usize, range: [f32; 2], beyond: Beyond, target: &mut [f32]) {
        let height = target.len() / (3 * width).max(1);
        let reduction = (region.size[0] / width as f32).max(region.size[1] / height.max(1) as f32);
        // Whole halvings: a logarithm that is off by one unit would choose another level at powers of two.
        let halvings = (1..32).take_while(|halvings| reduction >= (1_u32 << halvings) as f32).count();
        let level = halvings.min(self.levels.len() - 1);
        let shrink = (1_u32 << level) as f32;
        let (sin, cos) = libm::sincosf(region.angle);
        let step = [region.size[0] / shrink / width as f32, region.size[1] / shrink / height as f32];
        // What the level leaves of the reduction is averaged over a grid of samples; 4 bounds the cost of tiny levels.
        let grid = (reduction / shrink).round().clamp(1.0, 4.0) as usize;
        let raster = Raster {
            centre: region.centre.map(|position| position / shrink),
            across: [cos * step[0], sin * step[0]],
            down: [-sin * step[1], cos * step[1]],
            size: [width, height],
            grid,
            scale: (range[1] - range[0]) / 255.0 / (grid * grid) as f32,
            offset: range[0],
        };
        let view = View::new(&self.levels[level], beyond);
        Arch::new().dispatch(Fill { raster, view, target });
    }
}

/// The pixels of a window, as positions in the image that it is sampled from.
struct Raster {
    /// The middle of the window.
    centre: [f32; 2],
    /// From a pixel to its right neighbour.
    across: [f32; 2],
    /// From a pixel to the one below.
    down: [f32; 2],
    /// Columns and rows.
    size: [usize; 2],
    /// Samples a pixel, in each direction.
    grid: usize,
    /// Turn a sum of samples into a value.
    scale: f32,
    offset: f32,
}

/// Filling a window, compiled for each instruction set.
struct Fill<'a> {
    raster: Raster,
    view: View<'a>,
    target: &'a mut [f32],
}

impl WithSimd for Fill<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        self.raster.fill(&self.view, self.target);
    }
}

impl Raster {
    #[inline(always)]
    fn fill(&self, view: &View, target: &mut [f32]) {
        let part = |index: usize| (index as f32 + 0.5) / self.grid as f32;
        let [columns, rows] = self.size.map(|size| size as f32 / 2.0);
        for (row, line) in target.chunks_exact_mut(3 * self.size[0]).enumerate() {
            for (column, pixel) in line.as_chunks_mut::<3>().0.iter_mut().enumerate() {
                let mut sum = [0.0; 4];
                for j in 0..self.grid {
                    let v = row as f32 + part(j) - rows;
                    for i in 0..self.grid {
                        let u = column as f32 + part(i) - columns;
                        let position =
                            |axis: usize| self.centre[axis] + u * self.across[axis] + v * self.down[axis];
                        let colour = view.colour(position(0), position(1));
                        for channel in 0..4 {
                            sum[channel] += colour[channel];
                        }
                    }
                }
                for (value, sum) in pixel.iter_mut().zip(sum) {
                    *value = sum * self.scale + self.offset;
                }
            }
        }
    }
}

fn halve(image: &RgbImage) -> RgbImage {
    let (width, height) = (image.width() / 2, image.height() / 2);
    let mut half = RgbImage::new(width, height);
    let stride = 3 * image.width() as usize;
    let rows = image.as_raw().chunks_exact(2 * stride);
    for (target, pair) in half.chunks_exact_mut(3 * width.max(1) as usize).zip(rows) {
        let (upper, lower) = pair.split_at(stride);
        let upper = upper.as_chunks::<6>().0.iter();
        let lower = lower.as_chunks::<6>().0.iter();
        for ((pixel, a), b) in target.as_chunks_mut::<3>().0.iter_mut().zip(upper).zip(lower) {
            for channel in 0..3 {
                let sum = u16::from(a[channel])
                    + u16::from(a[channel + 3])
                    + u16::from(b[channel])
                    + u16::from(b[channel + 3]);
                pixel[channel] = ((sum + 2) / 4) as u8;
            }
        }
    }
    half
}

/// `f32::floor` is a library call on the oldest processors that this runs on; a position may be off by one where it is a
/// negative whole number, which moves no sample.
#[inline(always)]
fn floor(position: f32) -> i32 {
    (position as i32).saturating_sub(i32::from(position < 0.0))
}

/// Bilinear samples of one level. Colours have a fourth number without meaning, so that one fits a vector register.
struct View<'a> {
    bytes: &'a [u8],
    width: i32,
    height: i32,
    beyond: Beyond,
}

impl<'a> View<'a> {
    fn new(image: &'a RgbImage, beyond: Beyond) -> Self {
        let (width, height) = image.dimensions();
        Self { bytes: image.as_raw(), width: width as i32, height: height as i32, beyond }
    }

    #[inline(always)]
    fn colour(&self, x: f32, y: f32) -> [f32; 4] {
        let (x, y) = (x - 0.5, y - 0.5);
        let (left, top) = (floor(x), floor(y));
        let (across, down) = (x - left as f32, y - top as f32);
        let inside = left >= 0 && top >= 0 && left < self.width - 1 && top < self.height - 1;
        if inside && let Some(corners) = self.corners(left as usize, top as usize) {
            return blend(corners, across, down);
        }
        self.colour_at_border([left, top], across, down)
    }

    /// The pixels at (`left`, `top`), right of it, below it, and below and right of it. Reads a byte beyond the right
    /// ones; `None` where that would leave the image.
    #[inline(always)]
    fn corners(&self, left: usize, top: usize) -> Option<[[f32; 4]; 4]> {
        let row = |start: usize| -> Option<[[f32; 4]; 2]> {
            let pair = self.bytes.get(start..start + 7)?;
            let colour = |at: usize| pair[at..].first_chunk::<4>().map(|bytes| bytes.map(f32::from));
            Some([colour(0)?, colour(3)?])
        };
        let start = 3 * (top * self.width as usize + left);
        let [[a, b], [c, d]] = [row(start)?, row(start + 3 * self.width as usize)?];
        Some([a, b, c, d])
    }

    /// Kept out of line: merged into the common path it would cost that path its vectors.
    #[cold]
    #[inline(never)]
    fn colour_at_border(&self, [left, top]: [i32; 2], across: f32, down: f32) -> [f32; 4] {
        let (right, bottom) = (left.saturating_add(1), top.saturating_add(1));
        let corners = [(left, top), (right, top), (left, bottom), (right, bottom)];
        blend(corners.map(|(x, y)| self.pixel(x, y)), across, down)
    }

    fn pixel(&self, x: i32, y: i32) -> [f32; 4] {
        let outside = x < 0 || y < 0 || x >= self.width || y >= self.height;
        if self.bytes.is_empty() || outside && self.beyond == Beyond::Black {
            return [0.0; 4];
        }
        let (x, y) = (x.clamp(0, self.width - 1), y.clamp(0, self.height - 1));
        let pixel = self.bytes.get(3 * (y * self.width + x) as usize..).and_then(<[u8]>::first_chunk::<3>);
        let [r, g, b] = pixel.copied().unwrap_or_default().map(f32::from);
        [r, g, b, 0.0]
    }
}

#[inline(always)]
fn blend([a, b, c, d]: [[f32; 4]; 4], across: f32, down: f32) -> [f32; 4] {
    std::array::from_fn(|channel| {
        let upper = a[channel] + (b[channel] - a[channel]) * across;
        let lower = c[channel] + (d[channel] - c[channel]) * across;
        upper + (lower - upper) * down
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    /// Red grows with x, green with y: a sample reads back its own position.
    fn ramp(width: u32, height: u32) -> RgbImage {
        RgbImage::from_fn(width, height, |x, y| Rgb([x as u8, y as u8, 200]))
    }

    #[test]
    fn a_window_reads_the_positions_that_point_names() {
        let image = ramp(250, 240);
        let region = Region { centre: [120.0, 110.0], size: [96.0, 64.0], angle: 0.3 };
        let mut window = vec![0.0; 48 * 32 * 3];
        Pyramid::new(&image).sample(region, 48, [0.0, 255.0], Beyond::Black, &mut window);
        for (row, column) in [(0, 0), (5, 40), (31, 47), (16, 24)] {
            let [x, y] = region.point((column as f32 + 0.5) / 48.0, (row as f32 + 0.5) / 32.0);
            let pixel = &window[(row * 48 + column) * 3..][..3];
            assert!((pixel[0] - (x - 0.5)).abs() < 0.05, "{pixel:?} at {x} {y}");
            assert!((pixel[1] - (y - 0.5)).abs() < 0.05, "{pixel:?} at {x} {y}");
            assert!((pixel[2] - 200.0).abs() < 0.01);
        }
    }

    #[test]
    fn halvings_keep_positions() {
        let image = RgbImage::from_fn(1024, 1024, |x, y| Rgb([(x / 4) as u8, (y / 4) as u8, 0]));
        let region = Region::upright(128.0, 64.0, 768.0, 768.0);
        let mut window = vec![0.0; 96 * 96 * 3];
        Pyramid::new(&image).sample(region, 96, [0.0, 255.0], Beyond::Edge, &mut window);
        let [x, y] = region.point(30.5 / 96.0, 70.5 / 96.0);
        let pixel = &window[(70 * 96 + 30) * 3..][..2];
        assert!((pixel[0] * 4.0 + 1.5 - (x - 0.5)).abs() < 2.5, "{pixel:?} {x}");
        assert!((pixel[1] * 4.0 + 1.5 - (y - 0.5)).abs() < 2.5, "{pixel:?} {y}");
    }

    #[test]
    fn fine_stripes_become_grey_instead_of_aliasing() {
        let stripes = RgbImage::from_fn(1280, 720, |x, _| Rgb([(x % 2 * 255) as u8; 3]));
        let mut window = vec![0.0; 128 * 128 * 3];
        let region = Region::upright(280.0, 0.0, 720.0, 720.0);
        Pyramid::new(&stripes).sample(region, 128, [0.0, 1.0], Beyond::Black, &mut window);
        assert!(window.iter().all(|value| (value - 0.5).abs() < 0.02));
    }

    #[test]
    fn beyond_the_border_is_black_or_the_edge() {
        let white = RgbImage::from_pixel(10, 10, Rgb([255; 3]));
        let region = Region::upright(-100.0, -100.0, 50.0, 50.0);
        for (beyond, expected) in [(Beyond::Black, 0.0), (Beyond::Edge, 1.0)] {
            let mut window = vec![0.5; 4 * 4 * 3];
            Pyramid::new(&white).sample(region, 4, [0.0, 1.0], beyond, &mut window);
            assert!(window.iter().all(|value| (value - expected).abs() < 1e-6), "{beyond:?}");
        }
        let nothing = RgbImage::new(0, 0);
        let mut window = vec![0.5; 4 * 4 * 3];
        Pyramid::new(&nothing).sample(region, 4, [0.0, 1.0], Beyond::Edge, &mut window);
        assert!(window.iter().all(|value| value.abs() < 1e-6));
    }
}
