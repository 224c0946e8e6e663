//! What can go wrong with a journal, in sentences that name the fault and the remedy.

use uuid::Uuid;

use crate::append::Expected;
use crate::recorded::{Position, Version};
use crate::stream::StreamName;

/// One expectation that did not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// The stream.
    pub stream: StreamName,
    /// What was expected of it.
    pub expected: Expected,
    /// What it really has; 0 for an empty stream.
    pub actual: Version,
    /// The id of the last event that it really has, where that is known.
    pub last: Option<Uuid>,
}

/// Why an append did not go through.
#[derive(Clone, Debug, thiserror::Error)]
pub enum AppendError {
    /// Streams have moved on, or what the append rested on never came to be. Decide again.
    #[error("{} of the streams are not at the version they were expected at", .0.len())]
    Conflict(Vec<Mismatch>),
    /// The key was used before with another request.
    #[error("the idempotency key was used before with another request; choose a new key")]
    KeyReused,
    /// The append can never go through as it is.
    #[error("{0}")]
    Invalid(String),
    /// Nothing was recorded; the journal cannot be written to at the moment.
    #[error("the journal cannot be written to at the moment: {0}")]
    Unavailable(String),
    /// The connection broke between send and answer, and the journal could not be asked since.
    /// The same append with the same key finds out.
    #[error("whether this was recorded is not known; ask again with the same idempotency key: {0}")]
    Unknown(String),
}

/// Why the journal could not be read or opened.
#[derive(Clone, Debug, thiserror::Error)]
pub enum JournalError {
    /// Not a name of a stream.
    #[error("`{0}` is no stream: a name is a noun, a hyphen and an id, 1 to 128 bytes together")]
    StreamName(String),
    /// The database cannot be reached or answered with an error.
    #[error("the journal cannot be read at the moment: {0}")]
    Unavailable(String),
    /// The database is set up so that an acknowledged event could be lost, or not at all.
    #[error("{0}")]
    Unfit(String),
}

/// Why a subscriber stopped.
#[derive(Clone, Debug, thiserror::Error)]
pub enum FeedError {
    /// The journal ends before the subscriber's place, as it does after a restore of an old backup.
    #[error(
        "this subscriber has seen position {asked}, but the journal ends at {head}: it was probably \
         restored from a backup; rebuild what depends on it"
    )]
    BeyondEnd {
        /// The last position that the subscriber has seen.
        asked: Position,
        /// The last position of the journal.
        head: Position,
    },
    /// The journal cannot be read at the moment; the next call tries again from the same place.
    #[error(transparent)]
    Journal(#[from] JournalError),
}
