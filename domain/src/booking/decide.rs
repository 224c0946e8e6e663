//! What may happen to a booking.

use chrono::{DateTime, Utc};

use crate::booking::{
    AcceptBooking, Booking, BookingAccepted, BookingAdopted, BookingCancelled, BookingCommand,
    BookingCompleted, BookingConfirmed, BookingDeclined, BookingEvent, BookingExpired,
    BookingNoShowRecorded, BookingRefusal, BookingReinstated, CancelBooking, Canceller,
    CompleteBooking, ConfirmBooking, DeclineBooking, ExpireBooking, PaymentTerms, PriceKind,
    RecordNoShow, ReinstateBooking, RequestBooking, Reservation, Status,
};
use crate::id::PaymentId;
use crate::money::Money;
use crate::personal::Personal;
use crate::{text, zone};

/// The longest reason, in characters.
const REASON_CHARS_MAX: usize = 1_000;

type Decision = Result<Vec<BookingEvent>, BookingRefusal>;

impl Booking {
    pub(super) fn decide_on(&self, command: &BookingCommand) -> Decision {
        match command {
            BookingCommand::Request(c) => self.request(c),
            BookingCommand::Accept(c) => self.known()?.accept(c),
            BookingCommand::Decline(c) => self.known()?.decline(c),
            BookingCommand::Confirm(c) => self.known()?.confirm(c),
            BookingCommand::Cancel(c) => self.known()?.cancel(c),
            BookingCommand::Complete(c) => self.known()?.complete(c),
            BookingCommand::RecordNoShow(c) => self.known()?.record_no_show(c),
            BookingCommand::Expire(c) => self.known()?.expire(c),
            BookingCommand::Adopt(_) => self.known()?.adopt(),
            BookingCommand::Reinstate(c) => self.known()?.reinstate(c),
        }
    }

    fn known(&self) -> Result<&Reservation, BookingRefusal> {
        self.reservation().ok_or(BookingRefusal::Unknown)
    }

    fn request(&self, c: &RequestBooking) -> Decision {
        match self {
            Self::Made(_) => Err(BookingRefusal::AlreadyRequested),
            Self::Absent => Ok(vec![BookingEvent::Requested(Box::new(c.decide()?))]),
        }
    }
}

impl Reservation {
    /// Whether a timer has told that the deadline passed or nobody has yet, it is over alike.
    fn over(&self) -> BookingRefusal {
        match self.status {
            Status::Expired { .. } => BookingRefusal::HoldExpired,
            _ => BookingRefusal::Over(self.status.word()),
        }
    }

    fn accept(&self, c: &AcceptBooking) -> Decision {
        match self.status {
            Status::Pending { accepted: true, .. } | Status::Confirmed { .. } => Ok(vec![]),
            Status::Pending { deadline, .. } if passed(deadline, c.at) => {
                Err(BookingRefusal::HoldExpired)
            }
            Status::Pending { .. } if passed(c.deadline, c.at) => {
                Err(BookingRefusal::DeadlinePassed)
            }
            Status::Pending { .. } if c.deadline.is_none() && self.is_quoted() && self.is_due() => {
                Err(BookingRefusal::DeadlineMissing)
            }
            Status::Pending { .. } => Ok(vec![BookingEvent::Accepted(BookingAccepted {
                deadline: c.deadline,
            })]),
            _ => Err(self.over()),
        }
    }

    fn decline(&self, c: &DeclineBooking) -> Decision {
        check_reason(c.reason.as_deref())?;
        match self.status {
            Status::Declined => Ok(vec![]),
            Status::Pending {
                accepted: false, ..
            } => {
                let host = self.request.host;
                let reason = c.reason.clone().map(|reason| Personal::new(host, reason));
                Ok(vec![BookingEvent::Declined(BookingDeclined { reason })])
            }
            Status::Pending { .. } | Status::Confirmed { .. } => {
                Err(BookingRefusal::AlreadyAccepted)
            }
            _ => Err(self.over()),
        }
    }

    fn confirm(&self, c: &ConfirmBooking) -> Decision {
        match self.status {
            Status::Pending { deadline, .. } if passed(deadline, c.at) => {
                Err(BookingRefusal::HoldExpired)
            }
            Status::Pending {
                accepted: false, ..
            } => Err(BookingRefusal::NotAccepted),
            Status::Pending { .. } => {
                self.check_paid(c.paid)?;
                Ok(vec![confirmed(c.paid.map(|(payment, _)| payment), c.at)])
            }
            Status::Confirmed { .. } => self.already_confirmed(c.paid.map(|(payment, _)| payment)),
            _ => Err(self.over()),
        }
    }

    fn reinstate(&self, c: &ReinstateBooking) -> Decision {
        let late = match self.status {
            Status::Pending {
                accepted: false, ..
            }
            | Status::Expired { accepted: false } => {
                return Err(BookingRefusal::NotAccepted);
            }
            Status::Pending { deadline, .. } => passed(deadline, c.at),
            Status::Expired { .. } => true,
            Status::Confirmed { .. } => return self.already_confirmed(Some(c.payment)),
            _ => return Err(self.over()),
        };
        self.check_paid(Some((c.payment, c.paid)))?;
        let reinstated = BookingEvent::Reinstated(BookingReinstated { payment: c.payment });
        let confirmed = confirmed(Some(c.payment), c.at);
        Ok(if late {
            vec![reinstated, confirmed]
        } else {
            vec![confirmed]
        })
    }

