//! The photo as a file: baseline JPEG, as good as the recipient's window allows.

use image::RgbImage;
use jpeg_encoder::{
    ChromaSubsamplingMethod, ColorType, Encoder, PixelDensity, PixelDensityUnit, SamplingFactor,
};
use kiosk_core::profile::FileRules;
use kiosk_core::{Fault, FaultCode};

/// A finished file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// The file's bytes.
    pub bytes: Vec<u8>,
    /// JPEG quality, 1–100 (the Independent JPEG Group's scale).
    pub quality: u8,
    /// Colour at full resolution (4:4:4), otherwise at half (4:2:0).
    pub full_colour: bool,
}

/// Encodes into the middle of the upper third of `rules.aim`, never below `rules.min_quality` and never padded.
///
/// Colour is kept at full resolution when a quality in range fits: the edge between hair and light blue suffers most from
/// halved colour. No EXIF, no colour profile, standard Huffman tables (optimised ones make jpeg-encoder 0.7 write scans that common
/// decoders misread), so equal pixels give equal bytes.
///
/// # Errors
/// `file_window_unreachable`, saying what to change.
pub fn encode(photo: &RgbImage, dpi: u32, rules: &FileRules) -> Result<Encoded, Fault> {
    let [low, high] = rules.aim;
    let (low, high) = (low as usize, high as usize);
    let wanted = high - (high - low) / 6;
    let mut sizes = Vec::new();
    for full_colour in [true, false] {
        let best = nearest(photo, dpi, rules.min_quality, full_colour, wanted, high)?;
        if (low..=high).contains(&best.bytes.len()) {
            return Ok(best);
        }
        sizes.push(best.bytes.len());
        if best.bytes.len() < low {
            break;
        }
    }
    Err(unreachable_window(&sizes, rules))
}

/// The highest quality whose size does not pass `wanted`, or the next one up when it is nearer and not above `high`. At the
/// ends of the range the result may lie outside of the window.
fn nearest(
    photo: &RgbImage,
    dpi: u32,
    min_quality: u8,
    full_colour: bool,
    wanted: usize,
    high: usize,
) -> Result<Encoded, Fault> {
    let at = |quality: u8| {
        encode_at(photo, dpi, quality, full_colour).map(|bytes| Encoded { bytes, quality, full_colour })
    };
    let mut below = at(min_quality)?;
    if below.bytes.len() >= wanted {
        return Ok(below);
    }
    let mut above = at(100)?;
    if above.bytes.len() <= wanted {
        return Ok(above);
    }
    while above.quality - below.quality > 1 {
        let middle = at(between(&below, &above, wanted))?;
        if middle.bytes.len() <= wanted {
            below = middle;
        } else {
            above = middle;
        }
    }
    let nearer = above.bytes.len() - wanted < wanted - below.bytes.len();
    Ok(if nearer && above.bytes.len() <= high { above } else { below })
}

/// Quality at which a straight line through both sizes' logarithms reaches `wanted`: two or three tries instead of six.
fn between(below: &Encoded, above: &Encoded, wanted: usize) -> u8 {
    let log = |bytes: usize| (bytes as f64).ln();
    let (low, high) = (log(below.bytes.len()), log(above.bytes.len()));
    let share = (log(wanted) - low) / (high - low).max(1e-9);
    let span = f64::from(above.quality - below.quality);
    // File sizes explode towards quality 100: from such a distance the line is no guide.
    let share = if above.quality == 100 && span > 10.0 { share.sqrt().max(0.5) } else { share };
    let guess = f64::from(below.quality) + (span * share).round();
    (guess as u8).clamp(below.quality + 1, above.quality - 1)
}

