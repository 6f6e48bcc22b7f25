//! A phone's screen that is too bright for the camera: nothing can be read on white.

use image::GrayImage;

/// Grey levels from here on are clipped, noise included.
const CLIPPED: u8 = 248;
/// Pixels of a cell's side.
const CELL: u32 = 16;
/// Clipped share that makes a cell white.
const WHITE: f32 = 0.7;
/// Every so many pixels are looked at, across and down.
const STEP: usize = 4;
/// A screen's share of the picture: from a phone at arm's length to one that is held right up.
const SHARE: std::ops::RangeInclusive<f32> = 0.012..=0.45;
/// How much of its own rectangle a screen fills, tilted or half covered by a hand. Lamps are round and small, windows reach the edge.
const FILLED: f32 = 0.5;

/// Whether a white, compact region lies inside the picture, as a clipped screen does. Costs about 0.2 ms at 1280×720.
#[must_use]
pub fn shows_clipped_screen(frame: &GrayImage) -> bool {
    let (columns, rows) = ((frame.width() / CELL) as usize, (frame.height() / CELL) as usize);
    if columns < 3 || rows < 3 {
        return false;
    }
    let mut white: Vec<bool> =
        (0..columns * rows).map(|i| is_white(frame, i % columns, i / columns)).collect();
    let cells = (columns * rows) as f32;
    (0..white.len()).any(|start| {
        let Some(region) = Region::grown(&mut white, [columns, rows], start) else { return false };
        let inside =
            region.left > 0 && region.top > 0 && region.right + 1 < columns && region.bottom + 1 < rows;
        inside && SHARE.contains(&(region.cells as f32 / cells)) && region.filled() >= FILLED
    })
}

fn is_white(frame: &GrayImage, column: usize, row: usize) -> bool {
    let cell = CELL as usize;
    let width = frame.width() as usize;
    let pixels = (0..cell).step_by(STEP).flat_map(|y| {
        let start = (row * cell + y) * width + column * cell;
        frame.as_raw()[start..start + cell].iter().step_by(STEP)
    });
    let clipped = pixels.filter(|&&value| value >= CLIPPED).count();
    clipped as f32 >= WHITE * (cell / STEP).pow(2) as f32
}

/// Cells that hang together.
struct Region {
    cells: usize,
    left: usize,
    right: usize,
    top: usize,
    bottom: usize,
}

impl Region {
    /// Takes the region of `start` out of `white`; `None` where there is none.
    fn grown(white: &mut [bool], [columns, rows]: [usize; 2], start: usize) -> Option<Self> {
        if !std::mem::take(&mut white[start]) {
            return None;
        }
        let (x, y) = (start % columns, start / columns);
        let mut region = Self { cells: 0, left: x, right: x, top: y, bottom: y };
        let mut open = vec![(x, y)];
        while let Some((x, y)) = open.pop() {
            region.cells += 1;
            region.left = region.left.min(x);
            region.right = region.right.max(x);
            region.top = region.top.min(y);
            region.bottom = region.bottom.max(y);
            let left = (x > 0).then(|| (x - 1, y));
            let right = (x + 1 < columns).then_some((x + 1, y));
            let above = (y > 0).then(|| (x, y - 1));
            let below = (y + 1 < rows).then_some((x, y + 1));
            for (x, y) in [left, right, above, below].into_iter().flatten() {
                if std::mem::take(&mut white[y * columns + x]) {
                    open.push((x, y));
                }
            }
        }
        Some(region)
    }

    fn filled(&self) -> f32 {
        let area = (self.right - self.left + 1) * (self.bottom - self.top + 1);
        self.cells as f32 / area as f32
    }
}

#[cfg(test)]
mod tests {
    use image::Luma;

    use super::*;

    type Paint<'a> = &'a dyn Fn(i32, i32) -> bool;

    fn frame(paint: impl Fn(i32, i32) -> bool) -> GrayImage {
        GrayImage::from_fn(1280, 720, |x, y| Luma([if paint(x as i32, y as i32) { 253 } else { 120 }]))
    }

    #[test]
    fn a_white_screen_is_told_from_lamps_windows_and_walls() {
        let inside = |x: i32, y: i32, [l, t, r, b]: [i32; 4]| (l..r).contains(&x) && (t..b).contains(&y);
        let round = |x: i32, y: i32, radius: i32| (x - 300).pow(2) + (y - 200).pow(2) < radius * radius;
        let tilted = |x: i32, y: i32| {
            ((x - 640) + (y - 360) / 2).abs() < 120 && ((y - 360) - (x - 640) / 2).abs() < 220
        };
        let cases: [(&str, Paint<'_>, bool); 8] = [
            ("a phone", &|x, y| inside(x, y, [500, 150, 760, 600]), true),
            (
                "a phone under a hand",
                &|x, y| inside(x, y, [500, 150, 760, 600]) && !round(x - 260, y - 350, 120),
                true,
            ),
            ("a tilted phone", &tilted, true),
            ("nothing", &|_, _| false, false),
            ("a lamp", &|x, y| round(x, y, 40), false),
            ("a window at the edge", &|x, y| inside(x, y, [0, 0, 300, 500]), false),
            ("a white wall", &|_, _| true, false),
            (
                "a bright frame round a door",
                &|x, y| inside(x, y, [300, 100, 900, 680]) && !inside(x, y, [340, 140, 860, 640]),
                false,
            ),
        ];
        for (what, paint, screen) in cases {
            assert_eq!(shows_clipped_screen(&frame(paint)), screen, "{what}");
        }
        assert!(!shows_clipped_screen(&GrayImage::new(20, 20)));
    }

    #[test]
    fn a_screen_that_is_merely_bright_is_not_clipped() {
        let bright = GrayImage::from_fn(1280, 720, |x, y| {
            Luma([if (500..760).contains(&x) && (150..600).contains(&y) { 235 } else { 90 }])
        });
        assert!(!shows_clipped_screen(&bright));
    }
}
