//! Picture files instead of a live camera: what `kiosk scan`, `check`, `standardise` and `validate` answer.
//!
//! The JSON keys are a contract with other programs.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use image::{DynamicImage, GrayImage};
use kiosk_core::report::{FileFacts, Provenance, Timings};
use kiosk_core::{
    Check, CodeFields, CodeKind, CollectionCode, Fault, FaultCode, Geometry, Profile, Transform, Verdict,
};
use kiosk_vision::calibration::Calibration;
use kiosk_vision::plate::CleanPlate;
use kiosk_vision::qr::{CodeReading, Encoding, STILL_BUDGET, read_still};
use kiosk_vision::standardise::{Options, Standardiser, decode};
use serde::Serialize;

use crate::{Assets, nets};

/// Largest file that is read as a picture, bytes.
pub const LARGEST_FILE: u64 = 64 << 20;

/// The codes in one picture.
#[derive(Debug, Serialize)]
pub struct ScanReport {
    /// The file.
    pub input: String,
    /// Every code.
    pub codes: Vec<ScannedCode>,
    /// Time, milliseconds.
    pub ms: f64,
    /// Why nothing could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<Fault>,
}

/// One code in a picture.
#[derive(Debug, Serialize)]
pub struct ScannedCode {
    /// The exact bytes.
    pub payload_base64: String,
    /// The bytes as text, when they can be no other text.
    pub text: Option<String>,
    /// Whether the code names a character set: `unstated`, `eci`, or `application_data` (FNC1).
    pub encoding: &'static str,
    /// How it was understood.
    pub kind: CodeKind,
    /// What it says, when it was understood.
    pub fields: Option<BTreeMap<&'static str, String>>,
    /// Corners in pixels of the upright picture, from the code's top-left clockwise.
    pub corners: [[f32; 2]; 4],
}

/// The face of a shot.
#[derive(Debug, Serialize)]
pub struct FaceReport {
    /// Left, top, width, height.
    #[serde(rename = "box")]
    pub bounds: [f32; 4],
    /// Pupils, the one on the picture's left first.
    pub pupils: [[f32; 2]; 2],
    /// Turn of the head, degrees.
    pub pose_deg: PoseReport,
}

/// Turn of the head, degrees.
#[derive(Debug, Serialize)]
pub struct PoseReport {
    /// Left or right.
    pub yaw: f32,
    /// Up or down.
    pub pitch: f32,
    /// To a shoulder.
    pub roll: f32,
}

/// A judged shot.
#[derive(Debug, Serialize)]
pub struct CheckReport {
    /// The file.
    pub input: String,
    /// The main face.
    pub face: Option<FaceReport>,
    /// Every check.
    pub checks: Vec<Check>,
    /// Calibration and colour profile.
    #[serde(flatten)]
    pub provenance: Provenance,
    /// Time, milliseconds.
    pub ms: f64,
    /// Why nothing could be measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<Fault>,
}

/// A standardised photo.
#[derive(Debug, Serialize)]
pub struct StandardiseReport {
    /// The shot.
    pub input: String,
    /// The photo, when one was written.
    pub output: Option<String>,
    /// `photo = (shot − offset) × scale`.
    pub transform: Option<Transform>,
    /// The measured bands, photo pixels.
    pub geometry: Option<Geometry>,
    /// Every check.
    pub checks: Vec<Check>,
    /// The file.
    pub file: Option<FileFacts>,
    /// SHA-256 of the shot.
    pub shot_sha256: Option<String>,
    /// Calibration, clean plate and colour profile.
    #[serde(flatten)]
    pub provenance: Provenance,
    /// Stage times.
    pub timings_ms: Option<Timings>,
    /// Why there is no photo.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<Fault>,
}

/// A finished photo as its recipient tests it.
#[derive(Debug, Serialize)]
pub struct ValidateReport {
    /// The file.
    pub input: String,
    /// Every check.
    pub checks: Vec<Check>,
    /// Why nothing could be tested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<Fault>,
}

/// A photo with what belongs to it.
pub struct MadePhoto {
    /// The JPEG.
    pub jpeg: Vec<u8>,
    /// The matte at source resolution, when it was asked for.
    pub matte: Option<GrayImage>,
    /// What is reported.
    pub report: StandardiseReport,
}

/// Whether no check failed.
#[must_use]
pub fn none_failed(checks: &[Check]) -> bool {
    checks.iter().all(|check| check.verdict != Verdict::Fail)
}

/// Reads the codes of a picture file.
#[must_use]
pub fn scan(path: &Path) -> ScanReport {
    let started = Instant::now();
    let (codes, fault) = match read(path).and_then(|file| decode::decode(&file)) {
        Ok(picture) => {
            let readings = read_still(&DynamicImage::from(picture).into_luma8(), STILL_BUDGET);
            (readings.into_iter().map(scanned).collect(), None)
        }
        Err(fault) => (Vec::new(), Some(fault)),
    };
    let fault = fault
        .or_else(|| codes.is_empty().then(|| Fault::new(FaultCode::CodeUnreadable, "no code was found")));
    ScanReport { input: shown(path), codes, ms: milliseconds(started), fault }
}

fn scanned(reading: CodeReading) -> ScannedCode {
    let code = CollectionCode::decode(&reading.payload);
    ScannedCode {
        payload_base64: BASE64.encode(&reading.payload),
        text: reading.text,
        encoding: match reading.encoding {
            Encoding::Unstated => "unstated",
            Encoding::Eci => "eci",
            Encoding::ApplicationData => "application_data",
        },
        kind: code.kind,
        fields: code.fields.map(told),
        corners: reading.corners,
    }
}

