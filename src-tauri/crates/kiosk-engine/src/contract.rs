//! The wire between the kiosk and its window: what the window sees, what it may ask.
//!
//! TypeScript types are generated from here into `ui/src/ipc/generated/` and checked for drift by a test.

use kiosk_core::consent::Ticks;
use kiosk_core::face::Likeness;
use kiosk_core::order::AlarmKind;
use kiosk_core::report::{PlateUse, Provenance};
use kiosk_core::session::{Identification, OverrideView, SessionView};
use kiosk_core::{Check, CheckId, Fault, Fen, OrderState, Role, Verdict};
use serde::{Deserialize, Serialize};

pub use delivery::{
    AbsentRow, BurnerView, DeliveryChoice, DeliveryClass, DeliveryDay, DeliveryGroups, DeliveryMade,
    DeliveryMedium, DeliveryPlanned, DeliveryProgress, DeliveryRequest, DeliveryStage, DiscState, DriveView,
    LeftOut,
};
pub use desk::{
    ArrangeRequest, BackupMade, MoneyEntry, NoteRequest, NoteView, OrderDesk, PaymentRequest, RefundRequest,
    ReviewRequest, ReviewView, SettlementMade, SettlementView, VisitPayment,
};
pub use roster::{
    ClassProgress, RosterBadLine, RosterChanges, RosterColumnFound, RosterOverview, RosterPreview,
    RosterProgress, RosterSchool, RosterStudent, RosterStudents, RosterStudentsQuery,
};

mod delivery;
mod desk;
mod roster;
mod sheet;

pub use sheet::{
    MissingGlyph, PreviewLabel, PreviewPhoto, PrintRequest, PrintState, PrintView, PrinterView, SheetLook,
    SheetMade, SheetPreview, SheetRequest,
};

/// Everything on the glass: sent whole whenever something changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct KioskView {
    /// The visitor's screen.
    pub session: SessionView,
    /// The machine.
    pub status: Status,
}

/// How the machine is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Status {
    /// Version of the program.
    pub version: String,
    /// The camera.
    pub camera: CameraStatus,
    /// What is missing or wrong besides the camera, e.g. a model; the visit goes on without it where it can.
    pub faults: Vec<Fault>,
    /// Alarms that no operator has looked into.
    pub alarms: u32,
    /// What to type for the invented student whose code the simulated studio shows. Never set for a real camera.
    pub demo: Option<DemoStudent>,
}

/// The camera's state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CameraStatus {
    /// Where frames come from.
    pub kind: CameraKind,
    /// Name to show.
    pub label: String,
    /// Set while there is no picture.
    pub fault: Option<Fault>,
}

/// Where frames come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum CameraKind {
    /// A real camera.
    Webcam,
    /// Recorded pictures.
    Replay,
    /// The simulated studio: must be marked as such on every screen.
    Simulated,
}

/// An invented student of the simulated studio.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DemoStudent {
    /// Full invented name.
    pub name: String,
    /// Student number.
    pub student_number: String,
    /// The whole invented number.
    pub id_number: String,
    /// Its last four.
    pub last_four: String,
}

impl std::fmt::Debug for DemoStudent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DemoStudent(…)")
    }
}

/// What the visitor may ask for.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "intent", rename_all = "snake_case")]
pub enum Intent {
    /// Who I am.
    Identify(Identification),
    /// I agree to the notice.
    Consent(Ticks),
    /// Start the countdown to the picture, or stop it.
    Shutter,
    /// Another try.
    Retake,
    /// I take this photo.
    Accept,
    /// I leave, or dismiss the last screen.
    Leave,
    /// I am still here.
    Touch,
}

/// Goes in front of every preview frame: 4 bytes little-endian length, this as JSON, then the camera's JPEG.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct FrameHeader {
    /// Counts up; ask for the next one with this number.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub seq: u64,
    /// Columns of the upright frame.
    pub width: u32,
    /// Rows of the upright frame.
    pub height: u32,
    /// Degrees, clockwise, that bring the JPEG upright: 0, 90, 180 or 270.
    pub orientation: u16,
    /// Newest analysis; at most a few frames old, since the preview never waits for it.
    pub overlay: Option<Overlay>,
}

/// Lines to draw over the preview, in pixels of the upright frame, not mirrored.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Overlay {
    /// Corners of a code in view, from its top-left clockwise.
    pub code: Option<[[f32; 2]; 4]>,
    /// The sitter, while framing.
    pub sitter: Option<SitterOverlay>,
}

