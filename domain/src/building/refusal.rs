//! Why a building's command is refused.

use super::DOCUMENTS_MAX;
use crate::aggregate::{Refusal, RefusalKind};
use crate::id::{BuildingId, EquipmentId, IncidentId, ListingId, LotId};
use crate::text::FieldFault;

/// Why a building's command is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BuildingRefusal {
    /// Never registered, or deleted.
    #[error("there is no such building; check the id")]
    Unknown,
    /// The id is in use.
    #[error("a building with this id exists; register it under a new id")]
    Exists,
    /// Whoever manages it has a building there.
    #[error(
        "building {0} of the same owner has this address; change that one, or write what tells the \
         two apart into the address"
    )]
    AddressTaken(BuildingId),
    /// No lot of this building has the id.
    #[error("the building has no such lot; check the lot's id")]
    LotUnknown,
    /// The lot's id is in use.
    #[error("the building has a lot with this id; add it under a new id")]
    LotExists,
    /// Somebody owns or rents the lot.
    #[error("the lot has occupants today or later; let them move out before it is removed")]
    LotOccupied,
    /// Two lots of one kind cannot be told apart.
    #[error("lot {0} has this label and kind already; choose another label")]
    LabelTaken(LotId),
    /// Two sections cannot be told apart.
    #[error("two sections are called `{0}`; give each its own label, whatever the case")]
    SectionTwice(String),
    /// The lot lies in a section that is none.
    #[error("the building has no section `{0}`; add the section first")]
    SectionUnknown(String),
    /// A section cannot go while lots lie in it.
    #[error("lot {0} does not fit into the sections any more; move the lot first")]
    SectionInUse(LotId),
    /// Nobody lives in a car park.
    #[error("people cannot live in a car park; choose another section or kind for the lot")]
    InhabitedParking,
    /// The lot lies above or below its section.
    #[error("the section goes from floor {lowest} to floor {highest}; choose a floor in it")]
    FloorOutside {
        /// The section's lowest floor.
        lowest: i16,
        /// The section's highest floor.
        highest: i16,
    },
    /// No house is so high or deep.
    #[error("a floor is between -20 and 200, and the lowest is not above the highest")]
    FloorOutOfRange,
    /// A lot has some surface.
    #[error("a surface is above 0 and at most 100,000,000 square decimetres")]
    SurfaceOutOfRange,
    /// A share no syndicate would write.
    #[error("the share for a key is at most 1,000,000,000")]
    ShareOutOfRange,
    /// The country is none of ISO 3166.
    #[error("`{0}` is no country; use two upper-case letters of ISO 3166-1, such as `PT`")]
    UnknownCountry(String),
    /// Not on the globe.
    #[error("a point has a latitude within ±90 degrees and a longitude within ±180")]
    PointOutOfRange,
    /// The zone is not in the tz database.
    #[error("`{0}` is no time zone; use an IANA name such as `Europe/Lisbon`")]
    UnknownTimeZone(String),
    /// An address needs a street.
    #[error("an address has one to {0} lines")]
    AddressLines(usize),
    /// More than the state should carry.
    #[error("a building has at most {max} {what}; leave some out")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// How many there can be.
        max: usize,
        /// Where they stand.
        pointer: &'static str,
    },
    /// A text is at fault.
    #[error(transparent)]
    Text(#[from] FieldFault),
    /// More documents than the state should carry.
    #[error("a building has at most {DOCUMENTS_MAX} documents; remove one first")]
    DocumentsFull,
    /// No document of this building has the id.
    #[error("the building has no such document; check the file's id")]
    DocumentUnknown,
    /// Documents would be left without a building.
    #[error("the building has {0} documents; remove them first")]
    HasDocuments(usize),
    /// Lots would be left without a building.
    #[error("the building has {0} lots; remove them first")]
    HasLots(usize),
    /// Equipment would stand nowhere.
    #[error(
        "{count} pieces of equipment stand in the building, {first} is one; delete them first, \
         parts before what they are parts of"
    )]
    HasEquipment {
        /// How many.
        count: usize,
        /// One of them.
        first: EquipmentId,
    },
    /// Something is wrong there, and somebody waits for it.
    #[error(
        "{count} incidents of the building are open, {first} is one; close, decline or withdraw \
         them first"
    )]
    HasIncidents {
        /// How many.
        count: usize,
        /// One of them.
        first: IncidentId,
    },
    /// What stands in it can be booked.
    #[error(
        "{count} published listings stand in the building, {first} is one; unpublish them first, or \
         let them stand elsewhere"
    )]
    HasListings {
        /// How many.
        count: usize,
        /// One of them.
        first: ListingId,
    },
}

