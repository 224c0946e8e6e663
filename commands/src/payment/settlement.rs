//! What is paid at check-out is paid once: the booking has ended by then and cannot say that it is
//! paid, so a claim beside it does. The payment that is asked for takes it, and lets it go when it
//! is cancelled, so that another can be asked for.
//!
//! Before there were such claims a process said that a payment had been asked for, and nothing of
//! which one. Where only that one is known, the payment is found when it is cancelled.

use domain::RefusalKind;
use domain::booking::{Booking, PaymentTerms};
use domain::claim::{Claim, ClaimCommand, ClaimKind, ReleaseClaim, TakeClaim};
use domain::id::{BookingId, PaymentId};
use domain::process::Process;

use crate::booking::rules::reservation;
use crate::decision::Decision;
use crate::dispatch::Dispatch;
use crate::error::CommandError;
use crate::processes::{SETTLEMENT, process_id};
use crate::wanted::{Wanted, want};

/// The streams that say what settles `booking`; none for one that is paid beforehand, which never
/// changes.
pub(crate) async fn streams(
    dispatch: &Dispatch,
    booking: BookingId,
) -> Result<Vec<Wanted>, CommandError> {
    let (state, _) = dispatch.peek::<Booking>(booking).await?;
    let made = state.reservation();
    if made.is_none_or(|made| made.request.terms != PaymentTerms::AtCheckOut) {
        return Ok(vec![]);
    }
    Ok(vec![
        want::<Claim>(claim_of(booking))?,
        want::<Process>(process_id(SETTLEMENT, booking.0))?,
    ])
}

/// Lets `payment` settle the booking, unless another does.
pub(super) fn take(
    d: &mut Decision<'_>,
    booking: BookingId,
    payment: PaymentId,
) -> Result<(), CommandError> {
    if !is_at_check_out(d, booking)? {
        return Ok(());
    }
    if !is_free_for(d, booking, payment)? || is_of_old(d, booking)? {
        return Err(CommandError::refused(
            RefusalKind::Conflict,
            "payment_exists",
            "there is a payment for this booking already; confirm that one, or cancel it and \
             create another",
        ));
    }
    claim(d, booking, payment)
}

/// Lets another payment settle the booking, now that this one does not.
pub(super) fn release(
    d: &mut Decision<'_>,
    booking: BookingId,
    payment: PaymentId,
) -> Result<(), CommandError> {
    if !is_at_check_out(d, booking)? {
        return Ok(());
    }
    if is_of_old(d, booking)? {
        claim(d, booking, payment)?;
    }
    if d.state::<Claim>(claim_of(booking))?.owner() != Some(payment.0) {
        return Ok(());
    }
    let release = ReleaseClaim { owner: payment.0 };
    d.decide::<Claim>(claim_of(booking), &ClaimCommand::Release(release))
        .map(drop)
}

/// Settles the booking with money that came, even for a payment that had been cancelled. Answers
/// whether it does: if another payment settles it, this money has to go back.
pub(crate) fn settle(
    d: &mut Decision<'_>,
    booking: BookingId,
    payment: PaymentId,
) -> Result<bool, CommandError> {
    if is_of_old(d, booking)? {
        return Ok(true);
    }
    if !is_free_for(d, booking, payment)? {
        return Ok(false);
    }
    claim(d, booking, payment)?;
    Ok(true)
}

fn claim(d: &mut Decision<'_>, booking: BookingId, payment: PaymentId) -> Result<(), CommandError> {
    let take = TakeClaim {
        owner: payment.0,
        kind: ClaimKind::Settlement,
    };
    d.decide::<Claim>(claim_of(booking), &ClaimCommand::Take(take))
        .map(drop)
}

fn is_at_check_out(d: &Decision<'_>, booking: BookingId) -> Result<bool, CommandError> {
    Ok(reservation(d, booking)?.request.terms == PaymentTerms::AtCheckOut)
}

fn is_free_for(
    d: &Decision<'_>,
    booking: BookingId,
    payment: PaymentId,
) -> Result<bool, CommandError> {
    let owner = d.state::<Claim>(claim_of(booking))?.owner();
    Ok(owner.is_none_or(|owner| owner == payment.0))
}

/// Whether a payment was asked for before there were claims, and none was cancelled since.
fn is_of_old(d: &Decision<'_>, booking: BookingId) -> Result<bool, CommandError> {
    let asked_for = d.state::<Process>(process_id(SETTLEMENT, booking.0))?;
    Ok(asked_for.run().is_some() && d.version::<Claim>(claim_of(booking))? == 0)
}

fn claim_of(booking: BookingId) -> String {
    format!("settlement:{booking}")
}
