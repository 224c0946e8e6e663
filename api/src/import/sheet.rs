//! Tables of people's own making, from Excel or CSV, as CSV with the columns that we look for.
//!
//! Whatever a cell was, it becomes the text that stands for it, so that what comes after knows one
//! form only. Nothing is guessed: a number in the place of a day stays a number.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use csv::{ByteRecord, ReaderBuilder, WriterBuilder};

mod excel;

/// The most bytes of a file.
pub const FILE_BYTES_MAX: usize = 20 * 1024 * 1024;
/// The most rows of a table.
pub const ROWS_MAX: usize = 100_000;
/// The most columns of a table.
pub const COLUMNS_MAX: usize = 200;

const ZIP: &[u8] = b"PK\x03\x04";
const UTF8_MARK: &[u8] = &[0xef, 0xbb, 0xbf];

/// Why a file is no table that could be brought in.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum SheetError {
    /// Neither a workbook nor text.
    #[error("this is {0}; send an Excel workbook (.xlsx) or a CSV in UTF-8")]
    Format(&'static str),
    /// More than is taken in.
    #[error("the file is too large: {0}; bring it in in parts")]
    TooLarge(String),
    /// The workbook cannot be read.
    #[error("the workbook cannot be read ({0}); save it anew and try again")]
    Damaged(String),
    /// There is nothing to bring in.
    #[error("there is {0}")]
    Empty(&'static str),
    /// Columns that are needed are not there, or there twice.
    #[error("the columns are not as they have to be: {}", .0.join("; "))]
    Columns(Vec<String>),
}

/// A column that is looked for.
#[derive(Clone, Copy, Debug)]
pub struct Sought {
    /// What it is called by us.
    pub name: &'static str,
    /// Whether it has to be there.
    pub needed: bool,
}

/// The table in `bytes` as CSV: the columns that are `sought`, by name or by what `mapping` says
/// they are called in the file, and behind them all others as they are. A line of the file is a
/// line of the CSV, so that faults can be found again.
pub fn as_csv(
    bytes: &[u8],
    sought: &[Sought],
    mapping: &BTreeMap<String, String>,
) -> Result<Vec<u8>, SheetError> {
    if bytes.len() > FILE_BYTES_MAX {
        let why = format!("more than {FILE_BYTES_MAX} bytes");
        return Err(SheetError::TooLarge(why));
    }
    let rows = if bytes.starts_with(ZIP) {
        excel::rows(bytes)?
    } else {
        text_rows(bytes)?
    };
    let mut rows = rows.into_iter();
    let blank = |row: &ByteRecord| row.iter().all(|field| field.trim_ascii().is_empty());
    let (mut lines, mut header) = (0, None);
    for row in rows.by_ref() {
        if !blank(&row) {
            header = Some(row);
            break;
        }
        lines += 1;
    }
    let header = header.ok_or(SheetError::Empty("nothing in it, not even a header"))?;
    let places = Places::find(&header, sought, mapping)?;
    let mut csv = WriterBuilder::new().flexible(true).from_writer(Vec::new());
    // Writing to memory cannot fail.
    let _ = csv.write_byte_record(&places.header(&header, sought));
    let mut count = 0;
    let mut out = vec![b'\n'; lines];
    let mut pending = 0;
    for row in rows {
        if blank(&row) {
            pending += 1;
            continue;
        }
        if pending > 0 {
            let written = csv.into_inner().unwrap_or_default();
            out.extend_from_slice(&written);
            out.resize(out.len() + pending, b'\n');
            csv = WriterBuilder::new().flexible(true).from_writer(Vec::new());
            pending = 0;
        }
        count += 1;
        if count > ROWS_MAX {
            let why = format!("more than {ROWS_MAX} rows");
            return Err(SheetError::TooLarge(why));
        }
        let _ = csv.write_byte_record(&places.row(&row));
    }
    if count == 0 {
        return Err(SheetError::Empty("a header and no row"));
    }
    out.extend_from_slice(&csv.into_inner().unwrap_or_default());
    Ok(out)
}

fn text_rows(bytes: &[u8]) -> Result<Vec<ByteRecord>, SheetError> {
    let text = bytes.strip_prefix(UTF8_MARK).unwrap_or(bytes);
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(SheetError::Format("UTF-16 text"));
    }
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Err(SheetError::Format(
            "a workbook of Excel 97, or one with a password",
        ));
    }
    if bytes.starts_with(b"%PDF") {
        return Err(SheetError::Format("a PDF"));
    }
    let first: &[u8] = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    if std::str::from_utf8(first).is_err() || first.contains(&0) {
        return Err(SheetError::Format("neither a workbook nor text in UTF-8"));
    }
    let count = |delimiter: u8| first.split(|byte| *byte == delimiter).count();
    // Where all are absent there is one column, and any of them will do.
    let delimiter = [b',', b';', b'\t']
        .into_iter()
        .max_by_key(|d| (count(*d), u8::from(*d == b',')));
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter.unwrap_or(b','))
        .from_reader(Cursor::new(text).take(FILE_BYTES_MAX as u64));
    let mut rows = Vec::new();
    let mut line = 1;
    for row in reader.byte_records() {
        let row = row.map_err(|error| SheetError::Damaged(error.to_string()))?;
        // Empty lines in front of a record are skipped behind its position.
        let begins = row.position().map_or(line, |at| {
            let rest = usize::try_from(at.byte())
                .ok()
                .and_then(|byte| text.get(byte..));
            let empty = rest.into_iter().flatten();
            let empty = empty.take_while(|byte| matches!(byte, b'\r' | b'\n'));
            at.line() + empty.filter(|byte| **byte == b'\n').count() as u64
        });
        // They are no records, but lines of the file all the same.
        rows.extend((line..begins).map(|_| ByteRecord::new()));
        line = begins + 1;
        let inside = row.as_slice().split(|byte| *byte == b'\n').count();
        line += inside.saturating_sub(1) as u64;
        if rows.len() > ROWS_MAX * 2 {
            let why = format!("more than {ROWS_MAX} rows");
            return Err(SheetError::TooLarge(why));
        }
        rows.push(row);
    }
    Ok(rows)
}

