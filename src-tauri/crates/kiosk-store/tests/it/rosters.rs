//! A school's list in the log: imported whole, renewed without touching orders, looked up by visits, compared with orders.

use kiosk_core::id_document::LastFour;
use kiosk_core::order::OrderState;
use kiosk_core::roster::RosterEntry;
use kiosk_core::session::Identification;
use kiosk_core::{CollectionCode, FaultCode};
use kiosk_store::{NewRoster, RosterChange, RosterQuery, Store};
use rusqlite::Connection;

use crate::support::{Folder, MORNING, TODAY, fault, id_number, student_number, visit};

fn entry(n: u32) -> RosterEntry {
    RosterEntry {
        line: u64::from(n) + 1,
        student_number: Some(student_number(n)),
        name: Some(format!("测试·第{n}号")),
        id_number: Some(id_number(n)),
        class: Some(format!("2302{}班", n % 2)),
        code: Some(format!("{:016x}", 0xC0DE_0000_0000_0000_u64 + u64::from(n))),
        ..RosterEntry::default()
    }
}

fn import(store: &mut Store, entries: &[RosterEntry]) -> RosterChange {
    let new = roster(entries);
    store.import_roster(&new, &mut |_| {}).unwrap()
}

fn roster(entries: &[RosterEntry]) -> NewRoster<'_> {
    NewRoster { school: "示例大学", entries, sha256: [7; 32], actor: "operator", at: MORNING }
}

fn listed(store: &Store, captured: bool) -> Vec<String> {
    let query = RosterQuery { captured, college: None, class: None, limit: u32::MAX, offset: 0 };
    store.listed_students(&query).unwrap().into_iter().filter_map(|student| student.student_number).collect()
}

#[test]
fn a_later_list_renews_the_earlier_and_leaves_orders_alone() {
    let folder = Folder::new();
    let mut store = folder.open();
    let number = store.accept(&visit(1), TODAY).unwrap().number;
    let order = store.order(number).unwrap();

    let first: Vec<_> = (1..=4).map(entry).collect();
    let looked = store.compare_roster(&roster(&first)).unwrap();
    assert_eq!(looked, RosterChange { added: 4, ..RosterChange::default() });
    assert_eq!(store.rosters().unwrap(), [], "looking writes nothing");
    let mut lines = Vec::new();
    assert_eq!(store.import_roster(&roster(&first), &mut |line| lines.push(line)).unwrap(), looked);
    assert_eq!(lines, [0, 4]);

    let renamed = RosterEntry { name: Some("测试·改名".to_owned()), ..entry(3) };
    let second = [entry(1), renamed, entry(5)];
    let change = import(&mut store, &second);
    assert_eq!(change, RosterChange { added: 1, changed: 1, unchanged: 1, absent: 2 });
    assert_eq!(listed(&store, true), [student_number(1)]);
    assert_eq!(listed(&store, false), [student_number(3), student_number(5)]);
    let back = import(&mut store, &first);
    assert_eq!(back, RosterChange { added: 0, changed: 3, unchanged: 1, absent: 1 });

    assert_eq!(store.order(number).unwrap(), order);
    assert_eq!(store.doctor().unwrap(), []);
    let rosters = store.rosters().unwrap();
    assert_eq!((rosters[0].students, rosters[0].captured), (4, 1));
}

#[test]
fn a_list_that_fails_half_way_leaves_nothing() {
    let mut store = Folder::new().open();
    let twice = [entry(1), entry(2), entry(1)];
    assert_eq!(fault(store.import_roster(&roster(&twice), &mut |_| {})), FaultCode::Internal);
    assert_eq!(store.rosters().unwrap(), []);
}

