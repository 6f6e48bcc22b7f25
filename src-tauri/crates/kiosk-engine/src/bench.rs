//! How fast this machine does what a visit is made of, on pictures of the simulated studio.

use std::time::{Duration, Instant};

use image::{DynamicImage, ImageFormat};
use kiosk_camera::sim::{Expression, Pose};
use kiosk_camera::{FrameSource, Pacing, SimulatedStudio, StudioOptions};
use kiosk_core::{Fault, FaultCode, Profile};
use kiosk_vision::burst;
use kiosk_vision::face::FaceFinder;
use kiosk_vision::framing::Viewfinder;
use kiosk_vision::qr::{CodeScanner, LIVE_BUDGET};
use kiosk_vision::standardise::Options;
use serde::Serialize;

use crate::{Assets, nets};

/// One measured step.
#[derive(Debug, Clone, Serialize)]
pub struct Measured {
    /// The step.
    pub name: &'static str,
    /// How often it ran.
    pub runs: usize,
    /// Median, milliseconds.
    pub median_ms: f64,
    /// Fastest, milliseconds.
    pub min_ms: f64,
}

/// Measures every step on one thread. Needs the nets.
pub fn run(assets: &Assets, profile: &Profile) -> Result<Vec<Measured>, Fault> {
    let (mut standardiser, missing) = nets::standardiser(assets);
    if let Some(fault) = missing {
        return Err(fault);
    }
    let mut studio =
        SimulatedStudio::new(StudioOptions { pacing: Pacing::Simulated, auto: None, ..Default::default() });
    let control = studio.control();
    control.show_code(&control.student().code_payload);
    let mut phone = frame(&mut studio)?;
    // The phone needs its time to come up.
    for _ in 0..40 {
        phone = frame(&mut studio)?;
    }
    control.set_pose(Pose::default(), Expression::default());
    let shot = frame(&mut studio)?;
    let (phone_picture, sitter) = (decode(&phone)?.into_luma8(), decode(&shot)?.into_rgb8());

    let mut finder = FaceFinder::new(nets::faces(assets)?);
    let mut viewfinder = Viewfinder::default();
    Ok(vec![
        time("draw and encode a frame", 20, || drop(frame(&mut studio))),
        time("decode a frame", 40, || drop(decode(&shot))),
        time("read a code", 20, || drop(CodeScanner::new(LIVE_BUDGET).scan(&phone_picture))),
        time("find a face", 10, || drop(finder.find(&sitter))),
        time("follow a face", 40, || drop(viewfinder.look(&finder.track(&sitter), &sitter, profile))),
        time("score a frame of a burst", 20, || {
            let picture = decode(&shot).map(DynamicImage::into_rgb8);
            drop(picture.map(|picture| burst::measure(&finder.track(&picture), &picture)));
        }),
        time("look at a sitter as a whole", 10, || drop(standardiser.check_shot(&shot, profile, None))),
        time("standardise a shot", 10, || drop(standardiser.standardise(&shot, profile, Options::default()))),
    ])
}

fn frame(studio: &mut SimulatedStudio) -> Result<Vec<u8>, Fault> {
    Ok(studio.next_frame(Duration::from_secs(1)).map_err(Fault::from)?.jpeg.to_vec())
}

fn decode(jpeg: &[u8]) -> Result<DynamicImage, Fault> {
    image::load_from_memory_with_format(jpeg, ImageFormat::Jpeg)
        .map_err(|e| Fault::new(FaultCode::ImageUnreadable, e.to_string()))
}

fn time(name: &'static str, runs: usize, mut work: impl FnMut()) -> Measured {
    work();
    let mut times: Vec<f64> = (0..runs)
        .map(|_| {
            let started = Instant::now();
            work();
            started.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    times.sort_by(f64::total_cmp);
    Measured { name, runs, median_ms: times[runs / 2], min_ms: times[0] }
}
