//! disintegrate on its own Postgres store: the events of one building make the state of a decision.

use std::sync::atomic::{AtomicU64, Ordering};

use disintegrate::serde::json::Json;
use disintegrate::{Decision, DecisionError, Event, NoSnapshot, StateMutate, StateQuery};
use disintegrate_postgres::{Migrator, PgDecisionMaker, PgEventStore, decision_maker};
use domain::building::{Building, BuildingCommand, BuildingEvent, BuildingRefusal};
use domain::export::{Export, ExportCommand, ExportEvent, ExportRefusal};
use domain::id::BuildingId;
use domain::{Aggregate, Metadata};
use serde::{Deserialize, Serialize};
use sqlx08::PgPool;
use sqlx08::postgres::PgPoolOptions;
use uuid::Uuid;

use super::{Side, Start};
use crate::building;
use crate::database::Database;
use crate::fault::Fault;
use crate::request;
use crate::seed::Seed;

/// What it leaves out.
pub const LESS: &str = "a pool of 10, its best; no idempotency key, no version per stream, one time \
     column; metadata in the body";
/// More connections make it slower.
const POOL: u32 = 10;

/// What is recorded: the house's own event and its metadata, under the id of the building.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Event)]
pub enum Told {
    /// Something happened to a building.
    Of {
        /// Which.
        #[id]
        aggregate_id: Uuid,
        /// What happened.
        event: BuildingEvent,
        /// Who, why and from where.
        metadata: Metadata,
    },
    /// Something happened to an export, which is told from buildings by what happened to it.
    OfExport {
        /// Which.
        #[id]
        aggregate_id: Uuid,
        /// What happened.
        event: ExportEvent,
        /// Who, why and from where.
        metadata: Metadata,
    },
}

/// A building, as far as its events have been told.
#[derive(Clone, Debug, Default, Serialize, Deserialize, StateQuery)]
#[state_query(Told)]
pub struct House {
    #[id]
    aggregate_id: Uuid,
    building: Building,
}

impl StateMutate for House {
    fn mutate(&mut self, event: Told) {
        if let Told::Of { event, .. } = event {
            self.building.evolve(&event);
        }
    }
}

/// An export, as far as its events have been told.
#[derive(Clone, Debug, Default, Serialize, Deserialize, StateQuery)]
#[state_query(Told)]
pub struct Asked {
    #[id]
    aggregate_id: Uuid,
    export: Export,
}

impl StateMutate for Asked {
    fn mutate(&mut self, event: Told) {
        if let Told::OfExport { event, .. } = event {
            self.export.evolve(&event);
        }
    }
}

/// The command that asks for an export.
struct Request {
    id: Uuid,
    command: ExportCommand,
}

impl Decision for Request {
    type Event = Told;
    type StateQuery = Asked;
    type Error = ExportRefusal;

    fn state_query(&self) -> Asked {
        Asked {
            aggregate_id: self.id,
            export: Export::default(),
        }
    }

    fn process(&self, asked: &Asked) -> Result<Vec<Told>, ExportRefusal> {
        let events = Aggregate::decide(&asked.export, &self.command)?;
        let told = events.into_iter().map(|event| Told::OfExport {
            aggregate_id: self.id,
            event,
            metadata: building::metadata(request::REQUEST),
        });
        Ok(told.collect())
    }
}

/// A command on a building.
struct Ask {
    id: BuildingId,
    command: BuildingCommand,
}

impl Decision for Ask {
    type Event = Told;
    type StateQuery = House;
    type Error = BuildingRefusal;

    fn state_query(&self) -> House {
        House {
            aggregate_id: self.id.0,
            building: Building::default(),
        }
    }

    fn process(&self, house: &House) -> Result<Vec<Told>, BuildingRefusal> {
        let events = Aggregate::decide(&house.building, &self.command)?;
        let told = events.into_iter().map(|event| Told::Of {
            aggregate_id: self.id.0,
            event,
            metadata: building::metadata(building::CHANGE),
        });
        Ok(told.collect())
    }
}

