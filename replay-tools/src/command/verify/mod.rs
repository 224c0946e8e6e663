//! `replay verify`: whether the journal is whole, and can be read to the end.

mod check;

use clap::Args;
use eventstore::scan;
use serde::Serialize;

use crate::choice;
use crate::fault::{Exit, Fault};
use crate::house::House;
use crate::out::Out;
use crate::progress::Progress;
use crate::table::plain;
use check::{Checker, Found};

/// Rows read at a time.
const PAGE: i64 = 2_000;

/// Reads the whole journal and looks for anything that is wrong: positions 1, 2, 3 … without a
/// gap, versions 1, 2, 3 … in every stream over all partitions, recording times that never fall,
/// types and shapes that are known, bodies and metadata that can be read, nobody who has seen more
/// than there is, and tables that refuse to be changed.
#[derive(Args, Clone, Debug)]
pub struct Verify {
    /// How many faults are told; all are counted.
    #[arg(long, value_name = "COUNT", default_value_t = 20)]
    faults: usize,
}

/// What was found.
#[derive(Debug, Serialize)]
struct Report {
    whole: bool,
    head: i64,
    events: u64,
    streams: usize,
    fault_count: u64,
    faults: Vec<Found>,
}

/// Reads it all.
pub async fn run(args: &Verify, house: &House, out: &mut Out) -> Result<Exit, Fault> {
    let mut checker = Checker::new(args.faults);
    let head = read(house, &mut checker).await?;
    for table in scan::unguarded(&house.pool).await? {
        checker.table(&table);
    }
    for projector in choice::all() {
        let stored = projections::status::stored(&house.pool, &*projector).await?;
        if let Some(stored) = stored {
            checker.reader(&stored.name, stored.position);
        }
    }
    let report = Report {
        whole: checker.fault_count == 0,
        head,
        events: checker.events,
        streams: checker.streams(),
        fault_count: checker.fault_count,
        faults: checker.faults,
    };
    if out.json {
        out.document(&report);
    } else {
        write(&report, out);
    }
    Ok(Exit::well_if(report.whole))
}

/// Reads what was recorded when it began; answers the last position of then.
async fn read(house: &House, checker: &mut Checker) -> Result<i64, Fault> {
    let head = scan::head(&house.pool).await?;
    let progress = Progress::of("verify");
    let mut after = 0;
    while after < head {
        let rows = scan::page(&house.pool, after, PAGE).await?;
        let Some(last) = rows.last() else { break };
        after = last.position;
        for row in &rows {
            checker.row(row);
        }
        progress.reached(after, head.max(after));
    }
    Ok(head.max(after))
}

fn write(report: &Report, out: &mut Out) {
    let Report {
        head,
        events,
        streams,
        fault_count,
        ..
    } = report;
    for found in &report.faults {
        out.line(&plain(&format!("{:<12}  {}", found.code, found.detail)));
    }
    let more = fault_count.saturating_sub(report.faults.len() as u64);
    if more > 0 {
        out.line(&format!("… and {more} more"));
    }
    let read = format!("{events} events of {streams} streams read, up to position {head}");
    out.line(&match fault_count {
        0 => format!("The journal is whole: {read}."),
        1 => format!("1 fault: {read}."),
        count => format!("{count} faults: {read}."),
    });
}
