//! The wire of paper copies: what is laid out, how it will look, and what the printer made of it.

use serde::{Deserialize, Serialize};

/// How copies lie on paper.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(default)]
pub struct SheetLook {
    /// `5r`, `6r`, `a4`, or width × height in millimetres as `100x150`.
    pub paper: String,
    /// Size of one print in millimetres, as `33x48`.
    pub format: String,
    /// Prints of each student.
    pub copies: u32,
    /// Every place of every page is used, without labels; else the copies of one student stay together.
    pub ganged: bool,
    /// Name, numbers and the order's bars beside or below the copies; not when ganged.
    pub label: bool,
    /// Millimetres between neighbours; at 0 they share one cut.
    pub gap: f64,
}

impl Default for SheetLook {
    fn default() -> Self {
        Self {
            paper: "6r".to_owned(),
            format: "33x48".to_owned(),
            copies: 5,
            ganged: false,
            label: true,
            gap: 0.0,
        }
    }
}

/// What to print.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SheetRequest {
    /// Orders, by number; they are printed by class and then by student number.
    pub orders: Vec<String>,
    /// How.
    #[serde(default)]
    pub look: SheetLook,
}

/// A sheet that was laid out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SheetMade {
    /// Names it when it is sent to a printer.
    pub id: String,
    /// The PDF.
    pub path: String,
    /// Pages.
    pub pages: u32,
    /// Students.
    pub students: u32,
    /// Copies altogether.
    pub copies: u32,
}

/// How a sheet would look: one page of it, in millimetres from its top left corner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SheetPreview {
    /// Width of a page.
    pub page_width: f64,
    /// Height of a page.
    pub page_height: f64,
    /// Pages.
    pub pages: u32,
    /// Students.
    pub students: u32,
    /// Copies altogether.
    pub copies: u32,
    /// Paper that is not photo, percent.
    pub waste_percent: f64,
    /// Which page this is, from 0.
    pub page: u32,
    /// Prints on it.
    pub photos: Vec<PreviewPhoto>,
    /// Labels on it.
    pub labels: Vec<PreviewLabel>,
    /// Where it is cut: x and y of both ends.
    pub marks: Vec<[f64; 4]>,
    /// Characters of any label that the font lacks: the sheet cannot be made before they are mended.
    pub missing_glyphs: Vec<MissingGlyph>,
}

/// A print on a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PreviewPhoto {
    /// Whose: order number.
    pub order: String,
    /// Left edge.
    pub x: f64,
    /// Top edge.
    pub y: f64,
    /// To the right.
    pub width: f64,
    /// Downwards.
    pub height: f64,
    /// The top of the photo points to the left.
    pub turned: bool,
}

/// A label on a page.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PreviewLabel {
    /// Whose: order number.
    pub order: String,
    /// Name, as far as known.
    pub name: Option<String>,
    /// Left edge.
    pub x: f64,
    /// Top edge.
    pub y: f64,
    /// To the right.
    pub width: f64,
    /// Downwards.
    pub height: f64,
    /// The order number stands there as bars.
    pub barcode: bool,
}

impl std::fmt::Debug for PreviewLabel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PreviewLabel({})", self.order)
    }
}

/// A character that the label font lacks.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct MissingGlyph {
    /// The order.
    pub order: String,
    /// The name or other value that holds it.
    pub text: String,
    /// As `U+20BB7`.
    pub code_point: String,
}

impl std::fmt::Debug for MissingGlyph {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MissingGlyph({}, {})", self.order, self.code_point)
    }
}

/// A printer of the system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PrinterView {
    /// The system's name for it.
    pub name: String,
    /// The one that is used when nobody chooses.
    pub is_default: bool,
    /// Why it takes nothing now, as the system says: `media-empty`, `paused`; null when it does.
    pub stopped: Option<String>,
}

/// A sheet for a printer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PrintRequest {
    /// [`SheetMade::id`]; the same one again is a reprint, which costs nothing anew.
    pub sheet: String,
    /// The printer's name.
    pub printer: String,
}

/// Where a print stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum PrintState {
    /// On its way to the system's queue.
    Queued,
    /// In the system's queue.
    Sent,
    /// The system says that it is on paper.
    Printed,
    /// It did not come to paper, or nobody knows because the kiosk ended meanwhile.
    Failed,
}

/// One print of a sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PrintView {
    /// Counts up.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub id: i64,
    /// The sheet.
    pub sheet: String,
    /// The sheet's file.
    pub file: String,
    /// The printer.
    pub printer: String,
    /// Where it stands.
    pub state: PrintState,
    /// What the system says.
    pub detail: String,
    /// When it was asked for, milliseconds since 1970 UTC.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub at: i64,
}
