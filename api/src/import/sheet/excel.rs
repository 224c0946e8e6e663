//! Workbooks of Excel.

use std::io::{self, Cursor, Read};

use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx};
use csv::ByteRecord;
use zip::ZipArchive;

use super::{COLUMNS_MAX, ROWS_MAX, SheetError};

/// The most bytes that all parts of a workbook have when they are unpacked.
const UNPACKED_BYTES_MAX: u64 = 128 * 1024 * 1024;
/// The most parts of a workbook.
const PARTS_MAX: usize = 2_000;
/// What every workbook has.
const WORKBOOK: &str = "xl/workbook.xml";

/// The rows of the first sheet that can be seen, from its first row on.
pub(super) fn rows(bytes: &[u8]) -> Result<Vec<ByteRecord>, SheetError> {
    check_size(bytes)?;
    let damaged = |error: calamine::XlsxError| SheetError::Damaged(error.to_string());
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(damaged)?;
    let sheets = book.sheets_metadata().iter();
    let mut seen = sheets.filter(|sheet| {
        sheet.visible == SheetVisible::Visible && sheet.typ == SheetType::WorkSheet
    });
    let name = seen.next().map(|sheet| sheet.name.clone());
    let name = name.ok_or(SheetError::Empty("no sheet that can be seen"))?;
    let merged = book.merge_cells_by_sheet_name(&name).map_err(damaged)?;
    let mut cells = Cells::default();
    let mut reader = book.worksheet_cells_reader(&name).map_err(damaged)?;
    while let Some(cell) = reader.next_cell().map_err(damaged)? {
        let ((row, column), text) = (cell.get_position(), text(cell.get_value()));
        if !text.is_empty() {
            cells.put(row as usize, column as usize, text)?;
        }
    }
    for region in merged {
        let (row, column) = region.start;
        let Some(text) = cells.get(row as usize, column as usize).map(str::to_owned) else {
            continue;
        };
        // Only cells that are there already are filled: a region may be as large as the sheet.
        cells.fill(region.start, region.end, &text);
    }
    Ok(cells.records())
}

/// What is packed may be a thousand times what it seems, and may lie about it, so that it is
/// unpacked and counted before anything is made of it.
fn check_size(bytes: &[u8]) -> Result<(), SheetError> {
    let damaged = |error: zip::result::ZipError| SheetError::Damaged(error.to_string());
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    if archive.len() > PARTS_MAX {
        let why = format!("more than {PARTS_MAX} parts");
        return Err(SheetError::TooLarge(why));
    }
    if archive.index_for_name(WORKBOOK).is_none() {
        return Err(SheetError::Format("a zip archive that is no workbook"));
    }
    let mut left = UNPACKED_BYTES_MAX;
    for place in 0..archive.len() {
        let part = archive.by_index(place).map_err(damaged)?;
        let unpacked = io::copy(&mut part.take(left + 1), &mut io::sink())
            .map_err(|error| SheetError::Damaged(error.to_string()))?;
        left = left.checked_sub(unpacked).ok_or_else(|| {
            SheetError::TooLarge(format!(
                "more than {UNPACKED_BYTES_MAX} bytes when unpacked"
            ))
        })?;
    }
    Ok(())
}

/// The text that stands for a value. A formula has the value that was kept with it.
fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::String(text) => text.trim().to_owned(),
        DataRef::SharedString(text) => text.trim().to_owned(),
        DataRef::Int(number) => number.to_string(),
        // Rust writes a whole number without a point, and any other as short as it can be.
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(value) => value.to_string(),
        DataRef::DateTime(at) if at.is_duration() => at.as_f64().to_string(),
        DataRef::DateTime(at) => {
            // Both calendars of Excel, and the 29th of February 1900 that only it has.
            let (year, month, day, hour, minute, second, milli) = at.to_ymd_hms_milli();
            if (hour, minute, second, milli) == (0, 0, 0, 0) {
                format!("{year:04}-{month:02}-{day:02}")
            } else {
                format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
            }
        }
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            text.strip_suffix("T00:00:00").unwrap_or(text).to_owned()
        }
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

/// The cells that say something, row by row.
#[derive(Default)]
struct Cells {
    rows: Vec<Vec<String>>,
    width: usize,
}

impl Cells {
    fn put(&mut self, row: usize, column: usize, text: String) -> Result<(), SheetError> {
        // Blank rows count too: somebody's last cell may stand in the last row of the sheet.
        if row > ROWS_MAX {
            let why = format!("more than {ROWS_MAX} rows");
            return Err(SheetError::TooLarge(why));
        }
        if column >= COLUMNS_MAX {
            let why = format!("more than {COLUMNS_MAX} columns");
            return Err(SheetError::TooLarge(why));
        }
        if self.rows.len() <= row {
            self.rows.resize(row + 1, Vec::new());
        }
        if let Some(cells) = self.rows.get_mut(row) {
            if cells.len() <= column {
                cells.resize(column + 1, String::new());
            }
            if let Some(cell) = cells.get_mut(column) {
                *cell = text;
            }
        }
        self.width = self.width.max(column + 1);
        Ok(())
    }

    fn get(&self, row: usize, column: usize) -> Option<&str> {
        let cell = self.rows.get(row)?.get(column)?;
        (!cell.is_empty()).then_some(cell.as_str())
    }

    /// Says in every cell of a merged region what its first cell says, where a row is there at all.
    fn fill(&mut self, (top, left): (u32, u32), (bottom, right): (u32, u32), text: &str) {
        let rows = (top as usize)..=(bottom as usize).min(self.rows.len().saturating_sub(1));
        let columns = (left as usize)..=(right as usize).min(self.width.saturating_sub(1));
        for row in rows {
            let Some(cells) = self.rows.get_mut(row) else {
                continue;
            };
            if cells.is_empty() {
                continue;
            }
            for column in columns.clone() {
                if cells.len() <= column {
                    cells.resize(column + 1, String::new());
                }
                if let Some(cell) = cells.get_mut(column) {
                    text.clone_into(cell);
                }
            }
        }
    }

    /// The rows, all of the width of the widest: cells at the end that say nothing are not kept.
    fn records(self) -> Vec<ByteRecord> {
        let width = self.width;
        let whole = |mut cells: Vec<String>| {
            cells.resize(width, String::new());
            cells.iter().map(String::as_bytes).collect()
        };
        self.rows.into_iter().map(whole).collect()
    }
}
