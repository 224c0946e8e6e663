//! W6: a read model and the facts of the analysts are built anew from a million events.

use std::sync::Arc;

use eventstore::postgres::Settings;
use eventstore::{Journal, PostgresJournal, SystemClock};
use projections::{Maintenance, Projector, Runner, Workplace};
use sqlx::PgPool;

use super::views;
use crate::cpu::{Meter, Used};
use crate::database::Database;
use crate::fault::Fault;
use crate::million;
use crate::plan::Plan;
use crate::row::{OURS, Row, medians};
use crate::seed::Seed;
use crate::sides::ours::Ours;
use crate::sides::postgres_es::PostgresEs;
use crate::sides::{Side, Start};
use crate::stage::Stage;
use crate::target::Figure::Ratio;
use crate::target::{Bound, Target};

const NAME: &str = "W6";
const UNIT: &str = "events/s";
const READ_MODEL: &str = "buildings";
const FACTS: &str = "analytics facts";
const RAW: &str = "raw upserts";
/// A million events of 100,000 buildings: the first of all, then the second of all, and so on, so
/// that no page has two events of one building.
const BUILDINGS: usize = 100_000;
const EVENTS_EACH: u32 = 10;
/// What a peer gets that is some hundred times slower.
const BUILDINGS_OF_A_SLOW_PEER: usize = 1_000;

/// What the reader must know.
pub const EXPLAINED: &str = "Ours is the whole of `replay rebuild`: built beside the live tables, \
     indexed, compared with them row for row and put in their place; the rate is that of the \
     journal's events. Raw upserts read the same journal by pages of 1,000 and write the same rows \
     by UNNEST, a page and its checkpoint in a transaction, nothing compared. Both rest on a \
     million events of 100,000 buildings, and no page has two events of one building. The facts are \
     those of 200,000 bookings of 7 nights with their payments, a million events; they make two \
     million rows and the monthly figures. postgres-es replays into its own view, 10,000 events.";

/// What is asked.
pub const TARGETS: &[Target] = &[
    Target::least(
        "a read model over the views of postgres-es",
        Ratio(READ_MODEL, OURS, PostgresEs::NAME),
        30.0,
        80.0,
    ),
    Target::goal(
        "a read model over raw upserts",
        Ratio(READ_MODEL, OURS, RAW),
        Bound::AtLeast(0.5),
    ),
];

/// Measures it.
pub async fn run(stage: &Stage, plan: &Plan) -> Result<Vec<Row>, Fault> {
    let mut rows = Vec::new();
    let seed = Seed::of(BUILDINGS, EVENTS_EACH);
    let ours = Ours::open(Start::new(stage, 1, &seed)).await?;
    let events = u64::try_from(ours.journal().head().await?)?;
    let buildings = Build::open(ours.journal(), ours.database(), READ_MODEL).await?;
    for _ in 0..plan.runs {
        rows.push(row(READ_MODEL, OURS, events, buildings.measure().await?));
        let used = views::upsert(ours.database(), events).await?;
        rows.push(row(READ_MODEL, RAW, events, used));
        rows.push(peer(stage).await?);
    }
    ours.close().await?;
    rows.extend(facts(stage, plan).await?);
    Ok(medians(rows))
}

async fn facts(stage: &Stage, plan: &Plan) -> Result<Vec<Row>, Fault> {
    let database = stage.migrated().await?;
    million::plant(&database).await?;
    let options = database.options.clone();
    let journal = PostgresJournal::open(options, Arc::new(SystemClock), Settings::default());
    let journal: Arc<dyn Journal> = Arc::new(journal.await?);
    let events = u64::try_from(million::EVENTS)?;
    let facts = Build::open(&journal, &database, "analytics").await?;
    let mut rows = Vec::new();
    for _ in 0..plan.runs {
        rows.push(row(FACTS, OURS, events, facts.measure().await?));
    }
    journal.close().await;
    database.remove().await?;
    Ok(rows)
}

async fn peer(stage: &Stage) -> Result<Row, Fault> {
    let seed = Seed::of(BUILDINGS_OF_A_SLOW_PEER, EVENTS_EACH);
    let side = PostgresEs::open(Start::new(stage, 2, &seed)).await?;
    let events = u64::try_from(BUILDINGS_OF_A_SLOW_PEER)? * u64::from(EVENTS_EACH);
    let used = views::replay(side.pool(), side.server()).await?;
    side.close().await?;
    let row = row(READ_MODEL, PostgresEs::NAME, events, used);
    Ok(row.noted("a view of one JSON column, one transaction per event, no other indexes"))
}

/// A projection of ours that is live, to be built anew.
struct Build {
    maintenance: Maintenance,
    server: i32,
}

impl Build {
    /// Brings it to the end of the journal.
    async fn open(
        journal: &Arc<dyn Journal>,
        database: &Database,
        name: &str,
    ) -> Result<Self, Fault> {
        let workplace = Workplace {
            options: database.options.clone(),
            journal: Arc::clone(journal),
            clock: Arc::new(SystemClock),
        };
        let chosen = projections::all()
            .into_iter()
            .find(|projector| projector.name() == name);
        let projector: Arc<dyn Projector> = chosen.ok_or("there is no such projection")?;
        let pool = PgPool::connect_lazy_with(database.options.clone());
        let runner = Runner::start(&workplace, pool, &[Arc::clone(&projector)]).await?;
        let head = journal.head().await?;
        let patience = std::time::Duration::from_mins(10);
        runner.handle().wait_for(&[name], head, patience).await?;
        runner.stop().await;
        Ok(Self {
            maintenance: Maintenance::new(workplace, projector),
            server: database.server(),
        })
    }

    async fn measure(&self) -> Result<Used, Fault> {
        let meter = Meter::start(self.server);
        self.maintenance.rebuild(false, &|_, _| ()).await?;
        Ok(meter.read())
    }
}

fn row(setting: &str, side: &'static str, events: u64, used: Used) -> Row {
    Row::whole(NAME, setting, (side, UNIT), events, used)
}
