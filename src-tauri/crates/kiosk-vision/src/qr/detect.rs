//! rxing's detector, called in pieces: finders → plausible triples → sampled modules → bytes.

use kiosk_contain::contain;
use rxing::common::{BitMatrix, DetectorRXingResult};
use rxing::qrcode::cpp_port::detector::{
    FinderPatternSet, FinderPatterns, GenerateFinderPatternSets, SampleQR,
};

use super::CodeReading;
use super::deadline::Deadline;
use super::finders::find_finders;
use super::geometry::{Point, Quad};
use super::symbol::{decode, version_of};

/// Finder patterns kept, largest first. A code has three; a lattice of finders has thousands, and the number of
/// triples grows with the cube.
const MAX_FINDERS: usize = 60;
/// Triples sampled, most plausible first. Beyond the sixteenth nothing was ever read in the comparison of decoders.
const MAX_TRIPLES: usize = 16;
/// Triples sampled even when time is up: a step that was begun must be able to read, or a busy machine never would.
const SURE_TRIPLES: usize = 3;
/// Sampled but undecoded grids handed to the grey stage.
const MAX_SAMPLED: usize = 3;

/// A finder pattern: its centre and its width (seven modules) in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Finder {
    pub at: Point,
    pub size: f32,
}

/// Three finder patterns that may belong to one code.
#[derive(Clone, Copy, Debug)]
pub(super) struct Triple {
    pub top_left: Finder,
    pub top_right: Finder,
    pub bottom_left: Finder,
}

impl Triple {
    /// Mean module width in pixels.
    pub(super) fn module(&self) -> f32 {
        (self.top_left.size + self.top_right.size + self.bottom_left.size) / 21.0
    }
}

/// A guess at where a code's modules lie.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grid {
    /// Modules a side.
    pub size: usize,
    pub corners: Quad,
}

/// What one binary picture showed, in its own pixels.
#[derive(Debug, Default)]
pub(super) struct Detection {
    pub readings: Vec<CodeReading>,
    pub finders: Vec<Finder>,
    /// Triple of the first reading, else of the first grid that could be sampled, else the most plausible one.
    pub triple: Option<Triple>,
    /// Grids that were sampled but not decoded.
    pub sampled: Vec<Grid>,
}

/// Reads every code that the detector can rectify before the deadline.
pub(super) fn detect(dark: &BitMatrix, deadline: &Deadline) -> Detection {
    let mut patterns = find_finders(dark, deadline);
    patterns.sort_by_key(|pattern| std::cmp::Reverse(pattern.size));
    patterns.truncate(MAX_FINDERS);
    let mut found = Detection { finders: finders(&patterns), ..Detection::default() };

    let mut sets = contain(|| GenerateFinderPatternSets(&mut patterns)).unwrap_or_default();
    sets.truncate(MAX_TRIPLES);
    let mut used: Vec<FinderPatternSet> = Vec::new();
    for (rank, set) in sets.iter().enumerate() {
        if rank >= SURE_TRIPLES && deadline.spent(1.0) {
            break;
        }
        if used.iter().any(|decoded| shares_a_finder(decoded, set)) {
            continue;
        }
        let Some((modules, corners)) = contain(|| sample(dark, set)).flatten() else {
            continue;
        };
        if let Some(symbol) = decode(&modules) {
            if used.is_empty() {
                found.triple = Some(triple(set));
            }
            used.push(*set);
            found.readings.push(CodeReading {
                payload: symbol.payload,
                corners,
                version: version_of(modules.width()).unwrap_or_default(),
                encoding: symbol.encoding,
                text: symbol.text,
            });
        } else {
            found.triple = found.triple.or_else(|| Some(triple(set)));
            if found.sampled.len() < MAX_SAMPLED {
                found.sampled.push(Grid { size: modules.width() as usize, corners });
            }
        }
    }
    found.triple = found.triple.or_else(|| sets.first().map(triple));
    found
}

fn sample(dark: &BitMatrix, set: &FinderPatternSet) -> Option<(BitMatrix, Quad)> {
    let sampled = SampleQR(dark, set).ok()?;
    // rxing's order is top-left, top-right, bottom-left, bottom-right.
    let [top_left, top_right, bottom_left, bottom_right] = sampled.getPoints() else {
        return None;
    };
    let corners = [top_left, top_right, bottom_right, bottom_left].map(|point| [point.x, point.y]);
    Some((sampled.getBits().clone(), corners))
}

fn shares_a_finder(a: &FinderPatternSet, b: &FinderPatternSet) -> bool {
    let places = [b.tl.p, b.tr.p, b.bl.p];
    [a.tl.p, a.tr.p, a.bl.p].iter().any(|place| places.contains(place))
}

fn finders(patterns: &FinderPatterns) -> Vec<Finder> {
    patterns.iter().map(|pattern| finder([pattern.p.x, pattern.p.y], pattern.size)).collect()
}

fn triple(set: &FinderPatternSet) -> Triple {
    let [top_left, top_right, bottom_left] = [set.tl, set.tr, set.bl].map(|p| finder([p.p.x, p.p.y], p.size));
    Triple { top_left, top_right, bottom_left }
}

fn finder(at: Point, size: i32) -> Finder {
    Finder { at, size: size as f32 }
}
