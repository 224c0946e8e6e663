//! What can go wrong, in cqrs-es's words.

use cqrs_es::persist::PersistenceError;

use crate::error::{AppendError, JournalError};
use crate::stream::StreamName;

/// What a cqrs-es application may ask for and this journal does not do, with the remedy.
#[derive(Debug, thiserror::Error)]
pub enum CqrsError {
    /// The type cannot stand at the beginning of a stream's name.
    #[error(
        "`{0}` cannot be the type of an aggregate here, since a stream is named by type, hyphen \
         and id: choose a `TYPE` without a hyphen"
    )]
    AggregateType(String),
    /// The journal counts the shapes of an event.
    #[error(
        "`{version}` cannot be the version of `{event_type}`: answer a whole number from 1 on in \
         `event_version`, such as \"2\", and count by it in upcasters"
    )]
    EventVersion {
        /// The event.
        event_type: String,
        /// What its `event_version` answered.
        version: String,
    },
    /// A stream has no gaps.
    #[error(
        "event {sequence} of {stream} cannot follow event {last}: sequences rise from 1 by one; \
         let `PersistedEventStore` count them"
    )]
    Sequence {
        /// The stream.
        stream: StreamName,
        /// The event before it.
        last: usize,
        /// What was asked.
        sequence: usize,
    },
    /// cqrs-es applies an event to the aggregate in its sink and once more for the snapshot.
    #[error(
        "no snapshots are kept here, since cqrs-es takes them of aggregates that had their events \
         applied twice: build the store with `PersistedEventStore::new_event_store`"
    )]
    Snapshots,
    /// The connection broke between send and answer.
    #[error("whether this was recorded is not known; load the aggregate before asking again: {0}")]
    Unknown(String),
    /// It was not written by a cqrs-es application.
    #[error("the {what} of event {position} cannot be read as JSON: {source}")]
    NotJson {
        /// The data or the metadata.
        what: &'static str,
        /// Where it stands.
        position: i64,
        /// What the reader says.
        source: serde_json::Error,
    },
}

impl From<CqrsError> for PersistenceError {
    fn from(error: CqrsError) -> Self {
        match error {
            CqrsError::NotJson { .. } => Self::DeserializationError(Box::new(error)),
            CqrsError::Unknown(_) => Self::ConnectionError(Box::new(error)),
            _ => Self::UnknownError(Box::new(error)),
        }
    }
}

/// Why an append failed. A conflict is cqrs-es's own, so whoever retries on it goes on doing so.
pub(super) fn unrecorded(error: AppendError) -> PersistenceError {
    match error {
        AppendError::Conflict(_) => PersistenceError::OptimisticLockError,
        AppendError::Unknown(text) => CqrsError::Unknown(text).into(),
        AppendError::Unavailable(_) => PersistenceError::ConnectionError(Box::new(error)),
        AppendError::KeyReused | AppendError::Invalid(_) => {
            PersistenceError::UnknownError(Box::new(error))
        }
    }
}

/// Why events could not be read.
pub(super) fn unread(error: JournalError) -> PersistenceError {
    match error {
        JournalError::Unavailable(_) => PersistenceError::ConnectionError(Box::new(error)),
        JournalError::StreamName(_) | JournalError::Unfit(_) => {
            PersistenceError::UnknownError(Box::new(error))
        }
    }
}
