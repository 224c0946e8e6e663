//! Why a payment says no.

use crate::aggregate::{Refusal, RefusalKind};
use crate::money::{Currency, Money};
use crate::payment::REFUNDS_MAX;
use crate::text::FieldFault;

/// Why a payment says no.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PaymentRefusal {
    /// There is no such payment.
    #[error("there is no such payment")]
    Unknown,
    /// Its id is taken.
    #[error("a payment with this id asks for something else; use a new id")]
    AlreadyCreated,
    /// Nothing, or less, is asked for.
    #[error("the amount must be more than nothing")]
    AmountNotPositive,
    /// Another currency than the payment's.
    #[error("the payment is in {0}; name an amount in that currency")]
    CurrencyMismatch(Currency),
    /// Another amount was captured than was asked for.
    #[error("exactly {asked} was asked for, but {captured} was captured; look at the provider")]
    AmountMismatch {
        /// What was asked for.
        asked: Money,
        /// What was captured.
        captured: Money,
    },
    /// It was captured under another name already.
    #[error("the money was captured already, under another reference; look at the provider")]
    AlreadySucceeded,
    /// It cannot be cancelled any more.
    #[error("the money was captured already; refund it instead of cancelling")]
    Captured,
    /// There is nothing to give back.
    #[error("no money was captured, so none can be refunded")]
    NotCaptured,
    /// More is asked back than there is.
    #[error("only {remaining} can still be refunded")]
    RefundExceedsRemaining {
        /// What can still go back.
        remaining: Money,
    },
    /// The refund's id is taken by another.
    #[error("a refund with this id is of another amount; use a new id")]
    RefundIdReused,
    /// Too many refunds of one payment.
    #[error("a payment has at most {REFUNDS_MAX} refunds; refund the rest at once elsewhere")]
    TooManyRefunds,
    /// There is no such refund.
    #[error("no such refund was asked for")]
    RefundUnknown,
    /// The refund failed for good.
    #[error("the refund has failed and its money was booked back; ask for a new one")]
    RefundFailed,
    /// A text is not fit to be kept.
    #[error(transparent)]
    Text(#[from] FieldFault),
}

impl Refusal for PaymentRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "payment_unknown",
            Self::AlreadyCreated => "payment_already_created",
            Self::AmountNotPositive => "amount_not_positive",
            Self::CurrencyMismatch(_) => "currency_mismatch",
            Self::AmountMismatch { .. } => "amount_mismatch",
            Self::AlreadySucceeded => "payment_already_succeeded",
            Self::Captured => "payment_captured",
            Self::NotCaptured => "payment_not_captured",
            Self::RefundExceedsRemaining { .. } => "refund_exceeds_remaining",
            Self::RefundIdReused => "refund_id_reused",
            Self::TooManyRefunds => "too_many_refunds",
            Self::RefundUnknown => "refund_unknown",
            Self::RefundFailed => "refund_failed",
            Self::Text(fault) => fault.fault.code(),
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Unknown | Self::RefundUnknown => RefusalKind::Unknown,
            Self::AmountNotPositive | Self::CurrencyMismatch(_) | Self::Text(_) => {
                RefusalKind::Invalid
            }
            Self::AlreadyCreated
            | Self::AmountMismatch { .. }
            | Self::AlreadySucceeded
            | Self::Captured
            | Self::NotCaptured
            | Self::RefundExceedsRemaining { .. }
            | Self::RefundIdReused
            | Self::TooManyRefunds
            | Self::RefundFailed => RefusalKind::Conflict,
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::AmountNotPositive
            | Self::AmountMismatch { .. }
            | Self::RefundExceedsRemaining { .. } => Some("/amount"),
            Self::CurrencyMismatch(_) => Some("/amount/currency"),
            Self::Text(fault) => Some(fault.pointer),
            Self::Unknown
            | Self::AlreadyCreated
            | Self::AlreadySucceeded
            | Self::Captured
            | Self::NotCaptured
            | Self::RefundIdReused
            | Self::TooManyRefunds
            | Self::RefundUnknown
            | Self::RefundFailed => None,
        }
    }
}