#[test]
fn a_code_finds_its_line_by_itself_by_its_bytes_and_by_the_student_number() {
    let mut store = Store::in_memory('A').unwrap();
    let code = |payload: &[u8]| CollectionCode::decode(payload);
    assert_eq!(store.listed_by_code(&code(b"S0000001")).unwrap(), None, "without a roster");
    import(&mut store, &[entry(1), entry(2)]);
    let line = |payload: &[u8]| store.listed_by_code(&code(payload)).unwrap().map(|entry| entry.line);
    assert_eq!(line(b"C0DE000000000001"), Some(2), "sixteen digits, in whatever case");
    assert_eq!(line(&[0xC0, 0xDE, 0, 0, 0, 0, 0, 2]), Some(3), "eight bytes");
    assert_eq!(line(b" s0000002\n"), Some(3), "a student number");
    assert_eq!(line(br#"{"xh":"S0000001"}"#), Some(2), "told by the code");
    assert_eq!(line(b"C0DE000000000009"), None);
    assert_eq!(
        store.listed_by_code(&visit(2).code).unwrap().and_then(|entry| entry.id_number),
        Some(id_number(2))
    );

    import(&mut store, &[entry(2)]);
    assert_eq!(store.listed_by_code(&code(b"S0000001")).unwrap(), None, "absent from the newest list");
}

#[test]
fn whoever_types_is_found_by_number_else_by_name_and_last_four_together() {
    let mut store = Store::in_memory('A').unwrap();
    let masked = RosterEntry { id_number: None, id_last4: LastFour::parse("002X").ok(), ..entry(3) };
    import(&mut store, &[entry(1), entry(2), masked]);
    let line = |student_number: &str, name: &str, last_four: &str| {
        let typed = Identification {
            student_number: student_number.to_owned(),
            name: name.to_owned(),
            last_four: last_four.to_owned(),
            ..Identification::default()
        };
        store.listed_by_typed(&typed).unwrap().map(|entry| entry.line)
    };
    let four = |n| id_number(n).canonical()[14..].to_owned();
    assert_eq!(line("S0000002", "", ""), Some(3));
    assert_eq!(line("", "测试·第1号", &four(1)), Some(2));
    assert_eq!(line("", "测试·第3号", "002x"), Some(4));
    assert_eq!(line("", "测试·第1号", &four(2)), None);
    assert_eq!(line("", "", &four(1)), None);
}

#[test]
fn two_schools_with_one_number_leave_it_to_the_person() {
    let mut store = Store::in_memory('A').unwrap();
    import(&mut store, &[entry(1)]);
    store.import_roster(&NewRoster { school: "样本大学", ..roster(&[entry(1)]) }, &mut |_| {}).unwrap();
    assert_eq!(store.listed_by_code(&CollectionCode::decode(b"S0000001")).unwrap(), None);
    assert_eq!(store.rosters().unwrap().len(), 2);
}

#[test]
fn a_returned_photo_makes_its_student_missing_again() {
    let mut store = Store::in_memory('A').unwrap();
    // Student 2 came with an order that tells no student number: the ID number is what remains.
    let nameless = {
        let mut order = visit(2);
        order.person.student_number = None;
        order.code = CollectionCode::decode(b"opaque");
        order
    };
    import(&mut store, &[entry(1), entry(2), entry(3)]);
    let number = store.accept(&visit(1), TODAY).unwrap().number;
    store.accept(&nameless, TODAY).unwrap();
    assert_eq!(listed(&store, true), [student_number(2), student_number(1)], "by class, then number");
    store.mark(&[number], OrderState::Returned, "operator", MORNING).unwrap();
    assert_eq!(listed(&store, true), [student_number(2)]);
    let counts: Vec<_> =
        store.classes().unwrap().into_iter().map(|class| (class.students, class.captured)).collect();
    assert_eq!(counts, [(1, 1), (2, 0)]);
}

#[test]
fn an_order_log_from_before_rosters_is_migrated() {
    let folder = Folder::new();
    let number = folder.open().accept(&visit(1), TODAY).unwrap().number;
    let conn = Connection::open(folder.file()).unwrap();
    conn.execute_batch(
        "DROP TABLE print_queue; DROP TABLE roster_entries; DROP TABLE rosters; PRAGMA user_version = 2;",
    )
    .unwrap();
    drop(conn);
    let mut store = folder.open();
    import(&mut store, &[entry(1)]);
    assert_eq!(store.order(number).unwrap().number, number);
    assert_eq!(listed(&store, true), [student_number(1)]);
    assert_eq!(store.doctor().unwrap(), []);
}
