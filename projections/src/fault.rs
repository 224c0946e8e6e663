//! Why a batch was not taken in, by what is to be done about it.

use crate::projector::{ApplyError, Remedy, remedy};
use crate::replay::ReplayError;

/// Why a batch was not taken in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// Somebody else has moved the checkpoint, or a rebuild has taken the place of the tables.
    #[error("the checkpoint is not where it was left")]
    Moved,
    /// To be tried again.
    #[error("{0}")]
    Transient(String),
    /// Not to be tried again before somebody has looked at it.
    #[error("{0}")]
    Stop(String),
    /// One of the events is at fault; never leaves its instance.
    #[error("{0}")]
    Event(String),
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        match remedy(&error) {
            Remedy::Retry => Self::Transient(error.to_string()),
            Remedy::Stop | Remedy::Park => Self::Stop(error.to_string()),
        }
    }
}

impl From<ApplyError> for Fault {
    fn from(error: ApplyError) -> Self {
        match error.remedy() {
            Remedy::Retry => Self::Transient(error.to_string()),
            Remedy::Stop => Self::Stop(error.to_string()),
            Remedy::Park => Self::Event(error.to_string()),
        }
    }
}

impl From<ReplayError> for Fault {
    fn from(error: ReplayError) -> Self {
        match error {
            ReplayError::Journal(_) | ReplayError::Missing(_) => Self::Transient(error.to_string()),
            ReplayError::Undecodable(_) | ReplayError::GivenUp(_) => Self::Stop(error.to_string()),
        }
    }
}
