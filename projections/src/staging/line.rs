//! The rows of a file in its own order.

use sqlx::PgPool;
use uuid::Uuid;

/// A row that could be read.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Line {
    /// Its number, from 1, without the header.
    pub row: i64,
    /// The row as it stands in the file.
    pub record: String,
}

/// The next readable rows of `id` after row `after`, `limit` at most.
pub async fn lines(
    pool: &PgPool,
    id: Uuid,
    after: i64,
    limit: i64,
) -> Result<Vec<Line>, sqlx::Error> {
    sqlx::query_as(
        "select row, record from import.staged_row
         where import_id = $1 and row > $2 and fault is null
         order by row limit $3",
    )
    .bind(id)
    .bind(after)
    .bind(limit)
    .fetch_all(pool)
    .await
}
