//! Why a share table's command is refused.

use chrono::NaiveDate;

use super::TOTAL_MAX;
use crate::aggregate::{Refusal, RefusalKind};
use crate::text::FieldFault;

/// Why a share table's command is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShareTableRefusal {
    /// Never closed.
    #[error("there is no such share table; check the id")]
    Unknown,
    /// Something is missing or too much.
    #[error(
        "the shares of all lots for this key add up to {sum}, but the total is {total}; correct \
         the lots' shares or the total"
    )]
    SumDiffers {
        /// What the lots' shares add up to.
        sum: u64,
        /// What they should add up to.
        total: u64,
    },
    /// Another table counts from this very day.
    #[error(
        "the shares for this key were closed from {0} on with other parts; withdraw that table, or \
         name a later day"
    )]
    Closed(NaiveDate),
    /// A total no syndicate would write.
    #[error("a total is from 1 to {TOTAL_MAX}")]
    TotalOutOfRange,
    /// A text field is at fault.
    #[error(transparent)]
    Text(#[from] FieldFault),
}

impl Refusal for ShareTableRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "share_table_unknown",
            Self::SumDiffers { .. } => "shares_sum_differs",
            Self::Closed(_) => "shares_closed",
            Self::TotalOutOfRange => "total_out_of_range",
            Self::Text(fault) => fault.fault.code(),
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Unknown => RefusalKind::Unknown,
            Self::SumDiffers { .. } | Self::Closed(_) => RefusalKind::Conflict,
            Self::TotalOutOfRange | Self::Text(_) => RefusalKind::Invalid,
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::Unknown => None,
            Self::SumDiffers { .. } | Self::TotalOutOfRange => Some("/total"),
            Self::Closed(_) => Some("/from"),
            Self::Text(fault) => Some(fault.pointer),
        }
    }
}
