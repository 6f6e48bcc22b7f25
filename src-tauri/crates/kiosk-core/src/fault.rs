//! What can go wrong, as the outside sees it: a stable code, a detail for the log, and a way out.
//!
//! Rooms keep typed errors inside and turn them into a [`Fault`] at their boundary. The words live in the
//! user interface (`ui/src/faults.ts`), one row for every code in every language.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One code for each thing that an operator or a student can be told about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FaultCode {
    // The camera.
    CameraMissing,
    CameraBusy,
    CameraUnplugged,
    CameraStalled,
    CameraUnsupported,
    // Models and assets.
    ModelMissing,
    ModelWrong,
    FontMissing,
    // The code and the person.
    CodeUnreadable,
    IdNumberInvalid,
    IdNumberMismatch,
    LastFourMismatch,
    StudentNumberMismatch,
    ConsentRequired,
    SessionTimedOut,
    // The photo.
    ImageUnreadable,
    NoFace,
    SeveralFaces,
    PhotoOutsideStandard,
    FileWindowUnreachable,
    // The order log.
    StoreUnavailable,
    StoreReadOnly,
    StoreCorrupt,
    StoreTooNew,
    StoreBusy,
    DiskFull,
    OrderUnknown,
    OrderWrongState,
    PinWrong,
    PinLocked,
    // Paper and delivery.
    GlyphMissing,
    PaperUnknown,
    NothingToDeliver,
    NameClash,
    MediumMissing,
    MediumFull,
    MediumReadOnly,
    VerificationFailed,
    // Everything else.
    ProfileUnknown,
    ListUnreadable,
    PathUnusable,
    NotFinished,
    Internal,
}

impl FaultCode {
    /// The name on the wire and in the log.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CameraMissing => "camera_missing",
            Self::CameraBusy => "camera_busy",
            Self::CameraUnplugged => "camera_unplugged",
            Self::CameraStalled => "camera_stalled",
            Self::CameraUnsupported => "camera_unsupported",
            Self::ModelMissing => "model_missing",
            Self::ModelWrong => "model_wrong",
            Self::FontMissing => "font_missing",
            Self::CodeUnreadable => "code_unreadable",
            Self::IdNumberInvalid => "id_number_invalid",
            Self::IdNumberMismatch => "id_number_mismatch",
            Self::LastFourMismatch => "last_four_mismatch",
            Self::StudentNumberMismatch => "student_number_mismatch",
            Self::ConsentRequired => "consent_required",
            Self::SessionTimedOut => "session_timed_out",
            Self::ImageUnreadable => "image_unreadable",
            Self::NoFace => "no_face",
            Self::SeveralFaces => "several_faces",
            Self::PhotoOutsideStandard => "photo_outside_standard",
            Self::FileWindowUnreachable => "file_window_unreachable",
            Self::StoreUnavailable => "store_unavailable",
            Self::StoreReadOnly => "store_read_only",
            Self::StoreCorrupt => "store_corrupt",
            Self::StoreTooNew => "store_too_new",
            Self::StoreBusy => "store_busy",
            Self::DiskFull => "disk_full",
            Self::OrderUnknown => "order_unknown",
            Self::OrderWrongState => "order_wrong_state",
            Self::PinWrong => "pin_wrong",
            Self::PinLocked => "pin_locked",
            Self::GlyphMissing => "glyph_missing",
            Self::PaperUnknown => "paper_unknown",
            Self::NothingToDeliver => "nothing_to_deliver",
            Self::NameClash => "name_clash",
            Self::MediumMissing => "medium_missing",
            Self::MediumFull => "medium_full",
            Self::MediumReadOnly => "medium_read_only",
            Self::VerificationFailed => "verification_failed",
            Self::ProfileUnknown => "profile_unknown",
            Self::ListUnreadable => "list_unreadable",
            Self::PathUnusable => "path_unusable",
            Self::NotFinished => "not_finished",
            Self::Internal => "internal",
        }
    }

    /// What the person in front of the machine can do about it.
    #[must_use]
    pub fn way_out(self) -> WayOut {
        match self {
            Self::CameraMissing
            | Self::CameraBusy
            | Self::CameraUnplugged
            | Self::CameraStalled
            | Self::StoreBusy
            | Self::MediumMissing => WayOut::Reconnect,
            Self::CodeUnreadable
            | Self::IdNumberInvalid
            | Self::IdNumberMismatch
            | Self::LastFourMismatch
            | Self::StudentNumberMismatch
            | Self::ConsentRequired
            | Self::NoFace
            | Self::SeveralFaces
            | Self::PhotoOutsideStandard
            | Self::ImageUnreadable
            | Self::PinWrong => WayOut::TryAgain,
            Self::SessionTimedOut => WayOut::StartOver,
            Self::DiskFull | Self::MediumFull => WayOut::FreeSpace,
            _ => WayOut::CallOperator,
        }
    }

    /// Whether the surroundings failed (no camera, full disk) rather than the input: exit code 3 of `kiosk`.
    #[must_use]
    pub fn is_environment(self) -> bool {
        matches!(
            self,
            Self::CameraMissing
                | Self::CameraBusy
                | Self::CameraUnplugged
                | Self::CameraStalled
                | Self::CameraUnsupported
                | Self::ModelMissing
                | Self::ModelWrong
                | Self::FontMissing
                | Self::StoreUnavailable
                | Self::StoreReadOnly
                | Self::StoreCorrupt
                | Self::StoreTooNew
                | Self::StoreBusy
                | Self::DiskFull
                | Self::MediumMissing
                | Self::MediumFull
                | Self::MediumReadOnly
                | Self::PathUnusable
                | Self::NotFinished
                | Self::Internal
        )
    }
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
        for code in [FaultCode::CameraMissing, FaultCode::IdNumberInvalid, FaultCode::Internal] {
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
        }
    }
}
