//! Asking for a stay.

use domain::Span;
use domain::booking::{
    Booking, BookingCommand, Guests, Party, PaymentTerms, Price, RequestBooking, Source,
};
use domain::id::{BookingId, ListingId};
use domain::inventory::{HoldNights, Inventory, InventoryCommand};
use domain::listing::{Listing, StayTerms};
use domain::permission::{Permission, Scope};

use crate::Commands;
use crate::booking::rules::confirm_if_nothing_is_missing;
use crate::context::Context;
use crate::decision::Decision;
use crate::dispatch::Done;
use crate::error::CommandError;
use crate::wanted::{fresh, want};

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
        let streams = vec![
            fresh::<Booking>(id)?,
            want::<Inventory>(ask.listing)?,
            want::<Listing>(ask.listing)?,
        ];
        let decide = |d: &mut Decision<'_>| self.decide_request(d, id, ask);
        self.dispatch
            .command(context, "booking.request", id.to_string(), streams, &decide)
            .await
    }

    fn decide_request(
        &self,
        d: &mut Decision<'_>,
        id: BookingId,
        ask: &AskForStay,
    ) -> Result<(), CommandError> {
        let stay = authorize_request(d, ask)?;
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
        let deadline = Some(at + wait);
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
    let stay = stay.ok_or_else(|| CommandError::unknown("listing"))?;
    let is_host = d.context.user().is_ok_and(|user| user == stay.host);
    let permissions = d.permissions()?;
    if !stay.published && !permissions.allows_over(Permission::ListingShow, is_host) {
        return Err(CommandError::unknown("listing"));
    }
    let agreed = ask.party.is_some()
        || ask.terms == PaymentTerms::AtCheckOut
        || matches!(ask.price, Price::Agreed { .. });
    if agreed {
        d.require(Permission::BookingAgree)?;
        if !permissions.allows_over(Permission::ListingChange, is_host) {
            return Err(CommandError::forbidden(Permission::ListingChange(
                Scope::Any,
            )));
        }
    }
    Ok(stay)
}
