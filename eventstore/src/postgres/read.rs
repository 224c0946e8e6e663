//! Reading the journal.

use std::sync::Arc;

use sqlx::Row;
use sqlx::postgres::PgRow;

use super::look::decode;
use super::open::unavailable;
use crate::error::JournalError;
use crate::readers::Readers;
use crate::recorded::{Position, Recorded, Version};
use crate::stream::StreamName;

pub(super) async fn load(
    readers: &Readers,
    stream: &StreamName,
    after: Version,
    limit: usize,
) -> Result<Vec<Recorded>, JournalError> {
    sqlx::query(
        "select position, stream, version, event_id, type, schema_version, data, metadata,
            occurred_at, recorded_at
        from journal.event where stream = $1 and version > $2 order by version limit $3",
    )
    .bind(stream.as_str())
    .bind(after)
    .bind(i64::try_from(limit).unwrap_or(i64::MAX))
    .fetch_all(readers)
    .await
    .and_then(|rows| rows.iter().map(recorded).collect())
    .map_err(unavailable)
}

/// The events after `after` and before `until`, at most `limit`; refuses to skip a missing one.
pub(super) async fn page(
    readers: &Readers,
    after: Position,
    until: Position,
    limit: usize,
) -> Result<Vec<Arc<Recorded>>, JournalError> {
    let events: Vec<Arc<Recorded>> = sqlx::query(
        "select position, stream, version, event_id, type, schema_version, data, metadata,
            occurred_at, recorded_at
        from journal.event where position > $1 and position < $2 order by position limit $3",
    )
    .bind(after)
    .bind(until)
    .bind(i64::try_from(limit).unwrap_or(i64::MAX))
    .fetch_all(readers)
    .await
    .and_then(|rows| rows.iter().map(|row| recorded(row).map(Arc::new)).collect())
    .map_err(unavailable)?;
    for (expected, event) in (after + 1..).zip(&events) {
        if event.position != expected {
            return Err(JournalError::Unfit(format!(
                "position {expected} is missing from the journal, though {} is there: rows were \
                 removed from it; restore it from a backup",
                event.position
            )));
        }
    }
    Ok(events)
}

pub(super) async fn head(readers: &Readers) -> Result<Position, JournalError> {
    sqlx::query_scalar("select coalesce(max(position), 0) from journal.event")
        .fetch_one(readers)
        .await
        .map_err(unavailable)
}

/// The columns by their places, which is what counts where there are millions of rows.
fn recorded(row: &PgRow) -> sqlx::Result<Recorded> {
    let name = row.try_get(1)?;
    Ok(Recorded {
        position: row.try_get(0)?,
        stream: StreamName::parse(name).map_err(|error| decode(&error.to_string()))?,
        version: row.try_get(2)?,
        event_id: row.try_get(3)?,
        event_type: row.try_get(4)?,
        schema_version: row.try_get(5)?,
        data: text(row, 6)?,
        metadata: text(row, 7)?,
        occurred_at: row.try_get(8)?,
        recorded_at: row.try_get(9)?,
    })
}

/// A text of JSON as it is stored: the exact bytes that were written.
fn text(row: &PgRow, column: usize) -> sqlx::Result<String> {
    let raw = row.try_get_raw(column)?;
    raw.as_str().map(str::to_owned).map_err(sqlx::Error::Decode)
}
