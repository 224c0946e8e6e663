//! What can be asked of a share table.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::id::{BuildingId, LotId};

/// Fix the shares of all lots for one key.
#[derive(Clone, Debug)]
pub struct CloseShares {
    /// The building.
    pub building: BuildingId,
    /// The key of distribution.
    pub key: String,
    /// The first day for which they count.
    pub from: NaiveDate,
    /// What they have to add up to.
    pub total: u64,
    /// The share of every lot that has one.
    pub parts: BTreeMap<LotId, u32>,
}

/// What can be asked of a share table.
#[derive(Clone, Debug)]
pub enum ShareTableCommand {
    /// Fix the shares of all lots for one key.
    Close(CloseShares),
    /// Take the table back as wrong.
    Withdraw,
}
