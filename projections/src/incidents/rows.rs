//! The rows of incidents and of what belongs to them.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::id::{BuildingId, IncidentId};
use domain::incident::Case;
use domain::sla_policy::Terms;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::row::{Row, Table};

crate::row! {
    /// An incident, and how far it is.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub struct IncidentRow {
        /// The incident.
        pub id: Uuid,
        /// In which building.
        pub building: Option<Uuid>,
        /// In which lot of it.
        pub lot: Option<Uuid>,
        /// At which piece of equipment.
        pub equipment: Option<Uuid>,
        /// How far it is.
        pub state: String,
        /// Whether something is still to be done.
        pub waiting: bool,
        /// How urgent it is.
        pub priority: String,
        /// Of which kind it is.
        pub category: String,
        /// The user who is to do something about it.
        pub assignee: Option<Uuid>,
        /// The user who reported it.
        pub reporter: Option<Uuid>,
        /// The user who managed the building when it was reported.
        pub manager: Option<Uuid>,
        /// Whether a target was missed, as of the last that happened to it.
        pub breached: bool,
        /// When it has to be resolved, if that is fixed.
        pub due_at: Option<DateTime<Utc>>,
        /// The same, the end of time where there is none.
        pub due_order: DateTime<Utc>,
        /// Its words, for who looks for them.
        pub words: String,
        /// What another system calls it.
        pub reference: Option<String>,
        /// All that is so of it.
        pub facts: Case,
        /// `live`, or the import that brought it in.
        pub origin: String,
        /// When it was reported.
        pub reported_at: DateTime<Utc>,
        /// When anything last changed.
        pub changed_at: DateTime<Utc>,
        /// The version of its stream.
        pub version: i64,
    }
}

impl Row for IncidentRow {
    const TABLE: Table = Table::by_id("incident", &["id"]);
    type Key = Uuid;

    fn key(&self) -> Uuid {
        self.id
    }
}

crate::row! {
    /// What was said about an incident.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub struct CommentRow {
        /// About which.
        pub incident: Uuid,
        /// The comment.
        pub id: Uuid,
        /// Who said it.
        pub author: Uuid,
        /// Whether only those may read it who work on it.
        pub internal: bool,
        /// What was said.
        pub text: String,
        /// When.
        pub said_at: DateTime<Utc>,
    }
}

impl Row for CommentRow {
    const TABLE: Table = Table::by_id("comment", &["incident", "id"]);
    type Key = (Uuid, Uuid);

    fn key(&self) -> (Uuid, Uuid) {
        (self.incident, self.id)
    }
}

crate::row! {
    /// How soon incidents are taken in charge and resolved.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub struct SlaPolicyRow {
        /// The service level.
        pub id: Uuid,
        /// The building that it holds for, if it is one.
        pub building: Option<Uuid>,
        /// `everything`, `building` or `import`.
        pub holds_for: String,
        /// What is promised.
        pub terms: Terms,
        /// When it was first set.
        pub created_at: DateTime<Utc>,
        /// When it was last set.
        pub changed_at: DateTime<Utc>,
        /// The version of its stream.
        pub version: i64,
    }
}

impl Row for SlaPolicyRow {
    const TABLE: Table = Table::by_id("sla_policy", &["id"]);
    type Key = Uuid;

    fn key(&self) -> Uuid {
        self.id
    }
}

crate::row! {
    /// Something that many are without.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub struct OutageRow {
        /// The outage.
        pub id: Uuid,
        /// What is out.
        pub title: String,
        /// What else is to be known.
        pub details: String,
        /// `planned` or `emergency`.
        pub kind: String,
        /// Where.
        pub buildings: BTreeSet<BuildingId>,
        /// The incidents that come from it.
        pub incidents: BTreeSet<IncidentId>,
        /// Who announced it.
        pub announcer: Option<Uuid>,
        /// Whether it is over.
        pub over: bool,
        /// From when on.
        pub starts_at: DateTime<Utc>,
        /// Until when, as it was announced.
        pub finishes_at: Option<DateTime<Utc>>,
        /// Since when it is over.
        pub finished_at: Option<DateTime<Utc>>,
        /// When it was announced.
        pub announced_at: DateTime<Utc>,
        /// When anything last changed.
        pub changed_at: DateTime<Utc>,
        /// The version of its stream.
        pub version: i64,
    }
}

impl Row for OutageRow {
    const TABLE: Table = Table::by_id("outage", &["id"]);
    type Key = Uuid;

    fn key(&self) -> Uuid {
        self.id
    }
}
