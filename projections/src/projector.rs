//! What every read model gives: where it lives, which events are its own, and how they become rows.

use std::sync::Arc;

use futures::future::BoxFuture;
use sqlx::PgConnection;

use crate::column::ColumnError;
use crate::decoded::Decoded;
use crate::row::Table;

/// Turns events into the rows of one Postgres schema.
///
/// It uses nothing but its events (no clock, no chance, no sequence), and an event writes only
/// rows of its key, or rows derived from those; so the same events always give the same rows.
pub trait Projector: Send + Sync + 'static {
    /// The name of the projection and of its schema; never renamed.
    fn name(&self) -> &'static str;

    /// Raised whenever the tables or what is written to them changes.
    fn version(&self) -> i32;

    /// The tables, indexes, views, comments and grants, with unqualified names.
    fn ddl(&self) -> &'static str;

    /// Every table that [`ddl`](Projector::ddl) makes, by which two builds are compared.
    fn tables(&self) -> &'static [Table];

    /// The key of the rows that `event` writes; `None` if it is none of this projection's.
    fn key(&self, event: &Decoded) -> Option<String>;

    /// Writes the rows of `batch`, whose events all have a key and come in order. The names of
    /// the tables resolve in the projection's own schema.
    fn apply<'a>(
        &'a self,
        conn: &'a mut PgConnection,
        batch: &'a [Arc<Decoded>],
        derive: Derive,
    ) -> BoxFuture<'a, Result<(), ApplyError>>;

    /// Works out all rows over many keys from the rows of the keys, as they are now.
    fn derive_all<'a>(
        &'a self,
        _conn: &'a mut PgConnection,
    ) -> BoxFuture<'a, Result<(), ApplyError>> {
        Box::pin(async { Ok(()) })
    }
}

/// When the rows over many keys follow the rows that a batch writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Derive {
    /// With the batch.
    Now,
    /// Later, all at once, by [`derive_all`](Projector::derive_all): many batches are taken in
    /// side by side, each of other keys.
    Later,
}

/// Why a batch did not become rows.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// Postgres said no.
    #[error(transparent)]
    Sql(#[from] sqlx::Error),
    /// The events do not add up to a row.
    #[error("{0}")]
    Fold(String),
}

impl From<ColumnError> for ApplyError {
    fn from(error: ColumnError) -> Self {
        Self::Fold(error.to_string())
    }
}

/// What is to be done about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// Try again: the connection, a lock or the disk is at fault.
    Retry,
    /// Stop: the tables are not what the projector expects.
    Stop,
    /// Park the key: the event itself is at fault.
    Park,
}

impl ApplyError {
    pub(crate) fn remedy(&self) -> Remedy {
        match self {
            Self::Sql(error) => remedy(error),
            Self::Fold(_) => Remedy::Park,
        }
    }
}

/// What is to be done about an error of Postgres, by its class.
pub(crate) fn remedy(error: &sqlx::Error) -> Remedy {
    let sqlx::Error::Database(database) = error else {
        return match error {
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::BeginFailed => Remedy::Retry,
            sqlx::Error::ColumnNotFound(_) | sqlx::Error::Configuration(_) => Remedy::Stop,
            _ => Remedy::Park,
        };
    };
    let code = database.code().unwrap_or_default();
    match code.get(..2).unwrap_or_default() {
        // Connection, rolled back, out of resources, operator, system; a lock; read-only standby.
        "08" | "40" | "53" | "57" | "58" => Remedy::Retry,
        _ if code == "55P03" || code == "25006" => Remedy::Retry,
        // A missing table, column, right or schema is never the fault of an event.
        "42" | "3F" => Remedy::Stop,
        _ => Remedy::Park,
    }
}
