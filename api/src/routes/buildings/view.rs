//! Buildings and their lots, as queries tell them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::building;
use projections::buildings::{BuildingRow, LotRow};
use uuid::Uuid;

use super::body::{Address, Section};
use crate::view::views;

views! {
    /// A building that stands in the books.
    #[schema(as = Building)]
    pub struct BuildingView of row: BuildingRow {
        /// The building.
        id: Uuid,
        /// Who manages it.
        owner: Uuid,
        /// What it is called.
        name: String,
        /// Where it stands.
        #[schema(value_type = Address)]
        address: building::Address,
        /// The city of its address.
        city: String,
        /// The country of its address.
        country: String,
        /// Where its clock stands, if it is known.
        time_zone: Option<String>,
        /// Its wings, staircases and car parks.
        #[schema(value_type = Vec<Section>)]
        sections: Vec<building::Section>,
        /// What else is to be known about it.
        attributes: BTreeMap<String, String>,
        /// When it was registered.
        created_at: DateTime<Utc>,
        /// When anything last changed.
        changed_at: DateTime<Utc>,
        /// The version of its stream.
        version: i64,
    }

    /// A part of a building that can be owned.
    #[schema(as = Lot)]
    pub struct LotView of row: LotRow {
        /// The building.
        building: Uuid,
        /// The lot.
        id: Uuid,
        /// What it is called.
        label: String,
        /// What it is used as.
        kind: String,
        /// The section it is in.
        section: Option<String>,
        /// The floor it is on.
        floor: Option<i16>,
        /// Its surface in square decimetres.
        surface_dm2: Option<u32>,
        /// Its part of the whole, per key of distribution.
        shares: BTreeMap<String, u32>,
    }
}
