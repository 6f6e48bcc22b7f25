//! The best arrangement of a set on a page: shelves of upright prints, then shelves of prints on their side.
//!
//! All arrangements of that kind are few enough to try each of them.

use super::{Arrangement, Placed, Rect, SheetError, SheetOptions, TOLERANCE, label};
use crate::sheet::PrintFormat;

/// Where one print lies inside its set.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell {
    rect: Rect,
    turned: bool,
}

impl Cell {
    pub(super) fn placed(&self, student: usize, copy: u32, at: [f64; 2]) -> Placed {
        Placed { student, copy, rect: self.rect.moved(at[0], at[1]), turned: self.turned }
    }
}

/// Prints that stay together, and their label; the origin is the set's top left corner.
#[derive(Debug)]
pub(super) struct Set {
    pub(super) cells: Vec<Cell>,
    pub(super) label: Option<Rect>,
}

/// A page with equal places for sets.
#[derive(Debug)]
pub(super) struct Template {
    pub(super) page_width: f64,
    pub(super) page_height: f64,
    pub(super) landscape: bool,
    pub(super) safe_area: Rect,
    pub(super) set: Set,
    /// Top left corners, row by row.
    pub(super) places: Vec<[f64; 2]>,
}

/// The arrangement that needs the least paper, then the plainest one.
pub(super) fn best_template(options: &SheetOptions) -> Result<Template, SheetError> {
    let most = match options.arrangement {
        Arrangement::PerStudent { label } => largest_set(options, label)?,
        Arrangement::Ganged => fullest_page(options).ok_or_else(|| too_small(options))?,
    };
    Ok(most.into_template(options))
}

/// The whole set of a student, or, when it does not fit on a page, its most even division.
fn largest_set(options: &SheetOptions, label: bool) -> Result<Candidate, SheetError> {
    let best_of = |prints, label| best_candidate(options, prints, label);
    if let Some(found) = best_of(options.copies, label) {
        return Ok(found);
    }
    let fitting = (1..options.copies).rev().find(|&prints| best_of(prints, label).is_some());
    match fitting.and_then(|most| best_of(options.copies.div_ceil(options.copies.div_ceil(most)), label)) {
        Some(found) => Ok(found),
        None if label && best_of(1, false).is_some() => {
            Err(SheetError::NoRoomForLabel(options.paper.to_string()))
        }
        None => Err(too_small(options)),
    }
}

fn too_small(options: &SheetOptions) -> SheetError {
    SheetError::PaperTooSmall { paper: options.paper.to_string(), format: options.format.to_string() }
}

/// The paper upright or turned, and what of it is safe.
#[derive(Debug, Clone, Copy)]
struct Frame {
    landscape: bool,
    page_width: f64,
    page_height: f64,
    safe: Rect,
}

fn frames(options: &SheetOptions) -> [Frame; 2] {
    let (short, long) = (options.paper.width(), options.paper.height());
    [false, true].map(|landscape| {
        let (page_width, page_height) = if landscape { (long, short) } else { (short, long) };
        let margins = options.calibration.safe_margin_mm;
        let m = if landscape { margins.turned() } else { margins };
        let safe = Rect {
            x: m.left,
            y: m.top,
            width: page_width - m.left - m.right,
            height: page_height - m.top - m.bottom,
        };
        Frame { landscape, page_width, page_height, safe }
    })
}

/// Equal prints in rows of `columns`; the last row may be shorter.
#[derive(Debug, Clone, Copy)]
struct Block {
    prints: u32,
    columns: u32,
    cell: PrintFormat,
    gap: f64,
}

impl Block {
    fn rows(&self) -> u32 {
        self.prints.div_ceil(self.columns.max(1))
    }

    fn in_last_row(&self) -> u32 {
        self.prints - self.columns * self.rows().saturating_sub(1)
    }

    fn width(&self) -> f64 {
        run(self.columns.min(self.prints), self.cell.width, self.gap)
    }

