//! From a file to upright pixels.

use std::io::Cursor;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, RgbImage};
use kiosk_core::{Fault, FaultCode};

use super::header::{self, Process};
use super::profile::{self, Embedded};

/// Most columns or rows of a shot: beyond any camera in use.
const LONGEST_SIDE: u32 = 12_000;
/// Most pixels of a shot: more than the 61 megapixels of today's largest full-frame cameras.
const MOST_PIXELS: u64 = 64_000_000;
/// Most memory that decoding may take at once. Files that would need more are refused by their headers, before anything is
/// allocated. 64 megapixels of baseline JPEG in upright 8-bit RGB, twice while they are turned, stay below.
const MEMORY: u64 = 400 << 20;
/// Most scans of a progressive JPEG. Encoders write about ten; each costs a pass over the whole picture, however few bytes it has.
const MOST_SCANS: usize = 64;

/// A picture and what its file says of its colours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// Upright, 8-bit sRGB.
    pub picture: RgbImage,
    /// What became of the profile in the file.
    pub profile: Embedded,
}

/// [`read`] without what the file says of its colours.
///
/// # Errors
/// Those of [`read`].
pub fn decode(file: &[u8]) -> Result<RgbImage, Fault> {
    read(file).map(|decoded| decoded.picture)
}

/// Decodes a JPEG, PNG or WebP into 8-bit sRGB and turns it upright. Transparency is laid on white; colours are converted from the
/// file's profile, see [`profile`](super::profile).
///
/// An EXIF orientation says how the camera was held; honouring it is part of reading the file (every viewer does), not a change of the
/// picture. It is the only turn there is. A mirrored orientation (tags 2, 4, 5, 7) would mirror the sitter, which the standard forbids, so
/// the picture is taken as it was *seen by the lens*: such tags are written by selfie cameras to undo their own mirror, and
/// honouring them gives the unmirrored picture. Camera frames carry no EXIF; a camera mounted sideways is a setting of the mount.
///
/// # Errors
/// `image_unreadable`, with the reason, for anything that is not a complete picture of bearable size. What a file is, its content
/// says and not its name.
pub fn read(file: &[u8]) -> Result<Decoded, Fault> {
    let format = format(file).map_err(unreadable)?;
    if format == ImageFormat::Jpeg {
        jpeg_is_bearable(file).map_err(unreadable)?;
    }
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits);
    let broken = |e: ImageError| unreadable(reason(format, &e));
    let mut decoder = reader.into_decoder().map_err(broken)?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    let needed =
        decoder.total_bytes().saturating_add(pixels * 3).saturating_add(working_bytes(file, format, pixels));
    if width.max(height) > LONGEST_SIDE || pixels > MOST_PIXELS || needed > MEMORY {
        return Err(unreadable(too_large(width, height)));
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    // A profile that cannot be read at all is none.
    let embedded = decoder.icc_profile().unwrap_or_default();
    let mut image = DynamicImage::from_decoder(decoder).map_err(broken)?;
    image.apply_orientation(orientation);
    let (picture, profile) = profile::to_srgb(image, embedded.as_deref());
    Ok(Decoded { picture, profile })
}

fn unreadable(reason: impl Into<String>) -> Fault {
    Fault::new(FaultCode::ImageUnreadable, reason.into())
}

fn too_large(width: u32, height: u32) -> String {
    format!("a picture of {width} × {height} pixels is too large")
}

/// The format by its first bytes, or why it is none of the three.
fn format(file: &[u8]) -> Result<ImageFormat, String> {
    let brand = || file.get(8..12).unwrap_or_default();
    let other = match file {
        [] => return Err("the file is empty".to_owned()),
        [0xFF, 0xD8, 0xFF, ..] => return Ok(ImageFormat::Jpeg),
        [0x89, b'P', b'N', b'G', ..] => return Ok(ImageFormat::Png),
        [b'R', b'I', b'F', b'F', ..] if brand() == b"WEBP" => return Ok(ImageFormat::WebP),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => match brand() {
            b"avif" | b"avis" => "an AVIF picture",
            b"heic" | b"heix" | b"hevc" | b"heim" | b"heis" | b"mif1" | b"msf1" => {
                "a HEIC picture, as phones of one maker save it,"
            }
            _ => "a film",
        },
        [b'G', b'I', b'F', b'8', ..] => "a GIF picture",
        [b'B', b'M', ..] => "a BMP picture",
        [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => "a TIFF or raw picture",
        [0xFF, 0x0A, ..] | [0, 0, 0, 12, b'J', b'X', b'L', ..] => "a JPEG XL picture",
        [b'%', b'P', b'D', b'F', ..] => "a PDF document",
        _ => "something else",
    };
    Err(format!("the file is {other} and cannot be read; save it as JPEG, PNG or WebP"))
}

/// What the header of a JPEG says against decoding it. Thin decoders accept a JPEG that was cut in transfer and paint the rest grey.
fn jpeg_is_bearable(file: &[u8]) -> Result<(), String> {
    // In the data of a scan every 0xFF is followed by 0 or by a marker, so the first such pair there ends the picture; in the headers
    // it may belong to a thumbnail.
    let data = &file[header::first_scan(file).unwrap_or(2)..];
    let markers = |wanted: u8| data.windows(2).filter(move |pair| *pair == [0xFF, wanted]);
    if markers(0xD9).next().is_none() {
        return Err("the JPEG is cut off: no end-of-image marker".to_owned());
    }
    let scans = 1 + markers(0xDA).take(MOST_SCANS).count();
    if scans > MOST_SCANS {
        return Err(format!("the JPEG is refused: it has more than {MOST_SCANS} scans"));
    }
    Ok(())
}

/// What a decoder holds besides the picture itself. A progressive JPEG keeps 16-bit coefficients of every component until its last scan, a
/// WebP a second copy of the frame.
fn working_bytes(file: &[u8], format: ImageFormat, pixels: u64) -> u64 {
    match format {
        ImageFormat::Jpeg => header::read(file).map_or(0, |header| {
            let kept = u64::from(header.process == Process::Progressive) * u64::from(header.components);
            pixels * 2 * kept
        }),
        ImageFormat::WebP => pixels * 4,
        _ => 0,
    }
}

/// A decoder's complaint in words for people; its own words follow for the log.
fn reason(format: ImageFormat, error: &ImageError) -> String {
    let name = match format {
        ImageFormat::Jpeg => "JPEG",
        ImageFormat::Png => "PNG",
        _ => "WebP",
    };
    match error {
        ImageError::Limits(_) => format!("the {name} is too large ({error})"),
        ImageError::Unsupported(_) => format!("this kind of {name} cannot be read ({error})"),
        _ => format!("the {name} is damaged or cut off ({error})"),
    }
}

#[cfg(test)]
mod tests;
