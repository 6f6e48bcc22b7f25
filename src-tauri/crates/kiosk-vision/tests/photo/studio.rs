//! Portraits, nets and profiles for the tests.

use std::path::PathBuf;

use kiosk_core::profile::Bands;
use kiosk_core::{Profile, Transform};
use kiosk_vision::standardise::{Nets, Standardiser, encode};
use serde::Deserialize;

use crate::models;

/// Every shipped recipient.
pub const PROFILES: [&str; 4] = ["xueli-2017-99", "hebtu-2026", "degree-large", "white-50-100"];

/// Portraits on which hair really lies over an ear.
pub const EARS_COVERED: [&str; 2] = ["067_neutral.jpg", "127_neutral.jpg"];

pub fn profile(id: &str) -> Profile {
    let path = kiosk_tests::repository().join("calibration/profiles").join(id).with_extension("toml");
    Profile::from_toml(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The nets, or `None` where npm packages are not installed.
pub fn standardiser() -> Option<Standardiser> {
    let mesh = models::model("face-mesh")?;
    let mask = models::model("selfie-segmentation")?;
    Some(Standardiser::new(Some(Nets::load(&mesh, &mask).unwrap())))
}

/// One portrait.
pub struct Portrait {
    pub name: String,
    pub file: Vec<u8>,
    pub truth: Option<Truth>,
}

impl Portrait {
    pub fn is_neutral(&self) -> bool {
        self.name.contains("neutral")
    }
}

/// Hand-placed measures, pixels of the portrait.
#[derive(Debug, Clone, Deserialize)]
pub struct Truth {
    pub hair_top: f64,
    pub eye_line: f64,
    pub centre: f64,
    pub face_width: f64,
}

impl Truth {
    /// Head top, eye line, face width and centre column in the photo.
    pub fn measured(&self, t: &Transform) -> [f64; 4] {
        let [centre, hair_top] = t.apply([self.centre, self.hair_top]);
        let [_, eye_line] = t.apply([0.0, self.eye_line]);
        [hair_top, eye_line, self.face_width * t.scale, centre]
    }

    pub fn inside(&self, t: &Transform, bands: &Bands) -> bool {
        let [head_top, eye_line, face_width, centre] = self.measured(t);
        bands.head_top.contains(head_top)
            && bands.eye_line.contains(eye_line)
            && bands.face_width.contains(face_width)
            && (centre - 240.0).abs() <= bands.centre_tolerance
    }
}

/// The shared portraits.
pub fn portraits() -> Option<Vec<Portrait>> {
    let folder = models::portraits()?;
    let truth = std::fs::read_to_string(folder.join("truth.json")).unwrap_or_default();
    let truth: std::collections::HashMap<String, Truth> = serde_json::from_str(&truth).unwrap_or_default();
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "jpg"))
        .collect();
    files.sort();
    let portrait = |path: PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        Portrait { file: std::fs::read(&path).unwrap(), truth: truth.get(&name).cloned(), name }
    };
    Some(files.into_iter().map(portrait).collect())
}

/// A file of the right format that shows nobody.
pub fn plain_photo(profile: &Profile) -> Vec<u8> {
    let picture = image::RgbImage::from_fn(480, 640, |x, y| {
        let v = ((f64::from(x) / 7.0).sin() * (f64::from(y) / 9.0).cos() * 50.0 + 120.0) as u8;
        image::Rgb([v, v, 255 - v])
    });
    encode::encode(&picture, profile.photo.dpi, &profile.file).unwrap().bytes
}
