//! One journal that grows, and the house on it.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use commands::Commands;
use domain::Event;
use domain::id::{BuildingId, UserId};
use eventstore::postgres::Settings;
use eventstore::{Journal, PostgresJournal, Readers, SystemClock};
use futures::future::try_join_all;
use projections::buildings::{self, BuildingFilter, Buildings};
use projections::{Page, Runner, Workplace};
use sqlx::{ConnectOptions, Connection};
use tokio_postgres::types::ToSql;

use crate::building;
use crate::database::Database;
use crate::fault::Fault;
use crate::seed::Seed;
use crate::sides::ours::{change_by, commands_on, context};
use crate::stage::Stage;

/// Idempotency keys of today, at most.
const KEYS_MAX: i64 = 1_000_000;
/// How many buildings are changed.
const CHANGED: i64 = 1_000;
const EVENTS_EACH: i64 = 10;
/// Events of buildings that stand side by side; what is written is a multiple of it.
const BLOCK: i64 = 10_000;
/// Connections that write.
const WRITERS: i64 = 2;
/// What one statement writes.
const PART: i64 = 25 * BLOCK;
const LISTED: u32 = 20;
const PATIENCE: Duration = Duration::from_mins(1);

/// One journal that grows.
pub struct Grown<'a> {
    stage: &'a Stage,
    database: Database,
    /// Events that were written here, and not by commands.
    written: i64,
    keys: i64,
    draws: i64,
}

impl<'a> Grown<'a> {
    /// The first block, with the read model of buildings beside it.
    pub async fn begin(stage: &'a Stage) -> Result<Self, Fault> {
        let database = stage.migrated().await?;
        database
            .run(include_str!("../../../sql/growth.sql"))
            .await?;
        let mut grown = Self {
            stage,
            database,
            written: 0,
            keys: 0,
            draws: 0,
        };
        grown.write_events(BLOCK).await?;
        grown.project().await?;
        let rows = include_str!("../../../sql/growth_rows.sql");
        grown.database.run(rows).await?;
        Ok(grown)
    }

    async fn project(&self) -> Result<(), Fault> {
        let house = self.open().await?;
        let workplace = Workplace {
            options: self.database.options.clone(),
            journal: Arc::clone(&house.journal) as Arc<dyn Journal>,
            clock: Arc::new(SystemClock),
        };
        let pool = house.journal.pool().clone();
        let runner = Runner::start(&workplace, pool, &[Arc::new(Buildings)]).await?;
        let handle = runner.handle();
        handle.wait_for(&[buildings::NAME], BLOCK, PATIENCE).await?;
        runner.stop().await;
        house.close().await;
        Ok(())
    }

    /// Writes events, keys and rows until the journal has so many events.
    pub async fn grow_to(&mut self, events: i64) -> Result<(), Fault> {
        let before = self.written;
        self.write_events(events).await?;
        let client = self.database.raw().await?;
        let rows = [before / EVENTS_EACH, self.written / EVENTS_EACH];
        let grow = "select grow_buildings($1, $2)";
        client.execute(grow, &[&rows[0], &rows[1]]).await?;
        let keys = events.min(KEYS_MAX) - self.keys;
        client.execute("select grow_keys($1)", &[&keys]).await?;
        self.keys += keys;
        // As autovacuum would, but not in the midst of a measurement.
        for table in [
            "journal.event",
            "journal.idempotency_key",
            "buildings.building",
        ] {
            client
                .batch_execute(&format!("vacuum (analyze) {table}"))
                .await?;
        }
        let mut superuser = self.stage.superuser().connect().await?;
        sqlx::raw_sql("checkpoint").execute(&mut superuser).await?;
        Ok(superuser.close().await?)
    }

    async fn write_events(&mut self, events: i64) -> Result<(), Fault> {
        let client = self.database.raw().await?;
        let head = "select coalesce(max(position), 0) from journal.event";
        let head: i64 = client.query_one(head, &[]).await?.get(0);
        let until = self.written + (events - head).max(0) / BLOCK * BLOCK;
        let new = New {
            range: self.written..until,
            behind: head - self.written,
            texts: [
                Seed::first()?.encode()?,
                Seed::later()?.encode()?,
                serde_json::to_string(&building::metadata(building::CHANGE))?,
            ],
        };
        let writers = (0..WRITERS).map(|writer| new.write(&self.database, writer));
        try_join_all(writers).await?;
        self.written = until;
        Ok(())
    }

