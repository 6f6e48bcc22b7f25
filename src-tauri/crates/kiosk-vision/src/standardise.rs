//! From a shot to the photo that the recipient wants, and the proof of how it was made.
//!
//! decode → the camera's calibration ([`crate::calibration`]) → face and landmarks → person mask → outline ([`crate::matting`]) → top of
//! the hair → one crop, one scale ([`crop`]) → one resampling ([`resample`]) → background ([`background`]) → file ([`encode`]). Nothing is
//! rotated, mirrored, sharpened or retouched.

pub mod background;
pub mod crop;
mod cutout;
pub mod decode;
pub mod encode;
pub mod head;
pub mod header;
mod outline;
pub mod profile;
pub mod resample;
mod study;

pub use study::{Study, Window};

use std::time::Instant;

use image::{GrayImage, RgbImage};
use kiosk_core::face::FaceEmbedding;
use kiosk_core::hex::hex;
use kiosk_core::report::{
    CalibrationFacts, FileFacts, ModelFacts, PlateFacts, Provenance, ShotSource, Timings,
};
use kiosk_core::{Check, CheckId, Fault, FaultCode, Geometry, PhotoReport, PixelSize, Profile, Transform};
use sha2::{Digest, Sha256};

use crate::calibration::Calibration;
use crate::checks::{self, Sitting};
use crate::embed::FaceEmbedder;
use crate::face::{FaceBox, FaceFinder};
use crate::model::ModelBytes;
use crate::plate::{self, CleanPlate};
use crate::pose::Pose;
use crate::processor::Processor;
use crate::segment::PersonSegmenter;
use decode::Decoded;
use profile::Embedded;
use study::{Brief, Detail, milliseconds};

/// The nets that a photo needs.
pub struct Nets {
    processor: Processor,
    finder: FaceFinder,
    segmenter: PersonSegmenter,
    embedder: Option<FaceEmbedder>,
    models: Vec<ModelFacts>,
}

impl Nets {
    /// Loads the verified files `face-mesh` and `selfie-segmentation`.
    ///
    /// # Errors
    /// `model_wrong` when a file is not the expected net.
    pub fn load(face_mesh: &ModelBytes, selfie_segmentation: &ModelBytes) -> Result<Self, Fault> {
        Self::load_on(Processor::default(), face_mesh, selfie_segmentation)
    }

    /// The same with a part of what the machine has.
    ///
    /// # Errors
    /// As [`Nets::load`].
    pub fn load_on(
        processor: Processor,
        face_mesh: &ModelBytes,
        selfie_segmentation: &ModelBytes,
    ) -> Result<Self, Fault> {
        let wrong = |e: crate::model::ModelError| Fault::new(FaultCode::ModelWrong, e.to_string());
        Ok(Self {
            processor,
            finder: FaceFinder::load_on(processor, face_mesh).map_err(wrong)?,
            segmenter: PersonSegmenter::load_on(processor, selfie_segmentation).map_err(wrong)?,
            embedder: None,
            models: [face_mesh, selfie_segmentation].map(facts).to_vec(),
        })
    }

    /// The same, and every shot and look tells whose face it is.
    #[must_use]
    pub fn with_embedder(self, embedder: FaceEmbedder) -> Self {
        Self { embedder: Some(embedder), ..self }
    }
}

impl Nets {
    fn whose(&mut self, study: &Study) -> Option<FaceEmbedding> {
        self.embedder.as_mut().map(|embedder| embedder.embed(&study.shot, &study.mesh))
    }
}

fn facts(model: &ModelBytes) -> ModelFacts {
    ModelFacts { name: model.name().to_owned(), sha256: sha256(model.bytes()) }
}

/// Makes and judges photos. Without nets it still judges files; everything about the picture is then `unknown`.
pub struct Standardiser {
    nets: Option<Nets>,
}

/// What a standardisation may use besides the shot.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options<'a> {
    /// The camera's calibration; `None` for pictures that are not the studio camera's.
    pub calibration: Option<&'a Calibration>,
    /// The studio without a sitter, taken by the same camera. Used when it shows the wall of the shot.
    pub clean_plate: Option<&'a CleanPlate>,
    /// Version of the program, for the report.
    pub version: &'a str,
}

/// A finished photo.
pub struct Standardised {
    /// The file.
    pub jpeg: Vec<u8>,
    /// How it was made and what it measures.
    pub report: PhotoReport,
    /// The photo's pixels before JPEG.
    pub photo: RgbImage,
    /// Whose face it is, when the nets tell; never part of the report.
    pub face: Option<FaceEmbedding>,
    study: Study,
}

impl Standardised {
    /// The alpha matte in the shot's size, 255 is person; outside of the crop's surroundings 0.
    #[must_use]
    pub fn matte(&self) -> GrayImage {
        self.study.matte_at_source()
    }
}

