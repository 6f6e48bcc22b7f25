//! What orders cost, what was taken, and what stays when the person is gone.

use kiosk_core::money::{PaymentKind, WaiverReason};
use kiosk_core::order::OrderState;
use kiosk_core::{CheckId, FaultCode, Fen, OrderNumber};
use kiosk_store::{Arrangement, NewPayment, NewRefund, NewReview, Note, Payer, Query, Store};

use crate::support::{Folder, MORNING, TODAY, TOMORROW, back_to_schema, fault, raw, retake, visit};

const PRICE: Fen = Fen(2_000);

fn priced(n: u32) -> kiosk_core::order::NewOrder {
    kiosk_core::order::NewOrder { price: PRICE, ..visit(n) }
}

fn payment(id: &str, payer: Payer, kind: PaymentKind, fen: u32) -> NewPayment {
    NewPayment {
        id: id.to_owned(),
        payer,
        kind,
        amount: Fen(fen),
        reason: (kind == PaymentKind::Waived).then_some(WaiverReason::Staff),
        actor: "operator".to_owned(),
        at: MORNING,
        day: TODAY,
    }
}

fn refund(id: &str, of: &str, fen: u32) -> NewRefund {
    NewRefund {
        id: id.to_owned(),
        of: of.to_owned(),
        amount: Fen(fen),
        actor: "chief".to_owned(),
        at: MORNING + 1,
        day: TOMORROW,
    }
}

fn unpaid(store: &Store) -> Vec<OrderNumber> {
    let query = Query { unpaid: true, ..Query::default() };
    let found: Vec<_> = store.orders(&query).unwrap().iter().map(|order| order.number).collect();
    assert_eq!(store.count(&query).unwrap() as usize, found.len());
    found
}

#[test]
fn an_order_owes_its_price_until_it_is_settled() {
    let mut store = Store::in_memory('A').unwrap();
    let [one, two, free] =
        [priced(1), priced(2), visit(3)].map(|new| store.accept(&new, TODAY).unwrap().number);
    assert_eq!(unpaid(&store), [two, one], "an order without a price owes nothing");
    assert_eq!(store.owing(&[free, one, two]).unwrap(), [one, two]);

    let first = payment("p1", Payer::Order(one), PaymentKind::Cash, 1_500);
    for _ in 0..2 {
        assert_eq!(store.take(&first).unwrap().owing(), Fen(500), "recorded once");
    }
    assert_eq!(
        fault(store.take(&payment("p2", Payer::Order(one), PaymentKind::Wechat, 501))),
        FaultCode::AmountWrong
    );
    store.take(&payment("p2", Payer::Order(one), PaymentKind::Wechat, 500)).unwrap();
    store.take(&payment("p3", Payer::Order(two), PaymentKind::Waived, 2_000)).unwrap();
    assert_eq!(unpaid(&store), []);
    assert_eq!(
        fault(store.take(&payment("p4", Payer::Order(free), PaymentKind::Cash, 1))),
        FaultCode::AmountWrong
    );

    for _ in 0..2 {
        assert_eq!(store.give_back(&refund("r1", "p1", 1_000)).unwrap().owing(), Fen(1_000));
    }
    assert_eq!(fault(store.give_back(&refund("r2", "p1", 501))), FaultCode::AmountWrong);
    assert_eq!(fault(store.give_back(&refund("r2", "nothing", 1))), FaultCode::AmountWrong);
    assert_eq!(unpaid(&store), [one]);
    let returned = Query { states: vec![OrderState::Returned], unpaid: true, ..Query::default() };
    assert_eq!(store.orders(&returned).unwrap(), []);

    let (today, tomorrow) = (store.ledger(TODAY).unwrap(), store.ledger(TOMORROW).unwrap());
    assert_eq!(
        today.iter().map(|e| (e.entry.id.as_str(), e.number)).collect::<Vec<_>>(),
        [("p1", Some(one)), ("p2", Some(one)), ("p3", Some(two))]
    );
    assert_eq!(tomorrow.len(), 1);
    assert_eq!(
        (tomorrow[0].entry.kind, tomorrow[0].entry.gives_back.as_deref()),
        (PaymentKind::Cash, Some("p1"))
    );
    let deeds: Vec<String> = store.history(one).unwrap().into_iter().map(|entry| entry.action).collect();
    assert_eq!(deeds, ["accepted", "paid", "paid", "refunded"]);
    assert_eq!(store.doctor().unwrap(), []);
}

