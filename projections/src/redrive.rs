//! Parked events are taken in again, in order, after a fix.

use std::sync::Arc;

use eventstore::{Journal, Position};
use serde::Serialize;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::decoded::Decoded;
use crate::fault::Fault;
use crate::instance::try_one;
use crate::parking::storable;
use crate::projector::{Derive, Projector};
use crate::schema;

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
        if let Some(reason) = try_one(projector, conn, &Arc::new(event), Derive::Now).await? {
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
