//! Printable pages, resolved in millimetres: where each photo, label and cut mark lies. Drawing decides nothing.
//!
//! The origin is the page's top left corner, `x` grows to the right and `y` downwards. A page is the paper upright
//! or turned a quarter clockwise, whichever holds more. Photos are placed whole, several times, and never stretched:
//! [`Crop`] says which part of the photo a print shows.

pub mod code128;
mod label;
mod marks;
mod pack;
mod paper;
#[cfg(test)]
mod tests;

pub use label::{Label, LabelField, LabelRun, RunText};
pub use paper::{Crop, Paper, PrintFormat};

use crate::calibration::{Margins, Offset, PaperCalibration};
use crate::{Fault, FaultCode};

/// Rounding of sums of millimetres; a hair is 0.05 mm.
pub(crate) const TOLERANCE: f64 = 1e-6;

/// Most copies of one student: more is a slip of the finger.
pub const MOST_COPIES: u32 = 32;

/// What to put on which paper.
#[derive(Debug, Clone, PartialEq)]
pub struct SheetOptions {
    /// The paper.
    pub paper: Paper,
    /// Size of one print.
    pub format: PrintFormat,
    /// Prints of each student, 1 to [`MOST_COPIES`].
    pub copies: u32,
    /// How students share pages.
    pub arrangement: Arrangement,
    /// Between neighbours, 0 to 20 mm. At 0 neighbours share one cut.
    pub gap: f64,
    /// Of the printer, for the upright paper.
    pub calibration: PaperCalibration,
}

/// How students share pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrangement {
    /// The copies of one student stay together, with a label when asked for.
    PerStudent {
        /// Name and numbers beside or below the copies.
        label: bool,
    },
    /// Every place of every page is used, one student after the other, without labels.
    Ganged,
}

impl SheetOptions {
    /// Five labelled copies of 33×48 mm, shared cuts, the margins that are common for this paper.
    pub fn new(paper: Paper) -> Self {
        Self {
            paper,
            format: PrintFormat::DIPLOMA,
            copies: 5,
            arrangement: Arrangement::PerStudent { label: true },
            gap: 0.0,
            calibration: PaperCalibration {
                safe_margin_mm: Margins::even(paper.common_margin()),
                offset_mm: Offset::default(),
            },
        }
    }
}

/// A rectangle in millimetres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rect {
    /// Left edge.
    pub x: f64,
    /// Top edge.
    pub y: f64,
    /// To the right.
    pub width: f64,
    /// Downwards.
    pub height: f64,
}

impl Rect {
    /// Right edge.
    pub fn right(&self) -> f64 {
        self.x + self.width
    }

    /// Bottom edge.
    pub fn bottom(&self) -> f64 {
        self.y + self.height
    }

    /// The same rectangle elsewhere.
    #[must_use]
    pub fn moved(self, dx: f64, dy: f64) -> Self {
        Self { x: self.x + dx, y: self.y + dy, ..self }
    }

    /// Whether the insides meet; touching edges do not.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.x < other.right() - TOLERANCE
            && other.x < self.right() - TOLERANCE
            && self.y < other.bottom() - TOLERANCE
            && other.y < self.bottom() - TOLERANCE
    }

    /// Whether `other` lies inside, edges included.
    pub fn contains(&self, other: &Self) -> bool {
        self.x <= other.x + TOLERANCE
            && self.y <= other.y + TOLERANCE
            && other.right() <= self.right() + TOLERANCE
            && other.bottom() <= self.bottom() + TOLERANCE
    }
}

/// A straight cut mark, horizontal or vertical.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Segment {
    /// One end, millimetres.
    pub from: [f64; 2],
    /// The other end.
    pub to: [f64; 2],
}

/// One print on a page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Placed {
    /// Index into the students, in the order in which they were given.
    pub student: usize,
    /// Which of the copies, from 0.
    pub copy: u32,
    /// Where it lies.
    pub rect: Rect,
    /// Lies on its left side: the top of the photo points to the left.
    pub turned: bool,
}

/// One side of one paper.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Page {
    /// Prints.
    pub photos: Vec<Placed>,
    /// Labels.
    pub labels: Vec<Label>,
    /// Where to cut, drawn outside of the prints.
    pub marks: Vec<Segment>,
}

/// All pages of a job.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// Millimetres, as laid out.
    pub page_width: f64,
    /// Millimetres, as laid out.
    pub page_height: f64,
    /// Where photos and labels may lie on the paper.
    pub safe_area: Rect,
    /// Size of each print; [`Crop::of`] tells which part of a photo it shows.
    pub format: PrintFormat,
    /// Added to every position when drawing, so that the print lands where it is laid out.
    pub correction: Offset,
    /// In printing order.
    pub pages: Vec<Page>,
    /// Number of students.
    pub students: usize,
    /// Number of prints on all pages.
    pub copies: usize,
    /// Paper that is not photo, percent of all paper.
    pub waste_percent: f64,
}

