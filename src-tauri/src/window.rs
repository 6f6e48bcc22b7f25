//! The one window.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use kiosk_engine::Kiosk;
use tauri::{RunEvent, WebviewUrl, WebviewWindowBuilder};

use crate::options::Options;
use crate::{commands, events, preview};

/// Without a GPU, `WebKitGTK`'s default renderer shows 6–16 frames a second, this one 30.
const NO_GPU_RENDERER: (&str, &str) = ("WEBKIT_DISABLE_DMABUF_RENDERER", "1");

/// Chooses `WebKit`'s renderer. Must run before any thread is started.
pub fn prepare_display() {
    let (name, value) = NO_GPU_RENDERER;
    if cfg!(target_os = "linux") && std::env::var_os(name).is_none() && !has_gpu() {
        // SAFETY: called first in `main`, while this is the only thread.
        unsafe { std::env::set_var(name, value) };
    }
}

fn has_gpu() -> bool {
    let entries = std::fs::read_dir(Path::new("/dev/dri")).into_iter().flatten().flatten();
    entries.into_iter().any(|entry| entry.file_name().to_string_lossy().starts_with("renderD"))
}

/// Shows the window until it is closed.
pub fn run(kiosk: Kiosk, options: &Options) -> ExitCode {
    let kiosk = Arc::new(kiosk);
    let windowed = options.windowed;
    let app = tauri::Builder::default()
        .manage(kiosk.clone())
        .invoke_handler(tauri::generate_handler![
            commands::kiosk_view,
            commands::send,
            preview::next_frame,
            commands::notice,
            commands::review_photo,
            commands::operator_access,
            commands::operator_set_pin,
            commands::operator_unlock,
            commands::operator_set_person,
            commands::operator_remove_person,
            commands::operator_recovery_code,
            commands::operator_retention,
            commands::operator_purge,
            commands::operator_lock,
            commands::operator_status,
            commands::operator_orders,
            commands::operator_photo,
            commands::operator_mark,
            commands::operator_alarms,
            commands::operator_see_alarm,
            commands::operator_order_desk,
            commands::operator_take_payment,
            commands::operator_pay_visit,
            commands::operator_refund,
            commands::operator_review,
            commands::operator_note,
            commands::operator_arrange,
            commands::operator_settlement,
            commands::operator_settle,
            commands::operator_back_up,
            commands::operator_sheet,
            commands::operator_sheet_preview,
            commands::operator_printers,
            commands::operator_print,
            commands::operator_prints,
            commands::operator_plan_delivery,
            commands::operator_deliver,
            commands::operator_delivery_groups,
            commands::operator_delivery_progress,
            commands::operator_stop_delivery,
            commands::operator_drives,
            commands::operator_burners,
            commands::operator_suggest_passphrase,
            commands::operator_eject,
            commands::operator_studio,
            commands::operator_take_plate,
            commands::operator_discard_plate,
            commands::operator_plate,
            commands::operator_preview_roster,
            commands::operator_preview_roster_for,
            commands::operator_import_roster,
            commands::operator_roster_progress,
            commands::operator_rosters,
            commands::operator_roster_students,
            commands::override_photo,
            commands::import_shot,
        ])
        .setup({
            let kiosk = kiosk.clone();
            move |app| {
                WebviewWindowBuilder::new(app, "kiosk", WebviewUrl::App("index.html".into()))
                    .title("学位照自助拍摄 · Degree photo kiosk")
                    .inner_size(1280.0, 800.0)
                    .min_inner_size(960.0, 600.0)
                    .fullscreen(!windowed)
                    // A picture file is dropped onto the page, which reads it itself.
                    .disable_drag_drop_handler()
                    // The window shows the kiosk and nothing else.
                    .on_navigation(|url| {
                        matches!(url.scheme(), "tauri") || url.host_str() == Some("tauri.localhost")
                    })
                    .build()?;
                events::follow(kiosk, app.handle().clone());
                Ok(())
            }
        })
        .build(tauri::generate_context!());
    let code = match app {
        Ok(app) => app.run_return(|_, event| {
            if let RunEvent::Exit = event {
                tracing::info!("window closed");
            }
        }),
        Err(error) => {
            tracing::error!(%error, "no window");
            3
        }
    };
    kiosk.close();
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}
