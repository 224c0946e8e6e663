//! Why a roster's command is refused.

use crate::aggregate::{Refusal, RefusalKind};

/// Why a roster's command is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RosterRefusal {
    /// The house would be left without anyone who can open it again.
    #[error("this is the last active administrator; make someone else one first")]
    LastAdmin,
    /// More than the state should carry.
    #[error("there are {0} administrators, which is the most there can be; revoke one first")]
    Full(usize),
}

impl Refusal for RosterRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::LastAdmin => "last_admin",
            Self::Full(_) => "roster_full",
        }
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::Conflict
    }
}
