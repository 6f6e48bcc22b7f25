//! The live picture: the window pulls the newest frame, so that a slow window never makes a queue.

use std::sync::Arc;
use std::time::Duration;

use kiosk_core::Fault;
use kiosk_engine::Kiosk;
use tauri::State;
use tauri::ipc::Response;

use crate::commands::elsewhere;

/// Longest wait for a newer frame; the window asks again.
const WAIT: Duration = Duration::from_secs(1);

/// The newest frame after `after` with its header (see `FrameHeader`); empty when there is none in time.
#[tauri::command]
pub async fn next_frame(kiosk: State<'_, Arc<Kiosk>>, after: u64) -> Result<Response, Fault> {
    elsewhere(&kiosk, move |kiosk| Ok(kiosk.next_frame(after, WAIT).unwrap_or_default()))
        .await
        .map(Response::new)
}