/// A judged shot.
#[derive(Debug, Clone)]
pub struct CheckedShot {
    /// Size of the upright picture.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// The main face, pixels of the shot.
    pub face: Option<FaceBox>,
    /// Pupils, the one on the picture's left first.
    pub pupils: Option<[[f32; 2]; 2]>,
    /// Turn of the head.
    pub pose: Option<Pose>,
    /// Every check that a shot allows.
    pub checks: Vec<Check>,
    /// The bands that the photo would have.
    pub geometry: Option<Geometry>,
    /// The crop that the photo would have.
    pub transform: Option<Transform>,
    /// The head with its hair down to the chin's row, pixels of the shot; empty without a face.
    pub outline: Vec<[f32; 2]>,
    /// Calibration and colour profile.
    pub provenance: Provenance,
    /// Whose face it is, when the nets tell.
    pub embedding: Option<FaceEmbedding>,
}

impl Standardiser {
    /// With nets, or without when they could not be loaded.
    #[must_use]
    pub fn new(nets: Option<Nets>) -> Self {
        Self { nets }
    }

    /// Makes the photo of a shot (JPEG, PNG or WebP file).
    ///
    /// # Errors
    /// `model_missing`, `image_unreadable`, `no_face`, `file_window_unreachable`. A photo that fails a check is not an error: the
    /// report says so.
    pub fn standardise(
        &mut self,
        shot: &[u8],
        profile: &Profile,
        options: Options<'_>,
    ) -> Result<Standardised, Fault> {
        let whole = Instant::now();
        let mut timings = Timings::default();
        let nets = self.nets.as_mut().ok_or_else(no_nets)?;
        let (picture, colours) = upright(shot, options.calibration)?;
        timings.decode = milliseconds(whole);
        let plate = options.clean_plate.map(|plate| &plate.picture);
        let brief = Brief { profile, plate, finished: false, detail: Detail::Photo };
        let study = Study::of(picture, nets, brief, &mut timings)?;

        let started = Instant::now();
        let processor = nets.processor;
        let (cutout, plain) = processor.both(|| study.cutout(profile), || study.plain(processor, profile));
        let plain = plain?;
        let photo = background::replaced(&plain, &cutout, profile.photo.background);
        timings.compose = milliseconds(started);

        let alpha = cutout.map(|&[.., alpha]| alpha);
        let mesh = study.mesh_in_photo();
        let sitting = study.sitting(&plain, &alpha, &mesh, profile);
        let encoded = || {
            let started = Instant::now();
            let file = encode::encode(&photo, profile.photo.dpi, &profile.file);
            (file, milliseconds(started))
        };
        let (mut checks, (file, encode)) = processor.both(|| checks::measure(&sitting), encoded);
        let file = file?;
        timings.encode = encode;
        judge_background(&mut checks, &sitting, &file.bytes)?;
        checks.extend(checks::file::measure(&file.bytes, profile));
        let clean_plate = options.clean_plate.zip(study.plate);
        let clean_plate =
            clean_plate.map(|(plate, outcome)| PlateFacts { sha256: plate.sha256.clone(), outcome });
        timings.total = milliseconds(whole);
        let report = PhotoReport {
            profile: profile.id.clone(),
            transform: study.crop.transform,
            geometry: study.crop.geometry,
            checks,
            file: FileFacts {
                bytes: file.bytes.len() as u32,
                quality: file.quality,
                width: photo.width(),
                height: photo.height(),
                dpi: profile.photo.dpi,
            },
            shot_sha256: sha256(shot),
            photo_sha256: sha256(&file.bytes),
            models: nets.models.clone(),
            version: options.version.to_owned(),
            timings_ms: timings,
            source: ShotSource::Camera,
            burst: None,
            provenance: Box::new(Provenance { clean_plate, ..colours }),
        };
        let face = nets.whose(&study);
        Ok(Standardised { jpeg: file.bytes, report, photo, face, study })
    }

    /// What a photo of this upright picture would be made of: for benchmarks of its parts.
    ///
    /// # Errors
    /// `model_missing`, `no_face`.
    pub fn study(&mut self, picture: RgbImage, profile: &Profile) -> Result<Study, Fault> {
        let nets = self.nets.as_mut().ok_or_else(no_nets)?;
        let brief = Brief { profile, plate: None, finished: false, detail: Detail::Photo };
        Study::of(picture, nets, brief, &mut Timings::default())
    }

    /// Measures a shot as if its photo were made: the bands are those that the photo would have.
    ///
    /// # Errors
    /// `image_unreadable`. Without a face or without nets the checks are `unknown`.
    pub fn check_shot(
        &mut self,
        shot: &[u8],
        profile: &Profile,
        calibration: Option<&Calibration>,
    ) -> Result<CheckedShot, Fault> {
        let (picture, provenance) = upright(shot, calibration)?;
        let (width, height) = picture.dimensions();
        let brief = Brief { profile, plate: None, finished: false, detail: Detail::Checks };
        let (study, checks) = self.judged(picture, brief)?;
        let embedding = self.nets.as_mut().zip(study.as_ref()).and_then(|(nets, study)| nets.whose(study));
        Ok(CheckedShot {
            width,
            height,
            face: study.as_ref().and_then(|s| s.reading.faces.first().copied()),
            pupils: study.as_ref().map(|s| s.mesh.pupils()),
            pose: study.as_ref().and_then(|s| s.reading.pose),
            geometry: study.as_ref().map(|s| s.crop.geometry),
            transform: study.as_ref().map(|s| s.crop.transform),
            outline: study.as_ref().map(outline::of).unwrap_or_default(),
            checks,
            provenance,
            embedding,
        })
    }

