//! Why a claim's command is refused.

use crate::aggregate::{Refusal, RefusalKind};

/// Why a claim's command is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClaimRefusal {
    /// Someone else has it; who is not told.
    #[error("the value is taken by another; choose a different one")]
    Taken,
    /// Only who holds it can give it up.
    #[error("the value is held by another; only its owner can release it")]
    NotOwner,
}

impl Refusal for ClaimRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Taken => "claim_taken",
            Self::NotOwner => "claim_not_owner",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Taken => RefusalKind::Conflict,
            Self::NotOwner => RefusalKind::Forbidden,
        }
    }
}
