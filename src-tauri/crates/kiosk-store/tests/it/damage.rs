//! Damage and tampering: the doctor sees it, and nothing damaged is handed out.

use std::fs;

use kiosk_core::money::PaymentKind;
use kiosk_core::order::OrderState;
use kiosk_core::{FaultCode, Fen, OrderNumber};
use kiosk_store::{FindingKind, NewPayment, Opening, Payer, Query, Store};

use crate::support::{Folder, MORNING, Random, TODAY, fault, impatient, plain, raw, retake, visit};

/// Eight orders, one of them photographed twice, some approved; closed.
fn filled() -> (Folder, Vec<OrderNumber>) {
    filled_as(impatient())
}

fn filled_as(opening: Opening) -> (Folder, Vec<OrderNumber>) {
    let folder = Folder::new();
    let mut store = Store::open(&folder.file(), opening).unwrap();
    let numbers: Vec<_> = (1..=8).map(|n| store.accept(&visit(n), TODAY).unwrap().number).collect();
    store.accept(&retake(2, 1), TODAY).unwrap();
    store.mark(&numbers[3..6], OrderState::Approved, "operator", MORNING).unwrap();
    (folder, numbers)
}

/// What the doctor says after another program has run `sql` on the file.
fn after(sql: &str) -> (Store, Vec<OrderNumber>, Vec<FindingKind>, Folder) {
    let (folder, numbers) = filled();
    let conn = raw(&folder.file());
    conn.pragma_update(None, "foreign_keys", false).unwrap();
    conn.execute_batch(sql).unwrap();
    drop(conn);
    let store = folder.open();
    let findings = store.doctor().unwrap();
    for finding in &findings {
        assert!(
            !finding.detail.is_empty() && !finding.detail.contains(crate::support::SURNAME),
            "{finding:?}"
        );
        assert!(finding.advice().ends_with('.'));
    }
    let mut kinds: Vec<_> = findings.iter().map(|finding| finding.kind).collect();
    kinds.dedup();
    (store, numbers, kinds, folder)
}

#[test]
fn the_audit_cannot_be_changed_by_plain_sql() {
    let (folder, _) = filled();
    let conn = raw(&folder.file());
    for sql in ["UPDATE audit SET actor = 'nobody'", "DELETE FROM audit", "DELETE FROM audit WHERE seq = 1"] {
        let error = conn.execute(sql, []).unwrap_err().to_string();
        assert!(error.contains("append-only"), "{error}");
    }
}

#[test]
fn an_edited_audit_shows() {
    const OPEN_UP: &str = "DROP TRIGGER audit_is_not_changed; DROP TRIGGER audit_is_not_deleted;";
    for edit in [
        "UPDATE audit SET actor = 'nobody' WHERE action = 'marked'",
        "UPDATE audit SET at = at + 1 WHERE seq = 5",
        "UPDATE audit SET hash = zeroblob(32) WHERE seq = (SELECT max(seq) FROM audit)",
        "DELETE FROM audit WHERE action = 'marked' AND seq = 10",
        "DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)",
        "UPDATE audit SET seq = 100 WHERE seq = 12",
    ] {
        let (.., kinds, _folder) = after(&format!("{OPEN_UP} {edit}"));
        assert_eq!(kinds, [FindingKind::Audit], "{edit}");
    }
}

#[test]
fn a_deleted_order_shows_although_the_chain_was_not_touched() {
    let (.., kinds, _folder) = after("DELETE FROM photos WHERE version = 2");
    assert_eq!(kinds, [FindingKind::Reference, FindingKind::Photo]);
    let (.., kinds, _folder) = after("DELETE FROM orders WHERE counter = 3");
    assert_eq!(kinds, [FindingKind::Reference]);
}

#[test]
fn a_changed_order_shows_and_is_not_delivered() {
    for edit in [
        "UPDATE orders SET name = '测试·别人' WHERE counter = 4",
        "UPDATE orders SET id_number = '440524188001010014' WHERE counter = 4",
        "UPDATE orders SET state = 'delivered' WHERE counter = 4",
    ] {
        let (mut store, numbers, kinds, _folder) = after(edit);
        assert_eq!(kinds, [FindingKind::Order], "{edit}");
        assert_eq!(fault(store.deliverable(&numbers[3..4], "operator", MORNING)), FaultCode::StoreCorrupt);
        assert_eq!(fault(store.photo(numbers[3])), FaultCode::StoreCorrupt);
        store.deliverable(&numbers[..3], "operator", MORNING).unwrap();
    }
}

#[test]
fn a_changed_photo_shows_and_is_not_handed_out() {
    let (store, numbers, kinds, _folder) =
        after("UPDATE photos SET jpeg = zeroblob(length(jpeg)) WHERE rowid = 4");
    assert_eq!(kinds, [FindingKind::Photo]);
    assert_eq!(fault(store.photo(numbers[3])), FaultCode::StoreCorrupt);
    // Exchanged together with its hash and sealed again by somebody who knows how: the audit remembers.
    let (.., kinds, _folder) =
        after("UPDATE photos SET report = json_set(report, '$.profile', 'x') WHERE rowid = 4");
    assert_eq!(kinds, [FindingKind::Photo]);
}