    fn height(&self) -> f64 {
        run(self.rows(), self.cell.height, self.gap)
    }

    /// What stays free to the right in a set of this width: beside all rows, and beside the last row.
    fn free(&self, top: f64, set_width: f64) -> [Rect; 2] {
        let beside = |row: u32, prints: u32, rows: u32| {
            let x = run(prints, self.cell.width, self.gap) + self.gap;
            let y = top + f64::from(row) * (self.cell.height + self.gap);
            Rect { x, y, width: set_width - x, height: run(rows, self.cell.height, self.gap) }
        };
        let rows = self.rows();
        [beside(0, self.columns, rows), beside(rows.saturating_sub(1), self.in_last_row(), rows.min(1))]
    }

    fn cells(&self, top: f64, turned: bool) -> impl Iterator<Item = Cell> {
        let Self { prints, columns, cell, gap } = *self;
        (0..prints).map(move |i| {
            let (column, row) = (f64::from(i % columns), f64::from(i / columns));
            let (x, y) = (column * (cell.width + gap), top + row * (cell.height + gap));
            Cell { rect: Rect { x, y, width: cell.width, height: cell.height }, turned }
        })
    }
}

/// Length of `count` things with gaps between them.
fn run(count: u32, each: f64, gap: f64) -> f64 {
    if count == 0 { 0.0 } else { f64::from(count) * (each + gap) - gap }
}

/// How many things with gaps between them fit into `length`.
fn fitting(length: f64, each: f64, gap: f64) -> u32 {
    ((length + gap + TOLERANCE) / (each + gap)).floor().max(0.0) as u32
}

/// One way to arrange a set on a page.
#[derive(Debug, Clone)]
struct Candidate {
    frame: Frame,
    upright: Block,
    turned: Block,
    width: f64,
    height: f64,
    label: Option<Rect>,
    /// The label lies in cells that the prints leave free.
    label_inside: bool,
    across: u32,
    down: u32,
}

impl Candidate {
    /// Larger is better: sets on a page, then no print on its side, few rows, a label in free cells, a large label.
    fn rank(&self) -> [f64; 5] {
        [
            f64::from(self.across * self.down),
            -f64::from(self.turned.prints),
            -f64::from(self.upright.rows() + self.turned.rows()),
            f64::from(u8::from(self.label_inside)),
            self.label.map_or(0.0, |l| l.width * l.height),
        ]
    }

    fn into_template(self, options: &SheetOptions) -> Template {
        let Frame { landscape, page_width, page_height, safe } = self.frame;
        let (step_x, step_y) = (self.width + options.gap, self.height + options.gap);
        let left = safe.x + (safe.width - run(self.across, self.width, options.gap)) / 2.0;
        let top = safe.y + (safe.height - run(self.down, self.height, options.gap)) / 2.0;
        let places = (0..self.down)
            .flat_map(|row| (0..self.across).map(move |column| (f64::from(column), f64::from(row))))
            .map(|(column, row)| [left + column * step_x, top + row * step_y])
            .collect();
        let below = turned_top(&self.upright, options.gap);
        let cells = self.upright.cells(0.0, false).chain(self.turned.cells(below, true)).collect();
        let set = Set { cells, label: self.label };
        Template { page_width, page_height, landscape, safe_area: safe, set, places }
    }
}

fn turned_top(upright: &Block, gap: f64) -> f64 {
    if upright.prints == 0 { 0.0 } else { upright.height() + gap }
}

/// Upright and turned prints as two blocks, one above the other.
fn blocks(options: &SheetOptions, upright: [u32; 2], turned: [u32; 2]) -> (Block, Block) {
    let PrintFormat { width, height } = options.format;
    let lying = PrintFormat { width: height, height: width };
    let block =
        |[prints, columns]: [u32; 2], cell| Block { prints, columns: columns.max(1), cell, gap: options.gap };
    (block(upright, options.format), block(turned, lying))
}

