//! `replay compare`: read models held against a replay.

use std::sync::Arc;

use clap::Args;
use projections::{Comparison, Maintenance};
use serde::Serialize;

use crate::choice;
use crate::difference;
use crate::fault::{Exit, Fault};
use crate::house::House;
use crate::out::Out;
use crate::progress::Progress;

/// Replays the journal from the first event on into tables of its own, and compares them with the
/// live ones, row for row and column for column. The live ones are not touched.
#[derive(Args, Clone, Debug)]
pub struct Compare {
    /// The projection, or `all`.
    projection: String,
    /// How many connections take events in side by side, each those of its own keys; 0 for one that
    /// takes them in order. Unset, as many as there are cores, and at least 2.
    #[arg(long, value_name = "N")]
    workers: Option<usize>,
}

/// What was found of one.
#[derive(Debug, Serialize)]
struct Compared {
    projection: &'static str,
    equal: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    comparison: Option<Comparison>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<String>,
}

/// Compares them, one after the other.
pub async fn run(args: &Compare, house: &House, out: &mut Out) -> Result<Exit, Fault> {
    let chosen = choice::built(&args.projection, house).await?;
    let workplace = house.workplace().await?;
    let mut all = Vec::new();
    for projector in chosen {
        let projection = projector.name();
        let compared = {
            let progress = Progress::of(projection);
            let maintenance = Maintenance::new(workplace.clone(), Arc::clone(&projector));
            let maintenance = match args.workers {
                Some(workers) => maintenance.with_workers(workers),
                None => maintenance,
            };
            let tell = |done, all| progress.reached(done, all);
            compared(
                projection,
                maintenance.compare(&tell).await.map_err(Fault::from),
            )
        };
        if !out.json {
            write(&compared, out);
            out.flush();
        }
        all.push(compared);
    }
    if out.json {
        out.document(&all);
    }
    Ok(Exit::well_if(all.iter().all(|one| one.equal)))
}

fn compared(projection: &'static str, found: Result<Comparison, Fault>) -> Compared {
    match found {
        Ok(comparison) => Compared {
            projection,
            equal: comparison.is_equal(),
            comparison: Some(comparison),
            fault: None,
        },
        Err(fault) => Compared {
            projection,
            equal: false,
            comparison: None,
            fault: Some(fault.text()),
        },
    }
}

fn write(compared: &Compared, out: &mut Out) {
    let name = compared.projection;
    for line in compared
        .comparison
        .iter()
        .flat_map(|found| difference::lines(name, found))
    {
        out.line(&line);
    }
    if let Some(fault) = &compared.fault {
        out.line(&format!("{name}: not compared: {fault}"));
    }
}
