//! The few calls that differ from system to system.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::Space;

/// Which device a file lies on; `None` where the system does not tell.
#[allow(clippy::unnecessary_wraps, reason = "None on other systems")]
pub(super) fn device_of(metadata: &Metadata) -> Option<u64> {
    #[cfg(unix)]
    {
        Some(std::os::unix::fs::MetadataExt::dev(metadata))
    }
    #[cfg(not(unix))]
    {
        let _ = metadata;
        None
    }
}

#[cfg_attr(windows, allow(clippy::unnecessary_wraps, reason = "errors elsewhere"))]
pub(super) fn space(folder: &Path) -> io::Result<Option<Space>> {
    #[cfg(unix)]
    {
        let found = rustix::fs::statvfs(folder)?;
        Ok(Some(Space { free: found.f_bavail.saturating_mul(found.f_frsize), cluster: found.f_frsize }))
    }
    #[cfg(not(unix))]
    {
        let _ = folder;
        Ok(None)
    }
}

/// Flushes all of a device at once, which is twenty times faster than file by file; `false` where that cannot be
/// relied on. File systems in user space (exFAT and NTFS drivers among them) may not pass it on.
#[cfg_attr(windows, allow(clippy::unnecessary_wraps, reason = "errors elsewhere"))]
pub(super) fn sync_whole_device(folder: &Path) -> io::Result<bool> {
    #[cfg(target_os = "linux")]
    {
        /// linux/magic.h
        const FUSE: i64 = 0x6573_5546;
        let folder = File::open(folder)?;
        #[allow(clippy::useless_conversion, reason = "the field's type differs between processors")]
        let kind = i64::from(rustix::fs::fstatfs(&folder)?.f_type);
        if kind == FUSE {
            return Ok(false);
        }
        rustix::fs::syncfs(&folder)?;
        Ok(true)
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = folder;
        Ok(false)
    }
}

/// Makes new names in a folder durable. Windows does that with the files and cannot open a folder.
#[cfg_attr(windows, allow(clippy::unnecessary_wraps, reason = "errors elsewhere"))]
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        match File::open(folder)?.sync_all() {
            // Some network and user-space file systems cannot sync a folder.
            Err(e) if matches!(e.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => Ok(()),
            done => done,
        }
    }
    #[cfg(not(unix))]
    {
        let _ = folder;
        Ok(())
    }
}

/// Renames, but never onto something.
pub(crate) fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        use rustix::io::Errno;
        match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
            // FAT and some user-space file systems do not know the flag: look first.
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => (),
            done => return Ok(done?),
        }
    }
    if std::fs::symlink_metadata(to).is_ok() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    std::fs::rename(from, to)
}

/// The hash of a file as the medium holds it: whatever the system has of it in memory is left aside.
pub(crate) fn sha256_from_medium(place: &Path) -> io::Result<[u8; 32]> {
    sha256_of(open_uncached(place)?)
}

/// The hash of a file from where it stands.
pub(super) fn sha256_of(mut file: File) -> io::Result<[u8; 32]> {
    let mut hash = Sha256::new();
    let mut memory = vec![0; CHUNK + SECTOR];
    let start = memory.as_ptr().align_offset(SECTOR).min(SECTOR);
    let buffer = &mut memory[start..start + CHUNK];
    // Past its end a file must not be read without the cache: that would begin between two sectors.
    let mut left = file.metadata()?.len();
    while left > 0 {
        match file.read(buffer) {
            Ok(0) => break,
            Ok(read) => {
                hash.update(&buffer[..read]);
                left = left.saturating_sub(read as u64);
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => (),
            Err(e) => return Err(e),
        }
    }
    Ok(hash.finalize().into())
}

/// Read at once.
const CHUNK: usize = 128 * 1024;
/// Largest sector of any disk: reading without the cache begins at a multiple of it, in the file and in memory.
const SECTOR: usize = 4096;

/// Linux and macOS are advised, which they may decline; Windows reads past its cache where the file system can.
fn open_uncached(place: &Path) -> io::Result<File> {
    #[cfg(windows)]
    {
        use std::os::windows::fs::OpenOptionsExt;
        /// `FILE_FLAG_NO_BUFFERING` and `FILE_FLAG_SEQUENTIAL_SCAN`
        const UNBUFFERED: u32 = 0x2000_0000 | 0x0800_0000;
        let unbuffered = std::fs::OpenOptions::new().read(true).custom_flags(UNBUFFERED).open(place);
        unbuffered.or_else(|_| File::open(place))
    }
    #[cfg(not(windows))]
    {
        let file = File::open(place)?;
        forget_cached(&file);
        Ok(file)
    }
}

/// Opens a file without what the system has of it in memory, and lets it begin to read; `None` where that cannot be asked for.
pub(super) fn begin_reading(place: &Path) -> Option<File> {
    #[cfg(target_os = "linux")]
    {
        let file = open_uncached(place).ok()?;
        rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::WillNeed).ok()?;
        Some(file)
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = place;
        None
    }
}

/// Advice, which the system may decline.
pub(crate) fn forget_cached(file: &File) {
    #[cfg(target_os = "linux")]
    let _ = rustix::fs::fadvise(file, 0, None, rustix::fs::Advice::DontNeed);
    #[cfg(target_os = "macos")]
    let _ = rustix::fs::fcntl_nocache(file, true);
    #[cfg(not(any(target_os = "linux", target_os = "macos")))]
    let _ = file;
}
