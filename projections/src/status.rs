//! How each projection is doing, and waiting until it has come far enough.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use eventstore::{Journal, Position};
use serde::Serialize;
use sqlx::{AssertSqlSafe, PgPool};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout_at};

use crate::projector::Projector;

/// How often the checkpoint of a projection that another process runs is looked at.
const POLL: Duration = Duration::from_millis(20);

/// What a projection is doing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "state", content = "reason")]
pub enum State {
    /// It has not begun.
    Starting,
    /// Another process runs it.
    Elsewhere,
    /// It reads what happened before.
    CatchingUp,
    /// It takes events in as they come.
    Running,
    /// The database could not do its part; it will try again by itself.
    Retrying(String),
    /// It stands still until somebody has looked at it.
    Stopped(String),
}

/// How a projection is doing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Status {
    /// Its name.
    pub name: &'static str,
    /// What it is doing.
    #[serde(flatten)]
    pub state: State,
    /// The position of the last event that it has taken in.
    pub position: Position,
    /// The last position of the journal, as far as this process knows.
    pub head: Position,
    /// How many keys are parked.
    pub parked: usize,
}

impl Status {
    pub(crate) fn starting(name: &'static str) -> Self {
        Self {
            name,
            state: State::Starting,
            position: 0,
            head: 0,
            parked: 0,
        }
    }

    /// How many events it has not taken in yet.
    pub fn lag(&self) -> i64 {
        (self.head - self.position).max(0)
    }
}

/// How a projection is doing by what its schema says; for any process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct Stored {
    /// Its name.
    pub name: String,
    /// The position of the last event that it has taken in.
    pub position: Position,
    /// The version of the projector that built the tables.
    pub projector_version: i32,
    /// Rises by one with every rebuild.
    pub generation: i64,
    /// `running` or `stopped`.
    pub state: String,
    /// Why it stopped.
    pub reason: Option<String>,
    /// How many keys are parked.
    pub parked: i64,
    /// When its checkpoint last moved.
    pub updated_at: Option<DateTime<Utc>>,
}

/// Reads how `projector` is doing; nothing if it has never been built.
pub async fn stored(
    pool: &PgPool,
    projector: &dyn Projector,
) -> Result<Option<Stored>, sqlx::Error> {
    let name = projector.name();
    let there: bool = sqlx::query_scalar("select to_regclass($1) is not null")
        .bind(format!("{name}.checkpoint"))
        .fetch_one(pool)
        .await?;
    if !there {
        return Ok(None);
    }
    let sql = format!(
        "select '{name}' as name, position, projector_version, generation, state, reason, \
         updated_at, (select count(distinct key) from \"{name}\".parked) as parked \
         from \"{name}\".checkpoint"
    );
    sqlx::query_as(AssertSqlSafe(sql))
        .fetch_optional(pool)
        .await
}

/// Why a projection was not waited for to the end.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WaitError {
    /// No event has that position yet.
    #[error("position {asked} is beyond the end of the journal, which is {head}")]
    PositionUnknown {
        /// What was asked for.
        asked: Position,
        /// The last position of the journal.
        head: Position,
    },
    /// It has not come so far in time, or stands still.
    #[error("the read model `{name}` has not reached position {asked} yet; it is at {position}")]
    NotReached {
        /// The projection.
        name: String,
        /// What was asked for.
        asked: Position,
        /// How far it has come.
        position: Position,
    },
    /// There is no such projection.
    #[error("there is no projection `{0}`")]
    Unknown(String),
    /// The database could not say.
    #[error("how far the read models are cannot be said at the moment: {0}")]
    Unavailable(String),
}

/// Watches the projections of a process. Cheap to clone.
#[derive(Clone)]
pub struct Handle {
    pub(crate) watched: Arc<BTreeMap<&'static str, watch::Receiver<Status>>>,
    pub(crate) pool: PgPool,
    pub(crate) journal: Arc<dyn Journal>,
}

impl Handle {
    /// Watches projections that another process runs.
    pub fn elsewhere(
        projectors: &[Arc<dyn Projector>],
        pool: PgPool,
        journal: Arc<dyn Journal>,
    ) -> Self {
        let watched = projectors.iter().map(|projector| {
            let status = Status {
                state: State::Elsewhere,
                ..Status::starting(projector.name())
            };
            (projector.name(), watch::channel(status).1)
        });
        Self {
            watched: Arc::new(watched.collect()),
            pool,
            journal,
        }
    }

    /// How each projection is doing, by name.
    pub fn statuses(&self) -> Vec<Status> {
        self.watched
            .values()
            .map(|status| status.borrow().clone())
            .collect()
    }

    /// Waits until every projection of `names` has taken in the event at `position`, so that a
    /// query over them sees what a command has just done; `patience` at most.
    pub async fn wait_for(
        &self,
        names: &[&str],
        position: Position,
        patience: Duration,
    ) -> Result<(), WaitError> {
        let until = Instant::now() + patience;
        let mut head_known = false;
        for name in names {
            let status = self
                .watched
                .get(name)
                .ok_or_else(|| WaitError::Unknown((*name).to_owned()))?;
            if status.borrow().position >= position {
                continue;
            }
            if !head_known {
                self.check_head(position).await?;
                head_known = true;
            }
            self.wait_for_one(status.clone(), position, until).await?;
        }
        Ok(())
    }

    async fn check_head(&self, asked: Position) -> Result<(), WaitError> {
        let head = self.journal.head().await;
        let head = head.map_err(|error| WaitError::Unavailable(error.to_string()))?;
        if asked > head {
            Err(WaitError::PositionUnknown { asked, head })
        } else {
            Ok(())
        }
    }

    async fn wait_for_one(
        &self,
        mut status: watch::Receiver<Status>,
        asked: Position,
        until: Instant,
    ) -> Result<(), WaitError> {
        loop {
            let Status {
                name,
                state,
                position,
                ..
            } = status.borrow_and_update().clone();
            let elsewhere = state == State::Elsewhere;
            let position = if elsewhere {
                self.stored_position(name).await?
            } else {
                position
            };
            if position >= asked {
                return Ok(());
            }
            let missed = WaitError::NotReached {
                name: name.to_owned(),
                asked,
                position,
            };
            if matches!(state, State::Stopped(_)) || Instant::now() >= until {
                return Err(missed);
            }
            if elsewhere {
                sleep(POLL).await;
            } else if !matches!(timeout_at(until, status.changed()).await, Ok(Ok(()))) {
                return Err(missed);
            }
        }
    }

    async fn stored_position(&self, name: &str) -> Result<Position, WaitError> {
        let sql = format!("select position from \"{name}\".checkpoint");
        let found = sqlx::query_scalar(AssertSqlSafe(sql))
            .fetch_optional(&self.pool)
            .await;
        match found {
            Ok(position) => Ok(position.unwrap_or(0)),
            // Another process has yet to make the schema.
            Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("42P01") => Ok(0),
            Err(error) => Err(WaitError::Unavailable(error.to_string())),
        }
    }
}
