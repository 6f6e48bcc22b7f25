//! Files that are no list, damaged or made to do harm, end in a fault.

use kiosk_core::{Fault, FaultCode};
use kiosk_roster::{ReadError, bounds, read};
use proptest::prelude::*;
use rust_xlsxwriter::Workbook;

use crate::formats::{dbf, gb18030, xlsx};
use crate::old_workbook::{self, Value};

fn code(file: &[u8]) -> FaultCode {
    Fault::from(read(file).unwrap_err()).code
}

#[test]
fn what_is_no_list_says_what_it_is() {
    assert_eq!(read(b"<html><table><tr><td>\xd1\xa7\xba\xc5</td></tr></table>"), Err(ReadError::WebPage));
    assert_eq!(code(b"\xff\xd8\xff\xe0\x00\x10JFIF"), FaultCode::ListUnreadable);
    assert_eq!(code(b"PK\x03\x04 and no more"), FaultCode::ListUnreadable);
    assert_eq!(code(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]), FaultCode::ListUnreadable);
    assert_eq!(code(b""), FaultCode::ListUnreadable);
    let locked: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let locked = [&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1][..], &locked].concat();
    assert_eq!(read(&locked), Err(ReadError::Protected));
}

#[test]
fn a_cell_at_the_edge_of_the_sheet_takes_no_memory() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write_string(0, 0, "学号").unwrap();
    sheet.write_string(1_048_575, 0, "2099000001").unwrap();
    let roster = read(&workbook.save_to_buffer().unwrap()).unwrap();
    assert_eq!(roster.entries[0].line, 1_048_576);

    workbook.worksheet_from_index(0).unwrap().write_string(1, 16_383, "XFD").unwrap();
    let too_wide = ReadError::TooLarge { what: "columns", limit: bounds::COLUMNS };
    assert_eq!(read(&workbook.save_to_buffer().unwrap()), Err(too_wide));
}

#[test]
fn more_than_any_list_holds_is_too_large() {
    assert_eq!(code(&b",".repeat(bounds::CELLS as usize + 1)), FaultCode::ListTooLarge);
    let mut many = dbf(gb18030);
    many[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
    assert_eq!(code(&many), FaultCode::ListTooLarge);
}

proptest! {
    #[test]
    fn a_damaged_file_is_answered(at in 0_usize..8_000, byte: u8, cut in 0_usize..8_000) {
        let old = old_workbook::workbook(&[(0, 0, Value::Text("学号".to_owned())), (1, 0, Value::Number(1.0))]);
        for mut file in [xlsx(), dbf(gb18030), old] {
            let at = at % file.len();
            file[at] = byte;
            file.truncate(file.len() - cut % file.len() / 2);
            let _ = read(&file);
        }
    }
}
