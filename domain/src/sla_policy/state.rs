//! What is so of a service level now.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::{PolicyOf, SlaPolicyCommand, SlaPolicyEvent, SlaPolicyRefusal, Terms};
use crate::aggregate::Aggregate;
use crate::id::{BuildingId, SlaPolicyId};
use crate::incident::Priority;

/// A service level: none, or what was last said.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SlaPolicy {
    /// Whose incidents it holds for, once anything was said.
    pub holds_for: Option<PolicyOf>,
    /// What is promised.
    pub terms: Option<Terms>,
}

cqrs_aggregate!(SlaPolicy);

impl SlaPolicyId {
    /// The id of the service level of every building without one of its own.
    pub const EVERYTHING: Self = Self(uuid::Uuid::nil());

    /// The id of the service level of one building: the building's own.
    pub fn of(building: BuildingId) -> Self {
        Self(building.0)
    }
}

impl Terms {
    /// How long may pass until an incident of `priority` is taken in charge, and until it is
    /// resolved.
    pub fn target(&self, priority: Priority) -> Option<(TimeDelta, TimeDelta)> {
        let target = self.targets.get(&priority)?;
        let minutes = |count: u32| TimeDelta::minutes(i64::from(count));
        Some((
            minutes(target.take_charge_minutes),
            minutes(target.resolve_minutes),
        ))
    }
}

impl Aggregate for SlaPolicy {
    const NOUN: &'static str = "sla_policy";
    const STATE_VERSION: u32 = 1;
    type Command = SlaPolicyCommand;
    type Event = SlaPolicyEvent;
    type Refusal = SlaPolicyRefusal;

    fn decide(&self, command: &SlaPolicyCommand) -> Result<Vec<SlaPolicyEvent>, SlaPolicyRefusal> {
        self.decide_on(command)
    }

    fn evolve(&mut self, event: &SlaPolicyEvent) {
        let SlaPolicyEvent::Set(set) = event;
        self.holds_for = Some(set.holds_for);
        self.terms = Some(set.terms.clone());
    }
}
