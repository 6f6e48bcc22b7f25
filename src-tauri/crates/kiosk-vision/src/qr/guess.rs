//! Where a code may lie when its finder patterns are seen but rxing could not sample it.

use super::detect::{Finder, Grid};
use super::geometry::{Point, distance, turn};

/// Largest finders considered for triples: 14 give 364 triples, checked in microseconds.
const TRIPLE_FINDERS: usize = 14;
/// Triples tried; each costs up to four fits.
const MAX_TRIPLES: usize = 6;
/// Largest finders considered for pairs, and pairs tried (each has up to six readings).
const PAIR_FINDERS: usize = 6;
const MAX_PAIRS: usize = 2;
/// Versions above 27 (125 modules) need finer sampling than a 720-line frame offers.
const MAX_GUESSED_VERSION: i32 = 27;

/// The three finder centres of a supposed code.
#[derive(Clone, Copy, Debug)]
struct Corner {
    top_left: Point,
    top_right: Point,
    bottom_left: Point,
    /// Pixels a module.
    module: f32,
}

/// Grids suggested by three finders of similar size in an L, the likeliest first.
pub(super) fn from_triples(finders: &[Finder]) -> Vec<Grid> {
    let finders = largest(finders, TRIPLE_FINDERS);
    let mut scored = Vec::new();
    for (i, &a) in finders.iter().enumerate() {
        for (j, &b) in finders.iter().enumerate().skip(i + 1) {
            scored.extend(finders.iter().skip(j + 1).filter_map(|&c| right_angle([a, b, c])));
        }
    }
    scored.sort_by(|a, b| a.0.total_cmp(&b.0));
    scored.iter().take(MAX_TRIPLES).flat_map(|(_, corner)| grids(corner)).collect()
}

/// Grids suggested by two finders alone: they are a side (the third on either side, at either end) or the diagonal.
pub(super) fn from_pairs(finders: &[Finder]) -> Vec<Grid> {
    let finders = largest(finders, PAIR_FINDERS);
    let mut pairs = Vec::new();
    for (i, a) in finders.iter().enumerate() {
        for b in &finders[i + 1..] {
            let ratio = a.size / b.size;
            let modules = distance(a.at, b.at) / ((a.size + b.size) / 14.0);
            if ratio < 1.35 && (12.0..170.0).contains(&modules) {
                pairs.push((ratio, *a, *b, modules));
            }
        }
    }
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let corners = pairs.iter().take(MAX_PAIRS).flat_map(|(_, a, b, modules)| third_finder(a, b, *modules));
    corners.collect::<Vec<_>>().iter().flat_map(grids).collect()
}

fn largest(finders: &[Finder], count: usize) -> Vec<Finder> {
    let mut finders = finders.to_vec();
    finders.sort_by(|a, b| b.size.total_cmp(&a.size));
    finders.truncate(count);
    finders
}

/// The triple as a corner with its penalty (0 = three equal finders in a perfect right angle). Sizes descend.
fn right_angle(finders: [Finder; 3]) -> Option<(f32, Corner)> {
    let size_ratio = finders[0].size / finders[2].size;
    if size_ratio > 1.7 {
        return None;
    }
    let at = finders.map(|finder| finder.at);
    let opposite = [distance(at[1], at[2]), distance(at[0], at[2]), distance(at[0], at[1])];
    let apex = (0..3).max_by(|&a, &b| opposite[a].total_cmp(&opposite[b]))?;
    let (top_left, a, b) = (at[apex], at[(apex + 1) % 3], at[(apex + 2) % 3]);
    let (side_a, side_b) = (distance(top_left, a), distance(top_left, b));
    let side_ratio = (side_a / side_b).max(side_b / side_a);
    let dot = (a[0] - top_left[0]) * (b[0] - top_left[0]) + (a[1] - top_left[1]) * (b[1] - top_left[1]);
    let cosine = (dot / (side_a * side_b)).abs();
    let module = finders.iter().map(|finder| finder.size).sum::<f32>() / 21.0;
    let modules = f32::midpoint(side_a, side_b) / module + 7.0;
    // Steeper tilts than these do not leave three readable finders.
    if side_ratio > 1.8 || cosine > 0.5 || !(18.0..130.0).contains(&modules) {
        return None;
    }
    let (top_right, bottom_left) = if turn(top_left, a, b) > 0.0 { (a, b) } else { (b, a) };
    let penalty = (size_ratio - 1.0) + (side_ratio - 1.0) + cosine;
    Some((penalty, Corner { top_left, top_right, bottom_left, module }))
}