impl Refusal for BuildingRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "building_unknown",
            Self::AddressTaken(_) => "address_taken",
            Self::Exists => "building_exists",
            Self::LotUnknown => "lot_unknown",
            Self::LotOccupied => "lot_occupied",
            Self::LotExists => "lot_exists",
            Self::LabelTaken(_) => "lot_label_taken",
            Self::SectionTwice(_) => "section_twice",
            Self::SectionUnknown(_) => "section_unknown",
            Self::SectionInUse(_) => "section_in_use",
            Self::InhabitedParking => "parking_inhabited",
            Self::FloorOutside { .. } => "floor_outside_section",
            Self::FloorOutOfRange => "floor_out_of_range",
            Self::SurfaceOutOfRange => "surface_out_of_range",
            Self::ShareOutOfRange => "share_out_of_range",
            Self::UnknownCountry(_) => "country_unknown",
            Self::PointOutOfRange => "point_out_of_range",
            Self::UnknownTimeZone(_) => "time_zone_unknown",
            Self::AddressLines(_) => "address_lines",
            Self::TooMany { .. } => "too_many",
            Self::Text(fault) => fault.fault.code(),
            Self::HasLots(_) => "building_has_lots",
            Self::HasEquipment { .. } => "building_has_equipment",
            Self::HasIncidents { .. } => "building_has_incidents",
            Self::HasListings { .. } => "building_has_listings",
            Self::DocumentsFull => "documents_full",
            Self::DocumentUnknown => "document_unknown",
            Self::HasDocuments(_) => "building_has_documents",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Unknown | Self::LotUnknown | Self::DocumentUnknown => RefusalKind::Unknown,
            Self::Exists
            | Self::AddressTaken(_)
            | Self::LotExists
            | Self::LotOccupied
            | Self::LabelTaken(_)
            | Self::SectionInUse(_)
            | Self::DocumentsFull
            | Self::HasDocuments(_)
            | Self::HasLots(_)
            | Self::HasEquipment { .. }
            | Self::HasIncidents { .. }
            | Self::HasListings { .. } => RefusalKind::Conflict,
            Self::SectionTwice(_)
            | Self::SectionUnknown(_)
            | Self::InhabitedParking
            | Self::FloorOutside { .. }
            | Self::FloorOutOfRange
            | Self::SurfaceOutOfRange
            | Self::ShareOutOfRange
            | Self::UnknownCountry(_)
            | Self::PointOutOfRange
            | Self::UnknownTimeZone(_)
            | Self::AddressLines(_)
            | Self::TooMany { .. }
            | Self::Text(_) => RefusalKind::Invalid,
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::AddressTaken(_) => Some("/address"),
            Self::LabelTaken(_) => Some("/label"),
            Self::SectionTwice(_) | Self::SectionInUse(_) => Some("/sections"),
            Self::SectionUnknown(_) | Self::InhabitedParking => Some("/section"),
            Self::FloorOutside { .. } | Self::FloorOutOfRange => Some("/floor"),
            Self::SurfaceOutOfRange => Some("/surface_dm2"),
            Self::ShareOutOfRange => Some("/shares"),
            Self::UnknownCountry(_) => Some("/address/country"),
            Self::PointOutOfRange => Some("/address/point"),
            Self::UnknownTimeZone(_) => Some("/time_zone"),
            Self::AddressLines(_) => Some("/address/lines"),
            Self::TooMany { pointer, .. } => Some(pointer),
            Self::Text(fault) => Some(fault.pointer),
            _ => None,
        }
    }
}
