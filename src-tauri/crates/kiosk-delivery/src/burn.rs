//! Burning a disc image, and reading the whole disc back. Discs are closed, of one session: whatever reads discs reads them.
//!
//! The platform's own program burns; what counts is that every byte of the image is read back from the disc afterwards.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use kiosk_core::{Fault, FaultCode};
use sha2::{Digest, Sha256};

use crate::command::{CommandLine, Platform};

/// A disc that was read back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Burned {
    /// Bytes of the image, all of them compared.
    pub bytes: u64,
    /// SHA-256 of the image and of what the disc holds.
    pub sha256: [u8; 32],
}

/// Why there is no disc.
#[derive(Debug, thiserror::Error)]
pub enum BurnError {
    /// The platform's program is not there.
    #[error("{0} is not installed")]
    NoProgram(String),
    /// No drive, no blank disc, or the drive gave up.
    #[error("the disc was not burned: {0}")]
    Refused(String),
    /// The disc was burned and holds something else.
    #[error("the disc reads back differently")]
    ReadBackDiffers,
    /// The image or the disc cannot be read.
    #[error("{0}: {1}")]
    Unreadable(PathBuf, io::Error),
}

impl From<BurnError> for Fault {
    fn from(error: BurnError) -> Self {
        let code = match &error {
            BurnError::NoProgram(_) => FaultCode::MediumMissing,
            BurnError::Refused(_) | BurnError::Unreadable(..) => FaultCode::BurnFailed,
            BurnError::ReadBackDiffers => FaultCode::VerificationFailed,
        };
        Self::new(code, error.to_string())
    }
}

/// What burns an image onto the blank disc in a drive: `/dev/sr0` on Linux, `E:` on Windows; macOS takes its only burner. On Linux a file
/// stands in for a drive as `stdio:FILE`.
#[must_use]
pub fn burn_command(platform: Platform, image: &Path, drive: &str) -> CommandLine {
    let image = image.as_os_str().to_owned();
    match platform {
        // Without -multi the disc is closed. A disc that holds something is refused: -blank would erase it.
        Platform::Linux => {
            let words = ["-abort_on", "FATAL", "-as", "cdrecord", "-v", "-sao"].map(Into::into);
            let drive = format!("dev={drive}").into();
            CommandLine::new("xorriso", words.into_iter().chain([drive, image]))
        }
        Platform::MacOs => {
            let words = ["burn", "-noverifyburn", "-noeject", "-forceclose"].map(Into::into);
            CommandLine::new("hdiutil", words.into_iter().chain([image]))
        }
        Platform::Windows => CommandLine::new("isoburn", ["/Q".into(), drive.into(), image]),
    }
}

/// Which burners there are.
#[must_use]
pub fn list_command(platform: Platform) -> CommandLine {
    const CIM: &str =
        "Get-CimInstance Win32_CDROMDrive | ForEach-Object { \"{0}`t{1}\" -f $_.Drive, $_.Name }";
    match platform {
        Platform::Linux => CommandLine::new("xorriso", ["-device_links"]),
        Platform::MacOs => CommandLine::new("drutil", ["list"]),
        Platform::Windows => {
            CommandLine::new("powershell", ["-NoProfile", "-NonInteractive", "-Command", CIM])
        }
    }
}

/// Where the raw bytes of a drive's disc are read.
#[must_use]
pub fn raw_disc(platform: Platform, drive: &str) -> PathBuf {
    match platform {
        Platform::Linux => PathBuf::from(drive.strip_prefix("stdio:").unwrap_or(drive)),
        Platform::MacOs => PathBuf::from(drive.replace("/dev/disk", "/dev/rdisk")),
        Platform::Windows => PathBuf::from(format!(r"\\.\{}", drive.trim_end_matches('\\'))),
    }
}

/// Burns an image and reads every byte of it back.
///
/// # Errors
/// See [`BurnError`]; after any of them the disc must not be handed over.
pub fn burn(image: &Path, drive: &str) -> Result<Burned, BurnError> {
    let platform = Platform::current();
    let command = burn_command(platform, image, drive);
    let output = command.run().map_err(|e| match e.kind() {
        io::ErrorKind::NotFound => BurnError::NoProgram(command.program.to_string_lossy().into_owned()),
        _ => BurnError::Refused(e.to_string()),
    })?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let last: Vec<&str> =
            said.lines().rev().filter(|line| line.contains("FAILURE") || line.contains("FATAL")).collect();
        return Err(BurnError::Refused(last.first().copied().unwrap_or("the drive gave up").to_owned()));
    }
    compare(image, &raw_disc(platform, drive))
}

