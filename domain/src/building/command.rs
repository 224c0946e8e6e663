//! What can be asked of a building.

use std::collections::BTreeMap;

use super::{AddDocument, Address, Lot, LotChange, RemoveDocument, Section};
use crate::id::{EquipmentId, IncidentId, ListingId, LotId, UserId};

/// Put a building into the books.
#[derive(Clone, Debug)]
pub struct RegisterBuilding {
    /// Who manages it.
    pub owner: UserId,
    /// What it is called.
    pub name: String,
    /// Where it stands.
    pub address: Address,
    /// An IANA name, if it is known.
    pub time_zone: Option<String>,
    /// Its wings, staircases and car parks.
    pub sections: Vec<Section>,
    /// What else is to be known about it.
    pub attributes: BTreeMap<String, String>,
}

/// Change named fields; what is absent stays.
#[derive(Clone, Debug, Default)]
pub struct ChangeBuilding {
    /// What it is called.
    pub name: Option<String>,
    /// Where it stands, whole.
    pub address: Option<Address>,
    /// An IANA name.
    pub time_zone: Option<String>,
    /// Its sections, all of them.
    pub sections: Option<Vec<Section>>,
    /// Its attributes, all of them.
    pub attributes: Option<BTreeMap<String, String>>,
}

/// Add a lot.
#[derive(Clone, Debug)]
pub struct AddLot {
    /// The id of the new lot.
    pub lot_id: LotId,
    /// What it is.
    pub lot: Lot,
}

/// Change named fields of a lot; what is absent stays.
#[derive(Clone, Debug)]
pub struct ChangeLot {
    /// Which lot.
    pub lot_id: LotId,
    /// What changes.
    pub change: LotChange,
}

/// Take a lot out.
#[derive(Clone, Debug)]
pub struct RemoveLot {
    /// Which lot.
    pub lot_id: LotId,
}

/// Take the building out of the books.
#[derive(Clone, Copy, Debug, Default)]
pub struct DeleteBuilding {
    /// The equipment that stands in it.
    pub equipment: Kept<EquipmentId>,
    /// Its open incidents.
    pub incidents: Kept<IncidentId>,
    /// The published listings that stand in it.
    pub listings: Kept<ListingId>,
}

/// What keeps a building in the books.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept<Id> {
    /// How many there are.
    pub count: usize,
    /// One of them, if there are any.
    pub first: Option<Id>,
}

impl<Id> Default for Kept<Id> {
    fn default() -> Self {
        Self {
            count: 0,
            first: None,
        }
    }
}

impl<Id> Kept<Id> {
    /// All of `ids`.
    pub fn by(ids: impl ExactSizeIterator<Item = Id>) -> Self {
        let count = ids.len();
        let first = ids.into_iter().next();
        Self { count, first }
    }
}

/// What can be asked of a building.
#[derive(Clone, Debug)]
pub enum BuildingCommand {
    /// Put it into the books.
    Register(RegisterBuilding),
    /// Change named fields.
    Change(ChangeBuilding),
    /// Add a lot.
    AddLot(AddLot),
    /// Change named fields of a lot.
    ChangeLot(ChangeLot),
    /// Take a lot out.
    RemoveLot(RemoveLot),
    /// Make a file a document of it.
    AddDocument(AddDocument),
    /// Make a file no document of it any more.
    RemoveDocument(RemoveDocument),
    /// Take it out of the books.
    Delete(DeleteBuilding),
}
