//! What can be asked of a booking.

use chrono::{DateTime, Utc};

use crate::booking::{CancellationPolicy, Canceller, Guests, Party, PaymentTerms, Source};
use crate::id::PaymentId;
use crate::listing::StayTerms;
use crate::money::Money;
use crate::settings::HostCancellation;
use crate::span::Span;

/// What can be asked of a booking.
#[derive(Clone, Debug, PartialEq)]
pub enum BookingCommand {
    /// Ask for nights.
    Request(Box<RequestBooking>),
    /// Say yes, as the host.
    Accept(AcceptBooking),
    /// Say no, as the host.
    Decline(DeclineBooking),
    /// Take the nights for good.
    Confirm(ConfirmBooking),
    /// Call it off.
    Cancel(CancelBooking),
    /// Say that the guests have been and gone.
    Complete(CompleteBooking),
    /// Say that the guests never came.
    RecordNoShow(RecordNoShow),
    /// Let it go after its deadline.
    Expire(ExpireBooking),
    /// Hand an imported booking to the live processes.
    Adopt(AdoptBooking),
    /// Claim the nights again for money that came late.
    Reinstate(ReinstateBooking),
}

/// The price that is asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Price {
    /// Worked out from the listing's prices.
    Quoted {
        /// The total that the party was shown; another one is refused.
        expected: Option<Money>,
    },
    /// Agreed between the parties; no discount and no fee is added.
    Agreed {
        /// One unit for one night.
        nightly_price: Money,
        /// What is given back on a cancellation.
        policy: CancellationPolicy,
    },
}

/// Ask for nights, with all that was looked up for it.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestBooking {
    /// The listing as it is at this moment.
    pub stay: StayTerms,
    /// Who books.
    pub party: Party,
    /// Which nights.
    pub span: Span,
    /// How many units.
    pub units: u32,
    /// How many come.
    pub guests: Guests,
    /// At which price.
    pub price: Price,
    /// When money is due.
    pub terms: PaymentTerms,
    /// Whether it needs no yes of the host: mostly the listing's word.
    pub instant: bool,
    /// When it expires unless it goes on.
    pub deadline: Option<DateTime<Utc>>,
    /// Where it came from.
    pub source: Source,
    /// When it is asked for.
    pub at: DateTime<Utc>,
}

/// Say yes, as the host.
#[derive(Clone, Debug, PartialEq)]
pub struct AcceptBooking {
    /// When it expires unless it is paid.
    pub deadline: Option<DateTime<Utc>>,
    /// When it is asked for.
    pub at: DateTime<Utc>,
}

/// Say no, as the host.
#[derive(Clone, Debug, PartialEq)]
pub struct DeclineBooking {
    /// Why.
    pub reason: Option<String>,
    /// When it is asked for.
    pub at: DateTime<Utc>,
}

/// Take the nights for good.
#[derive(Clone, Debug, PartialEq)]
pub struct ConfirmBooking {
    /// What paid it and how much was captured; none where nothing is due yet.
    pub paid: Option<(PaymentId, Money)>,
    /// When it is asked for.
    pub at: DateTime<Utc>,
}

/// Call it off.
#[derive(Clone, Debug, PartialEq)]
pub struct CancelBooking {
    /// Who asks.
    pub by: Canceller,
    /// Why.
    pub reason: Option<String>,
    /// What was captured for it less what went back; the basis of the refund.
    pub paid: Money,
    /// What a host owes who calls off a stay that guests rely on.
    pub host_terms: HostCancellation,
    /// When it is asked for.
    pub at: DateTime<Utc>,
}

/// Say that the guests have been and gone.
#[derive(Clone, Debug, PartialEq)]
pub struct CompleteBooking {
    /// When it is asked for: not before the hour of departure.
    pub at: DateTime<Utc>,
    /// Whether it happened elsewhere and is only put into the books: guests may have left before
    /// their last night, and what happened is not undone by a rule of ours.
    pub brought_in: bool,
}

/// Say that the guests never came.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordNoShow {
    /// When it is asked for.
    pub at: DateTime<Utc>,
}

/// Let it go after its deadline.
#[derive(Clone, Debug, PartialEq)]
pub struct ExpireBooking {
    /// When it is asked for.
    pub at: DateTime<Utc>,
}

/// Hand an imported booking to the live processes.
#[derive(Clone, Debug, PartialEq)]
pub struct AdoptBooking {
    /// When it is asked for.
    pub at: DateTime<Utc>,
}

/// Claim the nights again for money that came late; the inventory is asked in the same append.
#[derive(Clone, Debug, PartialEq)]
pub struct ReinstateBooking {
    /// What paid it.
    pub payment: PaymentId,
    /// How much was captured.
    pub paid: Money,
    /// When it is asked for.
    pub at: DateTime<Utc>,
}
