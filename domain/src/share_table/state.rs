//! What is so of a share table now.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{ShareTableCommand, ShareTableEvent, ShareTableRefusal};
use crate::aggregate::Aggregate;
use crate::id::{BuildingId, LotId, ShareTableId};

/// The parts of all lots for one key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shares {
    /// The building.
    pub building: BuildingId,
    /// The key of distribution.
    pub key: String,
    /// The first day for which they count.
    pub from: NaiveDate,
    /// What they add up to.
    pub total: u64,
    /// The share of every lot that has one.
    pub parts: BTreeMap<LotId, u32>,
}

/// A share table, from never heard of to withdrawn.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "status")]
pub enum ShareTable {
    /// Never closed.
    #[default]
    Absent,
    /// Its parts are being written down.
    Drawn(Box<Shares>),
    /// It counts.
    Counting(Box<Shares>),
    /// It was wrong.
    Withdrawn(Box<Shares>),
}

cqrs_aggregate!(ShareTable);

impl ShareTableId {
    /// The one table of a building for a key from a day on.
    pub fn of(building: BuildingId, key: &str, from: NaiveDate) -> Self {
        Self(Uuid::new_v5(
            &building.0,
            format!("{from}:{key}").as_bytes(),
        ))
    }
}

impl ShareTable {
    /// The parts, while they count.
    pub fn counting(&self) -> Option<&Shares> {
        match self {
            Self::Counting(shares) => Some(shares),
            Self::Absent | Self::Drawn(_) | Self::Withdrawn(_) => None,
        }
    }

    /// The parts, whether they count or not.
    pub fn shares(&self) -> Option<&Shares> {
        match self {
            Self::Drawn(shares) | Self::Counting(shares) | Self::Withdrawn(shares) => Some(shares),
            Self::Absent => None,
        }
    }
}

impl Aggregate for ShareTable {
    const NOUN: &'static str = "share_table";
    const STATE_VERSION: u32 = 1;
    type Command = ShareTableCommand;
    type Event = ShareTableEvent;
    type Refusal = ShareTableRefusal;

    fn decide(
        &self,
        command: &ShareTableCommand,
    ) -> Result<Vec<ShareTableEvent>, ShareTableRefusal> {
        self.decide_on(command)
    }

    fn evolve(&mut self, event: &ShareTableEvent) {
        *self = match (std::mem::take(self), event) {
            (_, ShareTableEvent::DrawnUp(drawn)) => Self::Drawn(Box::new(Shares {
                building: drawn.building,
                key: drawn.key.clone(),
                from: drawn.from,
                total: drawn.total,
                parts: BTreeMap::new(),
            })),
            (Self::Drawn(mut shares), ShareTableEvent::PartsRecorded(some)) => {
                shares.parts.extend(&some.parts);
                Self::Drawn(shares)
            }
            (Self::Drawn(shares), ShareTableEvent::Closed(_)) => Self::Counting(shares),
            (Self::Drawn(shares) | Self::Counting(shares), ShareTableEvent::Withdrawn(_)) => {
                Self::Withdrawn(shares)
            }
            // No such history is written; one that is told so all the same changes nothing.
            (state, _) => state,
        };
    }
}
