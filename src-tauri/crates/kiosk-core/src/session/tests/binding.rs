//! One session, one code, one person, one face.

use super::*;
use crate::collection_code::CodeKey;
use crate::consent::Guardian;
use crate::face::FaceEmbedding;
use crate::order::{EarlierOrder, OrderState};

fn face(at: f32) -> FaceEmbedding {
    FaceEmbedding::new(&[at, 0.0])
}

fn alone() -> Vec<Check> {
    vec![Check::judge(CheckId::SingleFace, 1.0, "count", [1.0, 1.0], 0.0)]
}

/// A whole look that shows the face at this place of the space; farther than the limit is somebody else.
pub fn seen(n: u32, at: i64, whose: f32) -> Event {
    let look = WholeLook { at, face: WELL_PLACED, checks: alone(), whose: Some(face(whose)) };
    Event::Inspected { session: id(n), look }
}

fn photographed(n: u32, attempt: u32, whose: f32) -> Event {
    let photo = StandardPhoto { face: Some(face(whose)), ..photo(alone()) };
    Event::Standardised { ticket: Visit::ticket(n, attempt), result: Ok(photo) }
}

fn fault_on_start(state: &State) -> Option<FaultCode> {
    match state {
        State::Scanning(waiting) => waiting.fault.as_ref().map(|fault| fault.code),
        _ => None,
    }
}

#[test]
fn another_face_ends_the_visit_and_says_so() {
    let mut visit = Visit::framing(1);
    visit.on(seen(1, 0, 0.0));
    visit.on(seen(1, 100, 0.1));
    visit.on(seen(1, 200, 1.0));
    assert_eq!(visit.state.session(), Some(&id(1)), "one look may be an accident");
    let effects = visit.on(seen(1, 300, 1.0));
    assert!(effects.contains(&Effect::Forget { session: id(1) }));
    assert_eq!(fault_on_start(&visit.state), Some(FaultCode::FaceChanged));
}

#[test]
fn while_it_is_in_doubt_who_sits_there_the_shutter_does_not_release() {
    for (whose, released) in [(1.0, false), (0.0, true)] {
        let mut visit = Visit::framing(1);
        visit.on(seen(1, visit.now, 0.0));
        visit.on(seen(1, visit.now, whose));
        visit.on(good_frame(1));
        visit.now += visit.policy.hold_ms;
        assert_eq!(!visit.on(good_frame(1)).is_empty(), released);
    }
}

#[test]
fn a_photo_of_somebody_else_is_not_shown() {
    let mut visit = Visit::framing(1);
    visit.on(seen(1, 0, 0.0));
    visit.released();
    visit.on(Event::ShotTaken { ticket: Visit::ticket(1, 1), result: Ok(shot()) });
    visit.on(photographed(1, 1, 1.0));
    assert!(
        matches!(&visit.state, State::Framing(f) if f.fault.as_ref().is_some_and(|f| f.code == FaultCode::FaceChanged))
    );
    visit.on(seen(1, 10_000, 1.0));
    assert_eq!(fault_on_start(&visit.state), Some(FaultCode::FaceChanged));
}

#[test]
fn a_retake_belongs_to_the_same_face() {
    let mut visit = Visit::framing(1);
    visit.on(seen(1, 0, 0.0));
    visit.released();
    visit.on(Event::ShotTaken { ticket: Visit::ticket(1, 1), result: Ok(shot()) });
    visit.on(photographed(1, 1, 0.1));
    visit.on(Event::Retake);
    visit.on(seen(1, visit.now, 1.0));
    visit.on(seen(1, visit.now, 1.0));
    assert_eq!(fault_on_start(&visit.state), Some(FaultCode::FaceChanged));
}

#[test]
fn the_next_visit_may_be_anybodys() {
    let mut visit = Visit::framing(1);
    visit.on(seen(1, 0, 0.0));
    visit.on(Event::Leave);
    visit.on(code_read(2));
    visit.on(Event::Identify(typed()));
    visit.on(agreed());
    visit.on(seen(2, visit.now, 1.0));
    visit.on(seen(2, visit.now, 1.0));
    assert_eq!(visit.state.session(), Some(&id(2)));
}

#[test]
fn an_imported_picture_need_not_show_who_sits_there() {
    let mut visit = Visit::framing(1);
    visit.on(seen(1, 0, 0.0));
    let album = Shot { source: ShotSource::File, ..shot() };
    visit.on(Event::Imported { session: id(1), shot: album });
    visit.on(photographed(1, 1, 1.0));
    assert!(matches!(visit.state, State::Review(_)));
}

