//! A delivery as the image of a disc: ISO 9660 with Joliet (Windows) and Rock Ridge (Linux, macOS), one closed session.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::path::Path;

use hadris_fs::sync::{Volume, read_tree};
use hadris_fs::{Content, DateTime, MountOptions, Node, OpenOptions as IsoOpen, Tree, TreeEntry};
use hadris_iso::sync::IsoFs;
use hadris_iso::{IsoId, IsoOptions, Namespace};
use hadris_storage::host::FileDevice;
use kiosk_core::order::UnixMillis;
use kiosk_core::{Fault, FaultCode};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use crate::export::{Beside, Delivered, DeliveryPlan, ExportError, Progress, Stage, Steps, folders};
use crate::medium::{forget_cached, rename_new};
use crate::optical::SECTOR;
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
    /// Names that a disc cannot hold, see [`Unfit`]. A stick holds them, and so does a disc whose files are named by numbers.
    #[error("{0} file names cannot stand on a disc")]
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

/// Why a name cannot stand on a disc.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// Joliet, which Windows reads, knows only the characters of the basic plane: rarer ones (of the extensions B and later) would become
    /// a dash.
    #[error("a character that a disc for Windows cannot hold")]
    RareCharacter,
    /// Joliet cuts it.
    #[error("a folder or file name of more than {LONGEST_NAME} characters")]
    LongName,
    /// Programs that read discs stop before its end.
    #[error("a path of more than {LONGEST_PATH} characters")]
    LongPath,
    /// ISO 9660 (ECMA-119, 6.8.2.1): eight levels, the first of which is the disc itself.
    #[error("more than {DEEPEST} folders inside each other")]
    TooDeep,
}

/// Joliet's, in UTF-16 units.
const LONGEST_NAME: usize = 64;
/// Joliet's, in UTF-16 units.
const LONGEST_PATH: usize = 240;
/// Folders above a file, without the disc itself.
const DEEPEST: usize = 7;

