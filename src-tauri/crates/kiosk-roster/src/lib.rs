//! A school's own list as it comes: xlsx, xls, CSV or dBase, told apart by what is in the file and not by its name.
//!
//! The readers stand here, in a room of their own: the core is pure and knows rows only, the order log knows SQLite only. What comes
//! from a school's USB stick is not to be trusted, so that
//!
//! - values are read and nothing else: formulas, macros, links and pictures are never looked at;
//! - everything has a bound ([`bounds`]), and an archive is unpacked into nothing and counted before it is read;
//! - a reader that panics ends in a fault, and prints nothing of the file.

pub mod bounds;
mod dbf;
mod sheets;
mod workbook;

use kiosk_contain::contain;
use kiosk_core::roster::{Roster, RosterError, Row};
use kiosk_core::{Fault, FaultCode};

/// Why a file is not a roster. No variant can hold what is in a cell.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Larger than any list: a size, or what an archive unpacks to.
    #[error("{what}: more than {limit}")]
    TooLarge {
        /// What there is too much of.
        what: &'static str,
        /// The bound.
        limit: u64,
    },
    /// Excel's formats, locked.
    #[error("protected by a password; save it without one")]
    Protected,
    /// Many record systems export a page under the name of a workbook.
    #[error("a web page under the name of a workbook; open it and save it as xlsx")]
    WebPage,
    /// Damaged, or a format that only resembles a known one.
    #[error("{0}")]
    Damaged(&'static str),
    /// Several sheets could be the list.
    #[error("{0} sheets hold a list; put it into one sheet")]
    SeveralLists(usize),
    /// Rows, but not a list.
    #[error(transparent)]
    NotAList(#[from] RosterError),
}

impl From<ReadError> for Fault {
    fn from(error: ReadError) -> Self {
        let code = match error {
            ReadError::TooLarge { .. } => FaultCode::ListTooLarge,
            _ => FaultCode::ListUnreadable,
        };
        Self::new(code, error.to_string())
    }
}

/// Reads a list of whatever format.
///
/// # Errors
/// When the whole file cannot be a list; a bad line is named in [`Roster::bad_lines`].
pub fn read(file: &[u8]) -> Result<Roster, ReadError> {
    bounds::limit("bytes", file.len() as u64, bounds::FILE_BYTES)?;
    if file.starts_with(b"PK\x03\x04") {
        return one_list(contain(|| workbook::xlsx(file)).unwrap_or(Err(PANICKED))?);
    }
    if file.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return one_list(contain(|| workbook::xls(file)).unwrap_or(Err(PANICKED))?);
    }
    if let Some(table) = dbf::Table::of(file) {
        return Ok(Roster::from_rows(table.rows()?)?);
    }
    if is_markup(file) {
        return Err(ReadError::WebPage);
    }
    let separators = file.iter().filter(|byte| b",;\t\n\r".contains(byte)).count();
    bounds::limit("cells", separators as u64, bounds::CELLS)?;
    Ok(Roster::from_csv(file)?)
}

const PANICKED: ReadError = ReadError::Damaged("the workbook is damaged");

/// The list of a workbook: the one sheet that has a header.
fn one_list(sheets: Vec<Vec<Row>>) -> Result<Roster, ReadError> {
    let mut lists = Vec::new();
    for rows in sheets {
        match Roster::from_rows(rows) {
            Err(RosterError::NoHeader) => {}
            read => lists.push(read),
        }
    }
    match lists.len() {
        0 | 1 => Ok(lists.pop().unwrap_or(Err(RosterError::NoHeader))?),
        several => Err(ReadError::SeveralLists(several)),
    }
}

fn is_markup(file: &[u8]) -> bool {
    let file = file.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(file).trim_ascii_start();
    file.starts_with(b"<")
}
