//! What an operator does with orders.

use kiosk_core::order::OrderState;
use kiosk_core::{FaultCode, IdNumber, OrderNumber, Role};
use kiosk_store::{NewDelivery, NewPrint, NewReview, OperatorName, PhotoVersion, Query, Store};

use crate::support::{
    Folder, MORNING, TODAY, TOMORROW, back_to_schema, fault, id_number, manager, raw, retake, student_number,
    visit,
};

fn filled(students: u32) -> (Store, Vec<OrderNumber>) {
    let mut store = Store::in_memory('A').unwrap();
    let numbers = (1..=students).map(|n| store.accept(&visit(n), TODAY).unwrap().number).collect();
    (store, numbers)
}

fn found(store: &Store, query: &Query) -> Vec<u32> {
    let found: Vec<u32> = store.orders(query).unwrap().iter().map(|o| o.number.counter).collect();
    let unpaged = Query { limit: u32::MAX, after: None, ..query.clone() };
    assert_eq!(store.count(query).unwrap() as usize, store.orders(&unpaged).unwrap().len());
    found
}

fn find(text: &str) -> Query {
    Query { find: Some(text.to_owned()), ..Query::default() }
}

#[test]
fn an_order_is_found_by_what_people_know() {
    let (mut store, _) = filled(30);
    let mut bracketed = visit(31);
    bracketed.person.id_number = IdNumber::parse("A123456(3)").unwrap();
    bracketed.person.name = Some("100%_测".to_owned());
    store.accept(&bracketed, TODAY).unwrap();

    let id_17 = id_number(17);
    let four = &id_17.canonical()[14..];
    assert_eq!(found(&store, &find("第17号")), [17]);
    assert_eq!(found(&store, &find(&student_number(17))), [17]);
    assert_eq!(found(&store, &find("s0000017")), [17], "case does not matter");
    assert_eq!(found(&store, &find("261121-a017")), [17]);
    assert_eq!(found(&store, &find("a017")), [17]);
    assert!(found(&store, &find(four)).contains(&17));
    assert_eq!(found(&store, &find(&format!(" {} ", id_17.canonical()))), [17]);
    assert_eq!(found(&store, &find("C0DE000000000011")), [17], "the code's own number");
    assert_eq!(found(&store, &find("23023班")), [31, 24, 17, 10, 3]);
    assert_eq!(found(&store, &find("6(3)")), [31]);
    assert_eq!(found(&store, &find("5(3)")), [0_u32; 0]);
    assert_eq!(found(&store, &find("4563")), [31], "brackets left out");
    assert_eq!(found(&store, &find("100%_")), [31]);
    assert_eq!(found(&store, &find("测试 17号")), [17], "several words must all fit");
    assert_eq!(found(&store, &find("cs 17")), [17], "initials");
    assert_eq!(found(&store, &find("ceshi")).len(), 30, "pinyin");
    for nothing in ["%", "_", "101", "0%1", "\\", "'; DROP TABLE orders; --", "110105", "\"", "NOT *", "测号"]
    {
        assert_eq!(found(&store, &find(nothing)), [0_u32; 0], "{nothing}");
    }
    assert_eq!(found(&store, &find("  ")).len(), 31, "blank finds everything");
}

#[test]
fn listings_are_narrowed_by_state_and_day_and_come_in_pages() {
    let (mut store, numbers) = filled(5);
    store.accept(&visit(6), TOMORROW).unwrap();
    store.mark(&numbers[..2], OrderState::Approved, "operator", MORNING).unwrap();
    let query = Query::default();
    assert_eq!(found(&store, &Query { states: vec![OrderState::Approved], ..query.clone() }), [2, 1]);
    let two_states = vec![OrderState::Approved, OrderState::Captured];
    assert_eq!(
        found(&store, &Query { states: two_states, day: Some(TODAY), ..query.clone() }),
        [5, 4, 3, 2, 1]
    );
    assert_eq!(found(&store, &Query { day: Some(TOMORROW), ..query.clone() }), [1]);
    let after = |n: usize| Some(numbers[n - 1]);
    assert_eq!(found(&store, &Query { limit: 2, after: after(5), ..query.clone() }), [4, 3]);
    assert_eq!(found(&store, &Query { after: after(1), ..query }), [0_u32; 0]);
}

#[test]
fn listings_show_no_full_id_number() {
    let (store, _) = filled(3);
    for order in store.orders(&Query::default()).unwrap() {
        let id = id_number(order.number.counter);
        let masked = order.id_number_masked.clone().unwrap();
        assert_eq!((masked.len(), &masked[6..14]), (18, "********"));
        assert_eq!(order.last_four.as_deref(), Some(&id.canonical()[14..]));
    }
}

