//! What the rows of a file say, and how long it is kept. Their numbers and what became of them stay
//! as long as the file is known.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

/// What is said of a row that was kept out when it is not there to be seen any more.
const GONE: &str = "what the row said is kept no longer; look it up in the file itself";

/// What becomes of what the rows of a file say, once all of them are carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contents {
    /// It stays: it names nobody.
    Kept,
    /// Of rows that were accepted it goes at once, of others later.
    Emptied,
}

/// A file that was not carried out, or not to its end.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Unfinished {
    /// Which import it is.
    pub id: Uuid,
    /// SHA-256 of its content.
    pub sha256: Vec<u8>,
    /// When it was staged.
    pub staged_at: DateTime<Utc>,
}

/// Takes out what those rows say that were not kept out.
pub(super) async fn empty_accepted(conn: &mut PgConnection, id: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update import.staged_row r set record = ''
         where r.import_id = $1 and r.fault is null and not exists (
             select from import.refusal f where f.import_id = r.import_id and f.row = r.row
         )",
    )
    .bind(id)
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes out what the rows of all files of this `kind` say that were finished before `before`, and
/// why they were kept out as a sentence, which may name somebody; the word for it stays. Answers
/// how many files that were.
pub async fn empty_finished(
    pool: &PgPool,
    kind: &str,
    before: DateTime<Utc>,
    at: DateTime<Utc>,
) -> Result<u64, sqlx::Error> {
    let mut tx = pool.begin().await?;
    let files: Vec<Uuid> = sqlx::query_scalar(
        "update import.file set emptied_at = $3
         where kind = $1 and finished_at < $2 and emptied_at is null
         returning id",
    )
    .bind(kind)
    .bind(before)
    .bind(at)
    .fetch_all(&mut *tx)
    .await?;
    for sql in [
        "update import.staged_row
         set record = '', fault_detail = case when fault is not null then $2 end
         where import_id = any($1)",
        "update import.refusal set detail = $2 where import_id = any($1)",
    ] {
        sqlx::query(sql)
            .bind(&files)
            .bind(GONE)
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await?;
    Ok(files.len() as u64)
}

/// The files of this `kind` that are not finished, by when they were staged; with `also_finished`
/// those too that are finished and of which what was kept out can still be looked at.
pub async fn undone(
    pool: &PgPool,
    kind: &str,
    also_finished: bool,
) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar(
        "select id from import.file
         where kind = $1 and (finished_at is null or ($2 and emptied_at is null))
         order by staged_at, id",
    )
    .bind(kind)
    .bind(also_finished)
    .fetch_all(pool)
    .await
}

/// The files of this `kind` that were staged before `before` and are not finished.
pub async fn unfinished(
    pool: &PgPool,
    kind: &str,
    before: DateTime<Utc>,
) -> Result<Vec<Unfinished>, sqlx::Error> {
    sqlx::query_as(
        "select id, sha256, staged_at from import.file
         where kind = $1 and staged_at < $2 and finished_at is null
         order by staged_at, id",
    )
    .bind(kind)
    .bind(before)
    .fetch_all(pool)
    .await
}
