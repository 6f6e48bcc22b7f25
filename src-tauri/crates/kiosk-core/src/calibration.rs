//! Measured facts about the machines around the kiosk. The files live in `calibration/{printers,cameras}/*.toml`.

mod camera;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use camera::{CameraCalibration, Orientation, WhiteBalance};

use crate::profile::Title;
use crate::{Fault, FaultCode};

/// Farthest that a print may lie from its place and still be corrected: beyond it the wrong tray or paper is in.
const LARGEST_OFFSET_MM: f64 = 5.0;

/// What one printer does to a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Printer {
    /// Stable name, also the file's stem.
    pub id: String,
    /// What people call it.
    pub title: Title,
    /// How and when it was measured.
    pub source: String,
    /// Holds for every paper that has no entry of its own.
    pub default: PaperCalibration,
    /// By paper name (`5r`, `6r`, `a4`, or a custom paper as `WIDTHxHEIGHT`).
    #[serde(default)]
    pub papers: BTreeMap<String, PaperCalibration>,
}

/// One printer with one paper. The paper stands upright, its short edge at the top.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaperCalibration {
    /// Where photos and labels may lie.
    pub safe_margin_mm: Margins,
    /// Where a print lands, measured from where it should be.
    #[serde(default)]
    pub offset_mm: Offset,
}

/// Strips along the edges that a print loses (dye-sublimation overscan) or cannot reach (laser), in millimetres.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Margins {
    /// Top edge.
    pub top: f64,
    /// Right edge.
    pub right: f64,
    /// Bottom edge.
    pub bottom: f64,
    /// Left edge.
    pub left: f64,
}

/// A shift in millimetres: `x` to the right, `y` downwards.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offset {
    /// To the right.
    pub x: f64,
    /// Downwards.
    pub y: f64,
}

impl Margins {
    /// The same margin at each edge.
    pub fn even(mm: f64) -> Self {
        Self { top: mm, right: mm, bottom: mm, left: mm }
    }

    /// The margins as they lie after the paper was turned a quarter clockwise.
    #[must_use]
    pub fn turned(self) -> Self {
        Self { top: self.left, right: self.top, bottom: self.right, left: self.bottom }
    }
}

impl Offset {
    /// The shift as it points after the paper was turned a quarter clockwise.
    #[must_use]
    pub fn turned(self) -> Self {
        Self { x: -self.y, y: self.x }
    }
}

impl Printer {
    /// Reads a printer from its TOML text and checks that its numbers make sense.
    ///
    /// # Errors
    /// [`FaultCode::CalibrationUnknown`] with what is wrong in the file.
    pub fn from_toml(text: &str) -> Result<Self, Fault> {
        let printer: Self = toml::from_str(text).map_err(bad_file)?;
        for calibration in std::iter::once(&printer.default).chain(printer.papers.values()) {
            let Margins { top, right, bottom, left } = calibration.safe_margin_mm;
            if ![top, right, bottom, left].iter().all(|m| (0.0..=50.0).contains(m)) {
                return Err(bad_file(format!("{}: a safe margin is 0 to 50 mm", printer.id)));
            }
            let Offset { x, y } = calibration.offset_mm;
            if ![x, y].iter().all(|o| o.abs() <= LARGEST_OFFSET_MM) {
                return Err(bad_file(format!("{}: an offset is at most {LARGEST_OFFSET_MM} mm", printer.id)));
            }
        }
        Ok(printer)
    }

    /// The calibration for the paper of this name.
    pub fn paper(&self, name: &str) -> PaperCalibration {
        self.papers.get(name).copied().unwrap_or(self.default)
    }
}

fn bad_file(what: impl std::fmt::Display) -> Fault {
    Fault::new(FaultCode::CalibrationUnknown, format!("{what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DYE_SUB: &str = r#"
        id = "dye-sub"
        source = "chart, 2026-11"
        [title]
        zh = "热升华"
        en = "Dye-sublimation"
        [default]
        safe_margin_mm = { top = 2.0, right = 2.0, bottom = 2.0, left = 2.0 }
        [papers.6r]
        safe_margin_mm = { top = 1.0, right = 2.0, bottom = 3.0, left = 4.0 }
        offset_mm = { x = 0.3, y = -0.2 }
    "#;

    #[test]
    fn a_paper_without_an_entry_uses_the_default() {
        let printer = Printer::from_toml(DYE_SUB).unwrap();
        assert_eq!(printer.paper("5r").safe_margin_mm, Margins::even(2.0));
        assert_eq!(printer.paper("6r").offset_mm, Offset { x: 0.3, y: -0.2 });
    }

    #[test]
    fn numbers_without_sense_are_refused() {
        for (good, bad) in
            [("top = 2.0", "top = -1.0"), ("x = 0.3", "x = 30.0"), ("bottom = 3.0", "bottom = nan")]
        {
            let fault = Printer::from_toml(&DYE_SUB.replace(good, bad)).unwrap_err();
            assert_eq!(fault.code, FaultCode::CalibrationUnknown, "{bad}");
        }
    }

    #[test]
    fn a_quarter_turn_carries_the_top_edge_to_the_right() {
        let margins = Margins { top: 1.0, right: 2.0, bottom: 3.0, left: 4.0 };
        assert_eq!(margins.turned(), Margins { top: 4.0, right: 1.0, bottom: 2.0, left: 3.0 });
        assert_eq!(Offset { x: 1.0, y: 0.0 }.turned(), Offset { x: 0.0, y: 1.0 });
        let back = margins.turned().turned().turned().turned();
        assert_eq!(back, margins);
    }
}
