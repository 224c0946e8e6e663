//! Gives back what the policy says when a booking that was paid is cancelled.

use domain::booking::{Booking, BookingEvent};
use domain::id::{BookingId, PaymentId, RefundId};
use domain::payment::{Payment, PaymentCommand, RequestRefund};
use domain::process::Process;
use domain::{AnyEvent, Money};

use super::{CANCELLATION_REFUND, Cause, Story, made_id};
use crate::Commands;
use crate::booking::rules::charge;
use crate::decision::Decision;
use crate::error::CommandError;
use crate::wanted::want;

/// Requests the refund that the cancellation has worked out.
pub(super) async fn drive(
    commands: &Commands,
    cause: Cause,
    booking: BookingId,
    refunded: Money,
) -> Result<(), CommandError> {
    // What paid it is final once it is cancelled, but this process may have looked before that.
    commands.dispatch.forget::<Booking>(booking)?;
    let (state, _) = commands.dispatch.peek::<Booking>(booking).await?;
    let Some(payment) = state.reservation().and_then(|made| made.payment) else {
        return Ok(());
    };
    let story = Story::new(CANCELLATION_REFUND, booking.0);
    let streams = vec![want::<Process>(&story.id)?, want::<Payment>(payment)?];
    let decide = |d: &mut Decision<'_>| decide(d, &story, payment, refunded);
    let context = cause.context(CANCELLATION_REFUND);
    commands
        .dispatch
        .command(
            &context,
            "process.cancellation_refund",
            story.id.clone(),
            streams,
            &decide,
        )
        .await
        .map(drop)
}

/// What the cancellation in `event` owes, if it owes anything.
pub(super) fn owed(event: &AnyEvent) -> Option<Money> {
    match event {
        AnyEvent::Booking(BookingEvent::Cancelled(cancelled)) => {
            Some(cancelled.refunded).filter(|refunded| !refunded.is_zero())
        }
        _ => None,
    }
}

fn decide(
    d: &mut Decision<'_>,
    story: &Story,
    payment: PaymentId,
    refunded: Money,
) -> Result<(), CommandError> {
    if story.has_ended(d)? {
        return Ok(());
    }
    story.start(d)?;
    // Money that went back by hand in the meantime does not go back twice.
    let remaining = charge(d, payment)?.remaining();
    let amount = Money {
        amount: refunded.amount.min(remaining.amount),
        ..refunded
    };
    if amount.is_zero() {
        return story.end(d, "nothing_left");
    }
    let request = RequestRefund {
        refund: RefundId(made_id(CANCELLATION_REFUND, "refund", story.subject)),
        amount,
        reason: "the booking was cancelled".to_owned(),
        at: d.context.at,
    };
    d.decide::<Payment>(payment, &PaymentCommand::RequestRefund(request))?;
    story.step(d, "request_refund")?;
    story.end(d, "requested")
}
