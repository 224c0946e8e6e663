//! What guests and hosts are still bound to, told in the append that confirms or ends a booking.

use domain::booking::{PaymentTerms, Reservation};
use domain::commitments::{Commitments, CommitmentsCommand};
use domain::id::{BookingId, UserId};

use crate::booking::rules::reservation;
use crate::decision::Decision;
use crate::error::CommandError;
use crate::wanted::{Wanted, want};

/// The streams of the two parties of a booking.
pub(crate) fn streams(guest: Option<UserId>, host: UserId) -> Result<Vec<Wanted>, CommandError> {
    let guest = guest.filter(|guest| *guest != host);
    let parties = guest.into_iter().chain([host]);
    parties.map(want::<Commitments>).collect()
}

/// The booking binds both from now on.
pub(crate) fn enter(d: &mut Decision<'_>, id: BookingId) -> Result<(), CommandError> {
    for user in parties(reservation(d, id)?) {
        d.decide::<Commitments>(user, &CommitmentsCommand::Enter(id))?;
    }
    Ok(())
}

/// The booking has ended. It binds nobody any more, but for a guest who still has to pay.
pub(crate) fn leave(d: &mut Decision<'_>, id: BookingId) -> Result<(), CommandError> {
    let made = reservation(d, id)?;
    let request = &made.request;
    let is_due = made.status == domain::booking::Status::Completed
        && request.terms == PaymentTerms::AtCheckOut
        && !request.quote.total().is_zero();
    let host = request.host;
    let parties = parties(made);
    let released = parties.into_iter().filter(|user| *user == host || !is_due);
    for user in released {
        d.decide::<Commitments>(user, &CommitmentsCommand::Leave(id))?;
    }
    Ok(())
}

/// It was paid after its end.
pub(crate) fn leave_paid(d: &mut Decision<'_>, id: BookingId) -> Result<(), CommandError> {
    if reservation(d, id)?.is_confirmed() {
        return Ok(());
    }
    for user in parties(reservation(d, id)?) {
        d.decide::<Commitments>(user, &CommitmentsCommand::Leave(id))?;
    }
    Ok(())
}

fn parties(made: &Reservation) -> Vec<UserId> {
    let host = made.request.host;
    let guest = made.request.party.user().filter(|guest| *guest != host);
    guest.into_iter().chain([host]).collect()
}
