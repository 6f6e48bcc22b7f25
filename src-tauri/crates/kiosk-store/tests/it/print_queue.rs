//! What was sent to printers survives, and never says that an order was printed anew.

use kiosk_core::order::OrderState;
use kiosk_store::{NewPrint, PhotoVersion, QueuedState};

use crate::support::{Folder, MORNING, TODAY, visit};

#[test]
fn prints_of_a_sheet_are_durable_and_a_reprint_changes_no_order() {
    let folder = Folder::new();
    let mut store = folder.open();
    let number = store.accept(&visit(1), TODAY).unwrap().number;
    assert!(store.queue_print("sheet", "sheet.pdf", "DNP", MORNING).is_err(), "a sheet that nobody recorded");
    let job = NewPrint {
        id: "sheet".to_owned(),
        paper: "6r".to_owned(),
        pages: 1,
        copies: 5,
        photos: vec![PhotoVersion { number, version: 1 }],
        actor: "operator".to_owned(),
        at: MORNING,
    };
    store.record_print(&job).unwrap();
    let history = store.history(number).unwrap().len();
    for again in 0..2 {
        store.queue_print("sheet", "sheet.pdf", "DNP", MORNING + again).unwrap();
    }
    let mut newest = store.queued_prints(1).unwrap().remove(0);
    (newest.state, newest.system_job) = (QueuedState::Sent, "DNP-42".to_owned());
    store.change_print(&newest, MORNING + 5).unwrap();
    drop(store);

    let store = folder.open();
    let prints = store.queued_prints(10).unwrap();
    assert_eq!(
        prints.iter().map(|p| (p.at, p.state)).collect::<Vec<_>>(),
        [(MORNING + 1, QueuedState::Sent), (MORNING, QueuedState::Queued)]
    );
    assert_eq!(prints[0].system_job, "DNP-42");
    assert_eq!(store.history(number).unwrap().len(), history, "a reprint is no new print of the order");
    assert_eq!(store.order(number).unwrap().state, OrderState::Printed);
    assert_eq!(store.doctor().unwrap(), []);
}
