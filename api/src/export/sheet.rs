//! A list as an Excel workbook: numbers are numbers, days are days, and no text is a formula.

use chrono::Timelike;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::cell::Cell;
use super::columns::{self, Column, Kind};
use super::{Rows, Wanted, too_many};
use crate::problem::Problem;

/// The most characters of a cell.
const CELL_CHARS_MAX: usize = 32_767;

/// How cells are shown.
struct Formats {
    heading: Format,
    instant: Format,
    day: Format,
    decimals: [Format; 8],
}

/// How soon somebody who found no seat may ask again.
const RETRY_SECONDS: u64 = 5;

/// The list as a workbook, from its first rows on. Nobody waits for a seat here: who waits would
/// take a request's place from others.
pub async fn build(wanted: &mut Wanted, first: Rows) -> Result<Vec<u8>, Problem> {
    let app = wanted.app.clone();
    let Ok(_seat) = app.edge.workbooks.try_acquire() else {
        let detail = "As many workbooks are being put together as may be; ask again in a moment.";
        return Err(Problem::unavailable("export_busy", detail, RETRY_SECONDS));
    };
    let columns = columns::of(wanted.list);
    let formats = Formats::new();
    let mut book = Workbook::new();
    // Rows go to a file of their own as they come, so that they are not kept in memory.
    let sheet = book.add_worksheet_with_constant_memory();
    let sheet = sheet.map_err(|error| Problem::internal(&error))?;
    head(sheet, columns, &formats).map_err(|error| Problem::internal(&error))?;
    let (mut rows, mut line) = (first, 0_u32);
    loop {
        for row in &rows.rows {
            line += 1;
            if u64::from(line) > wanted.rows_max {
                return Err(too_many(wanted.rows_max));
            }
            for (place, column) in (0_u16..).zip(columns) {
                let cell = Cell::of(column, row);
                let put = put(sheet, (line, place), cell, &formats);
                put.map_err(|error| Problem::internal(&error))?;
            }
        }
        match rows.next {
            Some(cursor) => rows = wanted.following(cursor).await?,
            None => break,
        }
    }
    let packed = tokio::task::spawn_blocking(move || book.save_to_buffer()).await;
    let packed = packed.map_err(|error| Problem::internal(&error))?;
    packed.map_err(|error| Problem::internal(&error))
}

impl Formats {
    fn new() -> Self {
        let shown = |format: &str| Format::new().set_num_format(format);
        Self {
            heading: Format::new().set_bold(),
            instant: shown("yyyy-mm-dd hh:mm:ss"),
            day: shown("yyyy-mm-dd"),
            decimals: std::array::from_fn(|count| match count {
                0 => shown("0"),
                count => shown(&format!("0.{:0<count$}", "")),
            }),
        }
    }
}

fn head(sheet: &mut Worksheet, columns: &[Column], formats: &Formats) -> Result<(), XlsxError> {
    for (place, column) in (0_u16..).zip(columns) {
        let width = match column.kind {
            Kind::Instant => 20,
            Kind::Text | Kind::Several => 24,
            _ => 12,
        };
        sheet.set_column_width(place, width)?;
        sheet.write_with_format(0, place, column.heading, &formats.heading)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}

fn put(
    sheet: &mut Worksheet,
    (line, place): (u32, u16),
    cell: Cell,
    formats: &Formats,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => {}
        // A text is written as one, never as a formula.
        Cell::Text(text) => {
            let text: String = text.chars().take(CELL_CHARS_MAX).collect();
            sheet.write_string(line, place, text)?;
        }
        Cell::Whole(number) => {
            number_at(sheet, (line, place), number, 0, formats)?;
        }
        Cell::Decimal(units, decimals) => {
            number_at(sheet, (line, place), units, decimals, formats)?;
        }
        Cell::Instant(at) => {
            let day = at.date_naive();
            let of_day = |d: ExcelDateTime| {
                d.and_hms(
                    u16::try_from(at.hour()).unwrap_or_default(),
                    u8::try_from(at.minute()).unwrap_or_default(),
                    at.second(),
                )
            };
            match date(day).map(of_day) {
                Some(Ok(at)) => {
                    sheet.write_datetime_with_format(line, place, at, &formats.instant)?
                }
                _ => sheet.write_string(line, place, at.to_rfc3339())?,
            };
        }
        Cell::Day(day) => {
            match date(day) {
                Some(day) => sheet.write_datetime_with_format(line, place, day, &formats.day)?,
                None => sheet.write_string(line, place, day.to_string())?,
            };
        }
        Cell::Flag(flag) => {
            sheet.write_boolean(line, place, flag)?;
        }
    }
    Ok(())
}

/// A day of the years that Excel knows, 1900 to 9999. The day before them has the number 0, which
/// Excel shows as `1900-01-00`.
fn date(day: chrono::NaiveDate) -> Option<ExcelDateTime> {
    use chrono::Datelike;
    let year = u16::try_from(day.year())
        .ok()
        .filter(|year| *year >= 1900)?;
    let part = |part: u32| u8::try_from(part).unwrap_or_default();
    ExcelDateTime::from_ymd(year, part(day.month()), part(day.day())).ok()
}

/// Excel keeps 15 digits of a number; one with more is written as a text, so that none is lost.
fn number_at(
    sheet: &mut Worksheet,
    (line, place): (u32, u16),
    units: i64,
    decimals: u32,
    formats: &Formats,
) -> Result<(), XlsxError> {
    const EXACT_MAX: u64 = 999_999_999_999_999;
    let text = super::cell::decimal(units, decimals, '.');
    let format = usize::try_from(decimals).ok();
    let format = format.and_then(|decimals| formats.decimals.get(decimals));
    match (text.parse::<f64>(), format) {
        (Ok(number), Some(format)) if units.unsigned_abs() <= EXACT_MAX => {
            sheet.write_number_with_format(line, place, number, format)?;
        }
        _ => {
            sheet.write_string(line, place, text)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Data, Reader, Xlsx};

    use super::*;

    #[test]
    fn days_before_those_of_excel_are_texts() {
        let (mut book, formats) = (Workbook::new(), Formats::new());
        let sheet = book.add_worksheet();
        let days = ["1899-12-31", "1900-01-01", "9999-12-31"];
        for (line, day) in (0..).zip(days) {
            let cell = Cell::Day(day.parse().unwrap());
            put(sheet, (line, 0), cell, &formats).unwrap();
            let at = Cell::Instant(format!("{day}T00:00:00Z").parse().unwrap());
            put(sheet, (line, 1), at, &formats).unwrap();
        }
        let bytes = book.save_to_buffer().unwrap();
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
        let range = book.worksheet_range_at(0).unwrap().unwrap();
        let text = |text: &str| Data::String(text.to_owned());
        assert_eq!(range[(0, 0)], text("1899-12-31"));
        assert_eq!(range[(0, 1)], text("1899-12-31T00:00:00+00:00"));
        for cell in [(1, 0), (1, 1), (2, 0), (2, 1)] {
            assert!(
                matches!(range[cell], Data::DateTime(_)),
                "{:?}",
                range[cell]
            );
        }
    }
}
