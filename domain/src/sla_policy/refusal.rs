//! Why a service level is refused.

use crate::aggregate::{Refusal, RefusalKind};

/// Why a service level is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SlaPolicyRefusal {
    /// The id is that of another scope.
    #[error("this service level holds for something else; set that of the building by its own id")]
    OfAnother,
    /// A week without hours, or with too many stretches.
    #[error("a week has 1 to {0} openings; without any, no clock would ever run")]
    Openings(usize),
    /// An opening that is none.
    #[error(
        "an opening is on a weekday from 1 (Monday) to 7, and ends after it begins, at minute 1440 \
         at the latest"
    )]
    OpeningOutOfRange,
    /// An hour would count twice.
    #[error("two openings of a day overlap; make one of them")]
    OpeningsMeet,
    /// More than anyone celebrates.
    #[error("a calendar has at most {0} holidays; leave out those that are long past")]
    Holidays(usize),
    /// Nothing is promised.
    #[error("name at least one priority and its targets")]
    NoTarget,
    /// A target that is none.
    #[error("a target is 1 to 527,040 minutes")]
    TargetOutOfRange,
    /// A clock cannot pause where it has stopped.
    #[error("clocks cannot pause in `{0}`; choose among `open`, `in_progress` and `deferred`")]
    NoPause(&'static str),
    /// A warning after the fact.
    #[error("a warning is given at 1 to 99 hundredths of a target")]
    PercentOutOfRange,
}

impl Refusal for SlaPolicyRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::OfAnother => "sla_policy_of_another",
            Self::Openings(_) => "openings_out_of_range",
            Self::OpeningOutOfRange => "opening_out_of_range",
            Self::OpeningsMeet => "openings_overlap",
            Self::Holidays(_) => "too_many",
            Self::NoTarget => "target_missing",
            Self::TargetOutOfRange => "target_out_of_range",
            Self::NoPause(_) => "pause_not_possible",
            Self::PercentOutOfRange => "percent_out_of_range",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::OfAnother => RefusalKind::Conflict,
            _ => RefusalKind::Invalid,
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::OfAnother => None,
            Self::Openings(_) | Self::OpeningOutOfRange | Self::OpeningsMeet => {
                Some("/calendar/openings")
            }
            Self::Holidays(_) => Some("/calendar/holidays"),
            Self::NoTarget | Self::TargetOutOfRange => Some("/targets"),
            Self::NoPause(_) => Some("/pauses"),
            Self::PercentOutOfRange => Some("/escalate_at_percent"),
        }
    }
}