/// What a code tells, under the names that file-name templates use as well.
fn told(fields: CodeFields) -> BTreeMap<&'static str, String> {
    let all = [
        ("code", fields.code),
        ("school", fields.school),
        ("school_code", fields.school_code),
        ("student_number", fields.student_number),
        ("name", fields.name),
        ("id_last4", fields.id_last4),
        ("level", fields.level),
        ("category", fields.category),
        ("college", fields.college),
        ("class", fields.class),
        ("issued_ms", fields.issued_ms),
    ];
    all.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
}

/// Judges and makes photos of files.
pub struct Stills {
    standardiser: Standardiser,
    profile: Profile,
    calibration: Option<Calibration>,
    missing: Option<Fault>,
}

impl Stills {
    /// Without the nets it still judges files.
    #[must_use]
    pub fn new(assets: &Assets, profile: Profile) -> Self {
        let (standardiser, missing) = nets::standardiser(assets);
        Self { standardiser, profile, calibration: None, missing }
    }

    /// The same for pictures of a camera with this calibration.
    #[must_use]
    pub fn of_camera(self, calibration: Option<Calibration>) -> Self {
        Self { calibration, ..self }
    }

    /// Why there are no nets.
    pub fn missing_nets(&self) -> Option<&Fault> {
        self.missing.as_ref()
    }

    /// Measures a shot, or any portrait.
    pub fn check(&mut self, path: &Path) -> CheckReport {
        let started = Instant::now();
        let input = shown(path);
        let calibration = self.calibration.as_ref();
        match read(path).and_then(|shot| self.standardiser.check_shot(&shot, &self.profile, calibration)) {
            Ok(shot) => {
                let face = match (shot.face, shot.pupils, shot.pose) {
                    (Some(face), Some(pupils), Some(pose)) => Some(FaceReport {
                        bounds: [face.left, face.top, face.width, face.height],
                        pupils,
                        pose_deg: PoseReport { yaw: pose.yaw, pitch: pose.pitch, roll: pose.roll },
                    }),
                    _ => None,
                };
                CheckReport {
                    input,
                    face,
                    checks: shot.checks,
                    provenance: shot.provenance,
                    ms: milliseconds(started),
                    fault: None,
                }
            }
            Err(fault) => CheckReport {
                input,
                face: None,
                checks: Vec::new(),
                provenance: Provenance::default(),
                ms: milliseconds(started),
                fault: Some(fault),
            },
        }
    }

    /// Makes the photo of a shot. `Err` carries the report that says why there is none.
    pub fn standardise(
        &mut self,
        path: &Path,
        clean_plate: Option<&CleanPlate>,
        matte: bool,
    ) -> Result<MadePhoto, Box<StandardiseReport>> {
        let options = Options {
            calibration: self.calibration.as_ref(),
            clean_plate,
            version: env!("CARGO_PKG_VERSION"),
        };
        let made = read(path).and_then(|shot| self.standardiser.standardise(&shot, &self.profile, options));
        let input = shown(path);
        match made {
            Ok(made) => {
                let matte = matte.then(|| made.matte());
                let report = StandardiseReport {
                    input,
                    output: None,
                    transform: Some(made.report.transform),
                    geometry: Some(made.report.geometry),
                    checks: made.report.checks,
                    file: Some(made.report.file),
                    shot_sha256: Some(made.report.shot_sha256),
                    provenance: *made.report.provenance,
                    timings_ms: Some(made.report.timings_ms),
                    fault: None,
                };
                Ok(MadePhoto { jpeg: made.jpeg, matte, report })
            }
            Err(fault) => Err(Box::new(StandardiseReport {
                input,
                output: None,
                transform: None,
                geometry: None,
                checks: Vec::new(),
                file: None,
                shot_sha256: None,
                provenance: Provenance::default(),
                timings_ms: None,
                fault: Some(fault),
            })),
        }
    }

    /// Tests a finished photo.
    pub fn validate(&mut self, path: &Path) -> ValidateReport {
        let input = shown(path);
        match read(path) {
            Ok(jpeg) => ValidateReport {
                input,
                checks: self.standardiser.validate(&jpeg, &self.profile),
                fault: None,
            },
            Err(fault) => ValidateReport { input, checks: Vec::new(), fault: Some(fault) },
        }
    }
}

/// A grey picture as a PNG file.
pub fn png(picture: &GrayImage) -> Result<Vec<u8>, Fault> {
    let mut file = std::io::Cursor::new(Vec::new());
    picture
        .write_to(&mut file, image::ImageFormat::Png)
        .map_err(|e| Fault::new(FaultCode::Internal, e.to_string()))?;
    Ok(file.into_inner())
}

/// Reads a picture of the empty studio, taken by the camera with this calibration.
pub fn clean_plate(path: &Path, calibration: Option<&Calibration>) -> Result<CleanPlate, Fault> {
    CleanPlate::read(&read(path)?, calibration)
}

/// The bytes of a picture file.
pub fn read(path: &Path) -> Result<Vec<u8>, Fault> {
    let unreadable = |e: std::io::Error| Fault::new(FaultCode::ImageUnreadable, e.to_string());
    let size = std::fs::metadata(path).map_err(unreadable)?.len();
    if size > LARGEST_FILE {
        return Err(Fault::new(
            FaultCode::ImageUnreadable,
            format!("{size} bytes are more than a picture has"),
        ));
    }
    std::fs::read(path).map_err(unreadable)
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}
