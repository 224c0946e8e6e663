//! The journal as it lies in its tables, for those who look whether it is whole.
//!
//! Only reads, on any connection that may read, and stumbles over nothing: what the feed would
//! refuse to hand out, such as an event behind a gap, is shown here as it is.

use chrono::{DateTime, Utc};
use sqlx::PgPool;
use uuid::Uuid;

use crate::error::JournalError;
use crate::recorded::{Position, Recorded, Version};
use crate::stream::StreamName;

/// A row of the journal, taken at its word.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Row {
    /// Its place in the whole journal.
    pub position: Position,
    /// The stream it says it belongs to.
    pub stream: String,
    /// Its place in that stream.
    pub version: Version,
    /// Its own id.
    pub event_id: Uuid,
    /// What kind of event it is.
    #[sqlx(rename = "type")]
    pub event_type: String,
    /// The version of the shape of `data`.
    pub schema_version: i32,
    /// The body.
    pub data: String,
    /// Who, why and from where.
    pub metadata: String,
    /// When it was true in the world.
    pub occurred_at: DateTime<Utc>,
    /// When the journal learned it.
    pub recorded_at: DateTime<Utc>,
}

impl Row {
    /// The envelope, if the name of the stream is one.
    pub fn recorded(&self) -> Result<Recorded, JournalError> {
        Ok(Recorded {
            position: self.position,
            stream: StreamName::parse(&self.stream)?,
            version: self.version,
            event_id: self.event_id,
            event_type: self.event_type.clone(),
            schema_version: self.schema_version,
            data: self.data.clone(),
            metadata: self.metadata.clone(),
            occurred_at: self.occurred_at,
            recorded_at: self.recorded_at,
        })
    }
}

/// The rows after `after`, whatever their positions are, in order, at most `limit`.
pub async fn page(pool: &PgPool, after: Position, limit: i64) -> Result<Vec<Row>, JournalError> {
    sqlx::query_as(
        "select position, stream, version, event_id, type, schema_version, data::text,
            metadata::text, occurred_at, recorded_at
        from journal.event where position > $1 order by position limit $2",
    )
    .bind(after)
    .bind(limit)
    .fetch_all(pool)
    .await
    .map_err(|error| unavailable(&error))
}

/// The rows of one stream with versions above `after`, in order, at most `limit`.
pub async fn stream(
    pool: &PgPool,
    name: &str,
    after: Version,
    limit: i64,
) -> Result<Vec<Row>, JournalError> {
    sqlx::query_as(
        "select position, stream, version, event_id, type, schema_version, data::text,
            metadata::text, occurred_at, recorded_at
        from journal.event where stream = $1 and version > $2 order by version limit $3",
    )
    .bind(name)
    .bind(after)
    .bind(limit)
    .fetch_all(pool)
    .await
    .map_err(|error| unavailable(&error))
}

/// The last position; 0 for an empty journal.
pub async fn head(pool: &PgPool) -> Result<Position, JournalError> {
    sqlx::query_scalar("select coalesce(max(position), 0) from journal.event")
        .fetch_one(pool)
        .await
        .map_err(|error| unavailable(&error))
}

/// Names of streams that begin with `start`, at most `limit`.
pub async fn alike(pool: &PgPool, start: &str, limit: i64) -> Result<Vec<String>, JournalError> {
    sqlx::query_scalar(
        "select stream from journal.event where version = 1 and starts_with(stream, $1) limit $2",
    )
    .bind(start)
    .bind(limit)
    .fetch_all(pool)
    .await
    .map_err(|error| unavailable(&error))
}

/// The tables of the journal that nothing keeps from being changed: the trigger that refuses it is
/// missing or switched off.
pub async fn unguarded(pool: &PgPool) -> Result<Vec<String>, JournalError> {
    sqlx::query_scalar(
        "select 'journal.' || c.relname from pg_class c
        where (c.oid = 'journal.event'::regclass or c.oid in
                (select inhrelid from pg_inherits where inhparent = 'journal.event'::regclass))
            and not exists (select from pg_trigger t where t.tgrelid = c.oid
                and t.tgname = 'event_is_immutable' and t.tgenabled = 'A')
        order by 1",
    )
    .fetch_all(pool)
    .await
    .map_err(|error| unavailable(&error))
}

fn unavailable(error: &sqlx::Error) -> JournalError {
    JournalError::Unavailable(error.to_string())
}
