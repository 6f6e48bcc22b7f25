//! Colour and region arithmetic that the checks share.

use std::sync::LazyLock;

use image::RgbImage;

use crate::matting::raster::Raster;

static LINEAR: LazyLock<[f32; 256]> = LazyLock::new(|| {
    std::array::from_fn(|v| {
        let v = v as f32 / 255.0;
        if v <= 0.04045 { v / 12.92 } else { libm::powf((v + 0.055) / 1.055, 2.4) }
    })
});

/// Linear light of an sRGB byte, 0–1 (IEC 61966-2-1).
pub fn linear(byte: u8) -> f32 {
    LINEAR[usize::from(byte)]
}

/// Linear luminance, 0–1: what ISO/IEC 29794-5 means by luminance.
pub fn luminance([r, g, b]: [u8; 3]) -> f32 {
    0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
}

/// CIE L*a*b*, white D65.
pub fn lab([r, g, b]: [u8; 3]) -> [f32; 3] {
    let (r, g, b) = (linear(r), linear(g), linear(b));
    let f = |t: f32| {
        if t > 216.0 / 24389.0 { libm::cbrtf(t) } else { (24389.0 / 27.0 * t + 16.0) / 116.0 }
    };
    let x = f((0.412_39 * r + 0.357_58 * g + 0.180_48 * b) / 0.950_47);
    let y = f(0.212_64 * r + 0.715_17 * g + 0.072_19 * b);
    let z = f((0.019_33 * r + 0.119_19 * g + 0.950_53 * b) / 1.088_83);
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

/// ΔE*ab (CIE 1976).
pub fn delta_e(a: [f32; 3], b: [f32; 3]) -> f32 {
    (0..3).map(|c| (a[c] - b[c]) * (a[c] - b[c])).sum::<f32>().sqrt()
}

/// The pixels of a region.
pub fn within<'a>(photo: &'a RgbImage, region: &'a Raster<bool>) -> impl Iterator<Item = [u8; 3]> + 'a {
    photo.pixels().zip(&region.data).filter(|(_, inside)| **inside).map(|(pixel, _)| pixel.0)
}

/// An upright square as pixel ranges, clipped to the picture; `None` when nothing is left.
pub fn square(
    photo: &RgbImage,
    centre: [f32; 2],
    side: f32,
) -> Option<(std::ops::Range<u32>, std::ops::Range<u32>)> {
    let range = |centre: f32, length: u32| {
        let low = (centre - side / 2.0).round().clamp(0.0, length as f32) as u32;
        let high = (centre + side / 2.0).round().clamp(0.0, length as f32) as u32;
        low..high
    };
    let (x, y) = (range(centre[0], photo.width()), range(centre[1], photo.height()));
    (!x.is_empty() && !y.is_empty()).then_some((x, y))
}

/// The pixels of an upright square.
pub fn patch(photo: &RgbImage, centre: [f32; 2], side: f32) -> Vec<[u8; 3]> {
    square(photo, centre, side)
        .map(|(x, y)| y.flat_map(|y| x.clone().map(move |x| photo.get_pixel(x, y).0)).collect())
        .unwrap_or_default()
}

/// The value below which a share (0–1) of the values lies, or `None` of nothing.
pub fn quantile(values: &[f32], below: f32) -> Option<f32> {
    let at = ((values.len() as f32 * below) as usize).min(values.len().saturating_sub(1));
    let mut values = values.to_vec();
    (!values.is_empty()).then(|| *values.select_nth_unstable_by(at, f32::total_cmp).1)
}

/// The median, or `None` of nothing.
pub fn median(values: impl IntoIterator<Item = f32>) -> Option<f32> {
    quantile(&values.into_iter().collect::<Vec<_>>(), 0.5)
}

/// The mean, or `None` of nothing.
pub fn mean(values: impl IntoIterator<Item = f32>) -> Option<f32> {
    let (sum, count) = values.into_iter().fold((0.0f64, 0u32), |(s, n), v| (s + f64::from(v), n + 1));
    (count > 0).then(|| (sum / f64::from(count)) as f32)
}

/// Median colour in L*a*b*, channel by channel.
pub fn median_lab(pixels: &[[u8; 3]]) -> Option<[f32; 3]> {
    let colours: Vec<[f32; 3]> = pixels.iter().map(|p| lab(*p)).collect();
    let channel = |c: usize| median(colours.iter().map(|l| l[c]));
    Some([channel(0)?, channel(1)?, channel(2)?])
}

/// Share of `true`, or `None` of nothing.
pub fn share(of: impl IntoIterator<Item = bool>) -> Option<f32> {
    mean(of.into_iter().map(f32::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_colours_have_their_lab_values() {
        for (rgb, expected) in [
            ([255, 255, 255], [100.0, 0.0, 0.0]),
            ([0, 0, 0], [0.0, 0.0, 0.0]),
            ([255, 0, 0], [53.2, 80.1, 67.2]),
            ([100, 197, 255], [76.0, -11.8, -37.1]),
        ] {
            assert!(delta_e(lab(rgb), expected) < 1.5, "{rgb:?}: {:?}", lab(rgb));
        }
        assert!((luminance([188, 188, 188]) - 0.503).abs() < 0.005);
    }

    #[test]
    fn statistics_of_nothing_are_nothing() {
        assert_eq!(median([]), None);
        assert_eq!(mean([]), None);
        assert_eq!(median([3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(share([true, false, true, true]), Some(0.75));
    }
}
