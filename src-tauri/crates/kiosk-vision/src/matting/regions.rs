//! Regions as bit rasters: polygons, growing and shrinking, what is connected to what.

use std::ops::Range;

use super::raster::Raster;

/// Pixels whose centre lies inside a closed polygon (even-odd rule), vertices in pixels.
pub fn polygon(width: usize, height: usize, vertices: &[[f32; 2]]) -> Raster<bool> {
    let mut inside = Raster::filled(width, height, false);
    let mut crossings = Vec::new();
    for y in 0..height {
        let centre = y as f32 + 0.5;
        crossings.clear();
        for (i, a) in vertices.iter().enumerate() {
            let b = &vertices[(i + 1) % vertices.len()];
            if (a[1] <= centre) != (b[1] <= centre) {
                crossings.push(a[0] + (centre - a[1]) / (b[1] - a[1]) * (b[0] - a[0]));
            }
        }
        crossings.sort_by(f32::total_cmp);
        for pair in crossings.chunks_exact(2) {
            let from = (pair[0] - 0.5).ceil().clamp(0.0, width as f32) as usize;
            let to = (pair[1] - 0.5).ceil().clamp(0.0, width as f32) as usize;
            inside.data[y * width + from..y * width + to.max(from)].fill(true);
        }
    }
    inside
}

/// The region and everything within `radius` of it (square neighbourhood).
pub fn grown(region: &Raster<bool>, radius: usize) -> Raster<bool> {
    near(region, true, radius)
}

/// What is left after taking `radius` off every edge; the raster's own border takes nothing off.
pub fn eroded(region: &Raster<bool>, radius: usize) -> Raster<bool> {
    let mut near = near(region, false, radius);
    for pixel in &mut near.data {
        *pixel = !*pixel;
    }
    near
}

/// Pixels with a pixel of `kind` in their `(2 radius + 1)²` window. Runs are widened row by row; down the columns their number in the
/// window is kept up to date, so the cost does not depend on the radius.
fn near(region: &Raster<bool>, kind: bool, radius: usize) -> Raster<bool> {
    let (width, height) = (region.width, region.height);
    let mut across = vec![0_u8; width * height];
    for (y, widened) in across.chunks_exact_mut(width.max(1)).enumerate() {
        for run in runs(region.row(y), kind) {
            widened[run.start.saturating_sub(radius)..(run.end + radius).min(width)].fill(1);
        }
    }
    let row = |y: usize| &across[y * width..][..width];
    let mut counts = vec![0_u16; width];
    for y in 0..radius.min(height) {
        counts.iter_mut().zip(row(y)).for_each(|(count, &one)| *count += u16::from(one));
    }
    let mut near = Raster::filled(width, height, false);
    for y in 0..height {
        if y + radius < height {
            counts.iter_mut().zip(row(y + radius)).for_each(|(count, &one)| *count += u16::from(one));
        }
        if y > radius {
            counts.iter_mut().zip(row(y - radius - 1)).for_each(|(count, &one)| *count -= u16::from(one));
        }
        let out = &mut near.data[y * width..][..width];
        out.iter_mut().zip(&counts).for_each(|(near, &count)| *near = count > 0);
    }
    near
}

/// Stretches of `kind` in a row.
fn runs(row: &[bool], kind: bool) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = from + row[from..].iter().position(|&pixel| pixel == kind)?;
        let length = row[start..].iter().position(|&pixel| pixel != kind).unwrap_or(row.len() - start);
        from = start + length;
        Some(start..from)
    })
}

/// The part of `region` that is 4-connected with `seed`.
pub fn connected(region: &Raster<bool>, seed: impl Fn(usize) -> bool) -> Raster<bool> {
    let parts = Parts::of(region);
    let mut reached = vec![false; parts.runs.len()];
    for (run, root) in parts.runs.iter().zip(&parts.roots) {
        reached[*root] = reached[*root] || run.clone().any(&seed);
    }
    parts.kept(region, |root| reached[root])
}

/// Removes connected parts with fewer than `pixels` pixels.
pub fn without_specks(region: &Raster<bool>, pixels: usize) -> Raster<bool> {
    let parts = Parts::of(region);
    let mut sizes = vec![0; parts.runs.len()];
    for (run, root) in parts.runs.iter().zip(&parts.roots) {
        sizes[*root] += run.len();
    }
    parts.kept(region, |root| sizes[root] >= pixels)
}

/// A region as runs of pixels, and which of them hang together.
struct Parts {
    /// Indices of pixels, row by row.
    runs: Vec<Range<usize>>,
    /// For each run the first run of its part.
    roots: Vec<usize>,
}

