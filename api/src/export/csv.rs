//! A list as CSV, sent page by page: no more than one page is in memory.

use axum::body::{Body, Bytes};
use chrono::SecondsFormat;
use csv::{Terminator, WriterBuilder};
use domain::export::ExportLocale;
use futures::stream;
use serde_json::Value;

use super::cell::{Cell, decimal};
use super::columns::{self, Column};
use super::{Rows, Wanted, too_many};
use crate::problem::Problem;

/// By which Excel knows UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// What is still to be sent.
struct Left {
    wanted: Wanted,
    sent: u64,
    next: Next,
}

enum Next {
    Head(Rows),
    Page(String),
    End,
}

/// Why the file breaks off, so that nobody takes a part of it for all.
#[derive(Debug, thiserror::Error)]
#[error("the export broke off: {0}")]
struct BrokenOff(String);

/// The list as a body, from its first rows on. If a later page cannot be had, or there are more
/// rows than a file may have, it breaks off: the client sees that it is not complete.
pub fn stream(wanted: Wanted, first: Rows) -> Body {
    let left = Left {
        wanted,
        sent: 0,
        next: Next::Head(first),
    };
    Body::from_stream(stream::try_unfold(left, send))
}

async fn send(mut left: Left) -> Result<Option<(Bytes, Left)>, BrokenOff> {
    let (rows, is_head) = match std::mem::replace(&mut left.next, Next::End) {
        Next::End => return Ok(None),
        Next::Head(rows) => (rows, true),
        Next::Page(cursor) => {
            let rows = left.wanted.following(cursor).await;
            (rows.map_err(|problem| broken(&problem))?, false)
        }
    };
    left.sent += rows.rows.len() as u64;
    let rows_max = left.wanted.rows_max;
    if left.sent > rows_max || left.sent == rows_max && rows.next.is_some() {
        return Err(broken(&too_many(rows_max)));
    }
    let columns = columns::of(left.wanted.list);
    let text = write(columns, &rows.rows, left.wanted.locale, is_head);
    let text = text.map_err(|error| BrokenOff(error.to_string()))?;
    left.next = rows.next.map_or(Next::End, Next::Page);
    Ok(Some((text.into(), left)))
}

fn broken(problem: &Problem) -> BrokenOff {
    tracing::warn!(code = problem.code(), "an export broke off");
    BrokenOff(problem.code().to_owned())
}

/// Rows as lines, below the headings where it is the head.
pub fn write(
    columns: &[Column],
    rows: &[Value],
    locale: ExportLocale,
    is_head: bool,
) -> Result<Vec<u8>, csv::Error> {
    let (separator, point) = match locale {
        ExportLocale::En => (b',', '.'),
        ExportLocale::Fr => (b';', ','),
    };
    let mut out = Vec::new();
    if is_head && locale == ExportLocale::Fr {
        out.extend(MARK);
    }
    let mut writer = WriterBuilder::new()
        .delimiter(separator)
        .terminator(Terminator::CRLF)
        .from_writer(out);
    if is_head {
        writer.write_record(columns.iter().map(|column| column.heading))?;
    }
    for row in rows {
        let cells = columns.iter().map(|column| Cell::of(column, row));
        writer.write_record(cells.map(|cell| text(cell, point)))?;
    }
    writer
        .into_inner()
        .map_err(|error| csv::Error::from(error.into_error()))
}

fn text(cell: Cell, point: char) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => guarded(text),
        // A number stays one, below zero too.
        Cell::Whole(number) => number.to_string(),
        Cell::Decimal(units, decimals) => decimal(units, decimals, point),
        Cell::Instant(at) => at.to_rfc3339_opts(SecondsFormat::Secs, true),
        Cell::Day(day) => day.to_string(),
        Cell::Flag(flag) => flag.to_string(),
    }
}

/// A text that a spreadsheet would take for a formula gets a quote in front: quotation marks around
/// it do not help.
fn guarded(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text
    }
}
