//! W12: lists of a large house, by the clock.

mod filled;

use std::sync::Arc;

use self::filled::Filled;
use super::MANY_CLIENTS;
use crate::clients::{self, Work, run_warm};
use crate::fault::Fault;
use crate::plan::Plan;
use crate::row::{OURS, Row, find, medians};
use crate::stage::Stage;
use crate::target::Figure::Of;
use crate::target::{Bound, Target};

const NAME: &str = "W12";
const FULL: &str = "full load";
const HALF: &str = "half load";
const UNIT: &str = "lists/s";

/// What the reader must know.
pub const EXPLAINED: &str = "Read models with 100,000 incidents and 1,000,000 occupants of 1,000 \
     buildings, 32 clients, six lists in turn, each with other filters every time and 20 items: the \
     incidents of a building; those of a manager that are open; those of an employee, by when they \
     are due; those of a category with a word; the occupants of a lot; those of a building on a day. \
     Full load is what a closed loop gets done. At half of that rate the clients ask by the clock, \
     and the latency counts from the moment when a question was due, so that none is left out that \
     had to wait. In process, as in W9; what HTTP costs on top is W8's.";

/// What is asked.
pub const TARGETS: &[Target] = &[Target {
    what: "p99 of a list at half load, ms",
    figure: Of(p99_millis),
    floor: Some(Bound::AtMost(20.0)),
    goal: None,
}];

fn p99_millis(rows: &[Row]) -> Option<f64> {
    Some(find(rows, HALF, OURS)?.p99?.as_secs_f64() * 1_000.0)
}

/// Measures it.
pub async fn run(stage: &Stage, plan: &Plan) -> Result<Vec<Row>, Fault> {
    let filled = Arc::new(Filled::open(stage).await?);
    let mut rows = Vec::new();
    for _ in 0..plan.runs {
        let asked = Arc::clone(&filled);
        let ask = move |_, number| {
            let asked = Arc::clone(&asked);
            async move { asked.ask(number).await }
        };
        let work = (plan.warm_up, Work::For(plan.measure));
        let measured = run_warm(filled.server(), MANY_CLIENTS, work, ask.clone()).await?;
        let full = Row::of(NAME, FULL, (OURS, UNIT), &measured);
        let clock = (full.rate / 2.0, plan.measure * 2);
        rows.push(full);
        let measured = clients::by_the_clock(filled.server(), MANY_CLIENTS, clock, ask).await?;
        rows.push(Row::of(NAME, HALF, (OURS, UNIT), &measured));
    }
    filled.remove().await?;
    Ok(medians(rows))
}
