//! What happened to an outage.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::id::{BuildingId, IncidentId};

/// Whether it was meant to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutageKind {
    /// It was announced.
    Planned,
    /// It happened.
    Emergency,
}

/// What an outage is; what it was when it was announced.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutageAnnounced {
    /// What is out, in a few words.
    pub title: String,
    /// What else is to be known.
    pub details: String,
    /// Whether it was meant to be.
    pub kind: OutageKind,
    /// Where.
    pub buildings: BTreeSet<BuildingId>,
    /// From when on.
    pub starts_at: DateTime<Utc>,
    /// Until when, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finishes_at: Option<DateTime<Utc>>,
}

/// Named fields were changed; what is absent stayed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutageChanged {
    /// What is out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What else is to be known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<String>,
    /// Where, all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buildings: Option<BTreeSet<BuildingId>>,
    /// From when on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<DateTime<Utc>>,
    /// Until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finishes_at: Option<DateTime<Utc>>,
}

/// It is over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutageEnded {
    /// Since when.
    pub finished_at: DateTime<Utc>,
}

/// An incident comes from it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutageIncidentLinked {
    /// Which.
    pub incident: IncidentId,
}

/// An incident does not come from it after all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutageIncidentUnlinked {
    /// Which.
    pub incident: IncidentId,
}

events! {
    /// What happened to an outage.
    pub enum OutageEvent {
        /// It was announced.
        Announced(OutageAnnounced) = "outage.announced" v 1,
        /// Named fields were changed.
        Changed(OutageChanged) = "outage.changed" v 1,
        /// It is over.
        Ended(OutageEnded) = "outage.ended" v 1,
        /// An incident comes from it.
        IncidentLinked(OutageIncidentLinked) = "outage.incident_linked" v 1,
        /// An incident does not come from it after all.
        IncidentUnlinked(OutageIncidentUnlinked) = "outage.incident_unlinked" v 1,
    }
}
