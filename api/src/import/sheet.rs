//! Tables of people's own making, from Excel or CSV, as CSV with the columns that we look for.
//!
//! Whatever a cell was, it becomes the text that stands for it, so that what comes after knows one
//! form only. Nothing is guessed: a number in the place of a day stays a number.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use csv::{ByteRecord, ReaderBuilder, WriterBuilder};

use super::columns::FIELD_COUNT;

mod book;
mod cells;
mod excel;
mod package;
pub(super) mod separator;
pub(super) mod value;

use domain::text::{folded, trimmed};

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
    if bytes.starts_with(ZIP) {
        written(excel::rows(bytes)?, false, sought, mapping)
    } else {
        let rows = text_rows(bytes)?;
        let mut lengths = rows
            .iter()
            .filter(|row| !is_blank(row))
            .map(ByteRecord::len);
        let first = lengths.next();
        let uneven = lengths.any(|length| Some(length) != first);
        written(rows.into_iter(), uneven, sought, mapping)
    }
}

fn is_blank(row: &ByteRecord) -> bool {
    row.iter().all(|field| shown(field).is_empty())
}

/// What a field says, without the spaces around it.
fn shown(field: &[u8]) -> Cow<'_, str> {
    match String::from_utf8_lossy(field) {
        Cow::Borrowed(text) => Cow::Borrowed(trimmed(text)),
        Cow::Owned(text) => Cow::Owned(trimmed(&text).to_owned()),
    }
}

/// The rows as CSV. Where they are `uneven`, a column behind the others says of each row that has
/// fewer or more fields than the header how many it has.
fn written(
    mut rows: impl Iterator<Item = ByteRecord>,
    uneven: bool,
    sought: &[Sought],
    mapping: &BTreeMap<String, String>,
) -> Result<Vec<u8>, SheetError> {
    let (mut lines, mut header) = (0, None);
    for row in rows.by_ref() {
        if !is_blank(&row) {
            header = Some(row);
            break;
        }
        lines += 1;
    }
    let header = header.ok_or(SheetError::Empty("nothing in it, not even a header"))?;
    let places = Places::find(&header, uneven, sought, mapping)?;
    let mut csv = WriterBuilder::new().flexible(true).from_writer(Vec::new());
    // Writing to memory cannot fail.
    let _ = csv.write_byte_record(&places.header(&header, sought));
    let mut count = 0;
    let mut out = vec![b'\n'; lines];
    let mut pending = 0;
    for row in rows {
        if is_blank(&row) {
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
    let separator::Separated { by, skip } = separator::separated(text);
    let text = text.get(skip..).unwrap_or_default();
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(by)
        .from_reader(Cursor::new(text).take(FILE_BYTES_MAX as u64));
    let mut rows = Vec::new();
    // The line that says the separator is a line of the file all the same.
    rows.extend((skip > 0).then(ByteRecord::new));
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

/// By what two headers are compared; nothing for an error, which is no header.
fn header_key(header: &[u8]) -> String {
    let said = shown(header);
    if value::is_error(&said) {
        String::new()
    } else {
        folded(&said)
    }
}

/// Where the sought columns stand.
struct Places {
    /// Of each that is sought, if it is there.
    sought: Vec<Option<usize>>,
    /// All others.
    others: Vec<usize>,
    /// How many fields the header has.
    count: usize,
    /// Whether rows have other numbers of fields.
    uneven: bool,
}

impl Places {
    fn find(
        header: &ByteRecord,
        uneven: bool,
        sought: &[Sought],
        mapping: &BTreeMap<String, String>,
    ) -> Result<Self, SheetError> {
        let names: Vec<String> = header.iter().map(header_key).collect();
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
            let wanted = folded(called);
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
            uneven,
        })
    }

    fn header(&self, header: &ByteRecord, sought: &[Sought]) -> ByteRecord {
        let mut out: ByteRecord = sought.iter().map(|column| column.name.as_bytes()).collect();
        for place in &self.others {
            let name = header.get(*place).unwrap_or_default();
            // A stranger with the name of a column that stands elsewhere must not be taken for it.
            let folded = header_key(name);
            if sought.iter().any(|column| column.name == folded) || folded == FIELD_COUNT {
                out.push_field(format!("{folded} (not taken)").as_bytes());
            } else {
                out.push_field(name);
            }
        }
        if self.uneven {
            out.push_field(FIELD_COUNT.as_bytes());
        }
        out
    }

    /// The fields in the order of the header, each under its own heading also where the row has
    /// fewer; what stands behind the last heading is not kept. An error in a column that nobody
    /// looks for is nothing.
    fn row(&self, row: &ByteRecord) -> ByteRecord {
        let field = |place: &usize| row.get(*place).unwrap_or_default();
        let other = |place: &usize| match field(place) {
            said if value::is_error(&shown(said)) => &b""[..],
            said => said,
        };
        let sought = self.sought.iter();
        let mut out: ByteRecord = sought
            .map(|place| place.as_ref().map_or(&b""[..], field))
            .chain(self.others.iter().map(other))
            .collect();
        if self.uneven {
            let count =
                (row.len() != self.count).then(|| format!("{} of {}", row.len(), self.count));
            out.push_field(count.unwrap_or_default().as_bytes());
        }
        out
    }
}

#[cfg(test)]
mod tests;
