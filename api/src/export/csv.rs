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

/// With these a formula begins, and a full-width sign counts as its narrow one.
const FORMULA_SIGNS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
/// At these a spreadsheet may begin a new cell, whatever separates the cells of the file: it may be
/// set to another separator, and then does not see quotation marks in the middle of a cell.
const CELL_ENDS: [char; 5] = [',', ';', '\t', '\n', '\r'];

/// A text of which no spreadsheet makes a formula: each sign that one could begin with gets an
/// apostrophe in front. Quotation marks around the text do not help.
fn guarded(text: String) -> String {
    let is_plain = !text.contains(FORMULA_SIGNS) && !text.starts_with(['\t', '\r', '\n']);
    if is_plain {
        return text;
    }
    let mut safe = String::with_capacity(text.len() + 1);
    if text.starts_with(['\t', '\r', '\n']) {
        safe.push('\'');
    }
    let mut is_start = true;
    for sign in text.chars() {
        if is_start && FORMULA_SIGNS.contains(&sign) {
            safe.push('\'');
        }
        is_start = CELL_ENDS.contains(&sign) || is_start && matches!(sign, ' ' | '"' | '\'');
        safe.push(sign);
    }
    safe
}
