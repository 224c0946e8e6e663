//! Which incidents of a building are still open: one stream for each building, so that none is
//! reported at the moment at which the building is deleted.
//!
//! An incident enters it in the append that reports it, and leaves it in the one that closes,
//! declines or withdraws it. One that was reported before there were dockets enters when it is
//! reopened.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::aggregate::{Aggregate, Refusal, RefusalKind};
use crate::id::IncidentId;

/// The most open incidents of a building.
pub const INCIDENTS_MAX: usize = 5_000;

/// Put an incident on it.
#[derive(Clone, Copy, Debug)]
pub struct EnterDocket {
    /// Which.
    pub incident: IncidentId,
}

/// Take an incident off it.
#[derive(Clone, Copy, Debug)]
pub struct LeaveDocket {
    /// Which.
    pub incident: IncidentId,
}

/// What can be asked.
#[derive(Clone, Copy, Debug)]
pub enum DocketCommand {
    /// Put an incident on it.
    Enter(EnterDocket),
    /// Take an incident off it.
    Leave(LeaveDocket),
}

/// An incident is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocketEntered {
    /// Which.
    pub incident: IncidentId,
}

/// An incident is open no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocketLeft {
    /// Which.
    pub incident: IncidentId,
}

events! {
    /// What happened.
    pub enum DocketEvent {
        /// An incident is open.
        Entered(DocketEntered) = "docket.entered" v 1,
        /// An incident is open no more.
        Left(DocketLeft) = "docket.left" v 1,
    }
}

/// The open incidents of a building.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Docket {
    /// All of them.
    pub incidents: BTreeSet<IncidentId>,
}

cqrs_aggregate!(Docket);

/// Why an incident is not put on it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocketRefusal {
    /// More than the state should carry.
    #[error("the building has {INCIDENTS_MAX} open incidents; close or decline some first")]
    Full,
}

impl Refusal for DocketRefusal {
    fn code(&self) -> &'static str {
        "incidents_full"
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::Conflict
    }
}

impl Aggregate for Docket {
    const NOUN: &'static str = "docket";
    const STATE_VERSION: u32 = 1;
    type Command = DocketCommand;
    type Event = DocketEvent;
    type Refusal = DocketRefusal;

    fn decide(&self, command: &DocketCommand) -> Result<Vec<DocketEvent>, DocketRefusal> {
        match *command {
            DocketCommand::Enter(EnterDocket { incident }) => {
                if self.incidents.contains(&incident) {
                    return Ok(vec![]);
                }
                if self.incidents.len() >= INCIDENTS_MAX {
                    return Err(DocketRefusal::Full);
                }
                Ok(vec![DocketEvent::Entered(DocketEntered { incident })])
            }
            DocketCommand::Leave(LeaveDocket { incident }) => {
                let is_there = self.incidents.contains(&incident);
                let left = || DocketEvent::Left(DocketLeft { incident });
                Ok(is_there.then(left).into_iter().collect())
            }
        }
    }

    fn evolve(&mut self, event: &DocketEvent) {
        match event {
            DocketEvent::Entered(entered) => self.incidents.insert(entered.incident),
            DocketEvent::Left(left) => self.incidents.remove(&left.incident),
        };
    }
}
