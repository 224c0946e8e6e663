//! The one place where errors of the house become HTTP.

use commands::{CommandError, Refused};
use domain::{Refusal, RefusalKind};
use eventstore::JournalError;
use projections::{QueryError, WaitError};

use crate::json::Fault;
use crate::problem::Problem;

impl From<CommandError> for Problem {
    fn from(error: CommandError) -> Self {
        let detail = sentence(&error.to_string());
        match error {
            CommandError::Refused(refused) => Self::from(refused),
            CommandError::Stale { .. } => Self::stale(detail),
            CommandError::KeyReused => Self::invalid("idempotency_key_reused", detail),
            CommandError::Unauthenticated => Self::unauthenticated("session_ended", detail),
            CommandError::Contended => Self::unavailable("contended", detail, 1),
            CommandError::Unavailable(cause) => {
                tracing::warn!(cause, "a command met a journal that is away");
                Self::unavailable("journal_unavailable", detail, 1)
            }
            CommandError::Broken(cause) => {
                tracing::error!(cause, "a command failed through our own fault");
                Self::broken()
            }
            CommandError::Moved => {
                tracing::error!("a command let a link that moved on out of the house");
                Self::broken()
            }
        }
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        let Refused {
            code,
            kind,
            pointer,
            detail,
            next_free,
        } = refused;
        let detail = sentence(&detail);
        let problem = match kind {
            RefusalKind::Unknown => Self::unknown(code.clone(), detail.clone()),
            RefusalKind::Forbidden => Self::forbidden(code.clone(), detail.clone()),
            RefusalKind::Conflict => Self::conflict(code.clone(), detail.clone()),
            RefusalKind::Gone => Self::gone(code.clone(), detail.clone()),
            RefusalKind::Invalid => Self::invalid(code.clone(), detail.clone()),
            RefusalKind::TooSoon { seconds } => {
                Self::too_soon(code.clone(), detail.clone(), seconds)
            }
        };
        let problem = problem.with_next_free(next_free);
        match pointer {
            Some(pointer) => problem.with_fault(Fault::at(pointer, code, detail)),
            None => problem,
        }
    }
}

impl From<QueryError> for Problem {
    fn from(error: QueryError) -> Self {
        let detail = sentence(&error.to_string());
        match error {
            QueryError::CursorInvalid => Self::invalid("cursor_invalid", detail.clone())
                .with_fault(Fault::of("cursor", "cursor_invalid", detail)),
            QueryError::Parked { .. } => Self::unavailable("projection_parked", detail, 60),
            QueryError::Unavailable(_) => Self::away(&error),
        }
    }
}

impl From<WaitError> for Problem {
    fn from(error: WaitError) -> Self {
        let detail = sentence(&error.to_string());
        match error {
            WaitError::PositionUnknown { .. } => Self::invalid("position_unknown", detail.clone())
                .with_fault(Fault::of("min_position", "position_unknown", detail)),
            WaitError::NotReached { .. } => Self::unavailable("projection_behind", detail, 1),
            WaitError::Unknown(_) => Self::internal(&error),
            WaitError::Unavailable(_) => Self::away(&error),
        }
    }
}

impl From<JournalError> for Problem {
    fn from(error: JournalError) -> Self {
        Self::away(&error)
    }
}

/// A refusal of an aggregate that was asked without a command.
pub fn refusal(refusal: impl Refusal) -> Problem {
    CommandError::from(refusal).into()
}

/// The house writes its sentences without a capital and a full stop, for they are put together.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let whole: String = match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    };
    if whole.ends_with(['.', '!', '?']) {
        whole
    } else {
        format!("{whole}.")
    }
}
