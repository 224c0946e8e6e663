//! The least SQL that keeps the same: one connection per client, prepared statements, autocommit.

use std::sync::atomic::{AtomicU64, Ordering};

use domain::building::{Building, BuildingEvent};
use domain::id::BuildingId;
use domain::{Aggregate, Event};
use eventstore::Mint;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Statement};

use super::{Side, Start};
use crate::building;
use crate::database::Database;
use crate::fault::Fault;
use crate::request;
use crate::seed::Seed;

/// What it leaves out.
pub const LESS: &str = "one statement in a transaction of its own per command, with the same \
     columns and the key. It does not look the key up, does not read a new stream, and orders by a \
     sequence: positions have gaps and can become visible out of order, so nobody can follow them; \
     no partitions, no immutability, no wake-up of readers";

/// The least SQL that keeps the same.
pub struct Raw {
    connections: Vec<Connection>,
    database: Database,
    repeats: AtomicU64,
}

struct Connection {
    client: Client,
    insert: Statement,
    load: Statement,
}

impl Side for Raw {
    const NAME: &'static str = "raw SQL";

    async fn open(start: Start<'_>) -> Result<Self, Fault> {
        let database = start.stage.empty().await?;
        database.run(include_str!("../../sql/raw.sql")).await?;
        if start.seed.events > 0 {
            plant(&database, start.seed).await?;
        }
        let mut connections = Vec::new();
        for _ in 0..start.clients {
            connections.push(Connection::open(&database).await?);
        }
        Ok(Self {
            connections,
            database,
            repeats: AtomicU64::new(0),
        })
    }

    async fn request(&self, client: usize) -> Result<(), Fault> {
        let event = request::requested()?;
        let stream = format!("export-{}", request::new_id());
        let metadata = serde_json::to_string(&building::metadata(request::REQUEST))?;
        self.connections[client]
            .insert(&stream, 1, &event, &metadata)
            .await?;
        Ok(())
    }

    async fn change(&self, client: usize, id: BuildingId) -> Result<(), Fault> {
        let connection = &self.connections[client];
        let stream = format!("building-{id}");
        let metadata = serde_json::to_string(&building::metadata(building::CHANGE))?;
        let note = building::note();
        loop {
            let (state, version) = connection.load(&stream).await?;
            let event = building::changed(&state, &note)?;
            let inserted = connection.insert(&stream, version + 1, &event, &metadata);
            match inserted.await {
                Err(error) if is_conflict(&error) => self.repeats.fetch_add(1, Ordering::Relaxed),
                other => return Ok(other?),
            };
        }
    }

    fn repeats(&self) -> u64 {
        self.repeats.load(Ordering::Relaxed)
    }

    fn server(&self) -> i32 {
        self.database.server()
    }

    async fn close(&self) -> Result<(), Fault> {
        self.database.remove().await
    }
}

fn is_conflict(error: &tokio_postgres::Error) -> bool {
    error.code() == Some(&SqlState::UNIQUE_VIOLATION)
}

impl Connection {
    async fn open(database: &Database) -> Result<Self, Fault> {
        let client = database.raw().await?;
        let insert = "with event as (
                insert into event (stream, version, event_id, type, schema_version, data, metadata,
                    occurred_at, recorded_at)
                values ($1, $2::bigint, $3, $4, $5, $6::text::json, $7::text::json,
                    $8::timestamptz, $8)
                returning position
            )
            insert into idempotency_key (digest, request_hash, answer_id, version, position,
                recorded_at, week)
            select $9::uuid, $10::bytea, $11::text, $2, position, $8, $12::date
            from event";
        let insert = client.prepare(insert).await?;
        let load = "select type, schema_version, data::text, version from event
            where stream = $1 order by version";
        let load = client.prepare(load).await?;
        Ok(Self {
            client,
            insert,
            load,
        })
    }

    async fn insert(
        &self,
        stream: &str,
        version: i64,
        event: &impl Event,
        metadata: &str,
    ) -> Result<(), tokio_postgres::Error> {
        let data = event.encode().unwrap_or_default();
        let at = building::now();
        self.client
            .execute(
                &self.insert,
                &[
                    &stream,
                    &version,
                    &Mint.id(),
                    &event.event_type(),
                    &i32::from(event.schema_version()),
                    &data,
                    &metadata,
                    &at,
                    &Mint.id(),
                    &[7_u8; 32].as_slice(),
                    &stream,
                    &at.date_naive(),
                ],
            )
            .await?;
        Ok(())
    }

    async fn load(&self, stream: &str) -> Result<(Building, i64), Fault> {
        let mut state = Building::default();
        let mut version = 0;
        for row in self.client.query(&self.load, &[&stream]).await? {
            let schema_version = u16::try_from(row.get::<_, i32>(1))?;
            let event = BuildingEvent::decode(row.get(0), schema_version, row.get(2))?;
            state.evolve(&event);
            version = row.get(3);
        }
        Ok((state, version))
    }
}

async fn plant(database: &Database, seed: &Seed) -> Result<(), Fault> {
    let client = database.raw().await?;
    let metadata = serde_json::to_string(&building::metadata(building::CHANGE))?;
    client
        .execute(
            "insert into event (stream, version, event_id, type, schema_version, data, metadata,
                 occurred_at, recorded_at)
             select 'building-' || id, version, gen_random_uuid(),
                 case version when 1 then 'building.registered' else 'building.changed' end, 1,
                 case version when 1 then $3::text::json else $4::text::json end,
                 $5::text::json, $6, $6
             from generate_series(1, $2::bigint) version, unnest($1::text[]) as building (id)",
            &[
                &seed.id_texts(),
                &seed.events_each(),
                &Seed::first()?.encode()?,
                &Seed::later()?.encode()?,
                &metadata,
                &building::now(),
            ],
        )
        .await?;
    client.batch_execute("analyze event").await?;
    Ok(())
}
