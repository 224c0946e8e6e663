//! What may happen to a payment.
//!
//! The answers of a provider come twice, late and in any order. A state that is final is left
//! only by these edges: a capture that crossed a cancellation is recorded, because the money did
//! move; a refund that succeeded may still fail, because banks send money back. A repetition, and
//! a failure of an attempt before the one that succeeded, change nothing.

use crate::money::Money;
use crate::payment::{
    CancelPayment, Charge, CreatePayment, FailPayment, FailRefund, Payment, PaymentCancelled,
    PaymentCommand, PaymentCreated, PaymentEvent, PaymentFailed, PaymentRefundFailed,
    PaymentRefundRequested, PaymentRefunded, PaymentRefusal, PaymentStatus, PaymentSucceeded,
    RecordRefund, RefundStatus, RequestRefund, SucceedPayment,
};
use crate::personal::Personal;
use crate::text;

/// The most refunds of one payment.
pub const REFUNDS_MAX: usize = 1_000;
/// The longest reason or reference, in characters.
const REASON_CHARS_MAX: usize = 500;

type Decision = Result<Vec<PaymentEvent>, PaymentRefusal>;

impl Payment {
    pub(super) fn decide_on(&self, command: &PaymentCommand) -> Decision {
        match command {
            PaymentCommand::Create(c) => self.create(c),
            PaymentCommand::Succeed(c) => self.known()?.succeed(c),
            PaymentCommand::Fail(c) => self.known()?.fail(c),
            PaymentCommand::Cancel(c) => self.known()?.cancel(c),
            PaymentCommand::RequestRefund(c) => self.known()?.request_refund(c),
            PaymentCommand::RecordRefund(c) => self.known()?.record_refund(c),
            PaymentCommand::FailRefund(c) => self.known()?.fail_refund(c),
        }
    }

    fn known(&self) -> Result<&Charge, PaymentRefusal> {
        self.charge().ok_or(PaymentRefusal::Unknown)
    }

    fn create(&self, c: &CreatePayment) -> Decision {
        if let Self::Made(charge) = self {
            let same =
                charge.booking == c.booking && charge.payer == c.payer && charge.amount == c.amount;
            return if same {
                Ok(vec![])
            } else {
                Err(PaymentRefusal::AlreadyCreated)
            };
        }
        if c.amount.amount <= 0 {
            return Err(PaymentRefusal::AmountNotPositive);
        }
        Ok(vec![PaymentEvent::Created(PaymentCreated {
            booking: c.booking,
            payer: c.payer,
            amount: c.amount,
        })])
    }
}

impl Charge {
    fn succeed(&self, c: &SucceedPayment) -> Decision {
        line("/provider_reference", &c.provider_reference)?;
        if let PaymentStatus::Succeeded { provider_reference } = &self.status {
            let same = *provider_reference == c.provider_reference;
            return if same {
                Ok(vec![])
            } else {
                Err(PaymentRefusal::AlreadySucceeded)
            };
        }
        self.check_currency(c.amount)?;
        if c.amount != self.amount {
            let (asked, captured) = (self.amount, c.amount);
            return Err(PaymentRefusal::AmountMismatch { asked, captured });
        }
        Ok(vec![PaymentEvent::Succeeded(PaymentSucceeded {
            booking: self.booking,
            amount: c.amount,
            provider_reference: c.provider_reference.clone(),
        })])
    }

    fn fail(&self, c: &FailPayment) -> Decision {
        line("/reason", &c.reason)?;
        c.provider_reference
            .as_deref()
            .map_or(Ok(()), |r| line("/provider_reference", r))?;
        let PaymentStatus::RequiresPayment { failed_attempt } = &self.status else {
            return Ok(vec![]);
        };
        if failed_attempt.is_some() && *failed_attempt == c.provider_reference {
            return Ok(vec![]);
        }
        Ok(vec![PaymentEvent::Failed(PaymentFailed {
            reason: c.reason.clone(),
            provider_reference: c.provider_reference.clone(),
        })])
    }

    fn cancel(&self, c: &CancelPayment) -> Decision {
        c.reason
            .as_deref()
            .map_or(Ok(()), |reason| line("/reason", reason))?;
        match self.status {
            PaymentStatus::Succeeded { .. } => Err(PaymentRefusal::Captured),
            PaymentStatus::Cancelled => Ok(vec![]),
            PaymentStatus::RequiresPayment { .. } => {
                let reason = c.reason.clone().map(|reason| self.said(reason));
                Ok(vec![PaymentEvent::Cancelled(PaymentCancelled { reason })])
            }
        }
    }

    fn request_refund(&self, c: &RequestRefund) -> Decision {
        if let Some(refund) = self.refunds.get(&c.refund) {
            let same = refund.amount == c.amount;
            return if same {
                Ok(vec![])
            } else {
                Err(PaymentRefusal::RefundIdReused)
            };
        }
        line("/reason", &c.reason)?;
        if c.amount.amount <= 0 {
            return Err(PaymentRefusal::AmountNotPositive);
        }
        self.check_currency(c.amount)?;
        if !self.is_captured() {
            return Err(PaymentRefusal::NotCaptured);
        }
        let remaining = self.remaining();
        if c.amount.amount > remaining.amount {
            return Err(PaymentRefusal::RefundExceedsRemaining { remaining });
        }
        if self.refunds.len() >= REFUNDS_MAX {
            return Err(PaymentRefusal::TooManyRefunds);
        }
        Ok(vec![PaymentEvent::RefundRequested(
            PaymentRefundRequested {
                refund: c.refund,
                booking: self.booking,
                amount: c.amount,
                reason: self.said(c.reason.clone()),
            },
        )])
    }

    fn record_refund(&self, c: &RecordRefund) -> Decision {
        line("/provider_reference", &c.provider_reference)?;
        let refund = self
            .refunds
            .get(&c.refund)
            .ok_or(PaymentRefusal::RefundUnknown)?;
        match refund.status {
            RefundStatus::Succeeded => Ok(vec![]),
            RefundStatus::Failed => Err(PaymentRefusal::RefundFailed),
            RefundStatus::Pending => Ok(vec![PaymentEvent::Refunded(PaymentRefunded {
                refund: c.refund,
                amount: refund.amount,
                provider_reference: c.provider_reference.clone(),
            })]),
        }
    }

    fn fail_refund(&self, c: &FailRefund) -> Decision {
        line("/reason", &c.reason)?;
        let refund = self
            .refunds
            .get(&c.refund)
            .ok_or(PaymentRefusal::RefundUnknown)?;
        if refund.status == RefundStatus::Failed {
            return Ok(vec![]);
        }
        Ok(vec![PaymentEvent::RefundFailed(PaymentRefundFailed {
            refund: c.refund,
            amount: refund.amount,
            reason: c.reason.clone(),
        })])
    }

    fn said(&self, reason: String) -> Personal<String> {
        Personal::new(self.payer.id(), reason)
    }

    fn check_currency(&self, amount: Money) -> Result<(), PaymentRefusal> {
        if amount.currency == self.amount.currency {
            return Ok(());
        }
        Err(PaymentRefusal::CurrencyMismatch(self.amount.currency))
    }
}

fn line(pointer: &'static str, text: &str) -> Result<(), PaymentRefusal> {
    Ok(text::line(pointer, text, REASON_CHARS_MAX)?)
}
