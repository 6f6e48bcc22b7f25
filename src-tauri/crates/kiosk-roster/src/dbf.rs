//! dBase tables as student-record systems exchange them: dBase III to `FoxPro`, text in GB18030 or UTF-8.

use encoding_rs::{GB18030, UTF_8};
use kiosk_core::roster::{Cell, Row};

use crate::{ReadError, bounds};

/// First byte of the kinds that exist.
const VERSIONS: [u8; 14] =
    [0x02, 0x03, 0x04, 0x05, 0x30, 0x31, 0x32, 0x43, 0x63, 0x83, 0x8B, 0xCB, 0xF5, 0xFB];
/// Bytes of the header before its fields, and of each field.
const BLOCK: usize = 32;
const END_OF_FIELDS: u8 = 0x0D;
const DELETED: u8 = b'*';

struct Field {
    name: Vec<u8>,
    kind: u8,
    length: usize,
}

/// A table whose header makes sense.
pub(crate) struct Table<'f> {
    fields: Vec<Field>,
    announced: usize,
    record_length: usize,
    records: &'f [u8],
}

impl<'f> Table<'f> {
    /// The table of a file; `None` when its header is not dBase's.
    pub(crate) fn of(file: &'f [u8]) -> Option<Self> {
        let short = |at: usize| Some(usize::from(u16::from_le_bytes([*file.get(at)?, *file.get(at + 1)?])));
        if !VERSIONS.contains(file.first()?) {
            return None;
        }
        let announced = u32::from_le_bytes(file.get(4..8)?.try_into().ok()?) as usize;
        let (header_length, record_length) = (short(8)?, short(10)?);
        let mut fields = Vec::new();
        for block in file.get(BLOCK..header_length)?.chunks(BLOCK) {
            if block.first() == Some(&END_OF_FIELDS) {
                break;
            }
            let name = block.get(..11)?;
            let end = name.iter().position(|byte| *byte == 0).unwrap_or(name.len());
            fields.push(Field {
                name: name[..end].to_vec(),
                kind: *block.get(11)?,
                length: usize::from(*block.get(16)?),
            });
        }
        let lengths: usize = fields.iter().map(|field| field.length).sum();
        // A record begins with the mark of deletion.
        let fits = !fields.is_empty() && lengths + 1 == record_length;
        fits.then(|| Self { fields, announced, record_length, records: &file[header_length..] })
    }

    /// Header and records; the header counts as line 1, as a spreadsheet shows it. Deleted records are left out.
    pub(crate) fn rows(&self) -> Result<Vec<Row>, ReadError> {
        bounds::limit("columns", self.fields.len() as u64, bounds::COLUMNS)?;
        bounds::limit("rows", self.announced as u64, bounds::ROWS)?;
        let whole = self.announced * self.record_length;
        let Some(records) = self.records.get(..whole) else {
            return Err(ReadError::Damaged("the table ends before its last record"));
        };
        let utf8 = UTF_8.decode_without_bom_handling_and_without_replacement(records).is_some();
        let text = |bytes: &[u8]| {
            let encoding = if utf8 { UTF_8 } else { GB18030 };
            encoding.decode_without_bom_handling(bytes).0.trim_end_matches('\0').trim().to_owned()
        };
        let header = self.fields.iter().map(|field| Cell::Text(text(&field.name))).collect();
        let mut rows = vec![Row::new(1, header)];
        for (record, line) in records.chunks_exact(self.record_length).zip(2..) {
            if record[0] == DELETED {
                continue;
            }
            let mut rest = &record[1..];
            let mut cells = Vec::with_capacity(self.fields.len());
            for field in &self.fields {
                let (cell, after) = rest.split_at(field.length);
                rest = after;
                cells.push(match field.kind {
                    // Text, and numbers, dates and answers that are written as text.
                    b'C' | b'N' | b'F' | b'D' | b'L' => Cell::Text(text(cell)),
                    _ => Cell::Unusable,
                });
            }
            rows.push(Row::new(line, cells));
        }
        Ok(rows)
    }
}
