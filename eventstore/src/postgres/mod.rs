//! The journal on Postgres.
//!
//! One writer per process gathers the appends that wait while its last commit runs, checks them
//! in order against what is committed, and inserts those that go in with one statement, at the
//! positions that follow the last one it has seen. The primary key on the position is the fence
//! between processes: if another writer was first, the statement fails as a whole, the writer
//! catches up and decides again.

mod fate;
mod fault;
mod feed;
mod housekeeping;
mod insert;
mod link;
mod listen;
mod live;
mod look;
mod notice;
mod open;
mod owed;
mod queue;
mod read;
mod recent;
mod settings;
mod settle;
mod writer;

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures::FutureExt;
use futures::future::{BoxFuture, ready};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use tokio::sync::{mpsc, watch};

use self::feed::PostgresSource;
use self::housekeeping::{Keeper, Site};
use self::link::Link;
use self::live::Live;
pub use self::live::{Stats, WriterState};
use self::notice::Ear;
use self::queue::Queue;
pub use self::settings::Settings;
use self::writer::Writer;
use crate::append::{Append, Appended, IdempotencyKey, KeyMatch};
use crate::clock::Clock;
use crate::error::{AppendError, JournalError};
use crate::feed::Subscription;
use crate::journal::{Capability, Held, Journal};
use crate::readers::Readers;
use crate::recorded::{Position, Recorded, Version};
use crate::snapshot::Snapshots;
use crate::stream::StreamName;
use crate::supervisor::{Supervisor, TaskStatus};

const ACQUIRE_MAX: Duration = Duration::from_secs(5);
/// How long the tasks beside the writer may take to end.
const TASKS_END_MAX: Duration = Duration::from_secs(2);

/// The journal on Postgres. Dropping it ends its writer, after all that was taken is settled.
pub struct PostgresJournal {
    pool: PgPool,
    readers: Readers,
    snapshots: Snapshots,
    queue: Queue,
    live: Arc<Live>,
    tasks: Supervisor,
}

impl PostgresJournal {
    /// Opens the journal of a migrated database.
    ///
    /// A database that could lose what it acknowledged, is read-only, too old or without the
    /// journal's schema is refused with the remedy.
    pub async fn open(
        options: PgConnectOptions,
        clock: Arc<dyn Clock>,
        settings: Settings,
    ) -> Result<Self, JournalError> {
        let live = Arc::new(Live::new());
        let (sender, turns) = mpsc::unbounded_channel();
        let (done, is_done) = watch::channel(false);
        let queue = Queue::new(sender, is_done, &settings);
        let readers_max = settings.readers_max;
        let writer = Writer {
            link: Link::new(options.clone(), &settings),
            live: Arc::clone(&live),
            clock: Arc::clone(&clock),
            settings: settings.clone(),
            ear: Ear::new(),
            turns,
            load: Arc::clone(&queue.load),
            flights: queue.flights.clone(),
            next: None,
            owed: None,
            company: 0,
        };
        writer.start(done).await?;
        let site = Site {
            options: options.clone(),
            clock,
            live: Arc::clone(&live),
            settings,
        };
        // The first keys that come find their partition.
        Keeper::new(site.clone()).look().await;
        let options = options.application_name("cadastre reader");
        let readers = Readers::new(options.clone(), readers_max);
        let pool = PgPoolOptions::new()
            .max_connections(readers_max)
            .acquire_timeout(ACQUIRE_MAX)
            .connect_lazy_with(options);
        let journal = Self {
            snapshots: Snapshots::new(pool.clone()),
            readers,
            pool,
            queue,
            live,
            tasks: Supervisor::new(),
        };
        journal.start_tasks(site);
        Ok(journal)
    }

    fn start_tasks(&self, site: Site) {
        self.tasks.spawn("journal housekeeping", move |stop| {
            Keeper::new(site.clone()).run(stop)
        });
        let (pool, readers, live) = (
            self.pool.clone(),
            self.readers.clone(),
            Arc::clone(&self.live),
        );
        self.tasks.spawn("journal listener", move |mut stop| {
            let own = listen::own_pool(&pool);
            let heard = listen::run(own.clone(), readers.clone(), Arc::clone(&live));
            async move {
                tokio::select! {
                    () = heard => {}
                    () = stop.requested() => {}
                }
                // Its connection goes before Postgres does, which would be worth a warning to sqlx.
                own.close().await;
                Ok(())
            }
        });
    }

    /// How it goes with the tasks beside the writer.
    pub fn tasks(&self) -> Vec<TaskStatus> {
        self.tasks.statuses()
    }

