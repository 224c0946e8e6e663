//! W4: one command at a time on a building with many events.

use std::sync::Arc;
use std::time::Duration;

use domain::id::BuildingId;

use crate::clients::{self, Measured, Work, run_warm};
use crate::fault::Fault;
use crate::plan::Plan;
use crate::row::{OURS, Row, find, medians};
use crate::seed::Seed;
use crate::sides::ours::{self, Ours};
use crate::sides::postgres_es::PostgresEs;
use crate::sides::{Side, Start};
use crate::stage::Stage;
use crate::target::Figure::Of;
use crate::target::Target;

const NAME: &str = "W4";
const UNIT: &str = "commands/s";
const SHORT: &str = "10 events";
const LONG: &str = "1,000 events";
const LONGEST: &str = "10,000 events";
const SETTINGS: [(&str, u32); 3] = [(SHORT, 10), (LONG, 1_000), (LONGEST, 10_000)];
const COLD: &str = "ours, cold";
const PEER: &str = "postgres-es, snapshots";
/// Buildings of the seed; a cold command finds each of them as it was.
const BUILDINGS: usize = 40;
/// Cold commands go over the buildings so often.
const ROUNDS: usize = 5;
/// Of a long building ours takes its first snapshot within so many commands.
const COMMANDS_TO_A_SNAPSHOT: usize = 120;
/// A snapshot is written behind the answers.
const TO_WRITE_IT: Duration = Duration::from_millis(500);

/// What the reader must know.
pub const EXPLAINED: &str = "One client; the latency counts. \"ours\" has the building in memory. \
     \"ours, cold\" remembers nothing, as after a start, so that each command reads the stream, \
     from its snapshot on where there is one. postgres-es runs with its snapshots, one every 100 \
     events, as they are after the events that are there.";

/// What is asked.
pub const TARGETS: &[Target] = &[
    Target::least(
        "in memory over postgres-es with snapshots, p50, 1,000 events",
        Of(|rows| p50(rows, LONG, PEER, LONG, OURS)),
        2.5,
        4.0,
    ),
    Target::least(
        "in memory over postgres-es with snapshots, p50, 10,000 events",
        Of(|rows| p50(rows, LONGEST, PEER, LONGEST, OURS)),
        2.5,
        4.0,
    ),
    Target::most(
        "cold, p50, 1,000 events over 10 events",
        Of(|rows| p50(rows, LONG, COLD, SHORT, COLD)),
        2.0,
        1.3,
    ),
    Target::most(
        "cold, p50, 10,000 events over 10 events",
        Of(|rows| p50(rows, LONGEST, COLD, SHORT, COLD)),
        2.0,
        1.3,
    ),
];

/// The median latency of one over that of another.
fn p50(rows: &[Row], setting: &str, side: &str, under: &str, other: &str) -> Option<f64> {
    let above = find(rows, setting, side)?.p50?;
    let below = find(rows, under, other)?.p50?;
    Some(above.as_secs_f64() / below.as_secs_f64())
}

/// Measures it.
pub async fn run(stage: &Stage, plan: &Plan) -> Result<Vec<Row>, Fault> {
    let mut rows = Vec::new();
    for _ in 0..plan.runs {
        for (setting, events) in SETTINGS {
            let seed = Seed::of(BUILDINGS, events);
            let start = Start::new(stage, 1, &seed);
            let (hot, cold) = ours(start, plan).await?;
            rows.push(Row::of(NAME, setting, (OURS, UNIT), &hot));
            rows.push(Row::of(NAME, setting, (COLD, UNIT), &cold));
            let peer = peer(start, plan).await?;
            rows.push(Row::of(NAME, setting, (PEER, UNIT), &peer));
        }
    }
    Ok(medians(rows))
}

/// One building hot, then all of them cold.
async fn ours(start: Start<'_>, plan: &Plan) -> Result<(Measured, Measured), Fault> {
    let side = Arc::new(Ours::open(start).await?);
    let cold = cold(&side, start).await;
    let hot = on_one(&side, start.seed.ids[0], plan).await;
    side.close().await?;
    Ok((hot?, cold?))
}

/// Each command has no memory of what was before it.
async fn cold(side: &Arc<Ours>, start: Start<'_>) -> Result<Measured, Fault> {
    let ids = start.seed.ids.clone();
    if start.seed.events >= 100 {
        for id in &ids {
            for _ in 0..COMMANDS_TO_A_SNAPSHOT {
                side.change(0, *id).await?;
            }
        }
        tokio::time::sleep(TO_WRITE_IT).await;
    }
    let turns = ids.len() * ROUNDS;
    let fresh: Vec<_> = (0..turns).map(|_| Arc::new(side.cold())).collect();
    let operation = move |_, number| {
        let place = usize::try_from(number).unwrap_or(0);
        let (commands, id) = (Arc::clone(&fresh[place]), ids[place % ids.len()]);
        async move { ours::change_by(&commands, id).await }
    };
    clients::run(
        side.server(),
        1,
        Work::Count(u64::try_from(turns)?),
        operation,
    )
    .await
}

async fn on_one<S: Side>(side: &Arc<S>, id: BuildingId, plan: &Plan) -> Result<Measured, Fault> {
    let playing = Arc::clone(side);
    let operation = move |client, _| {
        let side = Arc::clone(&playing);
        async move { side.change(client, id).await }
    };
    let time = (plan.warm_up, Work::For(plan.measure));
    run_warm(side.server(), 1, time, operation).await
}

async fn peer(start: Start<'_>, plan: &Plan) -> Result<Measured, Fault> {
    let side = Arc::new(PostgresEs::open_with_snapshots(start).await?);
    let measured = on_one(&side, start.seed.ids[0], plan).await;
    side.close().await?;
    measured
}
