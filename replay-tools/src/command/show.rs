//! `replay show`: the state of one thing, now or at a moment of the past.

use chrono::{DateTime, Utc};
use clap::Args;
use eventstore::scan::Row;
use eventstore::{Clock, SystemClock};
use serde::Serialize;
use serde_json::Value;

use crate::fault::{Exit, Fault};
use crate::history::Reader;
use crate::house::House;
use crate::moment::{Moment, instant};
use crate::noun;
use crate::out::Out;

/// Shows the state of one thing. With both instants, the shorter history counts; it is always the
/// state after the first so many events.
#[derive(Args, Clone, Debug)]
pub struct Show {
    /// The stream: a noun, a hyphen and an id, such as `booking-0190f1…`.
    stream: String,
    /// When.
    #[command(flatten)]
    moment: Moment,
}

/// A thing as it was.
#[derive(Debug, Serialize)]
struct Shown<'a> {
    stream: &'a str,
    version: i64,
    position: i64,
    occurred_at: DateTime<Utc>,
    recorded_at: DateTime<Utc>,
    state: Value,
}

/// Shows the state.
pub async fn run(args: &Show, house: &House, out: &mut Out) -> Result<Exit, Fault> {
    args.moment.check(SystemClock.now())?;
    let mut reader = Reader::open(&house.pool, &args.stream).await?;
    let stream = reader.stream().clone();
    let (last, state) = fold(&mut reader, &args.moment).await?;
    let shown = Shown {
        stream: stream.as_str(),
        version: last.version,
        position: last.position,
        occurred_at: last.occurred_at,
        recorded_at: last.recorded_at,
        state,
    };
    if out.json {
        out.document(&shown);
    } else {
        write(&shown, out);
    }
    Ok(Exit::Well)
}

/// The last event that counts, and the state after it.
async fn fold(reader: &mut Reader<'_>, moment: &Moment) -> Result<(Row, Value), Fault> {
    let stream = reader.stream().clone();
    let mut state = noun::state(stream.noun()).ok_or_else(|| {
        Fault::failed(format!(
            "`{stream}` is of a noun that this version does not know; `replay history` shows it"
        ))
    })?;
    let mut last: Option<Row> = None;
    'pages: loop {
        let rows = reader.next().await?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            if moment.is_before(&row) {
                if last.is_none() {
                    return Err(not_yet(&row));
                }
                break 'pages;
            }
            state.evolve(&row).map_err(|error| {
                Fault::failed(format!("version {} of `{stream}`: {error}", row.version))
            })?;
            last = Some(row);
        }
    }
    let json = state.json();
    let json = json.map_err(|error| Fault::failed(format!("`{stream}` is no JSON: {error}")))?;
    match (last, moment.at_version) {
        (Some(last), Some(asked)) if last.version < asked => Err(Fault::unknown(format!(
            "`{stream}` has no version {asked}; it has 1 to {}",
            last.version
        ))),
        (Some(last), _) => Ok((last, json)),
        (None, _) => Err(Fault::unknown(format!("there is no stream `{stream}`"))),
    }
}

/// Says that `first` was still to come.
fn not_yet(first: &Row) -> Fault {
    Fault::unknown(format!(
        "`{}` did not exist yet: its first event occurred at {} and was recorded at {}",
        first.stream,
        instant(first.occurred_at),
        instant(first.recorded_at)
    ))
}

fn write(shown: &Shown<'_>, out: &mut Out) {
    out.line(&format!("{} at version {}", shown.stream, shown.version));
    out.line(&format!(
        "last event: position {}, occurred {}, recorded {}",
        shown.position,
        instant(shown.occurred_at),
        instant(shown.recorded_at)
    ));
    out.document(&shown.state);
}
