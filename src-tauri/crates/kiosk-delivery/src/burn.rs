//! Burning a disc image, and reading the whole disc back. Discs are closed, of one session: whatever reads discs reads them.
//!
//! The platform's own program burns; what counts is that every byte of the image is read back from the disc afterwards.

use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use kiosk_core::{Fault, FaultCode};
use sha2::{Digest, Sha256};

use crate::command::{CommandLine, Platform};
use crate::export::Stage;
use crate::optical;

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
    /// The drive is empty.
    #[error("there is no disc in the drive")]
    NoDisc,
    /// The disc holds something, which is never erased.
    #[error("the disc is not blank")]
    NotBlank,
    /// The image does not go onto the disc.
    #[error("the disc takes {capacity} bytes, {needed} are needed")]
    TooSmall {
        /// Bytes of the image.
        needed: u64,
        /// Bytes that go onto the disc.
        capacity: u64,
    },
    /// Another program holds the drive.
    #[error("the drive is in use")]
    InUse,
    /// No drive, or the drive gave up.
    #[error("the disc was not burned: {0}")]
    Refused(String),
    /// The disc was burned and holds something else.
    #[error("the disc reads back differently")]
    ReadBackDiffers,
    /// The disc was burned, and the operator stopped its verification.
    #[error("stopped: the disc was not verified")]
    Stopped,
    /// The image or the disc cannot be read.
    #[error("{0}: {1}")]
    Unreadable(PathBuf, io::Error),
}

impl BurnError {
    /// Why a program did not start.
    pub(crate) fn of_start(command: &CommandLine, error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::NoProgram(command.program.to_string_lossy().into_owned()),
            _ => Self::Refused(error.to_string()),
        }
    }

    /// What a program complains about, in the words of its last complaint.
    pub(crate) fn of_words(said: &str) -> Self {
        let mut complaints = said.lines().filter(|line| line.contains("FAILURE") || line.contains("FATAL"));
        if said.contains("busy") {
            return Self::InUse;
        }
        Self::Refused(complaints.next_back().unwrap_or("the drive gave up").to_owned())
    }
}

impl From<BurnError> for Fault {
    fn from(error: BurnError) -> Self {
        let code = match &error {
            BurnError::NoProgram(_) => FaultCode::MediumMissing,
            BurnError::NoDisc => FaultCode::DiscMissing,
            BurnError::NotBlank => FaultCode::DiscNotBlank,
            BurnError::TooSmall { .. } => FaultCode::MediumFull,
            BurnError::InUse => FaultCode::DriveBusy,
            BurnError::Refused(_) | BurnError::Unreadable(..) => FaultCode::BurnFailed,
            BurnError::ReadBackDiffers => FaultCode::VerificationFailed,
            BurnError::Stopped => FaultCode::DeliveryStopped,
        };
        Self::new(code, error.to_string())
    }
}