fn encode_at(photo: &RgbImage, dpi: u32, quality: u8, full_colour: bool) -> Result<Vec<u8>, Fault> {
    let side = |pixels: u32| {
        u16::try_from(pixels).map_err(|_| Fault::new(FaultCode::Internal, "photo too large for a JPEG"))
    };
    let (width, height) = (side(photo.width())?, side(photo.height())?);
    let density = u16::try_from(dpi).unwrap_or(u16::MAX);
    let mut bytes = Vec::with_capacity(64 * 1024);
    let mut encoder = Encoder::new(&mut bytes, quality);
    encoder.set_density(PixelDensity { density: (density, density), unit: PixelDensityUnit::Inches });
    encoder.set_sampling_factor(if full_colour { SamplingFactor::R_4_4_4 } else { SamplingFactor::R_4_2_0 });
    encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
    encoder
        .encode(photo.as_raw(), width, height, ColorType::Rgb)
        .map_err(|e| Fault::new(FaultCode::Internal, format!("JPEG encoder: {e}")))?;
    Ok(bytes)
}

fn unreachable_window(sizes: &[usize], rules: &FileRules) -> Fault {
    let [low, high] = rules.aim;
    let reached = sizes.last().copied().unwrap_or_default();
    let advice = if reached < low as usize {
        "the picture is too plain for this minimum even at quality 100: choose a profile with a smaller minimum"
    } else {
        "the picture is too rich for this maximum even at the lowest quality: reduce the camera's noise (more light, less gain) \
         or choose a profile with a larger maximum"
    };
    Fault::new(
        FaultCode::FileWindowUnreachable,
        format!("{reached} bytes reached, {low} to {high} wanted; {advice}"),
    )
}

#[cfg(test)]
mod tests {
    use super::super::header;
    use super::*;

    fn rules(aim: [u32; 2], min_quality: u8) -> FileRules {
        FileRules { aim, accept: aim, min_quality }
    }

    /// A picture with as much detail as a portrait: waves and a little grain.
    fn picture(grain: u32) -> RgbImage {
        let mut state = 7u32;
        RgbImage::from_fn(480, 640, |x, y| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = if grain == 0 { 0 } else { (state >> 16) % grain };
            let wave = (f64::from(x) / 9.0).sin() * (f64::from(y) / 13.0).cos() * 60.0 + 110.0;
            let v = (wave as u32 + noise).min(255) as u8;
            image::Rgb([v, v / 2 + 40, 200 - v / 3])
        })
    }

    #[test]
    fn the_upper_third_of_the_window_is_met() {
        let encoded = encode(&picture(6), 300, &rules([20_480, 40_000], 60)).unwrap();
        assert!((33_000..=40_000).contains(&encoded.bytes.len()), "{}", encoded.bytes.len());
        assert!(encoded.full_colour && encoded.quality >= 60);
        let header = header::read(&encoded.bytes).unwrap();
        assert_eq!(header.process, header::Process::Baseline);
        assert_eq!((header.width, header.height, header.components), (480, 640, 3));
        assert_eq!(header.density, Some((300, 300)));
        assert!(!header.exif && header.complete);
    }

    #[test]
    fn equal_pixels_give_equal_bytes() {
        let rules = rules([50_000, 100_000], 60);
        assert_eq!(encode(&picture(6), 300, &rules).unwrap(), encode(&picture(6), 300, &rules).unwrap());
    }

    #[test]
    fn a_rich_picture_gives_up_colour_resolution_before_quality() {
        let noisy = picture(40);
        let at_sixty = encode_at(&noisy, 300, 60, true).unwrap().len() as u32;
        let encoded = encode(&noisy, 300, &rules([at_sixty / 2, at_sixty - 100], 60)).unwrap();
        assert!(!encoded.full_colour && encoded.quality >= 60);
    }

    #[test]
    fn a_window_out_of_reach_is_a_fault_that_says_what_to_do() {
        let plain = RgbImage::from_pixel(480, 640, image::Rgb([100, 197, 255]));
        let small = encode(&plain, 300, &rules([100_000, 500_000], 60)).unwrap_err();
        assert_eq!(small.code, FaultCode::FileWindowUnreachable);
        assert!(small.detail.contains("smaller minimum"), "{small}");
        let large = encode(&picture(120), 300, &rules([1_000, 5_000], 60)).unwrap_err();
        assert!(large.detail.contains("larger maximum"), "{large}");
    }
}