#[test]
fn a_new_code_says_that_the_visit_before_has_ended() {
    let mut visit = Visit::framing(1);
    visit.on(Event::CodeRead { fresh: id(2), code: code("4321"), known: KnownCode::default() });
    assert!(
        matches!(&visit.state, State::Identifying { fault: Some(f), tries: 0, .. } if f.code == FaultCode::CodeChanged)
    );
}

#[test]
fn the_same_code_again_is_a_retake_until_an_operator_has_worked_with_the_photo() {
    for state in OrderState::ALL {
        let known =
            KnownCode { listed: None, earlier: Some(EarlierOrder { number: number(), state }), paid: false };
        let mut visit = Visit::new();
        visit.on(Event::CodeRead { fresh: id(1), code: code(LAST_FOUR), known });
        let shown = view(&visit.state, visit.now, &visit.policy);
        if matches!(state, OrderState::Captured | OrderState::Returned) {
            let SessionView::Identifying { retake_of: Some(number), .. } = shown else { panic!("{shown:?}") };
            assert_eq!(number, "261121-A001");
        } else {
            let SessionView::Scanning { fault: Some(fault) } = shown else { panic!("{shown:?}") };
            assert_eq!((fault.code, fault.detail.as_str()), (FaultCode::AlreadyPhotographed, "261121-A001"));
        }
    }
}

#[test]
fn a_number_that_contradicts_the_code_stops_the_visit() {
    let mut visit = Visit::new();
    visit.on(code_read(1));
    let another = Identification {
        id_number: "440524188001010014".to_owned(),
        last_four: "0014".to_owned(),
        ..typed()
    };
    let effects = visit.on(Event::Identify(another));
    assert!(effects.contains(&Effect::Forget { session: id(1) }));
    assert_eq!(fault_on_start(&visit.state), Some(FaultCode::IdNumberMismatch));
}

#[test]
fn a_forged_code_opens_no_visit() {
    let mut visit = Visit::new();
    visit.policy.code_keys = vec![CodeKey::try_from("11".repeat(32)).unwrap()];
    let unsigned = CollectionCode::open(&code(LAST_FOUR).fields.unwrap());
    visit.on(Event::CodeRead { fresh: id(1), code: unsigned, known: KnownCode::default() });
    assert_eq!(fault_on_start(&visit.state), Some(FaultCode::CodeForged));
    visit.on(code_read(1));
    assert!(matches!(visit.state, State::Identifying { .. }), "other kinds of codes know no signature");
}

#[test]
fn there_is_no_visit_without_consent_to_face_data() {
    let mut visit = Visit::new();
    visit.on(code_read(1));
    visit.on(Event::Identify(typed()));
    visit.refuses(Event::Consent(Ticks { guardian: true, comparison: true, ..Ticks::default() }));
    visit.on(agreed());
    let State::Framing(framing) = &visit.state else { panic!("{:?}", visit.state) };
    assert!(!framing.consented.consent.guardian && !framing.consented.consent.comparison);
}

#[test]
fn a_child_needs_a_guardian() {
    let mut visit = Visit::new();
    // 2026-11-21; born the day after, fourteen years ago.
    visit.now = 1_795_219_200_000;
    visit.on(Event::CodeRead { fresh: id(1), code: code("0024"), known: KnownCode::default() });
    visit.on(Event::Identify(Identification {
        id_number: "110105201211220024".to_owned(),
        last_four: "0024".to_owned(),
        ..typed()
    }));
    let SessionView::Consenting { guardian: Guardian::Needed, .. } =
        view(&visit.state, visit.now, &visit.policy)
    else {
        panic!("{:?}", visit.state)
    };
    visit.refuses(agreed());
    visit.on(Event::Consent(Ticks { face_data: true, guardian: true, comparison: false }));
    assert!(matches!(&visit.state, State::Framing(f) if f.consented.consent.guardian));
}

#[test]
fn the_comparison_is_made_for_those_who_agreed_where_the_studio_offers_it() {
    for (offered, ticked, compared) in [(true, true, true), (true, false, false), (false, true, false)] {
        let mut visit = Visit::new();
        visit.policy.comparison = offered;
        visit.on(code_read(1));
        visit.on(Event::Identify(typed()));
        visit.on(Event::Consent(Ticks { face_data: true, guardian: false, comparison: ticked }));
        visit.released();
        let effects = visit.on(Event::ShotTaken { ticket: Visit::ticket(1, 1), result: Ok(shot()) });
        let [Effect::Standardise { compared: person, .. }] = effects.as_slice() else {
            panic!("{effects:?}")
        };
        assert_eq!(person.is_some(), compared);
    }
}
