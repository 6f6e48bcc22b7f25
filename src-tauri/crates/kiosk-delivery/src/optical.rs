//! Drives that burn discs, and what lies in them.

use std::path::Path;

use crate::burn::BurnError;
use crate::command::{CommandLine, Platform};

/// Bytes of a sector of every disc that holds data.
pub(crate) const SECTOR: u64 = 2048;

/// A drive that can burn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpticalDrive {
    /// What [`burn`](crate::burn::burn) takes: `/dev/sr0`, `/dev/disk4`, `E:`.
    pub id: String,
    /// Maker and model, else the id.
    pub name: String,
    /// What lies in it.
    pub disc: Disc,
}

/// What lies in a drive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disc {
    /// Nothing.
    Missing,
    /// Nothing is on it yet.
    Blank {
        /// Bytes that go onto it.
        capacity: u64,
    },
    /// Something is on it. It is never erased.
    Written,
    /// Something that cannot be told, or not be burned.
    Unknown,
}

impl Disc {
    /// Whether an image of so many bytes goes onto it.
    ///
    /// # Errors
    /// [`BurnError::NoDisc`], [`BurnError::NotBlank`], [`BurnError::TooSmall`]; [`BurnError::Refused`] for a disc that is not known.
    pub fn takes(self, bytes: u64) -> Result<(), BurnError> {
        match self {
            Self::Missing => Err(BurnError::NoDisc),
            Self::Written => Err(BurnError::NotBlank),
            Self::Unknown => Err(BurnError::Refused("the disc is not one that can be burned".to_owned())),
            Self::Blank { capacity } if capacity < bytes => {
                Err(BurnError::TooSmall { needed: bytes, capacity })
            }
            Self::Blank { .. } => Ok(()),
        }
    }
}

/// Drives that can burn, with what lies in them. Asks each of them, which takes seconds while a disc spins up.
#[must_use]
pub fn list() -> Vec<OpticalDrive> {
    match Platform::current() {
        Platform::Linux => linux_burners(&kernel_table()).into_iter().map(|id| asked(&id)).collect(),
        Platform::MacOs => {
            Vec::from_iter(said(&state_command(Platform::MacOs, "")).ok().and_then(|s| mac_state(&s)))
        }
        #[cfg(windows)]
        Platform::Windows => crate::imapi::list(),
        #[cfg(not(windows))]
        Platform::Windows => Vec::new(),
    }
}

/// Whether this is a drive of this machine, told without asking it.
#[must_use]
pub fn is_known(drive: &str) -> bool {
    match Platform::current() {
        Platform::Linux => linux_burners(&kernel_table()).iter().any(|known| known == drive),
        // There is only one, or the system looks it up by its name.
        Platform::MacOs | Platform::Windows => !is_file(drive),
    }
}

fn kernel_table() -> String {
    std::fs::read_to_string("/proc/sys/dev/cdrom/info").unwrap_or_default()
}

fn asked(id: &str) -> OpticalDrive {
    let state = said(&state_command(Platform::Linux, id)).unwrap_or_default();
    let name = linux_name(&state).unwrap_or_else(|| id.to_owned());
    OpticalDrive { id: id.to_owned(), name, disc: linux_disc(&state) }
}

/// What lies in a drive now.
///
/// # Errors
/// [`BurnError::NoProgram`]; [`BurnError::InUse`] or [`BurnError::Refused`] when the drive does not answer.
pub fn look(drive: &str) -> Result<Disc, BurnError> {
    match Platform::current() {
        Platform::Linux => said(&state_command(Platform::Linux, drive)).map(|state| linux_disc(&state)),
        Platform::MacOs => {
            let state = said(&state_command(Platform::MacOs, drive))?;
            Ok(mac_state(&state).map_or(Disc::Missing, |drive| drive.disc))
        }
        #[cfg(windows)]
        Platform::Windows => crate::imapi::look(drive),
        #[cfg(not(windows))]
        Platform::Windows => Ok(Disc::Unknown),
    }
}

/// Opens the tray, as a sign that the disc can be taken out. A drive that does not open is no fault.
pub fn eject(drive: &str) {
    match Platform::current() {
        #[cfg(windows)]
        Platform::Windows => crate::imapi::eject(drive),
        platform => drop(eject_command(platform, drive).run()),
    }
}

