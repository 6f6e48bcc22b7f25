//! Cells that come one by one, with their places, become rows within bounds.

use kiosk_core::roster::{Cell, Row};

use crate::{ReadError, bounds};

/// The rows of one sheet. The budgets of cells and text are the workbook's.
#[derive(Default)]
pub(crate) struct Sheet {
    rows: Vec<Row>,
}

/// What a workbook has used up.
#[derive(Default)]
pub(crate) struct Budget {
    cells: u64,
    text: u64,
}

impl Sheet {
    /// Puts a cell that is not empty in its place; both count from 0. Cells come row by row.
    pub(crate) fn put(
        &mut self,
        budget: &mut Budget,
        (row, column): (u32, u32),
        cell: Cell,
    ) -> Result<(), ReadError> {
        budget.cells += 1;
        bounds::limit("cells", budget.cells, bounds::CELLS)?;
        if let Cell::Text(text) = &cell {
            bounds::limit("bytes in a cell", text.len() as u64, bounds::CELL_BYTES)?;
            budget.text += text.len() as u64;
            bounds::limit("bytes of text", budget.text, bounds::TEXT_BYTES)?;
        }
        bounds::limit("columns", u64::from(column) + 1, bounds::COLUMNS)?;
        let line = u64::from(row) + 1;
        if self.rows.last().is_none_or(|last| last.line != line) {
            bounds::limit("rows", self.rows.len() as u64 + 1, bounds::ROWS)?;
            self.rows.push(Row::new(line, Vec::new()));
        }
        if let Some(row) = self.rows.last_mut() {
            let at = column as usize;
            if row.cells.len() <= at {
                row.cells.resize_with(at + 1, || Cell::Text(String::new()));
            }
            row.cells[at] = cell;
        }
        Ok(())
    }

    pub(crate) fn into_rows(self) -> Vec<Row> {
        self.rows
    }
}
