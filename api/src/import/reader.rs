//! The rows of a file, one after the other, with their numbers and lines.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use csv::{ByteRecord, ReaderBuilder, Terminator, WriterBuilder};
use projections::staging::{Fault, StagedRow, Stay};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::ImportError;
use super::columns::Columns;
use super::dates::DateOrder;
use super::sheet::separator::{Separated, separated};
use super::source::Source;

/// The most bytes of one row. What is longer is a quotation mark that is never closed, and would
/// otherwise be read into memory up to the end of the file.
const ROW_BYTES_MAX: u64 = 1024 * 1024;
/// How much of a file is looked at to find its separator.
const HEAD_BYTES: u64 = 64 * 1024;

/// What a row says, or why it cannot be read.
pub type RowReader = Box<dyn FnMut(&Columns, &ByteRecord) -> Result<Option<Stay>, Fault> + Send>;

/// What a kind of file is, and how its rows are read.
pub struct Form {
    /// What it is, with its article.
    pub what: &'static str,
    /// The columns that it has to have.
    pub names: &'static [&'static str],
    /// Those of them in which dates stand.
    pub dates: &'static [&'static str],
    /// How its rows are read.
    pub read: RowReader,
}

/// Reads the rows of a file.
pub struct Rows {
    form: Form,
    name: String,
    csv: csv::Reader<Fence>,
    tape: Tape,
    columns: Columns,
    header: String,
    record: ByteRecord,
    row: i64,
}

impl Rows {
    /// Opens `source` and finds its columns; its dates are in `order`.
    pub fn open(
        source: &Source,
        form: Form,
        order: Option<DateOrder>,
    ) -> Result<Self, ImportError> {
        let tape = Tape::default();
        let (inner, by) = separated_text(source, &tape)?;
        let fence = Fence {
            inner,
            tape: tape.clone(),
        };
        let mut csv = ReaderBuilder::new()
            .flexible(true)
            .has_headers(false)
            .delimiter(by)
            .from_reader(fence);
        let mut header = ByteRecord::new();
        let name = source.name().to_owned();
        loop {
            let found = csv.read_byte_record(&mut header);
            if !found.map_err(|error| broken(&name, 1, error))? {
                return Err(ImportError::Empty(name));
            }
            if header.iter().any(|field| !field.trim_ascii().is_empty()) {
                break;
            }
        }
        let mut columns =
            Columns::find(&header, form.names).map_err(|faults| ImportError::Columns {
                name: name.clone(),
                what: form.what,
                faults,
            })?;
        columns.order = order.unwrap_or_default();
        tape.lock()
            .line_of(csv.position().byte(), breaks_in(&header));
        let header = written(&header);
        Ok(Self {
            form,
            name,
            csv,
            tape,
            columns,
            header,
            record: ByteRecord::new(),
            row: 0,
        })
    }

    /// The header as it stands in the file.
    pub fn header(&self) -> &str {
        &self.header
    }

    /// The number of the next row and what stands in its columns `names`, whatever else it says;
    /// `None` at the end.
    pub fn next_fields(&mut self, names: &[&str]) -> Result<Option<(i64, Vec<&str>)>, ImportError> {
        self.tape.lock().since_row = 0;
        let before = self.csv.position().line();
        let found = self.csv.read_byte_record(&mut self.record);
        if !found.map_err(|error| broken(&self.name, before, error))? {
            return Ok(None);
        }
        self.row += 1;
        if self.record.len() != self.columns.count() {
            return Ok(Some((self.row, Vec::new())));
        }
        let wanted = self
            .form
            .names
            .iter()
            .zip(self.columns.fields(&self.record));
        let wanted = wanted.filter(|(name, _)| names.contains(name));
        let fields = wanted.filter_map(|(_, field)| std::str::from_utf8(field).ok());
        Ok(Some((self.row, fields.collect())))
    }

    /// The next row; `None` at the end.
    pub fn next_row(&mut self) -> Result<Option<StagedRow>, ImportError> {
        self.tape.lock().since_row = 0;
        let before = self.csv.position().line();
        let found = self.csv.read_byte_record(&mut self.record);
        if !found.map_err(|error| broken(&self.name, before, error))? {
            return Ok(None);
        }
        self.row += 1;
        let (end, inside) = (self.csv.position().byte(), breaks_in(&self.record));
        let line = self.tape.lock().line_of(end, inside);
        Ok(Some(StagedRow {
            row: self.row,
            line: i64::try_from(line).unwrap_or(i64::MAX),
            digest: self.digest(),
            record: written(&self.record),
            said: (self.form.read)(&self.columns, &self.record),
        }))
    }

