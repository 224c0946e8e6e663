//! What is so of an outage now.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{OutageAnnounced, OutageChanged, OutageCommand, OutageEvent, OutageRefusal};
use crate::aggregate::Aggregate;
use crate::id::IncidentId;

/// An outage, once it was announced.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Announced {
    /// What it is.
    pub what: OutageAnnounced,
    /// The incidents that come from it.
    pub incidents: BTreeSet<IncidentId>,
    /// Since when it is over, once it is.
    pub finished_at: Option<DateTime<Utc>>,
}

/// An outage, from never heard of on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "status")]
pub enum Outage {
    /// Nobody has told of it.
    #[default]
    Absent,
    /// Somebody has.
    Announced(Box<Announced>),
}

cqrs_aggregate!(Outage);

impl Outage {
    /// The outage, once it was announced.
    pub fn announced(&self) -> Option<&Announced> {
        match self {
            Self::Absent => None,
            Self::Announced(announced) => Some(announced),
        }
    }
}

impl Aggregate for Outage {
    const NOUN: &'static str = "outage";
    const STATE_VERSION: u32 = 1;
    type Command = OutageCommand;
    type Event = OutageEvent;
    type Refusal = OutageRefusal;

    fn decide(&self, command: &OutageCommand) -> Result<Vec<OutageEvent>, OutageRefusal> {
        self.decide_on(command)
    }

    fn evolve(&mut self, event: &OutageEvent) {
        match (&mut *self, event) {
            (Self::Absent, OutageEvent::Announced(what)) => {
                *self = Self::Announced(Box::new(Announced {
                    what: what.clone(),
                    incidents: BTreeSet::new(),
                    finished_at: None,
                }));
            }
            (Self::Announced(announced), event) => announced.evolve(event),
            // No such history is written; one that is told so all the same changes nothing.
            (Self::Absent, _) => {}
        }
    }
}

impl Announced {
    fn evolve(&mut self, event: &OutageEvent) {
        match event {
            OutageEvent::Announced(_) => {}
            OutageEvent::Changed(changed) => self.what.change(changed),
            OutageEvent::Ended(ended) => self.finished_at = Some(ended.finished_at),
            OutageEvent::IncidentLinked(linked) => {
                self.incidents.insert(linked.incident);
            }
            OutageEvent::IncidentUnlinked(unlinked) => {
                self.incidents.remove(&unlinked.incident);
            }
        }
    }
}

impl OutageAnnounced {
    /// The same with what has changed.
    pub fn change(&mut self, changed: &OutageChanged) {
        let OutageChanged {
            title,
            details,
            buildings,
            starts_at,
            finishes_at,
        } = changed.clone();
        if let Some(title) = title {
            self.title = title;
        }
        if let Some(details) = details {
            self.details = details;
        }
        if let Some(buildings) = buildings {
            self.buildings = buildings;
        }
        self.starts_at = starts_at.unwrap_or(self.starts_at);
        self.finishes_at = finishes_at.or(self.finishes_at);
    }
}