fn third_finder(a: &Finder, b: &Finder, modules: f32) -> Vec<Corner> {
    let module = (a.size + b.size) / 14.0;
    let (a, b) = (a.at, b.at);
    let side = [b[0] - a[0], b[1] - a[1]];
    let corner = |top_left, top_right, bottom_left| Corner { top_left, top_right, bottom_left, module };
    let mut corners = Vec::new();
    if modules < 115.0 {
        let clockwise = |p: Point| [p[0] - side[1], p[1] + side[0]];
        let counter = |p: Point| [p[0] + side[1], p[1] - side[0]];
        corners.push(corner(a, b, clockwise(a)));
        corners.push(corner(b, clockwise(b), a));
        corners.push(corner(b, a, counter(b)));
        corners.push(corner(a, counter(a), b));
    }
    if modules > 20.0 {
        let middle = [f32::midpoint(a[0], b[0]), f32::midpoint(a[1], b[1])];
        for sign in [1.0, -1.0] {
            let apex = [middle[0] - sign * side[1] / 2.0, middle[1] + sign * side[0] / 2.0];
            let (top_right, bottom_left) = if turn(apex, a, b) > 0.0 { (a, b) } else { (b, a) };
            corners.push(corner(apex, top_right, bottom_left));
        }
    }
    corners
}

/// Parallelograms for the version that the finder distance suggests and its neighbours.
fn grids(corner: &Corner) -> Vec<Grid> {
    if corner.module < 1.0 {
        return Vec::new();
    }
    let Corner { top_left, top_right, bottom_left, module } = *corner;
    let modules =
        f32::midpoint(distance(top_left, top_right), distance(top_left, bottom_left)) / module + 7.0;
    let version = ((modules - 17.0) / 4.0).round() as i32;
    let versions = [version, version + 1, version - 1, version + 2].into_iter();
    let possible = versions.filter(|version| (1..=MAX_GUESSED_VERSION).contains(version));
    possible.map(|version| parallelogram(corner, 17 + 4 * version as usize)).collect()
}

/// The whole module area, from the finder centres 3.5 modules inside it.
fn parallelogram(corner: &Corner, size: usize) -> Grid {
    let Corner { top_left, top_right, bottom_left, .. } = *corner;
    let between = size as f32 - 7.0;
    let along = |axis: usize, u: f32, v: f32| {
        top_left[axis]
            + (top_right[axis] - top_left[axis]) / between * (u - 3.5)
            + (bottom_left[axis] - top_left[axis]) / between * (v - 3.5)
    };
    let end = size as f32;
    let corners = [[0.0, 0.0], [end, 0.0], [end, end], [0.0, end]];
    Grid { size, corners: corners.map(|[u, v]| [along(0, u, v), along(1, u, v)]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Finders of a version 7 code (45 modules of 4 px) whose module area starts at (100, 50).
    fn finders() -> [Finder; 3] {
        let centre = |u: f32, v: f32| Finder { at: [100.0 + 4.0 * u, 50.0 + 4.0 * v], size: 28.0 };
        [centre(3.5, 3.5), centre(41.5, 3.5), centre(3.5, 41.5)]
    }

    const EXPECTED: [Point; 4] = [[100.0, 50.0], [280.0, 50.0], [280.0, 230.0], [100.0, 230.0]];

    fn has_the_code(grids: &[Grid]) -> bool {
        let same = |grid: &Grid| grid.corners.iter().zip(EXPECTED).all(|(&a, b)| distance(a, b) < 0.1);
        grids.iter().any(|grid| grid.size == 45 && same(grid))
    }

    #[test]
    fn three_finders_in_any_order_give_the_grid() {
        let [a, b, c] = finders();
        for order in [[a, b, c], [c, a, b], [b, c, a], [c, b, a]] {
            assert!(has_the_code(&from_triples(&order)[..1]));
        }
    }

    #[test]
    fn any_two_finders_give_the_grid_among_others() {
        let [a, b, c] = finders();
        for pair in [[a, b], [a, c], [b, c], [c, b]] {
            assert!(has_the_code(&from_pairs(&pair)));
        }
        assert!(from_pairs(&[a]).is_empty());
    }

    #[test]
    fn a_straight_line_is_no_triple() {
        let line = [0.0, 150.0, 300.0].map(|x| Finder { at: [x, 10.0], size: 28.0 });
        assert!(from_triples(&line).is_empty());
    }
}
