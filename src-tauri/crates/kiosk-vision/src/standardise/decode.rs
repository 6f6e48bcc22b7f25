//! From a file to upright pixels.

use std::io::Cursor;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageReader, Limits, RgbImage};
use kiosk_core::{Fault, FaultCode};

/// Most columns or rows of a shot: beyond any camera in use, and 8-bit RGB of that size still fits the memory below.
const LONGEST_SIDE: u32 = 12_000;
/// Most memory that decoding may take: a 108-megapixel picture. Files that claim more are refused before anything is allocated.
const MEMORY: u64 = 400 << 20;

/// Decodes a JPEG, PNG or WebP into 8-bit sRGB and turns it upright.
///
/// An EXIF orientation says how the camera was held; honouring it is part of reading the file (every viewer does), not a change of the
/// picture. It is the only turn there is. A mirrored orientation (tags 2, 4, 5, 7) would mirror the sitter, which the standard forbids, so
/// the picture is taken as it was *seen by the lens*: such tags are written by selfie cameras to undo their own mirror, and
/// honouring them gives the unmirrored picture. Camera frames carry no EXIF; a camera mounted sideways is a setting of the mount.
///
/// # Errors
/// `image_unreadable` for anything that is not a complete picture of bearable size.
pub fn decode(file: &[u8]) -> Result<RgbImage, Fault> {
    let unreadable = |e: &dyn std::fmt::Display| Fault::new(FaultCode::ImageUnreadable, e.to_string());
    if file.starts_with(&[0xFF, 0xD8]) && !ends_like_a_jpeg(file) {
        return Err(Fault::new(FaultCode::ImageUnreadable, "the JPEG is cut off: no end-of-image marker"));
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(MEMORY);
    let mut reader = ImageReader::new(Cursor::new(file)).with_guessed_format().map_err(|e| unreadable(&e))?;
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|e| unreadable(&e))?;
    let (width, height) = decoder.dimensions();
    if width > LONGEST_SIDE || height > LONGEST_SIDE || decoder.total_bytes() > MEMORY {
        return Err(unreadable(&format!("{width} × {height} pixels are too many")));
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(|e| unreadable(&e))?;
    image.apply_orientation(orientation);
    Ok(image.into_rgb8())
}

/// Thin decoders accept a JPEG that was cut in transfer and paint the rest grey. Some cameras leave a few bytes after the end.
fn ends_like_a_jpeg(file: &[u8]) -> bool {
    const TRAILING: usize = 4096;
    let tail = &file[file.len().saturating_sub(TRAILING)..];
    tail.windows(2).any(|pair| pair == [0xFF, 0xD9])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jpeg(width: u32, height: u32) -> Vec<u8> {
        let image =
            RgbImage::from_fn(width, height, |x, _| image::Rgb([if x < width / 2 { 20 } else { 230 }; 3]));
        let mut file = Cursor::new(Vec::new());
        image.write_to(&mut file, image::ImageFormat::Jpeg).unwrap();
        file.into_inner()
    }

    /// Inserts an EXIF segment whose only entry is the orientation.
    fn with_orientation(jpeg: &[u8], tag: u8) -> Vec<u8> {
        let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
        exif.extend([tag, 0, 0, 0, 0, 0, 0]);
        let mut file = jpeg[..2].to_vec();
        file.extend([0xFF, 0xE1]);
        file.extend((exif.len() as u16 + 2).to_be_bytes());
        file.extend(exif);
        file.extend(&jpeg[2..]);
        file
    }

    #[test]
    fn a_sideways_phone_picture_comes_out_upright() {
        let file = jpeg(64, 32);
        assert_eq!(decode(&file).unwrap().dimensions(), (64, 32));
        let turned = decode(&with_orientation(&file, 6)).unwrap();
        assert_eq!(turned.dimensions(), (32, 64));
        assert!(turned.get_pixel(16, 4).0[0] < 60 && turned.get_pixel(16, 60).0[0] > 190);
    }

    #[test]
    fn what_is_not_a_whole_picture_is_refused() {
        let file = jpeg(64, 32);
        for bad in [&b""[..], b"hello", &file[..file.len() / 2], &[0xFF, 0xD8, 0xFF, 0xD9]] {
            assert_eq!(decode(bad).unwrap_err().code, FaultCode::ImageUnreadable);
        }
    }

    #[test]
    fn a_bomb_is_refused_by_its_header() {
        let mut png = Cursor::new(Vec::new());
        RgbImage::new(1, 1).write_to(&mut png, image::ImageFormat::Png).unwrap();
        let mut bomb = png.into_inner();
        bomb[16..24].copy_from_slice(&[0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30]);
        assert_eq!(decode(&bomb).unwrap_err().code, FaultCode::ImageUnreadable);
    }
}
