//! Events set aside: one that failed, and all that follow it for the same key.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use eventstore::Position;
use serde::Serialize;
use sqlx::{AssertSqlSafe, PgConnection, PgPool};

use crate::instance::Keyed;
use crate::projector::Projector;

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

/// The parked events of `projector`, in the order of key and position.
pub async fn list(pool: &PgPool, projector: &dyn Projector) -> Result<Vec<Parked>, sqlx::Error> {
    let sql = format!(
        "select key, position, event_id, event_type, error, attempts, parked_at \
         from \"{}\".parked order by key, position",
        projector.name()
    );
    sqlx::query_as(AssertSqlSafe(sql)).fetch_all(pool).await
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

/// Sets an event aside whose key is parked already.
pub(crate) async fn park_behind(
    conn: &mut PgConnection,
    keyed: &Keyed,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let recorded = &keyed.event.recorded;
    sqlx::query(
        "insert into parked (key, position, event_id, event_type, error, attempts, parked_at) \
         values ($1, $2, $3, $4, null, 0, $5)",
    )
    .bind(&keyed.key)
    .bind(recorded.position)
    .bind(recorded.event_id)
    .bind(&*recorded.event_type)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Postgres keeps no NUL in a text.
pub(crate) fn storable(reason: &str) -> String {
    reason.replace('\0', "\u{fffd}")
}
