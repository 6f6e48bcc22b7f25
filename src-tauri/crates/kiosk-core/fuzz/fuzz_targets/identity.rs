//! Who is it? Whatever a code holds and whatever is typed: nothing panics, a number that was taken is valid and is the one
//! that the code belongs to, and no mask shows more than it may.
#![no_main]

use arbitrary::Arbitrary;
use kiosk_core::collection_code::CodeKey;
use kiosk_core::consent::{Guardian, Ticks};
use kiosk_core::id_document::{BracketRule, LastFour};
use kiosk_core::roster::RosterEntry;
use kiosk_core::session::{Event, Identification, KnownCode, Policy, SessionId, State, step, view};
use kiosk_core::{CollectionCode, IdNumber};
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Visitor {
    payload: Vec<u8>,
    id_number: String,
    last_four: String,
    student_number: String,
    name: String,
    rosters_number: Option<String>,
    brackets_left_out: bool,
    signed_only: bool,
    now: i64,
    ticks: [bool; 3],
}

fuzz_target!(|visitor: Visitor| {
    documents(&visitor);
    let code = codes(&visitor);
    visit(&visitor, code);
});

fn documents(visitor: &Visitor) {
    let four = LastFour::parse(&visitor.last_four);
    let Ok(number) = IdNumber::parse(&visitor.id_number) else { return };
    let text = number.canonical();
    assert_eq!(IdNumber::parse(text).as_ref(), Ok(&number), "what was taken is taken again");
    assert!(text.is_ascii() && text.len() <= 18);
    for (mask, most) in [(number.masked_for_operator(), 10), (number.masked_for_student(), 4)] {
        assert_eq!(mask.len(), text.len());
        assert!(mask.chars().zip(text.chars()).all(|(shown, own)| shown == '*' || shown == own));
        assert!(mask.chars().filter(|c| *c != '*').count() <= most);
    }
    for form in number.forms() {
        assert!(form.same_person(&number) && number.same_person(&form));
        assert_eq!(form.birth_date(), number.birth_date());
        assert_eq!(IdNumber::parse(form.canonical()), Ok(form));
    }
    for rule in [BracketRule::Counted, BracketRule::LeftOut] {
        if let Ok(own) = LastFour::parse(&number.last_four(rule)) {
            assert!(own.matches(&number, rule));
        }
        if let Ok(four) = &four {
            let _ = four.matches(&number, rule);
        }
    }
    let _ = Guardian::of(&number, visitor.now);
    assert!(!format!("{number:?}{four:?}").contains(text));
}

fn codes(visitor: &Visitor) -> CollectionCode {
    let code = CollectionCode::decode(&visitor.payload);
    assert_eq!(code.payload, visitor.payload, "kept byte for byte");
    assert_eq!(CollectionCode::decode(&code.payload), code);
    let entry = RosterEntry { student_number: Some("S1".to_owned()), ..RosterEntry::default() };
    assert_eq!(code.clone().understood_through(&entry).identity(), code.identity());
    if let Some(fields) = &code.fields {
        assert_eq!(CollectionCode::open(fields).fields.as_ref(), Some(fields));
    }
    code
}

fn visit(visitor: &Visitor, code: CollectionCode) {
    let mut policy = Policy::default();
    if visitor.brackets_left_out {
        policy.last_four_rule = BracketRule::LeftOut;
    }
    if visitor.signed_only {
        policy.code_keys.extend("11".repeat(32).parse::<CodeKey>());
    }
    let rosters_number = visitor.rosters_number.as_deref().and_then(|text| IdNumber::parse(text).ok());
    let listed = rosters_number.clone().map(|id_number| {
        Box::new(RosterEntry { id_number: Some(id_number), ..RosterEntry::default() })
    });
    let opened = Event::CodeRead {
        fresh: SessionId("a".to_owned()),
        code: code.clone(),
        known: KnownCode { listed, ..KnownCode::default() },
    };
    let typed = Identification {
        last_four: visitor.last_four.clone(),
        id_number: visitor.id_number.clone(),
        student_number: visitor.student_number.clone(),
        name: visitor.name.clone(),
    };
    let [face_data, guardian, comparison] = visitor.ticks;
    let ticks = Ticks { face_data, guardian, comparison };
    let mut state = State::start();
    for event in [opened, Event::Identify(typed), Event::Consent(ticks)] {
        let after = step(state.clone(), visitor.now, event, &policy);
        if after.refused.is_some() {
            assert_eq!(after.state, state);
        }
        state = after.state;
        let shown = format!("{:?}", view(&state, visitor.now, &policy));
        if let Ok(number) = IdNumber::parse(&visitor.id_number)
            && number.canonical().len() == 18
            && ![&visitor.student_number, &visitor.name].iter().any(|text| text.contains(number.canonical()))
            && !String::from_utf8_lossy(&visitor.payload).contains(number.canonical())
        {
            assert!(!shown.contains(number.canonical()), "a whole number on the glass");
        }
    }
    let identified = match &state {
        State::Consenting { identified, .. } => identified,
        State::Framing(framing) => {
            assert!(face_data, "no photo without consent to face data");
            &framing.consented.identified
        }
        _ => return,
    };
    let person = &identified.person;
    assert!(!code.is_forged(&policy.code_keys));
    assert_eq!(IdNumber::parse(&visitor.id_number).as_ref(), Ok(&person.id_number));
    let told = code.fields.as_ref().and_then(|fields| fields.id_last4.as_deref());
    if let Some(told) = told.and_then(|text| LastFour::parse(text).ok()) {
        assert!(told.matches(&person.id_number, policy.last_four_rule), "another person's code");
    }
    if let Some(number) = &rosters_number {
        assert!(number.same_person(&person.id_number), "another person's line in the roster");
    }
    assert!(person.student_number.as_ref().is_some_and(|number| !number.trim().is_empty()));
}
