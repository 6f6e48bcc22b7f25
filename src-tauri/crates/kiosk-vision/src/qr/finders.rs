//! Finder patterns of a binary picture: rxing's `FindFinderPatterns`, row by row, so that it can be stopped. On a
//! lattice of finder patterns the original compares each of tens of thousands with all others and takes seconds.

use kiosk_contain::contain;
use rxing::Point;
use rxing::common::BitMatrix;
use rxing::common::cpp_essentials::{
    ConcentricPattern, FindLeftGuardBy, FixedPattern, GetPatternRowTP, IsPattern, LocateConcentricPattern,
    PatternRow, PatternView,
};

use super::deadline::Deadline;

/// Dark and light runs through the middle of a finder pattern, in modules.
const RUNS: FixedPattern<5, 7, false> = FixedPattern::new([1, 1, 3, 1, 1]);
/// Every third row crosses the three middle modules of any pattern that can be decoded.
const ROW_STEP: usize = 3;
/// Patterns after which the search stops. Noisy rooms show a few dozen; only a lattice shows this many.
const MAX_SEEN: usize = 400;
/// How far from the crossing row the pattern is traced, in its width there (rxing's bound for very skewed codes).
const REACH: i32 = 3;
/// Share of a module that the edges may be off in rxing's comparison of runs.
const QUIET_ZONE: f32 = 0.1;

/// Finder patterns from top to bottom; `size` is the width in pixels of the whole pattern.
pub(super) fn find_finders(dark: &BitMatrix, deadline: &Deadline) -> Vec<ConcentricPattern> {
    let mut seen = Vec::new();
    let mut runs = PatternRow::default();
    for y in (2..dark.height()).step_by(ROW_STEP) {
        if seen.len() >= MAX_SEEN || deadline.over() {
            break;
        }
        contain(|| add_row(dark, y, &mut runs, &mut seen));
    }
    seen
}

fn add_row(dark: &BitMatrix, y: u32, runs: &mut PatternRow, seen: &mut Vec<ConcentricPattern>) {
    GetPatternRowTP(dark, y, runs, false);
    let mut view = PatternView::new(runs);
    while let Ok(pattern) = FindLeftGuardBy::<5, _>(view, 5, is_finder) {
        if !pattern.isValid() {
            return;
        }
        let left = f32::from(pattern.pixelsInFront() + pattern[0] + pattern[1]);
        let centre = Point { x: left + f32::from(pattern[2]) / 2.0, y: y as f32 + 0.5 };
        let inside = |other: &ConcentricPattern| Point::distance(centre, other.p) < other.size as f32 / 2.0;
        if !seen.iter().any(inside) {
            let reach = REACH * i32::from(pattern.iter().sum::<u16>());
            seen.extend(LocateConcentricPattern::<true, 5, 7>(dark, &RUNS.into(), centre, reach));
        }
        view = pattern;
        view.skipPair();
        view.skipPair();
        view.extend();
    }
}

/// A quick refusal first: most runs of a row are nothing like a finder pattern.
fn is_finder(runs: &PatternView, space_before: Option<f32>) -> bool {
    let [left, left_gap, middle, right_gap, right] = [0, 1, 2, 3, 4].map(|run: usize| u32::from(runs[run]));
    let plausible = middle >= 3 && middle >= 2 * left.max(right) && middle >= left_gap.max(right_gap);
    plausible && IsPattern::<true, 5, 7, false>(runs, &RUNS, space_before, QUIET_ZONE, 0.0, 0.0) != 0.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    use rxing::qrcode::cpp_port::detector::FindFinderPatterns;

    fn unhurried() -> Deadline {
        Deadline::of_file(Duration::from_mins(1))
    }

    #[test]
    fn the_search_ends_with_its_time() {
        let late = Deadline::of_file(Duration::ZERO);
        assert!(pictures().all(|dark| find_finders(&dark, &late).is_empty()));
    }

    fn pictures() -> impl Iterator<Item = BitMatrix> {
        (2..6).map(|module| {
            let code = qrcode::QrCode::new(b"three finder patterns and an alignment pattern").unwrap();
            let side = code.width() as u32 + 8;
            let mut dark = BitMatrix::new(side * module, side * module).unwrap();
            for (i, _) in
                code.to_colors().iter().enumerate().filter(|(_, color)| **color == qrcode::Color::Dark)
            {
                let (x, y) = (i % code.width() + 4, i / code.width() + 4);
                dark.setRegion(x as u32 * module, y as u32 * module, module, module).unwrap();
            }
            dark
        })
    }

    #[test]
    fn the_finders_are_those_that_rxing_finds() {
        for dark in pictures() {
            let found = find_finders(&dark, &unhurried());
            assert!(found.len() >= 3);
            assert_eq!(found, FindFinderPatterns(&dark, true, 0));
        }
    }

    #[test]
    fn a_lattice_stops_the_search() {
        let mut dark = BitMatrix::new(1280, 720).unwrap();
        for (x, y) in (0..160).flat_map(|x| (0..90).map(move |y| (8 * x, 8 * y))) {
            dark.setRegion(x, y, 7, 7).unwrap();
            for i in 1..6 {
                for (dx, dy) in [(1, i), (5, i), (i, 1), (i, 5)] {
                    dark.set_bool(x + dx, y + dy, false);
                }
            }
        }
        let found = find_finders(&dark, &unhurried()).len();
        assert!((MAX_SEEN..MAX_SEEN + 200).contains(&found), "{found}: a row more at most");
    }
}