#[test]
fn marking_is_all_or_nothing() {
    let (mut store, numbers) = filled(3);
    store.mark(&numbers[1..2], OrderState::Returned, "operator", MORNING).unwrap();
    assert_eq!(
        fault(store.mark(&numbers, OrderState::Approved, "operator", MORNING)),
        FaultCode::OrderWrongState
    );
    let states = |store: &Store| -> Vec<OrderState> {
        numbers.iter().map(|n| store.order(*n).unwrap().state).collect()
    };
    assert_eq!(states(&store), [OrderState::Captured, OrderState::Returned, OrderState::Captured]);

    let nobody = OrderNumber { counter: 99, ..numbers[0] };
    let with_nobody = [numbers[0], nobody];
    assert_eq!(
        fault(store.mark(&with_nobody, OrderState::Approved, "operator", MORNING)),
        FaultCode::OrderUnknown
    );
    assert_eq!(states(&store)[0], OrderState::Captured);
    for state in [OrderState::Captured, OrderState::Delivered, OrderState::Purged] {
        assert_eq!(fault(store.mark(&numbers, state, "operator", MORNING)), FaultCode::Internal, "{state:?}");
    }
    assert_eq!(store.doctor().unwrap(), []);
}

#[test]
fn a_photo_counts_as_approved_only_when_somebody_approved_this_version() {
    let (mut store, numbers) = filled(7);
    let review = |number, verdict, at| NewReview {
        numbers: vec![number],
        verdict,
        reasons: Vec::new(),
        words: if verdict == OrderState::Returned { "again".to_owned() } else { String::new() },
        actor: "operator".to_owned(),
        at,
    };
    // 1: marked, then printed. 2: reviewed, then printed. 3: printed unseen. 4: approved, returned, and photographed again.
    store.mark(&numbers[..1], OrderState::Approved, "operator", MORNING).unwrap();
    store.mark(&numbers[..1], OrderState::Printed, "operator", MORNING + 1).unwrap();
    store.review(&review(numbers[1], OrderState::Approved, MORNING)).unwrap();
    store.mark(&numbers[1..2], OrderState::Printed, "operator", MORNING + 1).unwrap();
    store.mark(&numbers[2..3], OrderState::Printed, "operator", MORNING).unwrap();
    store.review(&review(numbers[3], OrderState::Approved, MORNING)).unwrap();
    store.review(&review(numbers[3], OrderState::Returned, MORNING + 1)).unwrap();
    store.accept(&retake(4, 2), TODAY).unwrap();
    // 5: marked approved, then returned. 6: untouched. 7: approved and still so.
    store.mark(&numbers[4..5], OrderState::Approved, "operator", MORNING).unwrap();
    store.mark(&numbers[4..5], OrderState::Returned, "operator", MORNING + 1).unwrap();
    store.mark(&numbers[6..7], OrderState::Approved, "operator", MORNING).unwrap();
    assert_eq!(store.unapproved(&numbers).unwrap(), [numbers[2], numbers[3], numbers[4], numbers[5]]);
    assert_eq!(store.unapproved(&numbers[6..]).unwrap(), []);
}

#[test]
fn every_transition_follows_the_orders_life() {
    let reachable = [OrderState::Captured, OrderState::Approved, OrderState::Returned, OrderState::Printed];
    for from in reachable {
        for to in [OrderState::Approved, OrderState::Returned, OrderState::Printed] {
            let (mut store, numbers) = filled(1);
            if from != OrderState::Captured {
                store.mark(&numbers, from, "operator", MORNING).unwrap();
            }
            let moved = store.mark(&numbers, to, "operator", MORNING + 1).is_ok();
            assert_eq!(moved, from.may_become(to), "{from:?} to {to:?}");
            assert_eq!(store.order(numbers[0]).unwrap().state, if moved { to } else { from });
        }
    }
}

fn delivery(id: &str, photos: &[(OrderNumber, u32)]) -> NewDelivery {
    NewDelivery {
        id: id.to_owned(),
        profile: "xueli-2017-99".to_owned(),
        medium: "KIOSK-1".to_owned(),
        photos: photos.iter().map(|&(number, version)| PhotoVersion { number, version }).collect(),
        bytes: 6_000,
        manifest_sha256: [7; 32],
        actor: "operator".to_owned(),
        verified_at: MORNING + 5,
    }
}

