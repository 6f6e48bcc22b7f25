//! What a cut-out is judged by.

use image::{Rgb, RgbImage};
use kiosk_core::{Fault, Profile};
use kiosk_vision::matting::raster::Raster;
use kiosk_vision::processor::Processor;
use kiosk_vision::standardise::{Study, background, resample};
use serde::Serialize;

use super::rivals::Cut;
use super::walls::Seen;

/// Errors of one cut-out; lower is better.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Score {
    /// Sum of absolute differences of alpha over the window, in thousands.
    pub sad: f64,
    /// Mean squared difference of alpha over what is neither certain person nor certain wall, in thousandths.
    pub mse: f64,
    /// Sum of squared differences of alpha's slopes (Rhemann et al., "A Perceptually Motivated Online Benchmark for Image Matting", 2009),
    /// in thousands.
    pub gradient: f64,
    /// Mean difference of the photo's edge band from the ideal photo, 8-bit levels.
    pub composite: f64,
}

/// What would have been right.
pub struct Truth {
    /// The ideal photo.
    pub picture: RgbImage,
    plain: RgbImage,
    /// In the study's window.
    alpha: Raster<f32>,
    unsure: Vec<bool>,
    /// In the photo.
    band: Vec<bool>,
}

/// Photo pixels around a mixed one that belong to the edge band.
const BAND: usize = 6;

impl Truth {
    /// Through the study's own crop.
    pub fn of(study: &Study, seen: &Seen, profile: &Profile) -> Result<Self, Fault> {
        let transform = study.crop.transform;
        let size = profile.photo.size;
        let (width, height) = (seen.alpha.width as u32, seen.alpha.height as u32);
        let spread = RgbImage::from_fn(width, height, |x, y| {
            let alpha = seen.alpha.data[(y * width + x) as usize];
            Rgb([(alpha * 255.0).round() as u8; 3])
        });
        let shares = resample::photo(Processor::default(), &spread, transform, size)?;
        let mixed: Vec<bool> = shares.pixels().map(|p| (6..250).contains(&p.0[0])).collect();
        let alpha = study.in_window(&spread)?.map(|c| c[0]);
        let unsure = alpha.data.iter().map(|a| (0.01..0.99).contains(a)).collect();
        Ok(Self {
            picture: resample::photo(Processor::default(), &seen.ideal, transform, size)?,
            plain: study.plain(Processor::default(), profile)?,
            alpha,
            unsure,
            band: widened(&mixed, size.width as usize, BAND),
        })
    }

    /// The photo that a cut-out gives.
    pub fn photo(&self, study: &Study, cut: &Cut, profile: &Profile) -> RgbImage {
        let cutout = study.cutout_of(&cut.alpha, &cut.colour, profile);
        background::replaced(&self.plain, &cutout, profile.photo.background)
    }

    /// Judges alpha and the photo made with it.
    pub fn score(&self, alpha: &Raster<f32>, photo: &RgbImage) -> Score {
        let pairs = || alpha.data.iter().zip(&self.alpha.data).map(|(a, b)| f64::from(a - b));
        let sad: f64 = pairs().map(f64::abs).sum();
        let (squares, count) = pairs()
            .zip(&self.unsure)
            .filter(|(_, unsure)| **unsure)
            .fold((0.0, 0.0), |(sum, n), (d, _)| (sum + d * d, n + 1.0));
        let (ours, truth) = (slopes(alpha), slopes(&self.alpha));
        let gradient: f64 = ours.iter().zip(&truth).map(|(a, b)| f64::from((a - b) * (a - b))).sum();
        let (mut apart, mut seen) = (0.0, 0.0);
        for ((found, ideal), _) in
            photo.pixels().zip(self.picture.pixels()).zip(&self.band).filter(|(_, band)| **band)
        {
            apart += (0..3).map(|c| f64::from(found.0[c].abs_diff(ideal.0[c]))).sum::<f64>() / 3.0;
            seen += 1.0;
        }
        let seen: f64 = f64::max(seen, 1.0);
        Score {
            sad: sad / 1e3,
            mse: squares / f64::max(count, 1.0) * 1e3,
            gradient: gradient / 1e3,
            composite: apart / seen,
        }
    }
}

/// Length of alpha's slope, by Sobel's operator.
fn slopes(alpha: &Raster<f32>) -> Vec<f32> {
    let (width, height) = (alpha.width, alpha.height);
    let at = |x: usize, y: usize| alpha.data[y.min(height - 1) * width + x.min(width - 1)];
    let mut slopes = Vec::with_capacity(width * height);
    for y in 0..height {
        for x in 0..width {
            let (left, up) = (x.saturating_sub(1), y.saturating_sub(1));
            let across = (at(x + 1, up) - at(left, up))
                + 2.0 * (at(x + 1, y) - at(left, y))
                + (at(x + 1, y + 1) - at(left, y + 1));
            let down = (at(left, y + 1) - at(left, up))
                + 2.0 * (at(x, y + 1) - at(x, up))
                + (at(x + 1, y + 1) - at(x + 1, up));
            slopes.push((across / 8.0).hypot(down / 8.0));
        }
    }
    slopes
}

/// Everything within `radius` of a marked pixel, square neighbourhood.
fn widened(marked: &[bool], width: usize, radius: usize) -> Vec<bool> {
    let region = Raster { width, height: marked.len() / width, data: marked.to_vec() };
    kiosk_vision::matting::regions::grown(&region, radius).data
}

/// Share of `own` in `mixed` by projection onto the line from `behind`; `None` where both are nearly one colour.
pub fn projected(mixed: [f32; 3], behind: [f32; 3], own: [f32; 3]) -> Option<f32> {
    let (mut along, mut length) = (0.0, 0.0);
    for c in 0..3 {
        let towards = own[c] - behind[c];
        along += (mixed[c] - behind[c]) * towards;
        length += towards * towards;
    }
    (length > 1e-4).then(|| (along / length).clamp(0.0, 1.0))
}
