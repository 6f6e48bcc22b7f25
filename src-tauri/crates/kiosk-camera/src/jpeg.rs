//! Walks the markers of a JPEG: cuts at EOI, finds the size, adds Huffman tables that webcams leave out.
//!
//! MJPEG webcams hand over the whole driver buffer (so the picture must be cut out of it), sometimes half a
//! picture, and often no DHT segment, which decoders other than the webcam's own refuse.

use std::ops::Range;

use crate::CameraError;

const SOI: u8 = 0xD8;
const EOI: u8 = 0xD9;
const SOS: u8 = 0xDA;
const DHT: u8 = 0xC4;

/// Where a JPEG is inside of a buffer, and what its header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JpegSpan {
    /// From SOI to the byte after EOI.
    pub bytes: Range<usize>,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Where a DHT segment has to be inserted (before the first SOS) when the file brings none.
    missing_tables_at: Option<usize>,
}

/// Finds the first whole JPEG in `buffer`.
///
/// # Errors
/// [`CameraError::Truncated`] when there is no SOI, no frame header, or the data end before EOI.
pub fn find_jpeg(buffer: &[u8]) -> Result<JpegSpan, CameraError> {
    let damaged = |why: &str| CameraError::Truncated(why.to_owned());
    let start =
        buffer.windows(3).position(|w| w == [0xFF, SOI, 0xFF]).ok_or_else(|| damaged("no start of image"))?;
    let mut at = start + 2;
    let mut size = None;
    let mut has_tables = false;
    let mut missing_tables_at = None;
    loop {
        let (marker, after) = next_marker(buffer, at).ok_or_else(|| damaged("ends before EOI"))?;
        at = after;
        match marker {
            EOI => break,
            // Restart markers and TEM stand alone.
            0x01 | 0xD0..=0xD7 => continue,
            SOI => return Err(damaged("a second picture begins before EOI")),
            _ => {}
        }
        let length = segment_length(buffer, at).ok_or_else(|| damaged("ends inside a segment"))?;
        // Only APPn and COM segments may hold a picture (a thumbnail): elsewhere one was cut off.
        let may_hold_picture = matches!(marker, 0xE0..=0xEF | 0xFE);
        if !may_hold_picture && buffer[at..at + length].windows(3).any(|w| w == [0xFF, SOI, 0xFF]) {
            return Err(damaged("a second picture begins inside a segment"));
        }
        match marker {
            DHT => has_tables = true,
            SOS if !has_tables && missing_tables_at.is_none() => missing_tables_at = Some(after - 2 - start),
            // SOF0…SOF15 without DHT, JPG and DAC.
            0xC0..=0xCF if !matches!(marker, 0xC8 | 0xCC) => {
                let header = buffer.get(at + 3..at + 7).ok_or_else(|| damaged("ends inside the header"))?;
                let pair = |i: usize| u32::from(header[i]) << 8 | u32::from(header[i + 1]);
                size = Some((pair(2), pair(0)));
            }
            _ => {}
        }
        at += length;
    }
    match size {
        Some((width, height)) if width > 0 && height > 0 => {
            Ok(JpegSpan { bytes: start..at, width, height, missing_tables_at })
        }
        _ => Err(damaged("no frame header")),
    }
}

/// The JPEG at `span` as a file of its own, with the standard Huffman tables when it brings none.
#[must_use]
pub fn extract_jpeg(buffer: &[u8], span: &JpegSpan) -> Vec<u8> {
    let jpeg = &buffer[span.bytes.clone()];
    match span.missing_tables_at {
        None => jpeg.to_vec(),
        Some(at) => [&jpeg[..at], &standard_tables(), &jpeg[at..]].concat(),
    }
}

/// The next marker at or after `at`, and the offset behind it. Skips entropy-coded data.
fn next_marker(buffer: &[u8], mut at: usize) -> Option<(u8, usize)> {
    loop {
        at += buffer.get(at..)?.iter().position(|b| *b == 0xFF)? + 1;
        match *buffer.get(at)? {
            // Stuffed zero: data. Fill byte: the marker is still to come.
            0x00 => at += 1,
            0xFF => {}
            marker => return Some((marker, at + 1)),
        }
    }
}

fn segment_length(buffer: &[u8], at: usize) -> Option<usize> {
    let length = usize::from(*buffer.get(at)?) << 8 | usize::from(*buffer.get(at + 1)?);
    (length >= 2 && at + length <= buffer.len()).then_some(length)
}

/// One DHT segment with the four typical tables of ITU-T T.81, annex K.3, which MJPEG takes for granted.
fn standard_tables() -> Vec<u8> {
    let tables: [(u8, [u8; 16], &[u8]); 4] = [
        (0x00, [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0], &DC_VALUES),
        (0x10, [0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 0x7D], &AC_LUMINANCE),
        (0x01, [0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0], &DC_VALUES),
        (0x11, [0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 0x77], &AC_CHROMINANCE),
    ];
    let body: Vec<u8> = tables
        .iter()
        .flat_map(|(class, lengths, values)| {
            std::iter::once(*class).chain(lengths.iter().copied()).chain(values.iter().copied())
        })
        .collect();
    let length = (body.len() + 2) as u16;
    [&[0xFF, DHT][..], &length.to_be_bytes(), &body].concat()
}

const DC_VALUES: [u8; 12] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];

