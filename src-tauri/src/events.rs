//! Sends the whole view to the window whenever it changes.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use kiosk_engine::Kiosk;
use tauri::{AppHandle, Emitter};

/// Name of the one event; its payload is a `KioskView`.
pub const KIOSK_VIEW: &str = "kiosk_view";

/// Follows the kiosk until it closes.
pub fn follow(kiosk: Arc<Kiosk>, app: AppHandle) {
    thread::spawn(move || {
        let mut version = 0;
        while !kiosk.is_closed() {
            let Some((newer, view)) = kiosk.view_after(version, Duration::from_secs(1)) else { continue };
            version = newer;
            if let Err(error) = app.emit(KIOSK_VIEW, view) {
                tracing::warn!(%error, "the window did not take the view");
            }
        }
    });
}
