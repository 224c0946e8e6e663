//! How far a reader with effects of its own, such as a process, has read the journal.

use sqlx::PgPool;

use crate::error::JournalError;
use crate::recorded::Position;

/// The place of `name`, or `None` if it never had one.
pub async fn load(pool: &PgPool, name: &str) -> Result<Option<Position>, JournalError> {
    sqlx::query_scalar("select position from journal.checkpoint where name = $1")
        .bind(name)
        .fetch_optional(pool)
        .await
        .map_err(|error| JournalError::Unavailable(error.to_string()))
}

/// Moves the place of `name` forward to `position`; it never moves back.
pub async fn save(pool: &PgPool, name: &str, position: Position) -> Result<(), JournalError> {
    sqlx::query(
        "insert into journal.checkpoint (name, position) values ($1, $2)
         on conflict (name) do update set position = excluded.position
         where checkpoint.position < excluded.position",
    )
    .bind(name)
    .bind(position)
    .execute(pool)
    .await
    .map(drop)
    .map_err(|error| JournalError::Unavailable(error.to_string()))
}
