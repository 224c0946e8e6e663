//! What is so of a building now.

use std::collections::{BTreeMap, BTreeSet};

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::{
    Address, BuildingChanged, BuildingCommand, BuildingEvent, BuildingRefusal, Lot, Section,
};
use crate::aggregate::Aggregate;
use crate::id::{FileId, LotId, UserId};

/// A building in the books.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// Who manages it.
    pub owner: UserId,
    /// What it is called.
    pub name: String,
    /// Where it stands.
    pub address: Address,
    /// Where its clock stands, if it is known.
    pub time_zone: Option<Tz>,
    /// Its wings, staircases and car parks.
    pub sections: Vec<Section>,
    /// What else is known about it.
    pub attributes: BTreeMap<String, String>,
    /// What it is divided into.
    pub lots: BTreeMap<LotId, Lot>,
    /// The files that are its documents.
    pub documents: BTreeSet<FileId>,
}

/// A building, from never heard of to gone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "status")]
pub enum Building {
    /// Never registered.
    #[default]
    Absent,
    /// In the books.
    Standing(Box<Standing>),
    /// Left the books.
    Deleted,
}

cqrs_aggregate!(Building);

impl Building {
    /// The building, while it is in the books.
    pub fn standing(&self) -> Option<&Standing> {
        match self {
            Self::Standing(standing) => Some(standing),
            Self::Absent | Self::Deleted => None,
        }
    }
}

impl Aggregate for Building {
    const NOUN: &'static str = "building";
    const STATE_VERSION: u32 = 2;
    type Command = BuildingCommand;
    type Event = BuildingEvent;
    type Refusal = BuildingRefusal;

    fn decide(&self, command: &BuildingCommand) -> Result<Vec<BuildingEvent>, BuildingRefusal> {
        self.decide_on(command)
    }

    fn evolve(&mut self, event: &BuildingEvent) {
        match (&mut *self, event) {
            (Self::Absent, BuildingEvent::Registered(registered)) => {
                *self = Self::Standing(Box::new(Standing {
                    owner: registered.owner,
                    name: registered.name.clone(),
                    address: registered.address.clone(),
                    time_zone: registered.time_zone,
                    sections: registered.sections.clone(),
                    attributes: registered.attributes.clone(),
                    lots: BTreeMap::new(),
                    documents: BTreeSet::new(),
                }));
            }
            (Self::Standing(_), BuildingEvent::Deleted(_)) => *self = Self::Deleted,
            (Self::Standing(standing), event) => standing.evolve(event),
            // No such history is written; one that is told so all the same changes nothing.
            (Self::Absent | Self::Deleted, _) => {}
        }
    }
}

impl Standing {
    fn evolve(&mut self, event: &BuildingEvent) {
        match event {
            BuildingEvent::Registered(_) | BuildingEvent::Deleted(_) => {}
            BuildingEvent::Changed(changed) => self.change(changed),
            BuildingEvent::LotAdded(added) => {
                self.lots.insert(added.lot_id, added.lot.clone());
            }
            BuildingEvent::LotChanged(changed) => {
                if let Some(lot) = self.lots.get_mut(&changed.lot_id) {
                    *lot = lot.clone().with(&changed.change);
                }
            }
            BuildingEvent::LotRemoved(removed) => {
                self.lots.remove(&removed.lot_id);
            }
            BuildingEvent::DocumentAdded(added) => {
                self.documents.insert(added.file);
            }
            BuildingEvent::DocumentRemoved(removed) => {
                self.documents.remove(&removed.file);
            }
        }
    }

    fn change(&mut self, changed: &BuildingChanged) {
        let BuildingChanged {
            name,
            address,
            time_zone,
            sections,
            attributes,
        } = changed.clone();
        if let Some(name) = name {
            self.name = name;
        }
        if let Some(address) = address {
            self.address = address;
        }
        if let Some(sections) = sections {
            self.sections = sections;
        }
        if let Some(attributes) = attributes {
            self.attributes = attributes;
        }
        self.time_zone = time_zone.or(self.time_zone);
    }
}
