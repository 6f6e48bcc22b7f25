//! Workbooks, new and old: values only.

use std::io::{self, Cursor, Read};

use calamine::{Data, DataRef, Reader as _, SheetType, Xls, XlsError, Xlsx, XlsxError};
use kiosk_core::roster::{Cell, Row};
use zip::ZipArchive;

use crate::sheets::{Budget, Sheet};
use crate::{ReadError, bounds};

const DAMAGED: ReadError = ReadError::Damaged("the workbook is damaged");

/// The rows of every worksheet.
pub(crate) fn xlsx(file: &[u8]) -> Result<Vec<Vec<Row>>, ReadError> {
    weigh(file, bounds::UNPACKED_BYTES)?;
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(file)).map_err(|error| match error {
        XlsxError::Password => ReadError::Protected,
        _ => ReadError::Damaged("not a workbook that can be read"),
    })?;
    let sheets: Vec<(String, SheetType)> =
        workbook.sheets_metadata().iter().map(|sheet| (sheet.name.clone(), sheet.typ)).collect();
    bounds::limit("sheets", sheets.len() as u64, bounds::SHEETS)?;
    let mut budget = Budget::default();
    let mut all = Vec::new();
    for (name, _) in sheets.iter().filter(|(_, kind)| *kind == SheetType::WorkSheet) {
        let mut sheet = Sheet::default();
        let mut cells = match workbook.worksheet_cells_reader(name) {
            Ok(cells) => cells,
            Err(XlsxError::NotAWorksheet(_)) => continue,
            Err(_) => return Err(DAMAGED),
        };
        while let Some(cell) = cells.next_cell().map_err(|_| DAMAGED)? {
            if let Some(value) = of_ref(cell.get_value()) {
                sheet.put(&mut budget, cell.get_position(), value)?;
            }
        }
        all.push(sheet.into_rows());
    }
    Ok(all)
}

/// Unpacks every part into nothing and counts: what an archive says of its sizes need not be true.
fn weigh(file: &[u8], most: u64) -> Result<(), ReadError> {
    let damaged = |_| ReadError::Damaged("the archive is damaged");
    let mut archive = ZipArchive::new(Cursor::new(file)).map_err(damaged)?;
    bounds::limit("parts", archive.len() as u64, bounds::PARTS)?;
    let mut unpacked = 0;
    for part in 0..archive.len() {
        let part = archive.by_index(part).map_err(damaged)?;
        let left = most - unpacked + 1;
        unpacked += io::copy(&mut part.take(left), &mut io::sink())
            .map_err(|_| ReadError::Damaged("the archive is damaged"))?;
        bounds::limit("bytes unpacked", unpacked, most)?;
    }
    Ok(())
}

/// The rows of every worksheet of a workbook before 2007.
pub(crate) fn xls(file: &[u8]) -> Result<Vec<Vec<Row>>, ReadError> {
    if holds(file, &utf16("EncryptedPackage")) {
        return Err(ReadError::Protected);
    }
    bounds::limit("sheets", sheet_records(file), bounds::OLD_SHEETS)?;
    let mut workbook: Xls<_> = Xls::new(Cursor::new(file)).map_err(|error| match error {
        XlsError::Password => ReadError::Protected,
        _ => DAMAGED,
    })?;
    let mut budget = Budget::default();
    let mut all = Vec::new();
    for name in workbook.sheet_names() {
        let Ok(range) = workbook.worksheet_range(&name) else { continue };
        let (top, left) = range.start().unwrap_or_default();
        let mut sheet = Sheet::default();
        for (row, column, value) in range.used_cells() {
            if let Some(value) = of_data(value) {
                sheet.put(&mut budget, (top + row as u32, left + column as u32), value)?;
            }
        }
        all.push(sheet.into_rows());
    }
    Ok(all)
}

/// How many sheets the workbook announces: records `BoundSheet8` (0x0085) with the offset of a stream that fits the file. Counted in the
/// raw bytes, since the reader lays out every sheet at once.
fn sheet_records(file: &[u8]) -> u64 {
    let announces = |record: &&[u8]| {
        let length = u16::from_le_bytes([record[2], record[3]]);
        let start = u32::from_le_bytes([record[4], record[5], record[6], record[7]]);
        // Visibility 0–2, kind 0 (a worksheet), then a name of up to 31 characters.
        record[..2] == [0x85, 0x00]
            && (8..=72).contains(&length)
            && u64::from(start) < file.len() as u64
            && record[8] <= 2
            && record[9] == 0
    };
    file.windows(10).filter(announces).count() as u64
}

fn holds(file: &[u8], text: &[u8]) -> bool {
    file.windows(text.len()).any(|window| window == text)
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn of_ref(value: &DataRef<'_>) -> Option<Cell> {
    match value {
        DataRef::SharedString(text) => of_text(text),
        other => of_data(&Data::from(other.clone())),
    }
}

fn of_data(value: &Data) -> Option<Cell> {
    match value {
        Data::Empty => None,
        Data::String(text) => of_text(text),
        Data::Float(number) => Some(Cell::Number(*number)),
        Data::Int(number) => Some(Cell::Number(*number as f64)),
        Data::Bool(value) => of_text(if *value { "TRUE" } else { "FALSE" }),
        _ => Some(Cell::Unusable),
    }
}

fn of_text(text: &str) -> Option<Cell> {
    (!text.is_empty()).then(|| Cell::Text(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    const MEGABYTE: usize = 1 << 20;

    /// An archive of a few kilobytes that unpacks to two megabytes.
    fn bomb() -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for part in ["xl/workbook.xml", "xl/worksheets/sheet1.xml"] {
            writer.start_file(part, SimpleFileOptions::default()).unwrap();
            writer.write_all(&vec![b' '; MEGABYTE]).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn an_archive_is_weighed_by_what_comes_out_of_it() {
        let bomb = bomb();
        assert!(bomb.len() < MEGABYTE / 100);
        assert_eq!(weigh(&bomb, 2 * MEGABYTE as u64), Ok(()));
        let most = 2 * MEGABYTE as u64 - 1;
        let too_large = Err(ReadError::TooLarge { what: "bytes unpacked", limit: most });
        assert_eq!(weigh(&bomb, most), too_large);

        // One byte instead of a megabyte, wherever the archive tells sizes.
        let size = (MEGABYTE as u32).to_le_bytes();
        let mut liar = bomb.clone();
        while let Some(at) = liar.windows(4).position(|window| window == size) {
            liar[at..at + 4].copy_from_slice(&1_u32.to_le_bytes());
        }
        assert!(liar != bomb);
        assert!(weigh(&liar, MEGABYTE as u64 / 2).is_err());
    }

    #[test]
    fn what_is_not_an_archive_is_damaged() {
        assert!(matches!(weigh(b"PK\x03\x04", 1), Err(ReadError::Damaged(_))));
    }
}
