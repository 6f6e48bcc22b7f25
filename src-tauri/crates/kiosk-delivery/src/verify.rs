//! Whether a delivery is still what was handed over, wherever it lies now.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use kiosk_core::{Fault, FaultCode};
use sha2::{Digest, Sha256};

use crate::export::bag;
use crate::manifest::{self, BadLine, Entry};
use crate::medium::sha256_from_medium;
use crate::passphrase::Passphrase;
use crate::{archive, iso};

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
    /// SHA-256 of the manifest of photos: which delivery it is.
    pub manifest_sha256: [u8; 32],
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
    /// An encrypted delivery, and no passphrase was given.
    #[error("the delivery is encrypted: its passphrase is needed")]
    PassphraseNeeded,
    /// The passphrase is another's.
    #[error("the passphrase does not open it")]
    PassphraseWrong,
    /// An encrypted delivery is not what was written.
    #[error("the archive is damaged or not whole")]
    Damaged,
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
            VerifyError::PassphraseNeeded | VerifyError::PassphraseWrong => FaultCode::PassphraseWrong,
            VerifyError::Unfinished | VerifyError::Damaged | VerifyError::Manifest(_) => {
                FaultCode::VerificationFailed
            }
            VerifyError::Io(_) => FaultCode::MediumMissing,
        };
        Self::new(code, error.to_string())
    }
}

/// Reads every file of a delivery and compares it with the manifests. `path` is the delivery's folder, what it lies in
/// alone (a disc, a stick), or the image of a disc. For an encrypted one see [`verify_with`].
///
/// # Errors
/// See [`VerifyError`]. Damage is no error but the report's content.
pub fn verify(path: &Path) -> Result<VerifyReport, VerifyError> {
    verify_with(path, None)
}

/// Like [`verify`], also of an encrypted zip.
///
/// # Errors
/// See [`VerifyError`]. Of an encrypted zip damage is an error: nothing in it can be relied on.
pub fn verify_with(path: &Path, passphrase: Option<&Passphrase>) -> Result<VerifyReport, VerifyError> {
    if fs::metadata(path)?.is_file() {
        return match passphrase {
            _ if !archive::is_zip(path) => iso::verify(path),
            Some(passphrase) => archive::verify(path, passphrase),
            None => Err(VerifyError::PassphraseNeeded),
        };
    }
    let root = delivery_at(path)?;
    let mut found = HashMap::new();
    collect(&root, "", &mut found)?;
    let mut read = |place: &PathBuf| fs::read(place);
    let manifests = Manifests::read(&found, &mut read)?;
    let report = manifests.compare(found, |place| sha256_from_medium(place));
    // Pulled out meanwhile, every file would count as damaged.
    fs::metadata(root.join(bag::MANIFEST))?;
    Ok(report)
}

/// What a delivery says of itself.
pub(crate) struct Manifests {
    sha256: [u8; 32],
    payload: Vec<Entry>,
    tags: Option<Vec<Entry>>,
}

impl Manifests {
    /// `found` are all files of the delivery by their path in a manifest, each with what `read` finds it by.
    pub(crate) fn read<P>(
        found: &HashMap<String, P>,
        read: &mut dyn FnMut(&P) -> io::Result<Vec<u8>>,
    ) -> Result<Self, VerifyError> {
        if found.contains_key(bag::UNFINISHED) {
            return Err(VerifyError::Unfinished);
        }
        let manifest = found.get(bag::MANIFEST).ok_or(VerifyError::NoDelivery)?;
        let manifest = read(manifest)?;
        let payload = manifest::parse(&String::from_utf8_lossy(&manifest))?;
        // A tag manifest that is gone or unreadable is damage, which the report names like any other file's.
        let tags = found.get(bag::TAG_MANIFEST).and_then(|place| read(place).ok());
        let tags = tags.and_then(|bytes| manifest::parse(&String::from_utf8_lossy(&bytes)).ok());
        Ok(Self { sha256: Sha256::digest(&manifest).into(), payload, tags })
    }

    /// Compares every file with its hash. One that cannot be read is as lost as one with other content.
    pub(crate) fn compare<P>(
        &self,
        mut found: HashMap<String, P>,
        mut hash: impl FnMut(&P) -> io::Result<[u8; 32]>,
    ) -> VerifyReport {
        let mut report = VerifyReport {
            photos: self.payload.len(),
            manifest_sha256: self.sha256,
            ..VerifyReport::default()
        };
        let mut check = |entry: &Entry| match found.remove(&entry.path) {
            None => {
                report.missing.push(entry.path.clone());
                false
            }
            Some(place) => {
                let unchanged = hash(&place).is_ok_and(|found| found == entry.sha256);
                if !unchanged {
                    report.changed.push(entry.path.clone());
                }
                unchanged
            }
        };
        let ok = self.payload.iter().filter(|entry| check(entry)).count();
        for entry in self.tags.iter().flatten() {
            check(entry);
        }
        report.ok = ok;
        if self.tags.is_none() {
            report.missing.push(bag::TAG_MANIFEST.to_owned());
        }
        found.remove(bag::MANIFEST);
        found.remove(bag::TAG_MANIFEST);
        report.extra.extend(found.into_keys());
        report.extra.sort_unstable();
        report
    }
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
        let path = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &path, found)?;
        } else {
            found.insert(path, entry.path());
        }
    }
    Ok(())
}

/// What Windows, macOS and Linux leave on every medium that they touch.
pub(crate) fn is_systems_own(name: &str) -> bool {
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
