//! What a studio may choose: `kiosk.toml` in the data folder. Every key may be missing.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use kiosk_camera::{CameraError, CameraSpec};
use kiosk_core::session::Policy;
use kiosk_core::{Fault, FaultCode};
use serde::{Deserialize, Deserializer};

use crate::keys::KeyStoreChoice;

/// The file in the data folder.
pub const FILE_NAME: &str = "kiosk.toml";

/// What a studio may choose.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The data folder; not read from the file.
    #[serde(skip)]
    pub data: PathBuf,
    /// `auto`, `webcam`, `webcam:ID`, `simulated`, `replay:DIR`.
    pub camera: CameraChoice,
    /// Seed of the simulated studio; `None` for other students at every start.
    pub seed: Option<u64>,
    /// Whether a recorded picture stays until its visit is over; only for visits without a window.
    #[serde(skip)]
    pub pages: bool,
    /// How bright the phones of the simulated studio are, 1 is well visible, 100 clips the camera; only for visits without a window.
    #[serde(skip)]
    pub screen_brightness: f32,
    /// Recipient profile, a file of `calibration/profiles`.
    pub profile: String,
    /// Calibration of the camera, a file of `cameras` in the data folder or of `calibration/cameras`; without one, colours are as the
    /// camera gives them.
    pub camera_calibration: Option<String>,
    /// A picture of the empty studio that is older is mentioned on the operator's desk.
    pub clean_plate_hours: u32,
    /// Printer, a file of `calibration/printers`; without one, the margins that are common for the paper.
    pub printer: Option<String>,
    /// A school's enrolment photos, named by ID number or student number: with it, photos of those who agree are compared and the operator
    /// gets a hint. Without it nothing is compared.
    pub enrolment_photos: Option<PathBuf>,
    /// Letter of this station in order numbers, `A`–`Z`.
    pub station: char,
    /// Local time, minutes east of Greenwich.
    pub utc_offset_minutes: i32,
    /// Days for which an order is kept after its last delivery, never more than the notice promises; 0 keeps orders until a person deletes the data folder.
    pub retention_days: u32,
    /// Where the key of the order log is kept when it is made: `system` or `file`.
    pub key_store: KeyStoreChoice,
    /// The studio's ways to hand over photos and prints.
    pub handovers: Vec<String>,
    /// The visit.
    pub policy: Policy,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            data: PathBuf::new(),
            camera: CameraChoice::Auto,
            seed: None,
            pages: false,
            screen_brightness: 1.0,
            profile: "xueli-2017-99".to_owned(),
            camera_calibration: None,
            clean_plate_hours: 24,
            printer: None,
            enrolment_photos: None,
            station: 'A',
            utc_offset_minutes: 8 * 60,
            retention_days: 180,
            key_store: KeyStoreChoice::default(),
            handovers: ["counter", "class", "post"].map(str::to_owned).to_vec(),
            policy: Policy::default(),
        }
    }
}

impl Settings {
    /// The settings of the data folder `data`; defaults where it has none.
    pub fn read(data: &Path) -> Result<Self, Fault> {
        let path = data.join(FILE_NAME);
        let unusable = |e: String| Fault::new(FaultCode::PathUnusable, format!("{}: {e}", path.display()));
        let settings: Self = match std::fs::read_to_string(&path) {
            Ok(text) => toml::from_str(&text).map_err(|e| unusable(e.to_string()))?,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Self::default(),
            Err(e) => return Err(unusable(e.to_string())),
        };
        if !settings.station.is_ascii_uppercase() {
            return Err(unusable("station must be a letter from A to Z".to_owned()));
        }
        // A relative folder lies in the data folder, wherever the program was started.
        let enrolment_photos = settings.enrolment_photos.map(|folder| data.join(folder));
        Ok(Self { data: data.to_owned(), enrolment_photos, ..settings })
    }
}

/// Where the data folder lies when nothing else is said: `KioskData` below the home folder.
pub fn default_data_folder() -> Result<PathBuf, Fault> {
    std::env::home_dir()
        .filter(|home| !home.as_os_str().is_empty())
        .map(|home| home.join("KioskData"))
        .ok_or_else(|| Fault::new(FaultCode::PathUnusable, "no home folder: name a data folder with --data"))
}

/// Which camera to use.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum CameraChoice {
    /// The first webcam, else the simulated studio.
    #[default]
    Auto,
    /// This one.
    Only(CameraSpec),
}

impl FromStr for CameraChoice {
    type Err = CameraError;

    fn from_str(text: &str) -> Result<Self, CameraError> {
        if text == "auto" { Ok(Self::Auto) } else { text.parse().map(Self::Only) }
    }
}

impl fmt::Display for CameraChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => f.write_str("auto"),
            Self::Only(spec) => spec.fmt(f),
        }
    }
}

impl<'de> Deserialize<'de> for CameraChoice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Settings, Fault> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE_NAME), text).unwrap();
        Settings::read(folder.path())
    }

    #[test]
    fn a_folder_without_a_file_has_the_defaults() {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings::read(folder.path()).unwrap();
        assert_eq!(settings.camera, CameraChoice::Auto);
        assert_eq!(settings.data, folder.path());
    }

    #[test]
    fn a_part_may_be_chosen() {
        let settings = read("camera = \"replay:/tmp/x\"\nstation = \"C\"\n[policy]\nretakes = 2\n").unwrap();
        assert_eq!(settings.camera.to_string(), "replay:/tmp/x");
        assert_eq!((settings.station, settings.policy.retakes), ('C', 2));
        assert_eq!(settings.policy.hold_ms, Policy::default().hold_ms);
    }

    #[test]
    fn a_relative_folder_lies_in_the_data_folder() {
        let settings = read("enrolment_photos = \"enrolment\"").unwrap();
        assert_eq!(settings.enrolment_photos, Some(settings.data.join("enrolment")));
        let absolute = std::env::temp_dir();
        let settings = read(&format!("enrolment_photos = {:?}", absolute.display().to_string())).unwrap();
        assert_eq!(settings.enrolment_photos, Some(absolute));
    }

    #[test]
    fn a_wrong_word_is_named_with_its_place() {
        for text in ["camra = \"auto\"", "camera = \"film\"", "station = \"a\"", "[policy]\nretake = 1"] {
            let fault = read(text).unwrap_err();
            assert_eq!(fault.code, FaultCode::PathUnusable);
            assert!(fault.detail.contains(FILE_NAME), "{fault}");
        }
    }
}
