//! What a JPEG's markers say about it, without decoding a pixel.

use std::fmt;

/// Facts from the headers of a JPEG file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JpegHeader {
    /// Coding process.
    pub process: Process,
    /// Bits a sample.
    pub precision: u8,
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
    /// Colour components: 3 for colour, 1 for grey, 4 for CMYK.
    pub components: u8,
    /// Dots per inch, (across, down), when the JFIF header gives them.
    pub density: Option<(u16, u16)>,
    /// There is an EXIF segment.
    pub exif: bool,
    /// The file ends with the end-of-image marker: a cut transfer has none.
    pub complete: bool,
}

/// Coding process of the frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Process {
    /// SOF0: what every reader understands.
    Baseline,
    /// SOF2.
    Progressive,
    /// Any other.
    Other,
}

/// Why the headers could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeaderError {
    /// The file does not begin like a JPEG.
    NotJpeg,
    /// The file ends inside of its headers.
    Truncated,
    /// The data begin before any frame header.
    NoFrame,
}

impl fmt::Display for HeaderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotJpeg => "not a JPEG file",
            Self::Truncated => "the JPEG ends inside of its headers",
            Self::NoFrame => "the JPEG has no frame header",
        })
    }
}

impl std::error::Error for HeaderError {}

mod marker {
    pub const SOI: [u8; 2] = [0xFF, 0xD8];
    pub const EOI: [u8; 2] = [0xFF, 0xD9];
    pub const SOS: u8 = 0xDA;
    pub const APP0: u8 = 0xE0;
    pub const APP1: u8 = 0xE1;
}

/// Reads the marker segments up to the first scan (ITU-T T.81, annex B; JFIF 1.02).
pub fn read(file: &[u8]) -> Result<JpegHeader, HeaderError> {
    if !file.starts_with(&marker::SOI) {
        return Err(HeaderError::NotJpeg);
    }
    let mut header = None;
    let (mut density, mut exif) = (None, false);
    let mut at = 2;
    loop {
        let (kind, body) = segment(file, &mut at)?;
        match kind {
            marker::SOS => break,
            marker::APP0 => density = density.or_else(|| jfif_density(body)),
            marker::APP1 => exif |= body.starts_with(b"Exif\0"),
            0xC0..=0xCF if !matches!(kind, 0xC4 | 0xC8 | 0xCC) => header = Some(frame(kind, body)?),
            _ => {}
        }
    }
    let header = header.ok_or(HeaderError::NoFrame)?;
    Ok(JpegHeader { density, exif, complete: file.ends_with(&marker::EOI), ..header })
}

/// Where the data of the first scan begin; `None` when the headers cannot be walked.
#[must_use]
pub fn first_scan(file: &[u8]) -> Option<usize> {
    let mut at = 2;
    while segment(file, &mut at).ok()?.0 != marker::SOS {}
    Some(at)
}

/// The next segment's marker and body; `at` moves past it.
fn segment<'a>(file: &'a [u8], at: &mut usize) -> Result<(u8, &'a [u8]), HeaderError> {
    let byte = |i: usize| file.get(i).copied().ok_or(HeaderError::Truncated);
    if byte(*at)? != 0xFF {
        return Err(HeaderError::Truncated);
    }
    while byte(*at)? == 0xFF {
        *at += 1;
    }
    let kind = byte(*at)?;
    let length = usize::from(u16::from_be_bytes([byte(*at + 1)?, byte(*at + 2)?]));
    let body = file.get(*at + 3..*at + 1 + length.max(2)).ok_or(HeaderError::Truncated)?;
    *at += 1 + length.max(2);
    Ok((kind, body))
}

fn frame(kind: u8, body: &[u8]) -> Result<JpegHeader, HeaderError> {
    let [precision, h0, h1, w0, w1, components, ..] = *body else {
        return Err(HeaderError::Truncated);
    };
    Ok(JpegHeader {
        process: match kind {
            0xC0 => Process::Baseline,
            0xC2 => Process::Progressive,
            _ => Process::Other,
        },
        precision,
        width: u16::from_be_bytes([w0, w1]),
        height: u16::from_be_bytes([h0, h1]),
        components,
        density: None,
        exif: false,
        complete: false,
    })
}

/// Density in dots per inch; a unit of 0 gives only the pixels' shape.
fn jfif_density(body: &[u8]) -> Option<(u16, u16)> {
    let rest = body.strip_prefix(b"JFIF\0")?;
    let [_, _, unit, x0, x1, y0, y1, ..] = *rest else {
        return None;
    };
    let (x, y) = (u16::from_be_bytes([x0, x1]), u16::from_be_bytes([y0, y1]));
    let per_inch = |per_cm: u16| (f64::from(per_cm) * 2.54).round().min(65_535.0) as u16;
    match unit {
        1 => Some((x, y)),
        2 => Some((per_inch(x), per_inch(y))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(unit: u8, density: u16, sof: u8) -> Vec<u8> {
        let mut f = vec![0xFF, 0xD8, 0xFF, 0xE0, 0, 16];
        f.extend(b"JFIF\0\x01\x02");
        f.push(unit);
        f.extend(density.to_be_bytes());
        f.extend(density.to_be_bytes());
        f.extend([0, 0]);
        f.extend([0xFF, sof, 0, 17, 8, 2, 128, 1, 224, 3, 1, 0x11, 0, 2, 0x11, 1, 3, 0x11, 1]);
        f.extend([0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0, 0x55, 0xFF, 0xD9]);
        f
    }

    #[test]
    fn a_baseline_photo_is_described() {
        let header = read(&file(1, 300, 0xC0)).unwrap();
        assert_eq!(header.process, Process::Baseline);
        assert_eq!((header.width, header.height, header.components, header.precision), (480, 640, 3, 8));
        assert_eq!(header.density, Some((300, 300)));
        assert!(header.complete && !header.exif);
    }

    #[test]
    fn dots_per_centimetre_and_plain_aspect_ratios_are_told_apart() {
        assert_eq!(read(&file(2, 118, 0xC2)).unwrap().density, Some((300, 300)));
        assert_eq!(read(&file(0, 1, 0xC0)).unwrap().density, None);
    }

    #[test]
    fn every_cut_is_an_error_or_incomplete() {
        let whole = file(1, 300, 0xC0);
        for end in 0..whole.len() {
            assert!(read(&whole[..end]).map_or(true, |h| !h.complete), "{end}");
        }
        assert_eq!(read(b"GIF89a"), Err(HeaderError::NotJpeg));
    }
}
