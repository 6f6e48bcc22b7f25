//! What the window may ask: one line each. Add a command here, in `window.rs`, in `build.rs` and in `capabilities/kiosk.json`.
#![allow(clippy::needless_pass_by_value, reason = "Tauri hands a command its arguments by value")]

use std::sync::Arc;

use kiosk_core::notice::Notice;
use kiosk_core::{Fault, FaultCode, OrderState};
use kiosk_engine::Kiosk;
use kiosk_engine::contract::{
    AlarmView, ArrangeRequest, BackupMade, BurnerView, DeliveryGroups, DeliveryMade, DeliveryPlanned,
    DeliveryProgress, DeliveryRequest, DeskPerson, DriveView, Intent, KioskView, NoteRequest, OperatorAccess,
    OperatorStatus, OrderDesk, OrderPage, OrderQuery, PaymentRequest, PrintRequest, PrintView, PrinterView,
    PurgeMade, RefundRequest, RetentionView, ReviewRequest, RosterChanges, RosterOverview, RosterPreview,
    RosterProgress, RosterStudents, RosterStudentsQuery, SettlementMade, SettlementView, SheetMade,
    SheetPreview, SheetRequest, StudioView, VisitPayment,
};
use serde::Deserialize;
use tauri::State;
use tauri::ipc::{InvokeBody, Request, Response};

type TheKiosk<'a> = State<'a, Arc<Kiosk>>;

/// Work that may wait for a disk or a frame leaves the window's thread.
pub async fn elsewhere<T: Send + 'static>(
    kiosk: &TheKiosk<'_>,
    work: impl FnOnce(&Kiosk) -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    let kiosk = kiosk.inner().clone();
    tauri::async_runtime::spawn_blocking(move || work(&kiosk))
        .await
        .unwrap_or_else(|e| Err(Fault::new(FaultCode::Internal, e.to_string())))
}

#[tauri::command]
pub fn kiosk_view(kiosk: TheKiosk<'_>) -> KioskView {
    kiosk.view().1
}

#[tauri::command]
pub fn send(kiosk: TheKiosk<'_>, intent: Intent) {
    kiosk.send(intent);
}

#[tauri::command]
pub fn notice(kiosk: TheKiosk<'_>) -> Notice {
    kiosk.notice().clone()
}

#[tauri::command]
pub fn review_photo(kiosk: TheKiosk<'_>, session: String, attempt: u32) -> Response {
    Response::new(kiosk.review_photo(session, attempt).map(|jpeg| jpeg.to_vec()).unwrap_or_default())
}

#[tauri::command]
pub async fn operator_access(kiosk: TheKiosk<'_>) -> Result<OperatorAccess, Fault> {
    elsewhere(&kiosk, |kiosk| kiosk.operator().access()).await
}

#[tauri::command]
pub async fn operator_set_pin(
    kiosk: TheKiosk<'_>,
    pin: String,
    current: Option<String>,
) -> Result<(), Fault> {
    elsewhere(&kiosk, move |kiosk| kiosk.operator().set_pin(&pin, current.as_deref())).await
}

#[tauri::command]
pub async fn operator_unlock(kiosk: TheKiosk<'_>, name: String, pin: String) -> Result<(), Fault> {
    elsewhere(&kiosk, move |kiosk| kiosk.operator().unlock(&name, &pin)).await
}

#[tauri::command]
pub async fn operator_set_person(kiosk: TheKiosk<'_>, person: DeskPerson, pin: String) -> Result<(), Fault> {
    elsewhere(&kiosk, move |kiosk| kiosk.operator().set_person(&person, &pin)).await
}

#[tauri::command]
pub async fn operator_remove_person(kiosk: TheKiosk<'_>, name: String) -> Result<(), Fault> {
    elsewhere(&kiosk, move |kiosk| kiosk.operator().remove_person(name)).await
}

#[tauri::command]
pub async fn operator_recovery_code(kiosk: TheKiosk<'_>, again: bool) -> Result<Option<String>, Fault> {
    elsewhere(&kiosk, move |kiosk| kiosk.operator().recovery_code(again)).await
}

