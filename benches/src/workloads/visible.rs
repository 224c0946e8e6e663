//! W7: from the acknowledgement of a command to the row that it leads to.

use std::sync::Arc;
use std::time::{Duration, Instant};

use commands::Commands;
use eventstore::SystemClock;
use futures::future::try_join_all;
use projections::{Handle, Runner, Workplace};
use sqlx::PgPool;
use tokio::time::{MissedTickBehavior, interval};

use super::MANY_CLIENTS;
use crate::building;
use crate::clients::{self, Work, per_second};
use crate::cpu::Meter;
use crate::fault::Fault;
use crate::plan::Plan;
use crate::row::{OURS, Row, find, medians};
use crate::seed::Seed;
use crate::sides::ours::{self, Ours, commands_on};
use crate::sides::{Side, Start};
use crate::stage::Stage;
use crate::stats::Latencies;
use crate::target::Figure::Of;
use crate::target::Target;

const NAME: &str = "W7";
const HALF: &str = "half load";
const READ_MODEL: &str = "buildings";
const PATIENCE: Duration = Duration::from_mins(2);

/// What the reader must know.
pub const EXPLAINED: &str = "Each command registers a building; all eight projections run in the \
     same process. Full load is what 32 clients get done until the last row is there. At half of \
     that rate, the clients send by the clock, and each waits after its acknowledgement until the \
     read model of buildings has its row, as a query with `min_position` does: the latency is that \
     wait.";

/// What is asked.
pub const TARGETS: &[Target] = &[Target::most(
    "p99 from acknowledgement to visible at half load, ms",
    Of(p99_millis),
    20.0,
    5.0,
)];

fn p99_millis(rows: &[Row]) -> Option<f64> {
    Some(find(rows, HALF, OURS)?.p99?.as_secs_f64() * 1_000.0)
}

/// Measures it.
pub async fn run(stage: &Stage, plan: &Plan) -> Result<Vec<Row>, Fault> {
    let mut rows = Vec::new();
    for _ in 0..plan.runs {
        let side = Ours::open(Start::new(stage, MANY_CLIENTS, &Seed::none())).await?;
        let house = House::open(&side).await?;
        let full = house.full_load(plan).await?;
        let rate = full.rate;
        rows.push(full);
        rows.push(house.at(rate / 2.0, plan).await?);
        house.runner.stop().await;
        side.close().await?;
    }
    Ok(medians(rows))
}

/// Commands with projections beside them.
struct House {
    commands: Arc<Commands>,
    runner: Runner,
    server: i32,
}

impl House {
    async fn open(side: &Ours) -> Result<Self, Fault> {
        let workplace = Workplace {
            options: side.database().options.clone(),
            journal: Arc::clone(side.journal()),
            clock: Arc::new(SystemClock),
        };
        let pool = PgPool::connect_lazy_with(side.database().options.clone());
        let runner = Runner::start(&workplace, pool, &projections::all()).await?;
        Ok(Self {
            commands: Arc::new(commands_on(side.journal())),
            runner,
            server: side.server(),
        })
    }

    /// What the clients get done if nothing holds them back, until all of it can be seen.
    async fn full_load(&self, plan: &Plan) -> Result<Row, Fault> {
        let commands = Arc::clone(&self.commands);
        let operation = move |_, _| {
            let commands = Arc::clone(&commands);
            async move { register(&commands).await.map(drop) }
        };
        let work = Work::For(plan.measure);
        let begun = Instant::now();
        let measured = clients::run(self.server, MANY_CLIENTS, work, operation).await?;
        let (handle, head) = (self.runner.handle(), self.commands.journal().head().await?);
        let statuses = handle.statuses();
        let names: Vec<&str> = statuses.iter().map(|status| status.name).collect();
        handle.wait_for(&names, head, PATIENCE).await?;
        let mut row = Row::of(NAME, "full load", (OURS, "commands/s"), &measured);
        row.note = format!("{:.0} commands/s are acknowledged meanwhile", row.rate);
        row.rate = per_second(row.count, begun.elapsed());
        Ok(row)
    }

    /// Commands that come by the clock, so many a second.
    async fn at(&self, rate: f64, plan: &Plan) -> Result<Row, Fault> {
        let clients = u32::try_from(MANY_CLIENTS)?;
        let every = Duration::from_secs_f64(f64::from(clients) / rate);
        let meter = Meter::start(self.server);
        let until = Instant::now() + plan.measure * 2;
        let tasks = (0..clients).map(|client| {
            let (commands, handle) = (Arc::clone(&self.commands), self.runner.handle());
            let first = every * client / clients;
            tokio::spawn(one(commands, handle, (first, every), until))
        });
        let finished = try_join_all(tasks.collect::<Vec<_>>()).await?;
        let used = meter.read();
        let mut latencies = Latencies::new()?;
        for one in finished {
            latencies.add(&one?)?;
        }
        let measured = clients::Measured { latencies, used };
        let row = Row::of(NAME, HALF, (OURS, "commands/s"), &measured);
        Ok(row.noted("the latency is that from acknowledgement to visible"))
    }
}

/// A client that sends by the clock, and waits each time until it sees what it has done.
async fn one(
    commands: Arc<Commands>,
    handle: Handle,
    (first, every): (Duration, Duration),
    until: Instant,
) -> Result<Latencies, Fault> {
    let mut latencies = Latencies::new()?;
    tokio::time::sleep(first).await;
    let mut clock = interval(every);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while Instant::now() < until {
        clock.tick().await;
        let position = register(&commands).await?;
        let acknowledged = Instant::now();
        handle.wait_for(&[READ_MODEL], position, PATIENCE).await?;
        latencies.record(acknowledged.elapsed());
    }
    Ok(latencies)
}

async fn register(commands: &Commands) -> Result<eventstore::Position, Fault> {
    let (id, command) = (building::new_id(), building::register_anew());
    let done = commands
        .register_building(&ours::context(), id, &command)
        .await?;
    Ok(done.position)
}