/// What tells the state of a drive.
#[must_use]
pub fn state_command(platform: Platform, drive: &str) -> CommandLine {
    match platform {
        Platform::MacOs => CommandLine::new("drutil", ["status"]),
        Platform::Linux | Platform::Windows => CommandLine::new("xorriso", ["-outdev", drive, "-toc"]),
    }
}

/// What opens the tray.
#[must_use]
pub fn eject_command(platform: Platform, drive: &str) -> CommandLine {
    match platform {
        Platform::MacOs => CommandLine::new("drutil", ["tray", "eject"]),
        Platform::Linux | Platform::Windows => {
            CommandLine::new("xorriso", ["-outdev", drive, "-eject", "out"])
        }
    }
}

/// Whether a file stands in for the drive.
pub(crate) fn is_file(drive: &str) -> bool {
    drive.starts_with("stdio:")
}

fn said(command: &CommandLine) -> Result<String, BurnError> {
    let output = command.run().map_err(|e| BurnError::of_start(command, &e))?;
    let [out, err] =
        [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    if output.status.success() { Ok(out) } else { Err(BurnError::of_words(&err)) }
}

/// Devices that can write, in the kernel's table: a column for each drive.
fn linux_burners(info: &str) -> Vec<String> {
    let columns = |line: &str| -> Vec<String> { line.split_whitespace().map(str::to_owned).collect() };
    let names =
        info.lines().find_map(|line| line.strip_prefix("drive name:")).map(columns).unwrap_or_default();
    let writes: Vec<Vec<String>> = info
        .lines()
        .filter(|line| line.starts_with("Can write"))
        .filter_map(|line| line.split_once(':').map(|(_, values)| columns(values)))
        .collect();
    let can = |at: usize| writes.iter().any(|values| values.get(at).is_some_and(|value| value == "1"));
    let mut drives: Vec<String> = (0..names.len())
        .filter(|at| can(*at))
        .map(|at| Path::new("/dev").join(&names[at]).display().to_string())
        .collect();
    drives.sort();
    drives
}

/// The value of a line of xorriso, as in `Media status : is blank`.
fn value<'a>(state: &'a str, key: &str) -> Option<&'a str> {
    state.lines().find_map(|line| line.strip_prefix(key)?.trim_start().strip_prefix(':')).map(str::trim)
}

fn linux_disc(state: &str) -> Disc {
    let status = value(state, "Media status").unwrap_or_default();
    if status.contains("is blank") {
        let blocks = value(state, "Media blocks").unwrap_or_default();
        let writable = blocks
            .split(',')
            .find_map(|part| part.trim().strip_suffix(" writable")?.trim().parse::<u64>().ok());
        return writable.map_or(Disc::Unknown, |blocks| Disc::Blank { capacity: blocks * SECTOR });
    }
    match status {
        status if status.contains("is written") || status.contains("is appendable") => Disc::Written,
        status if status.contains("not present") => Disc::Missing,
        _ => Disc::Unknown,
    }
}

fn linux_name(state: &str) -> Option<String> {
    let kind = value(state, "Drive type")?;
    // vendor 'MAKER' product 'MODEL' revision '1.0'
    let mut words = kind.split('\'').skip(1).step_by(2).map(str::trim);
    let name = format!("{} {}", words.next()?, words.next()?);
    Some(name.trim().to_owned()).filter(|name| !name.is_empty())
}