    /// Why nothing is acknowledged at the moment, though the database answers: it is set up so
    /// that an acknowledged event could be lost.
    pub fn unfit(&self) -> Option<String> {
        self.live.unfit.borrow().clone()
    }

    /// The connections for questions.
    pub fn readers(&self) -> &Readers {
        &self.readers
    }

    /// The connections for all else.
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// What the writer has done so far.
    pub fn stats(&self) -> Stats {
        self.live.counters.read()
    }

    /// What the writer is at.
    pub fn writer(&self) -> WriterState {
        WriterState {
            at_work_for: self.live.at_work_for(),
            waiting: self.queue.load.appends(),
        }
    }

    /// The numbers of the migrations that are applied.
    pub async fn migrations(&self) -> Result<BTreeSet<i64>, JournalError> {
        let applied: Vec<i64> =
            sqlx::query_scalar("select version from _sqlx_migrations where success")
                .fetch_all(&self.pool)
                .await
                .map_err(open::unavailable)?;
        Ok(applied.into_iter().collect())
    }

    /// A fact about the whole journal.
    pub async fn setting(&self, name: &str) -> Result<Option<String>, JournalError> {
        sqlx::query_scalar("select value from journal.setting where name = $1")
            .bind(name)
            .fetch_optional(&self.pool)
            .await
            .map_err(open::unavailable)
    }

    /// Writes down a fact about the whole journal if there is none of that name yet; answers the
    /// one that stands there now.
    pub async fn establish_setting(&self, name: &str, value: &str) -> Result<String, JournalError> {
        sqlx::query(
            "insert into journal.setting (name, value) values ($1, $2) on conflict do nothing",
        )
        .bind(name)
        .bind(value)
        .execute(&self.pool)
        .await
        .map_err(open::unavailable)?;
        Ok(self.setting(name).await?.unwrap_or_default())
    }
}

impl Journal for PostgresJournal {
    fn capabilities(&self) -> &'static [Capability] {
        &[
            Capability::MultiStream,
            Capability::Gapless,
            Capability::Idempotency,
        ]
    }

    fn append(&self, append: Append) -> BoxFuture<'static, Result<Appended, AppendError>> {
        if let Some(sentence) = self.unfit() {
            append.outcome.fail();
            return ready(Err(AppendError::Unavailable(sentence))).boxed();
        }
        self.queue.append(append)
    }

    fn hold(&self) -> BoxFuture<'static, Result<Held, AppendError>> {
        if let Some(sentence) = self.unfit() {
            return ready(Err(AppendError::Unavailable(sentence))).boxed();
        }
        self.queue.hold()
    }

    fn look_up<'a>(
        &'a self,
        key: &'a IdempotencyKey,
    ) -> BoxFuture<'a, Result<KeyMatch, JournalError>> {
        async move {
            self.queue.flights.landed(key).await;
            let found = look::keys(&self.readers, &[key.digest()]).await;
            let mut found = found.map_err(open::unavailable)?.into_values();
            Ok(match found.next() {
                None => KeyMatch::Unknown,
                Some(stored) if stored.request_hash == key.request_hash => {
                    KeyMatch::Same(stored.answer)
                }
                Some(_) => KeyMatch::Reused,
            })
        }
        .boxed()
    }

    fn load<'a>(
        &'a self,
        stream: &'a StreamName,
        after: Version,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Recorded>, JournalError>> {
        read::load(&self.readers, stream, after, limit).boxed()
    }

    fn read(
        &self,
        positions: Range<Position>,
    ) -> BoxFuture<'_, Result<Vec<Arc<Recorded>>, JournalError>> {
        let after = positions.start.max(1) - 1;
        async move { read::page(&self.readers, after, positions.end, usize::MAX).await }.boxed()
    }

    fn snapshots(&self) -> Option<&Snapshots> {
        Some(&self.snapshots)
    }

    fn seen(&self) -> Position {
        self.live.counters.head.load(Ordering::Acquire)
    }

    fn epoch(&self) -> u64 {
        self.live.epoch()
    }

    fn head(&self) -> BoxFuture<'_, Result<Position, JournalError>> {
        read::head(&self.readers).boxed()
    }

    fn subscribe(&self, after: Position) -> Subscription {
        let source = PostgresSource::new(self.readers.clone(), &self.live);
        Subscription {
            after,
            source: Box::new(source),
        }
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        async move {
            self.queue.close().await;
            let late = self.tasks.stop(TASKS_END_MAX).await;
            if !late.is_empty() {
                tracing::warn!(?late, "tasks of the journal were broken off");
            }
            self.readers.close().await;
            self.pool.close().await;
        }
        .boxed()
    }
}

impl Drop for PostgresJournal {
    fn drop(&mut self) {
        self.tasks.ask_to_end();
    }
}
