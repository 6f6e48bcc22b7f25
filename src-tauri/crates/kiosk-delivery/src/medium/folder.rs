//! A folder of the file system, on whatever device it lies.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};

use super::{Medium, Space, platform};

/// A folder that exists. Every access checks that it is still on the device that it was opened on: when a stick is
/// pulled out, its mount point stays behind as an empty folder of the system's own disk.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    device: Option<u64>,
    /// Files that are being read from the device already, by path.
    expected: HashMap<String, File>,
}

impl Folder {
    /// Opens an existing folder.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`] when there is none, [`io::ErrorKind::NotADirectory`] when it is a file.
    pub fn open(root: impl Into<PathBuf>) -> io::Result<Self> {
        let root = root.into();
        let metadata = fs::metadata(&root)?;
        if !metadata.is_dir() {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        Ok(Self { device: platform::device_of(&metadata), root, expected: HashMap::new() })
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The place of a path that stays below the root.
    fn at(&self, path: &str) -> io::Result<PathBuf> {
        let relative = Path::new(path);
        let inside =
            !path.is_empty() && relative.components().all(|part| matches!(part, Component::Normal(_)));
        if !inside {
            return Err(io::ErrorKind::InvalidFilename.into());
        }
        Ok(self.root.join(relative))
    }

    fn still_there(&self, place: &Path) -> io::Result<()> {
        let folder = place.parent().unwrap_or(&self.root);
        let now = platform::device_of(&fs::metadata(folder)?);
        if now == self.device { Ok(()) } else { Err(removed()) }
    }
}

fn removed() -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, "the medium was removed")
}

impl Medium for Folder {
    fn space(&mut self) -> io::Result<Option<Space>> {
        platform::space(&self.root)
    }

    fn exists(&mut self, path: &str) -> io::Result<bool> {
        let place = self.at(path)?;
        if platform::device_of(&fs::metadata(&self.root)?) != self.device {
            return Err(removed());
        }
        match fs::symlink_metadata(place) {
            Ok(_) => Ok(true),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(e) => Err(e),
        }
    }

    fn create_folder(&mut self, path: &str) -> io::Result<()> {
        let place = self.at(path)?;
        self.still_there(&place)?;
        match fs::create_dir(&place) {
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists && place.is_dir() => Ok(()),
            made => made,
        }
    }

    fn create_new(&mut self, path: &str, content: &[u8]) -> io::Result<()> {
        let place = self.at(path)?;
        self.still_there(&place)?;
        let mut file = OpenOptions::new().write(true).create_new(true).open(&place)?;
        file.write_all(content)
    }

    fn settle(&mut self, folder: &str) -> io::Result<()> {
        let place = self.at(folder)?;
        self.still_there(&place)?;
        platform::sync_whole_device(&place).map(drop)
    }

    fn sync(&mut self, folder: &str) -> io::Result<()> {
        let place = self.at(folder)?;
        self.still_there(&place)?;
        if !platform::sync_whole_device(&place)? {
            for path in self.files(folder)? {
                // Windows flushes only what was opened for writing.
                OpenOptions::new().write(true).open(self.at(&path)?)?.sync_all()?;
            }
        }
        sync_folders(&place)?;
        platform::sync_folder(&self.root)
    }

    fn read_back(&mut self, path: &str) -> io::Result<[u8; 32]> {
        let place = self.at(path)?;
        self.still_there(&place)?;
        match self.expected.remove(path) {
            Some(file) => platform::sha256_of(file),
            None => platform::sha256_from_medium(&place),
        }
    }

    fn expect(&mut self, path: &str) {
        let begun = self.at(path).ok().and_then(|place| platform::begin_reading(&place));
        self.expected.extend(begun.map(|file| (path.to_owned(), file)));
    }

    fn files(&mut self, folder: &str) -> io::Result<Vec<String>> {
        let place = self.at(folder)?;
        self.still_there(&place)?;
        let mut found = Vec::new();
        collect(&place, folder, &mut found)?;
        Ok(found)
    }

    fn remove(&mut self, path: &str) -> io::Result<()> {
        let place = self.at(path)?;
        self.still_there(&place)?;
        fs::remove_file(place)
    }

    fn rename(&mut self, from: &str, to: &str) -> io::Result<()> {
        let (from, to) = (self.at(from)?, self.at(to)?);
        self.still_there(&from)?;
        platform::sync_folder(&from)?;
        platform::rename_new(&from, &to)?;
        platform::sync_folder(to.parent().unwrap_or(&self.root))
    }
}

fn collect(folder: &Path, prefix: &str, found: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let path = format!("{prefix}/{}", name.to_string_lossy());
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &path, found)?;
        } else {
            found.push(path);
        }
    }
    Ok(())
}

fn sync_folders(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_folders(&entry.path())?;
        }
    }
    platform::sync_folder(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stays_below_the_root() {
        let root = tempfile::tempdir().unwrap();
        let mut folder = Folder::open(root.path()).unwrap();
        for outside in ["../x", "/etc/x", "a/../../x", ".", ""] {
            assert_eq!(folder.create_new(outside, b"").unwrap_err().kind(), io::ErrorKind::InvalidFilename);
        }
    }

    #[test]
    fn nothing_is_ever_replaced() {
        let root = tempfile::tempdir().unwrap();
        let mut folder = Folder::open(root.path()).unwrap();
        folder.create_folder("a").unwrap();
        folder.create_folder("a").unwrap();
        folder.create_new("a/x", b"1").unwrap();
        assert_eq!(folder.create_new("a/x", b"2").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        folder.create_folder("b").unwrap();
        assert!(folder.rename("a", "b").is_err());
        folder.sync("a").unwrap();
        assert_eq!(folder.files("a").unwrap(), ["a/x"]);
        folder.rename("a", "c").unwrap();
        assert!(folder.exists("c/x").unwrap() && !folder.exists("a").unwrap());
    }

    #[test]
    fn a_folder_that_is_gone_is_an_error_and_not_a_new_folder() {
        let root = tempfile::tempdir().unwrap();
        let mut folder = Folder::open(root.path()).unwrap();
        root.close().unwrap();
        assert_eq!(folder.create_folder("a").unwrap_err().kind(), io::ErrorKind::NotFound);
        assert_eq!(folder.exists("a").unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
