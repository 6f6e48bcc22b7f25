//! One session, one code, one face: in the running kiosk, with people where there are portraits.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use kiosk_camera::{CameraSpec, FrameSource as _, InventedStudent, Pacing, SimulatedStudio, StudioOptions};
use kiosk_core::consent::Ticks;
use kiosk_core::face::Likeness;
use kiosk_core::order::{AlarmKind, OrderState};
use kiosk_core::session::{Identification, SessionView};
use kiosk_core::{CollectionCode, FaultCode};
use kiosk_engine::contract::{Intent, KioskView, OrderQuery};
use kiosk_engine::visits::{Outcome, VisitReport, Visitor};
use kiosk_engine::{Assets, CameraChoice, Kiosk, Settings};
use kiosk_vision::qr::CodeScanner;

const SOON: Duration = Duration::from_secs(30);
/// Clips the camera of the simulated studio.
const GLARING: f32 = 100.0;
const PIN: &str = "246810";

fn open(data: &Path, camera: CameraSpec, change: impl FnOnce(&mut Settings)) -> Option<Kiosk> {
    let assets = Assets::at(&kiosk_tests::repository().join("assets")).unwrap();
    kiosk_tests::or_skip(assets.model("face-mesh"))?;
    kiosk_tests::or_skip(assets.model("face-embedding"))?;
    let mut settings = Settings {
        camera: CameraChoice::Only(camera),
        seed: Some(11),
        data: data.to_owned(),
        pages: true,
        ..Settings::default()
    };
    change(&mut settings);
    let kiosk = Kiosk::open(&Arc::new(assets), settings).unwrap();
    kiosk.operator().set_pin(PIN, None).unwrap();
    kiosk.wait_for_camera(SOON).unwrap();
    Some(kiosk)
}

/// A folder in which these portraits are the camera's pictures, in this order.
fn recording(folder: &Path, portraits: &[&str]) -> Option<CameraSpec> {
    let shared = kiosk_tests::shared("portraits")?;
    let pictures = folder.join("pictures");
    std::fs::create_dir(&pictures).unwrap();
    for (i, name) in portraits.iter().enumerate() {
        std::fs::copy(shared.join(name), pictures.join(format!("{i}.jpg"))).unwrap();
    }
    Some(CameraSpec::Replay(pictures))
}

fn wait_for(kiosk: &Kiosk, what: &str, is_it: impl Fn(&KioskView) -> bool) -> KioskView {
    let deadline = Instant::now() + SOON;
    loop {
        let (version, view) = kiosk.view();
        if is_it(&view) {
            return view;
        }
        assert!(Instant::now() < deadline, "{what} never came: {view:?}");
        kiosk.view_after(version, Duration::from_millis(100));
    }
}

fn identification(student: &InventedStudent) -> Identification {
    let number = student.id_number.clone();
    Identification {
        last_four: number[number.len() - 4..].to_owned(),
        id_number: number,
        student_number: student.student_number.clone(),
        name: student.name.clone(),
    }
}

/// Up to the live picture.
fn sit_down(kiosk: &Kiosk, student: &InventedStudent, ticks: Ticks) {
    kiosk.present_code(CollectionCode::decode(&student.code_payload));
    wait_for(kiosk, "the question who it is", |view| matches!(view.session, SessionView::Identifying { .. }));
    kiosk.send(Intent::Identify(identification(student)));
    wait_for(kiosk, "the notice", |view| matches!(view.session, SessionView::Consenting { .. }));
    kiosk.send(Intent::Consent(ticks));
    wait_for(kiosk, "the live picture", |view| matches!(view.session, SessionView::Framing { .. }));
}

const AGREED: Ticks = Ticks { face_data: true, guardian: false, comparison: false };

fn ended_with(view: &KioskView) -> Option<FaultCode> {
    match &view.session {
        SessionView::Scanning { fault } => fault.as_ref().map(|fault| fault.code),
        _ => None,
    }
}

