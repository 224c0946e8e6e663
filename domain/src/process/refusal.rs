//! Why a process's command is refused.

use crate::aggregate::{Refusal, RefusalKind};
use crate::text::FieldFault;

/// Why a process's command is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProcessRefusal {
    /// Never started.
    #[error("there is no such process; check its kind and id")]
    Unknown,
    /// Started for something else.
    #[error("the process runs for another kind or subject; start it under its own id")]
    StartedOtherwise,
    /// It has nothing left to do.
    #[error("the process has ended; nothing can be added to its story")]
    Ended,
    /// An answer came to what was never asked.
    #[error("no effect was intended with this key; record the intention before asking")]
    EffectNotIntended,
    /// One key stands for one effect.
    #[error("the key was used for the effect `{0}`; choose another key")]
    KeyReused(String),
    /// Two answers disagree.
    #[error("the effect was answered otherwise before; the first answer stands")]
    AnsweredOtherwise,
    /// An answer is still awaited.
    #[error("`{0}` was asked and is not answered yet; record its answer before ending")]
    EffectOpen(String),
    /// There is nothing to try again.
    #[error("no step of the process stands refused; there is nothing to try again")]
    NothingRefused,
    /// More than the state should carry.
    #[error("the process has taken {0} {1}, which is the most there can be; end it")]
    TooLong(usize, &'static str),
    /// A text is at fault.
    #[error(transparent)]
    Text(#[from] FieldFault),
}

impl Refusal for ProcessRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "process_unknown",
            Self::StartedOtherwise => "process_started_otherwise",
            Self::Ended => "process_ended",
            Self::EffectNotIntended => "effect_not_intended",
            Self::KeyReused(_) => "effect_key_reused",
            Self::AnsweredOtherwise => "effect_answered_otherwise",
            Self::EffectOpen(_) => "effect_open",
            Self::NothingRefused => "nothing_refused",
            Self::TooLong(..) => "process_too_long",
            Self::Text(fault) => fault.fault.code(),
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Unknown => RefusalKind::Unknown,
            Self::Text(_) => RefusalKind::Invalid,
            Self::StartedOtherwise
            | Self::Ended
            | Self::EffectNotIntended
            | Self::KeyReused(_)
            | Self::AnsweredOtherwise
            | Self::EffectOpen(_)
            | Self::NothingRefused
            | Self::TooLong(..) => RefusalKind::Conflict,
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::Text(fault) => Some(fault.pointer),
            _ => None,
        }
    }
}
