use image::imageops::{flip_horizontal, flip_vertical, rotate90, rotate180, rotate270};
use std::time::{Duration, Instant};

use image::{GrayImage, ImageBuffer, Luma, Rgb, Rgba, RgbaImage};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use kiosk_core::hex::hex;
use sha2::{Digest, Sha256};

use super::*;

/// Left half dark red, right half pale; the top row of the picture is brighter. Every turn and mirror of it looks different.
fn scene(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let lift = if y < height / 4 { 40 } else { 0 };
        if x < width / 2 { Rgb([120 + lift, 20, 30]) } else { Rgb([200, 190, 170 + lift]) }
    })
}

fn file(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    image.write_to(&mut file, format).unwrap();
    file.into_inner()
}

fn jpeg(width: u32, height: u32) -> Vec<u8> {
    jpeg_of(&scene(width, height), ColorType::Rgb, false)
}

fn jpeg_of(image: &RgbImage, colour: ColorType, progressive: bool) -> Vec<u8> {
    let (width, height) = image.dimensions();
    let values: Vec<u8> = match colour {
        ColorType::Luma => image.pixels().map(|p| p.0[0]).collect(),
        // Without black, in the direction that Adobe writes: 255 is no ink.
        ColorType::Cmyk => {
            image.pixels().flat_map(|p| [255 - p.0[0], 255 - p.0[1], 255 - p.0[2], 0]).collect()
        }
        _ => image.as_raw().clone(),
    };
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, 92);
    encoder.set_progressive(progressive);
    encoder.encode(&values, width as u16, height as u16, colour).unwrap();
    file
}

/// Inserts an EXIF segment whose only entry is the orientation.
fn with_orientation(jpeg: &[u8], tag: u8) -> Vec<u8> {
    let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([tag, 0, 0, 0, 0, 0, 0]);
    with_segment(jpeg, 0xE1, &exif)
}

fn with_segment(jpeg: &[u8], marker: u8, body: &[u8]) -> Vec<u8> {
    let mut file = jpeg[..2].to_vec();
    file.extend([0xFF, marker]);
    file.extend((body.len() as u16 + 2).to_be_bytes());
    file.extend(body);
    file.extend(&jpeg[2..]);
    file
}

