//! A frame, where it comes from, and the seam between them.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::CameraError;

/// One picture of a camera, still encoded.
#[derive(Clone)]
pub struct Frame {
    /// Counts the frames of one source from 0; a gap means dropped frames.
    pub seq: u64,
    /// When it was taken, since the source was opened.
    pub at: Duration,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// A complete baseline JPEG: it begins with SOI, ends with EOI and carries its Huffman tables.
    pub jpeg: Arc<[u8]>,
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Frame {} at {:?}, {}×{}, {} bytes",
            self.seq,
            self.at,
            self.width,
            self.height,
            self.jpeg.len()
        )
    }
}

/// Something that yields frames: a webcam, a recording, the simulated studio.
///
/// A source paces itself. When nobody asks for a while, frames are dropped, never queued: the next one is new.
pub trait FrameSource: Send {
    /// Waits for the next frame, at most `timeout`.
    ///
    /// After an error that [`CameraError::is_temporary`] the caller may go on asking: sources recover by
    /// themselves where that is possible.
    fn next_frame(&mut self, timeout: Duration) -> Result<Frame, CameraError>;

    /// What this source is.
    fn info(&self) -> &SourceInfo;

    /// Asks for an exposure of so many stops below the source's own; 0 gives it back. Takes effect within some frames, or not at all:
    /// recordings, and cameras that do not let it be set, stay as they are.
    fn lower_exposure(&mut self, stops: u8) {
        let _ = stops;
    }
}

/// What a source is, for the operator's screen and for calibration files.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceInfo {
    /// Kind of source.
    pub kind: SourceKind,
    /// Stable identity: the webcam's USB path and serial number, the recording's folder name, the seed.
    pub id: String,
    /// A name for people.
    pub label: String,
    /// Columns of a frame.
    pub width: u32,
    /// Rows of a frame.
    pub height: u32,
    /// Nominal frames a second.
    pub fps: f64,
}

/// Kind of source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// A camera on a cable.
    Webcam,
    /// Files.
    Replay,
    /// The drawn studio.
    Simulated,
}

/// How a source stands, with a way out through the fault's code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "health", content = "why")]
pub enum Health {
    /// Frames arrive.
    Ok,
    /// Frames arrive, but some are lost or damaged.
    Degraded(String),
    /// No frames; the source keeps trying when the fault is temporary.
    Lost(kiosk_core::Fault),
}
