//! The rules for a building.

use super::check::{self, LOTS_MAX, NAME_CHARS_MAX};
use super::{
    AddLot, Building, BuildingChanged, BuildingCommand, BuildingDeleted, BuildingEvent,
    BuildingLotAdded, BuildingLotChanged, BuildingLotRemoved, BuildingRefusal, BuildingRegistered,
    ChangeBuilding, ChangeLot, DeleteBuilding, Lot, LotChange, RegisterBuilding, RemoveLot,
    Section, Standing,
};
use crate::id::LotId;
use crate::text;

type Decision = Result<Vec<BuildingEvent>, BuildingRefusal>;

impl Building {
    pub(super) fn decide_on(&self, command: &BuildingCommand) -> Decision {
        match command {
            BuildingCommand::Register(c) => self.register(c),
            BuildingCommand::Change(c) => self.known()?.change_named(c),
            BuildingCommand::AddLot(c) => self.known()?.add_lot(c),
            BuildingCommand::ChangeLot(c) => self.known()?.change_lot(c),
            BuildingCommand::RemoveLot(c) => self.known()?.remove_lot(c),
            BuildingCommand::AddDocument(c) => self.known()?.add_document(*c),
            BuildingCommand::RemoveDocument(c) => self.known()?.remove_document(*c),
            BuildingCommand::Delete(c) => self.delete(*c),
        }
    }

    fn known(&self) -> Result<&Standing, BuildingRefusal> {
        self.standing().ok_or(BuildingRefusal::Unknown)
    }

    fn register(&self, c: &RegisterBuilding) -> Decision {
        if *self != Self::Absent {
            return Err(BuildingRefusal::Exists);
        }
        text::line("/name", &c.name, NAME_CHARS_MAX)?;
        check::address(&c.address)?;
        let time_zone = c.time_zone.as_deref().map(check::time_zone).transpose()?;
        check::sections(&c.sections)?;
        check::attributes(&c.attributes)?;
        Ok(vec![BuildingEvent::Registered(BuildingRegistered {
            owner: c.owner,
            name: c.name.clone(),
            address: c.address.clone(),
            time_zone,
            sections: c.sections.iter().map(Section::labelled).collect(),
            attributes: c.attributes.clone(),
        })])
    }

    fn delete(&self, c: DeleteBuilding) -> Decision {
        match self {
            Self::Absent => Err(BuildingRefusal::Unknown),
            Self::Standing(standing) => {
                standing.require_empty()?;
                require_out_of_use(c)?;
                Ok(vec![BuildingEvent::Deleted(BuildingDeleted {})])
            }
            Self::Deleted => Ok(vec![]),
        }
    }
}

/// What is in a building or is wrong in it would be left without it.
fn require_out_of_use(c: DeleteBuilding) -> Result<(), BuildingRefusal> {
    let DeleteBuilding {
        equipment,
        incidents,
        listings,
    } = c;
    if let Some(first) = equipment.first {
        let count = equipment.count;
        return Err(BuildingRefusal::HasEquipment { count, first });
    }
    if let Some(first) = incidents.first {
        let count = incidents.count;
        return Err(BuildingRefusal::HasIncidents { count, first });
    }
    if let Some(first) = listings.first {
        let count = listings.count;
        return Err(BuildingRefusal::HasListings { count, first });
    }
    Ok(())
}

impl Standing {
    fn require_empty(&self) -> Result<(), BuildingRefusal> {
        if !self.lots.is_empty() {
            return Err(BuildingRefusal::HasLots(self.lots.len()));
        }
        if !self.documents.is_empty() {
            return Err(BuildingRefusal::HasDocuments(self.documents.len()));
        }
        Ok(())
    }

    fn change_named(&self, c: &ChangeBuilding) -> Decision {
        if let Some(name) = &c.name {
            text::line("/name", name, NAME_CHARS_MAX)?;
        }
        if let Some(address) = &c.address {
            check::address(address)?;
        }
        let time_zone = c.time_zone.as_deref().map(check::time_zone).transpose()?;
        let labelled = |sections: &Vec<Section>| sections.iter().map(Section::labelled).collect();
        let sections: Option<Vec<Section>> = c.sections.as_ref().map(labelled);
        if let Some(sections) = &sections {
            check::sections(sections)?;
            self.still_fits(sections)?;
        }
        if let Some(attributes) = &c.attributes {
            check::attributes(attributes)?;
        }
        // Only what differs is told, so that a change to the same values is none.
        let changed = BuildingChanged {
            name: c.name.clone().filter(|name| *name != self.name),
            address: c.address.clone().filter(|address| *address != self.address),
            time_zone: time_zone.filter(|zone| self.time_zone != Some(*zone)),
            sections: sections.filter(|sections| *sections != self.sections),
            attributes: c
                .attributes
                .clone()
                .filter(|attributes| *attributes != self.attributes),
        };
        if changed == BuildingChanged::default() {
            return Ok(vec![]);
        }
        Ok(vec![BuildingEvent::Changed(changed)])
    }

    fn still_fits(&self, sections: &[Section]) -> Result<(), BuildingRefusal> {
        for (id, lot) in &self.lots {
            check::place(lot, sections).map_err(|_| BuildingRefusal::SectionInUse(*id))?;
        }
        Ok(())
    }

    fn add_lot(&self, c: &AddLot) -> Decision {
        if self.lots.contains_key(&c.lot_id) {
            return Err(BuildingRefusal::LotExists);
        }
        check::at_most("/lots", "lots", self.lots.len() + 1, LOTS_MAX)?;
        let lot = Lot {
            label: text::label(&c.lot.label),
            section: c.lot.section.as_deref().map(text::label),
            ..c.lot.clone()
        };
        check::lot(&lot, &self.sections)?;
        self.is_told_apart(c.lot_id, &lot)?;
        let lot_id = c.lot_id;
        Ok(vec![BuildingEvent::LotAdded(BuildingLotAdded {
            lot_id,
            lot,
        })])
    }

    fn change_lot(&self, c: &ChangeLot) -> Decision {
        let before = self
            .lots
            .get(&c.lot_id)
            .ok_or(BuildingRefusal::LotUnknown)?;
        let change = LotChange {
            label: c.change.label.as_deref().map(text::label),
            section: c.change.section.as_deref().map(text::label),
            ..c.change.clone()
        };
        let after = before.clone().with(&change);
        check::lot(&after, &self.sections)?;
        self.is_told_apart(c.lot_id, &after)?;
        if after == *before {
            return Ok(vec![]);
        }
        Ok(vec![BuildingEvent::LotChanged(BuildingLotChanged {
            lot_id: c.lot_id,
            change,
        })])
    }

    fn remove_lot(&self, c: &RemoveLot) -> Decision {
        if !self.lots.contains_key(&c.lot_id) {
            return Err(BuildingRefusal::LotUnknown);
        }
        Ok(vec![BuildingEvent::LotRemoved(BuildingLotRemoved {
            lot_id: c.lot_id,
        })])
    }

    fn is_told_apart(&self, id: LotId, lot: &Lot) -> Result<(), BuildingRefusal> {
        let same = |other: &Lot| other.kind == lot.kind && text::is_same(&other.label, &lot.label);
        match self
            .lots
            .iter()
            .find(|(other_id, other)| **other_id != id && same(other))
        {
            Some((other_id, _)) => Err(BuildingRefusal::LabelTaken(*other_id)),
            None => Ok(()),
        }
    }
}
