//! W3: all clients change one building, and every command must succeed.

use std::sync::Arc;

use super::MANY_CLIENTS;
use super::many::change_at_random;
use crate::fault::Fault;
use crate::plan::Plan;
use crate::row::{OURS, Row, medians};
use crate::seed::Seed;
use crate::sides::disintegrate::{self, Disintegrate};
use crate::sides::ours::Ours;
use crate::sides::postgres_es::{self, PostgresEs};
use crate::sides::raw::Raw;
use crate::sides::{Side, Start};
use crate::stage::Stage;
use crate::target::Figure::Ratio;
use crate::target::Target;

const NAME: &str = "W3";
const UNIT: &str = "commands/s";
const SETTING: &str = "32 clients";
const EVENTS: u32 = 10;
const COMMANDS: u64 = 30_000;
const COMMANDS_OF_PEERS: u64 = 300;
const COMMANDS_OF_A_SLOW_PEER: u64 = 100;

/// What the reader must know.
pub const EXPLAINED: &str = "One stream of 10 events at the start. The peers read it, decide and \
     insert, and do all of that again when another client was first; ours decides in order of \
     arrival in memory. Peers get 300 commands (disintegrate 100), which favours them: they slow \
     down as the stream grows.";

/// What is asked.
pub const TARGETS: &[Target] = &[Target::least(
    "over postgres-es",
    Ratio(SETTING, OURS, PostgresEs::NAME),
    50.0,
    200.0,
)];

/// Measures it.
pub async fn run(stage: &Stage, plan: &Plan) -> Result<Vec<Row>, Fault> {
    let mut rows = Vec::new();
    let seed = Seed::of(1, EVENTS);
    let start = Start::new(stage, MANY_CLIENTS, &seed);
    for _ in 0..plan.runs {
        rows.push(measure::<Ours>(start, COMMANDS, "").await?);
        let few = COMMANDS_OF_PEERS;
        rows.push(measure::<PostgresEs>(start, few, postgres_es::LESS).await?);
        rows.push(measure::<Raw>(start, few, "reads, folds, decides and inserts").await?);
        let few = COMMANDS_OF_A_SLOW_PEER;
        rows.push(measure::<Disintegrate>(start, few, disintegrate::LESS).await?);
    }
    Ok(medians(rows))
}

async fn measure<S: Side>(start: Start<'_>, commands: u64, note: &str) -> Result<Row, Fault> {
    let side = Arc::new(S::open(start).await?);
    let measured = change_at_random(&side, start, commands).await;
    let repeats = side.repeats();
    side.close().await?;
    let row = Row::of(NAME, SETTING, (S::NAME, UNIT), &measured?);
    Ok(match repeats {
        0 => row.noted(note),
        repeats => row.noted(format!("{note}; decided again {repeats} times")),
    })
}
