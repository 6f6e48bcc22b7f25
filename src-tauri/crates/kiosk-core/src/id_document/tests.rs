use proptest::prelude::*;

use super::*;

fn kind_of(typed: &str) -> Result<IdKind, IdNumberError> {
    IdNumber::parse(typed).map(|n| n.kind())
}

#[test]
fn each_document_is_recognised_by_its_form() {
    use IdKind as K;
    for (typed, kind, canonical) in [
        ("11010519491231002X", K::ResidentId18, "11010519491231002X"),
        (" 110105 19491231 002x", K::ResidentId18, "11010519491231002X"),
        ("１１０１０５１９４９１２３１００２ｘ", K::ResidentId18, "11010519491231002X"),
        ("440524188001010014", K::ResidentId18, "440524188001010014"),
        ("110105491231002", K::ResidentId15, "110105491231002"),
        ("H12345678", K::HkMoTravelPermit, "H12345678"),
        ("m1234567801", K::HkMoTravelPermit, "M1234567801"),
        ("01234567", K::TaiwanTravelPermit, "01234567"),
        ("0123456701（b）", K::TaiwanTravelPermit, "0123456701(B)"),
        ("CAN110077040101", K::ForeignPermanentResidentOld, "CAN110077040101"),
        ("A123456(3)", K::HongKongId, "A123456(3)"),
        ("h856249（2）", K::HongKongId, "H856249(2)"),
        ("1234567(8)", K::MacaoId, "1234567(8)"),
        ("E-1234 5678", K::Passport, "E12345678"),
    ] {
        let number = IdNumber::parse(typed).unwrap();
        assert_eq!((number.kind(), number.canonical()), (kind, canonical));
    }
}

#[test]
fn a_bad_number_says_what_is_wrong() {
    use IdNumberError as E;
    for (typed, error) in [
        ("", E::Empty),
        ("　 - ", E::Empty),
        ("110105194912310021", E::BadChecksum),
        ("11010519491331002X", E::BadDate),
        ("110105190002290009", E::BadDate),
        ("110105491331002", E::BadDate),
        ("911111111111111", E::BadCharacter),
        ("1101051949123100X", E::BadLength),
        ("110105194912310", E::BadDate),
        ("1101051949123100", E::BadLength),
        ("11010519491231002X0", E::BadLength),
        ("11O10519491231002X", E::BadCharacter),
        ("1101051949123100XX", E::BadCharacter),
        ("C123456(7)", E::BadChecksum),
        ("A123456(3", E::BadBracket),
        ("A123456(33)", E::BadBracket),
        ("(A)123456(3)", E::BadBracket),
        ("12(3)", E::BadLength),
        ("E123", E::BadLength),
        ("E12345_78", E::BadCharacter),
        ("护照12345678", E::BadCharacter),
    ] {
        assert_eq!(kind_of(typed), Err(error), "{typed}");
    }
}

#[test]
fn a_fifteen_digit_number_is_the_same_person_as_its_upgrade() {
    let old = IdNumber::parse("110105491231002").unwrap();
    let new = IdNumber::parse("11010519491231002X").unwrap();
    assert_eq!(old.upgraded().as_ref(), Some(&new));
    assert_eq!(new.upgraded(), None);
    assert_eq!(old.forms(), [old.clone(), new.clone()]);
    assert_eq!(new.forms(), [new.clone(), old.clone()]);
    assert_eq!(IdNumber::parse("440524188001010014").unwrap().forms().len(), 1);
    assert!(old.same_person(&new) && new.same_person(&old) && new.same_person(&new));
    assert!(!new.same_person(&IdNumber::parse("440524188001010014").unwrap()));
}

#[test]
fn the_last_four_follow_the_bracket_rule() {
    let hong_kong = IdNumber::parse("A123456(3)").unwrap();
    assert_eq!(hong_kong.last_four(BracketRule::Counted), "6(3)");
    assert_eq!(hong_kong.last_four(BracketRule::LeftOut), "4563");
    let typed = LastFour::parse("６（３）").unwrap();
    assert!(typed.matches(&hong_kong, BracketRule::Counted));
    assert!(!typed.matches(&hong_kong, BracketRule::LeftOut));
    assert!(LastFour::parse("4563").unwrap().matches(&hong_kong, BracketRule::LeftOut));
}

