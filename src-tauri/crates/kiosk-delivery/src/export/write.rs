//! Writing a plan: beside its place, flushed, read back, renamed.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::io;
use std::ops::ControlFlow;

use sha2::{Digest, Sha256};

use super::{DeliveryPlan, ExportError, PlannedFile, bag};
use crate::medium::{Medium, Space};

/// So many bytes are given to the system before it must have written them. A slow stick would take everything into memory at
/// once and then keep the operator waiting without a word, deaf to the wish to stop.
const SETTLE_AFTER: u64 = 16 * 1024 * 1024;
/// Files that are asked of a medium before the first of them is awaited.
const READ_AHEAD: usize = 16;

/// A delivery that was read back and has its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// The folder on the medium.
    pub folder: String,
    /// Photos.
    pub photos: usize,
    /// Bytes of all files.
    pub bytes: u64,
    /// SHA-256 of the manifest of photos: one number that stands for the whole delivery.
    pub manifest_sha256: [u8; 32],
    /// Files that an earlier, interrupted attempt had already written.
    pub resumed: usize,
}

impl Delivered {
    /// All of a plan.
    pub(crate) fn of(plan: &DeliveryPlan, resumed: usize) -> Self {
        Self {
            folder: plan.title.clone(),
            photos: plan.photos,
            bytes: plan.bytes,
            manifest_sha256: plan.manifest_sha256(),
            resumed,
        }
    }
}

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Comparing what an interrupted attempt left.
    Resuming,
    /// Writing files.
    Writing,
    /// Making and writing the image of a disc.
    Imaging,
    /// A drive burns the disc.
    Burning,
    /// Waiting for the medium to take everything.
    Flushing,
    /// Reading every file from the medium and comparing.
    ReadingBack,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// Files of this stage that are done.
    pub files: usize,
    /// All files of this stage.
    pub of_files: usize,
    /// Bytes of this stage that are done.
    pub bytes: u64,
    /// All bytes of this stage.
    pub of_bytes: u64,
}

/// Writes a plan to a medium as the folder [`DeliveryPlan::title`].
///
/// Until it was read back the folder is called `<title>.partial` and holds a file that says so. After a fault, a stop or a
/// crash the same photos can be written again: what is there and right is kept. `progress` is told of every file and
/// may stop the writing.
///
/// # Errors
/// See [`ExportError`]; after any of them nothing is called delivered.
pub fn write(
    plan: &DeliveryPlan,
    medium: &mut dyn Medium,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Delivered, ExportError> {
    plan.check()?;
    let mut writing = Writing { plan, medium, progress, partial: format!("{}.partial", plan.title) };
    if writing.io(|medium, _| medium.exists(&plan.title))? {
        return Err(ExportError::Exists);
    }
    let kept = writing.open_partial()?;
    writing.require_room(&kept)?;
    writing.write_files(&kept)?;
    writing.report(Stage::Flushing, 0, 0, plan.bytes)?;
    writing.io(|medium, partial| medium.sync(partial))?;
    writing.read_back()?;
    writing.remove_marker()?;
    writing.give_name()?;
    Ok(Delivered::of(plan, kept.len()))
}

/// Whether an unfinished delivery of exactly these photos lies there, which [`write`] would continue.
///
/// # Errors
/// What the medium says.
pub fn is_unfinished(plan: &DeliveryPlan, medium: &mut dyn Medium) -> Result<bool, ExportError> {
    let partial = format!("{}.partial", plan.title);
    let mut writing = Writing { plan, medium, progress: &mut |_| ControlFlow::Continue(()), partial };
    if !writing.io(|medium, partial| medium.exists(partial))? {
        return Ok(false);
    }
    let marker = writing.place(bag::UNFINISHED);
    let found = writing.io(|medium, partial| medium.files(partial))?;
    writing.is_ours(&found, &marker, bag::unfinished(&plan.identity()).as_bytes())
}

struct Writing<'a> {
    plan: &'a DeliveryPlan,
    medium: &'a mut dyn Medium,
    progress: &'a mut dyn FnMut(Progress) -> ControlFlow<()>,
    partial: String,
}

