//! The lists beside the photos: for people (xlsx) and for programs (csv).

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};

use super::{About, ExportError};

/// A table of text.
pub(crate) struct Table {
    pub(crate) header: &'static [&'static str],
    pub(crate) rows: Vec<Vec<String>>,
    /// Columns of amounts with two decimals, which a workbook can add up.
    pub(crate) amounts: &'static [usize],
}

impl Table {
    /// UTF-8 with a byte order mark, without which Excel takes it for GBK; CRLF after each line (RFC 4180).
    pub(crate) fn csv(&self) -> Vec<u8> {
        let mut text = String::from('\u{FEFF}');
        let header = self.header.iter().copied();
        push_line(&mut text, header);
        for row in &self.rows {
            push_line(&mut text, row.iter().map(String::as_str));
        }
        text.into_bytes()
    }

    /// Every cell but an amount is text: Excel would round an 18-digit number to 15 digits. The same table gives the same bytes.
    pub(crate) fn xlsx(&self, title: &str, about: &About) -> Result<Vec<u8>, ExportError> {
        self.workbook(title, about).map_err(|e| ExportError::List(e.to_string()))
    }

    fn workbook(&self, title: &str, about: &About) -> Result<Vec<u8>, XlsxError> {
        let mut workbook = Workbook::new();
        let created = ExcelDateTime::from_timestamp(about.at.div_euclid(1000))?;
        workbook.set_properties(&DocProperties::new().set_title(title).set_creation_datetime(&created));
        let sheet = workbook.add_worksheet().set_name(title)?;
        let (text, bold) = (Format::new().set_num_format("@"), Format::new().set_bold().set_num_format("@"));
        let money = Format::new().set_num_format("0.00");
        for (column, name) in (0_u16..).zip(self.header) {
            sheet.write_string_with_format(0, column, *name, &bold)?;
            sheet.set_column_width(column, self.column_width(column.into()))?;
        }
        for (line, row) in (1_u32..).zip(&self.rows) {
            for (column, cell) in (0_u16..).zip(row) {
                match cell.parse::<f64>() {
                    Ok(amount) if self.amounts.contains(&column.into()) => {
                        sheet.write_number_with_format(line, column, amount, &money)?;
                    }
                    _ => {
                        sheet.write_string_with_format(line, column, cell, &text)?;
                    }
                }
            }
        }
        sheet.set_freeze_panes(1, 0)?;
        if let Some(last) = self.header.len().checked_sub(1) {
            sheet.autofilter(0, 0, self.rows.len() as u32, last as u16)?;
        }
        workbook.save_to_buffer()
    }

    /// In digits; a Chinese character is as wide as two.
    fn column_width(&self, column: usize) -> f64 {
        let width = |text: &str| text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>();
        let cells = self.rows.iter().filter_map(|row| row.get(column)).map(|cell| width(cell));
        let widest = cells.max().unwrap_or(0).max(self.header.get(column).map_or(0, |name| width(name)));
        widest.clamp(4, 60) as f64 + 2.0
    }
}

fn push_line<'a>(text: &mut String, cells: impl Iterator<Item = &'a str>) {
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            text.push(',');
        }
        push_cell(text, cell);
    }
    text.push_str("\r\n");
}

/// A cell that no spreadsheet runs as a formula: OWASP, "CSV Injection"; the full-width signs act in Chinese Excel.
fn push_cell(text: &mut String, cell: &str) {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    let quoted = cell.contains(['"', ',', '\r', '\n']);
    if quoted {
        text.push('"');
    }
    if formula {
        text.push('\'');
    }
    if quoted {
        text.push_str(&cell.replace('"', "\"\""));
        text.push('"');
    } else {
        text.push_str(cell);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_text_for_every_spreadsheet() {
        for (cell, expected) in [
            ("110000200401010005", "110000200401010005"),
            ("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\""),
            ("-1", "'-1"),
            ("＝1", "'＝1"),
            ("a,b\"c", "\"a,b\"\"c\""),
            ("甲\n乙", "\"甲\n乙\""),
        ] {
            let mut text = String::new();
            push_cell(&mut text, cell);
            assert_eq!(text, expected);
        }
    }

    #[test]
    fn the_list_is_the_same_bytes_every_time() {
        let table = Table {
            header: &["姓名", "证件号码"],
            rows: vec![vec!["测试·甲".into(), "1".into()]],
            amounts: &[],
        };
        let about = About {
            title: "t".into(),
            scope: String::new(),
            at: 1_795_000_000_000,
            utc_offset_minutes: 480,
            software: "s".into(),
        };
        assert!(table.xlsx("名单", &about).unwrap() == table.xlsx("名单", &about).unwrap());
        let csv = String::from_utf8(table.csv()).unwrap();
        assert_eq!(csv, "\u{FEFF}姓名,证件号码\r\n测试·甲,1\r\n");
    }
}
