//! What happened to a building.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::{Address, BuildingDocumentAdded, BuildingDocumentRemoved, Lot, LotChange, Section};
use crate::id::{LotId, UserId};

/// A building stands in the books.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BuildingRegistered {
    /// Who manages it.
    pub owner: UserId,
    /// What it is called.
    pub name: String,
    /// Where it stands.
    pub address: Address,
    /// Where its clock stands, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<Tz>,
    /// Its wings, staircases and car parks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sections: Vec<Section>,
    /// What else is to be known about it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
}

/// Named fields were changed; what is absent stayed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BuildingChanged {
    /// What it is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where it stands, whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
    /// Where its clock stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<Tz>,
    /// Its sections, all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sections: Option<Vec<Section>>,
    /// Its attributes, all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attributes: Option<BTreeMap<String, String>>,
}

/// A lot was added.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BuildingLotAdded {
    /// Which lot.
    pub lot_id: LotId,
    /// What it is.
    pub lot: Lot,
}

/// Named fields of a lot were changed; what is absent stayed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BuildingLotChanged {
    /// Which lot.
    pub lot_id: LotId,
    /// What changed.
    pub change: LotChange,
}

/// A lot is no longer part of the building.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BuildingLotRemoved {
    /// Which lot.
    pub lot_id: LotId,
}

/// The building left the books; its history stays.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BuildingDeleted {}

events! {
    /// What happened to a building.
    pub enum BuildingEvent {
        /// It stands in the books.
        Registered(BuildingRegistered) = "building.registered" v 1,
        /// Named fields were changed.
        Changed(BuildingChanged) = "building.changed" v 1,
        /// A lot was added.
        LotAdded(BuildingLotAdded) = "building.lot_added" v 1,
        /// Named fields of a lot were changed.
        LotChanged(BuildingLotChanged) = "building.lot_changed" v 1,
        /// A lot is no longer part of it.
        LotRemoved(BuildingLotRemoved) = "building.lot_removed" v 1,
        /// A file is a document of it.
        DocumentAdded(BuildingDocumentAdded) = "building.document_added" v 1,
        /// A file is no document of it any more.
        DocumentRemoved(BuildingDocumentRemoved) = "building.document_removed" v 1,
        /// It left the books.
        Deleted(BuildingDeleted) = "building.deleted" v 1,
    }
}
