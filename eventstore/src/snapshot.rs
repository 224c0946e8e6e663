//! Snapshots: states that are kept so that a long stream need not be read from its first event.
//!
//! They are a cache beside the journal, and are believed only as far as the journal bears them out:
//! the last event that a snapshot says it has taken in must stand in the journal, at that place and
//! with that id. So one that is ahead of a journal that was restored from a backup, or that comes
//! from a history which then went another way, is passed over and thrown away.

use chrono::{DateTime, Utc};
use sqlx::Row;
use sqlx::postgres::{PgPool, PgRow};
use uuid::Uuid;

use crate::error::JournalError;
use crate::recorded::{Position, Recorded, Version};
use crate::stream::StreamName;

/// The state of a stream after one of its events.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// The stream.
    pub stream: StreamName,
    /// The version of the shape and the making of the state, by which a build knows its own.
    pub state_version: u32,
    /// The version of the last event that is in the state.
    pub version: Version,
    /// Where that event stands in the journal.
    pub position: Position,
    /// Its id.
    pub event_id: Uuid,
    /// When it was true in the world.
    pub last_occurred_at: DateTime<Utc>,
    /// The state as JSON.
    pub state: String,
}

/// The snapshots beside a journal on Postgres. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Snapshots {
    pool: PgPool,
}

impl Snapshots {
    pub(crate) fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    /// The snapshot of a stream at `state_version`, if there is one that the journal bears out, and
    /// the events after it, at most `limit`, without their metadata, on which no state rests. One
    /// question to the database, whatever is there.
    pub async fn load(
        &self,
        stream: &StreamName,
        state_version: u32,
        limit: usize,
    ) -> Result<(Option<Snapshot>, Vec<Recorded>), JournalError> {
        let rows = sqlx::query(
            "with kept as materialized (
                select s.position, s.version, s.event_id, s.state, s.last_occurred_at,
                    exists (
                        select from journal.event e where e.position = s.position
                            and e.event_id = s.event_id and e.stream = s.stream
                            and e.version = s.version
                    ) as stands
                from journal.snapshot s where s.stream = $1 and s.state_version = $2
            ), tail as (
                select position, version, event_id, type, schema_version, data, occurred_at,
                    recorded_at
                from journal.event where stream = $1
                    and position > coalesce((select position from kept where stands), 0)
                    and version > coalesce((select version from kept where stands), 0)
                order by version limit $3
            )
            select stands, position, version, event_id, '', 0, state, last_occurred_at,
                last_occurred_at from kept
            union all select null, * from tail",
        )
        .bind(stream.as_str())
        .bind(number(state_version))
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(&self.pool)
        .await
        .map_err(unavailable)?;
        let (mut snapshot, mut tail) = (None, Vec::with_capacity(rows.len()));
        for row in &rows {
            let event = recorded(stream, row).map_err(unavailable)?;
            match row.try_get(0).map_err(unavailable)? {
                None => tail.push(event),
                Some(stands) => snapshot = Some((stands, kept(state_version, event))),
            }
        }
        // A union promises no order, though it keeps one.
        tail.sort_unstable_by_key(|event| event.version);
        match snapshot {
            Some((false, snapshot)) => {
                self.forget(&snapshot).await?;
                Ok((None, tail))
            }
            stands => Ok((stands.map(|(_, snapshot)| snapshot), tail)),
        }
    }

    /// Keeps snapshots, of each stream one at most; of two that meet the newer stays.
    pub async fn keep(&self, snapshots: &[Snapshot]) -> Result<(), JournalError> {
        sqlx::query(
            "insert into journal.snapshot as old (stream, state_version, version, position,
                event_id, last_occurred_at, state)
            select stream, state_version, version, position, event_id, last_occurred_at, state::json
            from unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[], $5::uuid[],
                    $6::timestamptz[], $7::text[])
                as new (stream, state_version, version, position, event_id, last_occurred_at, state)
            on conflict (stream) do update set state_version = excluded.state_version,
                version = excluded.version, position = excluded.position,
                event_id = excluded.event_id, last_occurred_at = excluded.last_occurred_at,
                state = excluded.state
            where (old.version, old.state_version) < (excluded.version, excluded.state_version)",
        )
        .bind(column(snapshots, |snapshot| snapshot.stream.as_str()))
        .bind(column(snapshots, |snapshot| number(snapshot.state_version)))
        .bind(column(snapshots, |snapshot| snapshot.version))
        .bind(column(snapshots, |snapshot| snapshot.position))
        .bind(column(snapshots, |snapshot| snapshot.event_id))
        .bind(column(snapshots, |snapshot| snapshot.last_occurred_at))
        .bind(column(snapshots, |snapshot| snapshot.state.as_str()))
        .execute(&self.pool)
        .await
        .map(drop)
        .map_err(unavailable)
    }

    /// Throws all snapshots away. They come back as the streams are read.
    pub async fn clear(&self) -> Result<(), JournalError> {
        sqlx::query("truncate journal.snapshot")
            .execute(&self.pool)
            .await
            .map(drop)
            .map_err(unavailable)
    }

    /// Throws this very snapshot away: it is of no use. One that has taken its place stays.
    pub async fn forget(&self, snapshot: &Snapshot) -> Result<(), JournalError> {
        sqlx::query(
            "delete from journal.snapshot where stream = $1 and state_version = $2
                and version = $3 and event_id = $4",
        )
        .bind(snapshot.stream.as_str())
        .bind(number(snapshot.state_version))
        .bind(snapshot.version)
        .bind(snapshot.event_id)
        .execute(&self.pool)
        .await
        .map(drop)
        .map_err(unavailable)
    }
}

/// The state, in the place of the body, as a snapshot.
fn kept(state_version: u32, row: Recorded) -> Snapshot {
    Snapshot {
        stream: row.stream,
        state_version,
        version: row.version,
        position: row.position,
        event_id: row.event_id,
        last_occurred_at: row.occurred_at,
        state: row.data,
    }
}

/// The columns by their places, after the first.
fn recorded(stream: &StreamName, row: &PgRow) -> sqlx::Result<Recorded> {
    let json = row.try_get_raw(6)?;
    Ok(Recorded {
        position: row.try_get(1)?,
        stream: stream.clone(),
        version: row.try_get(2)?,
        event_id: row.try_get(3)?,
        event_type: row.try_get(4)?,
        schema_version: row.try_get(5)?,
        data: json.as_str().map_err(sqlx::Error::Decode)?.to_owned(),
        metadata: String::new(),
        occurred_at: row.try_get(7)?,
        recorded_at: row.try_get(8)?,
    })
}

fn column<'a, T>(snapshots: &'a [Snapshot], field: impl Fn(&'a Snapshot) -> T) -> Vec<T> {
    snapshots.iter().map(field).collect()
}

fn number(state_version: u32) -> i32 {
    i32::try_from(state_version).unwrap_or(i32::MAX)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "it is what `map_err` hands over"
)]
fn unavailable(error: sqlx::Error) -> JournalError {
    JournalError::Unavailable(error.to_string())
}
