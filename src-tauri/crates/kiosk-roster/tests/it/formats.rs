//! One list in every format, and what each format does to numbers.

use encoding_rs::GB18030;
use kiosk_core::roster::{BadLineReason, Column};
use kiosk_roster::{ReadError, read};
use rust_xlsxwriter::{Formula, Workbook};

use crate::ROWS;
use crate::old_workbook::{self, Value};

/// The list as CSV.
fn csv() -> String {
    ROWS.map(|row| row.join(",")).join("\r\n")
}

pub fn xlsx() -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, cells) in (0..).zip(ROWS) {
        for (column, cell) in (0..).zip(cells) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    workbook.save_to_buffer().unwrap()
}

fn xls() -> Vec<u8> {
    let cells: Vec<(u16, u16, Value)> = (0..)
        .zip(ROWS)
        .flat_map(|(row, cells)| {
            (0..).zip(cells).map(move |(column, cell)| (row, column, Value::Text(cell.to_owned())))
        })
        .collect();
    old_workbook::workbook(&cells)
}

/// dBase III with the list's text in `encode`.
pub fn dbf(encode: impl Fn(&str) -> Vec<u8>) -> Vec<u8> {
    let lengths = [12_u8, 20, 18, 20, 20];
    let record_length = 1 + lengths.iter().map(|length| u16::from(*length)).sum::<u16>();
    let header_length = 32 + 32 * lengths.len() as u16 + 1;
    let mut file = vec![0x03, 126, 11, 21];
    file.extend(3_u32.to_le_bytes());
    file.extend(header_length.to_le_bytes());
    file.extend(record_length.to_le_bytes());
    file.resize(32, 0);
    for (name, length) in ROWS[0].iter().zip(lengths) {
        let mut field = name.as_bytes().to_vec();
        field.resize(11, 0);
        field.push(b'C');
        field.resize(16, 0);
        field.push(length);
        field.resize(32, 0);
        file.extend(field);
    }
    file.push(0x0D);
    // The last one is deleted.
    for (mark, cells) in [(b' ', ROWS[1]), (b' ', ROWS[2]), (b'*', ROWS[2])] {
        file.push(mark);
        for (cell, length) in cells.iter().zip(lengths) {
            let mut bytes = encode(cell);
            bytes.resize(usize::from(length), b' ');
            file.extend(bytes);
        }
    }
    file.push(0x1A);
    file
}

pub fn gb18030(text: &str) -> Vec<u8> {
    GB18030.encode(text).0.into_owned()
}

#[test]
fn one_list_reads_the_same_in_every_format() {
    let expected = read(csv().as_bytes()).unwrap();
    assert_eq!((expected.entries.len(), expected.bad_lines.len()), (2, 0));
    for (what, file) in [
        ("GB18030", gb18030(&csv())),
        ("with a mark", format!("\u{FEFF}{}", csv()).into_bytes()),
        ("xlsx", xlsx()),
        ("xls", xls()),
        ("dBase in GB18030", dbf(gb18030)),
        ("dBase in UTF-8", dbf(|text| text.as_bytes().to_vec())),
    ] {
        assert_eq!(read(&file), Ok(expected.clone()), "{what}");
    }
}

#[test]
fn numbers_that_a_spreadsheet_damaged_are_named_and_never_guessed() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, header) in (0..).zip(["学号", "证件号码", "班级"]) {
        sheet.write_string(0, column, header).unwrap();
    }
    // Whole student numbers survive as numbers; an ID number of eighteen digits does not.
    sheet.write_number(1, 0, 2_099_000_001.0).unwrap().write_number(1, 2, 3.0).unwrap();
    sheet.write_number(2, 0, 2.0).unwrap().write_number(2, 1, 110_105_194_912_310_021.0).unwrap();
    sheet.write_number(3, 0, 3.5).unwrap();
    sheet.write_number(4, 0, 4.0).unwrap().write_string(4, 1, "440524188001010000").unwrap();
    sheet.write_number(5, 0, 1e17).unwrap();
    let roster = read(&workbook.save_to_buffer().unwrap()).unwrap();
    assert_eq!(roster.entries.len(), 1);
    assert_eq!(roster.entries[0].student_number.as_deref(), Some("2099000001"));
    assert_eq!(roster.entries[0].class.as_deref(), Some("3"));
    let reasons: Vec<_> = roster.bad_lines.iter().map(|bad| (bad.line, bad.reason.clone())).collect();
    let shortened = |line, column| (line, BadLineReason::ShortenedBySpreadsheet(column));
    assert_eq!(
        reasons,
        [
            shortened(3, Column::IdNumber),
            shortened(4, Column::StudentNumber),
            shortened(5, Column::IdNumber),
            shortened(6, Column::StudentNumber),
        ]
    );

    let old = old_workbook::workbook(&[
        (0, 0, Value::Text("学号".to_owned())),
        (0, 1, Value::Text("身份证号".to_owned())),
        (1, 0, Value::Number(7.0)),
        (1, 1, Value::Number(110_105_194_912_310_021.0)),
    ]);
    let bad = &read(&old).unwrap().bad_lines;
    assert_eq!(bad[0].reason, BadLineReason::ShortenedBySpreadsheet(Column::IdNumber));
}

#[test]
fn a_formula_is_its_last_value_and_is_never_run() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write_string(0, 0, "学号").unwrap().write_string(0, 1, "姓名").unwrap();
    let formula = Formula::new("WEBSERVICE(\"http://example.invalid/\")").set_result("2099000001");
    sheet.write_formula(1, 0, formula).unwrap();
    sheet.write_formula(1, 1, Formula::new("\"测试\"&\"甲\"").set_result("测试甲")).unwrap();
    sheet.write_formula(2, 0, Formula::new("1/0").set_result("#DIV/0!")).unwrap();
    let roster = read(&workbook.save_to_buffer().unwrap()).unwrap();
    assert_eq!(roster.entries[0].student_number.as_deref(), Some("2099000001"));
    assert_eq!(roster.entries[0].name.as_deref(), Some("测试甲"));
    assert_eq!(roster.bad_lines[0].reason, BadLineReason::NotText(Column::StudentNumber));
}

#[test]
fn a_list_stands_in_one_sheet_after_titles_and_beside_other_sheets() {
    let mut workbook = Workbook::new();
    workbook.add_worksheet().write_string(0, 0, "说明：请勿修改").unwrap();
    let sheet = workbook.add_worksheet();
    sheet.write_string(0, 0, "示例大学毕业生名单").unwrap();
    sheet.write_string(2, 1, "学号").unwrap().write_string(2, 2, "民族").unwrap();
    sheet.write_string(5, 1, "2099000001").unwrap();
    let roster = read(&workbook.save_to_buffer().unwrap()).unwrap();
    assert_eq!(roster.entries.iter().map(|entry| entry.line).collect::<Vec<_>>(), [6]);
    let columns: Vec<_> = roster.columns.iter().map(|found| (found.header.as_str(), found.column)).collect();
    assert_eq!(columns, [("", None), ("学号", Some(Column::StudentNumber)), ("民族", None)]);

    let mut workbook = Workbook::new();
    for _ in 0..2 {
        workbook.add_worksheet().write_string(0, 0, "学号").unwrap();
    }
    assert_eq!(read(&workbook.save_to_buffer().unwrap()), Err(ReadError::SeveralLists(2)));
}

#[test]
fn a_table_that_ends_early_is_not_half_read() {
    let whole = dbf(gb18030);
    assert_eq!(
        read(&whole[..whole.len() - 40]),
        Err(ReadError::Damaged("the table ends before its last record"))
    );
}
