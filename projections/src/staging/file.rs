//! A staged file: there as a whole or not at all.

use chrono::{DateTime, Utc};
use sqlx::types::Json;
use sqlx::{PgPool, Postgres, Transaction};
use uuid::Uuid;

use super::contents::{Contents, empty_accepted};
use super::row::{Columns, StagedRow};

/// A content that was staged as a whole.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct StagedFile {
    /// Which import it is.
    pub id: Uuid,
    /// What kind of file it was taken for.
    pub kind: String,
    /// The name it was first given under.
    pub name: String,
    /// Its first line.
    pub header: String,
    /// How many rows it has.
    pub rows: i64,
    /// How many of them could not be read.
    pub unreadable: i64,
    /// How many steps its rows have.
    pub steps: i64,
    /// All steps up to this number are done.
    pub done: i64,
    /// When its last step was done.
    pub finished_at: Option<DateTime<Utc>>,
    /// In which order day and month stand in its dates, where that matters: `day_first` or
    /// `month_first`.
    pub date_order: Option<String>,
}

/// The file `id`, if it was staged.
pub async fn find(pool: &PgPool, id: Uuid) -> Result<Option<StagedFile>, sqlx::Error> {
    sqlx::query_as(
        "select id, kind, name, header, rows, unreadable, steps, done, finished_at, date_order
         from import.file
         where id = $1",
    )
    .bind(id)
    .fetch_optional(pool)
    .await
}

/// Notes that all steps up to number `done` are done.
pub async fn save_done(pool: &PgPool, id: Uuid, done: i64) -> Result<(), sqlx::Error> {
    sqlx::query("update import.file set done = $2 where id = $1 and done < $2")
        .bind(id)
        .bind(done)
        .execute(pool)
        .await?;
    Ok(())
}

/// Notes that all is done; the steps are needed no more, and the contents of the rows perhaps.
pub async fn finish(
    pool: &PgPool,
    id: Uuid,
    at: DateTime<Utc>,
    contents: Contents,
) -> Result<(), sqlx::Error> {
    let mut tx = pool.begin().await?;
    if contents == Contents::Emptied {
        empty_accepted(&mut tx, id).await?;
    }
    sqlx::query("update import.file set done = steps, finished_at = $2 where id = $1")
        .bind(id)
        .bind(at)
        .execute(&mut *tx)
        .await?;
    sqlx::query("delete from import.step where import_id = $1")
        .bind(id)
        .execute(&mut *tx)
        .await?;
    tx.commit().await
}

/// In which order a file is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Step by step, by the time of each: its rows are stays.
    OfTime,
    /// Row by row: each row is one step.
    OfTheFile,
}

/// A file on its way in: nobody sees anything of it before [`Staging::close`].
#[derive(Debug)]
pub struct Staging {
    tx: Transaction<'static, Postgres>,
    id: Uuid,
    rows: i64,
    unreadable: i64,
}

impl Staging {
    /// Begins to stage the content with this SHA-256.
    pub async fn open(
        pool: &PgPool,
        (id, kind): (Uuid, &str),
        sha256: [u8; 32],
        name: &str,
        (header, date_order): (&str, Option<&str>),
        at: DateTime<Utc>,
    ) -> Result<Self, sqlx::Error> {
        let mut tx = pool.begin().await?;
        sqlx::query(
            "insert into import.file
                 (id, sha256, name, header, rows, unreadable, steps, done, staged_at, kind,
                  date_order)
             values ($1, $2, $3, $4, 0, 0, 0, 0, $5, $6, $7)",
        )
        .bind(id)
        .bind(sha256.as_slice())
        .bind(name)
        .bind(header)
        .bind(at)
        .bind(kind)
        .bind(date_order)
        .execute(&mut *tx)
        .await?;
        Ok(Self {
            tx,
            id,
            rows: 0,
            unreadable: 0,
        })
    }

    /// Stages the next rows.
    pub async fn push(&mut self, rows: &[StagedRow]) -> Result<(), sqlx::Error> {
        let columns: Vec<_> = rows.iter().map(|row| Columns::of(self.id, row)).collect();
        sqlx::query(
            "insert into import.staged_row
             select r.* from json_populate_recordset(null::import.staged_row, $1::json) as r",
        )
        .bind(Json(columns))
        .execute(&mut *self.tx)
        .await?;
        self.rows += i64::try_from(rows.len()).unwrap_or(i64::MAX);
        let unreadable = rows.iter().filter(|row| row.said.is_err()).count();
        self.unreadable += i64::try_from(unreadable).unwrap_or(i64::MAX);
        Ok(())
    }

    /// Puts the steps of all rows in order, and lets the file be seen.
    pub async fn close(mut self, order: Order) -> Result<(), sqlx::Error> {
        let steps = match order {
            Order::OfTime => super::step::lay_out(&mut self.tx, self.id).await?,
            Order::OfTheFile => self.rows,
        };
        sqlx::query("update import.file set rows = $2, unreadable = $3, steps = $4 where id = $1")
            .bind(self.id)
            .bind(self.rows)
            .bind(self.unreadable)
            .bind(steps)
            .execute(&mut *self.tx)
            .await?;
        self.tx.commit().await
    }
}
