//! The newest frame, to be pulled: a slow window skips frames instead of queueing them.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use kiosk_camera::Frame;
use kiosk_core::PixelSize;
use kiosk_core::calibration::Orientation;

use crate::contract::{FrameHeader, Overlay};

/// One slot for the newest frame and one for the newest analysis.
#[derive(Default)]
pub struct Preview {
    slot: Mutex<Slot>,
    newer: Condvar,
    orientation: Orientation,
}

#[derive(Default)]
struct Slot {
    newest: u64,
    frame: Option<Arc<Frame>>,
    overlay: Option<Overlay>,
    closed: bool,
}

impl Preview {
    /// The preview of a camera that is fixed like this.
    pub fn of(orientation: Orientation) -> Self {
        Self { orientation, ..Self::default() }
    }

    /// Puts a frame in the slot.
    pub fn publish(&self, frame: Arc<Frame>) {
        {
            let mut slot = self.lock();
            slot.newest = frame.seq;
            slot.frame = Some(frame);
        }
        self.newer.notify_all();
    }

    /// Replaces the lines over the preview.
    pub fn draw(&self, overlay: Option<Overlay>) {
        self.lock().overlay = overlay;
    }

    /// Forgets the lines: they belong to a person.
    pub fn forget(&self) {
        self.draw(None);
    }

    /// Drops the frame: the camera is gone, and a still picture must not pass for a live one.
    pub fn clear(&self) {
        let mut slot = self.lock();
        slot.frame = None;
        slot.overlay = None;
    }

    /// Lets everyone who waits go.
    pub fn close(&self) {
        self.lock().closed = true;
        self.newer.notify_all();
    }

    /// Whether the kiosk is closing.
    pub fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Number of the newest frame.
    pub fn newest(&self) -> u64 {
        self.lock().newest
    }

    /// The newest frame after number `after`, waiting for it at most `timeout`.
    pub fn frame_after(&self, after: u64, timeout: Duration) -> Option<Arc<Frame>> {
        self.wait(after, timeout, |slot| slot.frame.clone())
    }

    /// The newest frame after `after` for the window: 4 bytes little-endian length, [`FrameHeader`] as JSON, JPEG.
    pub fn wire_frame_after(&self, after: u64, timeout: Duration) -> Option<Vec<u8>> {
        let (frame, overlay) =
            self.wait(after, timeout, |slot| slot.frame.clone().map(|frame| (frame, slot.overlay.clone())))?;
        let PixelSize { width, height } =
            self.orientation.upright_size(PixelSize { width: frame.width, height: frame.height });
        let header =
            FrameHeader { seq: frame.seq, width, height, orientation: self.orientation.degrees(), overlay };
        let header = serde_json::to_vec(&header).ok()?;
        let mut wire = Vec::with_capacity(4 + header.len() + frame.jpeg.len());
        wire.extend_from_slice(&u32::try_from(header.len()).ok()?.to_le_bytes());
        wire.extend_from_slice(&header);
        wire.extend_from_slice(&frame.jpeg);
        Some(wire)
    }

    fn wait<T>(&self, after: u64, timeout: Duration, take: impl Fn(&Slot) -> Option<T>) -> Option<T> {
        let deadline = Instant::now() + timeout;
        let mut slot = self.lock();
        loop {
            if slot.frame.as_ref().is_some_and(|frame| frame.seq > after) {
                return take(&slot);
            }
            let left = deadline.checked_duration_since(Instant::now())?;
            if slot.closed {
                return None;
            }
            slot = self.newer.wait_timeout(slot, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Slot> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