/// Why there is no sheet.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SheetError {
    /// Nobody to print.
    #[error("no students")]
    NoStudents,
    /// Copies out of range.
    #[error("{0} copies: 1 to {MOST_COPIES} are possible")]
    BadCopies(u32),
    /// A size or gap that is not a sensible number of millimetres.
    #[error("{0}")]
    BadSize(String),
    /// A paper name that nobody knows.
    #[error("unknown paper {0:?}: 5r, 6r, a4, or WIDTHxHEIGHT in millimetres")]
    UnknownPaper(String),
    /// Not even one print fits.
    #[error("a print of {format} mm does not fit on {paper} inside the safe margins")]
    PaperTooSmall {
        /// The paper's name.
        paper: String,
        /// The print's size.
        format: String,
    },
    /// One print fits, but not together with its label.
    #[error("no room on {0} for a print with its label")]
    NoRoomForLabel(String),
}

impl From<SheetError> for Fault {
    fn from(error: SheetError) -> Self {
        let code = match error {
            SheetError::NoStudents => FaultCode::NothingToDeliver,
            _ => FaultCode::PaperUnknown,
        };
        Self::new(code, error.to_string())
    }
}

/// Lays `students` students out, in their order.
///
/// # Errors
/// See [`SheetError`]; nothing is ever scaled or left out to make it fit.
pub fn lay_out(students: usize, options: &SheetOptions) -> Result<Sheet, SheetError> {
    check(students, options)?;
    let template = pack::best_template(options)?;
    let pages = match options.arrangement {
        Arrangement::PerStudent { .. } => per_student(students, options.copies, &template),
        Arrangement::Ganged => ganged(students, options.copies, &template),
    };
    let copies = students * options.copies as usize;
    let printed = copies as f64 * options.format.width * options.format.height;
    let paper = pages.len() as f64 * template.page_width * template.page_height;
    let offset = options.calibration.offset_mm;
    let offset = if template.landscape { offset.turned() } else { offset };
    Ok(Sheet {
        page_width: template.page_width,
        page_height: template.page_height,
        safe_area: template.safe_area,
        format: options.format,
        correction: Offset { x: -offset.x, y: -offset.y },
        pages,
        students,
        copies,
        waste_percent: 100.0 * (1.0 - printed / paper),
    })
}

fn check(students: usize, options: &SheetOptions) -> Result<(), SheetError> {
    if students == 0 {
        return Err(SheetError::NoStudents);
    }
    if !(1..=MOST_COPIES).contains(&options.copies) {
        return Err(SheetError::BadCopies(options.copies));
    }
    if !(0.0..=20.0).contains(&options.gap) {
        return Err(SheetError::BadSize(format!("a gap of {} mm: 0 to 20 are possible", options.gap)));
    }
    Ok(())
}

/// A set that is too large for a page goes on over the following places, each with its label.
fn per_student(students: usize, copies: u32, template: &pack::Template) -> Vec<Page> {
    let parts = (0..students).flat_map(|student| {
        let step = template.set.cells.len() as u32;
        (0..copies).step_by(step as usize).map(move |first| (student, first..copies.min(first + step)))
    });
    let parts: Vec<_> = parts.collect();
    let drawn = parts.chunks(template.places.len()).map(|on_page| {
        let mut page = Page::default();
        for ((student, copies), place) in on_page.iter().cloned().zip(&template.places) {
            for (copy, cell) in copies.zip(&template.set.cells) {
                page.photos.push(cell.placed(student, copy, *place));
            }
            if let Some(area) = template.set.label {
                page.labels.push(Label::in_area(student, area.moved(place[0], place[1])));
            }
        }
        page
    });
    with_marks(drawn.collect(), template)
}

fn ganged(students: usize, copies: u32, template: &pack::Template) -> Vec<Page> {
    let prints: Vec<_> = (0..students).flat_map(|s| (0..copies).map(move |c| (s, c))).collect();
    let places = template.places.iter().flat_map(|p| template.set.cells.iter().map(move |c| (c, *p)));
    let places: Vec<_> = places.collect();
    let drawn = prints.chunks(places.len()).map(|on_page| Page {
        photos: on_page
            .iter()
            .zip(&places)
            .map(|(&(s, c), (cell, place))| cell.placed(s, c, *place))
            .collect(),
        ..Page::default()
    });
    with_marks(drawn.collect(), template)
}

/// Marks depend on the occupied places only, so that pages filled alike share their computation.
fn with_marks(mut pages: Vec<Page>, template: &pack::Template) -> Vec<Page> {
    let paper = Rect { x: 0.0, y: 0.0, width: template.page_width, height: template.page_height };
    let mut last: Option<(usize, usize, Vec<Segment>)> = None;
    for page in &mut pages {
        let (photos, labels) = (page.photos.len(), page.labels.len());
        match &last {
            Some((p, l, marks)) if (*p, *l) == (photos, labels) => page.marks.clone_from(marks),
            _ => {
                page.marks = marks::around(page, &paper);
                last = Some((photos, labels, page.marks.clone()));
            }
        }
    }
    pages
}
