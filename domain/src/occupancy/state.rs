//! What is so of a lot's occupancy now.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{
    OccupancyCommand, OccupancyCorrected, OccupancyEvent, OccupancyMovedIn, OccupancyRefusal,
};
use crate::Personal;
use crate::aggregate::Aggregate;
use crate::id::{BuildingId, OccupantId, UserId};

/// Whether somebody owns a lot or rents it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OccupantKind {
    /// Owns the lot, or a part of it.
    Owner,
    /// Rents it.
    Tenant,
}

/// Some days: from the first until the day after the last, or without an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// The first day.
    pub from: NaiveDate,
    /// The day after the last, if one is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
}

impl Period {
    /// Whether the two have a day in common.
    pub fn overlaps(self, other: Self) -> bool {
        let begins_before_end =
            |one: Self, end: Option<NaiveDate>| end.is_none_or(|end| one.from < end);
        begins_before_end(self, other.until) && begins_before_end(other, self.until)
    }

    /// Whether `day` is one of them.
    pub fn contains(self, day: NaiveDate) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }
}

/// One who owns or rents a lot, or did or will.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Occupant {
    /// Whether he owns or rents.
    pub kind: OccupantKind,
    /// Which user he is, if he is one.
    pub user: Option<UserId>,
    /// What he is called.
    pub name: Personal<String>,
    /// Where he is written to.
    pub email: Option<Personal<String>>,
    /// From when on, and until when, if that is known.
    pub period: Period,
    /// Which part of the lot an owner has, in millionths.
    pub part: Option<u32>,
    /// Whether a tenant has the lot to himself.
    pub exclusive: bool,
}

/// Who owns and rents a lot, did or will.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Occupancy {
    /// The building, once anyone was there.
    pub building: Option<BuildingId>,
    /// All of them.
    pub occupants: BTreeMap<OccupantId, Occupant>,
}

cqrs_aggregate!(Occupancy);

impl Occupancy {
    /// Whether anyone is there on `day` or later.
    pub fn is_occupied_from(&self, day: NaiveDate) -> bool {
        let mut all = self.occupants.values();
        all.any(|one| one.period.until.is_none_or(|until| until > day))
    }
}

impl Aggregate for Occupancy {
    const NOUN: &'static str = "occupancy";
    const STATE_VERSION: u32 = 1;
    type Command = OccupancyCommand;
    type Event = OccupancyEvent;
    type Refusal = OccupancyRefusal;

    fn decide(&self, command: &OccupancyCommand) -> Result<Vec<OccupancyEvent>, OccupancyRefusal> {
        self.decide_on(command)
    }

    fn evolve(&mut self, event: &OccupancyEvent) {
        match event {
            OccupancyEvent::MovedIn(moved) => {
                self.building = Some(moved.building);
                self.occupants.insert(moved.occupant, moved.clone().into());
            }
            OccupancyEvent::Corrected(corrected) => {
                if let Some(one) = self.occupants.get_mut(&corrected.occupant) {
                    one.correct(corrected);
                }
            }
            OccupancyEvent::MovedOut(moved) => {
                if let Some(one) = self.occupants.get_mut(&moved.occupant) {
                    one.period.until = Some(moved.until);
                }
            }
        }
    }
}

impl From<OccupancyMovedIn> for Occupant {
    fn from(moved: OccupancyMovedIn) -> Self {
        Self {
            kind: moved.kind,
            user: moved.user,
            name: moved.name,
            email: moved.email,
            period: moved.period,
            part: moved.part,
            exclusive: moved.exclusive,
        }
    }
}

impl Occupant {
    pub(super) fn correct(&mut self, corrected: &OccupancyCorrected) {
        let OccupancyCorrected {
            occupant: _,
            name,
            email,
            period,
            part,
            exclusive,
        } = corrected.clone();
        if let Some(name) = name {
            self.name = name;
        }
        self.email = email.or(self.email.take());
        self.period = period.unwrap_or(self.period);
        self.part = part.or(self.part);
        self.exclusive = exclusive.unwrap_or(self.exclusive);
    }
}
