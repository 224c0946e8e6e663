//! How the events of a building become rows.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::AnyEvent;
use domain::building::{BuildingChanged, BuildingEvent, BuildingRegistered, Lot, LotChange};
use serde::Serialize;
use sqlx::PgConnection;
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
        BuildingEvent::LotAdded(body) => {
            let new = lot(id, body.lot_id.0, &body.lot)?;
            count(buildings.expect(&id)?, None, Some(&new.kind));
            lots.put(new);
        }
        BuildingEvent::LotChanged(body) => {
            let row = lots.expect(&(id, body.lot_id.0))?;
            let before = row.kind.clone();
            change_lot(row, &body.change)?;
            count(buildings.expect(&id)?, Some(&before), Some(&row.kind));
        }
        BuildingEvent::LotRemoved(body) => {
            let key = (id, body.lot_id.0);
            let kind = lots.get(&key).map(|row| row.kind.as_str());
            count(buildings.expect(&id)?, kind, None);
            lots.remove(&key);
        }
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

/// Counts a lot that was of one kind and is of another now.
fn count(row: &mut BuildingRow, before: Option<&str>, after: Option<&str>) {
    if before == after {
        return;
    }
    if let Some(kind) = before {
        let left = row.units.remove(kind).unwrap_or_default().saturating_sub(1);
        if left > 0 {
            row.units.insert(kind.to_owned(), left);
        }
    }
    if let Some(kind) = after {
        let now = row.units.entry(kind.to_owned()).or_default();
        *now = now.saturating_add(1);
    }
}

/// The lots that the events of a batch name, and all of a building that leaves the books: a
/// building may have twenty thousand.
pub(super) async fn lots(
    conn: &mut PgConnection,
    batch: &[Arc<Decoded>],
) -> Result<Rows<LotRow>, ApplyError> {
    let mut keys = BTreeSet::new();
    let mut gone = BTreeSet::new();
    for event in batch {
        let AnyEvent::Building(what) = &event.event else {
            continue;
        };
        let lot = match what {
            BuildingEvent::LotAdded(body) => body.lot_id.0,
            BuildingEvent::LotChanged(body) => body.lot_id.0,
            BuildingEvent::LotRemoved(body) => body.lot_id.0,
            BuildingEvent::Deleted(_) => {
                gone.insert(id(event)?);
                continue;
            }
            _ => continue,
        };
        let building = id(event)?;
        keys.insert(LotKey { building, id: lot });
    }
    keys.retain(|key| !gone.contains(&key.building));
    let keys: Vec<LotKey> = keys.into_iter().collect();
    let gone: Vec<String> = gone.iter().map(Uuid::to_string).collect();
    let mut lots = Rows::<LotRow>::load_keys(conn, &keys).await?;
    lots.extend(Rows::load(conn, &gone).await?);
    Ok(lots)
}

#[derive(PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct LotKey {
    building: Uuid,
    id: Uuid,
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
        units: BTreeMap::new(),
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