/// Mean difference of two pictures, levels.
fn apart(a: &RgbImage, b: &RgbImage) -> f64 {
    assert_eq!(a.dimensions(), b.dimensions());
    let sum: u64 = a.as_raw().iter().zip(b.as_raw()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    sum as f64 / a.as_raw().len() as f64
}

/// The refusal's words.
fn refusal(file: &[u8]) -> String {
    let started = Instant::now();
    let fault = decode(file).unwrap_err();
    assert_eq!(fault.code, FaultCode::ImageUnreadable);
    assert!(started.elapsed() < Duration::from_secs(1), "{fault}: {:?}", started.elapsed());
    fault.detail
}

#[test]
fn every_orientation_comes_out_upright() {
    let upright = scene(64, 48);
    let turned = |turn: fn(&RgbImage) -> RgbImage| jpeg_of(&turn(&upright), ColorType::Rgb, false);
    // What a camera held that way writes, for each tag.
    let stored = [
        turned(Clone::clone),
        turned(flip_horizontal),
        turned(rotate180),
        turned(flip_vertical),
        turned(|p| flip_horizontal(&rotate90(p))),
        turned(rotate270),
        turned(|p| flip_horizontal(&rotate270(p))),
        turned(rotate90),
    ];
    for (tag, stored) in (1..).zip(stored) {
        let decoded = decode(&with_orientation(&stored, tag)).unwrap();
        assert!(apart(&decoded, &upright) < 6.0, "orientation {tag}: {}", apart(&decoded, &upright));
    }
    for tag in [0, 9, 255] {
        assert_eq!(decode(&with_orientation(&jpeg(64, 48), tag)).unwrap().dimensions(), (64, 48));
    }
}

#[test]
fn every_kind_of_the_three_formats_is_read() {
    let picture = scene(96, 64);
    let rgb = DynamicImage::from(picture.clone());
    let grey =
        |p: &RgbImage| RgbImage::from_fn(p.width(), p.height(), |x, y| Rgb([p.get_pixel(x, y).0[0]; 3]));
    for (name, file, expected) in [
        ("baseline", jpeg(96, 64), picture.clone()),
        ("progressive", jpeg_of(&picture, ColorType::Rgb, true), picture.clone()),
        ("grey JPEG", jpeg_of(&picture, ColorType::Luma, false), grey(&picture)),
        ("CMYK", jpeg_of(&picture, ColorType::Cmyk, false), picture.clone()),
        ("PNG", file(&rgb, ImageFormat::Png), picture.clone()),
        ("16-bit PNG", file(&rgb.to_rgb16().into(), ImageFormat::Png), picture.clone()),
        ("grey PNG", file(&rgb.to_luma8().into(), ImageFormat::Png), rgb.to_luma8().expand()),
        ("WebP", file(&rgb, ImageFormat::WebP), picture.clone()),
    ] {
        let decoded = decode(&file).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        assert!(apart(&decoded, &expected) < 6.0, "{name}: {}", apart(&decoded, &expected));
    }
    let mut trailing = jpeg(96, 64);
    trailing.extend([0; 9000]);
    assert!(decode(&trailing).is_ok(), "some cameras pad their files");
}

trait Expand {
    fn expand(&self) -> RgbImage;
}

impl Expand for GrayImage {
    fn expand(&self) -> RgbImage {
        RgbImage::from_fn(self.width(), self.height(), |x, y| Rgb([self.get_pixel(x, y).0[0]; 3]))
    }
}

#[test]
fn transparency_is_laid_on_white() {
    let cut_out = RgbaImage::from_fn(30, 20, |x, _| match x {
        0..10 => Rgba([200, 0, 0, 0]),
        10..20 => Rgba([200, 0, 0, 128]),
        _ => Rgba([200, 0, 0, 255]),
    });
    let sixteen = ImageBuffer::from_fn(30, 20, |x, y| {
        Rgba(cut_out.get_pixel(x, y).0.map(|value| u16::from(value) * 257))
    });
    for image in [DynamicImage::from(cut_out), DynamicImage::ImageRgba16(sixteen)] {
        let decoded = decode(&file(&image, ImageFormat::Png)).unwrap();
        assert_eq!(decoded.get_pixel(5, 9).0, [255, 255, 255]);
        assert_eq!(decoded.get_pixel(25, 9).0, [200, 0, 0]);
        let half = decoded.get_pixel(15, 9).0;
        assert!(half[0].abs_diff(227) <= 1 && half[1].abs_diff(127) <= 1, "{half:?}");
    }
}

#[test]
fn tiny_and_narrow_pictures_are_pictures() {
    for (width, height) in [(1, 1), (1, 700), (700, 1), (7, 5)] {
        assert_eq!(decode(&jpeg(width, height)).unwrap().dimensions(), (width, height));
        let png = file(&scene(width, height).into(), ImageFormat::Png);
        assert_eq!(decode(&png).unwrap().dimensions(), (width, height));
    }
}

#[test]
fn other_formats_are_refused_by_name() {
    let container = |brand: &[u8]| [&[0, 0, 0, 24][..], b"ftyp", brand, &[0; 40]].concat();
    for (file, word) in [
        (Vec::new(), "empty"),
        (container(b"heic"), "HEIC"),
        (container(b"mif1"), "HEIC"),
        (container(b"avif"), "AVIF"),
        (container(b"mp42"), "film"),
        (b"GIF89a\x01\0\x01\0\0\0\0;".to_vec(), "GIF"),
        (b"BM\x46\0\0\0\0\0\0\0".to_vec(), "BMP"),
        (b"II*\0\x08\0\0\0".to_vec(), "TIFF"),
        (b"%PDF-1.7".to_vec(), "PDF"),
        (b"hello".to_vec(), "something else"),
        (vec![0xFF], "something else"),
        (vec![0; 5000], "something else"),
    ] {
        let words = refusal(&file);
        assert!(words.contains(word), "{word}: {words}");
    }
}

#[test]
fn a_file_that_was_cut_is_refused_wherever_it_was_cut() {
    // A thumbnail's end-of-image marker in the headers must not stand for the picture's own.
    let whole = with_segment(&jpeg(160, 120), 0xE1, &[b"Exif\0\0".as_slice(), &jpeg(16, 16)].concat());
    assert!(decode(&whole).is_ok());
    for end in (0..whole.len() - 2).step_by(7) {
        refusal(&whole[..end]);
    }
    let png = file(&scene(160, 120).into(), ImageFormat::Png);
    let webp = file(&scene(160, 120).into(), ImageFormat::WebP);
    for whole in [png, webp] {
        for end in (0..whole.len() * 9 / 10).step_by(11) {
            refusal(&whole[..end]);
        }
    }
}

#[test]
fn damage_ends_in_a_picture_or_a_fault() {
    let files = [
        jpeg(96, 64),
        jpeg_of(&scene(96, 64), ColorType::Rgb, true),
        file(&scene(96, 64).into(), ImageFormat::Png),
        file(&scene(96, 64).into(), ImageFormat::WebP),
    ];
    for whole in files {
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 0xA5;
            let started = Instant::now();
            if let Err(fault) = decode(&damaged) {
                assert_eq!(fault.code, FaultCode::ImageUnreadable);
            }
            assert!(started.elapsed() < Duration::from_secs(1), "byte {at}: {:?}", started.elapsed());
        }
    }
}