#[test]
fn a_recorded_delivery_moves_its_orders_once() {
    let (mut store, numbers) = filled(3);
    let disc = delivery("d1", &[(numbers[0], 1), (numbers[1], 1)]);
    assert_eq!(store.record_delivery(&disc).unwrap(), []);
    let rows = store.history(numbers[0]).unwrap().len();
    store.record_delivery(&disc).unwrap();
    assert_eq!(store.history(numbers[0]).unwrap().len(), rows, "recorded twice");
    let states: Vec<_> = numbers.iter().map(|n| store.order(*n).unwrap().state).collect();
    assert_eq!(states, [OrderState::Delivered, OrderState::Delivered, OrderState::Captured]);
    let [kept] = &store.deliveries().unwrap()[..] else { panic!() };
    assert_eq!((kept.photos, kept.bytes, kept.medium.as_str()), (2, 6_000, "KIOSK-1"));
    assert_eq!(
        fault(store.accept(&retake(1, 1), TODAY)),
        FaultCode::OrderWrongState,
        "never collected twice"
    );
    assert_eq!(store.doctor().unwrap(), []);
}

#[test]
fn a_photo_taken_again_after_the_copy_is_not_delivered() {
    let (mut store, numbers) = filled(2);
    store.accept(&retake(1, 1), TODAY).unwrap();
    let left = store.record_delivery(&delivery("d1", &[(numbers[0], 1), (numbers[1], 1)])).unwrap();
    assert_eq!(left, [numbers[0]]);
    assert_eq!(store.order(numbers[0]).unwrap().state, OrderState::Captured);
    assert_eq!(store.order(numbers[1]).unwrap().state, OrderState::Delivered);
    let unknown = delivery("d2", &[(numbers[0], 9)]);
    assert_eq!(fault(store.record_delivery(&unknown)), FaultCode::Internal, "no such version");
    assert_eq!(store.deliveries().unwrap().len(), 1);
}

#[test]
fn paper_after_delivery_leaves_the_order_delivered() {
    let (mut store, numbers) = filled(2);
    store.record_delivery(&delivery("d1", &[(numbers[0], 1)])).unwrap();
    let job = NewPrint {
        id: "p1".to_owned(),
        paper: "6r".to_owned(),
        pages: 2,
        copies: 5,
        photos: numbers.iter().map(|&number| PhotoVersion { number, version: 1 }).collect(),
        actor: "operator".to_owned(),
        at: MORNING + 9,
    };
    store.record_print(&job).unwrap();
    store.record_print(&job).unwrap();
    assert_eq!(store.order(numbers[0]).unwrap().state, OrderState::Delivered);
    assert_eq!(store.order(numbers[1]).unwrap().state, OrderState::Printed);
    let actions: Vec<String> = store.history(numbers[0]).unwrap().into_iter().map(|e| e.action).collect();
    assert_eq!(actions, ["accepted", "delivered", "printed"]);
}

#[test]
fn every_revealed_id_number_is_in_the_audit() {
    let (mut store, numbers) = filled(2);
    let nobody = OrderNumber { counter: 99, ..numbers[0] };
    assert_eq!(fault(store.deliverable(&[numbers[0], nobody], "eve", MORNING)), FaultCode::OrderUnknown);
    assert_eq!(store.history(numbers[0]).unwrap().len(), 1, "nothing was revealed");
    store.deliverable(&numbers, "operator", MORNING).unwrap();
    for number in numbers {
        let history = store.history(number).unwrap();
        let last = history.last().unwrap();
        assert_eq!((last.action.as_str(), last.actor.as_str()), ("id_number_revealed", "operator"));
    }
}

const SALT: &[u8; 16] = b"a salt for tests";

#[test]
fn the_pin_opens_and_can_be_changed() {
    let folder = Folder::new();
    let mut store = folder.open();
    assert_eq!(store.operators().unwrap(), []);
    assert_eq!(fault(store.verify_pin("manager", "2468", MORNING)), FaultCode::PinWrong, "none was set");
    for bad in ["", "123", "1234567890123", "12a4", "１２３４"] {
        assert_eq!(
            fault(store.set_operator(&manager(), bad, SALT, "operator", MORNING)),
            FaultCode::PinWrong,
            "{bad}"
        );
    }
    store.set_operator(&manager(), "2468", SALT, "operator", MORNING).unwrap();
    drop(store);
    let mut store = folder.open();
    assert_eq!(store.operators().unwrap(), [manager()]);
    store.verify_pin("manager", "2468", MORNING).unwrap();
    store.set_operator(&manager(), "13579", SALT, "operator", MORNING).unwrap();
    assert_eq!(fault(store.verify_pin("manager", "2468", MORNING)), FaultCode::PinWrong);
    store.verify_pin("manager", "13579", MORNING).unwrap();
    drop(store);
    for file in std::fs::read_dir(folder.file().parent().unwrap()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(5).any(|w| w == b"13579"), "the PIN lies in the file");
    }
}

