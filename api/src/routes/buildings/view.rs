//! Buildings and their lots, as queries tell them.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::building;
use projections::buildings::{BuildingRow, LotRow};
use projections::occupants::OccupantRow;
use projections::shares::{SharePartRow, ShareTableRow};
use uuid::Uuid;

use super::body::{Address, Section};
use crate::view::{Amount, views};

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
        /// How many lots it has of each kind: counted, never typed.
        units: BTreeMap<String, u32>,
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

    /// One who owns or rents a lot, did or will.
    #[schema(as = Occupant)]
    pub struct OccupantView of row: OccupantRow {
        /// The occupant.
        id: Uuid,
        /// The building.
        building: Uuid,
        /// The lot.
        lot: Uuid,
        /// What the lot is called.
        label: Option<String>,
        /// `owner` or `tenant`.
        kind: String,
        /// Which user he is, if he has an account.
        user: Option<Uuid> = row.user_id,
        /// What he is called.
        name: String,
        /// Where he is written to.
        email: Option<String>,
        /// The first day.
        from: NaiveDate = row.from_on,
        /// The day after the last; `null` where none is known.
        until: Option<NaiveDate> = row.until_on,
        /// Which part of the lot an owner has, in millionths.
        part: Option<u32>,
        /// Whether a tenant has the lot to himself.
        exclusive: bool,
        /// When he was first heard of.
        created_at: DateTime<Utc>,
        /// When anything last changed.
        changed_at: DateTime<Utc>,
        /// The version of the lot's occupancy at that time.
        version: i64,
    }

    /// The shares of a building's lots for one key, from one day on.
    #[schema(as = ShareTable)]
    pub struct ShareTableView of row: ShareTableRow {
        /// The table.
        id: Uuid,
        /// The building.
        building: Uuid,
        /// The key of distribution.
        key: String,
        /// The first day for which they count.
        from: NaiveDate = row.from_on,
        /// What they add up to.
        total: i64,
        /// `counting` or `withdrawn`.
        status: String,
        /// How many lots have a part.
        lots: i64,
        /// When anything last changed.
        changed_at: DateTime<Utc>,
        /// The version of its stream.
        version: i64,
    }

    /// The part of one lot.
    #[schema(as = SharePart)]
    pub struct SharePartView of row: SharePartRow {
        /// The lot.
        lot: Uuid,
        /// Its part of the total.
        part: u32,
        /// What it bears of the amount, where one is split.
        amount: Option<Amount> = None,
    }
}
