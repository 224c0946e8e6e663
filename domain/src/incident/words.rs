//! The words of an incident: how urgent, how far, who.

use serde::{Deserialize, Serialize};

use crate::id::{BuildingId, ContactId, EquipmentId, LotId, UserId};
use crate::personal::Personal;

/// How urgent it is; the last is the most urgent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// When there is time.
    Low,
    /// In its turn.
    Medium,
    /// Before others.
    High,
    /// At once.
    Critical,
}

impl Priority {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IncidentState {
    /// Nobody is at it.
    Open,
    /// Somebody is at it.
    InProgress,
    /// It waits for something.
    Deferred,
    /// It is done, in the eyes of who did it.
    Completed,
    /// It is done and over.
    Closed,
    /// Nothing will be done.
    Declined,
    /// Its reporter took it back.
    Withdrawn,
}

impl IncidentState {
    /// Every state, in the order of a good day.
    pub const ALL: [Self; 7] = [
        Self::Open,
        Self::InProgress,
        Self::Deferred,
        Self::Completed,
        Self::Closed,
        Self::Declined,
        Self::Withdrawn,
    ];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::InProgress => "in_progress",
            Self::Deferred => "deferred",
            Self::Completed => "completed",
            Self::Closed => "closed",
            Self::Declined => "declined",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Whether something is still to be done.
    pub fn is_waiting(self) -> bool {
        matches!(self, Self::Open | Self::InProgress | Self::Deferred)
    }

    /// Whether nothing comes after it.
    pub fn is_terminal(self) -> bool {
        matches!(self, Self::Closed | Self::Declined | Self::Withdrawn)
    }
}

/// Where it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// The building; none of what was brought in from a log without buildings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub building: Option<BuildingId>,
    /// The lot of that building.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lot: Option<LotId>,
    /// The piece of equipment in that building.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equipment: Option<EquipmentId>,
    /// What another system calls the place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
}

/// Who told of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", deny_unknown_fields)]
pub enum Reporter {
    /// A user.
    User {
        /// Which.
        user: UserId,
    },
    /// One who is no user.
    Contact {
        /// Under which id his data stand.
        contact: ContactId,
    },
}

impl Reporter {
    /// The user, where it is one.
    pub fn user(self) -> Option<UserId> {
        match self {
            Self::User { user } => Some(user),
            Self::Contact { .. } => None,
        }
    }

    /// Whose data the words of the report are.
    pub fn subject(self) -> uuid::Uuid {
        match self {
            Self::User { user } => user.0,
            Self::Contact { contact } => contact.0,
        }
    }
}

/// How to reach the one who told of it, as it was when he did.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// What he is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Personal<String>>,
    /// Where he gets mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Personal<String>>,
    /// Where he can be called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Personal<String>>,
}

/// Who is to do something about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", deny_unknown_fields)]
pub enum Assignee {
    /// A user.
    User {
        /// Which.
        user: UserId,
    },
    /// One who is no user, of another system.
    Contact {
        /// Under which id his data stand.
        contact: ContactId,
        /// What he is called there.
        name: Personal<String>,
    },
}

impl Assignee {
    /// The user, where it is one.
    pub fn user(&self) -> Option<UserId> {
        match self {
            Self::User { user } => Some(*user),
            Self::Contact { .. } => None,
        }
    }
}

/// Who may read a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// All who may see the incident.
    Public,
    /// Those who work on it.
    Internal,
}

/// What was told about a clock once, and is not told again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockKind {
    /// Until somebody takes it in charge.
    TakeCharge,
    /// Until it is resolved.
    Resolve,
}

impl ClockKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::TakeCharge, Self::Resolve];
}
