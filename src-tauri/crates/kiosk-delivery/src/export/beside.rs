//! One file that is written beside its place, and gets its name once it was read back.

use std::fs;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::{DeliveryPlan, ExportError, Progress, Stage};
use crate::medium::{Folder, Medium as _, rename_new, sync_folder};

/// Ends the name of what is not finished.
const UNFINISHED: &str = ".partial";

/// The place of a file to come. What was written is removed again unless the file got its name.
pub(crate) struct Beside {
    place: PathBuf,
    partial: PathBuf,
    needed: u64,
}

impl Beside {
    /// Makes sure that nothing is at `place` and that there is room for `needed` bytes.
    pub(crate) fn of(place: &Path, needed: u64) -> Result<Self, ExportError> {
        let mut partial = place.as_os_str().to_owned();
        partial.push(UNFINISHED);
        let beside = Self { place: place.to_owned(), partial: partial.into(), needed };
        let mut folder = Folder::open(beside.folder()).map_err(|_| ExportError::Gone)?;
        if fs::symlink_metadata(place).is_ok() {
            return Err(ExportError::Exists);
        }
        let space = folder.space().map_err(|e| beside.named(e))?;
        if space.is_some_and(|space| needed > space.free) {
            return Err(ExportError::Full { needed });
        }
        Ok(beside)
    }

    /// Where it is written. An unfinished file of this name is always our own: it has no other use.
    pub(crate) fn partial(&self) -> &Path {
        &self.partial
    }

    /// The finished file, durably.
    pub(crate) fn give_name(&self) -> Result<(), ExportError> {
        let named = rename_new(&self.partial, &self.place).and_then(|()| sync_folder(self.folder()));
        named.map_err(|e| self.named(e))
    }

    /// What an error of the file means.
    pub(crate) fn named(&self, error: io::Error) -> ExportError {
        ExportError::of_io(error, self.needed, || self.folder().is_dir())
    }

    fn folder(&self) -> &Path {
        self.place.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        // Gone already, when it got its name.
        let _ = fs::remove_file(&self.partial);
    }
}

/// How far the files of a plan are, and the wish to stop.
pub(crate) struct Steps<'a> {
    /// Bytes before each file, and all of them.
    before: Vec<u64>,
    progress: &'a mut dyn FnMut(Progress) -> ControlFlow<()>,
}

impl<'a> Steps<'a> {
    pub(crate) fn of(plan: &DeliveryPlan, progress: &'a mut dyn FnMut(Progress) -> ControlFlow<()>) -> Self {
        let mut before = vec![0];
        before.extend(plan.files.iter().scan(0, |bytes, file| {
            *bytes += file.content.len() as u64;
            Some(*bytes)
        }));
        Self { before, progress }
    }

    /// So many files of the stage are done.
    pub(crate) fn step(&mut self, stage: Stage, files: usize) -> Result<(), ExportError> {
        let of_files = self.before.len() - 1;
        let bytes = self.before.get(files).copied().unwrap_or(0);
        let of_bytes = self.before.last().copied().unwrap_or(0);
        self.tell(Progress { stage, files, of_files, bytes, of_bytes })
    }

    /// So far in bytes alone.
    pub(crate) fn tell(&mut self, progress: Progress) -> Result<(), ExportError> {
        match (self.progress)(progress) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(ExportError::Stopped),
        }
    }
}
