//! What is said about bookings.

use chrono::NaiveDate;
use commands::booking::AskForStay;
use domain::booking::{self, CancellationPolicy, Party, PaymentTerms, Price};
use domain::id::{ContactId, ListingId};
use domain::{Money, Personal, Span};

use crate::json::bodies;
use crate::view::Amount;

bodies! {
    /// Nights that one would like to know the price of.
    pub struct PriceQuestion {
        /// Which listing.
        #[schema(value_type = Uuid)]
        pub listing: ListingId,
        /// The day of arrival.
        pub from: NaiveDate,
        /// The day of departure.
        pub until: NaiveDate,
        /// How many units; 1 where it is not said.
        pub units: Option<u32>,
        /// How many come.
        pub guests: Guests,
    }

    /// Nights that are asked for.
    pub struct NewBooking {
        /// Which listing.
        #[schema(value_type = Uuid)]
        pub listing: ListingId,
        /// The day of arrival.
        pub from: NaiveDate,
        /// The day of departure.
        pub until: NaiveDate,
        /// How many units; 1 where it is not said.
        pub units: Option<u32>,
        /// How many come.
        pub guests: Guests,
        /// The total that one was shown; if it has changed since, nothing happens.
        #[schema(value_type = Option<Amount>)]
        pub expected_total: Option<Money>,
        /// Who books, if it is not the one who asks (needs `booking.agree`).
        pub party: Option<Contact>,
        /// A price agreed upon (needs `booking.agree`).
        pub price: Option<AgreedPrice>,
        /// `at_booking`, where it is not said, or `at_check_out` (needs `booking.agree`).
        #[schema(value_type = Option<String>, example = "at_booking")]
        pub terms: Option<PaymentTerms>,
        /// Where it came from.
        pub source: Option<Source>,
    }

    /// How many come.
    pub struct Guests {
        /// Grown-ups.
        pub adults: u32,
        /// Children; none where it is not said.
        pub children: Option<u32>,
        /// Babies; none where it is not said.
        pub babies: Option<u32>,
    }

    /// One who is no user but books.
    pub struct Contact {
        /// What they are called.
        pub name: Option<String>,
        /// Where they get mail.
        pub email: Option<String>,
    }

    /// A price agreed upon: no discount and no fee is added.
    pub struct AgreedPrice {
        /// One unit for one night.
        #[schema(value_type = Amount)]
        pub nightly_price: Money,
        /// What is given back on a cancellation.
        #[schema(value_type = String, example = "flexible")]
        pub policy: CancellationPolicy,
    }

    /// Where a booking came from; nothing in it may identify a person.
    pub struct Source {
        /// The country the guests come from, as a code.
        pub country: Option<String>,
        /// By which way it was sold, such as `direct`.
        pub channel: Option<String>,
        /// To which part of the market.
        pub segment: Option<String>,
        /// What another system calls it.
        pub reference: Option<String>,
    }

    /// Why something is done to a booking.
    pub struct Why {
        /// Why.
        pub reason: Option<String>,
    }
}

impl From<Guests> for booking::Guests {
    fn from(body: Guests) -> Self {
        Self {
            adults: body.adults,
            children: body.children.unwrap_or_default(),
            babies: body.babies.unwrap_or_default(),
        }
    }
}

impl From<Source> for booking::Source {
    fn from(body: Source) -> Self {
        let Source {
            country,
            channel,
            segment,
            reference,
        } = body;
        Self {
            country,
            channel,
            segment,
            reference,
        }
    }
}

impl NewBooking {
    /// What is asked for; `contact` is the id of a party that is no user.
    pub fn into_ask(self, contact: ContactId) -> AskForStay {
        let expected = self.expected_total;
        AskForStay {
            listing: self.listing,
            span: Span::new(self.from, self.until),
            units: self.units.unwrap_or(1),
            guests: self.guests.into(),
            party: self.party.map(|party| Party::Contact {
                contact,
                name: party.name.map(|name| Personal::new(contact, name)),
                email: party.email.map(|email| Personal::new(contact, email)),
            }),
            price: self
                .price
                .map_or(Price::Quoted { expected }, |agreed| Price::Agreed {
                    nightly_price: agreed.nightly_price,
                    policy: agreed.policy,
                }),
            terms: self.terms.unwrap_or(PaymentTerms::AtBooking),
            source: self.source.map(Into::into).unwrap_or_default(),
        }
    }
}
