//! Appending one event to a new stream: our journal beside a bare insert in autocommit, each by one
//! connection per client, on one Postgres with production durability.
//!
//! The two are not equal: the journal also keeps an idempotency key, checks the version, orders
//! events without a gap and wakes its readers; the bare insert draws its position from a sequence,
//! which is no order to read by. It stands for what a plain Postgres gives.

use std::sync::Arc;
use std::time::{Duration, Instant};

use eventstore::cluster::testing::database;
use eventstore::postgres::Settings;
use eventstore::{
    Append, Clock, Expected, IdempotencyKey, Journal, Mint, NewEvent, Outcome, PostgresJournal,
    StreamAppend, StreamName, SystemClock,
};
use sqlx::postgres::PgPoolOptions;
use sqlx::{Connection, PgConnection, PgPool};

const CLIENTS: [usize; 4] = [1, 8, 32, 64];
const RUN: Duration = Duration::from_secs(3);
const BODY: &str = r#"{"listing":"0190b8f0-0000-7000-8000-000000000002","span":{"from":"2026-06-10","until":"2026-06-13"},"units":1,"guests":{"adults":2,"children":1,"babies":0},"channel":"direct","country":"PRT","total":{"amount":37650,"currency":"EUR"},"policy":"flexible"}"#;
const METADATA: &str = r#"{"actor":{"kind":"operator"},"command":"bench"}"#;

type Fault = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Fault> {
    let database = database(&migrations::MIGRATOR).await;
    let journal = PostgresJournal::open(
        database.options.clone(),
        Arc::new(SystemClock),
        Settings::default(),
    );
    let journal: Arc<dyn Journal> = Arc::new(journal.await?);
    let clients_max = u32::try_from(CLIENTS[CLIENTS.len() - 1])?;
    let pool = PgPoolOptions::new().max_connections(clients_max);
    let pool = pool.connect_with(database.options.clone()).await?;
    sqlx::query(
        "create table bare (position bigserial primary key, stream text not null,
         version bigint not null, type text not null, data json not null, metadata json not null,
         occurred_at timestamptz not null, unique (stream, version))",
    )
    .execute(&pool)
    .await?;
    println!("one event to a new stream; appends a second\n");
    println!(
        "{:>8} {:>12} {:>12} {:>8}",
        "clients", "bare insert", "journal", "ratio"
    );
    for clients in CLIENTS {
        let bare = bare_inserts(&pool, clients).await?;
        let ours = appends(&journal, clients).await?;
        println!(
            "{clients:>8} {bare:>12.0} {ours:>12.0} {:>8.2}",
            ours / bare
        );
    }
    journal.close().await;
    Ok(())
}

async fn appends(journal: &Arc<dyn Journal>, clients: usize) -> Result<f64, Fault> {
    let started = Instant::now();
    let tasks = (0..clients).map(|_| {
        let journal = Arc::clone(journal);
        tokio::spawn(async move {
            let mut done = 0_u32;
            while started.elapsed() < RUN {
                journal.append(append()?).await?;
                done += 1;
            }
            Ok::<u32, Fault>(done)
        })
    });
    rate(tasks.collect(), started).await
}

async fn bare_inserts(pool: &PgPool, clients: usize) -> Result<f64, Fault> {
    let options = pool.connect_options();
    let mut connections = Vec::new();
    for _ in 0..clients {
        connections.push(PgConnection::connect_with(&options).await?);
    }
    let started = Instant::now();
    let tasks = connections.into_iter().map(|mut connection| {
        tokio::spawn(async move {
            let mut done = 0_u32;
            while started.elapsed() < RUN {
                insert(&mut connection).await?;
                done += 1;
            }
            Ok::<u32, Fault>(done)
        })
    });
    rate(tasks.collect(), started).await
}

async fn insert(connection: &mut PgConnection) -> Result<(), Fault> {
    sqlx::query(
        "insert into bare (stream, version, type, data, metadata, occurred_at)
         values ($1, 1, 'bench.appended', $2::json, $3::json, $4)",
    )
    .bind(format!("bench-{}", Mint.id()))
    .bind(BODY)
    .bind(METADATA)
    .bind(SystemClock.now())
    .execute(connection)
    .await?;
    Ok(())
}

fn append() -> Result<Append, Fault> {
    let id = Mint.id();
    let event = NewEvent {
        event_id: id,
        event_type: "bench.appended".into(),
        schema_version: 1,
        data: BODY.to_owned(),
        metadata: METADATA.into(),
        occurred_at: SystemClock.now(),
    };
    Ok(Append {
        streams: vec![StreamAppend {
            stream: StreamName::of("bench", id)?,
            expected: Expected::NoStream,
            events: vec![event],
        }],
        key: IdempotencyKey {
            subject: "bench".to_owned(),
            key: id.to_string(),
            request_hash: [0; 32],
            answer_id: id.to_string(),
        },
        rests_on: Vec::new(),
        outcome: Outcome::pending(),
    })
}

async fn rate(
    tasks: Vec<tokio::task::JoinHandle<Result<u32, Fault>>>,
    started: Instant,
) -> Result<f64, Fault> {
    let mut done = 0;
    for task in tasks {
        done += task.await??;
    }
    Ok(f64::from(done) / started.elapsed().as_secs_f64())
}
