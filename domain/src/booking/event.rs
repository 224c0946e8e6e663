//! What happened to a booking.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::booking::policy::{PolicyTerms, RefundLine, Tier};
use crate::booking::pricing::Quote;
use crate::id::{ContactId, ListingId, PaymentId, UserId};
use crate::listing::Place;
use crate::money::Money;
use crate::payment::Payer;
use crate::personal::Personal;
use crate::span::Span;

events! {
    /// What happened to a booking.
    pub enum BookingEvent {
        /// A party asked for nights, which are held for it.
        Requested(Box<BookingRequested>) = "booking.requested" v 1,
        /// The host said yes.
        Accepted(BookingAccepted) = "booking.accepted" v 1,
        /// The host said no.
        Declined(BookingDeclined) = "booking.declined" v 1,
        /// It is paid, or need not be: the nights are taken.
        Confirmed(BookingConfirmed) = "booking.confirmed" v 1,
        /// Somebody called it off.
        Cancelled(BookingCancelled) = "booking.cancelled" v 1,
        /// The guests have been and gone.
        Completed(BookingCompleted) = "booking.completed" v 1,
        /// The guests never came.
        NoShowRecorded(BookingNoShowRecorded) = "booking.no_show_recorded" v 1,
        /// Its deadline passed without a yes or without money.
        Expired(BookingExpired) = "booking.expired" v 1,
        /// An imported booking is handed to the live processes.
        Adopted(BookingAdopted) = "booking.adopted" v 1,
        /// Money came late and the nights were still free: they are claimed again.
        Reinstated(BookingReinstated) = "booking.reinstated" v 1,
    }
}

/// Who has the booking.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Party {
    /// A user.
    User {
        /// The user.
        user: UserId,
    },
    /// One who is no user.
    Contact {
        /// The contact.
        contact: ContactId,
        /// What they are called, where it is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<Personal<String>>,
        /// Where they get mail, where it is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        email: Option<Personal<String>>,
    },
}

impl Party {
    /// The party as one who pays.
    pub fn payer(&self) -> Payer {
        match self {
            Self::User { user } => Payer::User(*user),
            Self::Contact { contact, .. } => Payer::Contact(*contact),
        }
    }

    /// The id of the user or contact, by which what is said of them is sealed.
    pub fn id(&self) -> Uuid {
        self.payer().id()
    }

    /// The user, where the party is one.
    pub fn user(&self) -> Option<UserId> {
        match self {
            Self::User { user } => Some(*user),
            Self::Contact { .. } => None,
        }
    }
}

/// How many come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guests {
    /// Grown-ups.
    pub adults: u32,
    /// Children.
    pub children: u32,
    /// Babies.
    pub babies: u32,
}

impl Guests {
    /// All of them.
    pub fn count(self) -> u64 {
        u64::from(self.adults) + u64::from(self.children) + u64::from(self.babies)
    }
}

/// When money is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentTerms {
    /// Before the booking is confirmed.
    AtBooking,
    /// When the guests leave; the booking is confirmed without it.
    AtCheckOut,
}

/// Where the price comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PriceKind {
    /// Worked out by us from the listing's prices.
    Quoted,
    /// Agreed between the parties.
    Agreed,
}

/// Where the booking came from, as far as it is known; no word of it identifies a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The country the guests come from, as a code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// By which way it was sold, such as `direct`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// To which part of the market.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment: Option<String>,
    /// What another system calls it, such as a row of an import.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// A party asked for nights: all that was looked up and worked out at that moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BookingRequested {
    /// What is booked.
    pub listing: ListingId,
    /// Whose listing it is.
    pub host: UserId,
    /// Where it stands.
    pub place: Place,
    /// Who books.
    pub party: Party,
    /// Which nights.
    pub span: Span,
    /// How many units.
    pub units: u32,
    /// How many come.
    pub guests: Guests,
    /// The zone of all its days and hours.
    #[serde(rename = "time_zone")]
    pub zone: Tz,
    /// When it was asked for.
    pub requested_at: DateTime<Utc>,
    /// From when on guests are let in.
    pub check_in_at: DateTime<Utc>,
    /// By when they leave.
    pub check_out_at: DateTime<Utc>,
    /// Where the price comes from.
    pub price: PriceKind,
    /// What it costs, line by line; never worked out again.
    pub quote: Quote,
    /// What is given back on a cancellation.
    pub policy: PolicyTerms,
    /// When money is due.
    pub terms: PaymentTerms,
    /// Whether it needs no yes of the host.
    pub instant: bool,
    /// When it expires unless it goes on; never, where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<DateTime<Utc>>,
    /// Where it came from.
    pub source: Source,
}

/// The host said yes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BookingAccepted {
    /// When it expires unless it is paid; never, where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<DateTime<Utc>>,
}

/// The host said no.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BookingDeclined {
    /// Why, in words of whoever said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Personal<String>>,
}

/// It is paid, or need not be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BookingConfirmed {
    /// When, for the hours of grace that start here.
    pub confirmed_at: DateTime<Utc>,
    /// What paid it, where it had to be paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment: Option<PaymentId>,
}

/// Who calls a booking off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Canceller {
    /// Those who were to come: the policy says what they get back.
    Guest,
    /// The host: everything goes back.
    Host,
    /// The platform: everything goes back.
    Admin,
}

/// Somebody called it off.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BookingCancelled {
    /// Who.
    pub by: Canceller,
    /// Why, in words of whoever said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Personal<String>>,
    /// Whether it had been confirmed, so that its nights were taken and not only held.
    pub was_confirmed: bool,
    /// When; one of the two instants that were compared.
    pub cancelled_at: DateTime<Utc>,
    /// From when on guests would have been let in; the other one.
    pub check_in_at: DateTime<Utc>,
    /// The policy that was applied.
    pub policy: PolicyTerms,
    /// Which of its rules.
    pub tier: Tier,
    /// What had been paid; the sum of the two below.
    pub paid: Money,
    /// What is kept of it.
    pub kept: Money,
    /// What goes back.
    pub refunded: Money,
    /// The same line by line.
    pub lines: Vec<RefundLine>,
    /// What the host owes the platform for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host_fee: Option<Money>,
}

/// The guests have been and gone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BookingCompleted {}

/// The guests never came.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BookingNoShowRecorded {}

/// Its deadline passed without a yes or without money.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BookingExpired {
    /// The deadline that passed.
    pub deadline: DateTime<Utc>,
}

/// An imported booking is handed to the live processes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BookingAdopted {}

/// Money came late and the nights were still free.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BookingReinstated {
    /// What paid it.
    pub payment: PaymentId,
}