/// How two headers are compared: without regard to case or to the spaces around them.
fn folded(header: &[u8]) -> String {
    String::from_utf8_lossy(header).trim().to_lowercase()
}

/// Where the sought columns stand.
struct Places {
    /// Of each that is sought, if it is there.
    sought: Vec<Option<usize>>,
    /// All others.
    others: Vec<usize>,
    count: usize,
}

impl Places {
    fn find(
        header: &ByteRecord,
        sought: &[Sought],
        mapping: &BTreeMap<String, String>,
    ) -> Result<Self, SheetError> {
        let names: Vec<String> = header.iter().map(folded).collect();
        if names.len() > COLUMNS_MAX {
            let why = format!("more than {COLUMNS_MAX} columns");
            return Err(SheetError::TooLarge(why));
        }
        let mut faults = Vec::new();
        for name in mapping.keys() {
            if !sought.iter().any(|column| column.name == name) {
                faults.push(format!(
                    "the mapping names `{name}`, which nobody looks for"
                ));
            }
        }
        let mut places = Vec::new();
        for column in sought {
            let called = mapping.get(column.name).map_or(column.name, String::as_str);
            let wanted = folded(called.as_bytes());
            let mut found = (0..names.len()).filter(|place| names.get(*place) == Some(&wanted));
            let first = found.next();
            if found.next().is_some() {
                faults.push(format!("there more than once: `{called}`"));
            }
            // What is said to be there has to be there.
            if first.is_none() && (column.needed || mapping.contains_key(column.name)) {
                faults.push(format!("missing: `{called}`"));
            }
            places.push(first);
        }
        if !faults.is_empty() {
            return Err(SheetError::Columns(faults));
        }
        let is_other = |place: &usize| {
            !places.contains(&Some(*place)) && names.get(*place).is_some_and(|n| !n.is_empty())
        };
        Ok(Self {
            others: (0..names.len()).filter(is_other).collect(),
            sought: places,
            count: names.len(),
        })
    }

    fn header(&self, header: &ByteRecord, sought: &[Sought]) -> ByteRecord {
        let mut out: ByteRecord = sought.iter().map(|column| column.name.as_bytes()).collect();
        for place in &self.others {
            let name = header.get(*place).unwrap_or_default();
            // A stranger with the name of a column that stands elsewhere must not be taken for it.
            let folded = folded(name);
            if sought.iter().any(|column| column.name == folded) {
                out.push_field(format!("{folded} (not taken)").as_bytes());
            } else {
                out.push_field(name);
            }
        }
        out
    }

    /// The fields in the order of the header. A row of another length than the header keeps another
    /// length, so that it is found to be one.
    fn row(&self, row: &ByteRecord) -> ByteRecord {
        if row.len() < self.count {
            return row.clone();
        }
        let field = |place: &usize| row.get(*place).unwrap_or_default();
        let sought = self.sought.iter();
        let mut out: ByteRecord = sought
            .map(|place| place.as_ref().map_or(&b""[..], field))
            .chain(self.others.iter().map(field))
            .collect();
        for extra in row.iter().skip(self.count) {
            out.push_field(extra);
        }
        out
    }
}

#[cfg(test)]
mod tests;
