//! A cqrs-es application gets the same answers from this journal as from postgres-es.

mod account;
mod moving;
mod refused;
mod replayed;
mod rules;

use std::sync::Arc;

use cqrs_es::persist::{PersistedEventRepository, PersistedEventStore};
use cqrs_es::{Aggregate, CqrsFramework};
use eventstore::cluster::testing::{self, TestDatabase};
use eventstore::cqrs::JournalRepository;
use eventstore::postgres::Settings;
use eventstore::{Journal, ManualClock, MemoryJournal, PostgresJournal, SystemClock};
use postgres_es::PostgresEventRepository;
use sqlx08::ConnectOptions as _;
use sqlx08::postgres::{PgConnectOptions, PgPoolOptions};

use self::account::Account;
use crate::given::instant;

/// The tables that postgres-es asks for.
const TABLES: &str = "
    create table events (
        aggregate_type text not null,
        aggregate_id text not null,
        sequence bigint check (sequence >= 0) not null,
        event_type text not null,
        event_version text not null,
        payload json not null,
        metadata json not null,
        primary key (aggregate_type, aggregate_id, sequence)
    )";

/// Where an application keeps its events.
pub trait Side: Clone + Send + Sync + 'static {
    type Repository: PersistedEventRepository + 'static;

    fn repository(&self) -> Self::Repository;

    fn store<A: Aggregate>(&self) -> PersistedEventStore<Self::Repository, A> {
        PersistedEventStore::new_event_store(self.repository())
    }

    /// cqrs-es's own framework.
    fn bank(&self) -> CqrsFramework<Account, PersistedEventStore<Self::Repository, Account>> {
        CqrsFramework::new(self.store(), vec![], ())
    }
}

#[derive(Clone)]
pub struct Ours(Arc<dyn Journal>);

impl Side for Ours {
    type Repository = JournalRepository;

    fn repository(&self) -> JournalRepository {
        JournalRepository::new(Arc::clone(&self.0), Arc::new(SystemClock))
    }
}

#[derive(Clone)]
pub struct Theirs(sqlx08::PgPool);

impl Side for Theirs {
    type Repository = PostgresEventRepository;

    fn repository(&self) -> PostgresEventRepository {
        PostgresEventRepository::new(self.0.clone())
    }
}

fn in_memory() -> Ours {
    let clock = ManualClock::at(instant("2026-02-03T04:05:06Z"));
    Ours(Arc::new(MemoryJournal::new(Arc::new(clock))))
}

async fn ours(database: &TestDatabase) -> Ours {
    let clock = Arc::new(SystemClock);
    let journal = PostgresJournal::open(database.options.clone(), clock, Settings::default());
    Ours(Arc::new(journal.await.unwrap()))
}

/// postgres-es in the same database.
async fn theirs(database: &TestDatabase) -> Theirs {
    let to = &database.options;
    let options = PgConnectOptions::new_without_pgpass()
        .host(to.get_host())
        .port(to.get_port())
        .socket(to.get_socket().unwrap())
        .username(to.get_username())
        .database(to.get_database().unwrap())
        .disable_statement_logging();
    let pool = PgPoolOptions::new().max_connections(8);
    let pool = pool.connect_with(options).await.unwrap();
    sqlx08::raw_sql(TABLES).execute(&pool).await.unwrap();
    Theirs(pool)
}

macro_rules! answered_alike {
    ($($rule:ident),+ $(,)?) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $rule() {
            let database = testing::database(&migrations::MIGRATOR).await;
            let theirs = rules::$rule(theirs(&database).await).await;
            assert_eq!(rules::$rule(ours(&database).await).await, theirs);
            assert_eq!(rules::$rule(in_memory()).await, theirs);
        })+
    };
}

answered_alike!(
    commands_are_decided_and_recorded,
    of_two_who_write_at_once_one_is_told,
    all_who_try_again_get_through,
    all_is_replayed,
    a_long_stream_is_loaded,
    ids_are_kept_to_the_letter,
    an_event_is_kept_to_the_letter,
);
