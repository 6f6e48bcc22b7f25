//! Lists the window's commands, so that no other can be called.

fn main() {
    let commands = &[
        "kiosk_view",
        "send",
        "next_frame",
        "review_photo",
        "operator_access",
        "operator_set_pin",
        "operator_unlock",
        "operator_lock",
        "operator_status",
        "operator_orders",
        "operator_photo",
        "operator_mark",
        "operator_sheet",
        "operator_sheet_preview",
        "operator_printers",
        "operator_print",
        "operator_prints",
        "operator_plan_delivery",
        "operator_deliver",
        "operator_delivery_groups",
        "operator_delivery_progress",
        "operator_stop_delivery",
        "operator_drives",
        "operator_eject",
        "operator_studio",
        "operator_take_plate",
        "operator_discard_plate",
        "operator_plate",
        "operator_preview_roster",
        "operator_preview_roster_for",
        "operator_import_roster",
        "operator_roster_progress",
        "operator_rosters",
        "operator_roster_students",
        "override_photo",
        "import_shot",
    ];
    let manifest = tauri_build::AppManifest::new().commands(commands);
    if let Err(error) = tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest)) {
        println!("cargo::error={error:#}");
        std::process::exit(1);
    }
}
