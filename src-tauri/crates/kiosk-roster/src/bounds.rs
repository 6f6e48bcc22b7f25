//! What no list exceeds. A file that does ends in a fault before it can fill the memory.

use crate::ReadError;

/// Bytes of the file.
pub const FILE_BYTES: u64 = 64 << 20;
/// Bytes of everything in an archive, unpacked; a hundred thousand students are about 60 MB.
pub const UNPACKED_BYTES: u64 = 256 << 20;
/// Parts of an archive.
pub const PARTS: u64 = 4_096;
/// Sheets of a workbook.
pub const SHEETS: u64 = 64;
/// Sheets of an old workbook, each of which is laid out in memory as far as its last cell.
pub const OLD_SHEETS: u64 = 8;
/// Rows of a sheet that have something in them.
pub const ROWS: u64 = 300_000;
/// Columns.
pub const COLUMNS: u64 = 256;
/// Cells that have something in them.
pub const CELLS: u64 = 8_000_000;
/// Bytes of one cell; a spreadsheet's own limit is 32,767 characters.
pub const CELL_BYTES: u64 = 4 * 32_767;
/// Bytes of all cells: a workbook may tell one text a million times.
pub const TEXT_BYTES: u64 = 256 << 20;

/// A fault when `found` is more than `limit`.
pub(crate) fn limit(what: &'static str, found: u64, limit: u64) -> Result<(), ReadError> {
    if found > limit { Err(ReadError::TooLarge { what, limit }) } else { Ok(()) }
}
