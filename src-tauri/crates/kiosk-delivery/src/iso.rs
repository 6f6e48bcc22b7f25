//! A delivery as the image of a disc: ISO 9660 with Joliet (Windows) and Rock Ridge (Linux, macOS), one closed session.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

use hadris_fs::sync::{Volume, read_tree};
use hadris_fs::{Content, DateTime, MountOptions, Node, OpenOptions as IsoOpen, Tree, TreeEntry};
use hadris_iso::sync::IsoFs;
use hadris_iso::{IsoId, IsoOptions, Namespace};
use hadris_storage::host::FileDevice;
use kiosk_core::order::UnixMillis;
use kiosk_core::{Fault, FaultCode};
use sha2::{Digest, Sha256};

use crate::medium::rename_new;
use crate::verify::{self, Manifests, VerifyError, VerifyReport};

/// A finished image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Image {
    /// Size of the file.
    pub bytes: u64,
    /// Photos in it, each read back.
    pub photos: usize,
}

/// Why there is no image.
#[derive(Debug, thiserror::Error)]
pub enum IsoError {
    /// The folder is not a delivery that verifies.
    #[error("the delivery does not verify")]
    NotVerified,
    /// Joliet, which Windows reads, knows only the characters of the basic plane: rarer ones (of the extensions B and later) would become
    /// a dash. A stick holds them, and so does a disc whose files are named by numbers.
    #[error("{0} file names have a character that a disc for Windows cannot hold")]
    NotOnDisc(usize),
    /// The image, read back, is not the delivery.
    #[error("the image reads back differently")]
    ReadBackDiffers,
    /// The folder or the image cannot be verified at all.
    #[error("{0}")]
    Verify(#[from] VerifyError),
    /// The image cannot be written.
    #[error("the image cannot be written: {0}")]
    Io(#[from] io::Error),
}

impl From<IsoError> for Fault {
    fn from(error: IsoError) -> Self {
        let code = match error {
            IsoError::NotVerified | IsoError::ReadBackDiffers => FaultCode::VerificationFailed,
            IsoError::NotOnDisc(_) => FaultCode::NameClash,
            IsoError::Verify(error) => return error.into(),
            IsoError::Io(ref error) => match error.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => FaultCode::MediumFull,
                io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => {
                    FaultCode::MediumReadOnly
                }
                _ => FaultCode::PathUnusable,
            },
        };
        Self::new(code, error.to_string())
    }
}

/// Makes the image of a finished delivery. Written beside its name, read back through the Joliet tree, which is what
/// Windows shows, and only then renamed; nothing is replaced. The same delivery and time give the same bytes.
///
/// # Errors
/// See [`IsoError`].
pub fn write(delivery: &Path, image: &Path, at: UnixMillis) -> Result<Image, IsoError> {
    let before = verify::verify(delivery)?;
    if !before.passed() {
        return Err(IsoError::NotVerified);
    }
    let mut tree = Tree::new();
    match add_folder(delivery, "", &mut tree)? {
        0 => (),
        beyond => return Err(IsoError::NotOnDisc(beyond)),
    }
    let mut partial = image.as_os_str().to_owned();
    partial.push(".partial");
    let partial = Path::new(&partial);
    write_tree(&tree, partial, at)?;
    let after = verify(partial)?;
    if !after.passed() || after.photos != before.photos {
        return Err(IsoError::ReadBackDiffers);
    }
    rename_new(partial, image)?;
    Ok(Image { bytes: fs::metadata(image)?.len(), photos: after.photos })
}

/// Counts names beyond the basic plane.
fn add_folder(folder: &Path, prefix: &str, tree: &mut Tree) -> Result<usize, IsoError> {
    let mut beyond = 0;
    let mut entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        if verify::is_systems_own(&name) {
            continue;
        }
        beyond += usize::from(name.chars().any(|c| u32::from(c) > 0xFFFF));
        let path = format!("{prefix}{name}");
        if entry.file_type()?.is_dir() {
            tree.insert(&path, Node::dir()).map_err(io::Error::from)?;
            beyond += add_folder(&entry.path(), &format!("{path}/"), tree)?;
        } else {
            let content = Content::bytes(fs::read(entry.path())?);
            tree.insert(&path, Node::file(content)).map_err(io::Error::from)?;
        }
    }
    Ok(beyond)
}

fn write_tree(tree: &Tree, image: &Path, at: UnixMillis) -> Result<(), IsoError> {
    let time = DateTime::from_unix_seconds(at.div_euclid(1000)).map_err(other)?;
    let (date, _) = time.to_civil_utc();
    let volume = format!("PHOTOS_{:04}{:02}{:02}", date.year(), date.month(), date.day());
    let options = IsoOptions::default()
        .with_id(IsoId::Volume, &volume)
        .with_id(IsoId::Application, "PHOTO-KIOSK")
        .with_joliet()
        .with_rock_ridge()
        .with_time(time);
    // A partial image is always our own: it has no other use.
    let file = OpenOptions::new().read(true).write(true).create(true).truncate(true).open(image)?;
    let device = FileDevice::new(file.try_clone()?)?;
    hadris_iso::sync::write(device, tree, &options).map_err(other)?;
    file.sync_all()?;
    Ok(())
}

/// Verifies the delivery in an image, through Joliet where there is one.
///
/// # Errors
/// See [`VerifyError`]; a file that is no image holds no delivery.
pub fn verify(image: &Path) -> Result<VerifyReport, VerifyError> {
    let mount = |namespace| {
        let device = FileDevice::open(image)?;
        IsoFs::mount_namespace(device, MountOptions::new(), namespace).map_err(io::Error::from)
    };
    File::open(image)?;
    let files = mount(Namespace::Joliet).or_else(|_| mount(Namespace::Preferred));
    let volume = Volume::new(files.map_err(|_| VerifyError::NoDelivery)?);
    let tree = read_tree(&volume, "/").map_err(|_| VerifyError::NoDelivery)?;
    let mut found = HashMap::new();
    collect(tree.root(), "", &mut found);
    let mut read = |path: &String| {
        let mut content = Vec::new();
        let mut file = volume.open(path, IsoOpen::new().read()).map_err(other)?;
        file.read_to_end(&mut content)?;
        Ok(content)
    };
    let manifests = Manifests::read(&found, &mut read)?;
    Ok(manifests.compare(found, |path| read(path).map(|content| Sha256::digest(content).into())))
}

fn collect(folder: TreeEntry<'_>, prefix: &str, found: &mut HashMap<String, String>) {
    for (name, entry) in folder.children() {
        let path = format!("{prefix}{}", String::from_utf8_lossy(name.as_bytes()));
        if entry.node().content().is_some() {
            found.insert(path.clone(), path);
        } else {
            collect(entry, &format!("{path}/"), found);
        }
    }
}

fn other(error: impl std::error::Error + Send + Sync + 'static) -> io::Error {
    io::Error::other(error)
}
