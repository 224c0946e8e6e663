//! Commands on payments. Money is moved by processes, never inside a command.

pub(crate) mod settlement;

use std::time::Duration;

use domain::booking::{Booking, BookingRefusal, PaymentTerms, Reservation, Status};
use domain::id::{BookingId, PaymentId, RefundId};
use domain::payment::{
    CancelPayment, CreatePayment, Payment, PaymentCommand, PaymentStatus, RequestRefund,
};
use domain::permission::{Permission, Scope};
use domain::process::{IntendEffect, Process, ProcessCommand, StartProcess};
use domain::{Money, RefusalKind};

use crate::Commands;
use crate::authorize::Owners;
use crate::booking::rules::{charge, reservation};
use crate::context::Context;
use crate::decision::Decision;
use crate::dispatch::Done;
use crate::error::CommandError;
use crate::processes::{CHARGE, process_id};
use crate::provider::SANDBOX_METHODS;
use crate::wanted::{Wanted, fresh, stream_of, want};

/// How long the answer to a confirmation waits for the provider.
const PROVIDER_WAIT: Duration = Duration::from_secs(5);

impl Commands {
    /// Asks for the money of a booking.
    pub async fn create_payment(
        &self,
        context: &Context,
        id: PaymentId,
        booking: BookingId,
    ) -> Result<Done, CommandError> {
        let decide = |d: &mut Decision<'_>| {
            authorize(d, booking, Permission::PaymentCreate, Side::Guest)?;
            let made = reservation(d, booking)?;
            check_payable(made, d)?;
            let create = CreatePayment {
                booking,
                payer: made.request.party.payer(),
                amount: made.request.quote.total(),
                at: d.context.at,
            };
            d.decide::<Payment>(id, &PaymentCommand::Create(create))?;
            settlement::take(d, booking, id)
        };
        let mut streams = vec![fresh::<Payment>(id)?, want::<Booking>(booking)?];
        streams.extend(settlement::streams(&self.dispatch, booking).await?);
        self.dispatch
            .command(context, "payment.create", id.to_string(), streams, &decide)
            .await
    }

    /// Intends to charge `method`, and waits a moment for what the provider says. A charge that is
    /// under way is not intended again.
    pub async fn confirm_payment(
        &self,
        context: &Context,
        id: PaymentId,
        method: &str,
    ) -> Result<Done, CommandError> {
        let process = process_id(CHARGE, id.0);
        let mut streams = self.payment_streams(id).await?;
        streams.push(want::<Process>(&process)?);
        let decide = |d: &mut Decision<'_>| {
            let booking = charge(d, id)?.booking;
            authorize(d, booking, Permission::PaymentCreate, Side::Guest)?;
            check_method(method)?;
            if charge(d, id)?.is_captured() {
                return Ok(());
            }
            check_payable(reservation(d, booking)?, d)?;
            intend_charge(d, id, &process, method)
        };
        let done =
            self.dispatch
                .command(context, "payment.confirm", id.to_string(), streams, &decide);
        let done = done.await?;
        self.await_provider(id, &done).await;
        Ok(done)
    }

    /// Asks for the money no more.
    pub async fn cancel_payment(
        &self,
        context: &Context,
        id: PaymentId,
        reason: Option<String>,
    ) -> Result<Done, CommandError> {
        let decide = |d: &mut Decision<'_>| {
            let booking = charge(d, id)?.booking;
            authorize(d, booking, Permission::PaymentCreate, Side::Guest)?;
            let cancel = CancelPayment {
                reason: reason.clone(),
                at: d.context.at,
            };
            d.decide::<Payment>(id, &PaymentCommand::Cancel(cancel))?;
            settlement::release(d, booking, id)
        };
        let mut streams = self.payment_streams(id).await?;
        let (payment, _) = self.dispatch.peek::<Payment>(id).await?;
        if let Some(charge) = payment.charge() {
            streams.extend(settlement::streams(&self.dispatch, charge.booking).await?);
        }
        self.dispatch
            .command(context, "payment.cancel", id.to_string(), streams, &decide)
            .await
    }

    /// Sets money aside that is to go back; never more than is there.
    pub async fn refund_payment(
        &self,
        context: &Context,
        id: PaymentId,
        refund: RefundId,
        amount: Option<Money>,
        reason: String,
    ) -> Result<Done, CommandError> {
        let decide = |d: &mut Decision<'_>| {
            let booking = charge(d, id)?.booking;
            authorize(d, booking, Permission::PaymentRefund, Side::Host)?;
            let amount = amount.unwrap_or(charge(d, id)?.remaining());
            let request = RequestRefund {
                refund,
                amount,
                reason: reason.clone(),
                at: d.context.at,
            };
            d.decide::<Payment>(id, &PaymentCommand::RequestRefund(request))
                .map(drop)
        };
        let streams = self.payment_streams(id).await?;
        self.dispatch
            .command(context, "payment.refund", id.to_string(), streams, &decide)
            .await
    }

    /// The payment and the booking it is for, which never changes.
    async fn payment_streams(&self, id: PaymentId) -> Result<Vec<Wanted>, CommandError> {
        let (payment, _) = self.dispatch.peek::<Payment>(id).await?;
        let charge = payment
            .charge()
            .ok_or_else(|| CommandError::unknown("payment"))?;
        Ok(vec![want::<Payment>(id)?, want::<Booking>(charge.booking)?])
    }

    /// Waits until the provider has answered, for a moment only: the answer is recorded whenever
    /// it comes.
    async fn await_provider(&self, id: PaymentId, done: &Done) {
        let Ok(stream) = stream_of::<Payment>(id) else {
            return;
        };
        let mut feed = self.dispatch.journal.subscribe(done.position);
        let answered = async {
            while let Ok(events) = feed.next(256).await {
                if events.iter().any(|event| event.stream == stream) {
                    return;
                }
            }
        };
        let Ok((payment, _)) = self.dispatch.peek::<Payment>(id).await else {
            return;
        };
        if payment.charge().is_some_and(|charge| !charge.is_captured()) {
            // No answer in time is no fault: the payment shows what became of it.
            let _ = tokio::time::timeout(PROVIDER_WAIT, answered).await;
        }
    }
}