/// What `drutil status` says; `None` without a drive.
fn mac_state(state: &str) -> Option<OpticalDrive> {
    let field = |key: &str| {
        let after = state.lines().find_map(|line| line.split_once(&format!("{key}:")))?.1;
        Some(after.split("  ").map(str::trim).find(|word| !word.is_empty())?.to_owned())
    };
    let kind = field("Type")?;
    let maker = state.lines().skip_while(|line| !line.trim_start().starts_with("Vendor")).nth(1);
    let name = maker
        .map_or_else(|| "burner".to_owned(), |line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    let id = field("Name").filter(|id| id.starts_with("/dev/")).unwrap_or_default();
    // "Space Free:   00:00:00   blocks:  2298496 /   4.71GB /   4.38GiB"
    let free =
        state.lines().find(|line| line.contains("Space Free")).and_then(|line| line.split_once("blocks:"));
    let free = free.and_then(|(_, rest)| rest.split('/').next()?.trim().parse::<u64>().ok());
    let blank = field("Writability").is_some_and(|words| words.split(',').any(|word| word.trim() == "blank"));
    let disc = match (kind.as_str(), blank, free) {
        (kind, ..) if kind.starts_with("No Media") => Disc::Missing,
        (_, true, Some(blocks)) => Disc::Blank { capacity: blocks * SECTOR },
        (_, true, None) => Disc::Unknown,
        (_, false, _) => Disc::Written,
    };
    Some(OpticalDrive { id, name, disc })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_write_is_a_burner() {
        let info = "CD-ROM information, Id: cdrom.c 3.20 2003/12/17\n\ndrive name:\t\tsr2\tsr1\tsr0\ndrive speed:\t\t48\t24\t8\n\
                    Can write CD-R:\t\t0\t1\t0\nCan write DVD-R:\t0\t1\t1\nCan read MRW:\t\t1\t1\t1\n";
        assert_eq!(linux_burners(info), ["/dev/sr0", "/dev/sr1"]);
        assert_eq!(linux_burners(""), Vec::<String>::new());
    }

    #[test]
    fn the_state_of_a_disc_is_read_from_xorriso() {
        let state = |status: &str| {
            format!(
                "Drive current: -outdev '/dev/sr0'\nDrive type   : vendor 'INVENTED' product 'WRITER 16X ' revision '1.0'\n\
                 Media current: DVD-R sequential recording\nMedia status : {status}\n\
                 Media blocks : 0 readable , 2298496 writable , 2298496 overall\n"
            )
        };
        for (status, disc) in [
            ("is blank", Disc::Blank { capacity: 4_707_319_808 }),
            ("is written , is closed", Disc::Written),
            ("is written , is appendable", Disc::Written),
            ("is not present", Disc::Missing),
            ("is not recognizable", Disc::Unknown),
        ] {
            assert_eq!(linux_disc(&state(status)), disc, "{status}");
        }
        assert_eq!(linux_disc("Media status : is blank\n"), Disc::Unknown, "no size");
        assert_eq!(linux_name(&state("")).unwrap(), "INVENTED WRITER 16X");
        assert_eq!(linux_name("nonsense"), None);
    }

    #[test]
    fn the_state_of_a_disc_is_read_from_drutil() {
        let status = " Vendor   Product           Rev \n INVENTED WRITER 16X        1.00\n\n           Type: DVD-R                Name: /dev/disk4\n\
                      \x20      Sessions: 0                  Tracks: 0 \n   Overwritable:   00:00:00         blocks:        0 /   0.00MB /   0.00MiB\n\
                      \x20    Space Free:   510:46:46         blocks:  2298496 /   4.71GB /   4.38GiB\n    Writability: appendable, blank, overwritable\n";
        let drive = mac_state(status).unwrap();
        assert_eq!((drive.id.as_str(), drive.name.as_str()), ("/dev/disk4", "INVENTED WRITER 16X 1.00"));
        assert_eq!(drive.disc, Disc::Blank { capacity: 4_707_319_808 });
        let written = status.replace("appendable, blank, overwritable", "");
        assert_eq!(mac_state(&written).unwrap().disc, Disc::Written);
        let none = " Vendor   Product           Rev \n INVENTED WRITER            1.00\n\n           Type: No Media Inserted\n";
        assert_eq!(mac_state(none).unwrap().disc, Disc::Missing);
        assert_eq!(mac_state("no drive\n"), None);
    }

    #[test]
    fn only_a_blank_disc_that_is_large_enough_takes_an_image() {
        assert!(Disc::Blank { capacity: 100 }.takes(100).is_ok());
        for (disc, bytes, why) in [
            (Disc::Blank { capacity: 99 }, 100, "99"),
            (Disc::Missing, 0, "no disc"),
            (Disc::Written, 0, "not blank"),
            (Disc::Unknown, 0, "cannot"),
        ] {
            let said = disc.takes(bytes).unwrap_err().to_string();
            assert!(said.contains(why) || matches!(disc, Disc::Unknown), "{disc:?}: {said}");
        }
    }

    #[test]
    fn each_platform_has_its_own_words() {
        assert_eq!(
            state_command(Platform::Linux, "/dev/sr0").words(),
            ["xorriso", "-outdev", "/dev/sr0", "-toc"]
        );
        assert_eq!(state_command(Platform::MacOs, "").words(), ["drutil", "status"]);
        assert_eq!(
            eject_command(Platform::Linux, "/dev/sr0").words(),
            ["xorriso", "-outdev", "/dev/sr0", "-eject", "out"]
        );
        assert_eq!(eject_command(Platform::MacOs, "").words(), ["drutil", "tray", "eject"]);
    }
}
