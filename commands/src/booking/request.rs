//! Asking for a stay.

use domain::booking::{
    Booking, BookingCommand, Guests, Party, PaymentTerms, Price, RequestBooking, Source,
};
use domain::id::{BookingId, ListingId, UserId};
use domain::inventory::{GuestLimit, HoldNights, Inventory, InventoryCommand};
use domain::listing::{Listing, StayTerms};
use domain::permission::{Permission, Scope};
use domain::settings::{PLATFORM, Settings};
use domain::user::User;
use domain::{Span, zone};

use crate::Commands;
use crate::booking::commitments;
use crate::booking::rules::confirm_if_nothing_is_missing;
use crate::context::Context;
use crate::decision::Decision;
use crate::dispatch::Done;
use crate::error::CommandError;
use crate::wanted::{Wanted, fresh, want};

/// What a client asks for.
#[derive(Clone, Debug)]
pub struct AskForStay {
    /// Which listing.
    pub listing: ListingId,
    /// Which nights.
    pub span: Span,
    /// How many units.
    pub units: u32,
    /// How many come.
    pub guests: Guests,
    /// Who books; the one who asks, where it is not said.
    pub party: Option<Party>,
    /// At which price.
    pub price: Price,
    /// When money is due.
    pub terms: PaymentTerms,
    /// Where it came from.
    pub source: Source,
}

impl Commands {
    /// Asks for nights and holds them. What needs no money and no yes is confirmed at once.
    pub async fn request_booking(
        &self,
        context: &Context,
        id: BookingId,
        ask: &AskForStay,
    ) -> Result<Done, CommandError> {
        let mut streams = vec![
            fresh::<Booking>(id)?,
            want::<Inventory>(ask.listing)?,
            want::<Listing>(ask.listing)?,
            want::<Settings>(PLATFORM)?,
        ];
        streams.extend(self.people_of(context, ask).await?);
        let decide = |d: &mut Decision<'_>| self.decide_request(d, id, ask);
        self.dispatch
            .command(context, "booking.request", id.to_string(), streams, &decide)
            .await
    }

    /// The streams of those whom the request is about: the host, who has to be there; the guest,
    /// where it is another than the one who asks; and what they are bound to, where the booking
    /// may be confirmed at once.
    async fn people_of(
        &self,
        context: &Context,
        ask: &AskForStay,
    ) -> Result<Vec<Wanted>, CommandError> {
        let (listing, _) = self.dispatch.peek::<Listing>(ask.listing).await?;
        // The host of a listing never changes; without one there is nothing to book.
        let Some(host) = listing.host() else {
            return Ok(vec![]);
        };
        let caller = context.user().ok();
        let guest = match &ask.party {
            Some(party) => party.user(),
            None => caller,
        };
        let mut streams = vec![want::<User>(host)?];
        let named = guest.filter(|guest| *guest != host && Some(*guest) != caller);
        streams.extend(named.map(want::<User>).transpose()?);
        if may_be_free(&listing, ask) {
            streams.extend(commitments::streams(guest, host)?);
        }
        Ok(streams)
    }

    fn decide_request(
        &self,
        d: &mut Decision<'_>,
        id: BookingId,
        ask: &AskForStay,
    ) -> Result<(), CommandError> {
        let stay = authorize_request(d, ask)?;
        let settings = d.state::<Settings>(PLATFORM)?.clone();
        let stay = stay.with_service_fee(settings.service_fee_basis_points);
        let party = match &ask.party {
            Some(party) => party.clone(),
            None => Party::User {
                user: d.context.user()?,
            },
        };
        let at = d.context.at;
        // An agreement is the host's yes already.
        let instant = stay.instant || matches!(ask.price, Price::Agreed { .. });
        let wait = if instant {
            self.settings.payment_window
        } else {
            self.settings.host_answer
        };
        let ahead = (ask.span.from - zone::day(stay.zone, at)).num_days();
        let deadline = Some(at + settings.hold(wait, ahead, instant));
        // Who may agree on a price is trusted with any number.
        let limit = party.user().filter(|_| !is_agreed(ask));
        let limit = limit.map(|guest| GuestLimit {
            guest,
            most: settings.open_requests_max,
        });
        let request = RequestBooking {
            stay,
            party,
            span: ask.span,
            units: ask.units,
            guests: ask.guests,
            price: ask.price,
            terms: ask.terms,
            instant,
            deadline,
            source: ask.source.clone(),
            at,
        };
        d.decide::<Booking>(id, &BookingCommand::Request(Box::new(request)))?;
        let hold = HoldNights {
            hold: id,
            guest: limit,
            span: ask.span,
            units: ask.units,
            deadline,
            at,
        };
        d.decide::<Inventory>(ask.listing, &InventoryCommand::Hold(hold))?;
        confirm_if_nothing_is_missing(d, id)
    }
}

/// Who asks for himself needs little; who asks for another, or at a price of his own, needs to be
/// allowed to, over that listing.
fn authorize_request(d: &Decision<'_>, ask: &AskForStay) -> Result<StayTerms, CommandError> {
    d.require(Permission::BookingRequest)?;
    let stay = d.state::<Listing>(ask.listing)?.stay_terms(ask.listing);
    let mut stay = stay.ok_or_else(|| CommandError::unknown("listing"))?;
    // Who cannot let guests in cannot be booked.
    stay.published &= is_active(d, stay.host)?;
    let is_host = d.context.user().is_ok_and(|user| user == stay.host);
    let permissions = d.permissions()?;
    if !stay.published && !permissions.allows_over(Permission::ListingShow, is_host) {
        return Err(CommandError::unknown("listing"));
    }
    if let Some(guest) = ask.party.as_ref().and_then(Party::user)
        && !is_active(d, guest)?
    {
        let detail = "the guest has to be an active user; name another, or a contact";
        return Err(CommandError::invalid("guest_unfit", "/party/user", detail));
    }
    if is_agreed(ask) {
        d.require(Permission::BookingAgree)?;
        if !permissions.allows_over(Permission::ListingChange, is_host) {
            return Err(CommandError::forbidden(Permission::ListingChange(
                Scope::Any,
            )));
        }
    }
    Ok(stay)
}

/// Whether the request needs more than the right to book for oneself.
fn is_agreed(ask: &AskForStay) -> bool {
    ask.party.is_some()
        || ask.terms == PaymentTerms::AtCheckOut
        || matches!(ask.price, Price::Agreed { .. })
}

/// Whether there may be nothing to pay beforehand, so that it is confirmed at once.
fn may_be_free(listing: &Listing, ask: &AskForStay) -> bool {
    let nightly_price = match ask.price {
        Price::Agreed { nightly_price, .. } => Some(nightly_price.amount),
        Price::Quoted { .. } => listing
            .stay_terms(ask.listing)
            .map(|stay| stay.pricing.nightly_price.amount),
    };
    ask.terms == PaymentTerms::AtCheckOut || nightly_price.is_none_or(|amount| amount == 0)
}

fn is_active(d: &Decision<'_>, user: UserId) -> Result<bool, CommandError> {
    Ok(matches!(d.state::<User>(user)?, User::Active(_)))
}