impl<'a> Writing<'a> {
    /// Starts the unfinished folder, or finds what is already right in one for the same photos.
    fn open_partial(&mut self) -> Result<HashSet<&'a str>, ExportError> {
        let marker = self.place(bag::UNFINISHED);
        let text = bag::unfinished(&self.plan.identity());
        if !self.io(|medium, partial| medium.exists(partial))? {
            self.io(|medium, partial| medium.create_folder(partial))?;
            self.io(|medium, _| medium.create_new(&marker, text.as_bytes()))?;
            return Ok(HashSet::new());
        }
        let found = self.io(|medium, partial| medium.files(partial))?;
        if found.iter().all(|path| *path == marker) {
            // Interrupted while the marker was written.
            for path in &found {
                self.io(|medium, _| medium.remove(path))?;
            }
            self.io(|medium, _| medium.create_new(&marker, text.as_bytes()))?;
            return Ok(HashSet::new());
        }
        if !self.is_ours(&found, &marker, text.as_bytes())? {
            return Err(ExportError::OtherUnfinished);
        }
        self.keep_what_is_right(found, &marker)
    }

    /// The marker is taken away once everything was read back: from then on the manifest tells which photos these are.
    fn is_ours(&mut self, found: &[String], marker: &str, text: &[u8]) -> Result<bool, ExportError> {
        if found.iter().any(|path| path == marker) {
            return Ok(
                self.io(|medium, _| medium.read_back(marker))? == <[u8; 32]>::from(Sha256::digest(text))
            );
        }
        let manifest = self.place(bag::MANIFEST);
        let planned = self.plan.file(bag::MANIFEST).map(|file| file.sha256);
        let is_there = found.contains(&manifest);
        Ok(is_there && Some(self.io(|medium, _| medium.read_back(&manifest))?) == planned)
    }

    /// Removes everything else: half files, and lists with an earlier date.
    fn keep_what_is_right(
        &mut self,
        found: Vec<String>,
        marker: &str,
    ) -> Result<HashSet<&'a str>, ExportError> {
        let planned: HashMap<String, &'a PlannedFile> =
            self.plan.files.iter().map(|file| (self.place(&file.path), file)).collect();
        let mut kept = HashSet::new();
        let of_files = found.len();
        for (at, path) in found.into_iter().enumerate().filter(|(_, path)| path != marker) {
            self.report(Stage::Resuming, at, of_files, 0)?;
            match planned.get(&path) {
                Some(file) if self.io(|medium, _| medium.read_back(&path))? == file.sha256 => {
                    kept.insert(file.path.as_str());
                }
                _ => self.io(|medium, _| medium.remove(&path))?,
            }
        }
        Ok(kept)
    }

    fn require_room(&mut self, kept: &HashSet<&str>) -> Result<(), ExportError> {
        let Some(space) = self.io(|medium, _| medium.space())? else {
            return Ok(());
        };
        let to_write = self.plan.files.iter().filter(|file| !kept.contains(file.path.as_str()));
        let needed: u64 = to_write.map(|file| space.taken_by(file.content.len() as u64)).sum();
        let folders = folders(self.plan).len() as u64 * Space::taken_by(&space, 1);
        if needed + folders > space.free { Err(self.full()) } else { Ok(()) }
    }

    fn write_files(&mut self, kept: &HashSet<&str>) -> Result<(), ExportError> {
        for folder in folders(self.plan) {
            let place = self.place(folder);
            self.io(|medium, _| medium.create_folder(&place))?;
        }
        let (mut bytes, mut unsettled) = (0, 0);
        for (at, file) in self.plan.files.iter().enumerate() {
            self.report(Stage::Writing, at, self.plan.files.len(), bytes)?;
            let size = file.content.len() as u64;
            if !kept.contains(file.path.as_str()) {
                let place = self.place(&file.path);
                self.io(|medium, _| medium.create_new(&place, &file.content))?;
                unsettled += size;
            }
            if unsettled >= SETTLE_AFTER {
                self.io(|medium, partial| medium.settle(partial))?;
                unsettled = 0;
            }
            bytes += size;
        }
        Ok(())
    }

    /// Durable by the renaming, which flushes the folder as well.
    fn remove_marker(&mut self) -> Result<(), ExportError> {
        let marker = self.place(bag::UNFINISHED);
        if self.io(|medium, _| medium.exists(&marker))? {
            self.io(|medium, _| medium.remove(&marker))?;
        }
        Ok(())
    }

    /// Every file, also those of an earlier attempt.
    fn read_back(&mut self) -> Result<(), ExportError> {
        let (mut bytes, mut different) = (0, 0);
        let mut expected = self.plan.files.iter();
        for (at, file) in self.plan.files.iter().enumerate() {
            let ahead = if at == 0 { READ_AHEAD } else { 1 };
            for soon in expected.by_ref().take(ahead) {
                let place = self.place(&soon.path);
                self.medium.expect(&place);
            }
            self.report(Stage::ReadingBack, at, self.plan.files.len(), bytes)?;
            let place = self.place(&file.path);
            match self.medium.read_back(&place) {
                Ok(found) => different += usize::from(found != file.sha256),
                // A file that was written and is not there, on a medium that is there.
                Err(e) if e.kind() == io::ErrorKind::NotFound && self.is_there()? => different += 1,
                Err(e) => return Err(self.named(e)),
            }
            bytes += file.content.len() as u64;
        }
        if different > 0 { Err(ExportError::ReadBackDiffers(different)) } else { Ok(()) }
    }

    fn is_there(&mut self) -> Result<bool, ExportError> {
        self.io(|medium, partial| medium.exists(partial))
    }

    fn give_name(&mut self) -> Result<(), ExportError> {
        let title = &self.plan.title;
        self.io(|medium, partial| medium.rename(partial, title))
    }

    fn place(&self, path: &str) -> String {
        format!("{}/{path}", self.partial)
    }

    fn report(&mut self, stage: Stage, files: usize, of_files: usize, bytes: u64) -> Result<(), ExportError> {
        let progress = Progress { stage, files, of_files, bytes, of_bytes: self.plan.bytes };
        match (self.progress)(progress) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(ExportError::Stopped),
        }
    }

    fn io<T>(&mut self, act: impl FnOnce(&mut dyn Medium, &str) -> io::Result<T>) -> Result<T, ExportError> {
        act(self.medium, &self.partial).map_err(|e| self.named(e))
    }

    fn full(&self) -> ExportError {
        ExportError::Full { needed: self.plan.bytes }
    }

    fn named(&mut self, error: io::Error) -> ExportError {
        let there = || self.medium.exists(&self.partial).unwrap_or(false);
        ExportError::of_io(error, self.plan.bytes, there)
    }
}

/// Every folder of a plan, parents first.
pub(crate) fn folders(plan: &DeliveryPlan) -> BTreeSet<&str> {
    let parents = |file: &'_ PlannedFile| file.path.match_indices('/').map(|(at, _)| at).collect::<Vec<_>>();
    plan.files.iter().flat_map(|file| parents(file).into_iter().map(|end| &file.path[..end])).collect()
}
