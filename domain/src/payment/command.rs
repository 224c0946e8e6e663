//! What can be asked of a payment.

use chrono::{DateTime, Utc};

use crate::id::{BookingId, RefundId};
use crate::money::Money;
use crate::payment::Payer;

/// What can be asked of a payment.
#[derive(Clone, Debug, PartialEq)]
pub enum PaymentCommand {
    /// Ask for a sum.
    Create(CreatePayment),
    /// Record that the provider has the money.
    Succeed(SucceedPayment),
    /// Record that an attempt failed.
    Fail(FailPayment),
    /// Ask for it no more.
    Cancel(CancelPayment),
    /// Set money aside that is to go back.
    RequestRefund(RequestRefund),
    /// Record that money went back.
    RecordRefund(RecordRefund),
    /// Record that money did not go back, or came back again.
    FailRefund(FailRefund),
}

/// Ask for a sum.
#[derive(Clone, Debug, PartialEq)]
pub struct CreatePayment {
    /// What it pays for.
    pub booking: BookingId,
    /// Who pays.
    pub payer: Payer,
    /// How much; more than nothing.
    pub amount: Money,
    /// When it is asked for.
    pub at: DateTime<Utc>,
}

/// Record that the provider has the money.
#[derive(Clone, Debug, PartialEq)]
pub struct SucceedPayment {
    /// What the provider calls it.
    pub provider_reference: String,
    /// How much was captured: all that was asked for.
    pub amount: Money,
    /// When it is asked for.
    pub at: DateTime<Utc>,
}

/// Record that an attempt failed; another may follow.
#[derive(Clone, Debug, PartialEq)]
pub struct FailPayment {
    /// The provider's word for the cause.
    pub reason: String,
    /// What the provider calls the attempt, by which a repetition is known.
    pub provider_reference: Option<String>,
    /// When it is asked for.
    pub at: DateTime<Utc>,
}

/// Ask for it no more.
#[derive(Clone, Debug, PartialEq)]
pub struct CancelPayment {
    /// Why.
    pub reason: Option<String>,
    /// When it is asked for.
    pub at: DateTime<Utc>,
}

/// Set money aside that is to go back.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestRefund {
    /// Names the refund, so that asking twice is asking once.
    pub refund: RefundId,
    /// How much; no more than what was captured and neither went back nor is on its way.
    pub amount: Money,
    /// Why.
    pub reason: String,
    /// When it is asked for.
    pub at: DateTime<Utc>,
}

/// Record that money went back.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordRefund {
    /// Names the refund.
    pub refund: RefundId,
    /// What the provider calls it.
    pub provider_reference: String,
    /// When it is asked for.
    pub at: DateTime<Utc>,
}

/// Record that money did not go back, or came back again.
#[derive(Clone, Debug, PartialEq)]
pub struct FailRefund {
    /// Names the refund.
    pub refund: RefundId,
    /// The provider's word for the cause.
    pub reason: String,
    /// When it is asked for.
    pub at: DateTime<Utc>,
}