fn best_candidate(options: &SheetOptions, prints: u32, label: bool) -> Option<Candidate> {
    let mut best: Option<Candidate> = None;
    for frame in frames(options) {
        for lying in 0..=prints {
            let standing = prints - lying;
            for standing_columns in 1..=standing.max(1) {
                for lying_columns in 1..=lying.max(1) {
                    let pair = blocks(options, [standing, standing_columns], [lying, lying_columns]);
                    for candidate in with_label(options, frame, pair, label) {
                        if best.as_ref().is_none_or(|b| candidate.rank() > b.rank()) {
                            best = Some(candidate);
                        }
                    }
                }
            }
        }
    }
    best
}

/// The ways to add a label to two blocks: in a free cell, at the right, or below; those that fit on the page.
fn with_label(
    options: &SheetOptions,
    frame: Frame,
    (upright, turned): (Block, Block),
    label: bool,
) -> impl Iterator<Item = Candidate> {
    let gap = options.gap;
    let below = turned_top(&upright, gap);
    let width = upright.width().max(turned.width());
    let height = if turned.prints == 0 { upright.height() } else { below + turned.height() };
    let bare = Candidate {
        frame,
        upright,
        turned,
        width,
        height,
        label: None,
        label_inside: false,
        across: 0,
        down: 0,
    };
    let mut all = Vec::with_capacity(5);
    if label && width <= frame.safe.width + TOLERANCE && height <= frame.safe.height + TOLERANCE {
        let free = [upright.free(0.0, width), turned.free(below, width)];
        let inside = free.into_iter().flatten().filter(|area| label::fits(area.width, area.height));
        let largest = inside.max_by(|a, b| (a.width * a.height).total_cmp(&(b.width * b.height)));
        all.extend(largest.map(|area| Candidate { label: Some(area), label_inside: true, ..bare.clone() }));
        for wide in [options.format.width, label::BAR_ROOM, 24.0, label::COLUMN_WIDTH] {
            let area = Rect { x: width + gap, y: 0.0, width: wide, height };
            if label::fits(wide, height) {
                all.push(Candidate { label: Some(area), width: area.right(), ..bare.clone() });
            }
        }
        let area = Rect { x: 0.0, y: height + gap, width, height: label::STRIP_HEIGHT };
        if label::fits(width, area.height) {
            all.push(Candidate { label: Some(area), height: area.bottom(), ..bare.clone() });
        }
    } else if !label {
        all.push(bare);
    }
    all.into_iter().filter_map(move |mut candidate| {
        candidate.across = fitting(frame.safe.width, candidate.width, gap);
        candidate.down = fitting(frame.safe.height, candidate.height, gap);
        (candidate.across * candidate.down > 0).then_some(candidate)
    })
}

/// As many prints on one page as shelves can hold.
fn fullest_page(options: &SheetOptions) -> Option<Candidate> {
    let gap = options.gap;
    let PrintFormat { width, height } = options.format;
    let mut best: Option<Candidate> = None;
    for frame in frames(options) {
        let (standing, lying) =
            (fitting(frame.safe.width, width, gap), fitting(frame.safe.width, height, gap));
        for standing_rows in 0..=fitting(frame.safe.height, height, gap) {
            let rest = frame.safe.height - f64::from(standing_rows) * (height + gap);
            let lying_rows = fitting(rest, width, gap);
            let pair = blocks(options, [standing * standing_rows, standing], [lying * lying_rows, lying]);
            let prints = |c: &Candidate| c.upright.prints + c.turned.prints;
            for candidate in with_label(options, frame, pair, false) {
                let better = best.as_ref().is_none_or(|b| {
                    (prints(&candidate), b.turned.prints) > (prints(b), candidate.turned.prints)
                });
                if prints(&candidate) > 0 && better {
                    best = Some(Candidate { across: 1, down: 1, ..candidate });
                }
            }
        }
    }
    best
}
