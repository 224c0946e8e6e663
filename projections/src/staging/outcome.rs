//! What becomes of each row of a file.

use sqlx::PgPool;
use uuid::Uuid;

/// A row of a file, and what is said of it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct RowOutcome {
    /// Its number, from 1, without the header.
    pub row: i64,
    /// The line that it begins on.
    pub line: i64,
    /// The row as it stands in the file; empty once that is kept no longer.
    pub record: String,
    /// Why it was kept out, as a word; `None` if it was not, so far.
    pub code: Option<String>,
    /// The same as a sentence.
    pub detail: Option<String>,
    /// Whether it could not even be read.
    pub unreadable: bool,
}

/// The next rows of `id` after row `after`, `limit` at most; only those that were kept out, if so
/// is `wanted`.
pub async fn outcomes(
    pool: &PgPool,
    id: Uuid,
    kept_out: bool,
    after: i64,
    limit: i64,
) -> Result<Vec<RowOutcome>, sqlx::Error> {
    sqlx::query_as(
        "select r.row, r.line, r.record, coalesce(r.fault, f.code) as code,
             coalesce(r.fault_detail, f.detail) as detail, r.fault is not null as unreadable
         from import.staged_row r
         left join import.refusal f on f.import_id = r.import_id and f.row = r.row
         where r.import_id = $1 and r.row > $2
             and (not $3 or r.fault is not null or f.code is not null)
         order by r.row limit $4",
    )
    .bind(id)
    .bind(after)
    .bind(kept_out)
    .bind(limit)
    .fetch_all(pool)
    .await
}

/// Forgets why rows would be kept out: from now on it is said why they are.
pub async fn forget_trial(pool: &PgPool, id: Uuid) -> Result<(), sqlx::Error> {
    // Once something was done, the refusals are no trial any more.
    sqlx::query(
        "delete from import.refusal using import.file
         where import_id = $1 and file.id = $1 and file.done = 0",
    )
    .bind(id)
    .execute(pool)
    .await?;
    Ok(())
}

/// Forgets a file with all its rows.
pub async fn forget(pool: &PgPool, id: Uuid) -> Result<(), sqlx::Error> {
    let mut tx = pool.begin().await?;
    for sql in [
        "delete from import.note where import_id = $1",
        "delete from import.refusal where import_id = $1",
        "delete from import.staged_row where import_id = $1",
        "delete from import.file where id = $1",
    ] {
        sqlx::query(sql).bind(id).execute(&mut *tx).await?;
    }
    tx.commit().await
}
