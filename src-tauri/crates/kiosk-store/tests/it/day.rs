//! A day at the counter, through the order log: visits, retakes, money, reviews, paper, a delivery, the settlement, a copy, the copy in the
//! file's place, and the purge when its time has come.

use std::collections::BTreeMap;
use std::fs;
use std::time::Instant;

use kiosk_core::money::{PaymentKind, WaiverReason, settle};
use kiosk_core::order::{NewOrder, OrderState};
use kiosk_core::{CheckId, Fen, OrderNumber};
use kiosk_store::{
    NewDelivery, NewPayment, NewPrint, NewRefund, NewReview, Payer, PhotoVersion, Query, Store,
};

use crate::support::{
    Folder, MORNING, Random, TODAY, jpeg, report, retake, student_number, visit_with_photo,
};

const PRICE: Fen = Fen(2_000);
const PHOTO_BYTES: usize = 30_000;
const RETENTION_DAYS: u32 = 30;
const OPERATORS: [&str; 2] = ["chen", "li"];

/// What the day should have left, kept beside the order log.
#[derive(Default)]
struct Book {
    numbers: Vec<OrderNumber>,
    versions: BTreeMap<OrderNumber, u32>,
    taken: BTreeMap<(PaymentKind, String), u32>,
    given_back: u32,
    entries: u32,
}

impl Book {
    fn entry_id(&mut self) -> String {
        self.entries += 1;
        format!("01a2b3c4-d5e6-7000-a000-{:012x}", self.entries)
    }
}

#[test]
fn a_short_day_is_settled_copied_restored_and_purged() {
    day(60);
}

/// `cargo nextest run -p kiosk-store --run-ignored only -E 'test(whole_day)' --no-capture` prints the times.
#[test]
#[ignore = "four hundred visits"]
fn a_whole_day_is_settled_copied_restored_and_purged() {
    day(400);
}

fn day(visits: u32) {
    let folder = Folder::new();
    let mut random = Random(20_261_121);
    let mut book = Book::default();
    let started = Instant::now();
    {
        let mut store = folder.open();
        for n in 1..=visits {
            one_visit(&mut store, n, &mut random, &mut book);
        }
        let visited = started.elapsed();
        println!("{visits} visits: {:.1} ms each", visited.as_secs_f64() * 1000.0 / f64::from(visits));
        hand_over(&mut store, &book);
        assert_eq!(store.doctor().unwrap(), []);
        check(&store, &book, visits);
    }

    // The disk dies: what is left is the copy on the stick.
    let copied = Instant::now();
    let stick = folder.file().with_extension("copy");
    folder.open().backup(&stick).unwrap();
    println!("copied in {:.0?}, {} MB", copied.elapsed(), fs::metadata(&stick).unwrap().len() >> 20);
    let restored = Folder::new();
    fs::copy(&stick, restored.file()).unwrap();
    folder.clear();

    let mut store = restored.open();
    assert_eq!(store.doctor().unwrap(), []);
    check(&store, &book, visits);
    let next = store.accept(&photographed(visits + 1), TODAY).unwrap();
    assert_eq!(next.number.counter, visits + 1, "the day goes on where it was");
    purge(&mut store, &restored, &book, next.number);
    println!("the whole day: {:.1?}", started.elapsed());
}

/// A month later: nobody of the delivery is left, the money is, and whoever was not delivered is untouched.
fn purge(store: &mut Store, folder: &Folder, book: &Book, kept: OrderNumber) {
    let settlement = |store: &Store| settle(store.ledger(TODAY).unwrap().iter().map(|entry| &entry.entry));
    let settled = settlement(store);
    assert!(store.sweep().unwrap());
    let (before, started) = (fs::metadata(folder.file()).unwrap().len(), Instant::now());
    let due = MORNING + i64::from(RETENTION_DAYS) * 86_400_000;
    let id = "01a2b3c4-d5e6-7000-b000-000000000003";
    let certificate = store.purge(id, RETENTION_DAYS, "manager", due).unwrap().unwrap();
    assert!(store.sweep().unwrap());
    let after = fs::metadata(folder.file()).unwrap().len();
    let elapsed = started.elapsed();
    println!(
        "{} orders purged in {elapsed:.0?}: {} KB to {} KB",
        certificate.orders.len(),
        before >> 10,
        after >> 10
    );
    assert!(after * 3 < before, "{before} to {after}");
    let versions: u32 = book.versions.values().sum();
    assert_eq!((certificate.orders.len(), certificate.pictures), (book.numbers.len(), versions));
    for &number in &book.numbers {
        let order = store.order(number).unwrap();
        assert_eq!((order.state, order.name, order.last_four), (OrderState::Purged, None, None));
    }
    let found = Query { find: Some(student_number(1)), ..Query::default() };
    assert_eq!(store.orders(&found).unwrap(), []);
    assert_eq!(settlement(store), settled);
    assert_eq!(store.photo(kept).unwrap().jpeg.len(), PHOTO_BYTES);
    assert_eq!(store.doctor().unwrap(), []);
}

fn photographed(n: u32) -> NewOrder {
    NewOrder { price: PRICE, ..visit_with_photo(n, PHOTO_BYTES) }
}

