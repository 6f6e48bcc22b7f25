//! Colours of a file that brings its own profile, as phones write Display P3 and cameras Adobe RGB.
//!
//! The profile is parsed by `moxcms`, which `image` brings; the conversion is written out here in whole numbers, so that it gives the same
//! bytes on every machine. Profiles that are curves and a matrix are converted; those with look-up tables (scanners, CMYK) are not
//! met in portraits and have no effect.

use image::{DynamicImage, Rgb, RgbImage};
use kiosk_contain::contain;
use moxcms::{ColorProfile, DataColorSpace, ParsingOptions, ProfileText, ToneReprCurve, Xyzd};

use crate::colour::{self, STEPS};

/// Largest profile that is parsed, bytes: those of curves and a matrix have some hundred to some thousand.
const LARGEST: usize = 1 << 20;
/// Longest name that is kept, characters.
const LONGEST_NAME: usize = 64;
/// Fixed-point one of the matrix.
const ONE: f64 = 65_536.0;
/// Farthest that the sum of the colorants may lie from D50.
const WHITE_SLACK: f64 = 0.05;
/// D50 of the profile connection space (ICC.1:2022, 7.2.16).
const D50: [f64; 3] = [0.9642, 1.0, 0.8249];
/// From D50 XYZ to linear sRGB: the inverse of sRGB's primaries, adapted by Bradford.
const XYZ_TO_SRGB: [[f64; 3]; 3] = [
    [3.133_856_1, -1.616_866_7, -0.490_614_6],
    [-0.978_768_4, 1.916_141_5, 0.033_454_0],
    [0.071_945_3, -0.228_991_4, 1.405_242_7],
];

/// What became of the profile in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Embedded {
    /// None, or one that says sRGB.
    Srgb,
    /// The colours were converted from the profile of this name.
    Converted(String),
    /// It had no effect, for this reason.
    Ignored(String),
}

/// The picture in 8-bit sRGB, without its transparency.
pub fn to_srgb(image: DynamicImage, profile: Option<&[u8]>) -> (RgbImage, Embedded) {
    let grey = matches!(image.color().channel_count(), 1 | 2);
    let conversion = match profile.map(|file| Conversion::of(file, grey)) {
        None | Some(Ok(None)) => return (on_white(image, None), Embedded::Srgb),
        Some(Ok(Some(conversion))) => conversion,
        Some(Err(why)) => return (on_white(image, None), Embedded::Ignored(why)),
    };
    let picture = on_white(image, Some(&conversion));
    (picture, Embedded::Converted(conversion.name))
}

/// The picture without transparency. Who cut a portrait out wants to see it on white, not on what the file hides underneath.
fn on_white(image: DynamicImage, conversion: Option<&Conversion>) -> RgbImage {
    let opaque = !image.color().has_alpha();
    let deep = image.color().bytes_per_pixel() / image.color().channel_count() > 1;
    let Some(conversion) = conversion else {
        if opaque {
            return image.into_rgb8();
        }
        let image = image.into_rgba8();
        return RgbImage::from_fn(image.width(), image.height(), |x, y| {
            let [r, g, b, alpha] = image.get_pixel(x, y).0;
            laid_on_white([r, g, b], u32::from(alpha), 255)
        });
    };
    match (deep, opaque) {
        (false, true) => {
            let table = conversion.table::<256>();
            let mut image = image.into_rgb8();
            for pixel in image.as_chunks_mut::<3>().0 {
                *pixel = table.convert(pixel.map(usize::from));
            }
            image
        }
        (false, false) => {
            let (table, image) = (conversion.table::<256>(), image.into_rgba8());
            RgbImage::from_fn(image.width(), image.height(), |x, y| {
                let [r, g, b, alpha] = image.get_pixel(x, y).0;
                laid_on_white(table.convert([r, g, b].map(usize::from)), u32::from(alpha), 255)
            })
        }
        (true, true) => {
            let (table, image) = (conversion.table::<65_536>(), image.into_rgb16());
            RgbImage::from_fn(image.width(), image.height(), |x, y| {
                Rgb(table.convert(image.get_pixel(x, y).0.map(usize::from)))
            })
        }
        (true, false) => {
            let (table, image) = (conversion.table::<65_536>(), image.into_rgba16());
            RgbImage::from_fn(image.width(), image.height(), |x, y| {
                let [r, g, b, alpha] = image.get_pixel(x, y).0;
                laid_on_white(table.convert([r, g, b].map(usize::from)), u32::from(alpha), 65_535)
            })
        }
    }
}

