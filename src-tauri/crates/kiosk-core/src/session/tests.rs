use std::sync::Arc;

use proptest::prelude::*;

use super::fixtures::WELL_PLACED;
use super::*;
use crate::consent::Ticks;
use crate::instruction::FramingMeasures;
use crate::order::LocalDay;
use crate::report::{Burst, BurstScore, FileFacts, ShotSource, Timings};
use crate::{
    Check, CheckId, CollectionCode, Fault, FaultCode, Geometry, OrderNumber, PhotoReport, Transform,
};

mod binding;
mod listed;
mod payment;

/// A valid number of the standard's own example, and its last four.
const NUMBER: &str = "11010519491231002X";
const LAST_FOUR: &str = "002X";

fn id(n: u32) -> SessionId {
    SessionId(format!("session-{n}"))
}

fn code(last_four: &str) -> CollectionCode {
    let json = format!(
        r#"{{"cjm":"00000000000000{last_four}","yxdm":"99999","zjhm":"{last_four}","xh":"T2026001","xm":"测试*","bh":"1班"}}"#
    );
    CollectionCode::decode(json.as_bytes())
}

fn code_read(n: u32) -> Event {
    Event::CodeRead { fresh: id(n), code: code(LAST_FOUR), known: KnownCode::default() }
}

fn agreed() -> Event {
    Event::Consent(Ticks { face_data: true, ..Ticks::default() })
}

fn typed() -> Identification {
    Identification {
        last_four: LAST_FOUR.to_owned(),
        id_number: NUMBER.to_owned(),
        student_number: String::new(),
        name: String::new(),
    }
}

fn good_frame(n: u32) -> Event {
    let measures = FramingMeasures { brightness: 0.5, face: Some(WELL_PLACED), checks: Vec::new() };
    Event::Measured { session: id(n), measures }
}

fn look(n: u32, at: i64, checks: Vec<Check>) -> Event {
    Event::Inspected { session: id(n), look: WholeLook { at, face: WELL_PLACED, checks, whose: None } }
}

fn shot() -> Shot {
    Shot { file: Arc::from(*b"shot"), source: ShotSource::Camera, burst: None }
}

fn photo(checks: Vec<Check>) -> StandardPhoto {
    let report = PhotoReport {
        profile: "test".to_owned(),
        transform: Transform { scale: 0.5, offset_x: 0.0, offset_y: 0.0 },
        geometry: Geometry { head_top: 80.0, eye_line: 250.0, face_width: 240.0, centre_x: 240.0 },
        checks,
        file: FileFacts { bytes: 30_000, quality: 90, width: 480, height: 640, dpi: 300 },
        shot_sha256: String::new(),
        photo_sha256: String::new(),
        models: Vec::new(),
        version: "0".to_owned(),
        timings_ms: Timings::default(),
        source: ShotSource::Camera,
        burst: None,
        provenance: Box::default(),
    };
    StandardPhoto { jpeg: Arc::from(*b"photo"), report, face: None, likeness: None }
}

fn number() -> OrderNumber {
    OrderNumber { day: LocalDay { year: 2026, month: 11, day: 21 }, station: 'A', counter: 1 }
}

/// A visit that is driven by hand.
struct Visit {
    state: State,
    now: i64,
    policy: Policy,
}

impl Visit {
    fn new() -> Self {
        Self { state: State::start(), now: 0, policy: Policy::default() }
    }

    fn on(&mut self, event: Event) -> Vec<Effect> {
        let step = step(self.state.clone(), self.now, event, &self.policy);
        assert_eq!(step.refused, None);
        self.state = step.state;
        step.effects
    }

    fn refuses(&mut self, event: Event) {
        let before = self.state.clone();
        let step = step(before.clone(), self.now, event, &self.policy);
        assert!(step.refused.is_some(), "{} should have been refused", before.name());
        assert_eq!(step.state, before);
        assert_eq!(step.effects, vec![]);
    }

    fn after(&mut self, ms: i64) -> Vec<Effect> {
        self.now += ms;
        self.on(Event::Tick)
    }

    fn framing(n: u32) -> Self {
        let mut visit = Self::new();
        visit.on(code_read(n));
        visit.on(Event::Identify(typed()));
        visit.on(agreed());
        visit
    }

    fn ticket(n: u32, attempt: u32) -> Ticket {
        Ticket { session: id(n), attempt }
    }