/// Whether a file of this path can stand on a disc; from its root, `/` between folders.
///
/// # Errors
/// See [`Unfit`].
pub fn fits(path: &str) -> Result<(), Unfit> {
    let units = |text: &str| text.encode_utf16().count();
    if path.chars().any(|c| u32::from(c) > 0xFFFF) {
        return Err(Unfit::RareCharacter);
    }
    if path.split('/').any(|name| units(name) > LONGEST_NAME) {
        return Err(Unfit::LongName);
    }
    if units(path) > LONGEST_PATH {
        return Err(Unfit::LongPath);
    }
    if path.matches('/').count() > DEEPEST { Err(Unfit::TooDeep) } else { Ok(()) }
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
        unfit => return Err(IsoError::NotOnDisc(unfit)),
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

/// Makes the image of a plan: written beside its place, read back, compared with the plan file by file, and only then given its name.
/// Nothing is replaced, and nothing is left after a fault: an image cannot be continued.
///
/// # Errors
/// See [`ExportError`]; after any of them nothing is called delivered.
pub fn write_plan(
    plan: &DeliveryPlan,
    image: &Path,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Delivered, ExportError> {
    plan.check()?;
    match plan.files.iter().filter(|file| fits(&file.path).is_err()).count() {
        0 => (),
        unfit => return Err(ExportError::NotOnDisc(unfit)),
    }
    let mut steps = Steps::of(plan, progress);
    let beside = Beside::of(image, size_of(plan))?;
    steps.step(Stage::Imaging, 0)?;
    let written = tree_of(plan).and_then(|tree| write_tree(&tree, beside.partial(), unix_millis(plan)));
    written.map_err(|e| beside.named(e))?;
    read_back(plan, &beside, &mut steps)?;
    beside.give_name()?;
    Ok(Delivered::of(plan, 0))
}

/// Bytes that the image of a plan will have, or a little less: whole sectors, and each file's three entries.
#[must_use]
pub fn size_of(plan: &DeliveryPlan) -> u64 {
    /// System area, descriptors, and tables of a small disc.
    const AROUND: u64 = 1 << 20;
    const ENTRIES: u64 = 1024;
    let file = |bytes: usize| (bytes as u64).next_multiple_of(SECTOR) + ENTRIES;
    plan.files.iter().map(|planned| file(planned.content.len())).sum::<u64>() + AROUND
}

fn tree_of(plan: &DeliveryPlan) -> io::Result<Tree> {
    let mut tree = Tree::new();
    for folder in folders(plan) {
        tree.insert(folder, Node::dir()).map_err(io::Error::from)?;
    }
    for file in &plan.files {
        let content = Content::bytes(file.content.to_vec());
        tree.insert(&file.path, Node::file(content)).map_err(io::Error::from)?;
    }
    Ok(tree)
}

/// Everything that the plan holds and nothing else, as the medium has it now and as Windows would see it.
fn read_back(plan: &DeliveryPlan, beside: &Beside, steps: &mut Steps<'_>) -> Result<(), ExportError> {
    let different = || ExportError::ReadBackDiffers(plan.files.len());
    let mounted = Mounted::of(beside.partial()).map_err(|error| match error {
        VerifyError::Io(error) => beside.named(error),
        _ => different(),
    })?;
    let mut wrong = 0;
    for (at, file) in plan.files.iter().enumerate() {
        steps.step(Stage::ReadingBack, at)?;
        let same = mounted.found.contains_key(&file.path)
            && mounted
                .read(&file.path)
                .is_ok_and(|content| file.sha256 == <[u8; 32]>::from(Sha256::digest(content)));
        wrong += usize::from(!same);
    }
    wrong += mounted.found.len().saturating_sub(plan.files.len());
    if wrong > 0 { Err(ExportError::ReadBackDiffers(wrong)) } else { Ok(()) }
}

/// Counts files that cannot stand on a disc.
fn add_folder(folder: &Path, prefix: &str, tree: &mut Tree) -> Result<usize, IsoError> {
    let mut unfit = 0;
    let mut entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        if verify::is_systems_own(&name) {
            continue;
        }
        let path = format!("{prefix}{name}");
        if entry.file_type()?.is_dir() {
            tree.insert(&path, Node::dir()).map_err(io::Error::from)?;
            unfit += add_folder(&entry.path(), &format!("{path}/"), tree)?;
        } else {
            unfit += usize::from(fits(&path).is_err());
            let content = Content::bytes(fs::read(entry.path())?);
            tree.insert(&path, Node::file(content)).map_err(io::Error::from)?;
        }
    }
    Ok(unfit)
}

/// What the disc of a plan calls itself: the day on which it was planned.
#[must_use]
pub fn label(plan: &DeliveryPlan) -> String {
    volume(unix_millis(plan))
}

fn unix_millis(plan: &DeliveryPlan) -> UnixMillis {
    plan.made().unix_timestamp() * 1000
}

fn volume(at: UnixMillis) -> String {
    let day =
        OffsetDateTime::from_unix_timestamp(at.div_euclid(1000)).unwrap_or(OffsetDateTime::UNIX_EPOCH).date();
    format!("PHOTOS_{:04}{:02}{:02}", day.year(), u8::from(day.month()), day.day())
}

fn write_tree(tree: &Tree, image: &Path, at: UnixMillis) -> io::Result<()> {
    let time = DateTime::from_unix_seconds(at.div_euclid(1000)).map_err(other)?;
    let volume = volume(at);
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
    let mounted = Mounted::of(image)?;
    let mut read = |path: &String| mounted.read(path);
    let manifests = Manifests::read(&mounted.found, &mut read)?;
    let found = mounted.found.clone();
    Ok(manifests.compare(found, |path| read(path).map(|content| Sha256::digest(content).into())))
}

/// An image whose files can be read.
struct Mounted {
    volume: Volume<IsoFs<FileDevice>>,
    /// Every file by its path.
    found: HashMap<String, String>,
}

impl Mounted {
    fn of(image: &Path) -> Result<Self, VerifyError> {
        let mount = |namespace| {
            let device = FileDevice::open(image)?;
            IsoFs::mount_namespace(device, MountOptions::new(), namespace).map_err(io::Error::from)
        };
        forget_cached(&File::open(image)?);
        let files = mount(Namespace::Joliet).or_else(|_| mount(Namespace::Preferred));
        let volume = Volume::new(files.map_err(|_| VerifyError::NoDelivery)?);
        let tree = read_tree(&volume, "/").map_err(|_| VerifyError::NoDelivery)?;
        let mut found = HashMap::new();
        collect(tree.root(), "", &mut found);
        Ok(Self { volume, found })
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        let mut content = Vec::new();
        let mut file = self.volume.open(path, IsoOpen::new().read()).map_err(other)?;
        file.read_to_end(&mut content)?;
        Ok(content)
    }
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
