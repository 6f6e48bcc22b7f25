//! `calibrate`: a camera's calibration from a picture of a grey card.

use std::path::Path;

use kiosk_core::calibration::Orientation;
use kiosk_core::{Fault, FaultCode};
use kiosk_engine::{Settings, calibrate, files};
use serde::Serialize;

use super::all_exist;
use crate::output::{Exit, Output};

/// What is measured, and where it goes.
pub struct Wish<'a> {
    /// Name of the calibration.
    pub id: &'a str,
    /// The file.
    pub out: &'a Path,
    /// What the card reflects.
    pub reflectance: Option<f64>,
    /// How the camera is fixed.
    pub degrees: u16,
}

#[derive(Serialize)]
struct Report<'a> {
    input: String,
    output: Option<String>,
    id: &'a str,
    white_balance: Option<[f64; 3]>,
    exposure_stops: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<Fault>,
}

pub fn calibrate(image: &Path, wish: &Wish<'_>, output: &mut Output) -> Result<Exit, Fault> {
    if !all_exist(&[image.to_owned()]) {
        return Ok(Exit::Usage);
    }
    let input = image.display().to_string();
    let shown = wish.out.display().to_string();
    let report = match measured(image, wish) {
        Ok(camera) => {
            files::write_whole(wish.out, camera.to_toml()?.as_bytes())?;
            let (white_balance, stops) = (camera.white_balance.gains(), camera.exposure_stops);
            let (white_balance, exposure_stops) = (Some(white_balance), Some(stops));
            Report { input, output: Some(shown), id: wish.id, white_balance, exposure_stops, fault: None }
        }
        Err(fault) if fault.code.is_environment() || fault.code == FaultCode::CalibrationUnknown => {
            return Err(fault);
        }
        Err(fault) => Report {
            input,
            output: None,
            id: wish.id,
            white_balance: None,
            exposure_stops: None,
            fault: Some(fault),
        },
    };
    output.line(&report, || match (&report.fault, report.white_balance) {
        (None, Some([r, g, b])) => {
            let stops = report.exposure_stops.unwrap_or(0.0);
            format!("{} → {}: × {r:.3} {g:.3} {b:.3}, {stops:+.2} stops", report.input, wish.out.display())
        }
        (fault, _) => {
            format!("{}: {}", report.input, fault.as_ref().map_or(String::new(), ToString::to_string))
        }
    });
    Ok(report.fault.as_ref().map_or(Exit::Done, Exit::of))
}

fn measured(image: &Path, wish: &Wish<'_>) -> Result<kiosk_core::calibration::CameraCalibration, Fault> {
    if wish.out.exists() {
        let detail = format!("{}: there is such a file already", wish.out.display());
        return Err(Fault::new(FaultCode::PathUnusable, detail));
    }
    let orientation = Orientation::try_from(wish.degrees).map_err(|e| Fault::new(FaultCode::Internal, e))?;
    calibrate::measure(
        image,
        calibrate::Wish {
            id: wish.id,
            orientation,
            reflectance: wish.reflectance,
            utc_offset_minutes: Settings::default().utc_offset_minutes,
        },
    )
}
