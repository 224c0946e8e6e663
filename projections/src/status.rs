//! How each projection is doing.

use std::time::Duration;

use chrono::{DateTime, Utc};
use eventstore::Position;
use serde::Serialize;
use sqlx::{AssertSqlSafe, PgPool};
use tokio::time::Instant;

use crate::projector::Projector;

/// After this time a commit that did not wait for the disk is on it, whatever the settings of the
/// server: its log is written after three times `wal_writer_delay`, which is 10 s at most.
const ON_DISK_AFTER: Duration = Duration::from_mins(1);

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
    /// The checkpoint that this process has committed.
    #[serde(skip)]
    pub(crate) saved: Saved,
}

/// A checkpoint that was committed without waiting for the disk. A crash of Postgres can set it
/// back, which this process, whose memory does not go with it, has to find out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Saved {
    pub(crate) position: Position,
    changed_at: Option<Instant>,
    /// An earlier checkpoint, and when it was seen.
    earlier: (Position, Option<Instant>),
    on_disk: Position,
}

impl Saved {
    /// Begins anew at what the database says.
    pub(crate) fn restart(&mut self, position: Position, now: Instant) {
        *self = Self {
            position,
            changed_at: Some(now),
            earlier: (position, Some(now)),
            on_disk: 0,
        };
    }

    /// The checkpoint was moved to `position`.
    pub(crate) fn note(&mut self, position: Position, now: Instant) {
        if position == self.position {
            return;
        }
        self.on_disk = self.on_disk(now);
        if is_long_ago(self.earlier.1, now) {
            self.earlier = (position, Some(now));
        }
        (self.position, self.changed_at) = (position, Some(now));
    }

    /// The last checkpoint that no crash sets back.
    pub(crate) fn on_disk(&self, now: Instant) -> Position {
        if is_long_ago(self.changed_at, now) {
            self.position
        } else if is_long_ago(self.earlier.1, now) {
            self.earlier.0
        } else {
            self.on_disk
        }
    }
}

fn is_long_ago(at: Option<Instant>, now: Instant) -> bool {
    at.is_some_and(|at| now.saturating_duration_since(at) >= ON_DISK_AFTER)
}

impl Status {
    pub(crate) fn starting(name: &'static str) -> Self {
        Self {
            name,
            state: State::Starting,
            position: 0,
            head: 0,
            parked: 0,
            saved: Saved::default(),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_is_believed_to_be_on_disk_after_a_while() {
        let mut now = Instant::now();
        let mut saved = Saved::default();
        saved.restart(5, now);
        assert_eq!(saved.on_disk(now), 0);
        now += ON_DISK_AFTER;
        assert_eq!(saved.on_disk(now), 5);
        // While it goes on without a pause, it follows at a distance.
        for position in 6..130 {
            saved.note(position, now);
            let on_disk = saved.on_disk(now);
            assert!(on_disk >= 5 && on_disk < position, "{saved:?}");
            now += Duration::from_secs(1);
        }
        assert!(saved.on_disk(now) > 6, "{saved:?}");
        saved.restart(3, now);
        assert_eq!(saved.on_disk(now), 0);
    }
}
