//! What a visit leaves.

use std::sync::Arc;

use kiosk_core::order::OrderState;
use kiosk_core::{CollectionCode, FaultCode, OrderNumber};
use kiosk_store::{Opening, Query, Store};

use crate::support::{
    Folder, MORNING, SURNAME, TODAY, TOMORROW, fault, hex_sum, id_number, jpeg, patient, report, retake,
    student_number, visit,
};

#[test]
fn a_visit_becomes_an_order_that_reads_back_whole() {
    let folder = Folder::new();
    let new = visit(1);
    let accepted = folder.open().accept(&new, TODAY).unwrap();
    assert_eq!(accepted.number.to_string(), "261121-A001");
    assert_eq!((accepted.id.as_str(), accepted.version), (new.session.as_str(), 1));

    let mut store = folder.open();
    let photo = store.photo(accepted.number).unwrap();
    assert_eq!(photo.jpeg, &new.photo[..]);
    assert_eq!((photo.sha256, photo.report), (new.report.photo_sha256.clone(), new.report.clone()));
    assert_eq!(photo.consent, new.consent);

    let summary = store.order(accepted.number).unwrap();
    assert_eq!(summary.state, OrderState::Captured);
    assert_eq!(summary.name, new.person.name);
    assert_eq!(
        summary.id_number_masked.as_deref(),
        Some(new.person.id_number.masked_for_operator().as_str())
    );

    let [delivered] = &store.deliverable(&[accepted.number], "operator", MORNING).unwrap()[..] else {
        panic!()
    };
    assert_eq!(delivered.person, new.person);
    assert_eq!(delivered.code.0, new.code.fields.as_ref().unwrap().code);
    assert_eq!((&delivered.photo_sha256, delivered.bytes), (&hex_sum(&new.photo), 3_000));
    assert_eq!(store.doctor().unwrap(), []);
}

#[test]
fn the_same_visit_twice_is_one_order() {
    let mut store = Store::in_memory('A').unwrap();
    let first = store.accept(&visit(1), TODAY).unwrap();
    store.accept(&visit(2), TODAY).unwrap();
    assert_eq!(store.accept(&visit(1), TODAY).unwrap(), first);
    assert_eq!(store.accept(&visit(1), TOMORROW).unwrap(), first, "after midnight as well");
    assert_eq!(store.count(&Query::default()).unwrap(), 2);
    assert_eq!(store.history(first.number).unwrap().len(), 1);
}

#[test]
fn a_repeated_visit_is_recognised_when_the_order_has_gone_on() {
    let mut store = Store::in_memory('A').unwrap();
    let first = store.accept(&visit(1), TODAY).unwrap();
    store.mark(&[first.number], OrderState::Approved, "operator", MORNING).unwrap();
    assert_eq!(store.accept(&visit(1), TODAY).unwrap(), first);
    assert_eq!(store.order(first.number).unwrap().state, OrderState::Approved);
}

#[test]
fn numbers_count_by_day_and_station_even_when_the_clock_goes_back() {
    let folder = Folder::new();
    let mut a = folder.open();
    let mut b = Store::open(&folder.file(), Opening { station: 'B', ..patient() }).unwrap();
    let mut numbers = vec![
        a.accept(&visit(1), TODAY).unwrap().number,
        b.accept(&visit(2), TODAY).unwrap().number,
        a.accept(&visit(3), TOMORROW).unwrap().number,
        a.accept(&visit(4), TODAY).unwrap().number,
    ];
    assert_eq!(
        numbers.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["261121-A001", "261121-B001", "261122-A001", "261121-A002"]
    );
    numbers.sort_by_key(|n| (n.day, n.counter, n.station));
    numbers.reverse();
    let listed: Vec<OrderNumber> = a.orders(&Query::default()).unwrap().iter().map(|o| o.number).collect();
    assert_eq!(listed, numbers, "newest number first");
}

#[test]
fn the_same_code_again_is_a_new_version_of_the_same_order() {
    let mut store = Store::in_memory('A').unwrap();
    let first = store.accept(&visit(1), TODAY).unwrap();
    let second = store.accept(&retake(1, 1), TOMORROW).unwrap();
    assert_eq!((second.number, second.id, second.version), (first.number, first.id, 2));
    assert_eq!(store.count(&Query::default()).unwrap(), 1);
    let photo = store.photo(first.number).unwrap();
    assert_eq!((photo.version, &photo.jpeg[..]), (2, &retake(1, 1).photo[..]));

    // A late repetition of the first visit changes nothing.
    assert_eq!(store.accept(&visit(1), TODAY).unwrap().version, 1);
    assert_eq!(store.photo(first.number).unwrap().version, 2);
    let actions: Vec<String> = store.history(first.number).unwrap().into_iter().map(|e| e.action).collect();
    assert_eq!(actions, ["accepted", "retaken"]);
    assert_eq!(store.doctor().unwrap(), []);
}