/// Codes read in a second of the simulated studio, with the exposure lowered by so many stops.
fn read_at(stops: u8) -> usize {
    let options = StudioOptions { pacing: Pacing::Simulated, auto: None, ..StudioOptions::default() };
    let mut studio = SimulatedStudio::new(options);
    studio.control().set_screen_brightness(GLARING);
    studio.control().show_code(&InventedStudent::new(11, 0).code_payload);
    studio.lower_exposure(stops);
    let mut scanner = CodeScanner::new(SOON);
    let mut read = || {
        let frame = studio.next_frame(SOON).unwrap();
        !scanner.scan(&image::load_from_memory(&frame.jpeg).unwrap().into_luma8()).is_empty()
    };
    (0..30).filter(|_| read()).count()
}

#[test]
fn a_screen_that_clips_the_camera_is_read_with_less_exposure() {
    assert_eq!(read_at(0), 0, "as it is nothing can be read");
    assert!(read_at(6) > 10);
    let data = tempfile::tempdir().unwrap();
    let bright = |settings: &mut Settings| settings.screen_brightness = GLARING;
    let Some(kiosk) = open(data.path(), CameraSpec::Simulated, bright) else { return };
    wait_for(&kiosk, "a code that was read", |view| matches!(view.session, SessionView::Identifying { .. }));
}

