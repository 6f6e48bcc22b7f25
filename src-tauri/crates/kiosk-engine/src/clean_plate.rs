//! The picture of the empty studio on the disk: `clean-plate/plate.toml` names a JPEG beside it. The JPEG is there before the text that
//! names it, so that a plate that was being replaced when the power went is still the whole earlier one.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kiosk_core::hex::hex;
use kiosk_core::order::UnixMillis;
use kiosk_core::report::PlateUse;
use kiosk_core::{Fault, FaultCode, PixelSize};
use kiosk_vision::calibration::Calibration;
use kiosk_vision::plate::CleanPlate;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::files;

/// The folder in the data folder.
const FOLDER: &str = "clean-plate";
const RECORD: &str = "plate.toml";

/// What is written down beside the picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlateRecord {
    /// The camera's name.
    pub camera: String,
    /// Columns, as shots of this camera have them.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// When it was taken.
    pub taken_at: UnixMillis,
    /// SHA-256 of the JPEG.
    pub sha256: String,
}

/// A plate that lies ready.
#[derive(Debug)]
pub struct KeptPlate {
    /// What was written down.
    pub record: PlateRecord,
    /// The camera's JPEG.
    pub file: Vec<u8>,
    /// The same as shots are seen.
    pub plate: CleanPlate,
}

/// Keeps one plate.
pub struct PlateShelf {
    folder: PathBuf,
    calibration: Option<Arc<Calibration>>,
    shelf: Mutex<Shelf>,
}

#[derive(Default)]
struct Shelf {
    plate: Option<Arc<KeptPlate>>,
    fault: Option<Fault>,
    last_use: Option<PlateUse>,
}

impl PlateShelf {
    /// Takes the plate of an earlier day from the data folder. One that is damaged is no plate, and [`Self::fault`] says why.
    pub fn open(data: &std::path::Path, calibration: Option<Arc<Calibration>>) -> Self {
        let shelf = Self { folder: data.join(FOLDER), calibration, shelf: Mutex::default() };
        match shelf.read() {
            Ok(plate) => shelf.lock().plate = plate.map(Arc::new),
            Err(fault) => {
                tracing::warn!(%fault, "the clean plate cannot be used");
                shelf.lock().fault = Some(fault);
            }
        }
        shelf
    }

    /// Keeps a camera frame as the plate. The one before stays until this one is durable.
    pub fn keep(&self, file: &[u8], camera: &str, size: PixelSize, at: UnixMillis) -> Result<(), Fault> {
        let record = PlateRecord {
            camera: camera.to_owned(),
            width: size.width,
            height: size.height,
            taken_at: at,
            sha256: hex(&Sha256::digest(file)),
        };
        let kept = self.made(record, file.to_vec())?;
        let text =
            toml::to_string(&kept.record).map_err(|e| Fault::new(FaultCode::Internal, e.to_string()))?;
        files::write_whole(&self.picture(&kept.record), file)?;
        files::write_whole(&self.folder.join(RECORD), text.as_bytes())?;
        let before =
            std::mem::replace(&mut *self.lock(), Shelf { plate: Some(Arc::new(kept)), ..Shelf::default() });
        self.tidy(before.plate.as_deref());
        Ok(())
    }

