//! W9: what becomes of commands and lists while the journal grows.

mod grown;

use std::sync::Arc;
use std::time::Duration;

use self::grown::Grown;
use super::MANY_CLIENTS;
use crate::clients::{self, Work, run_warm};
use crate::fault::Fault;
use crate::plan::Plan;
use crate::row::{OURS, Row, medians, rate};
use crate::stage::Stage;
use crate::target::Figure::Of;
use crate::target::Target;

const NAME: &str = "W9";
const COMMANDS: &str = "commands/s";
/// How many events there are. A partition holds ten million, so that commands still go into the
/// full one at the end, which is the worst that can be met.
const SIZES: [(i64, &str); 3] = [
    (10_000, "10 k events"),
    (1_000_000, "1 M events"),
    (9_700_000, "9.7 M events"),
];
/// Few enough that the smallest journal stays small.
const NEW: u64 = 20_000;
const CHANGES: u64 = 10_000;
const LISTS: u64 = 10_000;
const WARM_UP: Duration = Duration::from_millis(200);

/// What the reader must know.
pub const EXPLAINED: &str = "Ours at three sizes of one journal that grows, with 32 clients: 20,000 \
     new buildings (W1), 10,000 changes of 1,000 buildings drawn from all of them and not in memory at \
     the start (W2), and the first 20 of a list of buildings. The events are written set by set, \
     ten for each building, with as many rows in the read model as there are buildings and up to \
     a million idempotency keys of today. A partition of the journal holds ten million positions, \
     so the last size is the fullest that its indexes become.";

/// What is asked: the rate at the first size over the rate at the last one.
pub const TARGETS: &[Target] = &[
    Target::most(
        "W1, first size over last",
        Of(|rows| fall(rows, "W1")),
        1.5,
        1.1,
    ),
    Target::most(
        "W2, first size over last",
        Of(|rows| fall(rows, "W2")),
        1.5,
        1.1,
    ),
    Target::most(
        "list of 20, first size over last",
        Of(|rows| fall(rows, "list")),
        1.5,
        1.1,
    ),
];

fn fall(rows: &[Row], what: &str) -> Option<f64> {
    let at = |(_, size): (i64, &str)| rate(rows, &format!("{what}, {size}"), OURS);
    Some(at(SIZES[0])? / at(SIZES[SIZES.len() - 1])?)
}

/// Measures it.
pub async fn run(stage: &Stage, plan: &Plan) -> Result<Vec<Row>, Fault> {
    let mut rows: Vec<Row> = Vec::new();
    let mut grown = Grown::begin(stage).await?;
    for (events, size) in SIZES {
        grown.grow_to(events).await?;
        for _ in 0..plan.runs {
            let buildings = grown.buildings().await?;
            let house = Arc::new(grown.open().await?);
            rows.push(many(&house, buildings, size).await?);
            rows.push(list(&house, size).await?);
            rows.push(new(&house, size).await?);
            house.close().await;
        }
        let weight = grown.weight().await?;
        for row in rows.iter_mut().filter(|row| row.setting.ends_with(size)) {
            row.note.clone_from(&weight);
        }
    }
    grown.remove().await?;
    Ok(medians(rows))
}

async fn many(
    house: &Arc<grown::House>,
    buildings: Vec<domain::id::BuildingId>,
    size: &str,
) -> Result<Row, Fault> {
    let (playing, count) = (Arc::clone(house), u64::try_from(buildings.len())?);
    let operation = move |_, number: u64| {
        // Seven and the number of buildings share no factor: all come by, in no order of theirs.
        let place = usize::try_from(number * 7 % count).unwrap_or(0);
        let (house, id) = (Arc::clone(&playing), buildings[place]);
        async move { house.change(id).await }
    };
    let measured =
        clients::run(house.server, MANY_CLIENTS, Work::Count(CHANGES), operation).await?;
    Ok(Row::of(
        NAME,
        format!("W2, {size}"),
        (OURS, COMMANDS),
        &measured,
    ))
}

async fn list(house: &Arc<grown::House>, size: &str) -> Result<Row, Fault> {
    let playing = Arc::clone(house);
    let operation = move |_, _| {
        let house = Arc::clone(&playing);
        async move { house.list().await }
    };
    let work = (WARM_UP, Work::Count(LISTS));
    let measured = run_warm(house.server, MANY_CLIENTS, work, operation).await?;
    Ok(Row::of(
        NAME,
        format!("list, {size}"),
        (OURS, "lists/s"),
        &measured,
    ))
}

async fn new(house: &Arc<grown::House>, size: &str) -> Result<Row, Fault> {
    let playing = Arc::clone(house);
    let operation = move |_, _| {
        let house = Arc::clone(&playing);
        async move { house.register().await }
    };
    let work = (WARM_UP, Work::Count(NEW));
    let measured = run_warm(house.server, MANY_CLIENTS, work, operation).await?;
    Ok(Row::of(
        NAME,
        format!("W1, {size}"),
        (OURS, COMMANDS),
        &measured,
    ))
}
