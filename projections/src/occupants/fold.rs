//! How what happens in a lot becomes rows.

use domain::building::BuildingEvent;
use domain::id::OccupantId;
use domain::occupancy::{OccupancyCorrected, OccupancyEvent, OccupancyMovedIn};
use uuid::Uuid;

use super::{LabelRow, OccupantRow};
use crate::decoded::Decoded;
use crate::fold::{id, plain, word};
use crate::projector::ApplyError;
use crate::rows::Rows;

pub(super) fn lot(
    lots: &mut Rows<LabelRow>,
    occupants: &mut Rows<OccupantRow>,
    event: &Decoded,
    what: &BuildingEvent,
) -> Result<(), ApplyError> {
    let (lot, label) = match what {
        BuildingEvent::LotAdded(body) => (body.lot_id.0, &body.lot.label),
        BuildingEvent::LotChanged(body) => match &body.change.label {
            Some(label) => (body.lot_id.0, label),
            None => return Ok(()),
        },
        _ => return Ok(()),
    };
    lots.put(LabelRow {
        lot,
        building: id(event)?,
        label: label.clone(),
    });
    let here = occupants.range((lot, Uuid::nil())..);
    let here: Vec<_> = here
        .take_while(|row| row.lot == lot)
        .map(|row| (row.lot, row.id))
        .collect();
    for key in here {
        occupants.expect(&key)?.label = Some(label.clone());
    }
    Ok(())
}

pub(super) fn occupancy(
    lots: &Rows<LabelRow>,
    occupants: &mut Rows<OccupantRow>,
    event: &Decoded,
    what: &OccupancyEvent,
) -> Result<(), ApplyError> {
    let lot = id(event)?;
    let of = |occupant: OccupantId| (lot, occupant.0);
    let row = match what {
        OccupancyEvent::MovedIn(body) => {
            let label = lots.get(&lot).map(|row| row.label.clone());
            occupants.put(moved_in(lot, label, event, body)?);
            return Ok(());
        }
        OccupancyEvent::Corrected(body) => {
            let row = occupants.expect(&of(body.occupant))?;
            correct(row, body);
            row
        }
        OccupancyEvent::MovedOut(body) => {
            let row = occupants.expect(&of(body.occupant))?;
            row.until_on = Some(body.until);
            row
        }
    };
    row.changed_at = event.recorded.occurred_at;
    row.version = event.recorded.version;
    Ok(())
}

fn moved_in(
    lot: Uuid,
    label: Option<String>,
    event: &Decoded,
    body: &OccupancyMovedIn,
) -> Result<OccupantRow, ApplyError> {
    Ok(OccupantRow {
        id: body.occupant.0,
        lot,
        building: body.building.0,
        label,
        kind: word(&body.kind)?,
        user_id: body.user.map(|user| user.0),
        name: body.name.value.clone(),
        email: plain(body.email.as_ref()),
        from_on: body.period.from,
        until_on: body.period.until,
        part: body.part,
        exclusive: body.exclusive,
        created_at: event.recorded.occurred_at,
        changed_at: event.recorded.occurred_at,
        version: event.recorded.version,
    })
}

fn correct(row: &mut OccupantRow, body: &OccupancyCorrected) {
    if let Some(name) = &body.name {
        row.name.clone_from(&name.value);
    }
    if let Some(period) = body.period {
        row.from_on = period.from;
        row.until_on = period.until;
    }
    row.email = plain(body.email.as_ref()).or(row.email.take());
    row.part = body.part.or(row.part);
    row.exclusive = body.exclusive.unwrap_or(row.exclusive);
}
