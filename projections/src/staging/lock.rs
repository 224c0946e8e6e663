//! One import of one content at a time.

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};

/// The right to import one content, held as long as its connection lives: it goes with the process,
/// however that ends.
#[derive(Debug)]
pub struct ImportLock(PgConnection);

impl ImportLock {
    /// Takes the lock on the content with this SHA-256, or on the import with this id, or answers
    /// that somebody has it.
    pub async fn take(
        options: &PgConnectOptions,
        name: &[u8],
    ) -> Result<Option<Self>, sqlx::Error> {
        let mut connection = PgConnection::connect_with(options).await?;
        let taken: bool = sqlx::query_scalar("select pg_try_advisory_lock($1)")
            .bind(key(name))
            .fetch_one(&mut connection)
            .await?;
        if taken {
            return Ok(Some(Self(connection)));
        }
        connection.close().await?;
        Ok(None)
    }

    /// Gives it back. Closing the connection would do it too, but some time after that.
    pub async fn release(mut self) -> Result<(), sqlx::Error> {
        sqlx::query("select pg_advisory_unlock_all()")
            .execute(&mut self.0)
            .await?;
        self.0.close().await
    }
}

/// Two whose names begin with the same eight bytes would only wait for each other.
fn key(name: &[u8]) -> i64 {
    name.first_chunk()
        .map_or(0, |first| i64::from_be_bytes(*first))
}
