//! The rules for an outage.

use chrono::{DateTime, Utc};

use super::{
    Announced, Outage, OutageAnnounced, OutageChanged, OutageEnded, OutageEvent,
    OutageIncidentLinked, OutageIncidentUnlinked,
};
use crate::aggregate::{Refusal, RefusalKind};
use crate::id::IncidentId;
use crate::text::{self, FieldFault};

/// The most buildings of one outage.
pub const BUILDINGS_MAX: usize = 50;
/// The most incidents that are linked to one outage.
pub const INCIDENTS_MAX: usize = 10_000;

const TITLE_CHARS_MAX: usize = 200;
const DETAILS_CHARS_MAX: usize = 5_000;

/// End it.
#[derive(Clone, Debug)]
pub struct EndOutage {
    /// Since when it is over; what was announced, where it is not said.
    pub finished_at: Option<DateTime<Utc>>,
    /// When that is said.
    pub at: DateTime<Utc>,
}

/// What can be asked of an outage.
#[derive(Clone, Debug)]
pub enum OutageCommand {
    /// Announce it.
    Announce(OutageAnnounced),
    /// Change named fields.
    Change(OutageChanged),
    /// End it.
    End(EndOutage),
    /// Say that an incident comes from it.
    Link(IncidentId),
    /// Say that an incident does not come from it after all.
    Unlink(IncidentId),
}

/// Why an outage's command is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutageRefusal {
    /// Never announced.
    #[error("there is no such outage; check the id")]
    Unknown,
    /// The id is in use.
    #[error("an outage with this id exists; announce it under a new id")]
    Exists,
    /// It is over.
    #[error("the outage is over; announce another")]
    Over,
    /// It would end before it begins.
    #[error("an outage does not finish before it starts; choose a later finish")]
    FinishBeforeStart,
    /// When it was over is not known.
    #[error("say when the outage was over: no finish was announced")]
    FinishMissing,
    /// It cannot be over yet.
    #[error("the outage cannot be over at an instant that is still to come")]
    FinishAhead,
    /// Nowhere, or in more buildings than one decision can ask.
    #[error("an outage is in 1 to {BUILDINGS_MAX} buildings; announce several")]
    Buildings,
    /// More than is of use.
    #[error("at most {INCIDENTS_MAX} incidents are linked to one outage")]
    TooManyIncidents,
    /// A text is at fault.
    #[error(transparent)]
    Text(#[from] FieldFault),
}

impl Refusal for OutageRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "outage_unknown",
            Self::Exists => "outage_exists",
            Self::Over => "outage_over",
            Self::FinishBeforeStart => "finish_before_start",
            Self::FinishMissing => "finish_missing",
            Self::FinishAhead => "finish_ahead",
            Self::Buildings => "buildings_out_of_range",
            Self::TooManyIncidents => "too_many",
            Self::Text(fault) => fault.fault.code(),
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Unknown => RefusalKind::Unknown,
            Self::Exists | Self::Over | Self::TooManyIncidents => RefusalKind::Conflict,
            _ => RefusalKind::Invalid,
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::FinishBeforeStart => Some("/finishes_at"),
            Self::FinishMissing | Self::FinishAhead => Some("/finished_at"),
            Self::Buildings => Some("/buildings"),
            Self::Text(fault) => Some(fault.pointer),
            _ => None,
        }
    }
}

type Decision = Result<Vec<OutageEvent>, OutageRefusal>;

impl Outage {
    pub(super) fn decide_on(&self, command: &OutageCommand) -> Decision {
        if let OutageCommand::Announce(what) = command {
            if *self != Self::Absent {
                return Err(OutageRefusal::Exists);
            }
            check(what)?;
            return Ok(vec![OutageEvent::Announced(what.clone())]);
        }
        let outage = self.announced().ok_or(OutageRefusal::Unknown)?;
        match command {
            OutageCommand::Announce(_) => Ok(vec![]),
            OutageCommand::Change(changed) => outage.change(changed),
            OutageCommand::End(end) => outage.end(end),
            OutageCommand::Link(incident) => outage.link(*incident),
            OutageCommand::Unlink(incident) => Ok(outage.unlink(*incident)),
        }
    }
}

impl Announced {
    fn change(&self, changed: &OutageChanged) -> Decision {
        if self.finished_at.is_some() {
            return Err(OutageRefusal::Over);
        }
        let mut after = self.what.clone();
        after.change(changed);
        check(&after)?;
        if after == self.what {
            return Ok(vec![]);
        }
        Ok(vec![OutageEvent::Changed(changed.clone())])
    }

    fn end(&self, end: &EndOutage) -> Decision {
        if self.finished_at.is_some() {
            return Err(OutageRefusal::Over);
        }
        let finished_at = end.finished_at.or(self.what.finishes_at);
        let finished_at = finished_at.ok_or(OutageRefusal::FinishMissing)?;
        if finished_at < self.what.starts_at {
            return Err(OutageRefusal::FinishBeforeStart);
        }
        if finished_at > end.at {
            return Err(OutageRefusal::FinishAhead);
        }
        Ok(vec![OutageEvent::Ended(OutageEnded { finished_at })])
    }

    fn link(&self, incident: IncidentId) -> Decision {
        if self.incidents.contains(&incident) {
            return Ok(vec![]);
        }
        if self.incidents.len() >= INCIDENTS_MAX {
            return Err(OutageRefusal::TooManyIncidents);
        }
        Ok(vec![OutageEvent::IncidentLinked(OutageIncidentLinked {
            incident,
        })])
    }

    fn unlink(&self, incident: IncidentId) -> Vec<OutageEvent> {
        if !self.incidents.contains(&incident) {
            return vec![];
        }
        vec![OutageEvent::IncidentUnlinked(OutageIncidentUnlinked {
            incident,
        })]
    }
}

/// Refuses what could not be announced, whatever the state.
pub fn check(what: &OutageAnnounced) -> Result<(), OutageRefusal> {
    text::line("/title", &what.title, TITLE_CHARS_MAX)?;
    text::lines("/details", &what.details, DETAILS_CHARS_MAX)?;
    if what.buildings.is_empty() || what.buildings.len() > BUILDINGS_MAX {
        return Err(OutageRefusal::Buildings);
    }
    if what
        .finishes_at
        .is_some_and(|finish| finish < what.starts_at)
    {
        return Err(OutageRefusal::FinishBeforeStart);
    }
    Ok(())
}
