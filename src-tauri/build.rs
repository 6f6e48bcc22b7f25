//! Lists the window's commands, so that no other can be called.

fn main() {
    let commands = &[
        "kiosk_view",
        "send",
        "next_frame",
        "notice",
        "review_photo",
        "operator_access",
        "operator_set_pin",
        "operator_unlock",
        "operator_set_person",
        "operator_remove_person",
        "operator_recovery_code",
        "operator_retention",
        "operator_purge",
        "operator_lock",
        "operator_status",
        "operator_orders",
        "operator_photo",
        "operator_mark",
        "operator_alarms",
        "operator_see_alarm",
        "operator_order_desk",
        "operator_take_payment",
        "operator_pay_visit",
        "operator_refund",
        "operator_review",
        "operator_note",
        "operator_arrange",
        "operator_settlement",
        "operator_settle",
        "operator_back_up",
        "operator_sheet",
        "operator_plan_delivery",
        "operator_deliver",
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