#[tauri::command]
pub async fn operator_retention(kiosk: TheKiosk<'_>) -> Result<RetentionView, Fault> {
    elsewhere(&kiosk, |kiosk| kiosk.operator().retention()).await
}

#[tauri::command]
pub async fn operator_purge(kiosk: TheKiosk<'_>) -> Result<Option<PurgeMade>, Fault> {
    elsewhere(&kiosk, |kiosk| kiosk.operator().purge()).await
}

#[tauri::command]
pub fn operator_lock(kiosk: TheKiosk<'_>) {
    kiosk.operator().lock();
}

#[tauri::command]
pub async fn operator_status(kiosk: TheKiosk<'_>) -> Result<OperatorStatus, Fault> {
    elsewhere(&kiosk, |kiosk| kiosk.operator().status()).await
}

#[tauri::command]
pub async fn operator_orders(kiosk: TheKiosk<'_>, query: OrderQuery) -> Result<OrderPage, Fault> {
    elsewhere(&kiosk, move |kiosk| kiosk.operator().orders(&query)).await
}

#[tauri::command]
pub async fn operator_photo(kiosk: TheKiosk<'_>, number: String) -> Result<Response, Fault> {
    elsewhere(&kiosk, move |kiosk| kiosk.operator().photo(&number)).await.map(Response::new)
}

#[tauri::command]
pub async fn operator_mark(
    kiosk: TheKiosk<'_>,
    numbers: Vec<String>,
    state: OrderState,
) -> Result<(), Fault> {
    elsewhere(&kiosk, move |kiosk| kiosk.operator().mark(&numbers, state)).await
}

#[tauri::command]
pub async fn operator_alarms(kiosk: TheKiosk<'_>) -> Result<Vec<AlarmView>, Fault> {
    elsewhere(&kiosk, |kiosk| kiosk.operator().alarms()).await
}

#[tauri::command]
pub async fn operator_see_alarm(kiosk: TheKiosk<'_>, id: i64) -> Result<(), Fault> {
    elsewhere(&kiosk, move |kiosk| kiosk.operator().see_alarm(id)).await
}

#[tauri::command]
pub async fn operator_order_desk(kiosk: TheKiosk<'_>, number: String) -> Result<OrderDesk, Fault> {
    elsewhere(&kiosk, move |kiosk| kiosk.operator().order_desk(&number)).await
}

#[tauri::command]
pub async fn operator_take_payment(kiosk: TheKiosk<'_>, request: PaymentRequest) -> Result<(), Fault> {
    elsewhere(&kiosk, move |kiosk| kiosk.operator().take_payment(&request)).await
}

#[tauri::command]
pub async fn operator_pay_visit(kiosk: TheKiosk<'_>, request: VisitPayment) -> Result<(), Fault> {
    elsewhere(&kiosk, move |kiosk| kiosk.operator().pay_visit(&request)).await
}

#[tauri::command]
pub async fn operator_refund(kiosk: TheKiosk<'_>, request: RefundRequest) -> Result<(), Fault> {
    elsewhere(&kiosk, move |kiosk| kiosk.operator().refund(&request)).await
}

#[tauri::command]
pub async fn operator_review(kiosk: TheKiosk<'_>, request: ReviewRequest) -> Result<(), Fault> {
    elsewhere(&kiosk, move |kiosk| kiosk.operator().review(&request)).await
}

#[tauri::command]
pub async fn operator_note(kiosk: TheKiosk<'_>, request: NoteRequest) -> Result<(), Fault> {
    elsewhere(&kiosk, move |kiosk| kiosk.operator().note(&request)).await
}

#[tauri::command]
pub async fn operator_arrange(kiosk: TheKiosk<'_>, request: ArrangeRequest) -> Result<(), Fault> {
    elsewhere(&kiosk, move |kiosk| kiosk.operator().arrange(&request)).await
}

