use proptest::prelude::*;

use super::*;
use crate::CodeFields;
use crate::id_document::{IdNumberError, LastFourError};

const LIST: &str = "学号,姓名,证件号码,学院,班级,层次,照片\n\
    2022010101,测试甲,11010519491231002X,测试学院,一班,本科,a.jpg\n\
    2022010102,测试乙,440524188001010014,测试学院,二班,本科,B.JPG\n";

fn read(text: &str) -> Roster {
    Roster::from_csv(text.as_bytes()).unwrap()
}

fn reason(line: &str) -> BadLineReason {
    let roster = read(&format!("学号,姓名,证件号码,后四位\n{line}\n"));
    assert_eq!((roster.entries.len(), roster.bad_lines.len()), (0, 1), "{line}");
    assert_eq!(roster.bad_lines[0].line, 2);
    roster.bad_lines[0].reason.clone()
}

#[test]
fn one_list_reads_the_same_in_every_encoding_and_separator() {
    let expected = read(LIST);
    assert_eq!((expected.entries.len(), expected.bad_lines.len()), (2, 0));
    assert_eq!(expected.entries[0].name.as_deref(), Some("测试甲"));
    assert_eq!(expected.entries[0].id_number.as_ref().map(IdNumber::canonical), Some("11010519491231002X"));
    assert_eq!(expected.entries[1].class.as_deref(), Some("二班"));
    assert_eq!(expected.entries[1].line, 3);

    let with_mark = format!("\u{FEFF}{LIST}");
    let utf16: Vec<u8> = with_mark.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [
        with_mark.as_bytes(),
        &encoding_rs::GB18030.encode(LIST).0,
        &utf16,
        LIST.replace('\n', "\r\n").as_bytes(),
        LIST.replace('\n', "\r").as_bytes(),
        LIST.replace(',', "\t").as_bytes(),
        LIST.replace(',', ";").as_bytes(),
    ] {
        assert_eq!(Roster::from_csv(bytes).unwrap(), expected);
    }
}

#[test]
fn headers_are_known_by_chinese_record_system_and_english_names() {
    for header in
        ["*学号（必填）,姓名,身份证号", "XH,XM,SFZH", "Student Number,name,id_number", "ksh,xm,zjhm,xh"]
    {
        let columns = header.split(',').count();
        let line =
            if columns == 4 { "9,测试甲,11010519491231002X,7" } else { "7,测试甲,11010519491231002X" };
        let roster = read(&format!("{header}\n{line}\n"));
        assert_eq!(roster.entries[0].student_number.as_deref(), Some("7"), "{header}");
        assert!(roster.entries[0].id_number.is_some() && roster.entries[0].name.is_some());
    }
}

#[test]
fn titles_blank_lines_and_short_lines_are_allowed_and_line_numbers_hold() {
    let roster = read(
        "测试大学2026届学生名单,,\n\n学号,姓名,班级\n\n1,测试甲\n,,\n\n2,测试乙,一班,\n3,测试丙,二班,多\n",
    );
    assert_eq!(roster.entries.iter().map(|e| e.line).collect::<Vec<_>>(), [5, 8]);
    assert_eq!(roster.entries[0].class, None);
    let reason = BadLineReason::TooManyCells { expected: 3, found: 4 };
    assert_eq!(roster.bad_lines, [BadLine { line: 9, reason }]);
}

#[test]
fn every_bad_line_has_a_reason() {
    use BadLineReason as R;
    for (line, expected) in [
        (",测试甲,,", R::NobodyNamed),
        (",测试甲,,002X", R::NobodyNamed),
        ("1,测试甲,110105194912310021,", R::BadIdNumber(IdNumberError::BadChecksum)),
        ("1,测试甲,1.10105E+17,", R::ShortenedBySpreadsheet(Column::IdNumber)),
        ("2.0220101E+9,测试甲,,", R::ShortenedBySpreadsheet(Column::StudentNumber)),
        ("1,测\u{FFFD}甲,,", R::LostCharacter(Column::Name)),
        ("1,测试甲,,02X", R::BadLastFour(LastFourError::NotFour)),
        ("1,测试甲,110105********02X,", R::BadLastFour(LastFourError::NotFour)),
        ("1,测试甲,11010519491231002X,0014", R::LastFourDiffers),
    ] {
        assert_eq!(reason(line), expected, "{line}");
    }
}

#[test]
fn an_open_quotation_mark_names_the_lines_that_it_swallows() {
    let roster = read("学号,姓名\n1,测试甲\n2,\"测试乙\n3,测试丙\n4,测试丁\n");
    assert_eq!(roster.entries.len(), 1);
    assert_eq!(roster.bad_lines, [BadLine { line: 3, reason: BadLineReason::CellRunsOn { to: 6 } }]);
}

#[test]
fn numbers_survive_what_keeps_them_text_in_a_spreadsheet() {
    let roster =
        read("学号,证件号码\n'0123,=\"11010519491231002X\"\n\t0124,１１０１０５１９４９１２３１００２ｘ\n");
    assert_eq!(roster.entries[0].student_number.as_deref(), Some("0123"));
    assert_eq!(roster.entries[1].student_number.as_deref(), Some("0124"));
    assert_eq!(roster.entries[0].id_number, roster.entries[1].id_number);
}

#[test]
fn a_masked_number_tells_its_last_four() {
    let roster = read("学号,证件号码\n1,1101**********002x\n2,0014\n3,＊＊＊＊6(3)\n");
    let told: Vec<_> = roster.entries.iter().map(|e| e.id_last4.as_ref().map(LastFour::as_str)).collect();
    assert_eq!(told, [Some("002X"), Some("0014"), Some("6(3)")]);
}

