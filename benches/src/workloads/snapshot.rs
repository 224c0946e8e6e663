//! W11: new aggregates by 32 clients while one long snapshot of the database stays open, which
//! keeps Postgres from cleaning up after every update of a row.

use std::sync::Arc;
use std::time::Duration;

use super::MANY_CLIENTS;
use super::new::request;
use crate::fault::Fault;
use crate::plan::Plan;
use crate::row::{OURS, Row, medians, rate};
use crate::seed::Seed;
use crate::sides::ours::Ours;
use crate::sides::{Side, Start};
use crate::stage::Stage;
use crate::target::Figure::Of;
use crate::target::Target;

const NAME: &str = "W11";
const UNIT: &str = "commands/s";
const BEFORE: &str = "before the snapshot, 15 s";
const EARLY: &str = "snapshot open, its first 45 s";
const LATE: &str = "snapshot open, its last 15 s";
const AFTER: &str = "after the snapshot, 15 s";

/// What the reader must know.
pub const EXPLAINED: &str = "W1 at 32 clients on one journal without a break: before, with, and \
     after one repeatable-read transaction that stays open for 60 s. What the journal's growth \
     costs is in the difference between before and after.";

/// What is asked.
pub const TARGETS: &[Target] = &[Target::least(
    "the last 15 s of the snapshot over the mean of before and after",
    Of(late_over_without),
    0.9,
    1.0,
)];

fn late_over_without(rows: &[Row]) -> Option<f64> {
    let without = f64::midpoint(rate(rows, BEFORE, OURS)?, rate(rows, AFTER, OURS)?);
    Some(rate(rows, LATE, OURS)? / without)
}

/// Measures it.
pub async fn run(stage: &Stage, plan: &Plan) -> Result<Vec<Row>, Fault> {
    let mut rows = Vec::new();
    let nothing = Seed::none();
    for _ in 0..plan.runs {
        let start = Start::new(stage, MANY_CLIENTS, &nothing);
        let side = Arc::new(Ours::open(start).await?);
        let measured = around_a_snapshot(&side, plan.warm_up).await;
        side.close().await?;
        rows.extend(measured?);
    }
    Ok(medians(rows))
}

async fn around_a_snapshot(side: &Arc<Ours>, warm_up: Duration) -> Result<Vec<Row>, Fault> {
    let mut rows = vec![row(side, BEFORE, warm_up, 15).await?];
    let holder = side.database().raw().await?;
    holder
        .batch_execute("begin isolation level repeatable read; select count(*) from pg_class")
        .await?;
    rows.push(row(side, EARLY, Duration::ZERO, 45).await?);
    rows.push(row(side, LATE, Duration::ZERO, 15).await?);
    holder.batch_execute("commit").await?;
    rows.push(row(side, AFTER, Duration::ZERO, 15).await?);
    Ok(rows)
}

async fn row(
    side: &Arc<Ours>,
    setting: &str,
    warm_up: Duration,
    seconds: u64,
) -> Result<Row, Fault> {
    let times = (warm_up, Duration::from_secs(seconds));
    let measured = request(side, MANY_CLIENTS, times).await?;
    Ok(Row::of(NAME, setting, (OURS, UNIT), &measured))
}