#[tauri::command]
pub async fn operator_settlement(kiosk: TheKiosk<'_>, day: Option<String>) -> Result<SettlementView, Fault> {
    elsewhere(&kiosk, move |kiosk| kiosk.operator().settlement(day.as_deref())).await
}

#[tauri::command]
pub async fn operator_settle(
    kiosk: TheKiosk<'_>,
    day: Option<String>,
    to: String,
) -> Result<SettlementMade, Fault> {
    elsewhere(&kiosk, move |kiosk| kiosk.operator().settle(day.as_deref(), &to)).await
}

#[tauri::command]
pub async fn operator_back_up(kiosk: TheKiosk<'_>, to: String) -> Result<BackupMade, Fault> {
    elsewhere(&kiosk, move |kiosk| kiosk.operator().back_up(&to)).await
}

#[tauri::command]
pub async fn operator_sheet(kiosk: TheKiosk<'_>, request: SheetRequest) -> Result<SheetMade, Fault> {
    elsewhere(&kiosk, move |kiosk| kiosk.operator().sheet(&request)).await
}

#[tauri::command]
pub async fn operator_sheet_preview(
    kiosk: TheKiosk<'_>,
    request: SheetRequest,
    page: u32,
) -> Result<SheetPreview, Fault> {
    elsewhere(&kiosk, move |kiosk| kiosk.operator().sheet_preview(&request, page)).await
}

#[tauri::command]
pub async fn operator_printers(kiosk: TheKiosk<'_>) -> Result<Vec<PrinterView>, Fault> {
    elsewhere(&kiosk, |kiosk| kiosk.operator().printers()).await
}

#[tauri::command]
pub async fn operator_print(kiosk: TheKiosk<'_>, request: PrintRequest) -> Result<PrintView, Fault> {
    elsewhere(&kiosk, move |kiosk| kiosk.operator().print(&request)).await
}

#[tauri::command]
pub async fn operator_prints(kiosk: TheKiosk<'_>) -> Result<Vec<PrintView>, Fault> {
    elsewhere(&kiosk, |kiosk| kiosk.operator().prints()).await
}

#[tauri::command]
pub async fn operator_plan_delivery(
    kiosk: TheKiosk<'_>,
    request: DeliveryRequest,
) -> Result<DeliveryPlanned, Fault> {
    elsewhere(&kiosk, move |kiosk| kiosk.operator().plan_delivery(&request)).await
}

#[tauri::command]
pub async fn operator_deliver(kiosk: TheKiosk<'_>, request: DeliveryRequest) -> Result<DeliveryMade, Fault> {
    elsewhere(&kiosk, move |kiosk| kiosk.operator().deliver(&request)).await
}

#[tauri::command]
pub async fn operator_delivery_groups(kiosk: TheKiosk<'_>) -> Result<DeliveryGroups, Fault> {
    elsewhere(&kiosk, |kiosk| kiosk.operator().delivery_groups()).await
}

#[tauri::command]
pub fn operator_delivery_progress(kiosk: TheKiosk<'_>) -> Result<DeliveryProgress, Fault> {
    kiosk.operator().delivery_progress()
}

#[tauri::command]
pub fn operator_stop_delivery(kiosk: TheKiosk<'_>) -> Result<(), Fault> {
    kiosk.operator().stop_delivery()
}

#[tauri::command]
pub async fn operator_drives(kiosk: TheKiosk<'_>) -> Result<Vec<DriveView>, Fault> {
    elsewhere(&kiosk, |kiosk| kiosk.operator().drives()).await
}

#[tauri::command]
pub async fn operator_burners(kiosk: TheKiosk<'_>) -> Result<Vec<BurnerView>, Fault> {
    elsewhere(&kiosk, |kiosk| kiosk.operator().burners()).await
}

#[tauri::command]
pub fn operator_suggest_passphrase(kiosk: TheKiosk<'_>) -> Result<String, Fault> {
    kiosk.operator().suggest_passphrase()
}

#[tauri::command]
pub async fn operator_eject(kiosk: TheKiosk<'_>, path: String) -> Result<(), Fault> {
    elsewhere(&kiosk, move |kiosk| kiosk.operator().eject(&path)).await
}

