//! What happened to a service level.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Calendar;
use crate::id::BuildingId;
use crate::incident::{IncidentState, Priority};

/// Whose incidents a service level holds for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "of", deny_unknown_fields)]
pub enum PolicyOf {
    /// Those of every building without a service level of its own.
    Everything,
    /// Those of one building.
    Building {
        /// Which.
        building: BuildingId,
    },
    /// Those that an import brought in, and no others.
    Import,
}

/// How soon something is done about an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// Until somebody takes it in charge.
    pub take_charge_minutes: u32,
    /// Until it is resolved.
    pub resolve_minutes: u32,
}

/// What is promised.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// Which hours count.
    pub calendar: Calendar,
    /// How soon, for each priority that anything is promised for.
    pub targets: BTreeMap<Priority, Target>,
    /// In which states the clocks stand still.
    pub pauses: BTreeSet<IncidentState>,
    /// At how many hundredths of a target a warning is given.
    pub escalate_at_percent: u8,
}

/// So it is from now on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlaPolicySet {
    /// Whose incidents it holds for.
    pub holds_for: PolicyOf,
    /// What is promised.
    pub terms: Terms,
}

events! {
    /// What happened to a service level.
    pub enum SlaPolicyEvent {
        /// So it is from now on.
        Set(SlaPolicySet) = "sla_policy.set" v 1,
    }
}
