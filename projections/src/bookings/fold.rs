//! How the events of a booking become a row.

use domain::booking::{BookingEvent, BookingRequested, Party};

use super::BookingRow;
use crate::decoded::Decoded;
use crate::fold::{id, origin, plain, word};
use crate::projector::ApplyError;
use crate::rows::Rows;

pub(super) fn booking(
    rows: &mut Rows<BookingRow>,
    event: &Decoded,
    what: &BookingEvent,
) -> Result<(), ApplyError> {
    let id = id(event)?;
    if let BookingEvent::Requested(body) = what {
        rows.put(requested(id, event, body)?);
        return Ok(());
    }
    let row = rows.expect(&id)?;
    take_in(row, event, what);
    row.changed_at = event.recorded.occurred_at;
    row.version = event.recorded.version;
    Ok(())
}

fn take_in(row: &mut BookingRow, event: &Decoded, what: &BookingEvent) {
    let at = event.recorded.occurred_at;
    let mut end = |status: &str| {
        status.clone_into(&mut row.status);
        row.deadline = None;
        row.ended_at = Some(at);
    };
    match what {
        BookingEvent::Requested(_) => {}
        BookingEvent::Accepted(body) => {
            row.accepted = true;
            row.deadline = body.deadline;
        }
        BookingEvent::Declined(body) => {
            end("declined");
            row.reason = plain(body.reason.as_ref());
        }
        BookingEvent::Confirmed(body) => {
            "confirmed".clone_into(&mut row.status);
            row.accepted = true;
            row.deadline = None;
            row.confirmed_at = Some(body.confirmed_at);
            row.payment = body.payment.map(|payment| payment.0);
        }
        BookingEvent::Cancelled(body) => {
            end("cancelled");
            row.reason = plain(body.reason.as_ref());
            row.cancellation = Some(body.clone());
        }
        BookingEvent::Completed(_) => end("completed"),
        BookingEvent::NoShowRecorded(_) => end("no_show"),
        BookingEvent::Expired(_) => end("expired"),
        BookingEvent::Adopted(_) => row.adopted = true,
        BookingEvent::Reinstated(body) => {
            "pending".clone_into(&mut row.status);
            row.accepted = true;
            row.deadline = None;
            row.ended_at = None;
            row.payment = Some(body.payment.0);
        }
    }
}

fn requested(
    id: uuid::Uuid,
    event: &Decoded,
    body: &BookingRequested,
) -> Result<BookingRow, ApplyError> {
    let (contact, contact_name, contact_email) = match &body.party {
        Party::User { .. } => (None, None, None),
        Party::Contact {
            contact,
            name,
            email,
        } => (Some(contact.0), plain(name.as_ref()), plain(email.as_ref())),
    };
    Ok(BookingRow {
        id,
        listing: body.listing.0,
        host: body.host.0,
        building: body.place.building.map(|building| building.0),
        lot: body.place.lot.map(|lot| lot.0),
        guest: body.party.user().map(|user| user.0),
        contact,
        contact_name,
        contact_email,
        arrival: body.span.from,
        departure: body.span.until,
        nights: body.span.nights(),
        units: body.units,
        adults: body.guests.adults,
        children: body.guests.children,
        babies: body.guests.babies,
        time_zone: body.zone.name().to_owned(),
        check_in_at: body.check_in_at,
        check_out_at: body.check_out_at,
        price: word(&body.price)?,
        currency: body.quote.currency.code().to_owned(),
        total: body.quote.total,
        quote: body.quote.clone(),
        policy: word(&body.policy.id)?,
        policy_version: body.policy.version,
        terms: word(&body.terms)?,
        instant: body.instant,
        accepted: body.instant,
        deadline: body.deadline,
        status: "pending".to_owned(),
        reason: None,
        payment: None,
        confirmed_at: None,
        ended_at: None,
        cancellation: None,
        country: body.source.country.clone(),
        channel: body.source.channel.clone(),
        segment: body.source.segment.clone(),
        reference: body.source.reference.clone(),
        origin: origin(&event.metadata)?,
        adopted: false,
        requested_at: body.requested_at,
        changed_at: event.recorded.occurred_at,
        version: event.recorded.version,
    })
}
