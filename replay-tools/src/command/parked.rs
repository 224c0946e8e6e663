//! `replay parked`: events that could not become rows.

use clap::{Args, Subcommand};
use projections::parking;
use projections::{Maintenance, Redriven};
use serde::Serialize;

use crate::choice;
use crate::fault::{Exit, Fault};
use crate::house::House;
use crate::moment::instant;
use crate::nearest::nearest;
use crate::out::Out;
use crate::table;

const HEADS: [&str; 7] = [
    "projection",
    "key",
    "position",
    "type",
    "attempts",
    "parked",
    "error",
];

/// Shows the events that could not become rows, with those that wait behind them.
#[derive(Args, Clone, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Parked {
    /// Takes them in again, instead of showing them.
    #[command(subcommand)]
    command: Option<Command>,
    /// Of this projection only.
    projection: Option<String>,
}

/// What can be done with them.
#[derive(Clone, Debug, Subcommand)]
enum Command {
    /// Takes parked events in, in order; a key whose events all become rows is free again.
    Drive(Drive),
}

/// Which are to be taken in.
#[derive(Args, Clone, Debug)]
struct Drive {
    /// The projection.
    projection: String,
    /// The key, as `replay parked` shows it.
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    key: Option<String>,
    /// Every key.
    #[arg(long)]
    all: bool,
}

/// An event that was set aside, and where.
#[derive(Debug, Serialize)]
struct Aside {
    projection: &'static str,
    #[serde(flatten)]
    event: parking::Parked,
}

/// Shows them, or takes them in.
pub async fn run(args: &Parked, house: &House, out: &mut Out) -> Result<Exit, Fault> {
    match &args.command {
        Some(Command::Drive(drive)) => take_in(drive, house, out).await,
        None => show(args.projection.as_deref(), house, out).await,
    }
}

async fn show(projection: Option<&str>, house: &House, out: &mut Out) -> Result<Exit, Fault> {
    let chosen = match projection {
        Some(name) => choice::one_or_all(name)?,
        None => choice::all(),
    };
    let mut all = Vec::new();
    for projector in chosen {
        if projections::status::stored(&house.pool, &*projector)
            .await?
            .is_some()
        {
            let events = parking::list(&house.pool, &*projector).await?;
            let projection = projector.name();
            all.extend(events.into_iter().map(|event| Aside { projection, event }));
        }
    }
    if out.json {
        out.document(&all);
    } else if all.is_empty() {
        out.line("Nothing is parked.");
    } else {
        let rows: Vec<_> = all.iter().map(cells).collect();
        for line in table::lines(&HEADS, &rows) {
            out.line(&line);
        }
    }
    Ok(Exit::Well)
}

fn cells(aside: &Aside) -> Vec<String> {
    let event = &aside.event;
    vec![
        aside.projection.to_owned(),
        event.key.clone(),
        event.position.to_string(),
        event.event_type.clone(),
        event.attempts.to_string(),
        instant(event.parked_at),
        event
            .error
            .clone()
            .unwrap_or_else(|| "follows another".to_owned()),
    ]
}

async fn take_in(drive: &Drive, house: &House, out: &mut Out) -> Result<Exit, Fault> {
    let projector = choice::one(&drive.projection)?;
    choice::must_be_built(&*projector, house).await?;
    if let Some(key) = &drive.key {
        let parked = parking::list(&house.pool, &*projector).await?;
        if parked.iter().all(|event| event.key != *key) {
            let fault = format!("nothing is parked for `{key}` in `{}`", projector.name());
            let keys = parked.iter().map(|event| event.key.as_str());
            let keys: std::collections::BTreeSet<&str> = keys.collect();
            return Err(Fault::unknown(table::plain(&fault)).suggest(nearest(key, keys)));
        }
    }
    let maintenance = Maintenance::new(house.workplace().await?, projector);
    let done = maintenance.redrive(drive.key.as_deref()).await?;
    if out.json {
        out.document(&done);
    } else {
        write(&done, out);
    }
    Ok(Exit::well_if(done.still.is_empty()))
}

fn write(done: &Redriven, out: &mut Out) {
    let (events, freed) = (done.events, done.freed.len());
    out.line(&format!(
        "{events} events taken in, {freed} keys free again"
    ));
    for (key, reason) in &done.still {
        out.line(&table::plain(&format!("still parked: {key}: {reason}")));
    }
}
