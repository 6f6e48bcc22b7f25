//! Picture files: a screenshot, a scan, a photograph of a sheet. One chance, more time, perhaps several codes.

use std::time::Duration;

use image::{GrayImage, Luma, imageops};

use super::CodeReading;
use super::binarise::Threshold;
use super::deadline::Deadline;
use super::grey::Polarity;
use super::pixels::scaled;
use super::search::Search;

/// Smallest side that can hold a code at all: version 1 at one pixel a module.
const MIN_SIDE: u32 = 21;
/// Longest sides at which a picture is searched, in this order. Around 1000 pixels a photographed code is sharp and
/// noise is averaged away; small codes on large pages need more; moiré and coarse print vanish at less.
const LONGEST_SIDES: [f32; 4] = [1000.0, 2000.0, 500.0, 3200.0];
/// Smaller pictures are enlarged to this longest side.
const TINY: f32 = 400.0;
/// Border added around a picture, as a share of its longest side: cropped screenshots have no quiet zone.
const BORDER: f32 = 0.05;
/// Time of a scale's first steps (shrinking, a threshold, both polarities), in searches of one polarity.
const SCALE_COST: f32 = 2.5;

/// Reads all codes that the budget allows from one picture ([`super::STILL_BUDGET`] is the usual one).
///
/// `picture` is 8-bit luma, any size. A picture with transparency must be composited on white by the caller, since a
/// transparent quiet zone often hides black. Any picture is safe: it ends within the budget and a threshold (some 20 ms).
pub fn read_still(picture: &GrayImage, budget: Duration) -> Vec<CodeReading> {
    let deadline = Deadline::of_file(budget);
    if picture.width().min(picture.height()) < MIN_SIDE {
        return Vec::new();
    }
    let mut readings: Vec<CodeReading> = Vec::new();
    // Time of a step on a pixel, once it is known.
    let mut pace = 0.0;
    for scale in scales(picture.dimensions()) {
        let pixels = picture.len() as f32 * scale * scale;
        if deadline.left(1.0).as_secs_f32() <= pace * pixels * SCALE_COST {
            continue;
        }
        let complete = read_at(picture, scale, deadline, &mut readings, &mut pace);
        if complete && !readings.is_empty() {
            break;
        }
    }
    readings
}

/// Scales worth trying, at most one of them an enlargement.
fn scales((width, height): (u32, u32)) -> Vec<f32> {
    let longest = width.max(height) as f32;
    if longest < TINY {
        return vec![TINY / longest, 1.0];
    }
    let mut scales: Vec<f32> = LONGEST_SIDES.iter().map(|side| (side / longest).min(1.0)).collect();
    scales.dedup();
    scales
}

/// Searches at one scale; true when no finder pattern is left unexplained.
fn read_at(
    picture: &GrayImage,
    scale: f32,
    deadline: Deadline,
    readings: &mut Vec<CodeReading>,
    pace: &mut f32,
) -> bool {
    let (sized, scale) = scaled(picture, scale);
    let border = (BORDER * sized.width().max(sized.height()) as f32).ceil() as u32;
    let framed = bordered(&sized, border);
    let mut search = Search::new(&framed, deadline, Polarity::default());
    all_steps(&mut search, &deadline);
    *pace = search.pace;
    let complete = !search.may_hold_another();
    for mut reading in search.readings {
        reading.corners = reading.corners.map(|corner| corner.map(|axis| (axis - border as f32) / scale));
        let [x, y] = reading.centre();
        if !readings.iter().any(|known| known.covers(x, y)) {
            readings.push(reading);
        }
    }
    complete
}

fn all_steps(search: &mut Search, deadline: &Deadline) {
    search.whole_in_both_polarities();
    let done =
        |search: &Search| deadline.spent(1.0) || !search.readings.is_empty() && !search.may_hold_another();
    if !done(search) {
        search.whole(Threshold::Global);
    }
    if search.readings.is_empty() && !done(search) {
        // What is outlined looks like the opposite to the other thresholds.
        let polarity = std::mem::take(&mut search.polarity);
        search.whole(Threshold::NearWhite);
        search.polarity = polarity;
    }
    for polarity in [search.polarity, search.polarity.other()] {
        if done(search) {
            return;
        }
        search.polarity = polarity;
        search.grey(1.0);
        if search.readings.is_empty() {
            search.regions(None, 0, 1.0);
            search.grey(1.0);
        }
    }
}

/// The picture with a border of its mean edge.
fn bordered(picture: &GrayImage, border: u32) -> GrayImage {
    let (width, height) = picture.dimensions();
    let edge = mean_edge(picture);
    let mut framed = GrayImage::from_pixel(width + 2 * border, height + 2 * border, Luma([edge]));
    imageops::replace(&mut framed, picture, i64::from(border), i64::from(border));
    framed
}

fn mean_edge(picture: &GrayImage) -> u8 {
    let (width, height) = picture.dimensions();
    let row = |y: u32| (0..width).map(move |x| u32::from(picture[(x, y)].0[0]));
    let column = |x: u32| (0..height).map(move |y| u32::from(picture[(x, y)].0[0]));
    let sum: u32 = row(0).chain(row(height - 1)).chain(column(0)).chain(column(width - 1)).sum();
    (sum / (2 * (width + height))) as u8
}
