//! The rows that did not become bookings, and the figures of an import.

use sqlx::PgPool;
use uuid::Uuid;

/// A row that the rules refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The row.
    pub row: i64,
    /// The reason as a word.
    pub code: String,
    /// The reason as a sentence.
    pub detail: String,
}

/// A row that did not become a booking.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct RefusedRow {
    /// The row.
    pub row: i64,
    /// The line that it begins on.
    pub line: i64,
    /// The reason as a word.
    pub code: String,
    /// The reason as a sentence.
    pub detail: String,
    /// The row as it stands in the file.
    pub record: String,
}

/// How many rows a reason kept out.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Reason {
    /// Whether the row could not even be read.
    pub unreadable: bool,
    /// The reason as a word.
    pub code: String,
    /// How many rows.
    pub rows: i64,
}

/// How many rows there is something to say about, although they were taken.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Note {
    /// What there is to say, as a sentence.
    pub detail: String,
    /// Of how many rows.
    pub rows: i64,
}

/// What became of the rows of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    /// How many rows there are.
    pub rows: i64,
    /// Why rows were kept out, by reason, the unreadable ones last.
    pub reasons: Vec<Reason>,
    /// What there is to say about rows that were taken.
    pub notes: Vec<Note>,
    /// How many rows equal an earlier row of the file.
    pub equal_earlier: i64,
    /// How many rows equal a row of another file.
    pub equal_elsewhere: i64,
}

impl Figures {
    /// How many rows the rules refused.
    pub fn refused(&self) -> i64 {
        self.reasons
            .iter()
            .filter(|reason| !reason.unreadable)
            .map(|reason| reason.rows)
            .sum()
    }

    /// How many rows could not be read.
    pub fn unreadable(&self) -> i64 {
        self.reasons
            .iter()
            .filter(|reason| reason.unreadable)
            .map(|reason| reason.rows)
            .sum()
    }

    /// How many rows became bookings.
    pub fn accepted(&self) -> i64 {
        self.rows - self.refused() - self.unreadable()
    }
}

/// Keeps refusals; one that is kept already stays as it is.
pub async fn refuse(pool: &PgPool, id: Uuid, refusals: &[Refusal]) -> Result<(), sqlx::Error> {
    let rows: Vec<i64> = refusals.iter().map(|refusal| refusal.row).collect();
    let codes: Vec<&str> = refusals
        .iter()
        .map(|refusal| refusal.code.as_str())
        .collect();
    let details: Vec<&str> = refusals
        .iter()
        .map(|refusal| refusal.detail.as_str())
        .collect();
    sqlx::query(
        "insert into import.refusal (import_id, row, code, detail)
         select $1, row, code, detail from unnest($2::bigint[], $3::text[], $4::text[])
             as r (row, code, detail)
         on conflict (import_id, row) do nothing",
    )
    .bind(id)
    .bind(rows)
    .bind(codes)
    .bind(details)
    .execute(pool)
    .await?;
    Ok(())
}

/// Keeps what there is to say about rows; what is kept already stays as it is.
pub async fn note(pool: &PgPool, id: Uuid, notes: &[(i64, String)]) -> Result<(), sqlx::Error> {
    let (rows, details): (Vec<i64>, Vec<&str>) = notes
        .iter()
        .map(|(row, detail)| (*row, detail.as_str()))
        .unzip();
    sqlx::query(
        "insert into import.note (import_id, row, detail)
         select $1, row, detail from unnest($2::bigint[], $3::text[]) as r (row, detail)
         on conflict (import_id, row) do nothing",
    )
    .bind(id)
    .bind(rows)
    .bind(details)
    .execute(pool)
    .await?;
    Ok(())
}

/// The next rows of `id` after row `after` that were kept out, by the rules or by the reader.
pub async fn refused_rows(
    pool: &PgPool,
    id: Uuid,
    unreadable: bool,
    after: i64,
    limit: i64,
) -> Result<Vec<RefusedRow>, sqlx::Error> {
    let refused = "select r.row, r.line, f.code, f.detail, r.record
         from import.refusal f
         join import.staged_row r on r.import_id = f.import_id and r.row = f.row
         where f.import_id = $1 and f.row > $2
         order by f.row limit $3";
    let faulty = "select row, line, fault as code, fault_detail as detail, record
         from import.staged_row
         where import_id = $1 and row > $2 and fault is not null
         order by row limit $3";
    sqlx::query_as(if unreadable { faulty } else { refused })
        .bind(id)
        .bind(after)
        .bind(limit)
        .fetch_all(pool)
        .await
}

/// What became of the rows of `id`.
pub async fn figures(pool: &PgPool, id: Uuid) -> Result<Figures, sqlx::Error> {
    let (rows, equal_earlier, equal_elsewhere) = sqlx::query_as(
        "select count(*), count(*) - count(distinct digest), count(*) filter (where exists (
             select from import.staged_row other
             where other.digest = r.digest and other.import_id <> r.import_id
         ))
         from import.staged_row r
         where import_id = $1",
    )
    .bind(id)
    .fetch_one(pool)
    .await?;
    let reasons = sqlx::query_as(
        "select false as unreadable, code, count(*) as rows
         from import.refusal where import_id = $1 group by code
         union all
         select true, fault, count(*)
         from import.staged_row where import_id = $1 and fault is not null group by fault
         order by unreadable, code",
    )
    .bind(id)
    .fetch_all(pool)
    .await?;
    let notes = sqlx::query_as(
        "select detail, count(*) as rows from import.note where import_id = $1
         group by detail order by detail",
    )
    .bind(id)
    .fetch_all(pool)
    .await?;
    Ok(Figures {
        rows,
        reasons,
        notes,
        equal_earlier,
        equal_elsewhere,
    })
}