impl Parts {
    /// Union-find over the runs of neighbouring rows.
    fn of(region: &Raster<bool>) -> Self {
        let (mut all, mut parents) = (Vec::<Range<usize>>::new(), Vec::<usize>::new());
        let mut above = 0..0;
        for y in 0..region.height {
            let first = all.len();
            let mut candidate = above.start;
            for run in runs(region.row(y), true) {
                let here = all.len();
                parents.push(here);
                let (start, end) = (y * region.width + run.start, y * region.width + run.end);
                // Shifted down by a row, runs of the row above can be compared directly.
                while candidate < above.end && all[candidate].end + region.width <= start {
                    candidate += 1;
                }
                let mut touching = candidate;
                while touching < above.end && all[touching].start + region.width < end {
                    unite(&mut parents, touching, here);
                    touching += 1;
                }
                all.push(start..end);
            }
            above = first..all.len();
        }
        let roots = (0..all.len()).map(|run| root(&mut parents, run)).collect();
        Self { runs: all, roots }
    }

    fn kept(&self, region: &Raster<bool>, keep: impl Fn(usize) -> bool) -> Raster<bool> {
        let mut kept = Raster::filled(region.width, region.height, false);
        for (run, root) in self.runs.iter().zip(&self.roots) {
            if keep(*root) {
                kept.data[run.clone()].fill(true);
            }
        }
        kept
    }
}

fn root(parents: &mut [usize], mut run: usize) -> usize {
    while parents[run] != run {
        parents[run] = parents[parents[run]];
        run = parents[run];
    }
    run
}

/// The earlier run becomes the root.
fn unite(parents: &mut [usize], a: usize, b: usize) {
    let (a, b) = (root(parents, a), root(parents, b));
    parents[a.max(b)] = a.min(b);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(rows: &[&str]) -> Raster<bool> {
        Raster {
            width: rows.first().map_or(0, |row| row.len()),
            height: rows.len(),
            data: rows.iter().flat_map(|r| r.bytes().map(|b| b == b'#')).collect(),
        }
    }

    #[test]
    fn a_square_is_filled_to_its_pixel_centres() {
        let square = polygon(6, 5, &[[1.0, 1.0], [4.0, 1.0], [4.0, 3.0], [1.0, 3.0]]);
        assert_eq!(square, drawn(&["......", ".###..", ".###..", "......", "......"]));
    }

    #[test]
    fn growing_then_eroding_closes_gaps() {
        let gap = drawn(&["......", "##.##.", "##.##.", "##.##.", "......"]);
        assert!(eroded(&grown(&gap, 1), 1).data[2 * 6 + 2]);
        assert!(!eroded(&gap, 1).data[2 * 6 + 1]);
    }

    #[test]
    fn parts_join_below_and_above() {
        // A "U" beside an upside-down one: their arms meet only in the last and in the first row.
        let bows = drawn(&["#.#.###", "#.#.#.#", "###.#.#"]);
        assert_eq!(connected(&bows, |i| i == 2), drawn(&["#.#....", "#.#....", "###...."]));
        assert_eq!(connected(&bows, |i| i == 20), drawn(&["....###", "....#.#", "....#.#"]));
        let diagonal = drawn(&["#.", ".#"]);
        assert_eq!(without_specks(&diagonal, 2), drawn(&["..", ".."]));
        assert_eq!(connected(&drawn(&[]), |_| true), drawn(&[]));
    }

    #[test]
    fn growing_equals_its_definition() {
        let region = Raster::from_index(23, 17, |i| i * i % 37 == 3);
        for radius in [0, 1, 2, 5, 30] {
            let any = |i: usize| {
                let (x, y) = (i % 23, i / 23);
                (y.saturating_sub(radius)..=(y + radius).min(16)).any(|v| {
                    (x.saturating_sub(radius)..=(x + radius).min(22)).any(|u| region.data[v * 23 + u])
                })
            };
            assert_eq!(grown(&region, radius), Raster::from_index(23, 17, any), "{radius}");
            let inverse = region.map(|&inside| !inside);
            assert_eq!(eroded(&inverse, radius), Raster::from_index(23, 17, |i| !any(i)), "{radius}");
        }
    }

    #[test]
    fn islands_are_not_connected_and_specks_go() {
        let two = drawn(&["##..#", "##..#", "....."]);
        assert_eq!(connected(&two, |i| i == 0), drawn(&["##...", "##...", "....."]));
        assert_eq!(without_specks(&two, 3), drawn(&["##...", "##...", "....."]));
        assert_eq!(without_specks(&two, 2), two);
    }
}
