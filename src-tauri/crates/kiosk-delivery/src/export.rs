//! A delivery: planned without touching anything, written beside its place, read back, and only then given its name.

pub mod bag;
mod beside;
mod contact_sheet;
pub(crate) mod lists;
mod plan;
mod write;

use std::io;
use std::sync::Arc;

use kiosk_core::order::UnixMillis;
use kiosk_core::{Fault, FaultCode};

pub(crate) use beside::{Beside, Steps};
pub use plan::{DeliveryPlan, IllegalName, PlannedClash, PlannedFile, plan};
pub(crate) use write::folders;
pub use write::{Delivered, Progress, Stage, is_unfinished, write};

/// One accepted photo with what the order log knows of its student. Copied, never retyped.
#[derive(Clone, PartialEq)]
pub struct DeliverableOrder {
    /// The kiosk's order number; also names the student in faults.
    pub number: String,
    /// Number of the ID document, canonical.
    pub id_number: String,
    /// 姓名
    pub name: Option<String>,
    /// 学号
    pub student_number: Option<String>,
    /// 学校
    pub school: Option<String>,
    /// 学院
    pub college: Option<String>,
    /// 班级
    pub class: Option<String>,
    /// The collection code's own number.
    pub code: Option<String>,
    /// When the student accepted the photo.
    pub accepted_at: UnixMillis,
    /// The standardised JPEG.
    pub photo: Arc<[u8]>,
    /// SHA-256 of the photo as the order log recorded it on acceptance.
    pub photo_sha256: [u8; 32],
}

/// Shows the order number only.
impl std::fmt::Debug for DeliverableOrder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DeliverableOrder({})", self.number)
    }
}

/// A student of the school's list without a photo in this delivery. `Debug` shows only why.
#[derive(Clone, PartialEq, Eq)]
pub struct AbsentStudent {
    /// 姓名
    pub name: Option<String>,
    /// 学号
    pub student_number: Option<String>,
    /// Number of the ID document as the order log shows it to people: masked.
    pub id_number_masked: Option<String>,
    /// 学校
    pub school: Option<String>,
    /// 学院
    pub college: Option<String>,
    /// 班级
    pub class: Option<String>,
    /// Why.
    pub why: Absence,
}

impl std::fmt::Debug for AbsentStudent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AbsentStudent({:?})", self.why)
    }
}

/// Why a student of the list has no photo in a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absence {
    /// There is no photo, or only one that was returned.
    NotCaptured,
    /// There is a photo, which was not chosen.
    LeftOut,
}

impl Absence {
    fn words(self) -> &'static str {
        match self {
            Self::NotCaptured => "未采集",
            Self::LeftOut => "已采集，不在本次交付中",
        }
    }
}

/// What is written about the delivery as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// Name of the delivery on the medium and in its pages, e.g. school and date. A safe folder name.
    pub title: String,
    /// Whose photos, as far as that was chosen: school, college, class, day. Empty for all.
    pub scope: String,
    /// When it was planned.
    pub at: UnixMillis,
    /// Minutes from UTC to the clock on the wall, e.g. 480 in China.
    pub utc_offset_minutes: i16,
    /// Program and version, for the bag's information.
    pub software: String,
}

/// Why there is no delivery. No variant holds a name or a number of a person.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// No photo at all.
    #[error("nothing to deliver")]
    Nothing,
    /// Two photos would have one name.
    #[error("{0} file names clash")]
    Clashes(usize),
    /// Some students cannot be given a file name.
    #[error("{0} students have no file name that every system can hold")]
    IllegalNames(usize),
    /// The title or the profile's naming template makes no names at all.
    #[error("{0}")]
    Naming(String),
    /// A disc cannot hold some names; a stick can.
    #[error("{0} file names cannot stand on a disc")]
    NotOnDisc(usize),
    /// A photo is not what was accepted.
    #[error("order {0}: the photo differs from its record")]
    PhotoDamaged(String),
    /// The list or the receipt could not be made.
    #[error("the list cannot be written: {0}")]
    List(String),
    /// A delivery or another thing of this name is there already.
    #[error("something of this name is on the medium already")]
    Exists,
    /// An unfinished delivery with other photos is there.
    #[error("an unfinished delivery with other photos is on the medium")]
    OtherUnfinished,
    /// Not enough room: found before writing, or while writing.
    #[error("the medium is full: {needed} bytes are needed")]
    Full {
        /// Bytes of the whole delivery.
        needed: u64,
    },
    /// The medium takes no files.
    #[error("the medium cannot be written to")]
    ReadOnly,
    /// The medium went away.
    #[error("the medium was removed")]
    Gone,
    /// What the medium holds is not what was written.
    #[error("{0} files read back differently")]
    ReadBackDiffers(usize),
    /// The operator stopped it; what is written so far can be continued.
    #[error("stopped")]
    Stopped,
    /// Anything else that the system says.
    #[error("the medium failed: {0}")]
    Io(io::Error),
}

impl ExportError {
    /// What an error of the system means; `there` tells whether the medium is.
    pub(crate) fn of_io(error: io::Error, needed: u64, there: impl FnOnce() -> bool) -> Self {
        use io::ErrorKind as Kind;
        /// Linux says so of a device that is not there any more: ENXIO, ENODEV.
        const GONE: [i32; 2] = [6, 19];
        let system = error.raw_os_error().filter(|_| cfg!(unix));
        match error.kind() {
            Kind::StorageFull | Kind::QuotaExceeded => Self::Full { needed },
            Kind::ReadOnlyFilesystem | Kind::PermissionDenied => Self::ReadOnly,
            Kind::NotFound | Kind::StaleNetworkFileHandle => Self::Gone,
            Kind::AlreadyExists | Kind::DirectoryNotEmpty => Self::Exists,
            _ if system.is_some_and(|code| GONE.contains(&code)) => Self::Gone,
            // A device that was pulled out answers with the same error as one that cannot read a sector; only the first is not there.
            _ if !there() => Self::Gone,
            _ => Self::Io(error),
        }
    }
}

impl From<ExportError> for Fault {
    fn from(error: ExportError) -> Self {
        let code = match &error {
            ExportError::Nothing => FaultCode::NothingToDeliver,
            ExportError::Clashes(_) | ExportError::NotOnDisc(_) => FaultCode::NameClash,
            ExportError::IllegalNames(_) | ExportError::Exists | ExportError::OtherUnfinished => {
                FaultCode::PathUnusable
            }
            ExportError::Naming(_) => FaultCode::ProfileUnknown,
            ExportError::PhotoDamaged(_) => FaultCode::StoreCorrupt,
            ExportError::Full { .. } => FaultCode::MediumFull,
            ExportError::ReadOnly => FaultCode::MediumReadOnly,
            ExportError::Gone => FaultCode::MediumMissing,
            ExportError::Io(_) => FaultCode::MediumFailing,
            ExportError::ReadBackDiffers(_) => FaultCode::VerificationFailed,
            ExportError::Stopped => FaultCode::DeliveryStopped,
            ExportError::List(_) => FaultCode::Internal,
        };
        Self::new(code, error.to_string())
    }
}
