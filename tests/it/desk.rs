//! Who may do what at the desk, and what the desk's deeds leave in the audit.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kiosk_camera::{CameraSpec, InventedStudent};
use kiosk_core::money::PaymentKind;
use kiosk_core::notice::NoticeTopic;
use kiosk_core::{Fault, FaultCode, Fen, OrderState, Role};
use kiosk_engine::contract::{
    DeliveryChoice, DeliveryMedium, DeliveryRequest, DeskPerson, NoteRequest, OrderQuery, PaymentRequest,
    ReviewRequest, SheetLook, SheetRequest,
};
use kiosk_engine::keys::Keys;
use kiosk_engine::visits::{Outcome, Visitor};
use kiosk_engine::{Assets, CameraChoice, Kiosk, Settings};
use kiosk_store::{NewDelivery, Opening, PhotoVersion, Store};

const SEED: u64 = 21;

fn code<T>(result: Result<T, Fault>) -> Option<FaultCode> {
    result.err().map(|fault| fault.code)
}

/// A kiosk in front of the simulated studio, where orders are kept for one day.
fn open(data: &Path) -> Option<Kiosk> {
    let assets = Assets::at(&kiosk_tests::repository().join("assets")).unwrap();
    kiosk_tests::or_skip(assets.model("face-mesh"))?;
    Some(Kiosk::open(&Arc::new(assets), settings(data)).unwrap())
}

fn settings(data: &Path) -> Settings {
    Settings {
        camera: CameraChoice::Only(CameraSpec::Simulated),
        seed: Some(SEED),
        retention_days: 1,
        data: data.to_owned(),
        ..Settings::default()
    }
}

/// One visit's order number.
fn visited(kiosk: &Kiosk) -> String {
    kiosk.wait_for_camera(Duration::from_secs(15)).unwrap();
    let visit = Visitor::new(kiosk, SEED).unwrap().visit(0);
    assert_eq!(visit.outcome, Outcome::Accepted, "{visit:?}");
    visit.order.unwrap()
}

#[test]
fn an_operator_does_the_days_work_and_a_manager_the_rest() {
    let data = tempfile::tempdir().unwrap();
    let Some(kiosk) = open(data.path()) else { return };
    let numbers = vec![visited(&kiosk)];

    let operator = kiosk.operator();
    assert_eq!(operator.access().unwrap().people, []);
    operator.set_pin("246810", None).unwrap();
    let li = DeskPerson { name: "小李".to_owned(), role: Role::Operator };
    operator.set_person(&li, "1357").unwrap();
    assert!(!operator.status().unwrap().recovery_code_shown);
    operator.lock();

    assert_eq!(code(operator.unlock("小李", "246810")), Some(FaultCode::PinWrong));
    operator.unlock("小李", "1357").unwrap();
    assert_eq!(operator.access().unwrap().on_duty, Some(li.clone()));
    let to = data.path().join("stick").display().to_string();
    let choice = DeliveryChoice { orders: numbers.clone(), ..DeliveryChoice::default() };
    let mut delivery = DeliveryRequest { choice, to, medium: DeliveryMedium::Folder, plan: None };
    let managers = Some(FaultCode::ManagerNeeded);
    assert_eq!(code(operator.mark(&numbers, OrderState::Returned)), managers);
    let review = |verdict, words: &str| ReviewRequest {
        orders: numbers.clone(),
        verdict,
        reasons: Vec::new(),
        words: words.to_owned(),
    };
    assert_eq!(code(operator.review(&review(OrderState::Returned, "again"))), managers);
    assert_eq!(code(operator.plan_delivery(&delivery)), managers);
    assert_eq!(code(operator.deliver(&delivery)), managers);
    assert_eq!(code(operator.retention()), managers);
    assert_eq!(code(operator.purge()), managers);
    assert_eq!(code(operator.recovery_code(true)), managers);
    assert_eq!(code(operator.set_person(&li, "9999")), managers);
    assert_eq!(code(operator.remove_person("店长".to_owned())), managers);
    operator.review(&review(OrderState::Approved, "")).unwrap();
    let order = numbers[0].clone();
    let fen = operator.order_desk(&order).unwrap().owing;
    operator.take_payment(&PaymentRequest { order, kind: PaymentKind::Cash, fen, reason: None }).unwrap();
    let desk = operator.order_desk(&numbers[0]).unwrap();
    assert_eq!((desk.owing, desk.entries.len()), (Fen::ZERO, 1));
    assert!(desk.entries[0].actor == "小李" && desk.reviews[0].actor == "小李", "{desk:?}");
    operator.sheet(&SheetRequest { orders: numbers.clone(), look: SheetLook::default() }).unwrap();
    operator.set_pin("2468", Some("1357")).unwrap();
    operator.lock();

    operator.unlock("店长", "246810").unwrap();
    delivery.plan = Some(operator.plan_delivery(&delivery).unwrap().plan);
    operator.deliver(&delivery).unwrap();
    assert_eq!(operator.orders(&OrderQuery::default()).unwrap().rows[0].state, OrderState::Delivered);
    assert_eq!(operator.retention().unwrap().due, 0);
    assert_eq!(operator.purge().unwrap(), None, "nothing is due today");
    let recovery = operator.recovery_code(false).unwrap().unwrap();
    assert_eq!(recovery.chars().filter(char::is_ascii_digit).count(), 96);
    assert_eq!(operator.recovery_code(false).unwrap(), None);
    assert!(operator.status().unwrap().recovery_code_shown);
    operator.remove_person("小李".to_owned()).unwrap();
    operator.lock();
    assert_eq!(code(operator.unlock("小李", "2468")), Some(FaultCode::PinWrong));
    assert_eq!(code(operator.retention()), Some(FaultCode::PinWrong), "locked");
}

