//! Drives that a delivery can go to: which are there, and how one is made safe to be pulled out.

use std::io;
use std::path::{Path, PathBuf};

use kiosk_core::{Fault, FaultCode};
use sysinfo::Disks;

use crate::command::{CommandLine, Platform};

/// A mounted file system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drive {
    /// Last part of the mount point, or the drive's letter.
    pub name: String,
    /// What the system calls the device: `/dev/sdb1`, a label on Windows.
    pub device: String,
    /// Where it is seen.
    pub mount: PathBuf,
    /// A stick, a card, a disc.
    pub removable: bool,
    /// Bytes free for new files.
    pub free: u64,
    /// Bytes altogether.
    pub total: u64,
    /// As the system calls it.
    pub file_system: String,
}

/// Why a drive was not let go of.
#[derive(Debug, thiserror::Error)]
pub enum EjectError {
    /// A program has a file on it open, or the system refuses.
    #[error("{0}: the system does not let go of it: {1}")]
    Refused(PathBuf, String),
    /// The platform's program is not there.
    #[error("{0}: {1}")]
    NoProgram(PathBuf, io::Error),
}

impl From<EjectError> for Fault {
    fn from(error: EjectError) -> Self {
        Self::new(FaultCode::PathUnusable, error.to_string())
    }
}

/// Drives that are mounted now, removable ones first, then by path. Places of the system itself are left out.
#[must_use]
pub fn list() -> Vec<Drive> {
    let Ok(disks) = Disks::new_with_refreshed_list() else { return Vec::new() };
    let drives = disks.iter().map(|disk| Drive {
        name: name_of(disk.mount_point(), &disk.name().to_string_lossy()),
        device: disk.name().to_string_lossy().into_owned(),
        mount: disk.mount_point().to_owned(),
        removable: disk.is_removable() || is_mounted_for_people(disk.mount_point()),
        free: disk.available_space(),
        total: disk.total_space(),
        file_system: disk.file_system().to_string_lossy().into_owned(),
    });
    arranged(drives.collect())
}

fn arranged(mut drives: Vec<Drive>) -> Vec<Drive> {
    drives.retain(|drive| drive.total > 0 && !is_systems_own(&drive.mount));
    drives.sort_by(|a, b| (!a.removable, &a.mount).cmp(&(!b.removable, &b.mount)));
    drives.dedup_by(|a, b| a.mount == b.mount);
    drives
}

/// USB disks do not call themselves removable, but desktops mount them where they mount sticks.
fn is_mounted_for_people(mount: &Path) -> bool {
    ["/media", "/run/media", "/Volumes"]
        .iter()
        .any(|folder| mount.starts_with(folder) && mount != Path::new(folder))
}

fn is_systems_own(mount: &Path) -> bool {
    ["/boot", "/efi", "/snap", "/proc", "/sys", "/dev", "/etc", "/var/lib", "/System"]
        .iter()
        .any(|folder| mount.starts_with(folder))
}

fn name_of(mount: &Path, device: &str) -> String {
    match mount.file_name() {
        Some(last) => last.to_string_lossy().into_owned(),
        None if device.is_empty() => mount.display().to_string(),
        None => device.to_owned(),
    }
}

/// What lets go of a drive. The first row that works is enough; a later one is for systems without the first's program.
#[must_use]
pub fn eject_commands(platform: Platform, drive: &Drive) -> Vec<Vec<CommandLine>> {
    let mount = drive.mount.as_os_str();
    match platform {
        Platform::Linux => vec![
            vec![
                CommandLine::new("udisksctl", ["unmount", "--no-user-interaction", "-b", &drive.device]),
                CommandLine::new("udisksctl", ["power-off", "--no-user-interaction", "-b", &drive.device]),
            ],
            vec![CommandLine::new("umount", [mount])],
        ],
        Platform::MacOs => vec![vec![CommandLine::new("diskutil", ["eject".as_ref(), mount])]],
        Platform::Windows => {
            // Explorer's own verb, the only one that needs no administrator. The letter alone goes into the script.
            let letter =
                drive.mount.to_string_lossy().chars().next().filter(char::is_ascii_alphabetic).unwrap_or('?');
            let script = format!(
                "(New-Object -ComObject Shell.Application).Namespace(17).ParseName('{letter}:').InvokeVerb('Eject')"
            );
            vec![vec![CommandLine::new("powershell", ["-NoProfile", "-NonInteractive", "-Command", &script])]]
        }
    }
}

/// Lets go of a drive. The stick may still be powered afterwards where the system cannot turn it off; everything is written.
///
/// # Errors
/// See [`EjectError`].
pub fn eject(drive: &Drive) -> Result<(), EjectError> {
    let mut last = EjectError::Refused(drive.mount.clone(), "no way is known".to_owned());
    for way in eject_commands(Platform::current(), drive) {
        // Turning the power off is a kindness; letting go is what counts.
        let Some(unmount) = way.first() else { continue };
        match unmount.run() {
            Ok(output) if output.status.success() => {
                for rest in &way[1..] {
                    let _ = rest.run();
                }
                return Ok(());
            }
            Ok(output) => {
                let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
                last = EjectError::Refused(drive.mount.clone(), said);
            }
            Err(error) => last = EjectError::NoProgram(drive.mount.clone(), error),
        }
    }
    Err(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drive(mount: &str, removable: bool) -> Drive {
        Drive {
            name: String::new(),
            device: "/dev/sdb1".to_owned(),
            mount: mount.into(),
            removable,
            free: 1,
            total: 2,
            file_system: "exfat".to_owned(),
        }
    }

    #[test]
    fn sticks_come_first_and_the_systems_own_places_do_not_come() {
        let drives = ["/", "/boot/efi", "/home", "/media/kiosk/USB", "/snap/x/1"]
            .map(|mount| drive(mount, is_mounted_for_people(Path::new(mount))));
        let mounts: Vec<_> =
            arranged(drives.to_vec()).iter().map(|d| d.mount.display().to_string()).collect();
        assert_eq!(mounts, ["/media/kiosk/USB", "/", "/home"]);
    }

    #[test]
    fn drives_are_let_go_of_by_each_platforms_own_program() {
        let words = |platform, drive: &Drive| -> Vec<Vec<String>> {
            eject_commands(platform, drive).concat().iter().map(CommandLine::words).collect()
        };
        let stick = drive("/media/kiosk/毕业照", true);
        assert_eq!(
            words(Platform::Linux, &stick),
            [
                vec!["udisksctl", "unmount", "--no-user-interaction", "-b", "/dev/sdb1"],
                vec!["udisksctl", "power-off", "--no-user-interaction", "-b", "/dev/sdb1"],
                vec!["umount", "/media/kiosk/毕业照"],
            ]
        );
        assert_eq!(words(Platform::MacOs, &stick), [["diskutil", "eject", "/media/kiosk/毕业照"]]);
        let windows = words(Platform::Windows, &drive("E:\\", true));
        assert!(windows[0][4].contains("ParseName('E:')"), "{windows:?}");
        // Nothing but a letter gets into the script.
        assert!(words(Platform::Windows, &drive("'); bad", true))[0][4].contains("ParseName('?:')"));
    }

    #[test]
    fn whatever_is_mounted_here_can_be_listed() {
        for drive in list() {
            assert!(drive.total >= drive.free && !drive.name.is_empty(), "{drive:?}");
        }
    }
}
