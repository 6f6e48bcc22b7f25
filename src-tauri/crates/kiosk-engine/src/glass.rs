//! What is on the glass right now: the whole view, for any number of readers.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use kiosk_core::session::Ticket;

use crate::contract::KioskView;

/// The newest view and the photo that belongs to it.
pub struct Glass {
    pane: Mutex<Pane>,
    changed: Condvar,
}

struct Pane {
    version: u64,
    view: KioskView,
    photo: Option<(Ticket, Arc<[u8]>)>,
    closed: bool,
}

impl Glass {
    /// A glass that shows `view`.
    #[must_use]
    pub fn new(view: KioskView) -> Self {
        Self {
            pane: Mutex::new(Pane { version: 1, view, photo: None, closed: false }),
            changed: Condvar::new(),
        }
    }

    /// Shows `view` and, on the review screen, its photo. Nothing of the view before remains.
    pub fn show(&self, view: KioskView, photo: Option<(Ticket, Arc<[u8]>)>) {
        let mut pane = self.lock();
        pane.photo = photo;
        if pane.view != view {
            pane.view = view;
            pane.version += 1;
            self.changed.notify_all();
        }
    }

    /// The view with its version.
    pub fn view(&self) -> (u64, KioskView) {
        let pane = self.lock();
        (pane.version, pane.view.clone())
    }

    /// The next view after version `after`; `None` after `timeout` or when the kiosk closes.
    pub fn view_after(&self, after: u64, timeout: Duration) -> Option<(u64, KioskView)> {
        let deadline = Instant::now() + timeout;
        let mut pane = self.lock();
        loop {
            if pane.version > after {
                return Some((pane.version, pane.view.clone()));
            }
            if pane.closed {
                return None;
            }
            let left = deadline.checked_duration_since(Instant::now())?;
            pane = self.changed.wait_timeout(pane, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// The photo on the review screen, if it is still the one that is asked for.
    pub fn photo(&self, ticket: &Ticket) -> Option<Arc<[u8]>> {
        self.lock().photo.as_ref().filter(|(of, _)| of == ticket).map(|(_, jpeg)| jpeg.clone())
    }

    /// Whether the kiosk has closed.
    pub fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Lets everyone who waits go.
    pub fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Pane> {
        self.pane.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