/// Everything that is logged, kept.
#[derive(Clone)]
struct Writer(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Whatever the desk does with people's data and its own secrets: nothing of it is in the log, not even at its finest.
#[test]
fn nothing_that_the_desk_logs_tells_of_a_person_or_a_pin() {
    let log = Arc::new(Mutex::new(Vec::new()));
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer({
            let writer = Writer(Arc::clone(&log));
            move || writer.clone()
        })
        .init();
    let data = tempfile::tempdir().unwrap();
    let Some(kiosk) = open(data.path()) else { return };
    let number = visited(&kiosk);
    let student = InventedStudent::new(SEED, 0);
    let payload = String::from_utf8_lossy(&student.code_payload).into_owned();
    let [pin, wrong, words] = ["835271", "694038", "家长来电甲乙丙"];

    let operator = kiosk.operator();
    operator.set_pin(pin, None).unwrap();
    operator.lock();
    assert_eq!(code(operator.unlock("店长", wrong)), Some(FaultCode::PinWrong));
    operator.unlock("店长", pin).unwrap();
    for find in [&student.name, &student.id_number, &student.student_number, &payload] {
        let found = operator.orders(&OrderQuery { find: find.clone(), ..OrderQuery::default() }).unwrap();
        assert_eq!(found.rows.len(), 1, "{find}");
    }
    operator.note(&NoteRequest { order: number.clone(), words: words.to_owned() }).unwrap();
    let orders = vec![number.clone()];
    let review = ReviewRequest {
        orders: orders.clone(),
        verdict: OrderState::Approved,
        reasons: Vec::new(),
        words: words.to_owned(),
    };
    operator.review(&review).unwrap();
    assert_eq!(code(operator.review(&review)), Some(FaultCode::OrderWrongState));
    operator.sheet(&SheetRequest { orders: orders.clone(), look: SheetLook::default() }).unwrap();
    let roster =
        format!("姓名,学号,身份证号\n{},{},{}\n", student.name, student.student_number, student.id_number);
    let preview = operator.preview_roster(roster.as_bytes(), "虚构大学").unwrap();
    operator.import_roster(&preview.token).unwrap();
    let recovery = operator.recovery_code(false).unwrap().unwrap();
    let to = data.path().join("stick").display().to_string();
    let choice = DeliveryChoice { orders, ..DeliveryChoice::default() };
    let mut delivery = DeliveryRequest { choice, to, medium: DeliveryMedium::Folder, plan: None };
    let planned = operator.plan_delivery(&delivery).unwrap().plan;
    delivery.plan = Some("another".to_owned());
    operator.deliver(&delivery).unwrap_err();
    delivery.plan = Some(planned);
    let fen = operator.order_desk(&number).unwrap().owing;
    operator
        .take_payment(&PaymentRequest { order: number, kind: PaymentKind::Wechat, fen, reason: None })
        .unwrap();
    operator.deliver(&delivery).unwrap();
    kiosk.close();

    let log = String::from_utf8(log.lock().unwrap().clone()).unwrap();
    assert!(log.contains("coaching") && log.contains("TRACE"), "the log was captured at its finest");
    for (what, secret) in [
        ("a name", student.name.as_str()),
        ("an ID number", &student.id_number),
        ("the end of an ID number", &student.id_number[10..]),
        ("a student number", &student.student_number),
        ("a code", &payload[..payload.len().min(24)]),
        ("a PIN", pin),
        ("a wrong PIN", wrong),
        ("words of a note", words),
        ("the recovery code", &recovery[..13]),
    ] {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{what} is logged");
    }
}

/// What people agree to is what happens: nothing is kept longer than the notice says.
#[test]
fn a_kiosk_that_would_keep_longer_than_promised_does_not_open() {
    let assets = Arc::new(Assets::at(&kiosk_tests::repository().join("assets")).unwrap());
    let data = tempfile::tempdir().unwrap();
    let (notice, _) = assets.notice(data.path()).unwrap();
    let usual = Settings::default().retention_days;
    assert!(notice.kept_days == usual && usual > 0);
    for text in [&notice.zh, &notice.en] {
        let part = text.parts.iter().find(|part| part.about == NoticeTopic::HowLong).unwrap();
        assert!(part.body.contains(&usual.to_string()), "{}", part.body);
    }
    for retention_days in [usual + 1, 0] {
        let longer = Settings { retention_days, ..settings(data.path()) };
        assert_eq!(code(Kiosk::open(&assets, longer)), Some(FaultCode::NoticeUnusable));
    }
}

#[test]
fn what_is_due_is_deleted_and_certified() {
    let data = tempfile::tempdir().unwrap();
    let Some(kiosk) = open(data.path()) else { return };
    let number = visited(&kiosk);
    kiosk.operator().set_pin("246810", None).unwrap();
    kiosk.close();

    // It was handed over two days ago, says the order log.
    let settings = settings(data.path());
    let key = Keys::of(data.path(), settings.key_store).key().unwrap();
    let file = data.path().join(kiosk_store::FILE_NAME);
    let mut store = Store::open(&file, Opening::at_station('A').with_key(key)).unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis();
    let delivery = NewDelivery {
        id: "01a2b3c4-0000-7000-8000-000000000001".to_owned(),
        profile: settings.profile.clone(),
        medium: "disc 1".to_owned(),
        photos: vec![PhotoVersion { number: number.parse().unwrap(), version: 1 }],
        bytes: 1,
        manifest_sha256: [0; 32],
        actor: "店长".to_owned(),
        verified_at: i64::try_from(now).unwrap() - 2 * 86_400_000,
    };
    store.record_delivery(&delivery).unwrap();
    drop(store);

    let kiosk = open(data.path()).unwrap();
    let operator = kiosk.operator();
    operator.unlock("店长", "246810").unwrap();
    assert_eq!(operator.retention().unwrap().due, 1);
    let made = operator.purge().unwrap().unwrap();
    assert_eq!((made.orders, made.swept), (1, true));
    let certificate = std::fs::read_to_string(&made.certificate).unwrap();
    let json = std::fs::read_to_string(Path::new(&made.certificate).with_extension("json")).unwrap();
    let student = InventedStudent::new(SEED, 0);
    for text in [certificate, json] {
        assert!(text.contains(&number) && text.contains("店长"), "{text}");
        for secret in [&student.name, &student.student_number, &student.id_number] {
            assert!(!text.contains(secret.as_str()), "{text}");
        }
    }
    let rows = operator.orders(&OrderQuery::default()).unwrap().rows;
    assert_eq!(
        (rows[0].state, &rows[0].name, rows[0].id_number_masked.as_str()),
        (OrderState::Purged, &None, "")
    );
    assert_eq!(operator.retention().unwrap().batches, []);
    assert_eq!(code(operator.photo(&number)), Some(FaultCode::OrderWrongState));
    kiosk.close();
    assert_eq!(kiosk_engine::order_log::examine(&settings).unwrap(), []);
}