    /// Confirming twice is not an error, paying twice is.
    fn already_confirmed(&self, payment: Option<PaymentId>) -> Decision {
        match payment {
            Some(payment) if self.payment != Some(payment) => Err(BookingRefusal::AlreadyPaid),
            _ => Ok(vec![]),
        }
    }

    fn check_paid(&self, paid: Option<(PaymentId, Money)>) -> Result<(), BookingRefusal> {
        let total = self.request.quote.total();
        match paid {
            None if self.is_due() => Err(BookingRefusal::PaymentMissing { total }),
            Some((_, paid)) if paid != total => Err(BookingRefusal::PaidDiffers { total, paid }),
            _ => Ok(()),
        }
    }

    fn cancel(&self, c: &CancelBooking) -> Decision {
        check_reason(c.reason.as_deref())?;
        if self.status == Status::Cancelled {
            return Ok(vec![]);
        }
        let refund = self.refund_preview(c.by, c.paid, c.at)?;
        let host_fee = self.host_fee(c.by, &c.host_terms, c.at)?;
        // What the platform says is about the guest.
        let speaker = match c.by {
            Canceller::Host => self.request.host.0,
            Canceller::Guest | Canceller::Admin => self.request.party.id(),
        };
        Ok(vec![BookingEvent::Cancelled(BookingCancelled {
            by: c.by,
            reason: c
                .reason
                .clone()
                .map(|reason| Personal::new(speaker, reason)),
            was_confirmed: self.is_confirmed(),
            cancelled_at: c.at,
            check_in_at: refund.check_in_at,
            policy: refund.policy,
            tier: refund.tier,
            paid: c.paid,
            kept: refund.kept,
            refunded: refund.refunded,
            lines: refund.lines,
            host_fee,
        })])
    }

    fn complete(&self, c: &CompleteBooking) -> Decision {
        match self.status {
            Status::Completed => Ok(vec![]),
            Status::Confirmed { .. } if !self.arrived(c.at) => Err(self.not_arrived()),
            Status::Confirmed { .. } if !c.brought_in && c.at < self.request.check_out_at => {
                Err(BookingRefusal::NotLeftYet(self.request.check_out_at))
            }
            Status::Confirmed { .. } => Ok(vec![BookingEvent::Completed(BookingCompleted {})]),
            _ => Err(BookingRefusal::NotConfirmed(self.status.word())),
        }
    }

    /// At an agreed price the parties may know before the day of arrival that nobody will come.
    fn record_no_show(&self, c: &RecordNoShow) -> Decision {
        match self.status {
            Status::NoShow => Ok(vec![]),
            Status::Confirmed { .. } if self.is_quoted() && !self.arrived(c.at) => {
                Err(self.not_arrived())
            }
            Status::Confirmed { .. } => {
                Ok(vec![BookingEvent::NoShowRecorded(BookingNoShowRecorded {})])
            }
            _ => Err(BookingRefusal::NotConfirmed(self.status.word())),
        }
    }

    fn expire(&self, c: &ExpireBooking) -> Decision {
        match self.status {
            Status::Expired { .. } => Ok(vec![]),
            Status::Pending {
                deadline: Some(deadline),
                ..
            } if deadline <= c.at => Ok(vec![BookingEvent::Expired(BookingExpired { deadline })]),
            Status::Pending { .. } => Err(BookingRefusal::NotYetDue),
            _ => Err(BookingRefusal::NotPending(self.status.word())),
        }
    }

    fn adopt(&self) -> Decision {
        match self.status {
            Status::Pending { .. } | Status::Confirmed { .. } if self.adopted => Ok(vec![]),
            Status::Pending { .. } | Status::Confirmed { .. } => {
                Ok(vec![BookingEvent::Adopted(BookingAdopted {})])
            }
            _ => Err(self.over()),
        }
    }

    /// Whether it must be paid before it can be confirmed.
    fn is_due(&self) -> bool {
        let free_of_charge = self.request.quote.total().is_zero();
        self.request.terms == PaymentTerms::AtBooking && !free_of_charge
    }

    fn is_quoted(&self) -> bool {
        self.request.price == PriceKind::Quoted
    }

    /// Whether the day of arrival has come where the listing is.
    fn arrived(&self, at: DateTime<Utc>) -> bool {
        zone::day(self.request.zone, at) >= self.request.span.from
    }

    fn not_arrived(&self) -> BookingRefusal {
        BookingRefusal::NotArrivedYet(self.request.span.from)
    }
}

fn confirmed(payment: Option<PaymentId>, confirmed_at: DateTime<Utc>) -> BookingEvent {
    BookingEvent::Confirmed(BookingConfirmed {
        confirmed_at,
        payment,
    })
}

/// Whether a deadline has passed; the deadline itself is too late.
fn passed(deadline: Option<DateTime<Utc>>, at: DateTime<Utc>) -> bool {
    deadline.is_some_and(|deadline| deadline <= at)
}

fn check_reason(reason: Option<&str>) -> Result<(), BookingRefusal> {
    match reason {
        Some(reason) => Ok(text::lines("/reason", reason, REASON_CHARS_MAX)?),
        None => Ok(()),
    }
}
