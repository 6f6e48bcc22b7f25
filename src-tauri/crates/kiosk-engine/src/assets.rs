//! Finds what the kiosk reads but does not write: models, the label font, recipients' profiles, printers.
//!
//! One root holds everything, in one of two shapes: a checkout (`assets/models.toml`, files under
//! `ui/node_modules`) or a bundle (`models.toml`, files under `models/`).

use std::path::{Path, PathBuf};

use kiosk_core::calibration::PrinterCalibration;
use kiosk_core::{Fault, FaultCode, Profile};
use serde::Deserialize;

/// The file that marks a root, and the list of what belongs to it.
const LIST: &str = "models.toml";

/// What the kiosk reads but does not write.
#[derive(Debug, Clone)]
pub struct Assets {
    root: PathBuf,
    bundled: bool,
    list: AssetList,
}

#[derive(Debug, Clone, Deserialize)]
struct AssetList {
    #[serde(rename = "model")]
    models: Vec<AssetFile>,
    #[serde(rename = "font")]
    fonts: Vec<AssetFile>,
}

/// One file that an npm package publishes.
#[derive(Debug, Clone, Deserialize)]
pub struct AssetFile {
    /// Name in the list.
    pub name: String,
    /// npm package.
    pub package: String,
    /// Path inside of the package.
    pub path: String,
    /// SHA-256 of the file, hexadecimal.
    pub sha256: String,
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
            [dir.join("assets"), dir.join("../share/photo-kiosk"), dir.join("../lib/photo-kiosk"), dir.join("../Resources")]
        });
        let above = exe.iter().chain(&cwd).flat_map(|path| path.ancestors()).map(|dir| dir.join("assets"));
        // A program built with its target folder elsewhere still finds the checkout that it was built from.
        let built_from = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().map(|dir| dir.join("assets"));
        let root = beside
            .chain(above)
            .chain(built_from)
            .find(|dir| dir.join(LIST).is_file())
            .ok_or_else(|| Fault::new(FaultCode::ModelMissing, "no assets/models.toml beside the program"))?;
        Self::at(&root)
    }

    /// Opens the assets in `root`.
    pub fn at(root: &Path) -> Result<Self, Fault> {
        let path = root.join(LIST);
        let text = std::fs::read_to_string(&path)
            .map_err(|e| Fault::new(FaultCode::ModelMissing, format!("{}: {e}", path.display())))?;
        let list = toml::from_str(&text)
            .map_err(|e| Fault::new(FaultCode::ModelWrong, format!("{}: {e}", path.display())))?;
        Ok(Self { root: root.to_owned(), bundled: root.join("models").is_dir(), list })
    }

    /// The listed model called `name`.
    pub fn model(&self, name: &str) -> Option<&AssetFile> {
        self.list.models.iter().find(|file| file.name == name)
    }

    /// The text of the model list.
    pub fn list_text(&self) -> Result<String, Fault> {
        let path = self.root.join(LIST);
        std::fs::read_to_string(&path).map_err(|e| Fault::new(FaultCode::ModelMissing, format!("{}: {e}", path.display())))
    }

    /// Where a listed file lies.
    #[must_use]
    pub fn path(&self, file: &AssetFile) -> PathBuf {
        if self.bundled {
            let name = Path::new(&file.path).file_name().unwrap_or_default();
            self.root.join("models").join(name)
        } else {
            self.root.join("../ui/node_modules").join(&file.package).join(&file.path)
        }
    }

    /// The font of paper labels: all of GBK and the rare characters of names.
    pub fn label_font(&self) -> Result<Vec<u8>, Fault> {
        let missing = |detail: String| Fault::new(FaultCode::FontMissing, detail);
        let file = self.list.fonts.first().ok_or_else(|| missing(format!("no font in {LIST}")))?;
        let path = self.path(file);
        let bytes = std::fs::read(&path).map_err(|e| missing(format!("{}: {e}", path.display())))?;
        if crate::sha256_hex(&bytes) == file.sha256 {
            Ok(bytes)
        } else {
            Err(missing(format!("{}: another file than the one listed", path.display())))
        }
    }

    /// A recipient's profile.
    pub fn profile(&self, id: &str) -> Result<Profile, Fault> {
        if id.is_empty() || !id.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)) || id.contains("..") {
            return Err(Fault::new(FaultCode::ProfileUnknown, format!("{id:?} is not the name of a profile")));
        }
        let folder = self.calibration().join("profiles");
        let text = std::fs::read_to_string(folder.join(format!("{id}.toml"))).map_err(|_| {
            let known = stems(&folder).join(", ");
            Fault::new(FaultCode::ProfileUnknown, format!("{id:?}; known are: {known}"))
        })?;
        Profile::from_toml(&text)
    }

    /// The calibration of a printer.
    pub fn printer(&self, id: &str) -> Result<PrinterCalibration, Fault> {
        let path = self.calibration().join("printers").join(format!("{id}.toml"));
        let unusable = |e: String| Fault::new(FaultCode::PathUnusable, format!("{}: {e}", path.display()));
        let text = std::fs::read_to_string(&path).map_err(|e| unusable(e.to_string()))?;
        PrinterCalibration::from_toml(&text).map_err(|e| unusable(e.to_string()))
    }

    fn calibration(&self) -> PathBuf {
        if self.bundled { self.root.join("calibration") } else { self.root.join("../calibration") }
    }
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
