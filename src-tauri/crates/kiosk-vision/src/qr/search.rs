//! The steps of reading one picture; scanner and still reader choose their order.

use image::GrayImage;

use super::CodeReading;
use super::binarise::{Threshold, binarise, sharpen};
use super::deadline::Deadline;
use super::detect::{Detection, Finder, Grid, Triple, detect};
use super::grey::{self, Effort, Fit, Polarity};
use super::guess;
use super::pixels::resized;
use super::regions::{Region, candidates};

/// Finder patterns remembered from all steps of a picture.
const MAX_FINDERS: usize = 60;
/// Finders narrower than this (modules under 1.3 px) are noise, or too small for the grey stage.
const MIN_FINDER: f32 = 9.0;
/// A fit this good needs no further guesses.
const GOOD_FIT: f32 = 0.5;
/// A fit below this was never decoded.
const POOR_FIT: f32 = 0.33;
/// Fitted grids decoded, best first.
const DECODED_FITS: usize = 3;

/// Cost of a step on an enlarged region, in whole-picture steps of as many pixels: enlarging and the local mean come on
/// top of threshold and detection.
const REGION_COST: f32 = 2.5;

/// What is done to an enlarged region before detection.
#[derive(Clone, Copy, Debug)]
pub(super) enum Treatment {
    LocalMean,
    Sharpened,
    Hybrid,
}

impl Treatment {
    const ALL: [Self; 3] = [Self::LocalMean, Self::Sharpened, Self::Hybrid];
}

/// Where the pixels of a step lie in the picture: `picture = pixel / scale + offset`.
#[derive(Clone, Copy)]
struct Placement {
    scale: f32,
    offset: [f32; 2],
}

impl Placement {
    const SAME: Self = Self { scale: 1.0, offset: [0.0; 2] };

    fn point(&self, at: [f32; 2]) -> [f32; 2] {
        [at[0] / self.scale + self.offset[0], at[1] / self.scale + self.offset[1]]
    }

    fn finder(&self, finder: Finder) -> Finder {
        Finder { at: self.point(finder.at), size: finder.size / self.scale }
    }
}

/// All that the steps so far have learnt about one picture, in its pixels.
pub(super) struct Search<'a> {
    image: &'a GrayImage,
    deadline: Deadline,
    /// Polarity that region and grey steps assume.
    pub polarity: Polarity,
    pub readings: Vec<CodeReading>,
    /// The best triple of the latest step that had one.
    pub triple: Option<Triple>,
    /// Was any grid rectified, decoded or not?
    pub sampled_any: bool,
    finders: Vec<Finder>,
    /// Grids not yet tried in grey, and the number of finders from which guesses were tried.
    sampled: Vec<Grid>,
    guessed_from: usize,
    /// Seconds a pixel that the first look at the whole picture took; zero before it.
    pub pace: f32,
}

impl<'a> Search<'a> {
    pub(super) fn new(image: &'a GrayImage, deadline: Deadline, polarity: Polarity) -> Self {
        Self {
            image,
            deadline,
            polarity,
            readings: Vec::new(),
            triple: None,
            sampled_any: false,
            finders: Vec::new(),
            sampled: Vec::new(),
            guessed_from: 0,
            pace: 0.0,
        }
    }

    /// The whole picture in the assumed polarity and, if nothing like a code was seen, in the other; the steps after
    /// it assume the one that showed a grid, or else more finder patterns.
    pub(super) fn whole_in_both_polarities(&mut self) {
        let begun = self.deadline.elapsed();
        let Some(mut dark) = binarise(self.image, Threshold::Hybrid) else {
            return;
        };
        let assumed = self.polarity;
        let mut most_finders = 0;
        for polarity in [assumed, assumed.other()] {
            if polarity == Polarity::LightOnDark || polarity != assumed {
                dark.flip_self();
            }
            let found = detect(&dark, &self.deadline);
            let finders = found.finders.iter().filter(|finder| finder.size >= MIN_FINDER).count();
            self.record(found, Placement::SAME);
            if self.pace == 0.0 {
                self.pace =
                    self.deadline.elapsed().saturating_sub(begun).as_secs_f32() / self.image.len() as f32;
            }
            if self.sampled_any || finders > most_finders {
                self.polarity = polarity;
                most_finders = finders;
            }
            if self.sampled_any || self.deadline.spent(1.0) {
                return;
            }
        }
    }

    /// The whole picture with another threshold, in the assumed polarity.
    pub(super) fn whole(&mut self, threshold: Threshold) {
        let Some(mut dark) = binarise(self.image, threshold) else {
            return;
        };
        if self.polarity == Polarity::LightOnDark {
            dark.flip_self();
        }
        self.record(detect(&dark, &self.deadline), Placement::SAME);
    }

    /// Enlarged regions, each treatment in turn from `first` (a frame counter), until something is read or `share` of
    /// the budget is used.
    pub(super) fn regions(&mut self, tracked: Option<Region>, first: u32, share: f32) {
        let mut prepared: Vec<(Region, Option<GrayImage>)> =
            candidates(tracked, &self.finders, self.image).into_iter().map(|region| (region, None)).collect();
        for turn in 0..3 {
            let treatment = Treatment::ALL[(first as usize + turn) % 3];
            for (region, pixels) in &mut prepared {
                if !self.affordable(region, share) {
                    continue;
                }
                if pixels.is_none() {
                    *pixels = self.enlarged(region);
                }
                let Some(pixels) = pixels else { continue };
                self.region(region, pixels, treatment);
                if !self.readings.is_empty() {
                    return;
                }
            }
        }
    }

