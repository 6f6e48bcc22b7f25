//! A school's roster knows who came.

use super::*;
use crate::IdNumber;
use crate::id_document::LastFour;
use crate::roster::RosterEntry;

fn listed(class: &str, number: Option<&str>, last_four: Option<&str>) -> Box<RosterEntry> {
    Box::new(RosterEntry {
        student_number: Some("T2026009".to_owned()),
        name: Some("测试全名".to_owned()),
        class: Some(class.to_owned()),
        id_number: number.map(|text| IdNumber::parse(text).unwrap()),
        id_last4: last_four.map(|text| LastFour::parse(text).unwrap()),
        ..RosterEntry::default()
    })
}

fn opaque(entry: Option<Box<RosterEntry>>) -> Event {
    Event::CodeRead {
        fresh: id(1),
        code: CollectionCode::decode(&[0xff, 0x00, 0x17]),
        known: KnownCode { listed: entry, ..KnownCode::default() },
    }
}

#[test]
fn a_roster_tells_what_the_code_does_not() {
    let mut visit = Visit::new();
    visit.on(opaque(Some(listed("九班", Some(NUMBER), None))));
    let seen = view(&visit.state, visit.now, &visit.policy);
    let SessionView::Identifying { record, needs_student_number, needs_name, .. } = seen else {
        panic!("{seen:?}")
    };
    assert_eq!((needs_student_number, needs_name), (false, false));
    assert_eq!((record.name.as_deref(), record.class.as_deref()), (Some("测***"), Some("九班")));
    assert_eq!(record.last_four, None, "the roster's number is nobody's to see");
    visit.on(Event::Identify(typed()));
    let State::Consenting { identified, .. } = &visit.state else { panic!("{:?}", visit.state) };
    assert_eq!(identified.person.name.as_deref(), Some("测试全名"));
    assert_eq!(identified.person.student_number.as_deref(), Some("T2026009"));
    let bare = CollectionCode::decode(&[0xff, 0x00, 0x17]);
    assert_eq!(
        identified.opened.code.identity(),
        bare.identity(),
        "a roster does not change whose code it is"
    );
}

#[test]
fn a_number_that_contradicts_the_roster_stops_the_visit() {
    for entry in [listed("九班", Some("440524188001010014"), None), listed("九班", None, Some("0014"))] {
        let mut visit = Visit::new();
        visit.on(opaque(Some(entry)));
        let effects = visit.on(Event::Identify(typed()));
        assert!(effects.contains(&Effect::Forget { session: id(1) }));
        assert!(
            matches!(&visit.state, State::Scanning(w) if w.fault.as_ref().is_some_and(|f| f.code == FaultCode::RosterMismatch))
        );
    }
}

#[test]
fn what_was_typed_may_lead_to_the_roster_once() {
    let mut visit = Visit::new();
    visit.on(opaque(None));
    visit.refuses(Event::Listed { session: id(2), entry: listed("一班", None, None) });
    visit.on(Event::Listed { session: id(1), entry: listed("九班", None, Some(LAST_FOUR)) });
    visit.refuses(Event::Listed { session: id(1), entry: listed("一班", None, None) });
    visit.on(Event::Identify(Identification { student_number: "t2026009".into(), ..typed() }));
    assert!(
        matches!(&visit.state, State::Consenting { identified, .. } if identified.person.class.as_deref() == Some("九班"))
    );
}
