//! A database, a journal in memory, and what a test does with them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{Actor, Event, Metadata, Origin};
use eventstore::cluster::testing::{TestDatabase, database};
use eventstore::{
    Append, Expected, IdempotencyKey, Journal, ManualClock, MemoryJournal, NewEvent, Outcome,
    Position, Readers, StreamAppend, StreamName,
};
use projections::{Handle, Maintenance, Projector, Runner, Status, Workplace};
use sqlx::PgPool;
use uuid::Uuid;

/// Long enough for a busy machine.
pub const PATIENCE: Duration = Duration::from_mins(1);

pub struct World {
    pub pool: PgPool,
    pub readers: Readers,
    pub journal: Arc<MemoryJournal>,
    pub clock: ManualClock,
    pub database: TestDatabase,
    appends: AtomicU64,
}

/// The id with number `n`.
pub fn id(n: u64) -> Uuid {
    Uuid::from_u128(u128::from(n))
}

/// An instant that is written as RFC 3339.
pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

impl World {
    pub async fn new() -> Self {
        let database = database(&migrations::MIGRATOR).await;
        let clock = ManualClock::at(at("2026-01-01T08:00:00Z"));
        let journal = Arc::new(MemoryJournal::new(Arc::new(clock.clone())));
        Self {
            pool: database.pool().await,
            readers: Readers::new(database.options.clone(), 4),
            journal,
            clock,
            database,
            appends: AtomicU64::new(0),
        }
    }

    pub fn workplace(&self) -> Workplace {
        Workplace {
            options: self
                .database
                .options
                .clone()
                .application_name("projection under test"),
            journal: self.journal.clone(),
            clock: Arc::new(self.clock.clone()),
        }
    }

    pub async fn start(&self, projectors: &[Arc<dyn Projector>]) -> Runner {
        Runner::start(&self.workplace(), self.pool.clone(), projectors)
            .await
            .unwrap()
    }

    pub fn maintenance(&self, projector: &Arc<dyn Projector>) -> Maintenance {
        Maintenance::new(self.workplace(), Arc::clone(projector))
    }

    /// Runs `projectors` up to the end of the journal, and stops them.
    pub async fn project(&self, projectors: &[Arc<dyn Projector>]) {
        let runner = self.start(projectors).await;
        self.caught_up(&runner.handle()).await;
        runner.stop().await;
    }

    /// Waits until all that is recorded is projected by `runner`.
    pub async fn caught_up_with(&self, runner: &Runner) {
        self.caught_up(&runner.handle()).await;
    }

    /// Waits until all that is recorded is projected.
    pub async fn caught_up(&self, handle: &Handle) {
        let head = self.journal.head().await.unwrap();
        let statuses = handle.statuses();
        let names: Vec<&str> = statuses.iter().map(|status| status.name).collect();
        if let Err(error) = handle.wait_for(&names, head, PATIENCE).await {
            panic!("{error}: {:?}", handle.statuses());
        }
    }

    pub async fn record(&self, stream: &str, event: &impl Event) -> Position {
        let version = i32::from(event.schema_version());
        self.record_raw(stream, event.event_type(), version, event.encode().unwrap())
            .await
    }

    pub async fn record_raw(
        &self,
        stream: &str,
        event_type: &str,
        schema_version: i32,
        data: String,
    ) -> Position {
        let n = self.appends.fetch_add(1, Ordering::Relaxed) + 1;
        self.clock.advance(TimeDelta::seconds(1));
        let event = NewEvent {
            event_id: Uuid::from_u128(u128::from(n) << 64),
            event_type: event_type.to_owned().into(),
            schema_version,
            data: data.into(),
            metadata: metadata(n).into(),
            occurred_at: eventstore::Clock::now(&self.clock),
        };
        let stream = StreamName::parse(stream).unwrap();
        let part = StreamAppend {
            known_at: 0,
            last: None,
            stream,
            expected: Expected::Any,
            events: vec![event],
        };
        let key = IdempotencyKey {
            absent_at: 0,
            subject: "test".to_owned(),
            key: format!("append {n}"),
            request_hash: [0; 32],
            answer_id: "none".to_owned(),
        };
        let append = Append {
            streams: vec![part],
            key,
            rests_on: Vec::new(),
            outcome: Outcome::pending(),
        };
        self.journal.append(append).await.unwrap().position
    }

    /// Waits until the status of `name` is as wanted.
    pub async fn until(
        &self,
        handle: &Handle,
        name: &str,
        wanted: impl Fn(&Status) -> bool,
    ) -> Status {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let statuses = handle.statuses();
            let status = statuses
                .into_iter()
                .find(|status| status.name == name)
                .unwrap();
            if wanted(&status) {
                return status;
            }
            assert!(
                tokio::time::Instant::now() < deadline,
                "it never came to be: {status:?}"
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

/// The metadata of the event with number `n`.
pub fn metadata(n: u64) -> String {
    let metadata = Metadata {
        actor: Actor::User(id(900)),
        on_behalf_of: None,
        command: "test.record".to_owned(),
        correlation_id: id(n % 7),
        causation_id: id(n),
        request_id: Some(format!("request {n}")),
        ip: None,
        user_agent: None,
        origin: Origin::Live,
    };
    serde_json::to_string(&metadata).unwrap()
}