#[test]
fn the_last_four_are_folded_and_are_four() {
    let number = IdNumber::parse("11010519491231002X").unwrap();
    for typed in ["002X", "002x", "００２ｘ", " 0 0 2 X "] {
        assert!(LastFour::parse(typed).unwrap().matches(&number, BracketRule::Counted), "{typed}");
    }
    assert!(
        LastFour::parse("002X")
            .unwrap()
            .matches(&IdNumber::parse("110105491231002").unwrap(), BracketRule::Counted)
    );
    assert_eq!(LastFour::parse(""), Err(LastFourError::Empty));
    assert_eq!(LastFour::parse("02X"), Err(LastFourError::NotFour));
    assert_eq!(LastFour::parse("1002X"), Err(LastFourError::NotFour));
    assert_eq!(LastFour::parse("00*X"), Err(LastFourError::BadCharacter));
}

#[test]
fn masks_show_what_each_reader_may_see() {
    let number = IdNumber::parse("11010519491231002X").unwrap();
    assert_eq!(number.masked_for_operator(), "110105********002X");
    assert_eq!(number.masked_for_student(), "**************002X");
    let short = IdNumber::parse("E12345678").unwrap();
    assert_eq!(short.masked_for_operator(), "E****5678");
    assert_eq!(short.masked_for_student(), "*****5678");
    assert_eq!(format!("{number:?}"), "IdNumber(ResidentId18)");
    assert_eq!(format!("{:?}", LastFour::parse("002X")), "Ok(LastFour(…))");
}

/// A valid 18-character number from its parts; days stop at 28 so that every month has them.
fn resident() -> impl Strategy<Value = String> {
    (110000..660000_u32, 1900..2026_u32, 1..=12_u32, 1..=28_u32, 0..1000_u32).prop_map(
        |(region, y, m, d, seq)| {
            let body = format!("{region}{y}{m:02}{d:02}{seq:03}");
            let check = mod_11_2_check(&body).unwrap();
            body + &check.to_string()
        },
    )
}

proptest! {
    #[test]
    fn a_generated_number_comes_back(text in resident()) {
        let number = IdNumber::parse(&text).unwrap();
        prop_assert_eq!(number.kind(), IdKind::ResidentId18);
        prop_assert_eq!(number.canonical(), text);
    }

    #[test]
    fn one_wrong_digit_is_always_caught(text in resident(), at in 0..18_usize, digit in 0..10_u8) {
        let mut wrong = text.clone().into_bytes();
        wrong[at] = b'0' + digit;
        let wrong = String::from_utf8(wrong).unwrap();
        prop_assume!(wrong != text);
        prop_assert!(IdNumber::parse(&wrong).is_err());
    }

    #[test]
    fn two_swapped_neighbours_are_always_caught(text in resident(), at in 0..16_usize) {
        let mut wrong = text.clone().into_bytes();
        wrong.swap(at, at + 1);
        let wrong = String::from_utf8(wrong).unwrap();
        prop_assume!(wrong != text);
        prop_assert!(IdNumber::parse(&wrong).is_err());
    }

    #[test]
    fn an_upgrade_is_valid(text in resident()) {
        let short = format!("{}{}", &text[..6], &text[8..17]);
        let upgraded = IdNumber::parse(&short).ok().and_then(|n| n.upgraded());
        let upgraded = upgraded.unwrap();
        let again = IdNumber::parse(upgraded.canonical()).unwrap();
        prop_assert_eq!(again, upgraded);
    }

    #[test]
    fn anything_may_be_typed(typed in "\\PC{0,40}") {
        let _ = LastFour::parse(&typed);
        if let Ok(number) = IdNumber::parse(&typed) {
            prop_assert_eq!(IdNumber::parse(number.canonical()), Ok(number));
        }
    }

    #[test]
    fn likely_characters_may_come_in_any_order(typed in "[0-9HMAX()（）xX \\-]{0,22}") {
        if let Ok(number) = IdNumber::parse(&typed) {
            prop_assert!(number.canonical().is_ascii());
            prop_assert_eq!(IdNumber::parse(number.canonical()), Ok(number));
        }
    }

    #[test]
    fn masks_never_show_more(typed in "[0-9A-Z]{5,18}") {
        if let Ok(number) = IdNumber::parse(&typed) {
            let (operator, student) = (number.masked_for_operator(), number.masked_for_student());
            for mask in [&operator, &student] {
                prop_assert_eq!(mask.len(), typed.len());
                prop_assert!(mask.chars().zip(typed.chars()).all(|(shown, own)| shown == '*' || shown == own));
            }
            let shown = |mask: &str| mask.chars().filter(|c| *c != '*').count();
            prop_assert!(shown(&student) <= (typed.len() / 2).min(4));
            prop_assert!(shown(&operator) <= (typed.len() - 4).min(10).max(typed.len() / 2));
        }
    }
}
