//! This house: commands on the journal, in process.

use std::sync::Arc;

use commands::{ClientKey, Commands, Context, Secret, Settings, Who};
use domain::Event;
use domain::id::BuildingId;
use eventstore::{Journal, Mint, PostgresJournal, SystemClock};
use sqlx::{ConnectOptions, Connection};

use super::{Side, Start};
use crate::building;
use crate::database::Database;
use crate::fault::Fault;
use crate::request;
use crate::row::OURS;
use crate::seed::Seed;

/// This house.
pub struct Ours {
    commands: Commands,
    database: Database,
}

impl Ours {
    /// Commands on the same journal that remember nothing.
    pub fn cold(&self) -> Commands {
        commands_on(self.commands.journal())
    }

    /// The journal.
    pub fn journal(&self) -> &Arc<dyn Journal> {
        self.commands.journal()
    }

    /// The database that it is on.
    pub fn database(&self) -> &Database {
        &self.database
    }
}

impl Side for Ours {
    const NAME: &'static str = OURS;

    async fn open(start: Start<'_>) -> Result<Self, Fault> {
        let database = start.stage.migrated().await?;
        if start.seed.events > 0 {
            plant(&database, start.seed).await?;
        }
        let journal = PostgresJournal::open(
            database.options.clone(),
            Arc::new(SystemClock),
            eventstore::postgres::Settings::default(),
        );
        let journal: Arc<dyn Journal> = Arc::new(journal.await?);
        Ok(Self {
            commands: commands_on(&journal),
            database,
        })
    }

    async fn request(&self, _client: usize) -> Result<(), Fault> {
        let (id, command) = (request::new_id(), request::request());
        self.commands
            .request_export(&context(), id, command)
            .await?;
        Ok(())
    }

    async fn change(&self, _client: usize, id: BuildingId) -> Result<(), Fault> {
        change_by(&self.commands, id).await
    }

    fn repeats(&self) -> u64 {
        0
    }

    fn server(&self) -> i32 {
        self.database.server()
    }

    async fn close(&self) -> Result<(), Fault> {
        self.journal().close().await;
        self.database.remove().await
    }
}

/// One change by these commands.
pub async fn change_by(commands: &Commands, id: BuildingId) -> Result<(), Fault> {
    let command = building::change(&building::note());
    commands.change_building(&context(), id, command).await?;
    Ok(())
}

/// Commands on a journal.
pub fn commands_on(journal: &Arc<dyn Journal>) -> Commands {
    let secret = Secret::new(vec![7; 32]);
    let clock = Arc::new(SystemClock);
    Commands::new(Arc::clone(journal), clock, secret, Settings::default())
}

/// What a command comes with when it came by HTTP, with a key that its client chose.
pub fn context() -> Context {
    let key = ClientKey {
        key: Mint.id().to_string(),
        request_hash: [7; 32],
    };
    Context {
        correlation_id: Mint.id(),
        causation_id: Some(Mint.id()),
        request_id: Some(Mint.id().to_string()),
        ip: Some(building::IP.to_owned()),
        user_agent: Some(building::AGENT.to_owned()),
        key: Some(key),
        ..Context::new(Who::Process(building::WHO), building::now(), Mint.id())
    }
}

/// Writes the seed into the journal, the first events of all buildings first.
async fn plant(database: &Database, seed: &Seed) -> Result<(), Fault> {
    let metadata = serde_json::to_string(&building::metadata(building::CHANGE))?;
    let mut owner = database.options.connect().await?;
    sqlx::query(
        "insert into journal.event (position, stream, version, event_id, type, schema_version,
             data, metadata, occurred_at, recorded_at)
         select (version - 1) * cardinality($1) + place, 'building-' || id, version,
             gen_random_uuid(),
             case version when 1 then 'building.registered' else 'building.changed' end, 1,
             case version when 1 then $3::json else $4::json end, $5::json, $6, $6
         from generate_series(1, $2) version, unnest($1) with ordinality as building (id, place)",
    )
    .bind(seed.id_texts())
    .bind(seed.events_each())
    .bind(Seed::first()?.encode()?)
    .bind(Seed::later()?.encode()?)
    .bind(metadata)
    .bind(building::now())
    .execute(&mut owner)
    .await?;
    sqlx::raw_sql("analyze journal.event")
        .execute(&mut owner)
        .await?;
    owner.close().await?;
    Ok(())
}