/// Measured lines of the sitter, in frame pixels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SitterOverlay {
    /// Outline of the head with its hair when the last whole look knew it, else of the face; closed.
    pub outline: Vec<[f32; 2]>,
    /// The crop that the photo would have now: left, top, width, height.
    pub crop: Option<[f32; 4]>,
    /// Row of the top of the hair, as far as known.
    pub crown: Option<f32>,
    /// Row of the eye line.
    pub eye_line: f32,
    /// Columns of the cheeks.
    pub cheeks: [f32; 2],
    /// The standard's bands: `head_top`, `eye_line`, `face_width`, `centred`.
    pub bands: Vec<BandReading>,
    /// The whole: `pass` is good, `warn` has something to mend, `fail` has no crop.
    pub verdict: Verdict,
}

/// One of the standard's bands as the photo would have it now, in photo pixels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct BandReading {
    /// Which band.
    pub id: CheckId,
    /// The measure.
    pub value: f64,
    /// Lowest value that meets the rule.
    pub low: f64,
    /// Highest value that meets the rule.
    pub high: f64,
    /// How it stands.
    pub verdict: Verdict,
}

/// What the operator sees of an order: the ID number is masked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct OrderRow {
    /// 261121-A007.
    pub number: String,
    /// Where its life stands.
    pub state: OrderState,
    /// When it was accepted, milliseconds since 1970 UTC.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub accepted_at: i64,
    /// Name.
    pub name: Option<String>,
    /// Student number.
    pub student_number: Option<String>,
    /// First six and last four.
    pub id_number_masked: String,
    /// College.
    pub college: Option<String>,
    /// Class.
    pub class: Option<String>,
    /// Photos made for this order.
    pub versions: u32,
    /// What was agreed, fen; 0 when it is free.
    pub price: Fen,
    /// What is still owed, fen.
    pub owing: Fen,
    /// Checks that did not pass.
    pub concerns: Vec<Check>,
    /// Set when an operator let the photo pass that counts.
    #[serde(rename = "override")]
    pub overridden: Option<OverrideView>,
    /// Calibration, clean plate and colour profile of that photo.
    pub provenance: Provenance,
    /// How that photo compares with the enrolment photo; null when it was not compared.
    pub likeness: Option<Likeness>,
}

/// Something that the operator has to look into.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AlarmView {
    /// Names it.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub id: i64,
    /// What is the matter.
    pub kind: AlarmKind,
    /// The order that raised it.
    pub order: OrderRow,
    /// The order before.
    pub other: OrderRow,
    /// When, milliseconds since 1970 UTC.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub raised_at: i64,
}

/// Which orders to list.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(default)]
pub struct OrderQuery {
    /// Any part of a name, college or class, a name's pinyin or initials, the beginning of a student number or order number, last four, or a
    /// whole code or ID number; several must all fit.
    pub find: String,
    /// Only these states; empty for all.
    pub states: Vec<OrderState>,
    /// Only orders that owe something.
    pub unpaid: bool,
    /// Only this day, as 2026-11-21.
    pub day: Option<String>,
    /// Only orders that are listed after this one: the last of the page before.
    pub after: Option<String>,
    /// At most so many; 0 for a full page.
    pub limit: u32,
}

/// One page of orders, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct OrderPage {
    /// The rows.
    pub rows: Vec<OrderRow>,
    /// Orders that match altogether, without `after`.
    pub total: u32,
    /// There are more than `total`: a search is not counted to its end.
    pub more: bool,
}

/// Somebody who works at the desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DeskPerson {
    /// Name on the lock screen and in the audit.
    pub name: String,
    /// What this person may do.
    pub role: Role,
}

/// Whether the operator page is open, and for whom it could be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct OperatorAccess {
    /// A PIN was chosen on this machine.
    pub pin_set: bool,
    /// The page is open.
    pub unlocked: bool,
    /// Everybody who has a PIN, managers first.
    pub people: Vec<DeskPerson>,
    /// Who is at the desk.
    pub on_duty: Option<DeskPerson>,
}

/// Where things lie, for the operator's status page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct OperatorStatus {
    /// The data folder.
    pub data_folder: String,
    /// Where sheets go.
    pub sheet_folder: String,
    /// Where deliveries go unless another folder is chosen.
    pub delivery_folder: String,
    /// The recipient whose rules hold.
    pub profile: String,
    /// Orders in the log.
    pub orders: u32,
    /// The key of the order log lies in the key store of the operating system, not in a file.
    pub key_in_store: bool,
    /// The recovery code of the key was shown.
    pub recovery_code_shown: bool,
}

