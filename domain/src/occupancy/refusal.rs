//! Why a command on a lot's occupancy is refused.

use chrono::NaiveDate;

use super::{OCCUPANTS_MAX, PART_MAX};
use crate::aggregate::{Refusal, RefusalKind};
use crate::id::OccupantId;
use crate::text::FieldFault;

/// Why a command on a lot's occupancy is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OccupancyRefusal {
    /// The lot never had such an occupant.
    #[error("the lot has no such occupant; check the id")]
    Unknown,
    /// The id is in use.
    #[error("the lot has an occupant with this id; choose a new one")]
    Exists,
    /// The lot is somebody else's alone at that time.
    #[error("tenant {0} has the lot to himself on some of these days; let him move out first")]
    TenancyOverlaps(OccupantId),
    /// Nobody owns more than there is.
    #[error(
        "on {day} the owners would have {sum} millionths of the lot together, which is more than \
         {PART_MAX}; correct the parts of the others first"
    )]
    PartsExceed {
        /// The first day on which it is so.
        day: NaiveDate,
        /// What they would have.
        sum: u64,
    },
    /// One person is there once at a time.
    #[error(
        "this person is occupant {0} of the lot on some of these days already; correct that one"
    )]
    PersonTwice(OccupantId),
    /// Nobody leaves before he comes.
    #[error(
        "the end has to be after the first day; a period is from its first day until the day after \
         its last"
    )]
    PeriodEmpty,
    /// He is gone.
    #[error("the occupant has left by {0} already; correct the end if that is wrong")]
    MovedOut(NaiveDate),
    /// There is no such part.
    #[error("a part is from 1 to {PART_MAX} millionths")]
    PartOutOfRange,
    /// Only owners have a part.
    #[error("a tenant has no part of the lot; leave it out")]
    PartOfTenant,
    /// Only a tenant is alone by right.
    #[error("only a tenant has a lot to himself; leave `exclusive` out for an owner")]
    ExclusiveOwner,
    /// No address to write to.
    #[error("this is no e-mail address; write it like `name@example.org`")]
    EmailMalformed,
    /// More than any lot has seen.
    #[error("a lot has at most {OCCUPANTS_MAX} occupants in all its history")]
    TooMany,
    /// A text field is at fault.
    #[error(transparent)]
    Text(#[from] FieldFault),
}

impl Refusal for OccupancyRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "occupant_unknown",
            Self::Exists => "occupant_exists",
            Self::TenancyOverlaps(_) => "tenancy_overlaps",
            Self::PartsExceed { .. } => "parts_exceed",
            Self::PersonTwice(_) => "occupant_twice",
            Self::PeriodEmpty => "period_empty",
            Self::MovedOut(_) => "moved_out",
            Self::PartOutOfRange => "part_out_of_range",
            Self::PartOfTenant => "part_of_tenant",
            Self::ExclusiveOwner => "exclusive_owner",
            Self::EmailMalformed => "email_malformed",
            Self::TooMany => "too_many",
            Self::Text(fault) => fault.fault.code(),
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Unknown => RefusalKind::Unknown,
            Self::Exists
            | Self::TenancyOverlaps(_)
            | Self::PartsExceed { .. }
            | Self::PersonTwice(_)
            | Self::MovedOut(_)
            | Self::TooMany => RefusalKind::Conflict,
            Self::PeriodEmpty
            | Self::PartOutOfRange
            | Self::PartOfTenant
            | Self::ExclusiveOwner
            | Self::EmailMalformed
            | Self::Text(_) => RefusalKind::Invalid,
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::TenancyOverlaps(_) => Some("/from"),
            Self::PeriodEmpty | Self::MovedOut(_) => Some("/until"),
            Self::PartsExceed { .. } | Self::PartOutOfRange | Self::PartOfTenant => Some("/part"),
            Self::PersonTwice(_) => Some("/name"),
            Self::ExclusiveOwner => Some("/exclusive"),
            Self::EmailMalformed => Some("/email"),
            Self::Text(fault) => Some(fault.pointer),
            Self::Unknown | Self::Exists | Self::TooMany => None,
        }
    }
}
