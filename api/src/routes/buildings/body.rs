//! What is said about buildings and lots.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::building::{self, LotChange, LotKind, SectionKind};
use domain::id::UserId;
use domain::occupancy::OccupantKind;

use crate::json::bodies;

bodies! {
    /// A building to be put into the books.
    pub struct NewBuilding {
        /// Who manages it; the one who asks, where it is not said.
        #[schema(value_type = Option<Uuid>)]
        pub owner: Option<UserId>,
        /// What it is called.
        pub name: String,
        /// Where it stands.
        pub address: Address,
        /// An IANA name, such as `Europe/Lisbon`.
        pub time_zone: Option<String>,
        /// Its wings, staircases and car parks.
        pub sections: Option<Vec<Section>>,
        /// What else is to be known about it.
        pub attributes: Option<BTreeMap<String, String>>,
    }

    /// Named fields of a building; what is left out stays.
    pub struct BuildingChange {
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

    /// Where a building stands.
    pub struct Address {
        /// Street and number, as written on an envelope.
        pub lines: Vec<String>,
        /// The city.
        pub city: String,
        /// The postal code, where the country has them.
        pub postal_code: Option<String>,
        /// ISO 3166-1 alpha-2, in upper case.
        #[schema(example = "PT")]
        pub country: String,
        /// Where it is on the globe.
        pub point: Option<Point>,
    }

    /// A point on the globe (WGS 84), in ten-millionths of a degree.
    pub struct Point {
        /// North is above zero.
        #[schema(example = 387_222_524)]
        pub latitude_e7: i32,
        /// East is above zero.
        #[schema(example = -91_393_366)]
        pub longitude_e7: i32,
    }

    /// A part of a building with floors of its own.
    pub struct Section {
        /// What it is called.
        pub label: String,
        /// `section` or `parking`.
        #[schema(value_type = String, example = "section")]
        pub kind: SectionKind,
        /// Its lowest floor; the ground is 0.
        pub lowest_floor: i16,
        /// Its highest floor.
        pub highest_floor: i16,
    }

    /// A part of a building that can be owned.
    pub struct NewLot {
        /// What it is called.
        pub label: String,
        /// `flat`, `house`, `apartment`, `parking`, `commercial`, `office`, `warehouse`,
        /// `cellar` or `other`.
        #[schema(value_type = String, example = "flat")]
        pub kind: LotKind,
        /// The section it is in, by label.
        pub section: Option<String>,
        /// The floor it is on; the ground is 0.
        pub floor: Option<i16>,
        /// Its surface in square decimetres (6250 is 62.5 m²).
        pub surface_dm2: Option<u32>,
        /// Its part of the whole, per key of distribution.
        pub shares: Option<BTreeMap<String, u32>>,
    }

    /// Somebody who moves in, or becomes an owner.
    pub struct NewOccupant {
        /// `owner` or `tenant`.
        #[schema(value_type = String, example = "tenant")]
        pub kind: OccupantKind,
        /// Which user he is, if he has an account.
        #[schema(value_type = Option<Uuid>)]
        pub user: Option<UserId>,
        /// What he is called.
        pub name: String,
        /// Where he is written to.
        pub email: Option<String>,
        /// The first day.
        pub from: NaiveDate,
        /// The day after the last, if one is known.
        pub until: Option<NaiveDate>,
        /// Which part of the lot an owner has, in millionths.
        #[schema(example = 500_000)]
        pub part: Option<u32>,
        /// Whether a tenant has the lot to himself; he has, where it is not said.
        pub exclusive: Option<bool>,
    }

    /// What was said wrong of an occupant; what is left out stays.
    pub struct OccupantFields {
        /// What he is called.
        pub name: Option<String>,
        /// Where he is written to.
        pub email: Option<String>,
        /// The first day.
        pub from: Option<NaiveDate>,
        /// The day after the last.
        pub until: Option<NaiveDate>,
        /// `true`: no end is known, after all.
        pub open_ended: Option<bool>,
        /// Which part of the lot an owner has, in millionths.
        pub part: Option<u32>,
        /// Whether a tenant has the lot to himself.
        pub exclusive: Option<bool>,
    }

    /// That an occupant leaves.
    pub struct Leaving {
        /// The day after the last.
        pub until: NaiveDate,
    }

    /// Which shares are to be fixed.
    pub struct Closing {
        /// The key of distribution.
        #[schema(example = "general")]
        pub key: String,
        /// The first day for which they count.
        pub from: NaiveDate,
        /// What they have to add up to.
        #[schema(example = 10_000)]
        pub total: i64,
    }

    /// Named fields of a lot; what is left out stays.
    pub struct LotFields {
        /// What it is called.
        pub label: Option<String>,
        /// What it is used as.
        #[schema(value_type = Option<String>, example = "flat")]
        pub kind: Option<LotKind>,
        /// The section it is in, by label.
        pub section: Option<String>,
        /// The floor it is on.
        pub floor: Option<i16>,
        /// Its surface in square decimetres.
        pub surface_dm2: Option<u32>,
        /// Its shares, all of them.
        pub shares: Option<BTreeMap<String, u32>>,
    }
}

impl From<Address> for building::Address {
    fn from(body: Address) -> Self {
        let Address {
            lines,
            city,
            postal_code,
            country,
            point,
        } = body;
        let point = point.map(
            |Point {
                 latitude_e7,
                 longitude_e7,
             }| building::Point {
                latitude_e7,
                longitude_e7,
            },
        );
        Self {
            lines,
            city,
            postal_code,
            country,
            point,
        }
    }
}

impl From<Section> for building::Section {
    fn from(body: Section) -> Self {
        let Section {
            label,
            kind,
            lowest_floor,
            highest_floor,
        } = body;
        Self {
            label,
            kind,
            lowest_floor,
            highest_floor,
        }
    }
}

impl From<NewLot> for building::Lot {
    fn from(body: NewLot) -> Self {
        let NewLot {
            label,
            kind,
            section,
            floor,
            surface_dm2,
            shares,
        } = body;
        Self {
            label,
            kind,
            section,
            floor,
            surface_dm2,
            shares: shares.unwrap_or_default(),
        }
    }
}

impl From<LotFields> for LotChange {
    fn from(body: LotFields) -> Self {
        let LotFields {
            label,
            kind,
            section,
            floor,
            surface_dm2,
            shares,
        } = body;
        Self {
            label,
            kind,
            section,
            floor,
            surface_dm2,
            shares,
        }
    }
}
