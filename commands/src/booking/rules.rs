//! What the commands and the processes of a booking share.

use domain::booking::{
    Booking, BookingCommand, CancelBooking, Canceller, ConfirmBooking, Party, PaymentTerms,
    Reservation, Status,
};
use domain::id::{BookingId, ListingId, PaymentId, UserId};
use domain::inventory::{ConsumeHold, Inventory, InventoryCommand, ReleaseNights};
use domain::payment::{Charge, Payment};
use domain::permission::{Permission, Scope};
use domain::settings::{PLATFORM, Settings};
use domain::{Money, Origin};

use crate::authorize::Owners;
use crate::booking::commitments;
use crate::context::Who;
use crate::decision::Decision;
use crate::error::CommandError;

/// Which side of a booking a thing is done by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// The host alone.
    Host,
    /// The guest or the host.
    Both,
}

/// The booking, which there must be.
pub(crate) fn reservation<'a>(
    d: &'a Decision<'_>,
    id: BookingId,
) -> Result<&'a Reservation, CommandError> {
    d.state::<Booking>(id)?
        .reservation()
        .ok_or_else(|| CommandError::unknown("booking"))
}

/// Refuses one who may not do `permission` to this booking.
pub(crate) fn authorize(
    d: &Decision<'_>,
    id: BookingId,
    permission: fn(Scope) -> Permission,
    side: Side,
) -> Result<(), CommandError> {
    let request = &reservation(d, id)?.request;
    let parties: Vec<UserId> = request
        .party
        .user()
        .into_iter()
        .chain([request.host])
        .collect();
    let host = [request.host];
    let may_act = match side {
        Side::Host => &host[..],
        Side::Both => &parties[..],
    };
    let owners = Owners {
        may_act,
        may_see: &parties,
    };
    d.require_over("booking", permission, Permission::BookingShow, owners)
}

/// Confirms a booking whose host has said yes and for which no money is due beforehand.
pub(crate) fn confirm_if_nothing_is_missing(
    d: &mut Decision<'_>,
    id: BookingId,
) -> Result<(), CommandError> {
    let made = reservation(d, id)?;
    let waits_for_money =
        made.request.terms == PaymentTerms::AtBooking && !made.request.quote.total().is_zero();
    if waits_for_money || !matches!(made.status, Status::Pending { accepted: true, .. }) {
        return Ok(());
    }
    let (listing, at) = (made.request.listing, d.context.at);
    let consume = InventoryCommand::Consume(ConsumeHold { hold: id, at });
    d.decide::<Inventory>(listing, &consume)?;
    let confirm = BookingCommand::Confirm(ConfirmBooking { paid: None, at });
    d.decide::<Booking>(id, &confirm)?;
    // What was brought in binds nobody before it is handed over.
    if d.context.origin == Origin::Live {
        commitments::enter(d, id)?;
    }
    Ok(())
}

/// What has to be let go when a booking ends early, as it stands before it ends.
pub(crate) struct Release {
    listing: ListingId,
    nights: ReleaseNights,
}

/// What `id` would have to let go.
pub(crate) fn release_of(d: &Decision<'_>, id: BookingId) -> Result<Release, CommandError> {
    let made = reservation(d, id)?;
    let nights = ReleaseNights {
        hold: id,
        span: made.request.span,
        units: made.request.units,
        consumed: made.is_confirmed(),
        at: d.context.at,
    };
    Ok(Release {
        listing: made.request.listing,
        nights,
    })
}

impl Release {
    /// Lets it go.
    pub(crate) fn decide(self, d: &mut Decision<'_>) -> Result<(), CommandError> {
        let release = InventoryCommand::Release(self.nights);
        d.decide::<Inventory>(self.listing, &release).map(drop)
    }
}

/// Calls the booking off and lets its nights go.
pub(crate) fn decide_cancel(
    d: &mut Decision<'_>,
    id: BookingId,
    reason: Option<String>,
) -> Result<(), CommandError> {
    let (by, at) = (canceller(d, id)?, d.context.at);
    let cancel = CancelBooking {
        by,
        reason,
        paid: paid(d, id)?,
        host_terms: d.state::<Settings>(PLATFORM)?.host_cancellation.clone(),
        at,
    };
    let release = release_of(d, id)?;
    let kept = reservation(d, id)?.kept_from_sale(id, by, at);
    if !d.decide::<Booking>(id, &BookingCommand::Cancel(cancel))? {
        return Ok(());
    }
    let listing = release.listing;
    release.decide(d)?;
    if let Some(kept) = kept {
        d.decide::<Inventory>(listing, &InventoryCommand::Block(kept))?;
    }
    commitments::leave(d, id)
}

/// Who of the three calls it off. One who is both guest and host is the host: he is the one who
/// could have refused himself.
fn canceller(d: &Decision<'_>, id: BookingId) -> Result<Canceller, CommandError> {
    let request = &reservation(d, id)?.request;
    Ok(match (&d.context.who, &request.party) {
        (Who::User { user, .. }, _) if *user == request.host => Canceller::Host,
        (Who::User { user, .. }, Party::User { user: guest }) if user == guest => Canceller::Guest,
        _ => Canceller::Admin,
    })
}

/// The payment, which there must be.
pub(crate) fn charge<'a>(d: &'a Decision<'_>, id: PaymentId) -> Result<&'a Charge, CommandError> {
    d.state::<Payment>(id)?
        .charge()
        .ok_or_else(|| CommandError::unknown("payment"))
}

/// What was captured for the booking, less what went back or is on its way back.
pub(crate) fn paid(d: &Decision<'_>, id: BookingId) -> Result<Money, CommandError> {
    let made = reservation(d, id)?;
    match made.payment {
        Some(payment) => Ok(charge(d, payment)?.remaining()),
        None => Ok(Money::zero(made.request.quote.total().currency)),
    }
}
