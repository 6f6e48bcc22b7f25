//! Measures a camera on a picture of a grey card, and reads such measurements.

use std::path::Path;

use kiosk_core::calibration::{CameraCalibration, Orientation};
use kiosk_core::hex::hex;
use kiosk_core::profile::Title;
use kiosk_core::{Fault, FaultCode};
use kiosk_vision::calibration::{Calibration, measure_card};
use kiosk_vision::standardise::decode;
use sha2::{Digest, Sha256};

use crate::assets::is_plain_name;
use crate::{clock, stills};

/// What is measured, and how the camera is called.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'a> {
    /// Stable name.
    pub id: &'a str,
    /// How the camera is fixed.
    pub orientation: Orientation,
    /// What the card reflects, 0–1; `None` leaves the exposure as it is, for a wall whose reflectance nobody knows.
    pub reflectance: Option<f64>,
    /// Local time, minutes east of Greenwich.
    pub utc_offset_minutes: i32,
}

/// Measures the middle of a picture of a neutral grey card, or of the empty neutral wall.
///
/// # Errors
/// `calibration_unknown` for a name that cannot be a file's, `image_unreadable`, and those of [`measure_card`].
pub fn measure(picture: &Path, wish: Wish<'_>) -> Result<CameraCalibration, Fault> {
    let Wish { id, orientation, reflectance, utc_offset_minutes } = wish;
    if !is_plain_name(id) {
        let detail = format!("{id:?}: a name has letters, digits, - and _");
        return Err(Fault::new(FaultCode::CalibrationUnknown, detail));
    }
    let file = stills::read(picture)?;
    let card = measure_card(&decode::decode(&file)?)?;
    let exposure_stops = reflectance.map_or(Ok(0.0), |reflectance| card.exposure_stops(reflectance))?;
    let day = kiosk_core::order::LocalDay::of(clock::now(), utc_offset_minutes);
    let what =
        reflectance.map_or("neutral surface".to_owned(), |r| format!("grey card of {:.0} %", r * 100.0));
    let source = format!(
        "{what}, measured {}-{:02}-{:02}, picture SHA-256 {}",
        day.year,
        day.month,
        day.day,
        hex(&Sha256::digest(&file))
    );
    Ok(CameraCalibration {
        id: id.to_owned(),
        title: Title { zh: id.to_owned(), en: id.to_owned() },
        source,
        orientation,
        exposure_stops,
        white_balance: card.white_balance,
    })
}

/// Reads a calibration file.
///
/// # Errors
/// `calibration_unknown`.
pub fn read(path: &Path) -> Result<Calibration, Fault> {
    let unknown =
        |why: String| Fault::new(FaultCode::CalibrationUnknown, format!("{}: {why}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|e| unknown(e.to_string()))?;
    CameraCalibration::from_toml(&text)
        .map(|camera| Calibration::new(&camera))
        .map_err(|fault| unknown(fault.detail))
}
