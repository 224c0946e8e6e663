//! The framework of cqrs-es on postgres-es, as its documentation sets it up.

use std::sync::atomic::{AtomicU64, Ordering};

use cqrs_es::AggregateError;
use domain::building::{Building, BuildingCommand, BuildingRefusal};
use domain::export::{Export, ExportCommand};
use domain::id::BuildingId;
use postgres_es::{PostgresCqrs, postgres_cqrs, postgres_snapshot_cqrs};
use sqlx08::PgPool;
use sqlx08::postgres::PgPoolOptions;

use super::{Side, Start};
use crate::building;
use crate::database::Database;
use crate::fault::Fault;
use crate::request;
use crate::seed::Seed;

/// What it leaves out.
pub const LESS: &str = "no idempotency key, no time columns, no order over all streams; metadata as \
     a map of texts";
/// Events between two snapshots.
pub const SNAPSHOT_EVERY: u32 = 100;

/// The framework of cqrs-es on postgres-es.
pub struct PostgresEs {
    cqrs: PostgresCqrs<Building>,
    exports: PostgresCqrs<Export>,
    pool: PgPool,
    database: Database,
    repeats: AtomicU64,
}

impl PostgresEs {
    /// The same with its snapshots, which are there for what is seeded.
    pub async fn open_with_snapshots(start: Start<'_>) -> Result<Self, Fault> {
        let side = Self::open(start).await?;
        plant_snapshots(&side.pool, start.seed).await?;
        let every = usize::try_from(SNAPSHOT_EVERY)?;
        let cqrs = postgres_snapshot_cqrs(side.pool.clone(), vec![], every, ());
        Ok(Self { cqrs, ..side })
    }

    /// The connections.
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    async fn execute(
        &self,
        id: BuildingId,
        command: BuildingCommand,
        name: &str,
    ) -> Result<(), AggregateError<BuildingRefusal>> {
        let metadata = building::metadata_map(name);
        let id = id.to_string();
        self.cqrs
            .execute_with_metadata(&id, command, metadata)
            .await
    }
}

impl Side for PostgresEs {
    const NAME: &'static str = "postgres-es";

    async fn open(start: Start<'_>) -> Result<Self, Fault> {
        let database = start.stage.empty().await?;
        database
            .run(include_str!("../../sql/postgres_es.sql"))
            .await?;
        let connections = u32::try_from(start.pool)?;
        let pool = PgPoolOptions::new().max_connections(connections);
        let pool = pool.connect_with(database.peer_options()).await?;
        if start.seed.events > 0 {
            plant(&pool, start.seed).await?;
        }
        Ok(Self {
            cqrs: postgres_cqrs(pool.clone(), vec![], ()),
            exports: postgres_cqrs(pool.clone(), vec![], ()),
            pool,
            database,
            repeats: AtomicU64::new(0),
        })
    }

    async fn request(&self, _client: usize) -> Result<(), Fault> {
        let (id, metadata) = (request::new_id(), building::metadata_map(request::REQUEST));
        let command = ExportCommand::Request(request::request());
        self.exports
            .execute_with_metadata(&id.to_string(), command, metadata)
            .await?;
        Ok(())
    }

    async fn change(&self, _client: usize, id: BuildingId) -> Result<(), Fault> {
        let note = building::note();
        loop {
            let command = BuildingCommand::Change(building::change(&note));
            match self.execute(id, command, building::CHANGE).await {
                Err(AggregateError::AggregateConflict) => {
                    self.repeats.fetch_add(1, Ordering::Relaxed);
                }
                other => return Ok(other?),
            }
        }
    }

    fn repeats(&self) -> u64 {
        self.repeats.load(Ordering::Relaxed)
    }

    fn server(&self) -> i32 {
        self.database.server()
    }

    async fn close(&self) -> Result<(), Fault> {
        self.pool.close().await;
        self.database.remove().await
    }
}

async fn plant(pool: &PgPool, seed: &Seed) -> Result<(), Fault> {
    sqlx08::query(
        "insert into events (aggregate_type, aggregate_id, sequence, event_type, event_version,
             payload, metadata)
         select 'building', id, sequence,
             case sequence when 1 then 'building.registered' else 'building.changed' end, '1',
             case sequence when 1 then $3::json else $4::json end, $5::json
         from generate_series(1, $2) sequence, unnest($1) as building (id)",
    )
    .bind(seed.id_texts())
    .bind(seed.events_each())
    .bind(serde_json::to_string(&Seed::first()?)?)
    .bind(serde_json::to_string(&Seed::later()?)?)
    .bind(serde_json::to_string(&building::metadata_map(
        building::CHANGE,
    ))?)
    .execute(pool)
    .await?;
    sqlx08::query("analyze events").execute(pool).await?;
    Ok(())
}

/// The snapshot that the framework would have left behind at the end of what is seeded.
async fn plant_snapshots(pool: &PgPool, seed: &Seed) -> Result<(), Fault> {
    let taken = seed.events / SNAPSHOT_EVERY;
    if taken == 0 {
        return Ok(());
    }
    sqlx08::query(
        "insert into snapshots (aggregate_type, aggregate_id, last_sequence, current_snapshot,
             payload)
         select 'building', id, $2, $3, $4::json from unnest($1) as building (id)",
    )
    .bind(seed.id_texts())
    .bind(i64::from(taken * SNAPSHOT_EVERY))
    .bind(i64::from(taken))
    .bind(serde_json::to_string(&Seed::state()?)?)
    .execute(pool)
    .await?;
    Ok(())
}