/// A PNG of zeros, `width` × `height` 8-bit grey, compressed to a thousandth.
fn png_of_zeros(width: u32, height: u32) -> Vec<u8> {
    file(&GrayImage::from_pixel(width, height, Luma([0])).into(), ImageFormat::Png)
}

#[test]
fn bombs_are_refused_by_their_headers() {
    let mut bomb = png_of_zeros(11_000, 11_000);
    assert!(bomb.len() < 1 << 20, "{}", bomb.len());
    assert!(refusal(&bomb).contains("too large"));
    // 30,000 × 30,000: the size is written over, with the header's check sum.
    bomb[16..24].copy_from_slice(&[0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30]);
    let sum = crc(&bomb[12..29]);
    bomb[29..33].copy_from_slice(&sum.to_be_bytes());
    assert!(refusal(&bomb).contains("too large"));
    assert!(refusal(&png_of_zeros(30_000, 2)).contains("too large"));
    assert!(refusal(&jpeg(30_000, 8)).contains("too large"));

    let mut claims = jpeg(64, 64);
    let frame = claims.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    claims[frame + 5..frame + 9].copy_from_slice(&[0xFF, 0xFF, 0xFF, 0xFF]);
    assert!(refusal(&claims).contains("too large"));
    // Within the sides, beyond the memory: progressive coefficients take twice the picture.
    let mut claims = jpeg_of(&scene(64, 64), ColorType::Rgb, true);
    let frame = claims.windows(2).position(|pair| pair == [0xFF, 0xC2]).unwrap();
    claims[frame + 5..frame + 9].copy_from_slice(&[0x1F, 0x40, 0x1F, 0x40]);
    assert!(refusal(&claims).contains("too large"));
}

/// CRC-32 as PNG has it.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg()))
    })
}

#[test]
fn endless_scans_are_refused() {
    let progressive = jpeg_of(&scene(64, 64), ColorType::Rgb, true);
    let last = progressive.windows(2).rposition(|pair| pair == [0xFF, 0xDA]).unwrap();
    let (scans, end) = progressive.split_at(progressive.len() - 2);
    let repeated = [scans, &scans[last..].repeat(200), end].concat();
    assert!(refusal(&repeated).contains("scans"));
}

#[test]
fn the_largest_bearable_pictures_take_bearable_time() {
    // As large as the limits allow, and as cheap to send as the formats allow.
    for file in [png_of_zeros(8000, 7900), jpeg_of(&RgbImage::new(8000, 6000), ColorType::Luma, false)] {
        let started = Instant::now();
        assert!(decode(&file).is_ok());
        println!("{:?} for a file of {} bytes", started.elapsed(), file.len());
    }
}

/// The decoder chooses its instructions by itself, so the pixels are held against a sum that has to be found on every machine.
#[test]
fn pixels_are_the_same_on_every_processor() {
    let mut state = 9_u32;
    let rough = RgbImage::from_fn(333, 217, |x, y| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let noise = if x > 160 { state >> 24 } else { 0 };
        Rgb([(x * 255 / 333) as u8, (noise ^ (y & 255)) as u8, ((x ^ y) & 255) as u8])
    });
    let mut pixels = Sha256::new();
    for sampling in [SamplingFactor::R_4_4_4, SamplingFactor::R_4_2_2, SamplingFactor::R_4_2_0] {
        for (quality, progressive) in [(5, false), (60, false), (92, true), (100, false)] {
            let mut file = Vec::new();
            let mut encoder = Encoder::new(&mut file, quality);
            encoder.set_sampling_factor(sampling);
            encoder.set_progressive(progressive);
            encoder.encode(rough.as_raw(), 333, 217, ColorType::Rgb).unwrap();
            pixels.update(decode(&file).unwrap().as_raw());
        }
    }
    assert_eq!(hex(&pixels.finalize()), "ff48c90e8e367453ac07689b8b297cdd31eeffc5b9c4cefee51c8db411035934");
}
