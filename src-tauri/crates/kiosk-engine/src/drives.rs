//! Drives as the operator sees them.

use std::path::Path;

use kiosk_core::{Fault, FaultCode};
use kiosk_delivery::drives::{self, Drive};
use kiosk_delivery::optical::{self, Disc};

use crate::contract::{BurnerView, DiscState, DriveView};

/// Sticks and cards first.
#[must_use]
pub fn list() -> Vec<DriveView> {
    drives::list().into_iter().map(view).collect()
}

/// Drives that burn discs. Takes seconds while a disc spins up.
#[must_use]
pub fn burners() -> Vec<BurnerView> {
    let view = |drive: optical::OpticalDrive| BurnerView {
        id: drive.id,
        name: drive.name,
        disc: match drive.disc {
            Disc::Missing => DiscState::Missing,
            Disc::Blank { .. } => DiscState::Blank,
            Disc::Written => DiscState::Written,
            Disc::Unknown => DiscState::Unknown,
        },
        capacity_bytes: match drive.disc {
            Disc::Blank { capacity } => Some(capacity),
            _ => None,
        },
    };
    optical::list().into_iter().map(view).collect()
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
