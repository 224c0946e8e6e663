//! How the events of bookings and payments become facts.

use chrono::Datelike;
use domain::Money;
use domain::booking::{BookingEvent, BookingRequested, Party};
use domain::payment::PaymentEvent;
use domain::zone::day;
use uuid::Uuid;

use super::dimension::hotel_of;
use super::{BookingFact, BookingNightFact, Facts, PaymentFact};
use crate::decoded::Decoded;
use crate::fold::{fits, id, origin, word};
use crate::projector::ApplyError;

/// What stands for a channel that was not said.
const UNKNOWN_CHANNEL: &str = "unknown";

pub(super) fn booking(
    facts: &mut Facts,
    event: &Decoded,
    what: &BookingEvent,
) -> Result<(), ApplyError> {
    let id = id(event)?;
    if let BookingEvent::Requested(body) = what {
        let fact = requested(id, event, body)?;
        for line in &body.quote.nights {
            facts.nights.put(BookingNightFact {
                booking_id: id,
                night: line.night,
                hotel_id: fact.hotel_id,
                listing_id: fact.listing_id,
                units: fact.units,
                currency: fact.currency.clone(),
                amount: line.amount,
            });
        }
        facts.bookings.put(fact);
        return Ok(());
    }
    let fact = facts.bookings.expect(&id)?;
    let status = match what {
        BookingEvent::Requested(_) | BookingEvent::Accepted(_) | BookingEvent::Adopted(_) => {
            return Ok(());
        }
        BookingEvent::Confirmed(_) => "confirmed",
        BookingEvent::Reinstated(_) => "pending",
        BookingEvent::Declined(_) => "declined",
        BookingEvent::Completed(_) => "completed",
        BookingEvent::NoShowRecorded(_) => "no_show",
        BookingEvent::Expired(_) => "expired",
        BookingEvent::Cancelled(body) => {
            fact.kept = Some(body.kept.amount);
            fact.refunded = Some(body.refunded.amount);
            "cancelled"
        }
    };
    status.clone_into(&mut fact.status);
    let zone: chrono_tz::Tz = fact
        .time_zone
        .parse()
        .map_err(|_| ApplyError::Fold(format!("no zone `{}`", fact.time_zone)))?;
    let open = matches!(status, "confirmed" | "pending");
    fact.ended_on = (!open).then(|| day(zone, event.recorded.occurred_at));
    Ok(())
}

fn requested(
    id: Uuid,
    event: &Decoded,
    body: &BookingRequested,
) -> Result<BookingFact, ApplyError> {
    let booked_on = day(body.zone, body.requested_at);
    let arrival = body.span.from;
    let nights = body.span.nights();
    let quote = &body.quote;
    let mut amounts = quote.nights.iter().map(|line| line.amount);
    let nights_amount = fits(amounts.try_fold(0_i64, i64::checked_add))?;
    let discount = quote.discount.map_or(0, |line| line.amount);
    let guest_kind = match body.party {
        Party::User { .. } => "user",
        Party::Contact { .. } => "contact",
    };
    let channel = body.source.channel.clone();
    Ok(BookingFact {
        id,
        hotel_id: hotel_of(body.place, body.listing.0),
        listing_id: body.listing.0,
        host_id: body.host.0,
        channel: channel.unwrap_or_else(|| UNKNOWN_CHANNEL.to_owned()),
        segment: body.source.segment.clone(),
        country: body.source.country.clone(),
        guest_kind: guest_kind.to_owned(),
        price_kind: word(&body.price)?,
        terms: word(&body.terms)?,
        policy: word(&body.policy.id)?,
        booked_on,
        arrival_on: arrival,
        departure_on: body.span.until,
        arrival_month: arrival.with_day(1).unwrap_or(arrival),
        lead_days: (arrival - booked_on).num_days(),
        nights,
        units: body.units,
        room_nights: fits(nights.checked_mul(i64::from(body.units)))?,
        adults: body.guests.adults,
        children: body.guests.children,
        babies: body.guests.babies,
        guests: body.guests.count(),
        status: "pending".to_owned(),
        ended_on: None,
        time_zone: body.zone.name().to_owned(),
        currency: quote.currency.code().to_owned(),
        nights_amount,
        discount,
        room_revenue: fits(nights_amount.checked_add(discount))?,
        cleaning_fee: quote.cleaning_fee,
        service_fee: quote.service_fee,
        total: quote.total,
        kept: None,
        refunded: None,
        reference: body.source.reference.clone(),
        origin: origin(&event.metadata)?,
    })
}

pub(super) fn payment(
    facts: &mut Facts,
    event: &Decoded,
    what: &PaymentEvent,
) -> Result<(), ApplyError> {
    let payment_id = id(event)?;
    let (kind, money, refund) = match what {
        PaymentEvent::Succeeded(body) => {
            let mut fact = movement(payment_id, event, "payment", body.amount)?;
            fact.booking_id = body.booking.0;
            facts.payments.put(fact);
            return Ok(());
        }
        PaymentEvent::Refunded(body) => ("refund", negative(body.amount)?, body.refund),
        PaymentEvent::RefundFailed(body) if went_back(facts, payment_id, body.refund.0) => {
            ("refund_returned", body.amount, body.refund)
        }
        _ => return Ok(()),
    };
    let booking = movements(facts, payment_id)
        .next()
        .map(|fact| fact.booking_id)
        .ok_or_else(|| ApplyError::Fold("money goes back that never came in".to_owned()))?;
    let fact = movement(payment_id, event, kind, money)?;
    facts.payments.put(PaymentFact {
        booking_id: booking,
        refund_id: Some(refund.0),
        ..fact
    });
    Ok(())
}

/// Whether the refund had gone back before it is said to have failed.
fn went_back(facts: &Facts, payment: Uuid, refund: Uuid) -> bool {
    movements(facts, payment).any(|fact| fact.refund_id == Some(refund))
}

/// The movements of money of one payment.
fn movements(facts: &Facts, payment: Uuid) -> impl Iterator<Item = &PaymentFact> {
    facts
        .payments
        .range((payment, Uuid::nil())..=(payment, Uuid::max()))
}

fn negative(money: Money) -> Result<Money, ApplyError> {
    Ok(Money {
        amount: fits(money.amount.checked_neg())?,
        ..money
    })
}

fn movement(
    payment_id: Uuid,
    event: &Decoded,
    kind: &str,
    money: Money,
) -> Result<PaymentFact, ApplyError> {
    let occurred_at = event.recorded.occurred_at;
    Ok(PaymentFact {
        payment_id,
        entry_id: event.recorded.event_id,
        kind: kind.to_owned(),
        booking_id: Uuid::nil(),
        refund_id: None,
        day: occurred_at.date_naive(),
        occurred_at,
        currency: money.currency.code().to_owned(),
        amount: money.amount,
        origin: origin(&event.metadata)?,
    })
}
