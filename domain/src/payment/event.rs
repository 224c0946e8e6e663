//! What happened to a payment.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::id::{BookingId, ContactId, RefundId, UserId};
use crate::money::Money;
use crate::personal::Personal;

events! {
    /// What happened to a payment.
    pub enum PaymentEvent {
        /// A sum is asked for; nothing has moved yet.
        Created(PaymentCreated) = "payment.created" v 1,
        /// The provider has the money.
        Succeeded(PaymentSucceeded) = "payment.succeeded" v 1,
        /// The provider did not get the money; it may be tried again.
        Failed(PaymentFailed) = "payment.failed" v 1,
        /// The sum is asked for no more.
        Cancelled(PaymentCancelled) = "payment.cancelled" v 1,
        /// Money is to go back; it is set aside from now on.
        RefundRequested(PaymentRefundRequested) = "payment.refund_requested" v 1,
        /// Money went back.
        Refunded(PaymentRefunded) = "payment.refunded" v 1,
        /// Money did not go back, or came back again; it can be refunded anew.
        RefundFailed(PaymentRefundFailed) = "payment.refund_failed" v 1,
    }
}

/// Who pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(
    rename_all = "snake_case",
    tag = "kind",
    content = "id",
    deny_unknown_fields
)]
pub enum Payer {
    /// A user.
    User(UserId),
    /// One who is no user.
    Contact(ContactId),
}

impl Payer {
    /// The id of the user or contact.
    pub fn id(self) -> Uuid {
        match self {
            Self::User(user) => user.0,
            Self::Contact(contact) => contact.0,
        }
    }
}

/// A sum is asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentCreated {
    /// What it pays for.
    pub booking: BookingId,
    /// Who pays.
    pub payer: Payer,
    /// How much.
    pub amount: Money,
}

/// The provider has the money.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentSucceeded {
    /// The booking it pays for, repeated for those who follow the feed.
    pub booking: BookingId,
    /// How much was captured.
    pub amount: Money,
    /// What the provider calls it.
    pub provider_reference: String,
}

/// The provider did not get the money.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentFailed {
    /// The provider's word for the cause, such as `card_declined`.
    pub reason: String,
    /// What the provider calls the attempt, where it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_reference: Option<String>,
}

/// The sum is asked for no more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentCancelled {
    /// Why; it may speak of the payer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Personal<String>>,
}

/// Money is to go back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentRefundRequested {
    /// Names the refund.
    pub refund: RefundId,
    /// The booking that was paid for.
    pub booking: BookingId,
    /// How much.
    pub amount: Money,
    /// Why; it may speak of the payer.
    pub reason: Personal<String>,
}

/// Money went back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentRefunded {
    /// Names the refund.
    pub refund: RefundId,
    /// How much.
    pub amount: Money,
    /// What the provider calls it.
    pub provider_reference: String,
}

/// Money did not go back, or came back again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentRefundFailed {
    /// Names the refund.
    pub refund: RefundId,
    /// How much stayed here.
    pub amount: Money,
    /// The provider's word for the cause.
    pub reason: String,
}
