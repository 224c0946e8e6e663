//! A quota: how much of the store the files of one user take.
//!
//! Its stream is named by the user. It moves together with the files, in one append, so that no
//! number of uploads at once takes more than is allowed.

mod event;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::aggregate::{Aggregate, Refusal, RefusalKind};

pub use event::*;

/// How much of the store one user takes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quota {
    /// So many bytes.
    pub bytes: u64,
    /// In so many files.
    pub files: u64,
}

cqrs_aggregate!(Quota);

/// What can be asked of a quota.
#[derive(Clone, Copy, Debug)]
pub enum QuotaCommand {
    /// One file more.
    Charge {
        /// So large.
        bytes: u64,
        /// The most that all files of the user may take together.
        limit: u64,
    },
    /// One file less.
    Release {
        /// So large.
        bytes: u64,
    },
}

/// Why a quota's command is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuotaRefusal {
    /// The user takes too much already.
    #[error("your files take {used} of the {limit} bytes that you have; delete some first")]
    Exceeded {
        /// What they take.
        used: u64,
        /// What they may take.
        limit: u64,
    },
    /// More would be given back than was taken.
    #[error("the files of this user do not take so much; check the file")]
    NothingTaken,
}

impl Refusal for QuotaRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Exceeded { .. } => "quota_exceeded",
            Self::NothingTaken => "quota_nothing_taken",
        }
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::Conflict
    }
}

impl Aggregate for Quota {
    const NOUN: &'static str = "quota";
    const STATE_VERSION: u32 = 1;
    type Command = QuotaCommand;
    type Event = QuotaEvent;
    type Refusal = QuotaRefusal;

    fn decide(&self, command: &QuotaCommand) -> Result<Vec<QuotaEvent>, QuotaRefusal> {
        match *command {
            QuotaCommand::Charge { bytes, limit } => {
                let after = self.bytes.checked_add(bytes);
                if after.is_none_or(|after| after > limit) {
                    let used = self.bytes;
                    return Err(QuotaRefusal::Exceeded { used, limit });
                }
                Ok(vec![QuotaEvent::Charged(QuotaCharged { bytes })])
            }
            QuotaCommand::Release { bytes } => {
                if self.files == 0 || self.bytes < bytes {
                    return Err(QuotaRefusal::NothingTaken);
                }
                Ok(vec![QuotaEvent::Released(QuotaReleased { bytes })])
            }
        }
    }

    fn evolve(&mut self, event: &QuotaEvent) {
        // Told in another order than it was written, it still cannot fail.
        match event {
            QuotaEvent::Charged(charged) => {
                self.bytes = self.bytes.saturating_add(charged.bytes);
                self.files = self.files.saturating_add(1);
            }
            QuotaEvent::Released(released) => {
                self.bytes = self.bytes.saturating_sub(released.bytes);
                self.files = self.files.saturating_sub(1);
            }
        }
    }
}
