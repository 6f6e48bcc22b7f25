//! The wire of deliveries: what is chosen, what it would hold, how far it is, and what became of it.

use kiosk_core::{Fault, OrderState};
use serde::{Deserialize, Serialize};

/// Which orders: by number, or all that fit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(default)]
pub struct DeliveryChoice {
    /// Orders, by number. When there is one, nothing below counts, and no school's list is compared.
    pub orders: Vec<String>,
    /// Only this school; the empty text means those without one.
    pub school: Option<String>,
    /// Only this college; the empty text means those without one.
    pub college: Option<String>,
    /// Only this class; the empty text means those without one.
    pub class: Option<String>,
    /// Only this day, as `2026-11-21`.
    pub day: Option<String>,
    /// Only these states; empty for all that have a photo which was not returned.
    pub states: Vec<OrderState>,
    /// Without orders that owe something. Where the studio's policy is that unpaid orders wait, they are left out anyway.
    pub paid_only: bool,
}

/// What a delivery is written as.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DeliveryMedium {
    /// A folder, on a stick or elsewhere.
    #[default]
    Folder,
    /// One encrypted zip.
    Zip {
        /// What opens it; kept nowhere.
        passphrase: String,
    },
    /// The image of a disc, as a file.
    Image,
    /// A disc that is burned; it is written to the drive rather than to a folder.
    Disc,
}

/// Never shows the passphrase.
impl std::fmt::Debug for DeliveryMedium {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Folder => "Folder",
            Self::Zip { .. } => "Zip(…)",
            Self::Image => "Image",
            Self::Disc => "Disc",
        })
    }
}

/// What can be chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DeliveryGroups {
    /// Every class of every college of every school that has orders.
    pub classes: Vec<DeliveryClass>,
    /// Every day with orders, newest first.
    pub days: Vec<DeliveryDay>,
}

/// Orders of one class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DeliveryClass {
    /// School; empty when the orders tell none.
    pub school: String,
    /// College; empty when the orders tell none.
    pub college: String,
    /// Class; empty when the orders tell none.
    pub class: String,
    /// Orders with a photo.
    pub orders: u32,
}

/// Orders of one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DeliveryDay {
    /// As `2026-11-21`.
    pub day: String,
    /// Orders with a photo.
    pub orders: u32,
}

/// What to deliver, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DeliveryRequest {
    /// Which orders.
    pub choice: DeliveryChoice,
    /// The folder in which the delivery becomes a new folder or file; for a disc the drive, as [`BurnerView::id`].
    pub to: String,
    /// What it is written as.
    #[serde(default)]
    pub medium: DeliveryMedium,
    /// [`DeliveryPlanned::plan`] of what the operator saw: nothing else is written.
    #[serde(default)]
    pub plan: Option<String>,
}

/// What a delivery would hold. Nothing is written yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DeliveryPlanned {
    /// Stands for everything that is shown.
    pub plan: String,
    /// Photos.
    pub photos: u32,
    /// Bytes of all files.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub bytes: u64,
    /// Free bytes on the medium, where known.
    #[cfg_attr(feature = "ts", ts(type = "number | null"))]
    pub free_bytes: Option<u64>,
    /// Folder or file that will appear; for a disc its name and the drive.
    pub folder: String,
    /// An unfinished delivery of the same photos lies there and will be continued.
    pub resumes: bool,
    /// Path of the first photo below the delivery's folder, with `*` for what names the person.
    pub naming: String,
    /// Why it cannot be written, by order number.
    pub problems: Vec<Fault>,
    /// Students of the school's list within the choice; null when there is no list to compare with.
    pub listed: Option<u32>,
    /// How many of them have no photo in it.
    pub absent: u32,
    /// Those; of very many the first.
    pub absent_students: Vec<AbsentRow>,
    /// Order numbers in it whose photo no operator has approved, whatever their state.
    pub not_approved: Vec<String>,
    /// Orders that fit but for their state, or for what they owe.
    pub left_out: Vec<LeftOut>,
    /// Order numbers of photos whose names a stick can hold and a disc cannot.
    pub not_on_disc: Vec<String>,
    /// Order numbers of persons who stand in it more than once.
    pub duplicates: Vec<Vec<String>>,
}

/// A student of the school's list who is not in the delivery.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AbsentRow {
    /// Name.
    pub name: Option<String>,
    /// Student number.
    pub student_number: Option<String>,
    /// College.
    pub college: Option<String>,
    /// Class.
    pub class: Option<String>,
    /// There is a photo, which was not chosen.
    pub left_out: bool,
}

impl std::fmt::Debug for AbsentRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AbsentRow(…)")
    }
}

/// An order that fits the choice but for its state, or for what it owes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct LeftOut {
    /// 261121-A007.
    pub number: String,
    /// Its state.
    pub state: OrderState,
    /// It owes something, and that is why.
    pub unpaid: bool,
}

/// What a delivery is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum DeliveryStage {
    /// Photos are read and named.
    Planning,
    /// What an interrupted attempt left is compared.
    Resuming,
    /// Files are written.
    Writing,
    /// The medium takes what is still on its way.
    Flushing,
    /// Every file is read from the medium and compared.
    ReadingBack,
    /// The disc image is made and read back.
    Imaging,
    /// The drive burns the disc, which cannot be stopped.
    Burning,
}

/// How far a delivery is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DeliveryProgress {
    /// Null while there is none.
    pub stage: Option<DeliveryStage>,
    /// Files of this stage that are done.
    pub files: u32,
    /// All files of this stage.
    pub of_files: u32,
    /// Of the whole work, 0 to 100.
    pub percent: u32,
    /// Seconds that remain, once that can be told.
    pub seconds_left: Option<u32>,
}

/// A delivery that was read back and verified.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DeliveryMade {
    /// The folder, the file, or the drive whose disc it is.
    pub path: String,
    /// What the disc calls itself, when it is one.
    pub disc: Option<String>,
    /// Photos.
    pub photos: u32,
    /// Bytes of the photos.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub bytes: u64,
    /// Every hash agreed after reading back.
    pub verified: bool,
    /// Files that an earlier attempt had already written.
    pub resumed: u32,
    /// Students of the school's list within the choice who are not in it.
    pub absent: u32,
    /// Orders that did not become delivered, because they were returned or photographed again meanwhile.
    pub unchanged: Vec<String>,
    /// SHA-256 of the manifest, as the receipt shows it.
    pub manifest_sha256: String,
}

/// A place that a delivery can go to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DriveView {
    /// Its label, else the device.
    pub name: String,
    /// Folder that it is seen as.
    pub path: String,
    /// A stick, a card, a disc.
    pub removable: bool,
    /// Bytes free.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub free_bytes: u64,
    /// Bytes altogether.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub total_bytes: u64,
    /// exFAT, FAT32, NTFS, ext4.
    pub file_system: String,
}

/// A drive that burns discs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct BurnerView {
    /// What [`DeliveryRequest::to`] names it by.
    pub id: String,
    /// Maker and model.
    pub name: String,
    /// What lies in it.
    pub disc: DiscState,
    /// Bytes that go onto a blank disc.
    #[cfg_attr(feature = "ts", ts(type = "number | null"))]
    pub capacity_bytes: Option<u64>,
}

/// What lies in a drive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum DiscState {
    /// Nothing.
    Missing,
    /// A blank disc.
    Blank,
    /// A disc with something on it.
    Written,
    /// A disc that cannot be told, or not be burned.
    Unknown,
}