fn intend_charge(
    d: &mut Decision<'_>,
    id: PaymentId,
    process: &str,
    method: &str,
) -> Result<(), CommandError> {
    if charge(d, id)?.status == PaymentStatus::Cancelled {
        return Err(CommandError::refused(
            RefusalKind::Conflict,
            "payment_cancelled",
            "this payment was cancelled; create another one",
        ));
    }
    let run = d.state::<Process>(process)?.run();
    if run.is_some_and(|run| run.open_effects().next().is_some()) {
        return Ok(());
    }
    let attempt = run.map_or(0, |run| run.effects.len()) + 1;
    let start = StartProcess {
        kind: CHARGE.to_owned(),
        subject: id.0,
        correlation_id: d.context.correlation_id,
    };
    d.decide::<Process>(process, &ProcessCommand::Start(start))?;
    let intend = IntendEffect {
        effect: "charge".to_owned(),
        key: format!("charge:{id}:{attempt}"),
        detail: Some(method.to_owned()),
    };
    d.decide::<Process>(process, &ProcessCommand::IntendEffect(intend))
        .map(drop)
}

fn check_method(method: &str) -> Result<(), CommandError> {
    if SANDBOX_METHODS.contains(&method) {
        return Ok(());
    }
    Err(CommandError::invalid(
        "payment_method_unknown",
        "/method",
        format!(
            "the provider knows no such method; it knows {}",
            SANDBOX_METHODS.join(", ")
        ),
    ))
}

/// Which side of a booking a payment is done by.
#[derive(Clone, Copy)]
enum Side {
    Guest,
    Host,
}

fn authorize(
    d: &Decision<'_>,
    booking: BookingId,
    permission: fn(Scope) -> Permission,
    side: Side,
) -> Result<(), CommandError> {
    let request = &reservation(d, booking)?.request;
    let (guest, host) = (request.party.user(), [request.host]);
    let parties: Vec<_> = guest.into_iter().chain(host).collect();
    let may_act = match side {
        Side::Guest => guest.as_slice(),
        Side::Host => &host,
    };
    let owners = Owners {
        may_act,
        may_see: &parties,
    };
    d.require_over("payment", permission, Permission::PaymentShow, owners)
}

/// Money is taken only while it is wanted: before the booking is confirmed, or when the guests
/// leave, as was agreed.
fn check_payable(made: &Reservation, d: &Decision<'_>) -> Result<(), CommandError> {
    let refuse = |detail: &str| {
        Err(CommandError::refused(
            RefusalKind::Conflict,
            "booking_not_payable",
            detail,
        ))
    };
    if made.payment.is_some() {
        return refuse("this booking is paid already");
    }
    match (&made.status, made.request.terms) {
        (
            Status::Pending {
                accepted: false, ..
            },
            _,
        ) => refuse("the host has not accepted this booking yet; pay when he has"),
        (Status::Pending { deadline, .. }, PaymentTerms::AtBooking)
            if deadline.is_none_or(|deadline| deadline > d.context.at) =>
        {
            Ok(())
        }
        (Status::Pending { .. }, PaymentTerms::AtBooking)
        | (Status::Expired { accepted: true }, _) => Err(BookingRefusal::HoldExpired.into()),
        (Status::Confirmed { .. }, PaymentTerms::AtCheckOut) => {
            refuse("this booking is paid when the guests leave; pay when it is completed")
        }
        (Status::Completed, PaymentTerms::AtCheckOut) => Ok(()),
        (status, _) => refuse(&format!(
            "no money is due for a booking that is {}",
            status.word()
        )),
    }
}
