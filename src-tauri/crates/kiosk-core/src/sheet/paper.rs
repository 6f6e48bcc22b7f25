//! Papers, print formats and the part of a photo that a format shows.

use std::fmt;
use std::str::FromStr;

use super::SheetError;
use crate::PixelSize;

/// A paper, upright: `width` is the short edge. Millimetres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Paper {
    width: f64,
    height: f64,
}

impl Paper {
    /// 五寸, 3R: 89 × 127 mm.
    pub const FIVE_INCH: Self = Self { width: 89.0, height: 127.0 };
    /// 六寸, 4R: 102 × 152 mm.
    pub const SIX_INCH: Self = Self { width: 102.0, height: 152.0 };
    /// ISO 216.
    pub const A4: Self = Self { width: 210.0, height: 297.0 };

    /// A paper of any size from 50 to 1200 mm; the edges may come in any order.
    ///
    /// # Errors
    /// [`SheetError::BadSize`] outside of that range.
    pub fn custom(a: f64, b: f64) -> Result<Self, SheetError> {
        if ![a, b].iter().all(|edge| (50.0..=1200.0).contains(edge)) {
            return Err(SheetError::BadSize(format!(
                "a paper of {a}×{b} mm: 50 to 1200 mm an edge are possible"
            )));
        }
        Ok(Self { width: a.min(b), height: a.max(b) })
    }

    /// Short edge.
    pub fn width(&self) -> f64 {
        self.width
    }

    /// Long edge.
    pub fn height(&self) -> f64 {
        self.height
    }

    /// Safe margin to assume without a calibrated printer: small papers go through photo printers that lose up to
    /// 2 mm an edge, large ones through office printers that keep 1/6 inch free.
    pub fn common_margin(&self) -> f64 {
        if self.height < 200.0 { 2.0 } else { 4.23 }
    }
}

/// The name that [`Paper::from_str`] reads and printers are calibrated by.
impl fmt::Display for Paper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::FIVE_INCH => f.write_str("5r"),
            Self::SIX_INCH => f.write_str("6r"),
            Self::A4 => f.write_str("a4"),
            Self { width, height } => write!(f, "{width}x{height}"),
        }
    }
}

impl FromStr for Paper {
    type Err = SheetError;

    fn from_str(name: &str) -> Result<Self, SheetError> {
        match name.trim().to_ascii_lowercase().as_str() {
            "5r" => Ok(Self::FIVE_INCH),
            "6r" => Ok(Self::SIX_INCH),
            "a4" => Ok(Self::A4),
            other => {
                let (a, b) = edges(other).ok_or_else(|| SheetError::UnknownPaper(name.into()))?;
                Self::custom(a, b)
            }
        }
    }
}

/// Size of one print, upright. Millimetres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PrintFormat {
    /// Left to right.
    pub width: f64,
    /// Top to bottom.
    pub height: f64,
}

impl PrintFormat {
    /// The photo on the diploma: 33 × 48 mm, 小二寸 to some, 大一寸 to others.
    pub const DIPLOMA: Self = Self { width: 33.0, height: 48.0 };
    /// 一寸: 25 × 35 mm.
    pub const ONE_INCH: Self = Self { width: 25.0, height: 35.0 };
    /// 二寸: 35 × 49 mm.
    pub const TWO_INCH: Self = Self { width: 35.0, height: 49.0 };
}

impl fmt::Display for PrintFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.width, self.height)
    }
}

impl FromStr for PrintFormat {
    type Err = SheetError;

    fn from_str(text: &str) -> Result<Self, SheetError> {
        let size = edges(&text.trim().to_ascii_lowercase());
        match size.filter(|&(w, h)| (15.0..=200.0).contains(&w) && (15.0..=200.0).contains(&h)) {
            Some((width, height)) => Ok(Self { width, height }),
            None => {
                Err(SheetError::BadSize(format!("a print of {text:?}: WIDTHxHEIGHT, 15 to 200 mm an edge")))
            }
        }
    }
}

fn edges(text: &str) -> Option<(f64, f64)> {
    let (a, b) = text.split_once(['x', '×', '*'])?;
    Some((a.trim().parse().ok()?, b.trim().parse().ok()?))
}

/// The part of a photo that is printed, in photo pixels, which need not be whole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Crop {
    /// First column.
    pub x: f64,
    /// First row.
    pub y: f64,
    /// Columns.
    pub width: f64,
    /// Rows.
    pub height: f64,
}

impl Crop {
    /// The largest part with the format's proportions.
    ///
    /// A format narrower than the photo loses as much on the left as on the right: the face is centred. A wider one
    /// loses rows at the bottom only: the standard fixes the space above the head, the chest can be spared.
    /// 480 × 640 for 33 × 48 mm: columns 20 to 460, all rows, 339 dpi.
    pub fn of(format: PrintFormat, photo: PixelSize) -> Self {
        let (columns, rows) = (f64::from(photo.width), f64::from(photo.height));
        let width = (rows * format.width / format.height).min(columns);
        let height = (columns * format.height / format.width).min(rows);
        Self { x: (columns - width) / 2.0, y: 0.0, width, height }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paper_reads_back_from_its_name() {
        for name in ["5r", "6r", "a4", "127x178", "100x148.5"] {
            assert_eq!(name.parse::<Paper>().unwrap().to_string(), name);
        }
        assert_eq!("A4".parse(), Ok(Paper::A4));
        assert_eq!("152x102".parse(), Ok(Paper::SIX_INCH));
        for bad in ["", "7r", "10x10", "x", "nanxnan", "-210x297"] {
            assert!(bad.parse::<Paper>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_format_is_millimetres() {
        assert_eq!("33x48".parse(), Ok(PrintFormat::DIPLOMA));
        assert_eq!("25×35".parse(), Ok(PrintFormat::ONE_INCH));
        assert!("480x640".parse::<PrintFormat>().is_err());
    }

    #[test]
    fn the_diploma_format_shows_440_of_480_columns() {
        let photo = PixelSize { width: 480, height: 640 };
        assert_eq!(
            Crop::of(PrintFormat::DIPLOMA, photo),
            Crop { x: 20.0, y: 0.0, width: 440.0, height: 640.0 }
        );
        let square = Crop::of(PrintFormat { width: 40.0, height: 40.0 }, photo);
        assert_eq!(square, Crop { x: 0.0, y: 0.0, width: 480.0, height: 480.0 });
    }
}
