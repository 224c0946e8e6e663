//! W10: the import of a file of hotel bookings, with all projections at work beside it.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use api::import::{Importer, Outcome, Stop};
use eventstore::SystemClock;
use projections::{Runner, Workplace};
use sqlx::postgres::PgPoolOptions;
use sqlx::{PgPool, Row as _};

use crate::cpu::{Meter, of_process};
use crate::database::Database;
use crate::fault::Fault;
use crate::plan::Plan;
use crate::row::{OURS, Row, find, medians};
use crate::seed::Seed;
use crate::sides::ours::{Ours, commands_on};
use crate::sides::{Side, Start};
use crate::stage::Stage;
use crate::target::Figure::Of;
use crate::target::Target;

const NAME: &str = "W10";
const SETTING: &str = "until every row is there";
const PATIENCE: Duration = Duration::from_mins(20);
const CONNECTIONS_MAX: u32 = 6;

/// What the reader must know.
pub const EXPLAINED: &str = "The whole of `cadastre import hotel-bookings` in process, staging \
     included, while the eight projections follow; it ends when all of them have reached the last \
     event. It needs a file: `make bench BOOKINGS=hotel_bookings.csv.gz`.";

/// What is asked.
pub const TARGETS: &[Target] = &[Target::least(
    "events a second until every row is there",
    Of(rate),
    10_000.0,
    25_000.0,
)];

fn rate(rows: &[Row]) -> Option<f64> {
    Some(find(rows, SETTING, OURS)?.rate)
}

/// Measures it, if there is a file.
pub async fn run(stage: &Stage, plan: &Plan) -> Result<Vec<Row>, Fault> {
    let Some(file) = &plan.bookings else {
        eprintln!("{NAME} is left out: it needs a file, --bookings hotel_bookings.csv.gz");
        return Ok(Vec::new());
    };
    let mut rows = Vec::new();
    for _ in 0..plan.runs {
        rows.push(measure(stage, file).await?);
    }
    Ok(medians(rows))
}

async fn measure(stage: &Stage, file: &Path) -> Result<Row, Fault> {
    let side = Ours::open(Start::new(stage, 1, &Seed::none())).await?;
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS_MAX)
        .connect_lazy_with(named(side.database(), "import"));
    let workplace = Workplace {
        options: named(side.database(), "projections"),
        journal: Arc::clone(side.journal()),
        clock: Arc::new(SystemClock),
    };
    let meter = Meter::start(side.server());
    let begun = Instant::now();
    let runner = Runner::start(&workplace, pool.clone(), &projections::all()).await?;
    let importer = Importer {
        commands: Arc::new(commands_on(side.journal())),
        pool: pool.clone(),
        options: named(side.database(), "import lock"),
        owner: None,
        who: commands::Who::Operator,
        shown: false,
        dates: None,
    };
    let outcome = importer.run(file, stage.home(), &Stop::default()).await?;
    if !matches!(outcome, Outcome::Finished(_)) {
        return Err("the import did not come to its end".into());
    }
    let steps = begun.elapsed();
    let head = side.journal().head().await?;
    let (handle, statuses) = (runner.handle(), runner.handle().statuses());
    let names: Vec<&str> = statuses.iter().map(|status| status.name).collect();
    handle.wait_for(&names, head, PATIENCE).await?;
    let used = meter.read();
    let parts = parts(&pool).await?;
    runner.stop().await;
    pool.close().await;
    side.close().await?;
    let events = u64::try_from(head)?;
    let note = format!(
        "the last step was recorded after {:.1} s of {:.1} s; CPU seconds of this process {:.1}, \
         of the connections {parts}",
        steps.as_secs_f64(),
        used.elapsed.as_secs_f64(),
        used.client * used.elapsed.as_secs_f64(),
    );
    Ok(Row::whole(NAME, SETTING, (OURS, "events/s"), events, used).noted(note))
}

fn named(database: &Database, name: &str) -> eventstore::PgConnectOptions {
    database.options.clone().application_name(name)
}

/// What each kind of connection has used of the processors of the server.
async fn parts(pool: &PgPool) -> Result<String, Fault> {
    let backends = sqlx::query(
        "select pid, coalesce(nullif(application_name, ''), backend_type, 'others') as name
         from pg_stat_activity where datname = current_database() or datname is null
         order by 2",
    );
    let mut parts: std::collections::BTreeMap<String, Duration> = std::collections::BTreeMap::new();
    for backend in backends.fetch_all(pool).await? {
        *parts.entry(backend.get("name")).or_default() += of_process(backend.get("pid"));
    }
    let said = parts
        .iter()
        .filter(|(_, time)| **time >= Duration::from_millis(100));
    let said = said.map(|(name, time)| format!("{name} {:.1}", time.as_secs_f64()));
    Ok(said.collect::<Vec<_>>().join(", "))
}
