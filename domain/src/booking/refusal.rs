//! Why a booking says no.

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};

use crate::aggregate::{Refusal, RefusalKind};
use crate::inventory::AHEAD_YEARS_MAX;
use crate::listing::{STAY_NIGHTS_MAX, UNITS_MAX};
use crate::money::{Currency, Money, MoneyError};
use crate::text::FieldFault;

/// Why a booking says no.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BookingRefusal {
    /// There is no such booking.
    #[error("there is no such booking")]
    Unknown,
    /// Its id is taken.
    #[error("a booking with this id is there already; book under a new id")]
    AlreadyRequested,
    /// The listing cannot be booked now.
    #[error("the listing is not published, so it cannot be booked")]
    ListingClosed,
    /// A host books the own listing.
    #[error("hosts cannot book their own listings; block the dates instead")]
    OwnListing,
    /// A span that ends where it starts, or before.
    #[error("there is no night between arrival and departure; let the guests leave later")]
    NoNights,
    /// A span of too many nights.
    #[error("{0} nights are more than the {STAY_NIGHTS_MAX} of the longest stay")]
    TooManyNights(i64),
    /// Fewer nights than the listing wants.
    #[error("the listing is booked for at least {0} nights")]
    BelowMinNights(u32),
    /// More nights than the listing wants.
    #[error("the listing is booked for at most {0} nights")]
    AboveMaxNights(u32),
    /// An arrival before today.
    #[error("an arrival before {0}, today where the listing is, is past")]
    Past(NaiveDate),
    /// Too far in the future.
    #[error("a departure after {0}, {AHEAD_YEARS_MAX} years ahead, cannot be booked yet")]
    TooFarAhead(NaiveDate),
    /// No unit, or too many.
    #[error("from 1 to {UNITS_MAX} units can be booked at once, not {0}")]
    UnitsOutOfRange(u32),
    /// Nobody comes.
    #[error("a booking needs at least one guest")]
    NoGuests,
    /// More guests than fit in.
    #[error("{guests} guests do not fit in; there is room for {room}")]
    TooManyGuests {
        /// How many come.
        guests: u64,
        /// How many fit in.
        room: u64,
    },
    /// An amount below zero.
    #[error("an amount below zero cannot be charged")]
    PriceNegative(&'static str),
    /// Another currency than the listing's or booking's.
    #[error("the price is in {currency}; name an amount in that currency")]
    CurrencyMismatch {
        /// The JSON pointer of the amount.
        pointer: &'static str,
        /// The currency it should have.
        currency: Currency,
    },
    /// The price is another than the one that was shown.
    #[error("the price has changed; it is {total} now")]
    PriceChanged {
        /// What it costs now.
        total: Money,
    },
    /// A sum that cannot be kept.
    #[error("the total is larger than the largest amount that can be kept")]
    Overflow,
    /// An hour that cannot be kept as an instant.
    #[error("the hour of arrival or departure does not exist there; choose other dates")]
    NoSuchInstant,
    /// A quoted price holds for a time only.
    #[error("a booking at a quoted price needs a deadline")]
    DeadlineMissing,
    /// A deadline that has passed already.
    #[error("the deadline has passed already; name a later one")]
    DeadlinePassed,
    /// A text is not fit to be kept.
    #[error(transparent)]
    Text(#[from] FieldFault),
    /// Its deadline has passed.
    #[error("the deadline of the booking has passed; book again")]
    HoldExpired,
    /// The host has not said yes.
    #[error("the host has not accepted the booking yet")]
    NotAccepted,
    /// The host has said yes.
    #[error("the booking is accepted already; cancel it instead of declining")]
    AlreadyAccepted,
    /// It has to be paid first.
    #[error("{total} is due before the booking can be confirmed")]
    PaymentMissing {
        /// What is due.
        total: Money,
    },
    /// Another amount was paid than is due.
    #[error("{total} is due, but {paid} was paid")]
    PaidDiffers {
        /// What is due.
        total: Money,
        /// What was paid.
        paid: Money,
    },
    /// It was paid by another payment.
    #[error("the booking is paid already, by another payment; refund this one")]
    AlreadyPaid,
    /// It is not pending, so it cannot expire.
    #[error("the booking is {0}, so it cannot expire")]
    NotPending(&'static str),
    /// Its deadline is still to come.
    #[error("the deadline of the booking has not passed yet, or there is none")]
    NotYetDue,
    /// The day of arrival is still to come.
    #[error("the guests arrive on {0}; before that day this cannot be said")]
    NotArrivedYet(NaiveDate),
    /// The hour of departure is still to come.
    #[error("the guests leave at {}; before that the stay is not completed", shown(.0))]
    NotLeftYet(DateTime<Utc>),
    /// It is not confirmed.
    #[error("the booking is {0}; only a confirmed one can be ended like this")]
    NotConfirmed(&'static str),
    /// It has come to its end.
    #[error("the booking is {0}, which is final")]
    Over(&'static str),
}

/// An instant as the API writes it.
fn shown(at: &DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

impl From<MoneyError> for BookingRefusal {
    fn from(error: MoneyError) -> Self {
        match error {
            MoneyError::CurrencyMismatch(currency, _) => Self::CurrencyMismatch {
                pointer: "/price",
                currency,
            },
            MoneyError::Overflow | MoneyError::UnknownCurrency(_) => Self::Overflow,
        }
    }
}

impl Refusal for BookingRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "booking_unknown",
            Self::AlreadyRequested => "booking_already_requested",
            Self::ListingClosed => "listing_closed",
            Self::OwnListing => "own_listing",
            Self::NoNights => "no_nights",
            Self::TooManyNights(_) => "too_many_nights",
            Self::BelowMinNights(_) => "below_min_nights",
            Self::AboveMaxNights(_) => "above_max_nights",
            Self::Past(_) => "dates_past",
            Self::TooFarAhead(_) => "dates_too_far_ahead",
            Self::UnitsOutOfRange(_) => "units_out_of_range",
            Self::NoGuests => "no_guests",
            Self::TooManyGuests { .. } => "too_many_guests",
            Self::PriceNegative(_) => "price_negative",
            Self::CurrencyMismatch { .. } => "currency_mismatch",
            Self::PriceChanged { .. } => "price_changed",
            Self::Overflow => "amount_overflow",
            Self::NoSuchInstant => "no_such_instant",
            Self::DeadlineMissing => "deadline_missing",
            Self::DeadlinePassed => "deadline_passed",
            Self::Text(fault) => fault.fault.code(),
            Self::HoldExpired => "hold_expired",
            Self::NotAccepted => "booking_not_accepted",
            Self::AlreadyAccepted => "booking_already_accepted",
            Self::PaymentMissing { .. } => "payment_missing",
            Self::PaidDiffers { .. } => "paid_differs",
            Self::AlreadyPaid => "booking_already_paid",
            Self::NotPending(_) => "booking_not_pending",
            Self::NotYetDue => "deadline_not_reached",
            Self::NotArrivedYet(_) => "not_arrived_yet",
            Self::NotLeftYet(_) => "not_left_yet",
            Self::NotConfirmed(_) => "booking_not_confirmed",
            Self::Over(_) => "booking_over",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Unknown => RefusalKind::Unknown,
            Self::OwnListing => RefusalKind::Forbidden,
            Self::AlreadyRequested
            | Self::ListingClosed
            | Self::PriceChanged { .. }
            | Self::NotAccepted
            | Self::AlreadyAccepted
            | Self::PaymentMissing { .. }
            | Self::PaidDiffers { .. }
            | Self::AlreadyPaid
            | Self::NotPending(_)
            | Self::NotYetDue
            | Self::NotArrivedYet(_)
            | Self::NotLeftYet(_)
            | Self::NotConfirmed(_)
            | Self::Over(_) => RefusalKind::Conflict,
            Self::HoldExpired => RefusalKind::Gone,
            Self::NoNights
            | Self::TooManyNights(_)
            | Self::BelowMinNights(_)
            | Self::AboveMaxNights(_)
            | Self::Past(_)
            | Self::TooFarAhead(_)
            | Self::UnitsOutOfRange(_)
            | Self::NoGuests
            | Self::TooManyGuests { .. }
            | Self::PriceNegative(_)
            | Self::CurrencyMismatch { .. }
            | Self::Overflow
            | Self::NoSuchInstant
            | Self::DeadlineMissing
            | Self::DeadlinePassed
            | Self::Text(_) => RefusalKind::Invalid,
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::NoNights
            | Self::TooManyNights(_)
            | Self::BelowMinNights(_)
            | Self::AboveMaxNights(_)
            | Self::TooFarAhead(_) => Some("/until"),
            Self::Past(_) | Self::NoSuchInstant => Some("/from"),
            Self::UnitsOutOfRange(_) => Some("/units"),
            Self::NoGuests | Self::TooManyGuests { .. } => Some("/guests"),
            Self::PriceNegative(pointer) | Self::CurrencyMismatch { pointer, .. } => Some(pointer),
            Self::PriceChanged { .. } => Some("/expected_total"),
            Self::Overflow => Some("/price"),
            Self::Text(fault) => Some(fault.pointer),
            _ => None,
        }
    }
}