/// What burns an image onto the blank disc in a drive: `/dev/sr0` on Linux; macOS takes its only burner. On Linux a file stands in for a
/// drive as `stdio:FILE`. Windows has no such program worth the name: there the system's interfaces burn.
#[must_use]
pub fn burn_command(platform: Platform, image: &Path, drive: &str) -> CommandLine {
    let image = image.as_os_str().to_owned();
    match platform {
        // Without -multi the disc is closed. A disc that holds something is refused: -blank would erase it.
        Platform::Linux | Platform::Windows => {
            let words = ["-abort_on", "FATAL", "-as", "cdrecord", "-v", "-sao"].map(Into::into);
            let drive = format!("dev={drive}").into();
            CommandLine::new("xorriso", words.into_iter().chain([drive, image]))
        }
        Platform::MacOs => {
            let words = ["burn", "-noverifyburn", "-noeject", "-forceclose"].map(Into::into);
            CommandLine::new("hdiutil", words.into_iter().chain([image]))
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

/// How far a disc is: what is being done, bytes that are done, all bytes.
pub type BurnProgress<'a> = &'a mut dyn FnMut(Stage, u64, u64) -> ControlFlow<()>;

/// Burns an image and reads every byte of it back. `progress` may stop the reading; a disc that is being burned would be spoilt, so that
/// the wish is heard afterwards.
///
/// # Errors
/// See [`BurnError`]; after any of them the disc must not be handed over.
pub fn burn(image: &Path, drive: &str, progress: BurnProgress<'_>) -> Result<Burned, BurnError> {
    let bytes = fs::metadata(image).map_err(|e| BurnError::Unreadable(image.to_owned(), e))?.len();
    optical::look(drive)?.takes(bytes)?;
    let platform = Platform::current();
    let _ = progress(Stage::Burning, 0, bytes);
    #[cfg(windows)]
    crate::imapi::burn(image, drive, bytes, progress)?;
    #[cfg(not(windows))]
    run(&burn_command(platform, image, drive), bytes, progress)?;
    let burned = compare(image, &raw_disc(platform, drive), progress)?;
    if !optical::is_file(drive) {
        optical::eject(drive);
    }
    Ok(burned)
}

/// Runs a program that burns, and listens to how far it is.
#[cfg_attr(windows, allow(dead_code, reason = "the system's interfaces burn there"))]
fn run(command: &CommandLine, bytes: u64, progress: BurnProgress<'_>) -> Result<(), BurnError> {
    let started = command.command().stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
    let mut child = started.map_err(|e| BurnError::of_start(command, &e))?;
    let mut said = String::new();
    for line in lines(child.stderr.take()) {
        if let Some(done) = burned_so_far(&line) {
            let _ = progress(Stage::Burning, done.min(bytes), bytes);
        } else {
            said.push_str(&line);
            said.push('\n');
        }
    }
    match child.wait() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(BurnError::of_words(&said)),
        Err(e) => Err(BurnError::Refused(e.to_string())),
    }
}

/// Lines that end with a line feed, or with a carriage return where a program writes over its last line.
fn lines(stream: Option<impl Read>) -> impl Iterator<Item = String> {
    let mut bytes = stream.map(BufReader::new).into_iter().flat_map(Read::bytes).map_while(Result::ok);
    std::iter::from_fn(move || {
        let mut line = Vec::new();
        loop {
            match bytes.next() {
                Some(b'\n' | b'\r') => break,
                Some(byte) => line.push(byte),
                None if line.is_empty() => return None,
                None => break,
            }
        }
        Some(String::from_utf8_lossy(&line).into_owned())
    })
}

/// Bytes, from `xorriso : UPDATE :   12 of   20 MB written (fifo  0%) [buf  50%]`.
fn burned_so_far(line: &str) -> Option<u64> {
    let (done, _) = line.rsplit_once(" of ")?;
    let megabytes: u64 = done.rsplit(|c: char| !c.is_ascii_digit()).next()?.parse().ok()?;
    line.contains("MB written").then_some(megabytes << 20)
}

/// Compares a disc with its image: a drive may hold more behind the image's end, never less.
///
/// # Errors
/// [`BurnError::ReadBackDiffers`], [`BurnError::Unreadable`], [`BurnError::Stopped`].
pub fn compare(image: &Path, disc: &Path, progress: BurnProgress<'_>) -> Result<Burned, BurnError> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |e| BurnError::Unreadable(path, e)
    };
    let bytes = fs::metadata(image).map_err(unreadable(image))?.len();
    let wanted = hash(image, bytes, &mut |_| ControlFlow::Continue(())).map_err(unreadable(image))?;
    let mut told = |read| progress(Stage::ReadingBack, read, bytes);
    let found = hash(disc, bytes, &mut told).map_err(unreadable(disc))?;
    match (wanted, found) {
        (_, None) => Err(BurnError::Stopped),
        (Some((wanted, _)), Some(found)) if found == (wanted, bytes) => Ok(Burned { bytes, sha256: wanted }),
        _ => Err(BurnError::ReadBackDiffers),
    }
}

/// Of the first `most` bytes, and how many there were; `None` when it was stopped.
fn hash(
    path: &Path,
    most: u64,
    progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> io::Result<Option<([u8; 32], u64)>> {
    let file = File::open(path)?;
    crate::medium::forget_cached(&file);
    let mut reader = file.take(most);
    let (mut hash, mut read) = (Sha256::new(), 0);
    // Raw drives of Windows give whole sectors of 2,048 bytes only.
    let mut buffer = vec![0; 1 << 20];
    loop {
        if progress(read).is_break() {
            return Ok(None);
        }
        match reader.read(&mut buffer) {
            Ok(0) => return Ok(Some((hash.finalize().into(), read))),
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
        for platform in [Platform::Linux, Platform::MacOs] {
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
            assert_eq!(compare(&image, &disc, &mut |_, _, _| ControlFlow::Continue(())).is_ok(), same);
        }
        let none = compare(&image, &folder.path().join("none"), &mut |_, _, _| ControlFlow::Continue(()));
        assert!(matches!(none, Err(BurnError::Unreadable(..))));
        let stopped = compare(&image, &disc, &mut |_, _, _| ControlFlow::Break(()));
        assert!(matches!(stopped, Err(BurnError::Stopped)));
    }

    #[test]
    fn how_far_the_drive_is_stands_in_its_programs_words() {
        for (line, bytes) in [
            ("xorriso : UPDATE :   12 of   20 MB written (fifo  0%) [buf  50%]", Some(12 << 20)),
            ("Track 01:    4 of   25 MB written (fifo  97%) [buf  50%]   4.0x.", Some(4 << 20)),
            ("Beginning to write data track.", None),
            ("2 of 3 things", None),
            ("", None),
        ] {
            assert_eq!(burned_so_far(line), bytes, "{line}");
        }
        let told: Vec<_> = lines(Some(&b"a\rb\nc"[..])).collect();
        assert_eq!(told, ["a", "b", "c"]);
    }

    #[test]
    fn a_complaint_is_told_in_its_own_words() {
        let said = "xorriso : NOTE : x\nlibburn : FAILURE : first\nxorriso : FAILURE : last\n";
        assert!(matches!(BurnError::of_words(said), BurnError::Refused(why) if why.ends_with("last")));
        let busy = "libburn : SORRY : Unable to open busy device '/dev/sr0'\n";
        assert!(matches!(BurnError::of_words(busy), BurnError::InUse));
    }
}
