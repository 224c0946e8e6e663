//! What a payment is now.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::aggregate::Aggregate;
use crate::id::{BookingId, RefundId};
use crate::money::Money;
use crate::payment::{Payer, PaymentCommand, PaymentCreated, PaymentEvent, PaymentRefusal};

/// A payment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Payment {
    /// Never asked for.
    #[default]
    Absent,
    /// Asked for, with what became of it.
    Made(Box<Charge>),
}

/// A payment that was asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Charge {
    /// What it pays for.
    pub booking: BookingId,
    /// Who pays.
    pub payer: Payer,
    /// How much was asked for.
    pub amount: Money,
    /// What became of it.
    pub status: PaymentStatus,
    /// What went back or is on its way, by refund.
    pub refunds: BTreeMap<RefundId, Refund>,
}

/// What became of a payment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    /// Nothing has moved; it can be paid.
    RequiresPayment {
        /// What the provider calls the last attempt that failed.
        failed_attempt: Option<String>,
    },
    /// The provider has the money.
    Succeeded {
        /// What the provider calls it.
        provider_reference: String,
    },
    /// It is asked for no more.
    Cancelled,
}

impl PaymentStatus {
    /// The word for it that clients and tables see.
    pub fn word(&self) -> &'static str {
        match self {
            Self::RequiresPayment { .. } => "requires_payment",
            Self::Succeeded { .. } => "succeeded",
            Self::Cancelled => "cancelled",
        }
    }
}

/// Money that goes back.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Refund {
    /// How much.
    pub amount: Money,
    /// How far it is.
    pub status: RefundStatus,
}

/// How far a refund is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundStatus {
    /// Set aside; the provider has not answered yet.
    Pending,
    /// It went back.
    Succeeded,
    /// It stayed here, or came back again.
    Failed,
}

impl Payment {
    /// The payment, where it was asked for.
    pub fn charge(&self) -> Option<&Charge> {
        match self {
            Self::Absent => None,
            Self::Made(charge) => Some(charge),
        }
    }
}

impl Charge {
    /// Whether the provider has the money.
    pub fn is_captured(&self) -> bool {
        matches!(self.status, PaymentStatus::Succeeded { .. })
    }

    /// How much was captured.
    pub fn captured(&self) -> Money {
        if self.is_captured() {
            self.amount
        } else {
            Money::zero(self.amount.currency)
        }
    }

    /// How much of it went back.
    pub fn refunded(&self) -> Money {
        self.sum(RefundStatus::Succeeded)
    }

    /// How much of it is on its way back.
    pub fn pending(&self) -> Money {
        self.sum(RefundStatus::Pending)
    }

    /// How much can still go back: captured less refunded less pending.
    pub fn remaining(&self) -> Money {
        let gone = self.refunded().amount.saturating_add(self.pending().amount);
        Money {
            amount: self.captured().amount.saturating_sub(gone),
            ..self.amount
        }
    }

    fn sum(&self, status: RefundStatus) -> Money {
        let refunds = self
            .refunds
            .values()
            .filter(|refund| refund.status == status);
        let amount = refunds.fold(0_i64, |sum, refund| {
            sum.saturating_add(refund.amount.amount)
        });
        Money {
            amount,
            ..self.amount
        }
    }

    fn new(e: &PaymentCreated) -> Self {
        Self {
            booking: e.booking,
            payer: e.payer,
            amount: e.amount,
            status: PaymentStatus::RequiresPayment {
                failed_attempt: None,
            },
            refunds: BTreeMap::new(),
        }
    }

    fn take_in(&mut self, event: &PaymentEvent) {
        match event {
            PaymentEvent::Created(_) => {}
            PaymentEvent::Succeeded(e) => {
                let provider_reference = e.provider_reference.clone();
                self.status = PaymentStatus::Succeeded { provider_reference };
            }
            PaymentEvent::Failed(e) => {
                let failed_attempt = e.provider_reference.clone();
                self.status = PaymentStatus::RequiresPayment { failed_attempt };
            }
            PaymentEvent::Cancelled(_) => self.status = PaymentStatus::Cancelled,
            PaymentEvent::RefundRequested(e) => {
                let refund = Refund {
                    amount: e.amount,
                    status: RefundStatus::Pending,
                };
                self.refunds.insert(e.refund, refund);
            }
            PaymentEvent::Refunded(e) => self.mark(e.refund, RefundStatus::Succeeded),
            PaymentEvent::RefundFailed(e) => self.mark(e.refund, RefundStatus::Failed),
        }
    }

    fn mark(&mut self, refund: RefundId, status: RefundStatus) {
        if let Some(refund) = self.refunds.get_mut(&refund) {
            refund.status = status;
        }
    }
}

impl Aggregate for Payment {
    const NOUN: &'static str = "payment";
    const STATE_VERSION: u32 = 1;
    type Command = PaymentCommand;
    type Event = PaymentEvent;
    type Refusal = PaymentRefusal;

    fn decide(&self, command: &PaymentCommand) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        self.decide_on(command)
    }

    fn evolve(&mut self, event: &PaymentEvent) {
        match (&mut *self, event) {
            (Self::Made(charge), _) => charge.take_in(event),
            (Self::Absent, PaymentEvent::Created(e)) => {
                *self = Self::Made(Box::new(Charge::new(e)));
            }
            // Nothing else can be recorded first; a state that cannot be is left as it is.
            (Self::Absent, _) => {}
        }
    }
}
