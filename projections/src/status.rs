//! How each projection is doing.

use chrono::{DateTime, Utc};
use eventstore::Position;
use serde::Serialize;
use sqlx::{AssertSqlSafe, PgPool};

use crate::projector::Projector;

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
