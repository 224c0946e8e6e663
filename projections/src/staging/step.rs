//! The steps of a file's rows, in order of time.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::row::Stay;

/// What happens to a booking in one step; a row's own steps come in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[repr(i16)]
pub enum StepKind {
    /// It is booked.
    Book = 1,
    /// It is paid in advance.
    Pay = 2,
    /// It comes to its end.
    End = 3,
    /// It is paid at check-out.
    Settle = 4,
}

/// One step of one row.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Step {
    /// Its place in the order of time.
    pub number: i64,
    /// When it was true in the world.
    pub at: DateTime<Utc>,
    /// What happens.
    pub kind: StepKind,
    /// The row it belongs to.
    pub row: i64,
    /// What that row says.
    #[sqlx(flatten)]
    pub stay: Stay,
}

/// Numbers the steps of all readable rows of `id` in order of time; answers how many there are.
///
/// Instants that were moved up to keep a row's own order fall together with those before them, so
/// the kind decides next, and the row's number last.
pub(super) async fn lay_out(conn: &mut PgConnection, id: Uuid) -> Result<i64, sqlx::Error> {
    let laid = sqlx::query(
        "insert into import.step (import_id, number, at, kind, row)
         select $1, row_number() over (order by s.at, s.kind, r.row), s.at, s.kind, r.row
         from import.staged_row r
         cross join lateral (values
             (1::smallint, r.booked_at), (2, r.paid_at), (3, r.ended_at), (4, r.settled_at)
         ) as s (kind, at)
         where r.import_id = $1 and s.at is not null",
    )
    .bind(id)
    .execute(conn)
    .await?;
    Ok(i64::try_from(laid.rows_affected()).unwrap_or(i64::MAX))
}

/// The next steps of `id` after number `after`, `limit` at most.
pub async fn steps(
    pool: &PgPool,
    id: Uuid,
    after: i64,
    limit: i64,
) -> Result<Vec<Step>, sqlx::Error> {
    sqlx::query_as(
        "select s.number, s.at, s.kind, s.row, r.hotel, r.room, r.arrival, r.nights, r.adults,
             r.children, r.babies, r.rate_cents, r.country, r.channel, r.segment, r.deposit,
             r.ending, r.booked_at, r.paid_at, r.ended_at, r.settled_at
         from import.step s
         join import.staged_row r on r.import_id = s.import_id and r.row = s.row
         where s.import_id = $1 and s.number > $2 and s.number <= $2 + $3
         order by s.number",
    )
    .bind(id)
    .bind(after)
    .bind(limit)
    .fetch_all(pool)
    .await
}