    /// Throws the plate away, also a damaged one.
    pub fn discard(&self) -> Result<(), Fault> {
        let record = self.folder.join(RECORD);
        match std::fs::remove_file(&record) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                return Err(Fault::new(FaultCode::PathUnusable, format!("{}: {e}", record.display())));
            }
            _ => {}
        }
        let before = std::mem::take(&mut *self.lock());
        self.tidy(before.plate.as_deref());
        Ok(())
    }

    /// The plate.
    pub fn plate(&self) -> Option<Arc<KeptPlate>> {
        self.lock().plate.clone()
    }

    /// Why the plate on the disk cannot be used.
    pub fn fault(&self) -> Option<Fault> {
        self.lock().fault.clone()
    }

    /// What became of the plate for the last photo.
    pub fn last_use(&self) -> Option<PlateUse> {
        self.lock().last_use
    }

    /// Remembers what became of a plate, unless there is another by now.
    pub fn used(&self, plate: &KeptPlate, outcome: PlateUse) {
        let mut shelf = self.lock();
        if shelf.plate.as_ref().is_some_and(|kept| kept.record == plate.record) {
            shelf.last_use = Some(outcome);
        }
    }

    fn read(&self) -> Result<Option<KeptPlate>, Fault> {
        let path = self.folder.join(RECORD);
        let damaged =
            |why: String| Fault::new(FaultCode::ImageUnreadable, format!("{}: {why}", path.display()));
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(damaged(e.to_string())),
        };
        let record: PlateRecord = toml::from_str(&text).map_err(|e| damaged(e.to_string()))?;
        if kiosk_core::hex::unhex(&record.sha256).is_none() {
            return Err(damaged("the hash of the picture is none".to_owned()));
        }
        let file = std::fs::read(self.picture(&record)).map_err(|e| damaged(e.to_string()))?;
        if hex(&Sha256::digest(&file)) != record.sha256 {
            return Err(damaged("the picture has changed".to_owned()));
        }
        self.made(record, file).map(Some)
    }

    fn made(&self, record: PlateRecord, file: Vec<u8>) -> Result<KeptPlate, Fault> {
        let plate = CleanPlate::read(&file, self.calibration.as_deref())?;
        Ok(KeptPlate { record, file, plate })
    }

    /// Named by its content, so that two plates never share a file.
    fn picture(&self, record: &PlateRecord) -> PathBuf {
        let name: String = record.sha256.chars().take(16).collect();
        self.folder.join(format!("{name}.jpg"))
    }

    /// The file of an earlier plate is of no use any more; that it stays is no harm.
    fn tidy(&self, before: Option<&KeptPlate>) {
        if let Some(before) =
            before.filter(|before| self.plate().is_none_or(|now| now.record.sha256 != before.record.sha256))
        {
            let _ = std::fs::remove_file(self.picture(&before.record));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{DynamicImage, Rgb, RgbImage};

    const SIZE: PixelSize = PixelSize { width: 32, height: 16 };

    fn jpeg(level: u8) -> Vec<u8> {
        let mut file = std::io::Cursor::new(Vec::new());
        let picture = DynamicImage::from(RgbImage::from_pixel(SIZE.width, SIZE.height, Rgb([level; 3])));
        picture.write_to(&mut file, image::ImageFormat::Jpeg).unwrap();
        file.into_inner()
    }

    fn files(data: &std::path::Path) -> usize {
        std::fs::read_dir(data.join(FOLDER)).unwrap().count()
    }

    #[test]
    fn a_plate_is_there_after_a_restart_until_it_is_discarded() {
        let data = tempfile::tempdir().unwrap();
        let shelf = PlateShelf::open(data.path(), None);
        assert!(shelf.plate().is_none() && shelf.fault().is_none());
        shelf.keep(&jpeg(100), "cam", SIZE, 7).unwrap();
        shelf.used(&shelf.plate().unwrap(), PlateUse::Unlike);
        assert_eq!(shelf.last_use(), Some(PlateUse::Unlike));
        shelf.keep(&jpeg(150), "cam", SIZE, 8).unwrap();
        assert_eq!((shelf.last_use(), files(data.path())), (None, 2), "the picture and its record");

        let again = PlateShelf::open(data.path(), None);
        let kept = again.plate().unwrap();
        assert_eq!((kept.record.camera.as_str(), kept.record.taken_at), ("cam", 8));
        assert_eq!((kept.file.clone(), kept.plate.picture.dimensions()), (jpeg(150), (32, 16)));
        assert_eq!(kept.record.sha256, kept.plate.sha256);
        again.discard().unwrap();
        assert_eq!(files(data.path()), 0);
        assert!(again.plate().is_none() && PlateShelf::open(data.path(), None).plate().is_none());
        again.discard().unwrap();
    }

    #[test]
    fn a_damaged_plate_is_none_and_says_why() {
        let data = tempfile::tempdir().unwrap();
        PlateShelf::open(data.path(), None).keep(&jpeg(100), "cam", SIZE, 7).unwrap();
        let folder = data.path().join(FOLDER);
        let picture =
            std::fs::read_dir(&folder).unwrap().flatten().find(|e| e.path().extension().unwrap() == "jpg");
        std::fs::write(picture.unwrap().path(), jpeg(101)).unwrap();
        let shelf = PlateShelf::open(data.path(), None);
        assert!(shelf.plate().is_none() && shelf.fault().unwrap().detail.contains("changed"));
        std::fs::write(folder.join(RECORD), "camera = 1").unwrap();
        assert!(PlateShelf::open(data.path(), None).fault().is_some());
        shelf.keep(&jpeg(120), "cam", SIZE, 9).unwrap();
        assert!(shelf.fault().is_none() && shelf.plate().is_some());
    }

    #[test]
    fn what_is_no_picture_is_not_kept() {
        let data = tempfile::tempdir().unwrap();
        let shelf = PlateShelf::open(data.path(), None);
        shelf.keep(&jpeg(100), "cam", SIZE, 7).unwrap();
        assert_eq!(shelf.keep(b"no", "cam", SIZE, 8).unwrap_err().code, FaultCode::ImageUnreadable);
        assert_eq!(shelf.plate().unwrap().record.taken_at, 7);
    }
}
