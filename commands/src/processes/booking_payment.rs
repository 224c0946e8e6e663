//! Confirms the booking that was paid for. Money that came too late claims the nights again if they
//! are free, and goes back in full if they are not: all in one append, so that it can never do both
//! and never neither, whenever it is killed.

use domain::booking::{
    Booking, BookingCommand, ConfirmBooking, PaymentTerms, ReinstateBooking, Status,
};
use domain::id::{BookingId, ListingId, PaymentId, RefundId};
use domain::inventory::{ClaimNights, ConsumeHold, Inventory, InventoryCommand};
use domain::payment::{Payment, PaymentCommand, RequestRefund};
use domain::process::{Process, ProcessCommand, RefuseStep};

use super::{BOOKING_PAYMENT, Cause, Story, made_id};
use crate::Commands;
use crate::booking::commitments;
use crate::booking::rules::{charge, reservation};
use crate::decision::Decision;
use crate::error::CommandError;
use crate::payment::settlement;
use crate::wanted::want;

/// Deals with a payment that succeeded.
pub(super) async fn drive(
    commands: &Commands,
    cause: Cause,
    payment: PaymentId,
) -> Result<(), CommandError> {
    let story = Story::new(BOOKING_PAYMENT, payment.0);
    let (state, _) = commands.dispatch.peek::<Payment>(payment).await?;
    let booking = state
        .charge()
        .ok_or_else(|| CommandError::unknown("payment"))?
        .booking;
    let mut streams = vec![want::<Process>(&story.id)?, want::<Payment>(payment)?];
    streams.extend(commands.booking_streams(booking).await?);
    streams.extend(settlement::streams(&commands.dispatch, booking).await?);
    let decide = |d: &mut Decision<'_>| decide(d, &story, payment, booking);
    let context = cause.context(BOOKING_PAYMENT);
    commands
        .dispatch
        .command(
            &context,
            "process.booking_payment",
            story.id.clone(),
            streams,
            &decide,
        )
        .await
        .map(drop)
}

fn decide(
    d: &mut Decision<'_>,
    story: &Story,
    payment: PaymentId,
    booking: BookingId,
) -> Result<(), CommandError> {
    let paid = charge(d, payment)?.captured();
    if story.has_ended(d)? || paid.is_zero() {
        return Ok(());
    }
    story.start(d)?;
    let made = reservation(d, booking)?;
    let (listing, terms, status) = (
        made.request.listing,
        made.request.terms,
        made.status.clone(),
    );
    if made.payment == Some(payment) {
        return story.end(d, "confirmed");
    }
    let settles = matches!(status, Status::Confirmed { .. } | Status::Completed)
        && terms == PaymentTerms::AtCheckOut;
    if settles {
        if settlement::settle(d, booking, payment)? {
            commitments::leave_paid(d, booking)?;
            story.step(d, "settle")?;
            return story.end(d, "settled");
        }
        story.write(d, refused("settle", "payment_exists"))?;
        refund(d, payment)?;
        story.step(d, "refund")?;
        return story.end(d, "refunded");
    }
    match confirm(d, story, payment, booking, listing)? {
        Ok(()) => story.end(d, "confirmed"),
        Err(code) => {
            story.write(d, refused("confirm", &code))?;
            late(d, story, payment, booking, listing)
        }
    }
}

/// Takes the nights that are still held. `Err` says why that cannot be.
fn confirm(
    d: &mut Decision<'_>,
    story: &Story,
    payment: PaymentId,
    booking: BookingId,
    listing: ListingId,
) -> Result<Result<(), String>, CommandError> {
    let (paid, at) = (charge(d, payment)?.captured(), d.context.at);
    let consume = InventoryCommand::Consume(ConsumeHold { hold: booking, at });
    let confirm = BookingCommand::Confirm(ConfirmBooking {
        paid: Some((payment, paid)),
        at,
    });
    let possible = d
        .check::<Inventory>(listing, &consume)?
        .and(d.check::<Booking>(booking, &confirm)?);
    if let Err(refusal) = possible {
        return Ok(Err(code_of(&refusal)));
    }
    d.decide::<Inventory>(listing, &consume)?;
    d.decide::<Booking>(booking, &confirm)?;
    commitments::enter(d, booking)?;
    story.step(d, "confirm")?;
    Ok(Ok(()))
}

/// Claims the nights again, or sends the money back.
fn late(
    d: &mut Decision<'_>,
    story: &Story,
    payment: PaymentId,
    booking: BookingId,
    listing: ListingId,
) -> Result<(), CommandError> {
    let (paid, at) = (charge(d, payment)?.captured(), d.context.at);
    let made = reservation(d, booking)?;
    let (span, units) = (made.request.span, made.request.units);
    let claim = InventoryCommand::Claim(ClaimNights {
        hold: booking,
        span,
        units,
        at,
    });
    let reinstate = BookingCommand::Reinstate(ReinstateBooking { payment, paid, at });
    let possible = d
        .check::<Booking>(booking, &reinstate)?
        .and(d.check::<Inventory>(listing, &claim)?);
    match possible {
        Ok(()) => {
            d.decide::<Inventory>(listing, &claim)?;
            d.decide::<Booking>(booking, &reinstate)?;
            commitments::enter(d, booking)?;
            story.step(d, "claim_again")?;
            story.end(d, "claimed_again")
        }
        Err(refusal) => {
            story.write(d, refused("claim_again", &code_of(&refusal)))?;
            refund(d, payment)?;
            story.step(d, "refund")?;
            story.end(d, "refunded")
        }
    }
}

fn refund(d: &mut Decision<'_>, payment: PaymentId) -> Result<(), CommandError> {
    let amount = charge(d, payment)?.remaining();
    if amount.is_zero() {
        return Ok(());
    }
    let request = RequestRefund {
        refund: RefundId(made_id(BOOKING_PAYMENT, "refund", payment.0)),
        amount,
        reason: "the money came when the booking could no longer be had".to_owned(),
        at: d.context.at,
    };
    d.decide::<Payment>(payment, &PaymentCommand::RequestRefund(request))
        .map(drop)
}

fn refused(step: &str, code: &str) -> ProcessCommand {
    ProcessCommand::RefuseStep(RefuseStep {
        step: step.to_owned(),
        code: code.to_owned(),
    })
}

fn code_of(refusal: &CommandError) -> String {
    refusal.code().unwrap_or("refused").to_owned()
}
