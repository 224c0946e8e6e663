//! What happened to a share table.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::id::{BuildingId, LotId};

/// A table was drawn up, without parts as yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShareTableDrawnUp {
    /// The building.
    pub building: BuildingId,
    /// The key of distribution.
    pub key: String,
    /// The first day for which it counts.
    pub from: NaiveDate,
    /// What its parts add up to.
    pub total: u64,
}

/// Some of its parts; a table of many lots has several such events.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShareTablePartsRecorded {
    /// The share of each lot.
    pub parts: BTreeMap<LotId, u32>,
}

/// It is whole and counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShareTableClosed {}

/// It was wrong and counts no more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShareTableWithdrawn {}

events! {
    /// What happened to a share table.
    pub enum ShareTableEvent {
        /// It was drawn up.
        DrawnUp(ShareTableDrawnUp) = "share_table.drawn_up" v 1,
        /// Some of its parts.
        PartsRecorded(ShareTablePartsRecorded) = "share_table.parts_recorded" v 1,
        /// It is whole and counts.
        Closed(ShareTableClosed) = "share_table.closed" v 1,
        /// It was wrong and counts no more.
        Withdrawn(ShareTableWithdrawn) = "share_table.withdrawn" v 1,
    }
}