/// Compares a disc with its image: a drive may hold more behind the image's end, never less.
///
/// # Errors
/// [`BurnError::ReadBackDiffers`], [`BurnError::Unreadable`].
pub fn compare(image: &Path, disc: &Path) -> Result<Burned, BurnError> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |e| BurnError::Unreadable(path, e)
    };
    let bytes = std::fs::metadata(image).map_err(unreadable(image))?.len();
    let wanted = hash(image, bytes).map_err(unreadable(image))?;
    let found = hash(disc, bytes).map_err(unreadable(disc))?;
    if wanted == found && wanted.1 == bytes {
        Ok(Burned { bytes, sha256: wanted.0 })
    } else {
        Err(BurnError::ReadBackDiffers)
    }
}

/// Of the first `most` bytes, and how many there were.
fn hash(path: &Path, most: u64) -> io::Result<([u8; 32], u64)> {
    let file = File::open(path)?;
    crate::medium::forget_cached(&file);
    let mut reader = file.take(most);
    let (mut hash, mut read) = (Sha256::new(), 0);
    // Raw drives of Windows give whole sectors of 2,048 bytes only.
    let mut buffer = vec![0; 1 << 20];
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return Ok((hash.finalize().into(), read)),
            Ok(count) => {
                hash.update(&buffer[..count]);
                read += count as u64;
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => (),
            Err(e) => return Err(e),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_platform_burns_with_its_own_program_and_closes_the_disc() {
        let image = Path::new("/data/毕业照.iso");
        assert_eq!(
            burn_command(Platform::Linux, image, "/dev/sr0").words(),
            [
                "xorriso",
                "-abort_on",
                "FATAL",
                "-as",
                "cdrecord",
                "-v",
                "-sao",
                "dev=/dev/sr0",
                "/data/毕业照.iso"
            ]
        );
        assert_eq!(
            burn_command(Platform::MacOs, image, "").words(),
            ["hdiutil", "burn", "-noverifyburn", "-noeject", "-forceclose", "/data/毕业照.iso"]
        );
        assert_eq!(
            burn_command(Platform::Windows, image, "E:").words(),
            ["isoburn", "/Q", "E:", "/data/毕业照.iso"]
        );
        for platform in [Platform::Linux, Platform::MacOs, Platform::Windows] {
            assert!(!burn_command(platform, image, "x").words().iter().any(|word| word.contains("multi")));
        }
    }

    #[test]
    fn discs_are_read_raw() {
        for (platform, drive, raw) in [
            (Platform::Linux, "/dev/sr0", "/dev/sr0"),
            (Platform::Linux, "stdio:/tmp/disc", "/tmp/disc"),
            (Platform::MacOs, "/dev/disk4", "/dev/rdisk4"),
            (Platform::Windows, "E:\\", r"\\.\E:"),
        ] {
            assert_eq!(raw_disc(platform, drive), PathBuf::from(raw));
        }
        assert_eq!(list_command(Platform::Linux).words(), ["xorriso", "-device_links"]);
        assert_eq!(list_command(Platform::MacOs).words(), ["drutil", "list"]);
    }

    #[test]
    fn a_disc_may_be_longer_than_its_image_but_not_shorter_or_other() {
        let folder = tempfile::tempdir().unwrap();
        let (image, disc) = (folder.path().join("image"), folder.path().join("disc"));
        std::fs::write(&image, [7; 5000]).unwrap();
        for (content, same) in
            [(vec![7; 5000], true), (vec![7; 9000], true), (vec![7; 4999], false), (vec![8; 5000], false)]
        {
            std::fs::write(&disc, content).unwrap();
            assert_eq!(compare(&image, &disc).is_ok(), same);
        }
        assert!(matches!(compare(&image, &folder.path().join("none")), Err(BurnError::Unreadable(..))));
    }
}