    /// Equal for rows that say the same, whatever the padding and the order of their columns.
    fn digest(&self) -> Uuid {
        let mut sum = Sha256::new();
        let take = |field: &[u8]| {
            sum.update((field.len() as u64).to_be_bytes());
            sum.update(field);
        };
        if self.record.len() == self.columns.count() {
            self.columns.fields(&self.record).for_each(take);
        } else {
            self.record.iter().map(<[u8]>::trim_ascii).for_each(take);
        }
        let sum: [u8; 32] = sum.finalize().into();
        let mut half = [0; 16];
        half.copy_from_slice(&sum[..16]);
        Uuid::from_bytes(half)
    }
}

/// The text of `source` behind the line that says its separator, and the separator.
fn separated_text(source: &Source, tape: &Tape) -> Result<(Box<dyn Read + Send>, u8), ImportError> {
    let mut text = source.text()?;
    let mut head = Vec::new();
    let mut beginning = text.by_ref().take(HEAD_BYTES);
    beginning
        .read_to_end(&mut head)
        .map_err(|e| source.unreadable(e))?;
    let Separated { by, skip } = separated(&head);
    // The line in front is a line of the file all the same.
    tape.lock().lines = u64::from(skip > 0);
    head.drain(..skip);
    Ok((Box::new(io::Cursor::new(head).chain(text)), by))
}

fn breaks_in(record: &ByteRecord) -> u64 {
    record
        .as_slice()
        .split(|byte| *byte == b'\n')
        .count()
        .saturating_sub(1) as u64
}

/// The record as a line of CSV, in characters that can be kept: those that cannot be read become
/// U+FFFD, as does NUL.
fn written(record: &ByteRecord) -> String {
    let mut line = WriterBuilder::new()
        .flexible(true)
        .terminator(Terminator::Any(b'\n'))
        .from_writer(Vec::new());
    let fields = record
        .iter()
        .map(|field| String::from_utf8_lossy(field.trim_ascii()).replace('\0', "\u{fffd}"));
    // Writing to memory cannot fail, nor can flushing it.
    let written = line.write_record(fields.map(String::into_bytes));
    let bytes = written
        .ok()
        .and_then(|()| line.into_inner().ok())
        .unwrap_or_default();
    String::from_utf8_lossy(&bytes)
        .trim_end_matches('\n')
        .to_owned()
}

fn broken(name: &str, line: u64, error: csv::Error) -> ImportError {
    let name = name.to_owned();
    match error.into_kind() {
        csv::ErrorKind::Io(error) if error.kind() == io::ErrorKind::FileTooLarge => {
            ImportError::RowTooLong {
                name,
                line,
                bytes_max: ROW_BYTES_MAX,
            }
        }
        csv::ErrorKind::Io(source) => ImportError::Read { name, source },
        other => ImportError::Read {
            name,
            source: io::Error::other(format!("line {line}: {other:?}")),
        },
    }
}

/// Lets no more bytes through than one row may have, until it is told that the next one begins.
struct Fence {
    inner: Box<dyn Read + Send>,
    tape: Tape,
}

impl Read for Fence {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.tape.lock().since_row > ROW_BYTES_MAX {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let bytes = self.inner.read(into)?;
        self.tape.lock().take(&into[..bytes]);
        Ok(bytes)
    }
}

/// What went through the fence, shared with the one who knows where rows end.
#[derive(Clone, Default)]
struct Tape(Arc<Mutex<Seen>>);

#[derive(Default)]
struct Seen {
    offset: u64,
    since_row: u64,
    /// Where the line breaks are that belong to no row yet.
    breaks: VecDeque<u64>,
    /// How many line breaks stand before those.
    lines: u64,
}

impl Tape {
    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seen {
    fn take(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if *byte == b'\n' {
                self.breaks.push_back(self.offset);
            }
            self.offset += 1;
        }
        self.since_row += bytes.len() as u64;
    }

    /// The line on which the row begins that ends before offset `end` and has `inside` line breaks
    /// in its fields. Empty lines in front of it are not its own, nor is the break at its end.
    fn line_of(&mut self, end: u64, inside: u64) -> u64 {
        let (mut own, mut last) = (0, None);
        while self.breaks.front().is_some_and(|at| *at < end) {
            (own, last) = (own + 1, self.breaks.pop_front());
        }
        let closing = u64::from(last.is_some_and(|at| at + 1 == end));
        let line = self.lines + own - inside.min(own) - closing.min(own) + 1;
        self.lines += own;
        line
    }
}
