//! Finds what the kiosk reads but does not write: models, the label font, recipients' profiles, printers.
//!
//! One root holds everything, in one of two shapes: a checkout (`assets/models.toml`, files under
//! `ui/node_modules`) or a bundle (`models.toml`, files under `models/`).

use std::path::{Path, PathBuf};

use kiosk_core::calibration::{CameraCalibration, Printer};
use kiosk_core::hex::hex;
use kiosk_core::notice::Notice;
use kiosk_core::{Fault, FaultCode, Profile};
use kiosk_vision::model::{ModelBytes, ModelEntry, ModelError, ModelList};
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// The file that marks a root.
const MODELS: &str = "models.toml";
const FONTS: &str = "fonts.toml";

/// What the kiosk reads but does not write.
#[derive(Debug, Clone)]
pub struct Assets {
    root: PathBuf,
    bundled: bool,
    models: ModelList,
}

#[derive(Deserialize)]
struct FontList {
    #[serde(rename = "font")]
    fonts: Vec<FontEntry>,
}

#[derive(Deserialize)]
struct FontEntry {
    package: String,
    path: String,
    sha256: String,
}

impl Assets {
    /// Looks for the assets: `explicit` alone when given, else beside the program (as installed), else in the
    /// checkout that the program or the working directory lies in.
    pub fn find(explicit: Option<&Path>) -> Result<Self, Fault> {
        if let Some(root) = explicit {
            return Self::at(root);
        }
        let exe = std::env::current_exe().ok();
        let cwd = std::env::current_dir().ok();
        let beside = exe.iter().filter_map(|exe| exe.parent()).flat_map(|dir| {
            [
                dir.join("assets"),
                dir.join("../share/photo-kiosk"),
                dir.join("../lib/photo-kiosk"),
                dir.join("../Resources"),
            ]
        });
        let above = exe.iter().chain(&cwd).flat_map(|path| path.ancestors()).map(|dir| dir.join("assets"));
        // A program built with its target folder elsewhere still finds the checkout that it was built from.
        let built_from = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().map(|dir| dir.join("assets"));
        let root =
            beside.chain(above).chain(built_from).find(|dir| dir.join(MODELS).is_file()).ok_or_else(
                || Fault::new(FaultCode::ModelMissing, "no assets/models.toml beside the program"),
            )?;
        Self::at(&root)
    }

    /// Opens the assets in `root`.
    pub fn at(root: &Path) -> Result<Self, Fault> {
        let path = root.join(MODELS);
        let text = std::fs::read_to_string(&path)
            .map_err(|e| Fault::new(FaultCode::ModelMissing, format!("{}: {e}", path.display())))?;
        let models = ModelList::parse(&text).map_err(|e| Fault::new(FaultCode::ModelWrong, e.to_string()))?;
        Ok(Self { root: root.to_owned(), bundled: root.join("models").is_dir(), models })
    }

    /// Reads one listed model and checks it against the list.
    pub fn model(&self, name: &str) -> Result<ModelBytes, ModelError> {
        let entry: &ModelEntry = self.models.entry(name)?;
        ModelBytes::read(entry, &self.file(&entry.package, &entry.path))
    }

    /// The font of paper labels: all of GBK and the rare characters of names.
    pub fn label_font(&self) -> Result<Vec<u8>, Fault> {
        let missing = |path: &Path, why: String| {
            Fault::new(FaultCode::FontMissing, format!("{}: {why}", path.display()))
        };
        let list = self.root.join(FONTS);
        let text = std::fs::read_to_string(&list).map_err(|e| missing(&list, e.to_string()))?;
        let FontList { fonts } = toml::from_str(&text).map_err(|e| missing(&list, e.to_string()))?;
        let font = fonts.first().ok_or_else(|| missing(&list, "no font is listed".to_owned()))?;
        let path = self.file(&font.package, &font.path);
        let bytes = std::fs::read(&path).map_err(|e| missing(&path, e.to_string()))?;
        if hex(&Sha256::digest(&bytes)) == font.sha256 {
            Ok(bytes)
        } else {
            Err(missing(&path, "another file than the one that is listed".to_owned()))
        }
    }

    /// A recipient's profile.
    pub fn profile(&self, id: &str) -> Result<Profile, Fault> {
        if !is_plain_name(id) {
            return Err(Fault::new(
                FaultCode::ProfileUnknown,
                format!("{id:?} is not the name of a profile"),
            ));
        }
        let folder = self.calibration().join("profiles");
        let text = std::fs::read_to_string(folder.join(format!("{id}.toml"))).map_err(|_| {
            let known = stems(&folder).join(", ");
            Fault::new(FaultCode::ProfileUnknown, format!("{id:?}; known are: {known}"))
        })?;
        Profile::from_toml(&text)
    }

    /// The calibration of a printer.
    pub fn printer(&self, id: &str) -> Result<Printer, Fault> {
        let path = self.calibration().join("printers").join(format!("{id}.toml"));
        let text = std::fs::read_to_string(&path)
            .map_err(|e| Fault::new(FaultCode::PathUnusable, format!("{}: {e}", path.display())))?;
        Printer::from_toml(&text)
    }

    /// The calibration of a camera: one that was measured here, in the folder `cameras` of the data folder, before one that came with the
    /// program.
    pub fn camera_calibration(&self, id: &str, data: &Path) -> Result<CameraCalibration, Fault> {
        let unknown = |why: String| Fault::new(FaultCode::CalibrationUnknown, why);
        if !is_plain_name(id) {
            return Err(unknown(format!("{id:?} is not the name of a calibration")));
        }
        let folders = [data.join("cameras"), self.calibration().join("cameras")];
        for folder in &folders {
            let path = folder.join(format!("{id}.toml"));
            match std::fs::read_to_string(&path) {
                Ok(text) => {
                    return CameraCalibration::from_toml(&text)
                        .map_err(|fault| unknown(format!("{}: {}", path.display(), fault.detail)));
                }
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
                Err(e) => return Err(unknown(format!("{}: {e}", path.display()))),
            }
        }
        let known: Vec<String> = folders.iter().flat_map(|folder| stems(folder)).collect();
        Err(unknown(format!("{id:?}; known are: {}", known.join(", "))))
    }

    /// The notice: the studio's own (`notice.toml` in the data folder), else the one that came with the program. With the words of the
    /// file, which consents point to.
    pub fn notice(&self, data: &Path) -> Result<(Notice, String), Fault> {
        let own = data.join("notice.toml");
        let path = if own.exists() { own } else { self.calibration().join("notices").join("default.toml") };
        let unusable =
            |why: String| Fault::new(FaultCode::NoticeUnusable, format!("{}: {why}", path.display()));
        let words = std::fs::read_to_string(&path).map_err(|e| unusable(e.to_string()))?;
        Ok((Notice::parse(&words).map_err(|e| unusable(e.to_string()))?, words))
    }

    /// A file of an npm package: under `node_modules` in a checkout, flat in a bundle.
    fn file(&self, package: &str, path: &str) -> PathBuf {
        if self.bundled {
            self.root.join("models").join(path.rsplit('/').next().unwrap_or(path))
        } else {
            self.root.join("../ui/node_modules").join(package).join(path)
        }
    }

    fn calibration(&self) -> PathBuf {
        if self.bundled { self.root.join("calibration") } else { self.root.join("../calibration") }
    }
}

/// Whether `id` can be a file's stem and nothing else.
pub fn is_plain_name(id: &str) -> bool {
    !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)) && !id.contains("..")
}

fn stems(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == "toml"))
        .filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned()))
        .collect();
    names.sort();
    names
}
