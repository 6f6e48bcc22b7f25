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
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
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

/// The hash of a file after the system was told to forget what it has of it in memory.
pub(crate) fn sha256_from_medium(mut file: &File) -> io::Result<[u8; 32]> {
    forget_cached(file);
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 128 * 1024];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(hash.finalize().into()),
            Ok(read) => hash.update(&buffer[..read]),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => (),
            Err(e) => return Err(e),
        }
    }
}

/// Advice, which the system may decline. Windows offers it only through unbuffered handles.
fn forget_cached(file: &File) {
    #[cfg(target_os = "linux")]
    {
        let _ = rustix::fs::fadvise(file, 0, None, rustix::fs::Advice::DontNeed);
    }
    #[cfg(target_os = "macos")]
    {
        let _ = rustix::fs::fcntl_nocache(file, true);
    }
    #[cfg(not(any(target_os = "linux", target_os = "macos")))]
    {
        let _ = file;
    }
}
