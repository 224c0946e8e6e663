//! What the writer asks of the database before it decides.

use chrono::{DateTime, Utc};
use foldhash::HashMap;
use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{Executor, Row};
use uuid::Uuid;

use crate::append::Appended;
use crate::check::{StoredKey, Tail};
use crate::place::Placed;
use crate::recorded::{Position, Version};
use crate::stream::StreamName;

/// The end of the journal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Head {
    pub(super) position: Position,
    pub(super) event_id: Uuid,
    pub(super) recorded_at: DateTime<Utc>,
}

impl Head {
    /// The end after an event that was just recorded.
    pub(super) fn after(last: &Placed<'_>, recorded_at: DateTime<Utc>) -> Self {
        Self {
            position: last.position,
            event_id: last.event.event_id,
            recorded_at,
        }
    }
}

/// The last event; `None` in an empty journal.
pub(super) async fn head(connection: &mut PgConnection) -> sqlx::Result<Option<Head>> {
    sqlx::query(
        "select position, event_id, recorded_at from journal.event order by position desc limit 1",
    )
    .fetch_optional(connection)
    .await?
    .map(|row| head_of(&row))
    .transpose()
}

/// The event at a position.
pub(super) async fn at(
    connection: &mut PgConnection,
    position: Position,
) -> sqlx::Result<Option<Head>> {
    sqlx::query("select position, event_id, recorded_at from journal.event where position = $1")
        .bind(position)
        .fetch_optional(connection)
        .await?
        .map(|row| head_of(&row))
        .transpose()
}

fn head_of(row: &PgRow) -> sqlx::Result<Head> {
    Ok(Head {
        position: row.try_get("position")?,
        event_id: row.try_get("event_id")?,
        recorded_at: row.try_get("recorded_at")?,
    })
}

/// An event of whichever writer, as much of it as the writer needs.
pub(super) struct News {
    pub(super) head: Head,
    pub(super) stream: StreamName,
    pub(super) version: Version,
}

/// The events after `after`, at most `limit`.
pub(super) async fn news(
    connection: &mut PgConnection,
    after: Position,
    limit: i64,
) -> sqlx::Result<Vec<News>> {
    sqlx::query(
        "select position, event_id, recorded_at, stream, version
        from journal.event where position > $1 order by position limit $2",
    )
    .bind(after)
    .bind(limit)
    .fetch_all(connection)
    .await?
    .iter()
    .map(|row| {
        let stream = stream_of(row)?;
        Ok(News {
            head: head_of(row)?,
            stream,
            version: row.try_get("version")?,
        })
    })
    .collect()
}

/// Where streams end.
pub(super) async fn tails(
    connection: &mut PgConnection,
    streams: &[StreamName],
) -> sqlx::Result<Vec<(StreamName, Tail)>> {
    let names: Vec<&str> = streams.iter().map(StreamName::as_str).collect();
    sqlx::query(
        "select asked.stream, coalesce(last.version, 0) as version, last.event_id
        from unnest($1::text[]) as asked (stream)
        left join lateral (
            select e.version, e.event_id from journal.event e
            where e.stream = asked.stream order by e.version desc limit 1
        ) as last on true",
    )
    .bind(names)
    .fetch_all(connection)
    .await?
    .iter()
    .map(|row| {
        let (version, last) = (row.try_get("version")?, row.try_get("event_id")?);
        Ok((stream_of(row)?, Tail { version, last }))
    })
    .collect()
}

/// What is stored with keys.
pub(super) async fn keys<'e>(
    executor: impl Executor<'e, Database = sqlx::Postgres>,
    keys: &[Uuid],
) -> sqlx::Result<HashMap<Uuid, StoredKey>> {
    sqlx::query(
        "select stored.digest, stored.request_hash, stored.answer_id, stored.version,
            stored.position
        from unnest($1::uuid[]) as asked (digest)
        cross join lateral (
            select * from journal.idempotency_key k
            where k.digest = asked.digest order by k.week desc limit 1
        ) as stored",
    )
    .bind(keys)
    .fetch_all(executor)
    .await?
    .iter()
    .map(stored_key)
    .collect()
}

fn stored_key(row: &PgRow) -> sqlx::Result<(Uuid, StoredKey)> {
    let hash: Vec<u8> = row.try_get("request_hash")?;
    let request_hash = hash
        .try_into()
        .map_err(|_| decode("a hash is not 32 bytes"))?;
    let answer = Appended {
        answer_id: row.try_get("answer_id")?,
        version: row.try_get("version")?,
        position: row.try_get("position")?,
        versions: Vec::new(),
        repeated: true,
    };
    Ok((
        row.try_get("digest")?,
        StoredKey {
            request_hash,
            answer,
        },
    ))
}

fn stream_of(row: &PgRow) -> sqlx::Result<StreamName> {
    let name: &str = row.try_get("stream")?;
    StreamName::parse(name).map_err(|error| decode(&error.to_string()))
}

pub(super) fn decode(sentence: &str) -> sqlx::Error {
    sqlx::Error::Decode(sentence.into())
}