#[test]
fn an_edited_ledger_shows() {
    const OPEN_UP: &str = "DROP TRIGGER ledger_is_not_changed; DROP TRIGGER ledger_is_not_deleted;";
    for (edit, findings) in [
        ("SELECT 1", 0),
        ("UPDATE ledger SET kind = 'wechat'", 1),
        ("UPDATE ledger SET actor = 'nobody'", 1),
        ("UPDATE ledger SET day = '2026-11-20'", 1),
        // What was paid is still owed then, or more is.
        ("UPDATE ledger SET amount = amount - 1", 2),
        ("DELETE FROM ledger", 2),
        ("UPDATE ledger SET account = (SELECT max(id) FROM accounts)", 3),
        (
            "INSERT INTO ledger SELECT 'p2', account, kind, amount, gives_back, reason, station, actor, day, at FROM ledger",
            2,
        ),
        ("UPDATE accounts SET owing = owing - 1 WHERE owing > 1000", 1),
        ("UPDATE accounts SET price = price + 1, owing = owing + 1 WHERE owing > 1000", 1),
    ] {
        let folder = Folder::new();
        let mut store = folder.open();
        let numbers = [1, 2].map(|n| {
            let new = kiosk_core::order::NewOrder { price: Fen(2_000), ..visit(n) };
            store.accept(&new, TODAY).unwrap().number
        });
        let payment = NewPayment {
            id: "p1".to_owned(),
            payer: Payer::Order(numbers[0]),
            kind: PaymentKind::Cash,
            amount: Fen(1_500),
            reason: None,
            actor: "operator".to_owned(),
            at: MORNING,
            day: TODAY,
        };
        store.take(&payment).unwrap();
        raw(&folder.file()).execute_batch(&format!("{OPEN_UP} {edit}")).unwrap();
        let found = store.doctor().unwrap();
        assert_eq!(found.len(), findings, "{edit}: {found:?}");
        assert!(found.iter().all(|finding| finding.kind == FindingKind::Money), "{edit}: {found:?}");
    }
}

/// Whatever bit flips: the file is refused by name, or the doctor complains, or nothing that is read has changed.
/// `KIOSK_FLIPS` makes it longer.
#[test]
fn no_flipped_bit_goes_unseen() {
    flip_bits(plain());
}

/// Every page carries a keyed hash, so that nothing at all is without effect.
#[test]
fn no_flipped_bit_of_an_encrypted_file_goes_unseen() {
    assert_eq!(flip_bits(impatient()), 0);
}

/// Flips without effect.
fn flip_bits(opening: Opening) -> u32 {
    let (folder, _) = filled_as(opening);
    let whole = fs::read(folder.file()).unwrap();
    let expected = contents(&Store::open(&folder.file(), opening).unwrap());
    let copy = Folder::new();
    let mut random = Random(7);
    let (mut refused, mut seen, mut harmless) = (0, 0, 0);
    let flips = std::env::var("KIOSK_FLIPS").ok().and_then(|v| v.parse().ok()).unwrap_or(200_u32);
    for flip in 0..flips {
        // A third of them in the first page: the header and the schema.
        let range = if flip % 3 == 0 { 4096 } else { whole.len() as u64 };
        let (at, bit) = (random.below(range) as usize, random.below(8));
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << bit;
        copy.clear();
        fs::write(copy.file(), bytes).unwrap();
        let store = match Store::open(&copy.file(), opening) {
            Err(fault) => {
                let named = [
                    FaultCode::StoreCorrupt,
                    FaultCode::StoreTooNew,
                    FaultCode::StoreReadOnly,
                    FaultCode::StoreKeyWrong,
                ];
                assert!(named.contains(&fault.code), "byte {at} bit {bit}: {fault}");
                refused += 1;
                continue;
            }
            Ok(store) => store,
        };
        if store.doctor().unwrap().is_empty() {
            assert!(contents(&store) == expected, "byte {at} bit {bit} changed something and nobody saw it");
            harmless += 1;
        } else {
            seen += 1;
            for order in store.orders(&Query::default()).unwrap_or_default() {
                let code = store.photo(order.number).err().map(|fault| fault.code);
                assert!(
                    matches!(code, None | Some(FaultCode::StoreCorrupt)),
                    "byte {at} bit {bit}: {code:?} for a photo"
                );
            }
        }
    }
    println!("{flips} flips: {refused} refused, {seen} seen by the doctor, {harmless} without effect");
    assert!(refused > 0 && seen > 0);
    harmless
}

/// Everything that can be read of orders, photos and histories.
fn contents(store: &Store) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    for order in store.orders(&Query::default()).unwrap() {
        let number = order.number;
        let photo = store.photo(number).unwrap();
        let person =
            [&order.name, &order.student_number, &order.school, &order.class, &order.id_number_masked];
        write!(text, "{number} {} {person:?} {:?} {:?} ", order.id, order.accepted_at, order.profile)
            .unwrap();
        writeln!(text, "{order:?} {photo:?} {:?} {:?}", photo.report, store.history(number)).unwrap();
    }
    text
}