#[test]
fn somebody_else_before_the_camera_ends_the_visit() {
    let data = tempfile::tempdir().unwrap();
    let Some(camera) = recording(data.path(), &["006_neutral.jpg", "020_neutral.jpg"]) else { return };
    let by_hand = |settings: &mut Settings| settings.policy.automatic_shutter = false;
    let Some(kiosk) = open(data.path(), camera, by_hand) else { return };
    sit_down(&kiosk, &InventedStudent::new(11, 0), AGREED);
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(5) {
        let view = kiosk.view().1;
        assert!(matches!(view.session, SessionView::Framing { .. }), "the same face: {view:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
    kiosk.pages().unwrap().turn();
    let view = wait_for(&kiosk, "the end of the visit", |view| ended_with(view).is_some());
    assert_eq!(ended_with(&view), Some(FaultCode::FaceChanged));
    kiosk.operator().unlock("店长", PIN).unwrap();
    assert_eq!(kiosk.operator().orders(&OrderQuery::default()).unwrap().total, 0);
}

fn visits(kiosk: &Kiosk, count: u32) -> Vec<VisitReport> {
    let visitor = Visitor::new(kiosk, 11).unwrap();
    let reports: Vec<VisitReport> = (0..count).map(|n| visitor.visit(n)).collect();
    assert!(reports.iter().all(|report| report.outcome == Outcome::Accepted), "{reports:?}");
    reports
}

#[test]
fn one_face_under_two_codes_alarms_the_operator_and_two_faces_do_not() {
    let data = tempfile::tempdir().unwrap();
    let portraits = ["006_neutral.jpg", "020_neutral.jpg", "006_neutral.jpg"];
    let Some(camera) = recording(data.path(), &portraits) else { return };
    let Some(kiosk) = open(data.path(), camera, |_| {}) else { return };
    let orders = visits(&kiosk, 3);
    wait_for(&kiosk, "the alarm", |view| view.status.alarms == 1);
    let operator = kiosk.operator();
    operator.unlock("店长", PIN).unwrap();
    let alarms = operator.alarms().unwrap();
    let [alarm] = &alarms[..] else { panic!("{alarms:?}") };
    assert_eq!(alarm.kind, AlarmKind::SameFace);
    assert_eq!(
        (Some(&alarm.order.number), Some(&alarm.other.number)),
        (orders[2].order.as_ref(), orders[0].order.as_ref())
    );
    operator.see_alarm(alarm.id).unwrap();
    wait_for(&kiosk, "silence", |view| view.status.alarms == 0);
}

#[test]
fn the_same_code_again_is_a_retake_and_an_approved_one_opens_no_visit() {
    let data = tempfile::tempdir().unwrap();
    let Some(camera) = recording(data.path(), &["006_neutral.jpg"]) else { return };
    let Some(kiosk) = open(data.path(), camera, |_| {}) else { return };
    let first = visits(&kiosk, 1).remove(0).order.unwrap();
    let code = || CollectionCode::decode(&InventedStudent::new(11, 0).code_payload);
    kiosk.present_code(code());
    wait_for(
        &kiosk,
        "the retake",
        |view| matches!(&view.session, SessionView::Identifying { retake_of: Some(number), .. } if *number == first),
    );
    kiosk.send(Intent::Leave);
    wait_for(&kiosk, "the start", |view| matches!(view.session, SessionView::Scanning { .. }));
    assert_eq!(visits(&kiosk, 1).remove(0).order.as_ref(), Some(&first));
    let operator = kiosk.operator();
    operator.unlock("店长", PIN).unwrap();
    assert_eq!(operator.orders(&OrderQuery::default()).unwrap().rows[0].versions, 2);
    operator.mark(std::slice::from_ref(&first), OrderState::Approved).unwrap();
    kiosk.present_code(code());
    let view = wait_for(&kiosk, "the refusal", |view| ended_with(view).is_some());
    assert_eq!(ended_with(&view), Some(FaultCode::AlreadyPhotographed));
}

#[test]
fn refusal_leaves_nothing_behind() {
    let data = tempfile::tempdir().unwrap();
    let Some(kiosk) = open(data.path(), CameraSpec::Simulated, |_| {}) else { return };
    wait_for(&kiosk, "the question who it is", |view| {
        matches!(view.session, SessionView::Identifying { .. })
    });
    let student = kiosk.view().1.status.demo.unwrap();
    kiosk.send(Intent::Identify(Identification {
        last_four: student.last_four.clone(),
        id_number: student.id_number.clone(),
        student_number: student.student_number.clone(),
        name: student.name.clone(),
    }));
    wait_for(&kiosk, "the notice", |view| matches!(view.session, SessionView::Consenting { .. }));
    kiosk.send(Intent::Consent(Ticks::default()));
    std::thread::sleep(Duration::from_millis(300));
    assert!(matches!(kiosk.view().1.session, SessionView::Consenting { .. }), "nothing was agreed to");
    kiosk.send(Intent::Leave);
    wait_for(&kiosk, "the start", |view| matches!(view.session, SessionView::Scanning { .. }));
    kiosk.close();
    drop(kiosk);
    for entry in std::fs::read_dir(data.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        for secret in [&student.id_number, &student.student_number, &student.name] {
            let there = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!there, "{} holds something of whoever refused", path.display());
        }
    }
}

#[test]
fn the_comparison_is_a_hint_beside_the_order() {
    let data = tempfile::tempdir().unwrap();
    let portraits = ["006_neutral.jpg", "020_neutral.jpg", "030_neutral.jpg"];
    let Some(camera) = recording(data.path(), &portraits) else { return };
    let shared = kiosk_tests::shared("portraits").unwrap();
    let enrolment = data.path().join("enrolment");
    std::fs::create_dir(&enrolment).unwrap();
    for (n, name) in [(0, "006_smiling.jpg"), (1, "006_neutral.jpg")] {
        let student = InventedStudent::new(11, n);
        std::fs::copy(shared.join(name), enrolment.join(format!("{}.jpg", student.id_number))).unwrap();
    }
    let compared = |settings: &mut Settings| settings.enrolment_photos = Some(enrolment);
    let Some(kiosk) = open(data.path(), camera, compared) else { return };
    visits(&kiosk, 3);
    kiosk.operator().unlock("店长", PIN).unwrap();
    let rows = kiosk.operator().orders(&OrderQuery::default()).unwrap().rows;
    let likenesses: Vec<Option<Likeness>> = rows.iter().rev().map(|row| row.likeness).collect();
    assert_eq!(likenesses, [Some(Likeness::Alike), Some(Likeness::Unlike), Some(Likeness::NoPhoto)]);
}
