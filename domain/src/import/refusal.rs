//! Why an import's command is refused.

use crate::aggregate::{Refusal, RefusalKind};

/// Why an import's command is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportRefusal {
    /// No such file was brought.
    #[error("there is no such import; check the id")]
    Unknown,
    /// Its rows are not wanted any more.
    #[error("the import was cancelled; send the file again to begin anew")]
    Cancelled,
    /// It is too late to cancel.
    #[error("the import has finished; what it brought in has to be corrected one by one")]
    Finished,
}

impl Refusal for ImportRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "import_unknown",
            Self::Cancelled => "import_cancelled",
            Self::Finished => "import_finished",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Unknown => RefusalKind::Unknown,
            Self::Cancelled | Self::Finished => RefusalKind::Conflict,
        }
    }
}