    /// Will a step on this region end before `share` of the budget is used? Judged by the pace of the whole-picture
    /// step, so that a slow or busy machine tries less instead of falling behind.
    fn affordable(&self, region: &Region, share: f32) -> bool {
        let scale = region.enlargement();
        let pixels = region.rect.area() * scale * scale;
        self.deadline.left(share).as_secs_f32() > self.pace * REGION_COST * pixels as f32
    }

    fn enlarged(&self, region: &Region) -> Option<GrayImage> {
        let scale = region.enlargement();
        let mut pixels =
            resized(self.image, region.rect, region.rect.width * scale, region.rect.height * scale)?;
        if self.polarity == Polarity::LightOnDark {
            image::imageops::invert(&mut pixels);
        }
        Some(pixels)
    }

    fn region(&mut self, region: &Region, pixels: &GrayImage, treatment: Treatment) {
        let scale = region.enlargement();
        let dark = match treatment {
            // Ten picture pixels: two to four modules of a code that needs this step.
            Treatment::LocalMean => binarise(pixels, Threshold::LocalMean(10 * scale as usize)),
            // 2.5 picture pixels: about one module.
            Treatment::Sharpened => binarise(&sharpen(pixels, 5 * scale as usize / 2, 2), Threshold::Hybrid),
            Treatment::Hybrid => binarise(pixels, Threshold::Hybrid),
        };
        let Some(dark) = dark else { return };
        let offset = [region.rect.x as f32, region.rect.y as f32];
        self.record(detect(&dark, &self.deadline), Placement { scale: scale as f32, offset });
    }

    /// Fits grids on what the other steps left undecoded and resamples them in grey, until `share` of the budget is
    /// used.
    pub(super) fn grey(&mut self, share: f32) {
        let mut fits = Vec::new();
        let sampled = std::mem::take(&mut self.sampled);
        self.fit(&sampled, &Effort::Sampled, share, &mut fits);
        if self.finders.len() > self.guessed_from {
            for guesses in [guess::from_triples, guess::from_pairs] {
                if !any_good(&fits) {
                    self.fit(&guesses(&self.finders), &Effort::Guessed, share, &mut fits);
                }
            }
            self.guessed_from = self.finders.len();
        }
        fits.retain(|fit| fit.correlation > POOR_FIT);
        fits.sort_by(|a, b| b.correlation.total_cmp(&a.correlation));
        for fit in fits.iter().take(DECODED_FITS) {
            if self.deadline.spent(share) {
                return;
            }
            if let Some(reading) = grey::read(self.image, fit.grid, self.polarity) {
                self.add(reading);
                return;
            }
        }
    }

    fn fit(&self, grids: &[Grid], effort: &Effort, share: f32, fits: &mut Vec<Fit>) {
        for &grid in grids {
            if self.deadline.spent(share) {
                return;
            }
            fits.extend(grey::fit(self.image, grid, self.polarity, effort));
        }
    }

    fn record(&mut self, found: Detection, place: Placement) {
        self.sampled_any |= !found.readings.is_empty() || !found.sampled.is_empty();
        if let Some(Triple { top_left, top_right, bottom_left }) = found.triple {
            let [top_left, top_right, bottom_left] =
                [top_left, top_right, bottom_left].map(|f| place.finder(f));
            self.triple = Some(Triple { top_left, top_right, bottom_left });
        }
        for finder in found.finders.into_iter().map(|finder| place.finder(finder)) {
            let known = |other: &Finder| super::geometry::distance(other.at, finder.at) <= 0.4 * finder.size;
            if finder.size >= MIN_FINDER
                && self.finders.len() < MAX_FINDERS
                && !self.finders.iter().any(known)
            {
                self.finders.push(finder);
            }
        }
        let sampled = found.sampled.into_iter();
        self.sampled
            .extend(sampled.map(|grid| Grid { corners: grid.corners.map(|at| place.point(at)), ..grid }));
        for reading in found.readings {
            self.add(CodeReading { corners: reading.corners.map(|at| place.point(at)), ..reading });
        }
    }

    fn add(&mut self, reading: CodeReading) {
        let [x, y] = reading.centre();
        if !self.readings.iter().any(|known| known.payload == reading.payload && known.covers(x, y)) {
            self.readings.push(reading);
        }
    }

    /// Are there three finder patterns outside all codes read so far, enough for one more?
    pub(super) fn may_hold_another(&self) -> bool {
        let unexplained =
            |finder: &&Finder| !self.readings.iter().any(|r| r.covers(finder.at[0], finder.at[1]));
        self.finders.iter().filter(unexplained).count() >= 3
    }
}

fn any_good(fits: &[Fit]) -> bool {
    fits.iter().any(|fit| fit.correlation >= GOOD_FIT)
}
