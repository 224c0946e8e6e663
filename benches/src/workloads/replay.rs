//! W5: the whole journal is read in order and decoded into the types of the domain.

use std::fs;
use std::sync::Arc;

use cqrs_es::persist::PersistedEventRepository;
use disintegrate::serde::json::Json;
use disintegrate::{EventStore, StreamItem, query};
use disintegrate_postgres::PgEventStore;
use domain::building::Building;
use eventstore::Journal;
use futures::{StreamExt, TryStreamExt};
use postgres_es::PostgresEventRepository;
use projections::Replay;

use crate::cpu::{Meter, Used};
use crate::database::Database;
use crate::fault::Fault;
use crate::plan::Plan;
use crate::row::{OURS, Row, medians};
use crate::seed::Seed;
use crate::sides::disintegrate::{Disintegrate, Told};
use crate::sides::ours::Ours;
use crate::sides::postgres_es::PostgresEs;
use crate::sides::{Side, Start};
use crate::stage::Stage;
use crate::target::Figure::Ratio;
use crate::target::{Bound, Target};

const NAME: &str = "W5";
const SETTING: &str = "in order";
const COPY: &str = "bare COPY";
const EVENTS_EACH: u32 = 10;
/// A million events; in the short form a fifth of them.
const BUILDINGS: usize = 100_000;
const BUILDINGS_QUICK: usize = 20_000;

/// What the reader must know.
pub const EXPLAINED: &str = "Body and metadata of each event become values of Rust on every side \
     but COPY, which only takes the bytes of the same columns. postgres-es reads by the number in \
     the stream, which is not the order in which things happened. Every side starts with its \
     tables just written and analysed.";

/// What is asked.
pub const TARGETS: &[Target] = &[
    Target::least(
        "over postgres-es",
        Ratio(SETTING, OURS, PostgresEs::NAME),
        2.5,
        4.0,
    ),
    Target::goal(
        "over a bare COPY that decodes nothing",
        Ratio(SETTING, OURS, COPY),
        Bound::AtLeast(0.5),
    ),
];

/// Measures it.
pub async fn run(stage: &Stage, plan: &Plan) -> Result<Vec<Row>, Fault> {
    let buildings = if plan.quick {
        BUILDINGS_QUICK
    } else {
        BUILDINGS
    };
    let seed = Seed::of(buildings, EVENTS_EACH);
    let ours = Ours::open(Start::new(stage, 1, &seed)).await?;
    let postgres_es = PostgresEs::open(Start::new(stage, 2, &seed)).await?;
    let disintegrate = Disintegrate::open(Start::new(stage, 2, &seed)).await?;
    let events = u64::try_from(buildings)? * u64::from(EVENTS_EACH);
    let mut rows = Vec::new();
    for _ in 0..plan.runs {
        let (used, grown) = replay(&ours, events).await?;
        let note = format!("memory grew by {grown} MiB while it ran");
        rows.push(row(OURS, events, used).noted(note));
        rows.push(row(COPY, events, copy(ours.database(), events).await?));
        rows.push(row(
            PostgresEs::NAME,
            events,
            replay_postgres_es(&postgres_es, events).await?,
        ));
        rows.push(row(
            Disintegrate::NAME,
            events,
            replay_disintegrate(&disintegrate, events).await?,
        ));
    }
    ours.close().await?;
    postgres_es.close().await?;
    disintegrate.close().await?;
    Ok(medians(rows))
}

async fn replay(ours: &Ours, events: u64) -> Result<(Used, u64), Fault> {
    let journal: Arc<dyn Journal> = Arc::clone(ours.journal());
    let before = resident_mib();
    let mut largest = before;
    let meter = Meter::start(ours.database().server());
    let mut replay = Replay::of(journal, 1..=i64::try_from(events)?);
    let mut seen = 0;
    while let Some(page) = replay.next().await? {
        seen += page.len();
        largest = largest.max(resident_mib());
    }
    check(events, seen)?;
    Ok((meter.read(), largest - before))
}

/// The bytes of the same columns, as fast as the server gives them.
async fn copy(database: &Database, events: u64) -> Result<Used, Fault> {
    let client = database.raw().await?;
    let meter = Meter::start(database.server());
    let sql = "copy (select position, stream, version, event_id, type, schema_version, data,
            metadata, occurred_at, recorded_at
        from journal.event order by position) to stdout (format binary)";
    let mut rows = Box::pin(client.copy_out(sql).await?);
    let mut seen = 0;
    while let Some(bytes) = rows.next().await {
        bytes?;
        seen += 1;
    }
    // A mark stands after the last row.
    check(events, seen - 1)?;
    Ok(meter.read())
}

async fn replay_postgres_es(side: &PostgresEs, events: u64) -> Result<Used, Fault> {
    let meter = Meter::start(side.server());
    let repository = PostgresEventRepository::new(side.pool().clone());
    let mut stream = repository.stream_all_events::<Building>().await?;
    let mut seen = 0;
    while let Some(event) = stream.next::<Building>(&[]).await {
        event?;
        seen += 1;
    }
    check(events, seen)?;
    Ok(meter.read())
}

async fn replay_disintegrate(side: &Disintegrate, events: u64) -> Result<Used, Fault> {
    let store = PgEventStore::new_uninitialized(side.pool().clone(), Json::<Told>::default());
    let meter = Meter::start(side.server());
    let all = query!(Told);
    let stream = store.stream(&all);
    let seen = stream
        .try_fold(0, async |seen, item| {
            Ok(seen + usize::from(matches!(item, StreamItem::Event(_))))
        })
        .await?;
    check(events, seen)?;
    Ok(meter.read())
}

fn check(expected: u64, seen: usize) -> Result<(), Fault> {
    if u64::try_from(seen)? == expected {
        return Ok(());
    }
    Err(format!("{seen} events came instead of {expected}").into())
}

/// The memory that this process has, in MiB.
fn resident_mib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0) / 1024
}

fn row(side: &'static str, events: u64, used: Used) -> Row {
    Row::whole(NAME, SETTING, (side, "events/s"), events, used)
}
