//! Where a building stands and what it is made of.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::text;

/// A postal address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// Street and number, as written on an envelope.
    pub lines: Vec<String>,
    /// The city.
    pub city: String,
    /// The postal code, where the country has them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// ISO 3166-1 alpha-2, in upper case.
    pub country: String,
    /// Where it is on the globe, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub point: Option<Point>,
}

/// A point on the globe (WGS 84), in ten-millionths of a degree: no fraction stands in an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// North is above zero; within ±90 degrees.
    pub latitude_e7: i32,
    /// East is above zero; within ±180 degrees.
    pub longitude_e7: i32,
}

/// What a section is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SectionKind {
    /// A wing, a staircase, a house.
    Section,
    /// A car park, in which no flat may be.
    Parking,
}

/// A part of a building with floors of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// What it is called; unique in the building, whatever the case.
    pub label: String,
    /// What it is for.
    pub kind: SectionKind,
    /// Its lowest floor; the ground is 0.
    pub lowest_floor: i16,
    /// Its highest floor.
    pub highest_floor: i16,
}

impl Section {
    /// The section with its label as labels are kept.
    #[must_use]
    pub fn labelled(&self) -> Self {
        Self {
            label: text::label(&self.label),
            ..self.clone()
        }
    }
}

/// What a lot is used as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LotKind {
    /// To live in as part of a house of many.
    Flat,
    /// To live in alone.
    House,
    /// A furnished flat or a hotel's rooms.
    Apartment,
    /// A place for a vehicle.
    Parking,
    /// A shop.
    Commercial,
    /// An office.
    Office,
    /// A store.
    Warehouse,
    /// A cellar.
    Cellar,
    /// Anything else.
    Other,
}

impl LotKind {
    /// Whether people live or sleep in it, so that it cannot be in a car park.
    pub fn is_inhabited(self) -> bool {
        matches!(self, Self::Flat | Self::House | Self::Apartment)
    }
}

/// A part of a building that can be owned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lot {
    /// What it is called; unique among the lots of its kind, whatever the case.
    pub label: String,
    /// What it is used as.
    pub kind: LotKind,
    /// The section it is in, by label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    /// The floor it is on; the ground is 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub floor: Option<i16>,
    /// Its surface in square decimetres (6250 is 62.5 m²).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub surface_dm2: Option<u32>,
    /// Its part of the whole, per key of distribution (`general`, `lift`, `heating`).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub shares: BTreeMap<String, u32>,
}

/// What of a lot changes; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LotChange {
    /// What it is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What it is used as.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<LotKind>,
    /// The section it is in, by label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    /// The floor it is on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub floor: Option<i16>,
    /// Its surface in square decimetres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub surface_dm2: Option<u32>,
    /// Its shares, all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shares: Option<BTreeMap<String, u32>>,
}

impl Lot {
    /// The lot as it is after `change`.
    #[must_use]
    pub fn with(mut self, change: &LotChange) -> Self {
        let LotChange {
            label,
            kind,
            section,
            floor,
            surface_dm2,
            shares,
        } = change.clone();
        self.label = label.unwrap_or(self.label);
        self.kind = kind.unwrap_or(self.kind);
        self.section = section.or(self.section);
        self.floor = floor.or(self.floor);
        self.surface_dm2 = surface_dm2.or(self.surface_dm2);
        self.shares = shares.unwrap_or(self.shares);
        self
    }
}
