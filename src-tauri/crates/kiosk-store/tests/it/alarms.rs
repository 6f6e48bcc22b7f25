//! Two codes with one document or one face, and the notice that was agreed to.

use kiosk_core::consent::Consent;
use kiosk_core::face::Likeness;
use kiosk_core::order::{AlarmKind, EarlierOrder, NewOrder, OrderState};
use kiosk_core::{FaultCode, IdNumber};
use kiosk_store::Store;

use crate::support::{Folder, MORNING, TODAY, fault, raw, retake, visit};

/// The `n`th code with the document of another student.
fn with_document_of(n: u32, other: u32) -> NewOrder {
    let mut new = visit(n);
    new.person.id_number = visit(other).person.id_number;
    new
}

#[test]
fn two_codes_with_one_document_alarm_the_operator_once() {
    let mut store = Store::in_memory('A').unwrap();
    let first = store.accept(&visit(1), TODAY).unwrap().number;
    assert_eq!(store.alarms(true).unwrap(), []);
    let second = store.accept(&with_document_of(2, 1), TODAY).unwrap().number;
    store.accept(&retake(1, 1), TODAY).unwrap();
    let alarms = store.alarms(false).unwrap();
    assert_eq!(alarms.len(), 1, "a retake of either is the same trouble");
    assert_eq!((alarms[0].kind, alarms[0].order, alarms[0].other), (AlarmKind::SameDocument, second, first));

    for _ in 0..2 {
        store.see_alarm(alarms[0].id, "operator", MORNING).unwrap();
    }
    assert_eq!((store.alarms(false).unwrap().len(), store.unseen_alarms().unwrap()), (0, 0));
    assert_eq!(store.alarms(true).unwrap()[0].seen_by.as_deref(), Some("operator"));
    let actions: Vec<String> = store.history(second).unwrap().into_iter().map(|entry| entry.action).collect();
    assert_eq!(actions, ["accepted", "alarm_raised", "alarm_seen"]);
    assert_eq!(store.doctor().unwrap(), []);
}

#[test]
fn both_forms_of_a_number_are_one_document() {
    let mut store = Store::in_memory('A').unwrap();
    for (n, number) in [(1, "110105491231002"), (2, "11010519491231002X")] {
        let mut new = visit(n);
        new.person.id_number = IdNumber::parse(number).unwrap();
        store.accept(&new, TODAY).unwrap();
    }
    assert_eq!(store.unseen_alarms().unwrap(), 1);
}

#[test]
fn one_face_under_two_codes_is_noted_once() {
    let mut store = Store::in_memory('A').unwrap();
    let numbers = [1, 2].map(|n| store.accept(&visit(n), TODAY).unwrap().number);
    store.raise_same_face(numbers[1], numbers[0], MORNING).unwrap();
    store.raise_same_face(numbers[0], numbers[1], MORNING).unwrap();
    let alarms = store.alarms(false).unwrap();
    assert_eq!((alarms.len(), alarms[0].kind), (1, AlarmKind::SameFace));
    let third = store.accept(&with_document_of(3, 1), TODAY).unwrap().number;
    store.raise_same_face(third, numbers[0], MORNING).unwrap();
    let kinds: Vec<AlarmKind> = store.alarms(false).unwrap().into_iter().map(|alarm| alarm.kind).collect();
    assert_eq!(kinds.len(), 2, "one document says it already: {kinds:?}");
    let unknown = "261121-B001".parse().unwrap();
    assert_eq!(fault(store.raise_same_face(unknown, numbers[0], MORNING)), FaultCode::OrderUnknown);
}

#[test]
fn a_code_finds_its_earlier_order() {
    let mut store = Store::in_memory('A').unwrap();
    let new = visit(1);
    assert_eq!(store.order_of_code(&new.code).unwrap(), None);
    let number = store.accept(&new, TODAY).unwrap().number;
    store.mark(&[number], OrderState::Approved, "operator", MORNING).unwrap();
    let earlier = EarlierOrder { number, state: OrderState::Approved };
    assert_eq!(store.order_of_code(&new.code).unwrap(), Some(earlier));
}

#[test]
fn the_words_that_were_agreed_to_can_be_shown_for_ever() {
    let folder = Folder::new();
    let mut store = folder.open();
    let shown = store.register_notice("7", "the words", MORNING).unwrap();
    assert_eq!(store.register_notice("7", "the words", MORNING + 1).unwrap(), shown);
    assert_eq!(fault(store.register_notice("7", "other words", MORNING)), FaultCode::NoticeUnusable);
    let consent = Consent { notice: shown.clone(), at: MORNING, guardian: true, comparison: true };
    let new = NewOrder { consent: consent.clone(), likeness: Some(Likeness::Unsure), ..visit(1) };
    let number = store.accept(&new, TODAY).unwrap().number;
    drop(store);

    let photo = folder.open().photo(number).unwrap();
    assert_eq!((photo.consent, photo.likeness), (consent, Some(Likeness::Unsure)));
    let conn = raw(&folder.file());
    let words: String = conn
        .query_row("SELECT words FROM notices n JOIN consents c ON c.notice_sha256 = n.sha256", [], |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!(words, "the words");
    conn.execute("UPDATE consents SET likeness = 'alike'", []).unwrap();
    assert!(!folder.open().doctor().unwrap().is_empty(), "a changed consent shows");
}