    fn review(n: u32, checks: Vec<Check>) -> Self {
        let mut visit = Self::framing(n);
        visit.released();
        visit.photo(n, 1, checks);
        visit
    }

    /// The button, and the countdown to its end.
    fn released(&mut self) -> Vec<Effect> {
        assert_eq!(self.on(Event::Shutter), vec![]);
        self.after(self.policy.countdown_ms)
    }

    fn photo(&mut self, n: u32, attempt: u32, checks: Vec<Check>) {
        let ticket = Self::ticket(n, attempt);
        self.on(Event::ShotTaken { ticket: ticket.clone(), result: Ok(shot()) });
        self.on(Event::Standardised { ticket, result: Ok(photo(checks)) });
    }
}

fn failing() -> Vec<Check> {
    vec![Check::judge(CheckId::EyeLine, 400.0, "px", [200.0, 300.0], 0.0)]
}

#[test]
fn a_whole_visit() {
    let mut visit = Visit::new();
    assert_eq!(visit.on(code_read(1)), vec![]);
    visit.on(Event::Identify(typed()));
    visit.on(agreed());
    visit.on(good_frame(1));
    visit.on(look(1, visit.now, Vec::new()));
    visit.now += visit.policy.hold_ms;
    let ticket = Visit::ticket(1, 1);
    let frames = visit.policy.burst_frames;
    assert_eq!(visit.on(good_frame(1)), vec![Effect::TakeShot { ticket: ticket.clone(), frames }]);
    let effects = visit.on(Event::ShotTaken { ticket: ticket.clone(), result: Ok(shot()) });
    assert_eq!(effects, vec![Effect::Standardise { ticket: ticket.clone(), shot: shot(), compared: None }]);
    visit.on(Event::Standardised { ticket, result: Ok(photo(vec![])) });
    let effects = visit.on(Event::Accept);
    let [Effect::Commit { order, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(order.person.id_number.canonical(), NUMBER);
    assert_eq!(order.person.student_number.as_deref(), Some("T2026001"));
    assert_eq!(order.code.payload, code(LAST_FOUR).payload);
    assert_eq!(order.shot, None, "the shot is kept only by policy");
    assert_eq!(
        visit.on(Event::Committed { session: id(1), result: Ok(number()) }),
        vec![Effect::Forget { session: id(1) }]
    );
    assert!(matches!(&visit.state, State::Done(done) if done.order == number()));
    visit.after(visit.policy.done_timeout_ms);
    assert_eq!(visit.state, State::start());
}

#[test]
fn no_shot_without_a_live_visit() {
    let mut visit = Visit::new();
    visit.refuses(Event::Shutter);
    visit.refuses(good_frame(1));
    visit.on(code_read(1));
    visit.refuses(Event::Shutter);
    visit.on(Event::Identify(typed()));
    visit.refuses(Event::Shutter);
}

#[test]
fn a_new_code_ends_the_visit_and_the_same_code_does_not() {
    for mut visit in [Visit::framing(1), {
        let mut v = Visit::new();
        v.on(code_read(1));
        v
    }] {
        visit.refuses(code_read(2));
        let effects =
            visit.on(Event::CodeRead { fresh: id(2), code: code("4321"), known: KnownCode::default() });
        assert!(effects.contains(&Effect::Forget { session: id(1) }));
        assert_eq!(visit.state.session(), Some(&id(2)));
        assert!(matches!(visit.state, State::Identifying { .. }));
    }
}

#[test]
fn a_late_result_reaches_nobody_else() {
    let mut visit = Visit::framing(1);
    visit.released();
    visit.on(Event::Leave);
    visit.on(code_read(2));
    visit.on(Event::Identify(typed()));
    visit.on(agreed());
    visit.refuses(good_frame(1));
    visit.refuses(look(1, visit.now, Vec::new()));
    visit.released();
    visit.refuses(Event::ShotTaken { ticket: Visit::ticket(1, 1), result: Ok(shot()) });
    visit.on(Event::ShotTaken { ticket: Visit::ticket(2, 1), result: Ok(shot()) });
    visit.refuses(Event::Standardised { ticket: Visit::ticket(1, 1), result: Ok(photo(vec![])) });
}

#[test]
fn a_late_photo_cannot_take_the_place_of_a_newer_one() {
    let mut visit = Visit::framing(1);
    visit.released();
    visit.on(Event::ShotTaken { ticket: Visit::ticket(1, 1), result: Ok(shot()) });
    visit.after(visit.policy.standardise_timeout_ms);
    assert!(matches!(&visit.state, State::Framing(f) if f.fault.is_some()));
    visit.released();
    visit.on(Event::ShotTaken { ticket: Visit::ticket(1, 2), result: Ok(shot()) });
    visit.refuses(Event::Standardised { ticket: Visit::ticket(1, 1), result: Ok(photo(vec![])) });
}

#[test]
fn what_was_typed_must_agree_with_itself_and_with_the_code() {
    let cases = [
        (Identification { id_number: "110105194912310021".into(), ..typed() }, FaultCode::IdNumberInvalid),
        (Identification { last_four: "0021".into(), ..typed() }, FaultCode::LastFourMismatch),
        (Identification { last_four: String::new(), ..typed() }, FaultCode::LastFourMismatch),
        (Identification { student_number: "T1".into(), ..typed() }, FaultCode::StudentNumberMismatch),
    ];
    for (typed, expected) in cases {
        let mut visit = Visit::new();
        visit.on(code_read(1));
        visit.on(Event::Identify(typed));
        let State::Identifying { fault: Some(fault), tries: 1, .. } = &visit.state else {
            panic!("{:?}", visit.state)
        };
        assert_eq!(fault.code, expected);
        assert!(!fault.detail.contains("4911") && !fault.detail.contains("0101"), "personal data in {fault}");
    }
}

#[test]
fn an_opaque_code_asks_for_the_student_number() {
    let mut visit = Visit::new();
    visit.on(Event::CodeRead {
        fresh: id(1),
        code: CollectionCode::decode(&[0xff, 0x00, 0x17]),
        known: KnownCode::default(),
    });
    visit.on(Event::Identify(typed()));
    assert!(
        matches!(&visit.state, State::Identifying { fault: Some(f), .. } if f.code == FaultCode::StudentNumberMismatch)
    );
    visit.on(Event::Identify(Identification { student_number: " T2026002 ".into(), ..typed() }));
    assert!(
        matches!(&visit.state, State::Consenting { identified, .. } if identified.person.student_number.as_deref() == Some("T2026002"))
    );
}

#[test]
fn guessing_ends_the_visit() {
    let mut visit = Visit::new();
    visit.on(code_read(1));
    for _ in 1..visit.policy.identification_tries {
        visit.on(Event::Identify(Identification { last_four: "9999".into(), ..typed() }));
    }
    let effects = visit.on(Event::Identify(Identification { last_four: "9999".into(), ..typed() }));
    assert!(effects.contains(&Effect::Forget { session: id(1) }));
    assert!(matches!(&visit.state, State::Scanning(w) if w.fault.is_some()));
    visit.after(60_000);
    assert_eq!(visit.state, State::start());
}

#[test]
fn silence_ends_every_screen_of_a_person_and_touching_keeps_it() {
    let mut screens = vec![Visit::framing(1), Visit::review(1, vec![])];
    let mut visit = Visit::new();
    visit.on(code_read(1));
    screens.push(Visit { state: visit.state.clone(), ..Visit::new() });
    visit.on(Event::Identify(typed()));
    screens.push(visit);
    for mut visit in screens {
        let patience = [
            visit.policy.identify_timeout_ms,
            visit.policy.consent_timeout_ms,
            visit.policy.framing_timeout_ms,
            visit.policy.review_timeout_ms,
        ];
        let longest = patience.into_iter().max().unwrap();
        let shortest = patience.into_iter().min().unwrap();
        for _ in 0..5 {
            visit.after(shortest - 1);
            assert_eq!(visit.state.session(), Some(&id(1)), "{}", visit.state.name());
            visit.on(Event::Touch);
        }
        let effects = visit.after(longest);
        assert!(effects.contains(&Effect::Forget { session: id(1) }));
        assert!(
            matches!(&visit.state, State::Scanning(w) if w.fault.as_ref().unwrap().code == FaultCode::SessionTimedOut)
        );
    }
}

#[test]
fn a_photo_outside_the_standard_is_retaken_until_the_tries_are_used_up() {
    let mut visit = Visit::review(1, failing());
    let tries = u32::from(visit.policy.retakes);
    for attempt in 2..=tries + 1 {
        visit.on(Event::Accept);
        assert!(
            matches!(&visit.state, State::Review(r) if r.fault.as_ref().unwrap().code == FaultCode::PhotoOutsideStandard)
        );
        visit.on(Event::Retake);
        visit.released();
        visit.photo(1, attempt, failing());
    }
    visit.refuses(Event::Retake);
    assert!(matches!(visit.on(Event::Accept).as_slice(), [Effect::Commit { .. }]));
}

fn overriding(ticket: Ticket, reason: &str) -> Event {
    Event::Override { ticket, reason: reason.to_owned(), by: "operator".to_owned() }
}

#[test]
fn an_operator_lets_a_photo_pass_with_a_reason_and_the_order_carries_it() {
    let mut visit = Visit::review(1, failing());
    visit.refuses(overriding(Visit::ticket(1, 1), "  "));
    visit.refuses(overriding(Visit::ticket(1, 2), "the school agreed"));
    visit.refuses(overriding(Visit::ticket(2, 1), "the school agreed"));
    visit.on(overriding(Visit::ticket(1, 1), " the school agreed "));
    let SessionView::Review { may_accept: true, overridden: Some(shown), .. } =
        view(&visit.state, visit.now, &visit.policy)
    else {
        panic!("{:?}", visit.state)
    };
    assert_eq!(shown.reason, "the school agreed");
    let effects = visit.on(Event::Accept);
    let [Effect::Commit { order, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    let overridden = order.overridden.as_ref().unwrap();
    assert_eq!((overridden.reason.as_str(), overridden.by.as_str()), ("the school agreed", "operator"));
}

#[test]
fn there_is_nothing_to_override_on_a_good_photo_or_after_a_retake() {
    let mut visit = Visit::review(1, vec![]);
    visit.refuses(overriding(Visit::ticket(1, 1), "why not"));
    let mut visit = Visit::review(1, failing());
    visit.on(overriding(Visit::ticket(1, 1), "the school agreed"));
    visit.on(Event::Retake);
    visit.released();
    visit.photo(1, 2, failing());
    assert!(matches!(&visit.state, State::Review(r) if r.overridden.is_none()));
}

#[test]
fn the_wire_calls_an_override_by_its_name() {
    let mut visit = Visit::review(1, failing());
    let shown = |visit: &Visit| serde_json::to_value(view(&visit.state, visit.now, &visit.policy)).unwrap();
    assert!(shown(&visit)["override"].is_null());
    visit.on(overriding(Visit::ticket(1, 1), "beard"));
    assert_eq!(shown(&visit)["override"]["reason"], "beard");
}

#[test]
fn the_button_counts_down_and_a_second_press_stops_it() {
    let mut visit = Visit::framing(1);
    let countdown = |visit: &Visit| match view(&visit.state, visit.now, &visit.policy) {
        SessionView::Framing { coaching, .. } => coaching.countdown,
        other => panic!("{other:?}"),
    };
    assert_eq!(countdown(&visit), None);
    visit.on(Event::Shutter);
    for seconds in [3, 2, 1] {
        assert_eq!(countdown(&visit), Some(seconds));
        assert_eq!(visit.after(999), vec![]);
        assert_eq!(countdown(&visit), Some(seconds));
        visit.now += 1;
    }
    visit.on(Event::Shutter);
    assert_eq!(countdown(&visit), None);
    assert_eq!(visit.after(visit.policy.countdown_ms), vec![]);
    assert!(matches!(visit.released().as_slice(), [Effect::TakeShot { .. }]));
}

#[test]
fn a_countdown_is_not_cut_short_by_the_automatic_shutter() {
    let mut visit = Visit::framing(1);
    visit.on(good_frame(1));
    visit.on(Event::Shutter);
    visit.now += visit.policy.hold_ms;
    visit.on(look(1, visit.now, Vec::new()));
    assert_eq!(visit.on(good_frame(1)), vec![]);
    visit.on(Event::Shutter);
    assert!(matches!(visit.on(good_frame(1)).as_slice(), [Effect::TakeShot { .. }]));
}

#[test]
fn the_shutter_does_not_release_by_itself_before_somebody_looked_closely() {
    let mut visit = Visit::framing(1);
    visit.on(good_frame(1));
    visit.now += 10 * visit.policy.hold_ms;
    assert_eq!(visit.on(good_frame(1)), vec![]);
    visit.on(look(1, visit.now, Vec::new()));
    visit.now += visit.policy.look_fresh_ms + 1;
    assert_eq!(visit.on(good_frame(1)), vec![], "stale");
    let covered = Check::judge(CheckId::EarsVisible, 0.0, "ratio", [0.05, 1.0], 0.0);
    visit.on(look(1, visit.now, vec![covered]));
    assert_eq!(visit.on(good_frame(1)), vec![]);
    visit.on(look(1, visit.now, Vec::new()));
    assert_eq!(visit.on(good_frame(1)), vec![], "the hold begins anew");
    visit.now += visit.policy.hold_ms;
    assert!(matches!(visit.on(good_frame(1)).as_slice(), [Effect::TakeShot { .. }]));
}

#[test]
fn an_imported_picture_becomes_the_shot_of_its_own_visit_only() {
    let album = Shot { source: ShotSource::File, ..shot() };
    let imported = |n: u32| Event::Imported { session: id(n), shot: album.clone() };
    let mut visit = Visit::framing(1);
    visit.refuses(imported(2));
    let ticket = Visit::ticket(1, 1);
    assert_eq!(
        visit.on(imported(1)),
        vec![Effect::Standardise { ticket: ticket.clone(), shot: album.clone(), compared: None }]
    );
    visit.refuses(imported(1));
    visit.on(Event::Standardised { ticket, result: Err(Fault::new(FaultCode::ImageUnreadable, "")) });
    assert!(matches!(&visit.state, State::Framing(f) if f.fault.is_some()));
}

#[test]
fn an_old_report_without_burst_is_read() {
    let mut report = serde_json::to_value(photo(vec![]).report).unwrap();
    let fields = report.as_object_mut().unwrap();
    fields.remove("burst");
    fields.remove("source");
    let old: PhotoReport = serde_json::from_value(report).unwrap();
    assert_eq!((old.source, old.burst), (ShotSource::Camera, None));
    let chosen = Burst { frames: 1, chosen: 0, scores: vec![BurstScore::default()] };
    let text = serde_json::to_string(&chosen).unwrap();
    assert_eq!(serde_json::from_str::<Burst>(&text).unwrap(), chosen);
}

#[test]
fn a_full_disk_loses_neither_photo_nor_place() {
    let mut visit = Visit::review(1, vec![]);
    visit.on(Event::Accept);
    visit.refuses(Event::Leave);
    visit.on(Event::Committed { session: id(1), result: Err(Fault::new(FaultCode::DiskFull, "")) });
    assert!(
        matches!(&visit.state, State::Review(r) if r.fault.as_ref().unwrap().code == FaultCode::DiskFull)
    );
    assert!(matches!(visit.on(Event::Accept).as_slice(), [Effect::Commit { .. }]));
}

#[test]
fn a_late_order_log_is_named_and_its_late_answer_still_counts() {
    let mut visit = Visit::review(1, vec![]);
    visit.on(Event::Accept);
    visit.after(visit.policy.commit_timeout_ms);
    assert!(matches!(&visit.state, State::Committing(c) if c.fault.is_some()));
    visit.on(Event::Committed { session: id(1), result: Ok(number()) });
    assert!(matches!(visit.state, State::Done(_)));
}

#[test]
fn a_failed_shot_goes_back_to_framing_with_its_reason() {
    let mut visit = Visit::framing(1);
    visit.released();
    let fault = Fault::new(FaultCode::CameraUnplugged, "");
    visit.on(Event::ShotTaken { ticket: Visit::ticket(1, 1), result: Err(fault.clone()) });
    assert!(matches!(&visit.state, State::Framing(f) if f.fault == Some(fault)));
}

#[test]
fn nothing_of_the_person_is_left_on_the_start_screen() {
    let mut visit = Visit::review(1, vec![]);
    visit.on(Event::Leave);
    let glass = serde_json::to_string(&view(&visit.state, visit.now, &visit.policy)).unwrap();
    for secret in ["测试", "T2026001", LAST_FOUR, "1班", "99999"] {
        assert!(!glass.contains(secret), "{glass}");
    }
}

#[test]
fn the_glass_never_shows_a_whole_number() {
    let mut visit = Visit::new();
    visit.on(code_read(1));
    let mut glass = vec![view(&visit.state, 0, &visit.policy)];
    visit.on(Event::Identify(typed()));
    glass.push(view(&visit.state, 0, &visit.policy));
    glass.push(view(&Visit::framing(1).state, 0, &visit.policy));
    glass.push(view(&Visit::review(1, vec![]).state, 0, &visit.policy));
    for view in glass {
        assert!(!serde_json::to_string(&view).unwrap().contains("19491231"), "{view:?}");
    }
}

#[test]
fn debug_output_holds_nothing_of_the_person() {
    for visit in [Visit::framing(1), Visit::review(1, vec![])] {
        let text = format!("{:?}", visit.state);
        for secret in ["19491231", "T2026001", "测试"] {
            assert!(!text.contains(secret), "{text}");
        }
    }
}

fn any_event() -> impl Strategy<Value = Event> {
    let ticket = (0u32..3, 0u32..3).prop_map(|(n, attempt)| Visit::ticket(n, attempt));
    let fault = || Fault::new(FaultCode::Internal, "");
    prop_oneof![
        Just(Event::Tick),
        Just(Event::Touch),
        Just(Event::Leave),
        (0u32..3, prop_oneof![Just("002X"), Just("4321")]).prop_map(|(n, four)| Event::CodeRead {
            fresh: id(n),
            code: code(four),
            known: KnownCode::default()
        }),
        Just(Event::Identify(typed())),
        Just(Event::Identify(Identification::default())),
        any::<bool>().prop_map(|face_data| Event::Consent(Ticks { face_data, ..Ticks::default() })),
        (0u32..3).prop_map(good_frame),
        (0u32..3, 0i64..1_000_000).prop_map(|(n, at)| look(n, at, Vec::new())),
        (0u32..3, 0i64..1_000_000, 0..2_u8).prop_map(|(n, at, who)| binding::seen(n, at, f32::from(who))),
        Just(Event::Shutter),
        (0u32..3).prop_map(|n| Event::Imported { session: id(n), shot: shot() }),
        (ticket.clone(), any::<bool>())
            .prop_map(|(ticket, why)| overriding(ticket, if why { "beard" } else { " " })),
        (ticket.clone(), any::<bool>()).prop_map(move |(ticket, ok)| Event::ShotTaken {
            ticket,
            result: if ok { Ok(shot()) } else { Err(fault()) }
        }),
        (ticket, any::<bool>(), any::<bool>()).prop_map(move |(ticket, ok, good)| Event::Standardised {
            ticket,
            result: if ok { Ok(photo(if good { vec![] } else { failing() })) } else { Err(fault()) }
        }),
        Just(Event::Retake),
        Just(Event::Accept),
        (0u32..3, any::<bool>()).prop_map(move |(n, ok)| Event::Committed {
            session: id(n),
            result: if ok { Ok(number()) } else { Err(fault()) }
        }),
    ]
}

#[test]
fn a_clock_at_the_end_of_time_is_no_panic() {
    for now in [i64::MIN, i64::MAX] {
        let mut visit = Visit { now, ..Visit::new() };
        visit.on(code_read(1));
        visit.on(Event::Identify(typed()));
        visit.on(agreed());
        visit.on(good_frame(1));
        visit.on(Event::Shutter);
        let _ = view(&visit.state, now, &visit.policy);
        visit.on(Event::Tick);
    }
}

proptest! {
    /// Whatever happens in whatever order: a refused event changes nothing, every visit that ends is forgotten
    /// exactly then, and work is only ever asked for the visit that is under way.
    #[test]
    fn any_order_of_events_is_safe(events in prop::collection::vec((any_event(), 0i64..200_000), 1..60)) {
        let policy = Policy::default();
        let mut state = State::start();
        let mut now = 0;
        for (event, pause) in events {
            now += pause;
            let before = state.clone();
            let step = step(state, now, event, &policy);
            if step.refused.is_some() {
                prop_assert_eq!(&step.state, &before);
                prop_assert!(step.effects.is_empty());
            }
            let _ = view(&step.state, now, &policy);
            let ended = before.session().filter(|s| step.state.session() != Some(s));
            if let (Some(session), false) = (ended, matches!(before, State::Done(_))) {
                let forgotten = step.effects.contains(&Effect::Forget { session: session.clone() });
                prop_assert!(forgotten);
            }
            for effect in &step.effects {
                match effect {
                    Effect::TakeShot { ticket, .. } | Effect::Standardise { ticket, .. } => {
                        prop_assert_eq!(Some(&ticket.session), step.state.session());
                    }
                    Effect::Commit { order, .. } => prop_assert_eq!(Some(&order.session), step.state.session()),
                    Effect::Forget { .. } | Effect::Ended { .. } => {}
                }
            }
            state = step.state;
        }
    }
}