#[test]
fn another_photo_in_the_same_visit_is_a_new_version_too() {
    // The commit was durable but its answer got lost; the person took another photo and accepted that.
    let mut store = Store::in_memory('A').unwrap();
    let first = store.accept(&visit(1), TODAY).unwrap();
    let again = kiosk_core::order::NewOrder { session: visit(1).session, ..retake(1, 1) };
    let second = store.accept(&again, TODAY).unwrap();
    assert_eq!((second.number, second.version), (first.number, 2));
}

#[test]
fn only_captured_and_returned_orders_are_photographed_again() {
    for (state, again) in [
        (OrderState::Approved, Err(FaultCode::OrderWrongState)),
        (OrderState::Printed, Err(FaultCode::OrderWrongState)),
        (OrderState::Returned, Ok(2)),
    ] {
        let mut store = Store::in_memory('A').unwrap();
        let number = store.accept(&visit(1), TODAY).unwrap().number;
        store.mark(&[number], state, "operator", MORNING).unwrap();
        let result = store.accept(&retake(1, 1), TODAY);
        assert_eq!(result.map(|a| a.version).map_err(|f| f.code), again, "{state:?}");
        let expected = if again.is_ok() { OrderState::Captured } else { state };
        assert_eq!(store.order(number).unwrap().state, expected);
    }
}

#[test]
fn a_code_never_changes_hands_unless_an_operator_returned_the_order() {
    let mut store = Store::in_memory('A').unwrap();
    let number = store.accept(&visit(1), TODAY).unwrap().number;
    let mut other = retake(1, 1);
    other.person.id_number = id_number(2);
    assert_eq!(fault(store.accept(&other, TODAY)), FaultCode::IdNumberMismatch);
    store.mark(&[number], OrderState::Returned, "operator", MORNING).unwrap();
    assert_eq!(store.accept(&other, TODAY).unwrap().version, 2);
    let revealed = store.deliverable(&[number], "operator", MORNING).unwrap();
    assert_eq!(revealed[0].person.id_number, id_number(2));
}

#[test]
fn a_retake_keeps_what_only_the_first_visit_knew() {
    let mut store = Store::in_memory('A').unwrap();
    let number = store.accept(&visit(1), TODAY).unwrap().number;
    let mut second = retake(1, 1);
    second.person.name = None;
    second.person.class = Some("新班".to_owned());
    store.accept(&second, TODAY).unwrap();
    let summary = store.order(number).unwrap();
    assert_eq!((summary.name, summary.class.as_deref()), (visit(1).person.name, Some("新班")));
}

#[test]
fn opaque_codes_are_told_apart_byte_for_byte() {
    let mut store = Store::in_memory('A').unwrap();
    let mut opaque = visit(1);
    opaque.code = CollectionCode::decode(b"\x00\xFFopaque 1");
    let mut other = visit(2);
    other.code = CollectionCode::decode(b"\x00\xFFopaque 2");
    let first = store.accept(&opaque, TODAY).unwrap();
    assert_ne!(store.accept(&other, TODAY).unwrap().number, first.number);
    let mut again = retake(1, 1);
    again.code = opaque.code;
    assert_eq!(store.accept(&again, TODAY).unwrap().number, first.number);
    assert_eq!(store.deliverable(&[first.number], "operator", MORNING).unwrap()[0].code.0, None);
}

#[test]
fn a_report_of_another_photo_or_shot_is_refused() {
    let mut store = Store::in_memory('A').unwrap();
    let shot: Arc<[u8]> = jpeg(99, 500);
    let mut wrong_photo = visit(1);
    wrong_photo.photo = jpeg(77, 3_000);
    let mut wrong_shot = visit(2);
    wrong_shot.shot = Some(shot.clone());
    for wrong in [wrong_photo, wrong_shot] {
        assert_eq!(fault(store.accept(&wrong, TODAY)), FaultCode::Internal);
    }
    let mut right = visit(3);
    right.report = report(&right.photo, &shot);
    right.shot = Some(shot);
    store.accept(&right, TODAY).unwrap();
    assert_eq!(store.count(&Query::default()).unwrap(), 1);
    assert_eq!(store.doctor().unwrap(), []);
}

#[test]
fn what_is_written_down_for_debugging_names_nobody() {
    let mut store = Store::in_memory('A').unwrap();
    let new = visit(1);
    let number = store.accept(&new, TODAY).unwrap().number;
    let secrets = [
        SURNAME.to_owned(),
        new.person.id_number.canonical().to_owned(),
        student_number(1),
        "c0de".to_owned(),
    ];
    let query = Query { find: Some(format!("{SURNAME} {}", student_number(1))), ..Query::default() };
    let history = store.history(number).unwrap();
    let revealed = store.deliverable(&[number], "operator", MORNING).unwrap();
    let written = format!(
        "{:?} {:?} {:?} {query:?} {history:?} {revealed:?} {store:?}",
        store.order(number),
        store.photo(number),
        new
    );
    for secret in secrets {
        assert!(!written.contains(&secret), "{secret}");
    }
}