#[test]
fn a_retake_is_free_even_at_another_price() {
    let mut store = Store::in_memory('A').unwrap();
    let number = store.accept(&priced(1), TODAY).unwrap().number;
    store.take(&payment("p1", Payer::Order(number), PaymentKind::Alipay, PRICE.0)).unwrap();
    store.mark(&[number], OrderState::Returned, "operator", MORNING).unwrap();
    let dearer = kiosk_core::order::NewOrder { price: Fen(9_900), ..retake(1, 1) };
    assert_eq!(store.accept(&dearer, TODAY).unwrap().version, 2);
    let account = store.account(number).unwrap();
    assert_eq!((account.price, account.owing()), (PRICE, Fen::ZERO));
}

#[test]
fn who_pays_before_the_shot_and_leaves_has_paid_when_coming_again() {
    let mut store = Store::in_memory('A').unwrap();
    let code = visit(1).code;
    assert!(!store.is_paid(&code).unwrap());
    let payer = Payer::Code(Box::new(code.clone()), PRICE);
    store.take(&payment("p1", payer.clone(), PaymentKind::Cash, PRICE.0)).unwrap();
    assert!(store.is_paid(&code).unwrap());
    assert_eq!(store.ledger(TODAY).unwrap()[0].number, None, "in the settlement without an order");
    let unclaimed = |store: &Store| store.unclaimed(TODAY).unwrap().len();
    assert_eq!((unclaimed(&store), store.unclaimed(TOMORROW).unwrap().len()), (1, 0));
    assert_eq!(
        fault(store.take(&payment("p2", payer, PaymentKind::Cash, PRICE.0))),
        FaultCode::AmountWrong,
        "never collected twice"
    );
    let number = store.accept(&priced(1), TODAY).unwrap().number;
    assert_eq!(store.account(number).unwrap().owing(), Fen::ZERO);
    assert_eq!(store.ledger(TODAY).unwrap()[0].number, Some(number));
    assert_eq!(unclaimed(&store), 0);
}

#[test]
fn an_older_ledger_is_kept_entry_for_entry() {
    let folder = Folder::new();
    let mut store = folder.open();
    let number = store.accept(&priced(1), TODAY).unwrap().number;
    store.take(&payment("p1", Payer::Order(number), PaymentKind::Cash, 1_500)).unwrap();
    store.give_back(&refund("r1", "p1", 200)).unwrap();
    let absent = Payer::Code(Box::new(visit(2).code), PRICE);
    store.take(&payment("p2", absent, PaymentKind::Wechat, PRICE.0)).unwrap();
    let review = |verdict| NewReview {
        numbers: vec![number],
        verdict,
        reasons: Vec::new(),
        words: String::new(),
        actor: "operator".to_owned(),
        at: MORNING,
    };
    store.review(&review(OrderState::Approved)).unwrap();
    let before = (store.account(number).unwrap(), store.ledger(TODAY).unwrap());
    drop(store);
    back_to_schema(&raw(&folder.file()), 7);

    let mut store = folder.open();
    assert_eq!((store.account(number).unwrap(), store.ledger(TODAY).unwrap()), before);
    assert!(store.is_paid(&visit(2).code).unwrap());
    assert_eq!(store.doctor().unwrap(), []);
    store.take(&payment("p3", Payer::Order(number), PaymentKind::Cash, 700)).unwrap();
    let second = store.accept(&priced(2), TODAY).unwrap().number;
    assert_eq!(store.account(second).unwrap().owing(), Fen::ZERO);
    store.review(&review(OrderState::Returned)).unwrap();
    let named: i64 = raw(&folder.file())
        .query_row("SELECT count(DISTINCT uuid) FROM reviews", [], |row| row.get(0))
        .unwrap();
    assert_eq!(named, 2, "the review from before, and the one from now");
    assert_eq!(store.doctor().unwrap(), []);
}