#[rustfmt::skip]
const AC_LUMINANCE: [u8; 162] = [
    0x01, 0x02, 0x03, 0x00, 0x04, 0x11, 0x05, 0x12, 0x21, 0x31, 0x41, 0x06, 0x13, 0x51, 0x61, 0x07, 0x22, 0x71,
    0x14, 0x32, 0x81, 0x91, 0xA1, 0x08, 0x23, 0x42, 0xB1, 0xC1, 0x15, 0x52, 0xD1, 0xF0, 0x24, 0x33, 0x62, 0x72,
    0x82, 0x09, 0x0A, 0x16, 0x17, 0x18, 0x19, 0x1A, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2A, 0x34, 0x35, 0x36, 0x37,
    0x38, 0x39, 0x3A, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4A, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59,
    0x5A, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7A, 0x83,
    0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9A, 0xA2, 0xA3,
    0xA4, 0xA5, 0xA6, 0xA7, 0xA8, 0xA9, 0xAA, 0xB2, 0xB3, 0xB4, 0xB5, 0xB6, 0xB7, 0xB8, 0xB9, 0xBA, 0xC2, 0xC3,
    0xC4, 0xC5, 0xC6, 0xC7, 0xC8, 0xC9, 0xCA, 0xD2, 0xD3, 0xD4, 0xD5, 0xD6, 0xD7, 0xD8, 0xD9, 0xDA, 0xE1, 0xE2,
    0xE3, 0xE4, 0xE5, 0xE6, 0xE7, 0xE8, 0xE9, 0xEA, 0xF1, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xF7, 0xF8, 0xF9, 0xFA,
];

#[rustfmt::skip]
const AC_CHROMINANCE: [u8; 162] = [
    0x00, 0x01, 0x02, 0x03, 0x11, 0x04, 0x05, 0x21, 0x31, 0x06, 0x12, 0x41, 0x51, 0x07, 0x61, 0x71, 0x13, 0x22,
    0x32, 0x81, 0x08, 0x14, 0x42, 0x91, 0xA1, 0xB1, 0xC1, 0x09, 0x23, 0x33, 0x52, 0xF0, 0x15, 0x62, 0x72, 0xD1,
    0x0A, 0x16, 0x24, 0x34, 0xE1, 0x25, 0xF1, 0x17, 0x18, 0x19, 0x1A, 0x26, 0x27, 0x28, 0x29, 0x2A, 0x35, 0x36,
    0x37, 0x38, 0x39, 0x3A, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4A, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58,
    0x59, 0x5A, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7A,
    0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9A,
    0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7, 0xA8, 0xA9, 0xAA, 0xB2, 0xB3, 0xB4, 0xB5, 0xB6, 0xB7, 0xB8, 0xB9, 0xBA,
    0xC2, 0xC3, 0xC4, 0xC5, 0xC6, 0xC7, 0xC8, 0xC9, 0xCA, 0xD2, 0xD3, 0xD4, 0xD5, 0xD6, 0xD7, 0xD8, 0xD9, 0xDA,
    0xE2, 0xE3, 0xE4, 0xE5, 0xE6, 0xE7, 0xE8, 0xE9, 0xEA, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xF7, 0xF8, 0xF9, 0xFA,
];

#[cfg(test)]
mod tests {
    use super::*;
    use image::{DynamicImage, ImageFormat, RgbImage};
    use std::io::Cursor;

    fn picture() -> Vec<u8> {
        let image = RgbImage::from_fn(40, 24, |x, y| image::Rgb([x as u8 * 6, y as u8 * 9, 90]));
        let mut out = Cursor::new(Vec::new());
        DynamicImage::from(image).write_to(&mut out, ImageFormat::Jpeg).unwrap();
        out.into_inner()
    }

    fn without_tables(jpeg: &[u8]) -> Vec<u8> {
        let mut out = jpeg.to_vec();
        while let Some(at) = out.windows(2).position(|w| w == [0xFF, DHT]) {
            let length = segment_length(&out, at + 2).unwrap();
            out.drain(at..at + 2 + length);
        }
        out
    }

    #[test]
    fn a_driver_buffer_is_cut_at_the_end_of_the_picture() {
        let jpeg = picture();
        let buffer = [&[0, 0xFF, 7][..], &jpeg, &[0; 500]].concat();
        let span = find_jpeg(&buffer).unwrap();
        assert_eq!((span.width, span.height), (40, 24));
        assert_eq!(extract_jpeg(&buffer, &span), jpeg);
    }

    #[test]
    fn no_proper_prefix_passes_for_a_picture() {
        let jpeg = picture();
        for end in 0..jpeg.len() {
            assert!(matches!(find_jpeg(&jpeg[..end]), Err(CameraError::Truncated(_))), "{end} bytes passed");
        }
    }

    #[test]
    fn arbitrary_damage_never_panics() {
        let jpeg = picture();
        for i in 0..jpeg.len() {
            let mut broken = jpeg.clone();
            broken[i] ^= 0xFF;
            if let Ok(span) = find_jpeg(&broken) {
                assert!(!extract_jpeg(&broken, &span).is_empty());
            }
        }
    }

    #[test]
    fn missing_huffman_tables_are_put_back() {
        let jpeg = picture();
        let bare = without_tables(&jpeg);
        assert!(image::load_from_memory(&bare).is_err(), "the decoder needs the tables");
        let span = find_jpeg(&bare).unwrap();
        let mended = image::load_from_memory(&extract_jpeg(&bare, &span)).unwrap().to_rgb8();
        assert_eq!(mended, image::load_from_memory(&jpeg).unwrap().to_rgb8());
    }
}