fn laid_on_white(colour: [u8; 3], alpha: u32, opaque: u32) -> Rgb<u8> {
    Rgb(colour.map(|value| ((u32::from(value) * alpha + 255 * (opaque - alpha) + opaque / 2) / opaque) as u8))
}

/// From a profile's colours to sRGB.
struct Conversion {
    name: String,
    curves: [ToneReprCurve; 3],
    /// Linear light to linear light, in [`ONE`].
    matrix: [[i64; 3]; 3],
}

impl Conversion {
    /// `None` for a profile that says sRGB; a reason when it cannot be used.
    fn of(file: &[u8], grey: bool) -> Result<Option<Self>, String> {
        if file.len() > LARGEST {
            return Err(format!("the colour profile has {} bytes", file.len()));
        }
        let options = ParsingOptions { max_profile_size: LARGEST + 1, ..ParsingOptions::default() };
        let profile = contain(|| ColorProfile::new_from_slice_with_options(file, options))
            .ok_or("the colour profile is damaged")?
            .map_err(|_| "the colour profile is damaged")?;
        let name = name(&profile);
        let conversion = if grey { Self::of_grey(name, profile) } else { Self::of_colour(name, profile) }?;
        // Of a curve or matrix without sense nothing may come through: black must be dark, white bright, and light must grow.
        let table = conversion.table::<256>();
        let ramp: Vec<[u8; 3]> = (0..256).step_by(15).map(|v| table.convert([v; 3])).collect();
        let grows = ramp.windows(2).all(|pair| (0..3).all(|c| pair[0][c] <= pair[1][c]));
        if !grows || ramp[0].iter().any(|&v| v > 40) || ramp[17].iter().any(|&v| v < 200) {
            return Err(format!("the colour profile {:?} makes no sense", conversion.name));
        }
        Ok((!table.is_identity()).then_some(conversion))
    }

    fn of_grey(name: String, profile: ColorProfile) -> Result<Self, String> {
        let (DataColorSpace::Gray, Some(curve)) = (profile.color_space, profile.gray_trc) else {
            return Err(format!("the colour profile {name:?} is not for a grey picture"));
        };
        let one = ONE as i64;
        let matrix = [[one, 0, 0], [0, one, 0], [0, 0, one]];
        Ok(Self { name, curves: [curve.clone(), curve.clone(), curve], matrix })
    }

    fn of_colour(name: String, profile: ColorProfile) -> Result<Self, String> {
        if profile.color_space != DataColorSpace::Rgb {
            return Err(format!("the colour profile {name:?} is not for a picture in red, green and blue"));
        }
        let (Some(red), Some(green), Some(blue)) = (profile.red_trc, profile.green_trc, profile.blue_trc)
        else {
            return Err(format!("the colour profile {name:?} has no tone curves"));
        };
        let column = |xyz: Xyzd| [xyz.x, xyz.y, xyz.z];
        let colorants = [profile.red_colorant, profile.green_colorant, profile.blue_colorant].map(column);
        let white: [f64; 3] = std::array::from_fn(|i| colorants.iter().map(|xyz| xyz[i]).sum());
        if !white.iter().zip(D50).all(|(sum, d50)| (sum - d50).abs() < WHITE_SLACK) {
            return Err(format!("the colour profile {name:?} has no white"));
        }
        let rows = XYZ_TO_SRGB.map(|row| {
            let row: [f64; 3] = std::array::from_fn(|c| (0..3).map(|i| row[i] * colorants[c][i]).sum());
            // What is grey stays grey to the last digit: profiles round their colorants differently.
            let sum: f64 = row.iter().sum();
            row.map(|v| v / sum)
        });
        let matrix = rows.map(|row| row.map(|v| (v * ONE).round() as i64));
        Ok(Self { name, curves: [red, green, blue], matrix })
    }