    /// Whether a camera frame can stand for the empty studio; its size as shots have it.
    ///
    /// # Errors
    /// `model_missing`, `image_unreadable`, and those of [`plate::examine`].
    pub fn examine_plate(
        &mut self,
        frame: &[u8],
        calibration: Option<&Calibration>,
    ) -> Result<PixelSize, Fault> {
        let nets = self.nets.as_mut().ok_or_else(|| {
            Fault::new(FaultCode::ModelMissing, "without nets nobody can tell that the studio is empty")
        })?;
        let (picture, _) = upright(frame, calibration)?;
        plate::examine(&picture, &mut nets.finder, &mut nets.segmenter)?;
        Ok(PixelSize { width: picture.width(), height: picture.height() })
    }

    /// Judges a finished photo as its recipient would: the file, then the picture as it is.
    #[must_use]
    pub fn validate(&mut self, jpeg: &[u8], profile: &Profile) -> Vec<Check> {
        let brief = Brief { profile, plate: None, finished: true, detail: Detail::Photo };
        let mut checks = decode::decode(jpeg)
            .and_then(|picture| self.judged(picture, brief))
            .map_or_else(|_| checks::unmeasured(profile), |(_, checks)| checks);
        checks.extend(checks::file::measure(jpeg, profile));
        checks
    }

    fn judged(&mut self, picture: RgbImage, brief: Brief<'_>) -> Result<(Option<Study>, Vec<Check>), Fault> {
        let profile = brief.profile;
        let Some(nets) = self.nets.as_mut() else {
            return Ok((None, checks::unmeasured(profile)));
        };
        let processor = nets.processor;
        let study = match Study::of(picture, nets, brief, &mut Timings::default()) {
            Ok(study) => study,
            Err(fault) if fault.code == FaultCode::NoFace => return Ok((None, faceless(profile))),
            Err(fault) => return Err(fault),
        };
        let plain = study.plain(processor, profile)?;
        if brief.finished && plain.dimensions() != (profile.photo.size.width, profile.photo.size.height) {
            // Bands in pixels mean nothing in a photo of another size; the file's format fails.
            return Ok((Some(study), checks::unmeasured(profile)));
        }
        let alpha = study.cutout(profile).map(|&[.., alpha]| alpha);
        let mesh = study.mesh_in_photo();
        let checks = checks::measure(&study.sitting(&plain, &alpha, &mesh, profile));
        Ok((Some(study), checks))
    }
}

/// The shot upright, in sRGB and calibrated, and how it came to that.
fn upright(shot: &[u8], calibration: Option<&Calibration>) -> Result<(RgbImage, Provenance), Fault> {
    let Decoded { picture, profile } = decode::read(shot)?;
    let (source_profile, ignored_profile) = match profile {
        Embedded::Srgb => (None, None),
        Embedded::Converted(name) => (Some(name), None),
        Embedded::Ignored(why) => (None, Some(why)),
    };
    let facts: Option<CalibrationFacts> = calibration.map(|calibration| calibration.facts(&picture));
    let picture = match calibration {
        Some(calibration) => calibration.applied(picture),
        None => picture,
    };
    Ok((picture, Provenance { calibration: facts, clean_plate: None, source_profile, ignored_profile }))
}

/// A shot's wall says how hard the cutting-out was; the photo's background is what the recipient tests. The report judges the photo
/// after decoding.
fn judge_background(checks: &mut [Check], sitting: &Sitting<'_>, jpeg: &[u8]) -> Result<(), Fault> {
    let decoded = decode::decode(jpeg)?;
    let finished = Sitting { photo: &decoded, scale: None, ..*sitting };
    if let Some(check) = checks.iter_mut().find(|check| check.id == CheckId::BackgroundUniform) {
        *check = checks::uniform_background(&finished);
    }
    Ok(())
}

fn no_nets() -> Fault {
    Fault::new(FaultCode::ModelMissing, "a photo needs the face and segmentation nets")
}

/// No face: that much is known.
fn faceless(profile: &Profile) -> Vec<Check> {
    let mut checks = checks::unmeasured(profile);
    if let Some(check) = checks.iter_mut().find(|check| check.id == CheckId::SingleFace) {
        *check = Check::judge(CheckId::SingleFace, 0.0, "count", [1.0, 1.0], 0.0);
    }
    checks
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}