#[test]
fn the_ledger_cannot_be_changed() {
    let folder = Folder::new();
    let mut store = folder.open();
    let number = store.accept(&priced(1), TODAY).unwrap().number;
    store.take(&payment("p1", Payer::Order(number), PaymentKind::Cash, 100)).unwrap();
    let conn = raw(&folder.file());
    for sql in [
        "UPDATE ledger SET amount = 1",
        "DELETE FROM ledger",
        "INSERT OR REPLACE INTO ledger SELECT * FROM ledger",
    ] {
        conn.execute("PRAGMA recursive_triggers = ON", []).unwrap();
        conn.execute(sql, []).unwrap_err();
    }
    assert_eq!(store.account(number).unwrap().owing(), Fen(1_900));
}

#[test]
fn a_review_keeps_its_reasons_with_the_version_that_it_is_for() {
    let mut store = Store::in_memory('A').unwrap();
    let number = store.accept(&visit(1), TODAY).unwrap().number;
    let mut review = NewReview {
        numbers: vec![number],
        verdict: OrderState::Returned,
        reasons: vec![CheckId::EyesOpen, CheckId::HairOverBrows],
        words: " 头发遮眉 ".to_owned(),
        actor: "operator".to_owned(),
        at: MORNING,
    };
    store.review(&review).unwrap();
    assert_eq!(fault(store.review(&review)), FaultCode::OrderWrongState, "already returned");
    store.accept(&retake(1, 1), TODAY).unwrap();
    review = NewReview { verdict: OrderState::Approved, reasons: vec![], words: "  ".to_owned(), ..review };
    store.review(&review).unwrap();
    let kept: Vec<_> = store
        .reviews(number)
        .unwrap()
        .into_iter()
        .map(|review| (review.version, review.verdict, review.reasons, review.words))
        .collect();
    assert_eq!(
        kept,
        [
            (2, OrderState::Approved, vec![], None),
            (
                1,
                OrderState::Returned,
                vec![CheckId::EyesOpen, CheckId::HairOverBrows],
                Some("头发遮眉".to_owned())
            ),
        ]
    );
    let marked = store.history(number).unwrap().into_iter().find(|entry| entry.action == "marked").unwrap();
    assert!(
        marked.detail.contains("hair_over_brows") && !marked.detail.contains("头发"),
        "{}",
        marked.detail
    );
    review.verdict = OrderState::Printed;
    assert_eq!(fault(store.review(&review)), FaultCode::Internal);
}

#[test]
fn notes_and_arrangements_stay_until_the_purge() {
    let folder = Folder::new();
    let mut store = folder.open();
    let number = store.accept(&visit(1), TODAY).unwrap().number;
    let note = |id: &str, words: &str| Note {
        id: id.to_owned(),
        words: words.to_owned(),
        actor: "operator".to_owned(),
        at: MORNING,
    };
    assert_eq!(store.arrangement(number).unwrap(), Arrangement::default());
    let arranged = Arrangement { cohort: Some("2027届".to_owned()), handover: Some("class".to_owned()) };
    store.arrange(number, &arranged, "operator", MORNING).unwrap();
    for _ in 0..2 {
        store.note(number, &note("n1", "家长来取")).unwrap();
    }
    store.note(number, &note("n2", "另有一张")).unwrap();
    assert_eq!(fault(store.note(number, &note("n3", " "))), FaultCode::Internal);
    let words: Vec<_> = store.notes(number).unwrap().into_iter().map(|note| note.words).collect();
    assert_eq!(words, ["另有一张", "家长来取"]);
    assert_eq!(store.arrangement(number).unwrap(), arranged);
    let deeds: Vec<String> = store.history(number).unwrap().into_iter().map(|entry| entry.action).collect();
    assert_eq!(deeds, ["accepted", "arranged", "noted", "noted"]);
    assert!(store.history(number).unwrap().iter().all(|entry| !entry.detail.contains("家长")));
    assert_eq!(store.doctor().unwrap(), []);

    raw(&folder.file()).execute("UPDATE orders SET state = 'purged', id_number = NULL", []).unwrap();
    let left: u32 =
        raw(&folder.file()).query_row("SELECT count(*) FROM notes", [], |row| row.get(0)).unwrap();
    assert_eq!(left, 0);
}
