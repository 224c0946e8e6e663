//! What an error of the database means to the writer.

use sqlx::postgres::{PgDatabaseError, PgSeverity};

/// What became of a statement that was to record a batch.
#[derive(Debug)]
pub(super) enum Fault {
    /// Another writer was first: nothing was recorded, there is news.
    Fence,
    /// A stream is not at the version that was believed.
    Stream,
    /// Something is stored with a key of the batch.
    Key,
    /// Another was in the way.
    Contended,
    /// There is no partition for these positions.
    Partition,
    /// Nothing was recorded, and the same may work later.
    Unavailable(String),
    /// Nothing was recorded, and something in the batch is why.
    Refused(String),
    /// Whether it was recorded is not known.
    Lost(String),
}

impl Fault {
    pub(super) fn of(error: &sqlx::Error) -> Self {
        let Some(error) = database_error(error) else {
            return Self::Lost(error.to_string());
        };
        // Only an error that leaves the session alive says for certain that nothing was recorded.
        if error.severity() != PgSeverity::Error {
            return Self::Lost(error.message().to_owned());
        }
        let sentence = error.message().to_owned();
        match error.code() {
            "23505" => unique(error),
            "23514" if error.constraint().is_none() => Self::Partition,
            "40001" | "40P01" => Self::Contended,
            "25006" => Self::Unavailable(format!("the database is read-only ({sentence})")),
            "53100" => Self::Unavailable(format!("the disk of the database is full ({sentence})")),
            code => match &code[..2] {
                "22" | "23" | "54" => Self::Refused(sentence),
                _ => Self::Unavailable(sentence),
            },
        }
    }
}

fn unique(error: &PgDatabaseError) -> Fault {
    let constraint = error.constraint().unwrap_or_default();
    if error
        .table()
        .is_some_and(|table| table.starts_with("idempotency_key"))
    {
        Fault::Key
    } else if constraint.ends_with("_stream_version") {
        Fault::Stream
    } else if constraint.ends_with("_position") {
        Fault::Fence
    } else {
        Fault::Refused(error.message().to_owned())
    }
}

/// Whether the connection is of no further use. An error that the server answered leaves it usable
/// unless it ended the session.
pub(super) fn is_lost(error: &sqlx::Error) -> bool {
    database_error(error).is_none_or(|error| error.severity() != PgSeverity::Error)
}

fn database_error(error: &sqlx::Error) -> Option<&PgDatabaseError> {
    match error {
        sqlx::Error::Database(error) => error.try_downcast_ref::<PgDatabaseError>(),
        _ => None,
    }
}
