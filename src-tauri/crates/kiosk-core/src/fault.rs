//! What can go wrong, as the outside sees it: a stable code, a detail for the log, and a way out.
//!
//! Rooms keep typed errors inside and turn them into a [`Fault`] at their boundary. The words live in the
//! user interface (`ui/src/faults.ts`), one row for every code in every language.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! fault_codes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $way_out:ident, $cause:ident;)+) => {
        /// One code for each thing that an operator or a student can be told about.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS))]
        #[serde(rename_all = "snake_case")]
        pub enum FaultCode { $($(#[$doc])* $variant),+ }

        impl FaultCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name on the wire and in the log.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// What the person in front of the machine can do about it.
            #[must_use]
            pub fn way_out(self) -> WayOut {
                match self { $(Self::$variant => WayOut::$way_out),+ }
            }

            /// Whether the surroundings failed (no camera, full disk) rather than the input: exit code 3 of `kiosk`.
            #[must_use]
            pub fn is_environment(self) -> bool {
                match self { $(Self::$variant => fault_codes!(@$cause)),+ }
            }
        }
    };
    (@environment) => { true };
    (@input) => { false };
}

fault_codes! {
    /// No camera, or not the one that was asked for.
    CameraMissing = "camera_missing", Reconnect, environment;
    /// Another program holds the camera.
    CameraBusy = "camera_busy", Reconnect, environment;
    /// The camera left while it was in use.
    CameraUnplugged = "camera_unplugged", Reconnect, environment;
    /// The camera is there but gives no pictures.
    CameraStalled = "camera_stalled", Reconnect, environment;
    /// The camera offers nothing that can be used.
    CameraUnsupported = "camera_unsupported", CallOperator, environment;
    /// A net's file is not there.
    ModelMissing = "model_missing", CallOperator, environment;
    /// A net's file is not the one that is listed.
    ModelWrong = "model_wrong", CallOperator, environment;
    /// The label font is not there.
    FontMissing = "font_missing", CallOperator, environment;
    /// No code in the picture, or one that cannot be read.
    CodeUnreadable = "code_unreadable", TryAgain, input;
    /// Not a valid number of an ID document.
    IdNumberInvalid = "id_number_invalid", TryAgain, input;
    /// The code belongs to another ID document.
    IdNumberMismatch = "id_number_mismatch", StartOver, input;
    /// The last four do not belong to the number.
    LastFourMismatch = "last_four_mismatch", TryAgain, input;
    /// The student number is missing or differs from the code.
    StudentNumberMismatch = "student_number_mismatch", TryAgain, input;
    /// The ID number is not the one in the school's roster.
    RosterMismatch = "roster_mismatch", StartOver, input;
    /// Another code was shown: the visit before it has ended.
    CodeChanged = "code_changed", TryAgain, input;
    /// The signature of a code does not fit.
    CodeForged = "code_forged", CallOperator, input;
    /// The code's order is approved or further: only an operator may have it photographed again.
    AlreadyPhotographed = "already_photographed", CallOperator, input;
    /// Somebody else sits in front of the camera.
    FaceChanged = "face_changed", StartOver, input;
    /// The notice was not agreed to.
    ConsentRequired = "consent_required", TryAgain, input;
    /// Nobody did anything for too long.
    SessionTimedOut = "session_timed_out", StartOver, input;
    /// The file is not a picture that can be read.
    ImageUnreadable = "image_unreadable", TryAgain, input;
    /// No face in the picture.
    NoFace = "no_face", TryAgain, input;
    /// More than one face in the picture.
    SeveralFaces = "several_faces", TryAgain, input;
    /// The photo fails a check of the standard.
    PhotoOutsideStandard = "photo_outside_standard", TryAgain, input;
    /// No JPEG quality gives a file size that the recipient takes.
    FileWindowUnreachable = "file_window_unreachable", CallOperator, input;
    /// The order log cannot be opened or written.
    StoreUnavailable = "store_unavailable", CallOperator, environment;
    /// The order log may only be read.
    StoreReadOnly = "store_read_only", CallOperator, environment;
    /// The order log is damaged.
    StoreCorrupt = "store_corrupt", CallOperator, environment;
    /// The order log was written by a newer version.
    StoreTooNew = "store_too_new", CallOperator, environment;
    /// The order log is encrypted and its key is not here.
    StoreKeyMissing = "store_key_missing", CallOperator, environment;
    /// The key does not open the order log.
    StoreKeyWrong = "store_key_wrong", CallOperator, environment;
    /// Not a recovery code, or one of another order log.
    RecoveryCodeWrong = "recovery_code_wrong", TryAgain, input;
    /// The order log is held by another program or slow to answer.
    StoreBusy = "store_busy", Reconnect, environment;
    /// No room on the computer's disk.
    DiskFull = "disk_full", FreeSpace, environment;
    /// No order has this number.
    OrderUnknown = "order_unknown", TryAgain, input;
    /// The order's state does not allow this.
    OrderWrongState = "order_wrong_state", TryAgain, input;
    /// The order is not paid yet.
    OrderUnpaid = "order_unpaid", TryAgain, input;
    /// This amount cannot be taken or given back.
    AmountWrong = "amount_wrong", TryAgain, input;
    /// Not the operator's PIN.
    PinWrong = "pin_wrong", TryAgain, input;
    /// Too many wrong PINs; wait.
    PinLocked = "pin_locked", CallOperator, input;
    /// Only a manager may do this.
    ManagerNeeded = "manager_needed", CallOperator, input;
    /// A name that cannot be an operator's, or the last manager's who has to stay.
    OperatorNameUnusable = "operator_name_unusable", TryAgain, input;
    /// The label font lacks a character of a name.
    GlyphMissing = "glyph_missing", CallOperator, input;
    /// No such paper, or too small for the copies.
    PaperUnknown = "paper_unknown", TryAgain, input;
    /// No photo matches the choice.
    NothingToDeliver = "nothing_to_deliver", TryAgain, input;
    /// Two photos would have one file name, or a name is not allowed on the medium.
    NameClash = "name_clash", CallOperator, input;
    /// The medium is not there, or left while it was written.
    MediumMissing = "medium_missing", Reconnect, environment;
    /// The medium is there but cannot read or write a part of it.
    MediumFailing = "medium_failing", Reconnect, environment;
    /// No room on the medium.
    MediumFull = "medium_full", FreeSpace, environment;
    /// The medium cannot be written.
    MediumReadOnly = "medium_read_only", CallOperator, environment;
    /// What was read back differs from what was written.
    VerificationFailed = "verification_failed", TryAgain, input;
    /// The operator stopped the delivery; what is written can be continued.
    DeliveryStopped = "delivery_stopped", TryAgain, input;
    /// The orders changed after the plan was shown.
    PlanChanged = "plan_changed", TryAgain, input;
    /// A passphrase that could be guessed, or that not every keyboard has.
    PassphraseWeak = "passphrase_weak", TryAgain, input;
    /// An encrypted delivery does not open with this passphrase.
    PassphraseWrong = "passphrase_wrong", TryAgain, input;
    /// No printer, or none of this name.
    PrinterMissing = "printer_missing", Reconnect, environment;
    /// The printer waits for somebody: no paper, no ink, a jam, stopped.
    PrinterStopped = "printer_stopped", CallOperator, environment;
    /// No disc in the drive.
    DiscMissing = "disc_missing", TryAgain, environment;
    /// The disc holds something already.
    DiscNotBlank = "disc_not_blank", TryAgain, environment;
    /// Another program burns, or holds the drive.
    DriveBusy = "drive_busy", Reconnect, environment;
    /// The disc could not be burned.
    BurnFailed = "burn_failed", TryAgain, environment;
    /// No such recipient profile, or its numbers make no sense.
    ProfileUnknown = "profile_unknown", CallOperator, input;
    /// The notice cannot be read, or its words changed under an old version.
    NoticeUnusable = "notice_unusable", CallOperator, environment;
    /// No such calibration of a camera or printer, or its numbers make no sense.
    CalibrationUnknown = "calibration_unknown", CallOperator, input;
    /// Too dark to measure, or to be of use.
    PictureTooDark = "picture_too_dark", TryAgain, input;
    /// Parts of the picture are as bright as can be: what was there is lost.
    PictureClipped = "picture_clipped", TryAgain, input;
    /// Out of focus, or the camera moved.
    PictureBlurred = "picture_blurred", TryAgain, input;
    /// The grey card does not fill the middle of the picture evenly.
    CardUneven = "card_uneven", TryAgain, input;
    /// The grey card is not grey, or the light is too far from daylight.
    CardColoured = "card_coloured", TryAgain, input;
    /// Somebody is in the picture of the empty studio.
    StudioOccupied = "studio_occupied", TryAgain, input;
    /// The list of students cannot be read.
    ListUnreadable = "list_unreadable", TryAgain, input;
    /// The list is too large, or unpacks to more than any list holds.
    ListTooLarge = "list_too_large", TryAgain, input;
    /// The list that was shown is no longer there to be imported.
    ListGone = "list_gone", TryAgain, input;
    /// A folder or file cannot be used.
    PathUnusable = "path_unusable", TryAgain, environment;
    /// This version cannot do it yet.
    NotFinished = "not_finished", CallOperator, environment;
    /// A fault inside the program.
    Internal = "internal", CallOperator, environment;
}

/// The next move that helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum WayOut {
    /// Do the same step again.
    TryAgain,
    /// Plug it in, close the other program; the kiosk keeps trying by itself.
    Reconnect,
    /// Make room and repeat.
    FreeSpace,
    /// Back to the code.
    StartOver,
    /// Somebody who knows the machine is needed.
    CallOperator,
}

/// A fault at a room's boundary. `detail` is for the log and the operator; it never holds personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Fault {
    /// What kind of fault.
    pub code: FaultCode,
    /// Which file, device or limit, without personal data.
    pub detail: String,
}

impl Fault {
    /// A fault with its detail.
    pub fn new(code: FaultCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.detail.is_empty() {
            f.write_str(self.code.as_str())
        } else {
            write!(f, "{}: {}", self.code.as_str(), self.detail)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_written_name_is_the_name_on_the_wire() {
        for code in FaultCode::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
        }
    }
}
