//! Waiting until the projections have come far enough, so that one reads what one has written.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use eventstore::{Journal, Position, Supervisor, TaskStatus};
use sqlx::{AssertSqlSafe, PgPool};
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep, timeout, timeout_at};

use crate::projector::Projector;
use crate::status::{State, Status};

/// How often the checkpoint of a projection that another process runs is looked at.
const POLL: Duration = Duration::from_millis(20);

/// How long it is waited until one whose tables were set back has noticed.
const SET_BACK_POLL: Duration = Duration::from_millis(100);

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
    pub(crate) tasks: Supervisor,
    /// Lets the projections of this process look whether their tables are still as they left them.
    pub(crate) doubt: Arc<Notify>,
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
            tasks: Supervisor::new(),
            doubt: Arc::default(),
        }
    }

    /// How it goes with the tasks that run the projections here.
    pub fn tasks(&self) -> Vec<TaskStatus> {
        self.tasks.statuses()
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
            let present = status.borrow().clone();
            if present.position >= position && self.stands(&present, position).await? {
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
            let present = status.borrow_and_update().clone();
            let Status {
                name,
                ref state,
                position,
                ..
            } = present;
            let elsewhere = *state == State::Elsewhere;
            let position = if elsewhere {
                self.stored_position(name).await?
            } else {
                position
            };
            let set_back = !elsewhere && position >= asked && !self.stands(&present, asked).await?;
            if position >= asked && !set_back {
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
            } else if set_back {
                self.doubt.notify_waiters();
                let _changed_or_not = timeout(SET_BACK_POLL, status.changed()).await;
            } else if !matches!(timeout_at(until, status.changed()).await, Ok(Ok(()))) {
                return Err(missed);
            }
        }
    }

    /// Whether the database still has what this process has seen it take in. Rows are committed
    /// without waiting for the disk, so a crash of Postgres can set them back.
    async fn stands(&self, status: &Status, asked: Position) -> Result<bool, WaitError> {
        // Between its checkpoint and its position there is no event of its own.
        let needed = status.saved.position.min(asked);
        if needed <= status.saved.on_disk(Instant::now()) {
            return Ok(true);
        }
        Ok(self.stored_position(status.name).await? >= needed)
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
