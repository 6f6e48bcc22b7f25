//! Recordings: a folder of JPEG files or one `.mjpeg` file, played as if a camera took them.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::jpeg::{extract_jpeg, find_jpeg};
use crate::pace::{Pacer, Pacing};
use crate::{CameraError, Frame, FrameSource, SourceInfo, SourceKind};

/// How a recording is played.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReplayOptions {
    /// Frames a second.
    pub fps: f64,
    /// Real time or simulated time.
    pub pacing: Pacing,
    /// How many frames each picture stays. At least 1.
    pub hold: u32,
    /// Begin again after the last picture; otherwise [`CameraError::EndOfRecording`].
    pub looping: bool,
}

impl Default for ReplayOptions {
    fn default() -> Self {
        Self { fps: 30.0, pacing: Pacing::RealTime, hold: 1, looping: true }
    }
}

/// A recording as a camera. Files are read when their turn comes, so a long folder costs no memory.
///
/// A damaged picture is reported once a round as [`CameraError::Truncated`] with its name, and skipped.
#[derive(Debug)]
pub struct Replay {
    info: SourceInfo,
    options: ReplayOptions,
    pacer: Pacer,
    pictures: Pictures,
    next: usize,
    shown: Option<Shown>,
}

#[derive(Debug)]
struct Shown {
    jpeg: Arc<[u8]>,
    width: u32,
    height: u32,
    frames_left: u32,
}

#[derive(Debug)]
enum Pictures {
    Files(Vec<PathBuf>),
    Parts(Vec<Vec<u8>>),
}

impl Replay {
    /// Opens a folder (its `.jpg` and `.jpeg` files by name) or an `.mjpeg`/`.mjpg` file.
    ///
    /// # Errors
    /// [`CameraError::NotFound`] when the path is absent or holds no picture, [`CameraError::Truncated`] when
    /// not one of them is whole, [`CameraError::Io`] when it cannot be read.
    pub fn open(path: &Path, options: ReplayOptions) -> Result<Self, CameraError> {
        let name =
            path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned());
        if !path.exists() {
            return Err(CameraError::NotFound(name));
        }
        let pictures = if path.is_dir() {
            Pictures::Files(jpeg_files(path)?)
        } else {
            Pictures::Parts(split_mjpeg(&fs::read(path)?))
        };
        if pictures.len() == 0 {
            return Err(CameraError::NotFound(format!("{name} holds no JPEG")));
        }
        let (width, height) = (0..pictures.len())
            .find_map(|i| pictures.read(i).ok())
            .map(|shown| (shown.width, shown.height))
            .ok_or_else(|| CameraError::Truncated(format!("{name} holds no whole JPEG")))?;
        let info = SourceInfo {
            kind: SourceKind::Replay,
            id: name.clone(),
            label: format!("replay of {name}"),
            width,
            height,
            fps: options.fps,
        };
        let pacer = Pacer::new(options.pacing, options.fps);
        Ok(Self { info, options, pacer, pictures, next: 0, shown: None })
    }

    /// Makes sure that a picture is on show, moving on when its time is over.
    fn advance(&mut self) -> Result<(), CameraError> {
        if self.shown.as_ref().is_some_and(|s| s.frames_left > 0) {
            return Ok(());
        }
        if self.next == self.pictures.len() {
            if !self.options.looping {
                return Err(CameraError::EndOfRecording);
            }
            self.next = 0;
        }
        let index = self.next;
        self.next += 1;
        let shown = self.pictures.read(index)?;
        self.shown = Some(Shown { frames_left: self.options.hold.max(1), ..shown });
        Ok(())
    }
}

impl FrameSource for Replay {
    fn next_frame(&mut self, timeout: Duration) -> Result<Frame, CameraError> {
        self.advance()?;
        let (seq, at) = self.pacer.next(timeout).ok_or(CameraError::Stalled(timeout))?;
        let shown = self.shown.as_mut().ok_or(CameraError::EndOfRecording)?;
        shown.frames_left = shown.frames_left.saturating_sub(1);
        Ok(Frame { seq, at, width: shown.width, height: shown.height, jpeg: Arc::clone(&shown.jpeg) })
    }

    fn info(&self) -> &SourceInfo {
        &self.info
    }
}

impl Pictures {
    fn len(&self) -> usize {
        match self {
            Self::Files(files) => files.len(),
            Self::Parts(parts) => parts.len(),
        }
    }

    fn read(&self, index: usize) -> Result<Shown, CameraError> {
        let (name, buffer) = match self {
            Self::Files(files) => {
                let name = files[index].file_name().unwrap_or_default().to_string_lossy().into_owned();
                (name, fs::read(&files[index])?)
            }
            Self::Parts(parts) => (format!("picture {index}"), parts[index].clone()),
        };
        let span = find_jpeg(&buffer).map_err(|error| CameraError::Truncated(format!("{name}: {error}")))?;
        let jpeg = extract_jpeg(&buffer, &span).into();
        Ok(Shown { jpeg, width: span.width, height: span.height, frames_left: 0 })
    }
}

fn jpeg_files(folder: &Path) -> Result<Vec<PathBuf>, CameraError> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let extension = path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase());
        if matches!(extension.as_deref(), Some("jpg" | "jpeg")) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Cuts a stream of JPEGs into its pictures. What lies between two whole ones becomes a damaged one, so that
/// a loss in the middle of a recording is seen and not glossed over.
fn split_mjpeg(mut stream: &[u8]) -> Vec<Vec<u8>> {
    let mut parts = Vec::new();
    while let Some(start) = stream.windows(3).position(|w| w == [0xFF, 0xD8, 0xFF]) {
        stream = &stream[start..];
        let end = match find_jpeg(stream) {
            Ok(span) => span.bytes.end,
            // Up to the next start of an image, if any.
            Err(_) => {
                stream[2..].windows(3).position(|w| w == [0xFF, 0xD8, 0xFF]).map_or(stream.len(), |p| p + 2)
            }
        };
        parts.push(stream[..end].to_vec());
        stream = &stream[end..];
    }
    parts
}
