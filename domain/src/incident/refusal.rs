//! Why an incident's command is refused.

use super::{COMMENTS_MAX, FILES_MAX, MOVES_MAX};
use crate::aggregate::{Refusal, RefusalKind};
use crate::text::FieldFault;

/// Why an incident's command is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IncidentRefusal {
    /// Never reported.
    #[error("there is no such incident; check the id")]
    Unknown,
    /// The id is in use.
    #[error("an incident with this id exists; report it under a new id")]
    Exists,
    /// The table has no such line.
    #[error("an incident cannot come from `{from}` to `{to}`; see what may follow `{from}`")]
    Illegal {
        /// Where it is.
        from: &'static str,
        /// Where it was to come.
        to: &'static str,
    },
    /// It is over.
    #[error("the incident is `{0}`; only those who work on it can still comment on it")]
    Over(&'static str),
    /// It is done; only closing or reopening is left.
    #[error("the incident is completed; reopen it first")]
    Completed,
    /// The end of a wait lies behind.
    #[error("put it off until an instant that is still to come")]
    DeferralPast,
    /// Nobody waits so long.
    #[error("put it off for {0} days at most")]
    DeferralTooLong(i64),
    /// The time to complain has passed.
    #[error("it was completed more than {0} days ago; report it anew")]
    ReopenTooLate(i64),
    /// A deadline before the report.
    #[error("choose a deadline that is still to come")]
    DuePast,
    /// Only those who work on it talk among themselves.
    #[error("only those who work on the incident can comment internally")]
    CommentType,
    /// More than anyone reads.
    #[error("an incident has at most {COMMENTS_MAX} comments; report another")]
    TooManyComments,
    /// More than anyone looks at.
    #[error("an incident has at most {FILES_MAX} files; take one away first")]
    TooManyFiles,
    /// It is not put to this incident.
    #[error("the incident has no such file; check the id")]
    FileUnknown,
    /// It went to and fro too often.
    #[error("an incident changes its state at most {MOVES_MAX} times; report another")]
    TooManyMoves,
    /// A text is at fault.
    #[error(transparent)]
    Text(#[from] FieldFault),
}

impl Refusal for IncidentRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "incident_unknown",
            Self::Exists => "incident_exists",
            Self::Illegal { .. } => "transition_illegal",
            Self::Over(_) => "incident_over",
            Self::Completed => "incident_completed",
            Self::DeferralPast => "deferral_past",
            Self::DeferralTooLong(_) => "deferral_too_long",
            Self::ReopenTooLate(_) => "reopen_too_late",
            Self::DuePast => "due_past",
            Self::CommentType => "comment_type_not_allowed",
            Self::TooManyComments | Self::TooManyFiles | Self::TooManyMoves => "too_many",
            Self::FileUnknown => "attachment_unknown",
            Self::Text(fault) => fault.fault.code(),
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Unknown | Self::FileUnknown => RefusalKind::Unknown,
            Self::CommentType => RefusalKind::Forbidden,
            Self::Exists
            | Self::Illegal { .. }
            | Self::Over(_)
            | Self::Completed
            | Self::ReopenTooLate(_)
            | Self::TooManyComments
            | Self::TooManyFiles
            | Self::TooManyMoves => RefusalKind::Conflict,
            Self::DeferralPast | Self::DeferralTooLong(_) | Self::DuePast | Self::Text(_) => {
                RefusalKind::Invalid
            }
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::DeferralPast | Self::DeferralTooLong(_) => Some("/until"),
            Self::DuePast => Some("/due_at"),
            Self::CommentType => Some("/visibility"),
            Self::Text(fault) => Some(fault.pointer),
            _ => None,
        }
    }
}
