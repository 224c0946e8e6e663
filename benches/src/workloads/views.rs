//! How the others build a read model of buildings: raw upserts by pages, and the views of
//! postgres-es.

use chrono::{DateTime, Utc};
use cqrs_es::persist::{GenericQuery, QueryReplay};
use cqrs_es::{EventEnvelope, View};
use domain::building::{Building, BuildingEvent, BuildingRegistered};
use domain::{Aggregate, Event};
use postgres_es::{PostgresEventRepository, PostgresViewRepository};
use serde::{Deserialize, Serialize};
use sqlx08::PgPool;
use tokio_postgres::{Client, Statement};
use uuid::Uuid;

use crate::cpu::{Meter, Used};
use crate::database::Database;
use crate::fault::Fault;

const PAGE: i64 = 1_000;

const READ: &str = "select stream, version, type, schema_version, data::text, occurred_at
    from journal.event where position > $1 and position <= $1 + $2 order by position";

const REGISTERED: &str = "insert into raw.building select id, owner, name, address::jsonb, city,
        country, time_zone, sections::jsonb, attributes::jsonb, at, at, version
    from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[],
        $7::text[], $8::text[], $9::text[], $10::timestamptz[], $11::bigint[])
        as row (id, owner, name, address, city, country, time_zone, sections, attributes, at,
            version)
    on conflict (id) do update set name = excluded.name, address = excluded.address,
        city = excluded.city, country = excluded.country, time_zone = excluded.time_zone,
        sections = excluded.sections, attributes = excluded.attributes,
        changed_at = excluded.changed_at, version = excluded.version";

const CHANGED: &str = "update raw.building set attributes = row.attributes::jsonb,
        changed_at = row.at, version = row.version
    from unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::bigint[])
        as row (id, attributes, at, version)
    where building.id = row.id";

/// Builds the same rows with the least SQL that there is, from a journal of so many events of
/// which no page has two of one building. A change is known to be one of the attributes.
pub async fn upsert(database: &Database, events: u64) -> Result<Used, Fault> {
    database.run("drop schema if exists raw cascade").await?;
    database
        .run(include_str!("../../sql/raw_read_model.sql"))
        .await?;
    let mut client = database.raw().await?;
    client.batch_execute("set synchronous_commit = off").await?;
    let statements = Statements::prepare(&client).await?;
    let meter = Meter::start(database.server());
    let mut position = 0;
    while position < i64::try_from(events)? {
        let page = statements.page(&client, position).await?;
        let transaction = client.transaction().await?;
        page.store(&transaction, &statements).await?;
        position += PAGE;
        transaction
            .execute(&statements.checkpoint, &[&position])
            .await?;
        transaction.commit().await?;
    }
    Ok(meter.read())
}

struct Statements {
    read: Statement,
    registered: Statement,
    changed: Statement,
    checkpoint: Statement,
}

impl Statements {
    async fn prepare(client: &Client) -> Result<Self, Fault> {
        Ok(Self {
            read: client.prepare(READ).await?,
            registered: client.prepare(REGISTERED).await?,
            changed: client.prepare(CHANGED).await?,
            checkpoint: client
                .prepare("update raw.checkpoint set position = $1")
                .await?,
        })
    }

    async fn page(&self, client: &Client, after: i64) -> Result<Page, Fault> {
        let mut page = Page::default();
        for row in client.query(&self.read, &[&after, &PAGE]).await? {
            let stream: &str = row.get(0);
            let id = stream.trim_start_matches("building-").parse()?;
            let schema_version = u16::try_from(row.get::<_, i32>(3))?;
            let event = BuildingEvent::decode(row.get(2), schema_version, row.get(4))?;
            page.take(id, row.get(1), &event, row.get(5))?;
        }
        Ok(page)
    }
}

/// The rows of a page, column by column.
#[derive(Default)]
struct Page {
    registered: Registered,
    changed: Changed,
}

#[derive(Default)]
struct Registered {
    ids: Vec<Uuid>,
    owners: Vec<Uuid>,
    /// Name, address, city, country, zone, sections and attributes.
    texts: [Vec<Option<String>>; 7],
    at: Vec<DateTime<Utc>>,
    versions: Vec<i64>,
}

#[derive(Default)]
struct Changed {
    ids: Vec<Uuid>,
    attributes: Vec<String>,
    at: Vec<DateTime<Utc>>,
    versions: Vec<i64>,
}

impl Page {
    fn take(
        &mut self,
        id: Uuid,
        version: i64,
        event: &BuildingEvent,
        at: DateTime<Utc>,
    ) -> Result<(), Fault> {
        match event {
            BuildingEvent::Registered(body) => self.registered.take(id, version, body, at),
            BuildingEvent::Changed(body) => {
                self.changed.ids.push(id);
                self.changed
                    .attributes
                    .push(serde_json::to_string(&body.attributes)?);
                self.changed.at.push(at);
                self.changed.versions.push(version);
                Ok(())
            }
            _ => Err("there is another event than was planted".into()),
        }
    }

    async fn store(
        &self,
        transaction: &tokio_postgres::Transaction<'_>,
        statements: &Statements,
    ) -> Result<(), Fault> {
        let Registered {
            ids,
            owners,
            texts: [name, address, city, country, zone, sections, attributes],
            at,
            versions,
        } = &self.registered;
        if !ids.is_empty() {
            transaction
                .execute(
                    &statements.registered,
                    &[
                        ids, owners, name, address, city, country, zone, sections, attributes, at,
                        versions,
                    ],
                )
                .await?;
        }
        let Changed {
            ids,
            attributes,
            at,
            versions,
        } = &self.changed;
        if !ids.is_empty() {
            transaction
                .execute(&statements.changed, &[ids, attributes, at, versions])
                .await?;
        }
        Ok(())
    }
}

impl Registered {
    fn take(
        &mut self,
        id: Uuid,
        version: i64,
        body: &BuildingRegistered,
        at: DateTime<Utc>,
    ) -> Result<(), Fault> {
        let texts = [
            Some(body.name.clone()),
            Some(serde_json::to_string(&body.address)?),
            Some(body.address.city.clone()),
            Some(body.address.country.clone()),
            body.time_zone.map(|zone| zone.name().to_owned()),
            Some(serde_json::to_string(&body.sections)?),
            Some(serde_json::to_string(&body.attributes)?),
        ];
        for (column, text) in self.texts.iter_mut().zip(texts) {
            column.push(text);
        }
        self.ids.push(id);
        self.owners.push(body.owner.0);
        self.at.push(at);
        self.versions.push(version);
        Ok(())
    }
}

/// What postgres-es shows of a building: its state, kept as JSON.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Shown(Building);

impl View<Building> for Shown {
    fn update(&mut self, event: &EventEnvelope<Building>) {
        Aggregate::evolve(&mut self.0, &event.payload);
    }
}

/// Replays all events of postgres-es into a view.
pub async fn replay(pool: &PgPool, server: i32) -> Result<Used, Fault> {
    sqlx08::query(
        "create table shown (view_id text primary key, version bigint not null,
             payload json not null)",
    )
    .execute(pool)
    .await?;
    let views = PostgresViewRepository::<Shown, Building>::new("shown", pool.clone());
    let query = GenericQuery::new(std::sync::Arc::new(views));
    let events = PostgresEventRepository::new(pool.clone());
    let replay: QueryReplay<_, _, Building> = QueryReplay::new(events, query);
    let meter = Meter::start(server);
    replay.replay_all().await?;
    Ok(meter.read())
}
