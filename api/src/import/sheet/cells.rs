//! The cells of a sheet that say something.

use csv::ByteRecord;

use super::book::{TEXT_BYTES_MAX, too_much_text};
use super::{COLUMNS_MAX, ROWS_MAX, SheetError};

/// The most cells of a table.
const CELLS_MAX: usize = 4_000_000;

/// First and last cell of a region, each by row and column.
pub(super) type Region = ((usize, usize), (usize, usize));

/// The cells, row by row. All texts stand in one, so that a cell costs little beside its text.
#[derive(Default)]
pub(super) struct Cells {
    rows: Vec<Vec<Cell>>,
    text: String,
    width: usize,
    count: usize,
    /// The bytes that the cells say together: more than those of `text`, where cells are merged.
    bytes: usize,
}

#[derive(Clone, Copy)]
struct Cell {
    column: usize,
    start: usize,
    end: usize,
}

impl Cells {
    /// Lets a cell say `text`.
    pub(super) fn put(&mut self, row: usize, column: usize, text: &str) -> Result<(), SheetError> {
        // Blank rows count too: somebody's last cell may stand in the last row of the sheet.
        if row > ROWS_MAX {
            let why = format!("more than {ROWS_MAX} rows");
            return Err(SheetError::TooLarge(why));
        }
        if column >= COLUMNS_MAX {
            let why = format!("more than {COLUMNS_MAX} columns");
            return Err(SheetError::TooLarge(why));
        }
        self.take(text.len())?;
        let start = self.text.len();
        self.text.push_str(text);
        let end = self.text.len();
        if self.rows.len() <= row {
            self.rows.resize(row + 1, Vec::new());
        }
        self.set(row, Cell { column, start, end });
        Ok(())
    }

    /// Says in every cell of a merged region what its first cell says, where a row is there at all:
    /// a region may be as large as the sheet.
    pub(super) fn fill(
        &mut self,
        ((top, left), (bottom, right)): Region,
    ) -> Result<(), SheetError> {
        let first = self
            .rows
            .get(top)
            .and_then(|row| row.iter().find(|c| c.column == left));
        let Some(first) = first.copied() else {
            return Ok(());
        };
        let last_row = bottom.min(self.rows.len().saturating_sub(1));
        let last_column = right.min(self.width.saturating_sub(1));
        for row in top..=last_row {
            // Looking at a row costs something too.
            self.take(0)?;
            if self.rows.get(row).is_none_or(Vec::is_empty) {
                continue;
            }
            for column in left..=last_column {
                self.take(first.end - first.start)?;
                self.set(row, Cell { column, ..first });
            }
        }
        Ok(())
    }

    fn take(&mut self, bytes: usize) -> Result<(), SheetError> {
        (self.count, self.bytes) = (self.count + 1, self.bytes + bytes);
        if self.count > CELLS_MAX {
            let why = format!("more than {CELLS_MAX} cells");
            return Err(SheetError::TooLarge(why));
        }
        if self.bytes > TEXT_BYTES_MAX {
            return Err(too_much_text());
        }
        Ok(())
    }

    fn set(&mut self, row: usize, cell: Cell) {
        self.width = self.width.max(cell.column + 1);
        let Some(cells) = self.rows.get_mut(row) else {
            return;
        };
        match cells.binary_search_by_key(&cell.column, |c| c.column) {
            Ok(place) => cells[place] = cell,
            Err(place) => cells.insert(place, cell),
        }
    }

    /// The rows, one after the other, all of the width of the widest.
    pub(super) fn into_records(self) -> impl Iterator<Item = ByteRecord> {
        let Self {
            rows, text, width, ..
        } = self;
        rows.into_iter().map(move |cells| {
            let mut record = ByteRecord::new();
            let mut cells = cells.iter().peekable();
            for column in 0..width {
                let cell = cells.next_if(|cell| cell.column == column);
                let said = cell.and_then(|cell| text.get(cell.start..cell.end));
                record.push_field(said.unwrap_or_default().as_bytes());
            }
            record
        })
    }
}
