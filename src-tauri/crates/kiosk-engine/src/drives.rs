//! Drives as the operator sees them.

use std::path::Path;

use kiosk_core::{Fault, FaultCode};
use kiosk_delivery::drives::{self, Drive};

use crate::contract::DriveView;

/// Sticks and cards first.
#[must_use]
pub fn list() -> Vec<DriveView> {
    drives::list().into_iter().map(view).collect()
}

/// Flushes a stick and lets go of it. Only what the list shows as removable is let go of.
pub fn eject(path: &str) -> Result<(), Fault> {
    let drive = drives::list().into_iter().find(|drive| drive.removable && drive.mount == Path::new(path));
    let drive =
        drive.ok_or_else(|| Fault::new(FaultCode::MediumMissing, format!("{path}: no such drive")))?;
    drives::eject(&drive).map_err(Fault::from)
}

fn view(drive: Drive) -> DriveView {
    DriveView {
        name: drive.name,
        path: drive.mount.display().to_string(),
        removable: drive.removable,
        free_bytes: drive.free,
        total_bytes: drive.total,
        file_system: drive.file_system,
    }
}