    /// Buildings from all over the journal, others at each call.
    pub async fn buildings(&mut self) -> Result<Vec<BuildingId>, Fault> {
        let all = self.written / EVENTS_EACH;
        self.draws += 1;
        let places = (0..CHANGED).map(|n| (n * all / CHANGED + self.draws * 7) % all);
        let places: Vec<i64> = places.collect();
        let client = self.database.raw().await?;
        let ids = "select grown_building(n) from unnest($1::bigint[]) n";
        let ids = client.query(ids, &[&places]).await?;
        Ok(ids.iter().map(|row| BuildingId(row.get(0))).collect())
    }

    /// What an event and a key weigh on disk.
    pub async fn weight(&self) -> Result<String, Fault> {
        let client = self.database.raw().await?;
        let row = client
            .query_one(
                "select (pg_table_size('journal.event_0000') / events)::bigint,
                    (pg_relation_size('journal.event_0000_position') / events)::bigint,
                    (pg_relation_size('journal.event_0000_stream_version') / events)::bigint,
                    (select sum(pg_total_relation_size(relid)) / max(keys) from
                        pg_partition_tree('journal.idempotency_key'))::bigint
                 from (select count(*) as events from journal.event) event,
                    (select count(*) as keys from journal.idempotency_key) key
                 group by events, keys",
                &[],
            )
            .await?;
        let [table, position, stream, key] = [0, 1, 2, 3].map(|n| row.get::<_, i64>(n));
        Ok(format!(
            "an event takes {table} bytes of its table, {position} of the index on position and \
             {stream} of that on stream and version; an idempotency key {key} in all"
        ))
    }

    /// The house on it, with nothing in memory.
    pub async fn open(&self) -> Result<House, Fault> {
        let options = self.database.options.clone();
        let journal = PostgresJournal::open(options, Arc::new(SystemClock), Settings::default());
        let journal = Arc::new(journal.await?);
        let shared: Arc<dyn Journal> = Arc::clone(&journal) as Arc<dyn Journal>;
        Ok(House {
            readers: journal.readers().clone(),
            commands: commands_on(&shared),
            server: self.database.server(),
            journal,
        })
    }

    /// Takes all away.
    pub async fn remove(self) -> Result<(), Fault> {
        self.database.remove().await
    }
}

/// Events to be written.
struct New {
    range: Range<i64>,
    /// How many events stand before them that were not written here.
    behind: i64,
    /// The first event of a building, each that follows, and the metadata of all.
    texts: [String; 3],
}

impl New {
    /// Writes the share of one of the writers.
    async fn write(&self, database: &Database, writer: i64) -> Result<(), Fault> {
        let client = database.raw().await?;
        let [first, later, metadata] = &self.texts;
        let mut start = self.range.start + writer * PART;
        while start < self.range.end {
            let end = (start + PART).min(self.range.end);
            let bound: [&(dyn ToSql + Sync); 6] =
                [&start, &end, &self.behind, first, later, metadata];
            let grow = "select grow_journal($1, $2, $3, $4, $5, $6)";
            client.execute(grow, &bound).await?;
            start += WRITERS * PART;
        }
        Ok(())
    }
}

/// The house, as it is just started.
pub struct House {
    commands: Commands,
    journal: Arc<PostgresJournal>,
    readers: Readers,
    /// The first process of Postgres.
    pub server: i32,
}

impl House {
    /// Registers a building.
    pub async fn register(&self) -> Result<(), Fault> {
        let (id, command) = (building::new_id(), building::register_anew());
        let context = context();
        let registered = self.commands.register_building(&context, id, &command);
        registered.await?;
        Ok(())
    }

    /// Changes a building.
    pub async fn change(&self, id: BuildingId) -> Result<(), Fault> {
        change_by(&self.commands, id).await
    }

    /// Lists the first buildings of the owner of all.
    pub async fn list(&self) -> Result<(), Fault> {
        let owner: UserId = building::register().owner;
        let filter = BuildingFilter {
            owner: Some(owner),
            ..BuildingFilter::default()
        };
        let found = buildings::list(&self.readers, &filter, &Page::first(LISTED)).await?;
        match found.items.len() {
            20 => Ok(()),
            other => Err(format!("a list of 20 has {other}").into()),
        }
    }

    /// Lets go of the database.
    pub async fn close(&self) {
        self.journal.close().await;
    }
}
