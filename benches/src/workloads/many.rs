//! W2: commands on 1,000 buildings at random, each of which has 10 events at the start.

use std::sync::Arc;

use super::MANY_CLIENTS;
use crate::clients::{self, Measured, Work};
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

const NAME: &str = "W2";
const UNIT: &str = "commands/s";
const SETTING: &str = "32 clients";
const BUILDINGS: usize = 1_000;
const EVENTS: u32 = 10;
const COMMANDS: u64 = 10_000;
const COMMANDS_OF_A_SLOW_PEER: u64 = 500;

/// What the reader must know.
pub const EXPLAINED: &str = "Every side gets the same sequence of buildings. Ours begins with \
     nothing in memory, so that the first command on each building reads its stream, and later ones \
     do not; the others read it every time. disintegrate gets 500 commands, the others 10,000.";

/// What is asked.
pub const TARGETS: &[Target] = &[Target::least(
    "over postgres-es",
    Ratio(SETTING, OURS, PostgresEs::NAME),
    4.0,
    7.0,
)];

/// Measures it.
pub async fn run(stage: &Stage, plan: &Plan) -> Result<Vec<Row>, Fault> {
    let mut rows = Vec::new();
    let seed = Seed::of(BUILDINGS, EVENTS);
    let start = Start::new(stage, MANY_CLIENTS, &seed);
    for _ in 0..plan.runs {
        rows.push(measure::<Ours>(start, COMMANDS, "").await?);
        rows.push(measure::<PostgresEs>(start, COMMANDS, postgres_es::LESS).await?);
        rows.push(measure::<Raw>(start, COMMANDS, RAW_LESS).await?);
        let few = COMMANDS_OF_A_SLOW_PEER;
        rows.push(measure::<Disintegrate>(start, few, disintegrate::LESS).await?);
    }
    Ok(medians(rows))
}

const RAW_LESS: &str = "reads the stream, folds it, decides and inserts; no look-up of the key, no \
     order over all streams that can be followed";

async fn measure<S: Side>(start: Start<'_>, commands: u64, note: &str) -> Result<Row, Fault> {
    let side = Arc::new(S::open(start).await?);
    let measured = change_at_random(&side, start, commands).await;
    let repeats = side.repeats();
    side.close().await?;
    let row = Row::of(NAME, SETTING, (S::NAME, UNIT), &measured?);
    Ok(match repeats {
        0 => row.noted(note),
        repeats => row.noted(format!("{note} ({repeats} decided again)")),
    })
}

/// Changes buildings of the seed at random.
pub async fn change_at_random<S: Side>(
    side: &Arc<S>,
    start: Start<'_>,
    commands: u64,
) -> Result<Measured, Fault> {
    let (playing, ids) = (Arc::clone(side), start.seed.ids.clone());
    let choices = u64::try_from(ids.len())?;
    let operation = move |client, number| {
        let place = usize::try_from(scattered(number) % choices).unwrap_or(0);
        let (side, id) = (Arc::clone(&playing), ids[place]);
        async move { side.change(client, id).await }
    };
    clients::run(
        side.server(),
        start.clients,
        Work::Count(commands),
        operation,
    )
    .await
}

/// A number that looks drawn at random and is the same in every run (the mixing steps of
/// splitmix64).
fn scattered(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
