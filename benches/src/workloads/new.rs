//! W1: each command makes a new aggregate, with one event, full metadata and a key.

use std::sync::Arc;
use std::time::Duration;

use crate::clients::{Work, run_warm};
use crate::fault::Fault;
use crate::plan::Plan;
use crate::row::{OURS, Row, find, medians};
use crate::seed::Seed;
use crate::sides::disintegrate::{self, Disintegrate};
use crate::sides::ours::Ours;
use crate::sides::postgres_es::{self, PostgresEs};
use crate::sides::raw::{self, Raw};
#[cfg(feature = "umadb")]
use crate::sides::umadb::{self, UmaDb};
use crate::sides::{Side, Start};
use crate::stage::Stage;
use crate::target::Figure::{Of, Ratio};
use crate::target::{Bound, Target};

const NAME: &str = "W1";
const UNIT: &str = "commands/s";
const CLIENTS: [usize; 4] = [1, 8, 32, 64];
const MANY: usize = 64;
/// The size of its pool that the library itself chooses.
const POOL_OF_ITS_OWN: usize = 10;
const SMALL_POOL: &str = "postgres-es, pool of 10";

const PEER: &str = PostgresEs::NAME;
const RAW: &str = Raw::NAME;

/// What the reader must know.
pub const EXPLAINED: &str = "Ours is the whole path of a command but HTTP: it is authorized and \
     decided, its key is checked, and it is appended with its key at a gapless position. postgres-es \
     has a connection for every client; for 64 clients its own pool of 10 was measured too, and the \
     better one counts.";

/// What is asked.
pub const TARGETS: &[Target] = &[
    Target::least(
        "over postgres-es at 1 client",
        Ratio("1 client", OURS, PEER),
        1.4,
        2.5,
    ),
    Target::least(
        "over postgres-es at 8 clients",
        Ratio("8 clients", OURS, PEER),
        2.0,
        3.0,
    ),
    Target::least(
        "over postgres-es at 32 clients",
        Ratio("32 clients", OURS, PEER),
        4.0,
        7.0,
    ),
    Target::least(
        "over postgres-es at 64 clients",
        Ratio("64 clients", OURS, PEER),
        7.0,
        12.0,
    ),
    Target {
        goal: None,
        ..Target::least(
            "over disintegrate at 32 clients",
            Ratio("32 clients", OURS, Disintegrate::NAME),
            15.0,
            15.0,
        )
    },
    Target::goal(
        "over raw SQL at 64 clients",
        Ratio("64 clients", OURS, RAW),
        Bound::AtLeast(2.5),
    ),
    Target::least(
        "over UmaDB at 64 clients",
        Ratio("64 clients", OURS, "UmaDB"),
        2.0,
        4.0,
    ),
    Target::goal(
        "p99 over the p50 of postgres-es, at 64 clients",
        Of(p99_over_their_p50),
        Bound::AtMost(0.25),
    ),
];

fn p99_over_their_p50(rows: &[Row]) -> Option<f64> {
    let p99 = find(rows, "64 clients", OURS)?.p99?;
    let p50 = find(rows, "64 clients", PEER)?.p50?;
    Some(p99.as_secs_f64() / p50.as_secs_f64())
}

/// Measures it.
pub async fn run(stage: &Stage, plan: &Plan) -> Result<Vec<Row>, Fault> {
    let mut rows = Vec::new();
    let nothing = Seed::none();
    for _ in 0..plan.runs {
        for clients in CLIENTS {
            let start = Start::new(stage, clients, &nothing);
            rows.push(measure::<Ours>(start, plan).await?);
            let peer = measure::<PostgresEs>(start, plan).await?;
            rows.push(peer.noted(postgres_es::LESS));
            if clients == MANY {
                let pool = POOL_OF_ITS_OWN;
                let mut row = measure::<PostgresEs>(Start { pool, ..start }, plan).await?;
                row.side = SMALL_POOL;
                rows.push(row);
            }
            rows.push(measure::<Raw>(start, plan).await?.noted(raw::LESS));
            if clients == 32 {
                let row = measure::<Disintegrate>(start, plan).await?;
                rows.push(row.noted(disintegrate::LESS));
            }
            #[cfg(feature = "umadb")]
            match measure::<UmaDb>(start, plan).await {
                Ok(row) => rows.push(row.noted(umadb::LESS)),
                // A server of others that does not come up here is no reason to lose the rest.
                Err(fault) => eprintln!("UmaDB is left out at {clients} clients: {fault}"),
            }
        }
    }
    Ok(better_pool(medians(rows)))
}

/// Makes new aggregates for the time of the plan.
pub async fn measure<S: Side>(start: Start<'_>, plan: &Plan) -> Result<Row, Fault> {
    let side = Arc::new(S::open(start).await?);
    let measured = request(&side, start.clients, (plan.warm_up, plan.measure)).await;
    side.close().await?;
    let many = if start.clients == 1 { "" } else { "s" };
    let setting = format!("{} client{many}", start.clients);
    Ok(Row::of(NAME, setting, (S::NAME, UNIT), &measured?))
}

/// Makes new aggregates, warm for the first time and counted for the second.
pub async fn request<S: Side>(
    side: &Arc<S>,
    clients: usize,
    (warm_up, time): (Duration, Duration),
) -> Result<crate::clients::Measured, Fault> {
    let playing = Arc::clone(side);
    let operation = move |client, _| {
        let side = Arc::clone(&playing);
        async move { side.request(client).await }
    };
    run_warm(
        side.server(),
        clients,
        (warm_up, Work::For(time)),
        operation,
    )
    .await
}

/// Of the two pools of postgres-es the better one stays, with a note on the other.
fn better_pool(mut rows: Vec<Row>) -> Vec<Row> {
    let place = |rows: &[Row], side| {
        let fits = |row: &Row| row.side == side && row.setting == format!("{MANY} clients");
        rows.iter().position(fits)
    };
    if let Some(small) = place(&rows, SMALL_POOL) {
        let mut small = rows.remove(small);
        if let Some(large) = place(&rows, PEER).and_then(|large| rows.get_mut(large)) {
            let note = |other: &Row, kept: &str| {
                format!(
                    "{} At {MANY} clients {kept} {:.0}/s.",
                    postgres_es::LESS,
                    other.rate
                )
            };
            if small.rate > large.rate {
                small.note = note(large, "with its own pool of 10; one per client made");
                small.side = PEER;
                *large = small;
            } else {
                large.note = note(&small, "with a connection per client; its pool of 10 made");
            }
        }
    }
    rows
}