/// Somebody comes, pays before or after, is perhaps sent back and comes again.
fn one_visit(store: &mut Store, n: u32, random: &mut Random, book: &mut Book) {
    let new = photographed(n);
    let actor = OPERATORS[random.below(2) as usize];
    let before = random.below(4) == 0;
    if before {
        pay(store, Payer::Code(Box::new(new.code.clone()), PRICE), actor, random, book);
    }
    let number = store.accept(&new, TODAY).unwrap().number;
    book.numbers.push(number);
    book.versions.insert(number, 1);
    // One in twenty leaves without paying.
    if !before && random.below(20) > 0 {
        pay(store, Payer::Order(number), actor, random, book);
    }
    let verdict = if random.below(10) == 0 { OrderState::Returned } else { OrderState::Approved };
    review(store, number, verdict, actor);
    if verdict == OrderState::Returned {
        let photo = jpeg(u64::from(n) + (1 << 40), PHOTO_BYTES);
        let again = NewOrder { report: report(&photo, b"shot"), photo, ..retake(n, 1) };
        assert_eq!(store.accept(&again, TODAY).unwrap().version, 2);
        book.versions.insert(number, 2);
        review(store, number, OrderState::Approved, actor);
    }
    // Looked up at the counter, as somebody who forgot the number.
    let query = Query { find: Some(student_number(n)), limit: 10, ..Query::default() };
    assert_eq!(store.orders(&query).unwrap()[0].number, number);
}

fn pay(store: &mut Store, payer: Payer, actor: &str, random: &mut Random, book: &mut Book) {
    let kind = PaymentKind::ALL[random.below(5) as usize];
    let id = book.entry_id();
    let payment = NewPayment {
        id: id.clone(),
        payer,
        kind,
        amount: PRICE,
        reason: (kind == PaymentKind::Waived).then_some(WaiverReason::Staff),
        actor: actor.to_owned(),
        at: MORNING,
        day: TODAY,
    };
    assert_eq!(store.take(&payment).unwrap().owing(), Fen::ZERO);
    *book.taken.entry((kind, actor.to_owned())).or_default() += PRICE.0;
    // The price was wrong: a part goes back.
    if kind == PaymentKind::Alipay && random.below(5) == 0 {
        let refund = NewRefund {
            id: book.entry_id(),
            of: id,
            amount: Fen(500),
            actor: actor.to_owned(),
            at: MORNING,
            day: TODAY,
        };
        assert_eq!(store.give_back(&refund).unwrap().owing(), Fen(500));
        book.given_back += 500;
    }
}

fn review(store: &mut Store, number: OrderNumber, verdict: OrderState, actor: &str) {
    let reasons = if verdict == OrderState::Returned { vec![CheckId::EyesOpen] } else { Vec::new() };
    let review = NewReview {
        numbers: vec![number],
        verdict,
        reasons,
        words: String::new(),
        actor: actor.to_owned(),
        at: MORNING,
    };
    store.review(&review).unwrap();
}

/// Paper and delivery of everything.
fn hand_over(store: &mut Store, book: &Book) {
    let photos: Vec<PhotoVersion> =
        book.versions.iter().map(|(&number, &version)| PhotoVersion { number, version }).collect();
    let print = NewPrint {
        id: "01a2b3c4-d5e6-7000-b000-000000000001".to_owned(),
        paper: "6r".to_owned(),
        pages: photos.len() as u32,
        copies: 5,
        photos: photos.clone(),
        actor: OPERATORS[0].to_owned(),
        at: MORNING,
    };
    store.record_print(&print).unwrap();
    let deliverable = store.deliverable(&book.numbers, OPERATORS[0], MORNING).unwrap();
    let delivery = NewDelivery {
        id: "01a2b3c4-d5e6-7000-b000-000000000002".to_owned(),
        profile: "xueli-2017-99".to_owned(),
        medium: "KIOSK-1".to_owned(),
        bytes: deliverable.iter().map(|d| d.bytes).sum(),
        photos,
        manifest_sha256: [7; 32],
        actor: OPERATORS[0].to_owned(),
        verified_at: MORNING,
    };
    assert_eq!(store.record_delivery(&delivery).unwrap(), []);
}

/// The order log against the book.
fn check(store: &Store, book: &Book, visits: u32) {
    assert_eq!(store.count(&Query::default()).unwrap(), visits);
    let delivered = Query { states: vec![OrderState::Delivered], day: Some(TODAY), ..Query::default() };
    assert_eq!(store.count(&delivered).unwrap(), visits);
    for (&number, &version) in &book.versions {
        let photo = store.photo(number).unwrap();
        assert_eq!((photo.version, photo.jpeg.len()), (version, PHOTO_BYTES));
    }
    let entries = store.ledger(TODAY).unwrap();
    assert_eq!(entries.len() as u32, book.entries);
    assert!(entries.iter().all(|entry| entry.number.is_some()));
    let lines = settle(entries.iter().map(|entry| &entry.entry));
    let taken: BTreeMap<_, _> =
        lines.iter().map(|line| ((line.kind, line.actor.clone()), line.taken.0)).collect();
    assert_eq!(taken, book.taken);
    assert_eq!(lines.iter().map(|line| line.given_back.0).sum::<u32>(), book.given_back);
    let owed: u32 = book.numbers.iter().map(|number| store.account(*number).unwrap().owing().0).sum();
    let paid: u32 = book.taken.values().sum();
    assert_eq!(owed, visits * PRICE.0 - paid + book.given_back, "nothing appears and nothing is lost");
    let unpaid = Query { unpaid: true, ..Query::default() };
    let owing = store.owing(&book.numbers).unwrap();
    assert_eq!(store.count(&unpaid).unwrap() as usize, owing.len());
}
