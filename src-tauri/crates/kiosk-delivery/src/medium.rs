//! Where a delivery goes: the seam between what is written and what it is written to.
//!
//! Paths are relative to the medium's root, with `/` between folders.

mod folder;
mod platform;

use std::io;

pub use folder::Folder;
pub(crate) use platform::{forget_cached, rename_new, sha256_from_medium, sync_folder};

/// A stick, a folder, or a test's stand-in.
///
/// Errors are the operating system's own kinds: [`io::ErrorKind::StorageFull`], [`io::ErrorKind::ReadOnlyFilesystem`],
/// [`io::ErrorKind::NotFound`] for a medium that is gone, and so on. No method retries.
pub trait Medium {
    /// Room for new files; `None` where the system does not tell.
    fn space(&mut self) -> io::Result<Option<Space>>;

    /// Whether something lies at this path.
    fn exists(&mut self, path: &str) -> io::Result<bool>;

    /// Makes a folder; its parent exists. One that exists is left as it is.
    fn create_folder(&mut self, path: &str) -> io::Result<()>;

    /// Writes a new file as a whole; [`io::ErrorKind::AlreadyExists`] when there is one, also under a name
    /// that differs in case only.
    fn create_new(&mut self, path: &str, content: &[u8]) -> io::Result<()>;

    /// Lets the system write what it was given so far, where that can be asked for cheaply; promises nothing.
    fn settle(&mut self, folder: &str) -> io::Result<()> {
        let _ = folder;
        Ok(())
    }

    /// Returns when everything below `folder` would survive pulling the plug.
    fn sync(&mut self, folder: &str) -> io::Result<()>;

    /// Says that a file will be read back soon, so that a medium that is slow to answer may begin; promises nothing.
    fn expect(&mut self, path: &str) {
        let _ = path;
    }

    /// SHA-256 of what the medium itself holds: not of what the system still has in memory, wherever that can be
    /// told apart.
    fn read_back(&mut self, path: &str) -> io::Result<[u8; 32]>;

    /// Every file below a folder, as paths relative to the root, in any order.
    fn files(&mut self, folder: &str) -> io::Result<Vec<String>>;

    /// Removes a file.
    fn remove(&mut self, path: &str) -> io::Result<()>;

    /// Renames a folder durably; never replaces anything.
    fn rename(&mut self, from: &str, to: &str) -> io::Result<()>;
}

/// Room on a medium.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    /// Bytes free for new files.
    pub free: u64,
    /// Bytes in which files are allotted: a file of 40 KB takes 128 KB on many exFAT sticks.
    pub cluster: u64,
}

impl Space {
    /// Bytes that a file of this size takes.
    pub fn taken_by(&self, bytes: u64) -> u64 {
        bytes.next_multiple_of(self.cluster.max(1))
    }
}
