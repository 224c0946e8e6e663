//! Histories that are there before a measurement begins, written by one statement and not by
//! commands.

use domain::Aggregate;
use domain::building::{Building, BuildingEvent};
use domain::id::BuildingId;

use crate::building;
use crate::fault::Fault;

/// Buildings that are there before a measurement begins.
#[derive(Clone, Debug)]
pub struct Seed {
    /// Which.
    pub ids: Vec<BuildingId>,
    /// How many events each of them has.
    pub events: u32,
}

impl Seed {
    /// None at all.
    pub const fn none() -> Self {
        Self {
            ids: Vec::new(),
            events: 0,
        }
    }

    /// So many buildings of so many events each.
    pub fn of(buildings: usize, events: u32) -> Self {
        Self {
            ids: (0..buildings).map(|_| building::new_id()).collect(),
            events,
        }
    }

    /// The ids as text.
    pub fn id_texts(&self) -> Vec<String> {
        self.ids.iter().map(ToString::to_string).collect()
    }

    /// How many events each has, as SQL counts.
    pub fn events_each(&self) -> i64 {
        i64::from(self.events)
    }

    /// The first event of a building.
    pub fn first() -> Result<BuildingEvent, Fault> {
        building::registered()
    }

    /// Each event that follows.
    pub fn later() -> Result<BuildingEvent, Fault> {
        let known = Building::fold([&Self::first()?]);
        building::changed(&known, "report that was there from the beginning")
    }

    /// The state that its events lead to.
    pub fn state() -> Result<Building, Fault> {
        Ok(Building::fold([&Self::first()?, &Self::later()?]))
    }
}