#[test]
fn everybody_has_a_name_a_role_and_a_pin_of_their_own() {
    let (mut store, _) = filled(0);
    let somebody = |name: &str, role| OperatorName { name: name.to_owned(), role };
    let li = somebody("小李", Role::Operator);
    assert_eq!(
        fault(store.set_operator(&li, "1111", SALT, "manager", MORNING)),
        FaultCode::OperatorNameUnusable,
        "the first is a manager"
    );
    store.set_operator(&manager(), "2468", SALT, "manager", MORNING).unwrap();
    store.set_operator(&li, "1111", SALT, "manager", MORNING).unwrap();
    assert_eq!(store.operators().unwrap(), [manager(), li.clone()]);
    assert_eq!(store.verify_pin("小李", "1111", MORNING).unwrap(), Role::Operator);
    assert_eq!(store.verify_pin("manager", "2468", MORNING).unwrap(), Role::Manager);
    assert_eq!(fault(store.verify_pin("小李", "2468", MORNING)), FaultCode::PinWrong, "another's PIN");
    assert_eq!(fault(store.verify_pin("小王", "1111", MORNING)), FaultCode::PinWrong, "nobody");
    for name in ["", " ", "一个名字长得不像样子谁也记不住它到底是什么", "a\nb"] {
        let who = somebody(name, Role::Operator);
        assert_eq!(
            fault(store.set_operator(&who, "1111", SALT, "manager", MORNING)),
            FaultCode::OperatorNameUnusable
        );
    }
    // Nobody can lock everybody out.
    let demoted = somebody("manager", Role::Operator);
    assert_eq!(
        fault(store.set_operator(&demoted, "2468", SALT, "manager", MORNING)),
        FaultCode::OperatorNameUnusable
    );
    assert_eq!(fault(store.remove_operator("manager", "manager", MORNING)), FaultCode::OperatorNameUnusable);
    assert_eq!(fault(store.remove_operator("小王", "manager", MORNING)), FaultCode::OperatorNameUnusable);
    store.remove_operator("小李", "manager", MORNING).unwrap();
    assert_eq!(fault(store.verify_pin("小李", "1111", MORNING)), FaultCode::PinWrong);
    assert_eq!(store.doctor().unwrap(), []);
}

#[test]
fn the_one_pin_of_before_is_the_managers() {
    let folder = Folder::new();
    let mut store = folder.open();
    store.set_operator(&manager(), "2468", SALT, "manager", MORNING).unwrap();
    drop(store);
    let conn = raw(&folder.file());
    back_to_schema(&conn, 4);
    drop(conn);
    let mut store = folder.open();
    assert_eq!(store.verify_pin("店长", "2468", MORNING).unwrap(), Role::Manager);
    assert_eq!(store.doctor().unwrap(), []);
}

#[test]
fn wrong_pins_cost_time_whatever_the_clock_says() {
    let (mut store, _) = filled(0);
    store.set_operator(&manager(), "2468", SALT, "operator", MORNING).unwrap();
    for _ in 0..3 {
        assert_eq!(fault(store.verify_pin("manager", "0000", MORNING)), FaultCode::PinWrong);
    }
    assert_eq!(
        fault(store.verify_pin("manager", "2468", MORNING + 29_999)),
        FaultCode::PinLocked,
        "the right one waits too"
    );
    assert_eq!(fault(store.verify_pin("manager", "0000", MORNING + 30_000)), FaultCode::PinWrong);
    assert_eq!(
        fault(store.verify_pin("manager", "2468", MORNING + 89_999)),
        FaultCode::PinLocked,
        "twice as long"
    );

    // Set back by a day: the same wait from there, neither none nor a day.
    let yesterday = MORNING - 86_400_000;
    assert_eq!(fault(store.verify_pin("manager", "2468", yesterday)), FaultCode::PinLocked);
    assert_eq!(fault(store.verify_pin("manager", "2468", yesterday + 59_999)), FaultCode::PinLocked);
    store.verify_pin("manager", "2468", yesterday + 60_000).unwrap();
    assert_eq!(
        fault(store.verify_pin("manager", "0000", yesterday + 60_001)),
        FaultCode::PinWrong,
        "forgiven"
    );
    store.verify_pin("manager", "2468", yesterday + 60_002).unwrap();
    assert_eq!(store.doctor().unwrap(), []);
}
