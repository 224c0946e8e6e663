//! What happened to a lot's occupancy.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{OccupantKind, Period};
use crate::Personal;
use crate::id::{BuildingId, LotId, OccupantId, UserId};

/// Somebody moved in, or became an owner.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OccupancyMovedIn {
    /// The occupant.
    pub occupant: OccupantId,
    /// The building.
    pub building: BuildingId,
    /// The lot.
    pub lot: LotId,
    /// Whether he owns or rents.
    pub kind: OccupantKind,
    /// Which user he is, if he is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    /// What he is called.
    pub name: Personal<String>,
    /// Where he is written to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Personal<String>>,
    /// From when on, and until when, if that is known.
    pub period: Period,
    /// Which part of the lot an owner has, in millionths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<u32>,
    /// Whether a tenant has the lot to himself.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub exclusive: bool,
}

/// What was said of an occupant was wrong; what is absent stayed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OccupancyCorrected {
    /// The occupant.
    pub occupant: OccupantId,
    /// What he is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Personal<String>>,
    /// Where he is written to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Personal<String>>,
    /// From when on, and until when, whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
    /// Which part of the lot an owner has, in millionths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<u32>,
    /// Whether a tenant has the lot to himself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exclusive: Option<bool>,
}

/// Somebody moved out, or is an owner no more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OccupancyMovedOut {
    /// The occupant.
    pub occupant: OccupantId,
    /// The day after the last.
    pub until: NaiveDate,
}

events! {
    /// What happened to a lot's occupancy.
    pub enum OccupancyEvent {
        /// Somebody moved in, or became an owner.
        MovedIn(OccupancyMovedIn) = "occupancy.moved_in" v 1,
        /// What was said of an occupant was wrong.
        Corrected(OccupancyCorrected) = "occupancy.corrected" v 1,
        /// Somebody moved out, or is an owner no more.
        MovedOut(OccupancyMovedOut) = "occupancy.moved_out" v 1,
    }
}
