//! Regions as bit rasters: polygons, growing and shrinking, what is connected to what.

use super::filters::box_mean;
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

/// Share of `true` in the `(2 radius + 1)²` window.
fn share(region: &Raster<bool>, radius: usize) -> Raster<[f32; 1]> {
    box_mean(&region.map(|&inside| [f32::from(inside)]), radius)
}

/// The region and everything within `radius` of it (square neighbourhood).
pub fn grown(region: &Raster<bool>, radius: usize) -> Raster<bool> {
    share(region, radius).map(|&[s]| s > 1e-5)
}

/// What is left after taking `radius` off every edge; the raster's own border takes nothing off.
pub fn eroded(region: &Raster<bool>, radius: usize) -> Raster<bool> {
    share(region, radius).map(|&[s]| s > 1.0 - 1e-5)
}

/// The part of `region` that is 4-connected with `seed`.
pub fn connected(region: &Raster<bool>, seed: impl Fn(usize) -> bool) -> Raster<bool> {
    let (width, height) = (region.width, region.height);
    let mut reached = Raster::filled(width, height, false);
    let mut open: Vec<usize> = (0..region.data.len()).filter(|&i| region.data[i] && seed(i)).collect();
    for &i in &open {
        reached.data[i] = true;
    }
    while let Some(i) = open.pop() {
        let (x, y) = (i % width, i / width);
        let neighbours = [
            (x > 0).then(|| i - 1),
            (x + 1 < width).then(|| i + 1),
            (y > 0).then(|| i - width),
            (y + 1 < height).then(|| i + width),
        ];
        for n in neighbours.into_iter().flatten() {
            if region.data[n] && !reached.data[n] {
                reached.data[n] = true;
                open.push(n);
            }
        }
    }
    reached
}

/// Removes connected parts with fewer than `pixels` pixels.
pub fn without_specks(region: &Raster<bool>, pixels: usize) -> Raster<bool> {
    let mut kept = region.clone();
    let mut seen = Raster::filled(region.width, region.height, false);
    for start in 0..region.data.len() {
        if !region.data[start] || seen.data[start] {
            continue;
        }
        let members = flood(region, &mut seen, start);
        if members.len() < pixels {
            for i in members {
                kept.data[i] = false;
            }
        }
    }
    kept
}

fn flood(region: &Raster<bool>, seen: &mut Raster<bool>, start: usize) -> Vec<usize> {
    let (width, height) = (region.width, region.height);
    let mut members = vec![start];
    seen.data[start] = true;
    let mut next = 0;
    while next < members.len() {
        let i = members[next];
        next += 1;
        let (x, y) = (i % width, i / width);
        let mut visit = |inside: bool, n: usize| {
            if inside && region.data[n] && !seen.data[n] {
                seen.data[n] = true;
                members.push(n);
            }
        };
        visit(x > 0, i.wrapping_sub(1));
        visit(x + 1 < width, i + 1);
        visit(y > 0, i.wrapping_sub(width));
        visit(y + 1 < height, i + width);
    }
    members
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(rows: &[&str]) -> Raster<bool> {
        Raster {
            width: rows[0].len(),
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
    fn islands_are_not_connected_and_specks_go() {
        let two = drawn(&["##..#", "##..#", "....."]);
        assert_eq!(connected(&two, |i| i == 0), drawn(&["##...", "##...", "....."]));
        assert_eq!(without_specks(&two, 3), drawn(&["##...", "##...", "....."]));
        assert_eq!(without_specks(&two, 2), two);
    }
}
