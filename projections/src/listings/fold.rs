//! How the events of a listing become a row.

use domain::listing::{ListingChanged, ListingCreated, ListingEvent, Offer, Pricing};

use super::ListingRow;
use crate::decoded::Decoded;
use crate::fold::{id, word};
use crate::projector::ApplyError;
use crate::rows::Rows;

pub(super) fn listing(
    rows: &mut Rows<ListingRow>,
    event: &Decoded,
    what: &ListingEvent,
) -> Result<(), ApplyError> {
    let id = id(event)?;
    if let ListingEvent::Created(body) = what {
        rows.put(created(id, event, body)?);
        return Ok(());
    }
    let row = rows.expect(&id)?;
    match what {
        ListingEvent::Created(_) => {}
        ListingEvent::Changed(body) => change(row, body)?,
        ListingEvent::Priced(body) => price(row, &body.pricing),
        ListingEvent::Published(_) => "published".clone_into(&mut row.status),
        ListingEvent::Unpublished(_) => "unpublished".clone_into(&mut row.status),
        ListingEvent::PhotoAdded(body) => {
            if !row.photos.contains(&body.file.0) {
                row.photos.push(body.file.0);
            }
        }
        ListingEvent::PhotoRemoved(body) => row.photos.retain(|photo| *photo != body.file.0),
        ListingEvent::PhotosOrdered(body) => {
            row.photos = body.photos.iter().map(|photo| photo.0).collect();
        }
        ListingEvent::Deleted(_) => "deleted".clone_into(&mut row.status),
    }
    row.changed_at = event.recorded.occurred_at;
    row.version = event.recorded.version;
    Ok(())
}

fn created(
    id: uuid::Uuid,
    event: &Decoded,
    body: &ListingCreated,
) -> Result<ListingRow, ApplyError> {
    let Offer::Stay(stay) = &body.offer;
    Ok(ListingRow {
        id,
        host: body.host.0,
        title: body.title.clone(),
        description: body.description.clone(),
        kind: word(&body.offer.kind())?,
        status: "draft".to_owned(),
        building: body.place.building.map(|building| building.0),
        lot: body.place.lot.map(|lot| lot.0),
        units: stay.units,
        max_guests: stay.max_guests,
        pricing: stay.pricing,
        nightly_price: stay.pricing.nightly_price.amount,
        currency: stay.pricing.currency().code().to_owned(),
        policy: word(&stay.policy)?,
        time_zone: stay.zone.name().to_owned(),
        check_in: stay.check_in,
        check_out: stay.check_out,
        instant: stay.instant,
        min_nights: stay.min_nights,
        max_nights: stay.max_nights,
        photos: Vec::new(),
        created_at: event.recorded.occurred_at,
        changed_at: event.recorded.occurred_at,
        version: event.recorded.version,
    })
}

fn change(row: &mut ListingRow, body: &ListingChanged) -> Result<(), ApplyError> {
    if let Some(title) = &body.title {
        row.title.clone_from(title);
    }
    if let Some(description) = &body.description {
        row.description.clone_from(description);
    }
    if let Some(place) = &body.place {
        row.building = place.building.map(|building| building.0);
        row.lot = place.lot.map(|lot| lot.0);
    }
    if let Some(policy) = &body.policy {
        row.policy = word(policy)?;
    }
    row.units = body.units.unwrap_or(row.units);
    row.max_guests = body.max_guests.or(row.max_guests);
    row.check_in = body.check_in.unwrap_or(row.check_in);
    row.check_out = body.check_out.unwrap_or(row.check_out);
    row.instant = body.instant.unwrap_or(row.instant);
    row.min_nights = body.min_nights.unwrap_or(row.min_nights);
    row.max_nights = body.max_nights.unwrap_or(row.max_nights);
    Ok(())
}

fn price(row: &mut ListingRow, pricing: &Pricing) {
    row.pricing = *pricing;
    row.nightly_price = pricing.nightly_price.amount;
    pricing.currency().code().clone_into(&mut row.currency);
}