/// disintegrate on its own Postgres store.
pub struct Disintegrate {
    maker: PgDecisionMaker<Told, Json<Told>, NoSnapshot>,
    pool: PgPool,
    database: Database,
    repeats: AtomicU64,
}

impl Disintegrate {
    /// The connections.
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// Takes a decision, again as long as another one was first.
    async fn until_done<T, R>(&self, attempt: impl Fn() -> T + Send + Sync) -> Result<(), Fault>
    where
        T: Future<Output = Result<(), DecisionError<R>>> + Send,
        R: std::error::Error + Send + Sync + 'static,
    {
        loop {
            match attempt().await {
                Err(error) if is_conflict(&error) => {
                    self.repeats.fetch_add(1, Ordering::Relaxed);
                }
                other => return Ok(other?),
            }
        }
    }
}

impl Side for Disintegrate {
    const NAME: &'static str = "disintegrate";

    async fn open(start: Start<'_>) -> Result<Self, Fault> {
        let database = start.stage.empty().await?;
        let pool = PgPoolOptions::new().max_connections(POOL);
        let pool = pool.connect_with(database.peer_options()).await?;
        let store = PgEventStore::new_uninitialized(pool.clone(), Json::<Told>::default());
        if Migrator::new(store.clone())
            .init_event_store()
            .await
            .is_err()
        {
            database
                .run(include_str!("../../sql/disintegrate.sql"))
                .await?;
        }
        if start.seed.events > 0 {
            plant(&pool, start.seed).await?;
        }
        Ok(Self {
            maker: decision_maker(store, NoSnapshot),
            pool,
            database,
            repeats: AtomicU64::new(0),
        })
    }

    async fn request(&self, _client: usize) -> Result<(), Fault> {
        let (id, command) = (request::new_id(), request::request());
        let make = || async {
            let command = ExportCommand::Request(command.clone());
            let request = Request { id: id.0, command };
            self.maker.make(request).await.map(drop)
        };
        self.until_done(make).await
    }

    async fn change(&self, _client: usize, id: BuildingId) -> Result<(), Fault> {
        let command = building::change(&building::note());
        let make = || async {
            let command = BuildingCommand::Change(command.clone());
            self.maker.make(Ask { id, command }).await.map(drop)
        };
        self.until_done(make).await
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

/// Whether another decision was first, or Postgres could not tell (a failed serialization).
fn is_conflict<R: std::error::Error>(error: &DecisionError<R>) -> bool {
    let DecisionError::StateStore(error) = error else {
        return false;
    };
    match error.downcast_ref::<disintegrate_postgres::Error>() {
        Some(disintegrate_postgres::Error::Concurrency) => true,
        Some(disintegrate_postgres::Error::Database(error)) => error
            .as_database_error()
            .and_then(sqlx08::error::DatabaseError::code)
            .is_some_and(|code| code == "40001"),
        _ => false,
    }
}

async fn plant(pool: &PgPool, seed: &Seed) -> Result<(), Fault> {
    let told = |event: BuildingEvent, aggregate_id: Uuid| {
        serde_json::to_string(&Told::Of {
            aggregate_id,
            event,
            metadata: building::metadata(building::CHANGE),
        })
    };
    // The id stands in the body too; any other text of its length keeps its place until then.
    let nobody = Uuid::nil();
    sqlx08::query(
        "insert into event (event_type, payload, aggregate_id)
         select 'Of', convert_to(replace(case version when 1 then $3 else $4 end, $5, id), 'UTF8'),
             id::uuid
         from generate_series(1, $2) version, unnest($1) as building (id)",
    )
    .bind(seed.id_texts())
    .bind(seed.events_each())
    .bind(told(Seed::first()?, nobody)?)
    .bind(told(Seed::later()?, nobody)?)
    .bind(nobody.to_string())
    .execute(pool)
    .await?;
    sqlx08::query("analyze event").execute(pool).await?;
    Ok(())
}
