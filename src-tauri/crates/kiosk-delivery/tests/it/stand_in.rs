//! A medium in memory that fails where it is told to.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use kiosk_delivery::medium::{Medium, Space};
use sha2::{Digest, Sha256};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Takes this many bytes; a file is cut where the room ends. Does not say so beforehand.
    FullAfter(u64),
    /// Every call from this one on finds nothing there. What a call was doing is half done.
    UnpluggedAt(usize),
    ReadOnly,
    /// This call fails with an input/output error when it is half done; the medium stays there.
    FailsIn(usize),
    /// The file written in this call keeps one wrong bit, and nobody is told.
    FlipsABitIn(usize),
}

#[derive(Debug, Default)]
pub struct StandIn {
    pub files: BTreeMap<String, Vec<u8>>,
    pub folders: BTreeSet<String>,
    pub trouble: Option<Trouble>,
    pub space: Option<Space>,
    pub calls: usize,
}

impl StandIn {
    pub fn with(trouble: Trouble) -> Self {
        Self { trouble: Some(trouble), ..Self::default() }
    }

    /// Plugged in again, emptied a little, or whatever helped.
    pub fn mended(self) -> Self {
        Self { trouble: None, calls: 0, ..self }
    }

    fn used(&self) -> u64 {
        self.files.values().map(|content| content.len() as u64).sum()
    }

    /// Counts a call; `true` when the plug is pulled during it.
    fn call(&mut self) -> io::Result<bool> {
        self.calls += 1;
        match self.trouble {
            Some(Trouble::UnpluggedAt(call)) if self.calls > call => Err(io::ErrorKind::NotFound.into()),
            Some(Trouble::UnpluggedAt(call) | Trouble::FailsIn(call)) => Ok(self.calls == call),
            _ => Ok(false),
        }
    }

    fn half_done<T>(&self) -> io::Result<T> {
        /// EIO
        const INPUT_OUTPUT: i32 = 5;
        Err(match self.trouble {
            Some(Trouble::FailsIn(_)) => io::Error::from_raw_os_error(INPUT_OUTPUT),
            _ => io::ErrorKind::NotFound.into(),
        })
    }

    fn writable(&self) -> io::Result<()> {
        if self.trouble == Some(Trouble::ReadOnly) {
            Err(io::ErrorKind::ReadOnlyFilesystem.into())
        } else {
            Ok(())
        }
    }
}

impl Medium for StandIn {
    fn space(&mut self) -> io::Result<Option<Space>> {
        if self.call()? { self.half_done() } else { Ok(self.space) }
    }

    fn exists(&mut self, path: &str) -> io::Result<bool> {
        if self.call()? {
            self.half_done()
        } else {
            Ok(self.files.contains_key(path) || self.folders.contains(path))
        }
    }

    fn create_folder(&mut self, path: &str) -> io::Result<()> {
        self.writable()?;
        let pulled = self.call()?;
        self.folders.insert(path.to_owned());
        if pulled { self.half_done() } else { Ok(()) }
    }

    fn create_new(&mut self, path: &str, content: &[u8]) -> io::Result<()> {
        self.writable()?;
        let pulled = self.call()?;
        let (folder, _) = path.rsplit_once('/').unwrap();
        assert!(self.folders.contains(folder), "{folder} was never made");
        if self.files.keys().any(|there| there.to_lowercase() == path.to_lowercase()) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let mut content = content.to_vec();
        if pulled {
            content.truncate(content.len() / 2);
            self.files.insert(path.to_owned(), content);
            return self.half_done();
        }
        match self.trouble {
            Some(Trouble::FullAfter(room)) if self.used() + content.len() as u64 > room => {
                content.truncate((room - self.used()) as usize);
                self.files.insert(path.to_owned(), content);
                return Err(io::ErrorKind::StorageFull.into());
            }
            Some(Trouble::FlipsABitIn(call)) if self.calls == call => {
                let middle = content.len() / 2;
                content[middle] ^= 0x10;
            }
            _ => (),
        }
        self.files.insert(path.to_owned(), content);
        Ok(())
    }

    fn sync(&mut self, _: &str) -> io::Result<()> {
        if self.call()? { self.half_done() } else { Ok(()) }
    }

    fn read_back(&mut self, path: &str) -> io::Result<[u8; 32]> {
        if self.call()? {
            return self.half_done();
        }
        self.files
            .get(path)
            .map(|content| Sha256::digest(content).into())
            .ok_or(io::ErrorKind::NotFound.into())
    }

    fn files(&mut self, folder: &str) -> io::Result<Vec<String>> {
        if self.call()? {
            return self.half_done();
        }
        let below = format!("{folder}/");
        Ok(self.files.keys().filter(|path| path.starts_with(&below)).cloned().collect())
    }

    fn remove(&mut self, path: &str) -> io::Result<()> {
        self.writable()?;
        let pulled = self.call()?;
        self.files.remove(path).ok_or(io::ErrorKind::NotFound)?;
        if pulled { self.half_done() } else { Ok(()) }
    }

    fn rename(&mut self, from: &str, to: &str) -> io::Result<()> {
        self.writable()?;
        let pulled = self.call()?;
        if self.folders.contains(to) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let moved = |path: &String| match path.strip_prefix(from) {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => format!("{to}{rest}"),
            _ => path.clone(),
        };
        self.folders = self.folders.iter().map(moved).collect();
        self.files = std::mem::take(&mut self.files).into_iter().map(|(p, c)| (moved(&p), c)).collect();
        if pulled { self.half_done() } else { Ok(()) }
    }
}