    /// For sources of `N` values a channel.
    fn table<const N: usize>(&self) -> Table<'_> {
        let steps = |curve: &ToneReprCurve| -> Vec<i64> {
            let light = |v: usize| light(curve, v as f64 / (N - 1) as f64);
            (0..N).map(|v| (light(v).clamp(0.0, 1.0) * f64::from(STEPS)).round() as i64).collect()
        };
        Table { linear: self.curves.each_ref().map(steps), matrix: &self.matrix }
    }
}

struct Table<'a> {
    /// Linear light of each value, in [`STEPS`].
    linear: [Vec<i64>; 3],
    matrix: &'a [[i64; 3]; 3],
}

impl Table<'_> {
    fn convert(&self, value: [usize; 3]) -> [u8; 3] {
        let [r, g, b] = std::array::from_fn(|c| self.linear[c].get(value[c]).copied().unwrap_or(0));
        self.matrix.map(|[x, y, z]| {
            let step = (x * r + y * g + z * b + ONE as i64 / 2) >> 16;
            colour::byte_of_step(step.clamp(0, i64::from(STEPS)) as u32)
        })
    }

    /// Whether no colour would change by more than two levels: the many profiles that mean sRGB, as their numbers are rounded.
    fn is_identity(&self) -> bool {
        let levels = || (0..256).step_by(17);
        levels().all(|r| {
            levels().all(|g| {
                levels().all(|b| {
                    let converted = self.convert([r, g, b]);
                    converted.iter().zip([r, g, b]).all(|(&a, b)| a.abs_diff(b as u8) <= 2)
                })
            })
        })
    }
}

/// Linear light of an encoded value under a tone curve, both 0–1 (ICC.1:2022, 10.6 and 10.18).
fn light(curve: &ToneReprCurve, x: f64) -> f64 {
    let light = match curve {
        ToneReprCurve::Lut(points) => match points.as_slice() {
            [] => x,
            [gamma] => libm::pow(x, f64::from(*gamma) / 256.0),
            points => {
                let at = x * (points.len() - 1) as f64;
                let low = (at as usize).min(points.len() - 2);
                let (a, b) = (f64::from(points[low]), f64::from(points[low + 1]));
                (a + (b - a) * (at - low as f64)) / 65_535.0
            }
        },
        ToneReprCurve::Parametric(values) => {
            let value = |i: usize| values.get(i).copied().map_or(0.0, f64::from);
            let [g, a, b, c, d, e, f] = std::array::from_fn(value);
            let power = |base: f64| libm::pow(base.max(0.0), g);
            match values.len() {
                1 => power(x),
                3 => {
                    if x >= -b / a {
                        power(a * x + b)
                    } else {
                        0.0
                    }
                }
                4 => {
                    if x >= -b / a {
                        power(a * x + b) + c
                    } else {
                        c
                    }
                }
                5 => {
                    if x >= d {
                        power(a * x + b)
                    } else {
                        c * x
                    }
                }
                7 => {
                    if x >= d {
                        power(a * x + b) + e
                    } else {
                        c * x + f
                    }
                }
                _ => f64::NAN,
            }
        }
    };
    if light.is_finite() { light } else { 0.0 }
}

/// What the profile calls itself.
fn name(profile: &ColorProfile) -> String {
    let text = match &profile.description {
        Some(ProfileText::PlainString(text)) => text.as_str(),
        Some(ProfileText::Localizable(texts)) => texts.first().map_or("", |text| text.value.as_str()),
        Some(ProfileText::Description(text)) if !text.ascii_string.is_empty() => text.ascii_string.as_str(),
        Some(ProfileText::Description(text)) => text.unicode_string.as_str(),
        None => "",
    };
    let name: String = text.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect();
    if name.trim().is_empty() { "ICC".to_owned() } else { name.trim().to_owned() }
}

#[cfg(test)]
mod tests;
