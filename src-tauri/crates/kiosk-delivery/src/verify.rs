//! Whether a delivery is still what was handed over, wherever it lies now.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use kiosk_core::{Fault, FaultCode};

use crate::export::bag;
use crate::manifest::{self, BadLine, Entry};
use crate::medium::sha256_from_medium;

/// What a delivery holds, against what its manifests say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VerifyReport {
    /// Photos that the manifest names.
    pub photos: usize,
    /// Photos that are there and unchanged.
    pub ok: usize,
    /// Files that are named and not there.
    pub missing: Vec<String>,
    /// Files whose content is another.
    pub changed: Vec<String>,
    /// Files that nobody named, apart from those that operating systems leave everywhere.
    pub extra: Vec<String>,
}

impl VerifyReport {
    /// Whether the delivery is whole, unchanged, and nothing else.
    pub fn passed(&self) -> bool {
        self.photos > 0
            && self.ok == self.photos
            && self.missing.is_empty()
            && self.changed.is_empty()
            && self.extra.is_empty()
    }
}

/// Why a place cannot be verified at all.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// No manifest there, nor in the only folder there.
    #[error("no delivery at this place")]
    NoDelivery,
    /// A delivery that was never finished.
    #[error("the delivery was not finished")]
    Unfinished,
    /// The manifest cannot be read as one.
    #[error("{0}")]
    Manifest(#[from] BadLine),
    /// The medium cannot be read.
    #[error("{0}")]
    Io(#[from] io::Error),
}

impl From<VerifyError> for Fault {
    fn from(error: VerifyError) -> Self {
        let code = match &error {
            VerifyError::NoDelivery => FaultCode::PathUnusable,
            VerifyError::Unfinished | VerifyError::Manifest(_) => FaultCode::VerificationFailed,
            VerifyError::Io(_) => FaultCode::MediumMissing,
        };
        Self::new(code, error.to_string())
    }
}

/// Reads every file of a delivery and compares it with the manifests. `path` is the delivery's folder, or what it lies
/// in alone: a disc, a stick.
///
/// # Errors
/// See [`VerifyError`]. Damage is no error but the report's content.
pub fn verify(path: &Path) -> Result<VerifyReport, VerifyError> {
    let root = delivery_at(path)?;
    if root.join(bag::UNFINISHED).exists() {
        return Err(VerifyError::Unfinished);
    }
    let payload = manifest::parse(&fs::read_to_string(root.join(bag::MANIFEST))?)?;
    // A tag manifest that is gone or unreadable is damage, which the report names like any other file's.
    let tags = fs::read(root.join(bag::TAG_MANIFEST)).ok();
    let tags = tags.and_then(|bytes| manifest::parse(&String::from_utf8_lossy(&bytes)).ok());

    let mut found = HashMap::new();
    collect(&root, "", &mut found)?;
    found.remove(bag::TAG_MANIFEST);
    let mut report = VerifyReport {
        photos: payload.len(),
        ..VerifyReport::default()
    };
    for entry in &payload {
        report.ok += usize::from(check(entry, &mut found, &mut report));
    }
    match tags {
        Some(tags) => {
            for entry in &tags {
                check(entry, &mut found, &mut report);
            }
        }
        None => report.missing.push(bag::TAG_MANIFEST.to_owned()),
    }
    // Pulled out meanwhile, every file would count as damaged.
    fs::metadata(root.join(bag::MANIFEST))?;
    found.remove(bag::MANIFEST);
    report.extra.extend(found.into_keys());
    report.extra.sort_unstable();
    Ok(report)
}

fn check(entry: &Entry, found: &mut HashMap<String, PathBuf>, report: &mut VerifyReport) -> bool {
    let Some(place) = found.remove(&entry.path) else {
        report.missing.push(entry.path.clone());
        return false;
    };
    // A file that cannot be read is as lost as one with other content.
    let unchanged = File::open(place)
        .and_then(|file| sha256_from_medium(&file))
        .is_ok_and(|h| h == entry.sha256);
    if !unchanged {
        report.changed.push(entry.path.clone());
    }
    unchanged
}

fn delivery_at(path: &Path) -> Result<PathBuf, VerifyError> {
    let is_delivery = |place: &Path| place.join(bag::MANIFEST).is_file();
    if is_delivery(path) {
        return Ok(path.to_path_buf());
    }
    let mut inside = Vec::new();
    for entry in fs::read_dir(path)? {
        let place = entry?.path();
        if is_delivery(&place) {
            inside.push(place);
        }
    }
    match inside.pop() {
        Some(only) if inside.is_empty() => Ok(only),
        _ => Err(VerifyError::NoDelivery),
    }
}

/// Files below a folder by their path in a manifest. Links are listed and never followed.
fn collect(folder: &Path, prefix: &str, found: &mut HashMap<String, PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if is_systems_own(&name) {
            continue;
        }
        let path = if prefix.is_empty() {
            name
        } else {
            format!("{prefix}/{name}")
        };
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &path, found)?;
        } else {
            found.insert(path, entry.path());
        }
    }
    Ok(())
}

/// What Windows, macOS and Linux leave on every medium that they touch.
fn is_systems_own(name: &str) -> bool {
    const NAMES: [&str; 13] = [
        "System Volume Information",
        "$RECYCLE.BIN",
        "RECYCLER",
        "FOUND.000",
        "IndexerVolumeGuid",
        "Thumbs.db",
        "ehthumbs.db",
        "desktop.ini",
        ".DS_Store",
        ".Spotlight-V100",
        ".Trashes",
        ".fseventsd",
        "lost+found",
    ];
    NAMES.iter().any(|own| own.eq_ignore_ascii_case(name))
        || name.starts_with("._")
        || name.starts_with(".Trash-")
        || name.starts_with(".fuse_hidden")
}
