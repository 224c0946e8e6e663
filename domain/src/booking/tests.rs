use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use cqrs_es::test::TestFramework;
use uuid::Uuid;

use super::*;
use crate::aggregate::Aggregate;
use crate::id::{BookingId, ContactId, ListingId, PaymentId, UserId};
use crate::listing::{Place, Pricing, StayTerms};
use crate::money::{Currency, Money};
use crate::personal::Personal;
use crate::span::Span;

mod laws;
mod life;
mod quoting;
mod refunding;
mod requesting;

type Bookings = TestFramework<Booking>;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Noon of 1 June 2026, when all is asked for.
fn noon() -> DateTime<Utc> {
    at("2026-06-01T12:00:00Z")
}

/// The deadline of what is asked for at noon.
fn deadline() -> DateTime<Utc> {
    noon() + TimeDelta::minutes(30)
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn span(from: &str, until: &str) -> Span {
    Span::new(date(from), date(until))
}

fn euros(cents: i64) -> Money {
    Money::new(cents, Currency::EUR)
}

fn yen(amount: i64) -> Money {
    Money::new(amount, "JPY".parse().unwrap())
}

fn host() -> UserId {
    UserId(Uuid::from_u128(1))
}

fn guest() -> Party {
    Party::User {
        user: UserId(Uuid::from_u128(2)),
    }
}

fn payment(number: u128) -> PaymentId {
    PaymentId(Uuid::from_u128(number))
}

fn booking_id() -> BookingId {
    BookingId(Uuid::from_u128(7))
}

/// 100.00 a night and nothing else.
fn pricing() -> Pricing {
    Pricing {
        nightly_price: euros(10_000),
        cleaning_fee: euros(0),
        service_fee: euros(0),
        service_fee_basis_points: 0,
        weekly_discount_basis_points: 0,
        monthly_discount_basis_points: 0,
    }
}

fn stay() -> StayTerms {
    StayTerms {
        listing: ListingId(Uuid::from_u128(3)),
        host: host(),
        place: Place::default(),
        published: true,
        units: 3,
        max_guests: Some(2),
        pricing: pricing(),
        policy: CancellationPolicy::Flexible,
        zone: Tz::Europe__Lisbon,
        check_in: NaiveTime::from_hms_opt(15, 0, 0).unwrap(),
        check_out: NaiveTime::from_hms_opt(11, 0, 0).unwrap(),
        instant: false,
        min_nights: 1,
        max_nights: 730,
    }
}

fn two() -> Guests {
    Guests {
        adults: 2,
        children: 0,
        babies: 0,
    }
}

/// Three nights from 10 to 13 July, for 300.00.
fn ask() -> RequestBooking {
    RequestBooking {
        stay: stay(),
        party: guest(),
        span: span("2026-07-10", "2026-07-13"),
        units: 1,
        guests: two(),
        price: Price::Quoted { expected: None },
        terms: PaymentTerms::AtBooking,
        instant: false,
        deadline: Some(deadline()),
        source: Source::default(),
        at: noon(),
    }
}

fn request(ask: RequestBooking) -> BookingCommand {
    BookingCommand::Request(Box::new(ask))
}

fn requested_by(ask: &RequestBooking) -> BookingEvent {
    Booking::default()
        .decide(&request(ask.clone()))
        .unwrap()
        .remove(0)
}

fn requested() -> BookingEvent {
    requested_by(&ask())
}

fn instantly() -> BookingEvent {
    requested_by(&RequestBooking {
        instant: true,
        ..ask()
    })
}

fn later() -> DateTime<Utc> {
    noon() + TimeDelta::minutes(10)
}

fn accepted() -> BookingEvent {
    BookingEvent::Accepted(BookingAccepted {
        deadline: Some(later() + TimeDelta::minutes(30)),
    })
}

fn confirmed() -> BookingEvent {
    let (confirmed_at, payment) = (later(), Some(payment(1)));
    BookingEvent::Confirmed(BookingConfirmed {
        confirmed_at,
        payment,
    })
}

fn declined() -> BookingEvent {
    BookingEvent::Declined(BookingDeclined { reason: None })
}

fn expired() -> BookingEvent {
    BookingEvent::Expired(BookingExpired {
        deadline: deadline(),
    })
}

fn completed() -> BookingEvent {
    BookingEvent::Completed(BookingCompleted {})
}

fn accept() -> BookingCommand {
    let deadline = Some(later() + TimeDelta::minutes(30));
    BookingCommand::Accept(AcceptBooking {
        deadline,
        at: later(),
    })
}

fn decline() -> BookingCommand {
    BookingCommand::Decline(DeclineBooking {
        reason: None,
        at: later(),
    })
}

fn confirm(number: u128, paid: Money, at: DateTime<Utc>) -> BookingCommand {
    BookingCommand::Confirm(ConfirmBooking {
        paid: Some((payment(number), paid)),
        at,
    })
}

fn cancel(by: Canceller, paid: Money, at: DateTime<Utc>) -> BookingCommand {
    BookingCommand::Cancel(CancelBooking {
        host_terms: crate::settings::HostCancellation::default(),
        by,
        reason: None,
        paid,
        at,
    })
}

fn expire(at: DateTime<Utc>) -> BookingCommand {
    BookingCommand::Expire(ExpireBooking { at })
}

fn complete(at: DateTime<Utc>) -> BookingCommand {
    BookingCommand::Complete(CompleteBooking {
        at,
        brought_in: false,
    })
}

fn no_show(at: DateTime<Utc>) -> BookingCommand {
    BookingCommand::RecordNoShow(RecordNoShow { at })
}

fn reinstate(number: u128, at: DateTime<Utc>) -> BookingCommand {
    let (payment, paid) = (payment(number), euros(30_000));
    BookingCommand::Reinstate(ReinstateBooking { payment, paid, at })
}

fn contact(name: &str) -> Party {
    let contact = ContactId(Uuid::from_u128(4));
    let name = Some(Personal::new(contact, name.to_owned()));
    Party::Contact {
        contact,
        name,
        email: None,
    }
}