#[test]
fn a_student_stands_in_one_line() {
    let roster = read(
        "学号,证件号码,照片\n1,11010519491231002X,a.jpg\n2,11010519491231002X,b.jpg\n1,,c.jpg\n3,,A.JPG\n",
    );
    assert_eq!(roster.entries.len(), 2, "one person may hold two records");
    let repeated = |line, column| BadLine { line, reason: BadLineReason::Repeated { column, first: 2 } };
    assert_eq!(roster.bad_lines, [repeated(4, Column::StudentNumber), repeated(5, Column::Photo)]);
}

#[test]
fn a_picture_and_a_code_find_their_student() {
    let roster = read(LIST);
    let line = |name: &str| roster.for_photo(name).map(|e| e.line);
    assert_eq!(line("in/some/folder/A.jpg"), Some(2));
    assert_eq!(line("b"), None, "the photo column tells an extension");
    assert_eq!(line("2022010102.jpeg"), Some(3));
    assert_eq!(line("11010519491231002x.jpg"), Some(2));
    assert_eq!(line("other.jpg"), None);

    let code = |number: &str| {
        let fields = CodeFields { student_number: Some(number.to_owned()), ..CodeFields::default() };
        CollectionCode::open(&fields)
    };
    assert_eq!(roster.for_code(&code("2022010101")).map(|e| e.line), Some(2));
    assert_eq!(roster.for_code(&code("2022010109")), None);
    let by_code = read("采集码,学号\n0A1B2C3D4E5F6071,1\n");
    assert_eq!(by_code.for_code(&CollectionCode::decode(b"0a1b2c3d4e5f6071")).map(|e| e.line), Some(2));
}

#[test]
fn what_is_not_a_list_is_refused() {
    assert_eq!(Roster::from_csv(b"").unwrap_err(), RosterError::NoHeader);
    assert_eq!(Roster::from_csv("姓名,班级\n测试甲,一班".as_bytes()).unwrap_err(), RosterError::NoHeader);
    assert_eq!(Roster::from_csv(b"PK\x03\x04\x14\x00\x06\x00").unwrap_err(), RosterError::NotText);
    assert_eq!(Roster::from_csv(b"\xff\xd8\xff\xe0\x00\x10JFIF").unwrap_err(), RosterError::NotText);
    let twice = Roster::from_csv("学号,身份证号,证件号码\n".as_bytes()).unwrap_err();
    assert_eq!(twice, RosterError::ColumnTwice(Column::IdNumber));
    assert_eq!(twice.to_string(), "two columns for id number");
}

#[test]
fn debug_and_reasons_tell_nothing_of_a_person() {
    let roster = read(&format!("{LIST}2022010103,测试丙,110105194912310021,,,,\n"));
    let shown = format!("{roster:?} {:?} {}", roster.entries, roster.bad_lines[0].reason);
    for secret in ["测试", "110105", "20220101", "a.jpg"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_answered(bytes: Vec<u8>) {
        let _ = Roster::from_csv(&bytes);
    }

    #[test]
    fn entries_and_bad_lines_add_up(cells in prop::collection::vec("[0-9A-Z,* \"]{0,12}", 0..20)) {
        // Lines without quotation marks are one record each.
        let lines: Vec<String> = cells.iter().map(|c| c.replace('"', "")).collect();
        let told = lines.iter().filter(|l| l.split(',').any(|c| !c.trim().is_empty())).count();
        let roster = read(&format!("学号,姓名,证件号码\n{}", lines.join("\n")));
        prop_assert_eq!(roster.entries.len() + roster.bad_lines.len(), told);
    }
}

#[test]
fn one_person_has_one_name_and_something_that_tells_two_records_apart() {
    let repeated = |first| BadLineReason::Repeated { column: Column::IdNumber, first };
    let roster = read(
        "学号,姓名,证件号码\n1,测试甲,11010519491231002X\n2,测试甲,11010519491231002X\n3,测试乙,11010519491231002x\n",
    );
    assert_eq!(roster.bad_lines, [BadLine { line: 4, reason: repeated(2) }]);
    let roster = read("姓名,证件号码\n测试甲,11010519491231002X\n测试甲,11010519491231002X\n");
    assert_eq!(roster.bad_lines, [BadLine { line: 3, reason: repeated(2) }]);
}

#[test]
fn a_schools_roster_tells_what_its_header_promises() {
    use BadLineReason as R;
    let list = "学号,姓名,采集码,照片\n1,,,\n,测试乙,0A1B2C3D4E5F6071,\n,,,c.jpg\n4,测试丁,,\n";
    let roster = read(list).complete();
    assert_eq!(roster.entries.iter().map(|e| e.line).collect::<Vec<_>>(), [5]);
    let reasons: Vec<_> = roster.bad_lines.iter().map(|bad| bad.reason.clone()).collect();
    assert_eq!(reasons, [R::Missing(Column::Name), R::Missing(Column::StudentNumber), R::NobodyNamed]);
    let found: Vec<_> = roster.columns.iter().filter_map(|found| found.column).collect();
    assert_eq!(found, [Column::StudentNumber, Column::Name, Column::Code, Column::Photo]);
}

#[test]
fn a_code_that_tells_nothing_is_looked_for_as_text_and_as_bytes() {
    let keys = CodeKeys::of(&CollectionCode::decode(&[0x0a, 0x1b, 0xff]));
    assert_eq!((keys.codes, keys.student_numbers), (vec!["0a1bff".to_owned()], vec![]));
    assert_eq!(CodeKeys::of(&CollectionCode::decode(&[b'1'; 4000])), CodeKeys::default());
}
