//! How far a reader with effects of its own, such as a process, has read the journal.

use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection, PgPool};
use tokio::time::timeout;

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

/// How long a connection may take to answer.
const ANSWER_MAX: Duration = Duration::from_secs(5);
/// The one lock class of readers, so that their names cannot meet those of others.
const READERS: i32 = 0x0CAD_0003;

/// The right to be the one who reads as `name`, held as long as this is alive and its connection
/// stands. Two may believe to hold it for a moment when a connection breaks, so what they do must
/// bear being done twice.
pub struct Ownership(PgConnection);

impl Ownership {
    /// Whether the connection, and with it the right, still stands: it answers within 5 s.
    pub async fn stands(&mut self) -> bool {
        matches!(timeout(ANSWER_MAX, self.0.ping()).await, Ok(Ok(())))
    }
}

/// Takes the right to read as `name`, or answers `None` while somebody else has it.
pub async fn own(
    options: &PgConnectOptions,
    name: &str,
) -> Result<Option<Ownership>, JournalError> {
    let unavailable = |error: sqlx::Error| JournalError::Unavailable(error.to_string());
    let owning = async {
        let mut connection = PgConnection::connect_with(options).await?;
        let owned: bool = sqlx::query_scalar("select pg_try_advisory_lock($1, hashtext($2))")
            .bind(READERS)
            .bind(name)
            .fetch_one(&mut connection)
            .await?;
        Ok(owned.then_some(Ownership(connection)))
    };
    match timeout(ANSWER_MAX, owning).await {
        Ok(owned) => owned.map_err(unavailable),
        Err(_) => Err(JournalError::Unavailable(
            "the database does not answer".to_owned(),
        )),
    }
}