/// What is kept for how long, and what is due to be deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RetentionView {
    /// Days from the last delivery; 0 when nothing is ever due.
    pub days: u32,
    /// Orders that are due.
    pub due: u32,
    /// Deliveries and returned orders, oldest first.
    pub batches: Vec<RetentionBatch>,
    /// Files of the data folder besides the order log that may hold people's data.
    pub elsewhere: Vec<String>,
}

/// One delivery, or the returned orders, with its clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RetentionBatch {
    /// Label of what was delivered; null for returned orders.
    pub medium: Option<String>,
    /// When the clock started, milliseconds since 1970 UTC.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub since: i64,
    /// When all of them are due.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub due_at: i64,
    /// Orders that were not purged yet.
    pub orders: u32,
    /// Those that are due.
    pub due: u32,
}

/// What was deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PurgeMade {
    /// Orders.
    pub orders: u32,
    /// Photos and shots.
    pub pictures: u32,
    /// Their bytes.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub bytes: u64,
    /// The certificate.
    pub certificate: String,
    /// The deleted bytes are out of the file; else they are when the other program that has it open is closed.
    pub swept: bool,
    /// As in [`RetentionView`].
    pub elsewhere: Vec<String>,
}

/// What is known about camera and wall.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct StudioView {
    /// The camera's calibration, when one is set.
    pub calibration: Option<CalibrationView>,
    /// The picture of the empty studio, when there is one.
    pub clean_plate: Option<PlateView>,
    /// Why the picture that was kept cannot be used.
    pub fault: Option<Fault>,
}

/// A camera's calibration as it is applied.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CalibrationView {
    /// Its name.
    pub id: String,
    /// What people call it, in Chinese.
    pub title_zh: String,
    /// The same in English.
    pub title_en: String,
    /// How and when it was measured.
    pub source: String,
    /// Gains of red, green and blue in linear light.
    pub white_balance: [f64; 3],
    /// Stops by which all channels are lifted.
    pub exposure_stops: f64,
    /// Degrees by which the camera's picture is turned upright, clockwise.
    pub orientation: u16,
}

/// The picture of the empty studio.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PlateView {
    /// The camera that took it.
    pub camera: String,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// When it was taken, milliseconds since 1970 UTC.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub taken_at: i64,
    /// SHA-256 of its file, hexadecimal.
    pub sha256: String,
    /// It is older than the studio wants it to be.
    pub old: bool,
    /// What became of it for the last photo; null before the first.
    pub last_use: Option<PlateUse>,
}

/// Writes the types of the wire, and all that they are made of, as TypeScript into `folder`.
#[cfg(feature = "ts")]
pub fn export_types(folder: &std::path::Path) -> Result<(), ts_rs::ExportError> {
    use ts_rs::TS;
    let config = ts_rs::Config::new().with_out_dir(folder);
    KioskView::export_all(&config)?;
    Intent::export_all(&config)?;
    FrameHeader::export_all(&config)?;
    OrderQuery::export_all(&config)?;
    OrderPage::export_all(&config)?;
    AlarmView::export_all(&config)?;
    kiosk_core::notice::Notice::export_all(&config)?;
    OperatorAccess::export_all(&config)?;
    OperatorStatus::export_all(&config)?;
    RetentionView::export_all(&config)?;
    PurgeMade::export_all(&config)?;
    StudioView::export_all(&config)?;
    SheetRequest::export_all(&config)?;
    SheetMade::export_all(&config)?;
    SheetPreview::export_all(&config)?;
    PrinterView::export_all(&config)?;
    PrintRequest::export_all(&config)?;
    PrintView::export_all(&config)?;
    DeliveryRequest::export_all(&config)?;
    DeliveryPlanned::export_all(&config)?;
    DeliveryMade::export_all(&config)?;
    OrderDesk::export_all(&config)?;
    PaymentRequest::export_all(&config)?;
    VisitPayment::export_all(&config)?;
    RefundRequest::export_all(&config)?;
    ReviewRequest::export_all(&config)?;
    NoteRequest::export_all(&config)?;
    ArrangeRequest::export_all(&config)?;
    SettlementView::export_all(&config)?;
    SettlementMade::export_all(&config)?;
    BackupMade::export_all(&config)?;
    DeliveryGroups::export_all(&config)?;
    DeliveryProgress::export_all(&config)?;
    DriveView::export_all(&config)?;
    BurnerView::export_all(&config)?;
    RosterPreview::export_all(&config)?;
    RosterProgress::export_all(&config)?;
    RosterOverview::export_all(&config)?;
    RosterStudentsQuery::export_all(&config)?;
    RosterStudents::export_all(&config)?;
    kiosk_core::WayOut::export_all(&config)
}
