//! What a party gets back when a booking is cancelled.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A set of rules for what is given back on a cancellation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancellationPolicy {
    /// All until 24 hours before check-in; then the host keeps one night.
    Flexible,
    /// All until 5 days before; then the host keeps a night and half of the rest.
    Moderate,
    /// All until 14 days before, half of the nights until 7.
    Limited,
    /// All until 30 days before, half of the nights until 7.
    Firm,
    /// All within 48 hours of booking if 14 days before; half of the nights until 7.
    Strict,
    /// Half of the nights until 30 days before.
    #[serde(rename = "super_strict_30")]
    SuperStrict30,
    /// Half of the nights until 60 days before.
    #[serde(rename = "super_strict_60")]
    SuperStrict60,
    /// For 28 nights and more: the host keeps the next 30 nights.
    LongStay,
    /// Nothing, ever.
    NonRefundable,
    /// All, always.
    FullyRefundable,
}

impl CancellationPolicy {
    /// The policy that holds for so many nights: 28 and more have rules of their own, unless all
    /// or nothing was agreed upon.
    #[must_use]
    pub fn for_nights(self, nights: i64) -> Self {
        match self {
            Self::NonRefundable | Self::FullyRefundable => self,
            _ if nights >= LONG_STAY_NIGHTS_MIN => Self::LongStay,
            _ => self,
        }
    }

    /// It in its present wording.
    pub fn terms(self) -> PolicyTerms {
        PolicyTerms {
            id: self,
            version: POLICY_VERSION,
        }
    }
}

/// From how many nights on a stay is a long one.
pub const LONG_STAY_NIGHTS_MIN: i64 = 28;

/// The number of the present set of rules; a changed rule is a new number.
pub const POLICY_VERSION: u16 = 1;

/// A policy in one wording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyTerms {
    /// Which policy.
    pub id: CancellationPolicy,
    /// Which wording of it.
    pub version: u16,
}

/// The rule of a policy that decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// It was not confirmed yet: all goes back.
    Unconfirmed,
    /// The host or the platform called it off: all goes back.
    NotTheGuest,
    /// Soon after confirmation and long before check-in: all goes back.
    Grace,
    /// Early enough: all goes back.
    Full,
    /// Half of the nights go back.
    Half,
    /// The nights spent and the next one are kept.
    NightKept,
    /// The nights spent, the next one and half of the rest are kept.
    NightAndHalfKept,
    /// The nights spent and the next 30 are kept.
    MonthKept,
    /// No night goes back.
    NoNight,
    /// Nothing goes back, no fee either.
    Nothing,
}

/// What a line of a refund is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum RefundPart {
    /// One night, after discount.
    Night {
        /// Which.
        night: NaiveDate,
    },
    /// The cleaning fee.
    CleaningFee,
    /// The platform's fee.
    ServiceFee,
    /// What was paid beyond the total.
    Excess,
}

/// What is kept of one part and what goes back, in minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefundLine {
    /// What it is about.
    pub part: RefundPart,
    /// What is kept.
    pub kept: i64,
    /// What goes back.
    pub refunded: i64,
}
