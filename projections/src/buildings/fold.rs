//! How the events of a building become rows.

use domain::building::{BuildingChanged, BuildingEvent, BuildingRegistered, Lot, LotChange};
use uuid::Uuid;

use super::{BuildingRow, LotRow};
use crate::decoded::Decoded;
use crate::fold::{id, word};
use crate::projector::ApplyError;
use crate::rows::Rows;

pub(super) fn building(
    buildings: &mut Rows<BuildingRow>,
    lots: &mut Rows<LotRow>,
    event: &Decoded,
    what: &BuildingEvent,
) -> Result<(), ApplyError> {
    let id = id(event)?;
    match what {
        BuildingEvent::Registered(body) => buildings.put(registered(id, event, body)),
        BuildingEvent::Changed(body) => change(buildings.expect(&id)?, body),
        BuildingEvent::LotAdded(body) => lots.put(lot(id, body.lot_id.0, &body.lot)?),
        BuildingEvent::LotChanged(body) => {
            change_lot(lots.expect(&(id, body.lot_id.0))?, &body.change)?;
        }
        BuildingEvent::LotRemoved(body) => lots.remove(&(id, body.lot_id.0)),
        // The files themselves say what they belong to.
        BuildingEvent::DocumentAdded(_) | BuildingEvent::DocumentRemoved(_) => {}
        BuildingEvent::Deleted(_) => {
            buildings.remove(&id);
            lots.remove_while((id, Uuid::nil()).., |(building, _)| *building == id);
            return Ok(());
        }
    }
    let row = buildings.expect(&id)?;
    row.changed_at = event.recorded.occurred_at;
    row.version = event.recorded.version;
    Ok(())
}

fn registered(id: Uuid, event: &Decoded, body: &BuildingRegistered) -> BuildingRow {
    BuildingRow {
        id,
        owner: body.owner.0,
        name: body.name.clone(),
        city: body.address.city.clone(),
        country: body.address.country.clone(),
        address: body.address.clone(),
        time_zone: body.time_zone.map(|zone| zone.name().to_owned()),
        sections: body.sections.clone(),
        attributes: body.attributes.clone(),
        created_at: event.recorded.occurred_at,
        changed_at: event.recorded.occurred_at,
        version: event.recorded.version,
    }
}

fn change(row: &mut BuildingRow, body: &BuildingChanged) {
    if let Some(name) = &body.name {
        row.name.clone_from(name);
    }
    if let Some(address) = &body.address {
        row.city.clone_from(&address.city);
        row.country.clone_from(&address.country);
        row.address = address.clone();
    }
    if let Some(zone) = body.time_zone {
        row.time_zone = Some(zone.name().to_owned());
    }
    if let Some(sections) = &body.sections {
        row.sections.clone_from(sections);
    }
    if let Some(attributes) = &body.attributes {
        row.attributes.clone_from(attributes);
    }
}

fn lot(building: Uuid, id: Uuid, lot: &Lot) -> Result<LotRow, ApplyError> {
    Ok(LotRow {
        building,
        id,
        label: lot.label.clone(),
        kind: word(&lot.kind)?,
        section: lot.section.clone(),
        floor: lot.floor,
        surface_dm2: lot.surface_dm2,
        shares: lot.shares.clone(),
    })
}

fn change_lot(lot: &mut LotRow, change: &LotChange) -> Result<(), ApplyError> {
    if let Some(label) = &change.label {
        lot.label.clone_from(label);
    }
    if let Some(kind) = &change.kind {
        lot.kind = word(kind)?;
    }
    if let Some(shares) = &change.shares {
        lot.shares.clone_from(shares);
    }
    lot.section = change.section.clone().or(lot.section.take());
    lot.floor = change.floor.or(lot.floor);
    lot.surface_dm2 = change.surface_dm2.or(lot.surface_dm2);
    Ok(())
}
