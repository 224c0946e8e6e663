//! Asking for nights: all that must be right before they are held.

use chrono::{DateTime, NaiveTime, Utc};

use crate::booking::{
    BookingRefusal, BookingRequested, CancellationPolicy, Guests, Party, Price, PriceKind, Quote,
    RequestBooking, Source, nights_only, quote,
};
use crate::inventory::last_day;
use crate::listing::{STAY_NIGHTS_MAX, StayTerms, UNITS_MAX};
use crate::span::Span;
use crate::{text, zone};

/// The longest name, address or word of a source, in characters.
const SHORT_CHARS_MAX: usize = 200;

/// What a stay costs, after the same checks as a request for it. Changes nothing.
pub fn quote_stay(
    stay: &StayTerms,
    span: Span,
    units: u32,
    guests: Guests,
    at: DateTime<Utc>,
) -> Result<Quote, BookingRefusal> {
    check_stay(stay, span, units, guests, at)?;
    Ok(quote(&stay.pricing, span, units)?)
}

fn check_stay(
    stay: &StayTerms,
    span: Span,
    units: u32,
    guests: Guests,
    at: DateTime<Utc>,
) -> Result<(), BookingRefusal> {
    if !stay.published {
        return Err(BookingRefusal::ListingClosed);
    }
    check_span(stay, span, at)?;
    if !(1..=UNITS_MAX).contains(&units) {
        return Err(BookingRefusal::UnitsOutOfRange(units));
    }
    let guests = guests.count();
    if guests == 0 {
        return Err(BookingRefusal::NoGuests);
    }
    match stay.max_guests.map(|max| u64::from(max) * u64::from(units)) {
        Some(room) if guests > room => Err(BookingRefusal::TooManyGuests { guests, room }),
        _ => Ok(()),
    }
}

fn check_span(stay: &StayTerms, span: Span, at: DateTime<Utc>) -> Result<(), BookingRefusal> {
    let nights = span.nights();
    if nights <= 0 {
        return Err(BookingRefusal::NoNights);
    }
    if nights > i64::from(STAY_NIGHTS_MAX) {
        return Err(BookingRefusal::TooManyNights(nights));
    }
    let today = zone::day(stay.zone, at);
    if span.from < today {
        return Err(BookingRefusal::Past(today));
    }
    if let Some(last) = last_day(today).filter(|last| span.until > *last) {
        return Err(BookingRefusal::TooFarAhead(last));
    }
    if nights < i64::from(stay.min_nights) {
        return Err(BookingRefusal::BelowMinNights(stay.min_nights));
    }
    if nights > i64::from(stay.max_nights) {
        return Err(BookingRefusal::AboveMaxNights(stay.max_nights));
    }
    Ok(())
}

impl RequestBooking {
    pub(super) fn decide(&self) -> Result<BookingRequested, BookingRefusal> {
        let stay = &self.stay;
        check_stay(stay, self.span, self.units, self.guests, self.at)?;
        self.party.check()?;
        self.source.check()?;
        let (price, quote, policy) = self.priced()?;
        self.check_deadline(price)?;
        let own = self.party.user() == Some(stay.host);
        if own && price == PriceKind::Quoted {
            return Err(BookingRefusal::OwnListing);
        }
        let instant = |day, hour: NaiveTime| {
            zone::instant(stay.zone, day, hour).ok_or(BookingRefusal::NoSuchInstant)
        };
        Ok(BookingRequested {
            listing: stay.listing,
            host: stay.host,
            place: stay.place,
            party: self.party.clone(),
            span: self.span,
            units: self.units,
            guests: self.guests,
            zone: stay.zone,
            requested_at: self.at,
            check_in_at: instant(self.span.from, stay.check_in)?,
            check_out_at: instant(self.span.until, stay.check_out)?,
            price,
            quote,
            policy: policy.for_nights(self.span.nights()).terms(),
            terms: self.terms,
            instant: self.instant,
            deadline: self.deadline,
            source: self.source.clone(),
        })
    }

    fn priced(&self) -> Result<(PriceKind, Quote, CancellationPolicy), BookingRefusal> {
        let currency = self.stay.pricing.currency();
        match self.price {
            Price::Quoted { expected } => {
                let quote = quote(&self.stay.pricing, self.span, self.units)?;
                match expected {
                    Some(shown) if shown.currency != currency => {
                        let pointer = "/expected_total/currency";
                        Err(BookingRefusal::CurrencyMismatch { pointer, currency })
                    }
                    Some(shown) if shown != quote.total() => Err(BookingRefusal::PriceChanged {
                        total: quote.total(),
                    }),
                    _ => Ok((PriceKind::Quoted, quote, self.stay.policy)),
                }
            }
            Price::Agreed {
                nightly_price,
                policy,
            } => {
                if nightly_price.currency != currency {
                    let pointer = "/price/nightly_price/currency";
                    return Err(BookingRefusal::CurrencyMismatch { pointer, currency });
                }
                if nightly_price.amount < 0 {
                    return Err(BookingRefusal::PriceNegative("/price/nightly_price/amount"));
                }
                let quote = nights_only(nightly_price, self.span, self.units)?;
                Ok((PriceKind::Agreed, quote, policy))
            }
        }
    }

    fn check_deadline(&self, price: PriceKind) -> Result<(), BookingRefusal> {
        match self.deadline {
            Some(deadline) if deadline <= self.at => Err(BookingRefusal::DeadlinePassed),
            None if price == PriceKind::Quoted => Err(BookingRefusal::DeadlineMissing),
            _ => Ok(()),
        }
    }
}

impl Party {
    fn check(&self) -> Result<(), BookingRefusal> {
        let Self::Contact { name, email, .. } = self else {
            return Ok(());
        };
        for (pointer, personal) in [("/party/name", name), ("/party/email", email)] {
            if let Some(personal) = personal {
                text::line(pointer, &personal.value, SHORT_CHARS_MAX)?;
            }
        }
        Ok(())
    }
}

impl Source {
    fn check(&self) -> Result<(), BookingRefusal> {
        for (pointer, word) in [
            ("/source/country", &self.country),
            ("/source/channel", &self.channel),
            ("/source/segment", &self.segment),
            ("/source/reference", &self.reference),
        ] {
            if let Some(word) = word {
                text::line(pointer, word, SHORT_CHARS_MAX)?;
            }
        }
        Ok(())
    }
}