#[tauri::command]
pub async fn override_photo(
    kiosk: TheKiosk<'_>,
    session: String,
    attempt: u32,
    reason: String,
) -> Result<(), Fault> {
    elsewhere(&kiosk, move |kiosk| kiosk.operator().override_photo(session, attempt, &reason)).await
}

#[tauri::command]
pub async fn operator_studio(kiosk: TheKiosk<'_>) -> Result<StudioView, Fault> {
    elsewhere(&kiosk, |kiosk| kiosk.operator().studio()).await
}

#[tauri::command]
pub async fn operator_take_plate(kiosk: TheKiosk<'_>) -> Result<StudioView, Fault> {
    elsewhere(&kiosk, |kiosk| kiosk.operator().take_plate()).await
}

#[tauri::command]
pub async fn operator_discard_plate(kiosk: TheKiosk<'_>) -> Result<StudioView, Fault> {
    elsewhere(&kiosk, |kiosk| kiosk.operator().discard_plate()).await
}

#[tauri::command]
pub async fn operator_plate(kiosk: TheKiosk<'_>) -> Result<Response, Fault> {
    elsewhere(&kiosk, |kiosk| kiosk.operator().plate()).await.map(Response::new)
}

#[tauri::command]
pub async fn operator_preview_roster(
    kiosk: TheKiosk<'_>,
    request: Request<'_>,
) -> Result<RosterPreview, Fault> {
    let file = body_of(&request, "operator_preview_roster")?;
    elsewhere(&kiosk, move |kiosk| kiosk.operator().preview_roster(&file, "")).await
}

#[tauri::command]
pub async fn operator_preview_roster_for(
    kiosk: TheKiosk<'_>,
    token: String,
    school: String,
) -> Result<RosterPreview, Fault> {
    elsewhere(&kiosk, move |kiosk| kiosk.operator().preview_roster_for(&token, &school)).await
}

#[tauri::command]
pub async fn operator_import_roster(kiosk: TheKiosk<'_>, token: String) -> Result<RosterChanges, Fault> {
    elsewhere(&kiosk, move |kiosk| kiosk.operator().import_roster(&token)).await
}

#[tauri::command]
pub fn operator_roster_progress(kiosk: TheKiosk<'_>) -> Result<RosterProgress, Fault> {
    kiosk.operator().roster_progress()
}

#[tauri::command]
pub async fn operator_rosters(kiosk: TheKiosk<'_>) -> Result<RosterOverview, Fault> {
    elsewhere(&kiosk, |kiosk| kiosk.operator().rosters()).await
}

#[tauri::command]
pub async fn operator_roster_students(
    kiosk: TheKiosk<'_>,
    query: RosterStudentsQuery,
) -> Result<RosterStudents, Fault> {
    elsewhere(&kiosk, move |kiosk| kiosk.operator().roster_students(&query)).await
}

/// The file is the request's body and the visit a header.
#[tauri::command]
pub async fn import_shot(kiosk: TheKiosk<'_>, request: Request<'_>) -> Result<(), Fault> {
    let file = body_of(&request, "import_shot")?;
    let session = request.headers().get("session").and_then(|id| id.to_str().ok());
    let session = session.ok_or_else(|| malformed("import_shot", "no visit is named"))?.to_owned();
    elsewhere(&kiosk, move |kiosk| kiosk.operator().import_shot(session, file)).await
}

/// A file comes as the body itself: as JSON every byte would be a number of up to three digits. That is how it comes where the web view
/// has no raw bodies.
fn body_of(request: &Request<'_>, command: &str) -> Result<Vec<u8>, Fault> {
    match request.body() {
        InvokeBody::Raw(file) => Ok(file.clone()),
        InvokeBody::Json(numbers) => {
            Vec::deserialize(numbers).map_err(|e| malformed(command, &e.to_string()))
        }
    }
}

fn malformed(command: &str, what: &str) -> Fault {
    Fault::new(FaultCode::Internal, format!("{command}: {what}"))
}
