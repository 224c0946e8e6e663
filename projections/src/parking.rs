//! Events set aside: one that failed, and all that follow it for the same key.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use eventstore::{Journal, Position};
use serde::Serialize;
use sqlx::{AssertSqlSafe, Connection, PgConnection, PgPool};

use crate::decoded::Decoded;
use crate::instance::{Fault, Keyed, try_one};
use crate::projector::Projector;
use crate::schema;

/// An event that was set aside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct Parked {
    /// The key of the rows it would write.
    pub key: String,
    /// Where it stands in the journal.
    pub position: Position,
    /// Its id.
    pub event_id: uuid::Uuid,
    /// Its type.
    pub event_type: String,
    /// Why it failed; nothing for one that only follows another.
    pub error: Option<String>,
    /// How often it was tried.
    pub attempts: i32,
    /// When it was set aside.
    pub parked_at: DateTime<Utc>,
}

/// What became of an attempt to take parked events in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Redriven {
    /// How many events have become rows.
    pub events: usize,
    /// The keys that are free again.
    pub freed: Vec<String>,
    /// The keys that are still parked, each with the reason.
    pub still: Vec<(String, String)>,
}

/// The parked events of `projector`, in the order of key and position.
pub async fn list(pool: &PgPool, projector: &dyn Projector) -> Result<Vec<Parked>, sqlx::Error> {
    let sql = format!(
        "select key, position, event_id, event_type, error, attempts, parked_at \
         from \"{}\".parked order by key, position",
        projector.name()
    );
    sqlx::query_as(AssertSqlSafe(sql)).fetch_all(pool).await
}

/// Takes the parked events of `key`, or of every key, in, in order; a key whose events all become
/// rows is free. It holds the checkpoint meanwhile, so that the runner takes nothing in for a key
/// that is just being freed.
pub async fn redrive(
    conn: &mut PgConnection,
    journal: &dyn Journal,
    projector: &dyn Projector,
    key: Option<&str>,
) -> Result<Redriven, RedriveError> {
    let name = projector.name();
    let mut tx = conn.begin().await?;
    let lock = format!("select position from \"{name}\".checkpoint where not retired for update");
    sqlx::query(AssertSqlSafe(lock)).execute(&mut *tx).await?;
    schema::enter(&mut tx, name).await?;
    let parked: Vec<(String, Vec<Position>)> = sqlx::query_as(
        "select key, array_agg(position order by position) from parked \
         where $1::text is null or key = $1 group by key order by min(position)",
    )
    .bind(key)
    .fetch_all(&mut *tx)
    .await?;
    let mut done = Redriven::default();
    for (key, positions) in parked {
        match drive_key(
            &mut tx,
            journal,
            projector,
            &key,
            &positions,
            &mut done.events,
        )
        .await?
        {
            None => done.freed.push(key),
            Some(reason) => done.still.push((key, reason)),
        }
    }
    tx.commit().await?;
    Ok(done)
}

/// Why parked events could not be driven again.
#[derive(Debug, thiserror::Error)]
pub enum RedriveError {
    /// Postgres said no.
    #[error(transparent)]
    Sql(#[from] sqlx::Error),
    /// The journal could not be read.
    #[error(transparent)]
    Journal(#[from] eventstore::JournalError),
    /// Something other than the events is at fault.
    #[error("{0}")]
    Fault(String),
}

impl From<Fault> for RedriveError {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault.to_string())
    }
}

async fn drive_key(
    conn: &mut PgConnection,
    journal: &dyn Journal,
    projector: &dyn Projector,
    key: &str,
    positions: &[Position],
    count: &mut usize,
) -> Result<Option<String>, RedriveError> {
    for &position in positions {
        let recorded = journal
            .read(position..position + 1)
            .await?
            .into_iter()
            .next();
        let recorded =
            recorded.ok_or_else(|| RedriveError::Fault(format!("no event at {position}")))?;
        let event =
            Decoded::read(recorded).map_err(|error| RedriveError::Fault(error.to_string()))?;
        if let Some(reason) = try_one(projector, conn, &Arc::new(event)).await? {
            sqlx::query(
                "update parked set error = $3, attempts = attempts + 1 \
                 where key = $1 and position = $2",
            )
            .bind(key)
            .bind(position)
            .bind(storable(&reason))
            .execute(conn)
            .await?;
            return Ok(Some(reason));
        }
        sqlx::query("delete from parked where key = $1 and position = $2")
            .bind(key)
            .bind(position)
            .execute(&mut *conn)
            .await?;
        *count += 1;
    }
    Ok(None)
}

/// The keys that are parked in `schema`.
pub(crate) async fn keys(
    conn: &mut PgConnection,
    schema: &str,
) -> Result<HashSet<String>, sqlx::Error> {
    let sql = format!("select distinct key from \"{schema}\".parked");
    let keys: Vec<String> = sqlx::query_scalar(AssertSqlSafe(sql))
        .fetch_all(conn)
        .await?;
    Ok(keys.into_iter().collect())
}

/// Sets an event aside that has failed.
pub(crate) async fn park(
    conn: &mut PgConnection,
    keyed: &Keyed,
    reason: &str,
    attempts: i32,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let recorded = &keyed.event.recorded;
    tracing::error!(
        key = keyed.key,
        position = recorded.position,
        reason,
        "an event is parked"
    );
    sqlx::query(
        "insert into parked (key, position, event_id, event_type, error, attempts, parked_at) \
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(&keyed.key)
    .bind(recorded.position)
    .bind(recorded.event_id)
    .bind(&recorded.event_type)
    .bind(storable(reason))
    .bind(attempts)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Sets events aside whose key is parked already.
pub(crate) async fn park_behind(
    conn: &mut PgConnection,
    behind: &[Keyed],
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    for keyed in behind {
        let recorded = &keyed.event.recorded;
        sqlx::query(
            "insert into parked (key, position, event_id, event_type, error, attempts, parked_at) \
             values ($1, $2, $3, $4, null, 0, $5)",
        )
        .bind(&keyed.key)
        .bind(recorded.position)
        .bind(recorded.event_id)
        .bind(&recorded.event_type)
        .bind(now)
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// Postgres keeps no NUL in a text.
fn storable(reason: &str) -> String {
    reason.replace('\0', "\u{fffd}")
}
