//! Sheets on paper and photos on a medium, read back and verified.

pub mod sheet_pdf;
