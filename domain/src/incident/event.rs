//! What happened to an incident.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Assignee, ClockKind, Contact, Place, Priority, Reporter, Service, Visibility};
use crate::id::{CommentId, FileId, UserId};
use crate::personal::Personal;

/// Where it was known before it was brought in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// What it is called there.
    pub reference: String,
}

/// A mark of what was told once, and is not told again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// A warning that it ought to be taken in charge.
    TakeChargeEscalated,
    /// Nobody took it in charge in time.
    TakeChargeBreached,
    /// A warning that it ought to be resolved.
    ResolveEscalated,
    /// Nobody resolved it in time.
    ResolveBreached,
}

/// Somebody told of what is wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IncidentReported {
    /// Where.
    pub place: Place,
    /// Who managed the building then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manager: Option<UserId>,
    /// Of which kind it is, as a word.
    pub category: String,
    /// How urgent it is.
    pub priority: Priority,
    /// In a few words.
    pub title: Personal<String>,
    /// In as many as it took.
    pub details: Personal<String>,
    /// Who told of it.
    pub reporter: Reporter,
    /// How to reach him, as it was then.
    #[serde(default)]
    pub contact: Contact,
    /// What was promised then, if anything was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<Service>,
    /// Where it was known before, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// When it was told.
    pub reported_at: DateTime<Utc>,
}

/// When it has to be resolved, from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "by", deny_unknown_fields)]
pub enum Due {
    /// At this instant, which no pause moves.
    Hand {
        /// When.
        due_at: DateTime<Utc>,
    },
    /// When the service level says.
    Policy,
}

/// Named fields were changed; what is absent stayed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IncidentChanged {
    /// Of which kind it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// How urgent it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// In a few words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Personal<String>>,
    /// In as many as it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<Personal<String>>,
    /// When it has to be resolved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Due>,
    /// What was told of its clocks and is no longer so.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub lifted: BTreeSet<Mark>,
}

/// Somebody is to do something about it; nobody where there is none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IncidentAssigned {
    /// Who.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<Assignee>,
}

/// Somebody took it in charge.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IncidentStarted {
    /// When.
    pub at: DateTime<Utc>,
}

/// Whoever was at it let it go.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IncidentReleased {
    /// When.
    pub at: DateTime<Utc>,
}

/// It was put off.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IncidentDeferred {
    /// Until when; without an end only in another system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
    /// Why, if it was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Personal<String>>,
    /// When.
    pub at: DateTime<Utc>,
}

/// The wait is over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IncidentResumed {
    /// Whether its end had come; then nobody is at it any more.
    pub expired: bool,
    /// When.
    pub at: DateTime<Utc>,
}

/// It is done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IncidentCompleted {
    /// What was done.
    pub resolution: Personal<String>,
    /// When.
    pub at: DateTime<Utc>,
}

/// It is over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IncidentClosed {
    /// When.
    pub at: DateTime<Utc>,
}

/// It was not done after all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IncidentReopened {
    /// Whether the one who was at it cannot go on.
    pub assignee_dropped: bool,
    /// Why, if it was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Personal<String>>,
    /// When.
    pub at: DateTime<Utc>,
}

/// Nothing will be done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IncidentDeclined {
    /// Why.
    pub reason: Personal<String>,
    /// When.
    pub at: DateTime<Utc>,
}

/// Its reporter took it back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IncidentWithdrawn {
    /// When.
    pub at: DateTime<Utc>,
}

/// Somebody said something about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IncidentCommented {
    /// The comment.
    pub comment: CommentId,
    /// Who said it.
    pub by: UserId,
    /// What.
    pub text: Personal<String>,
    /// Who may read it.
    pub visibility: Visibility,
}

/// A file was put to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IncidentAttachmentAdded {
    /// Which.
    pub file: FileId,
}

/// A file was taken away from it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IncidentAttachmentRemoved {
    /// Which.
    pub file: FileId,
}

/// It is held to another service level.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IncidentServiceSet {
    /// Which, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<Service>,
    /// What was told of its clocks and is no longer so.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub lifted: BTreeSet<Mark>,
}

/// A warning: a target is near.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IncidentEscalated {
    /// Which.
    pub clock: ClockKind,
    /// When it will be reached, if it goes on so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<DateTime<Utc>>,
}

/// A target was missed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IncidentSlaBreached {
    /// Which.
    pub clock: ClockKind,
    /// When it was reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<DateTime<Utc>>,
}

/// Another system said of its own service level whether it was kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IncidentSlaStated {
    /// Whether it was.
    pub kept: bool,
}

events! {
    /// What happened to an incident.
    pub enum IncidentEvent {
        /// Somebody told of it.
        Reported(Box<IncidentReported>) = "incident.reported" v 1,
        /// Named fields were changed.
        Changed(IncidentChanged) = "incident.changed" v 1,
        /// Somebody is to do something about it.
        Assigned(IncidentAssigned) = "incident.assigned" v 1,
        /// Somebody took it in charge.
        Started(IncidentStarted) = "incident.started" v 1,
        /// Whoever was at it let it go.
        Released(IncidentReleased) = "incident.released" v 1,
        /// It was put off.
        Deferred(IncidentDeferred) = "incident.deferred" v 1,
        /// The wait is over.
        Resumed(IncidentResumed) = "incident.resumed" v 1,
        /// It is done.
        Completed(IncidentCompleted) = "incident.completed" v 1,
        /// It is over.
        Closed(IncidentClosed) = "incident.closed" v 1,
        /// It was not done after all.
        Reopened(IncidentReopened) = "incident.reopened" v 1,
        /// Nothing will be done.
        Declined(IncidentDeclined) = "incident.declined" v 1,
        /// Its reporter took it back.
        Withdrawn(IncidentWithdrawn) = "incident.withdrawn" v 1,
        /// Somebody said something about it.
        Commented(IncidentCommented) = "incident.commented" v 1,
        /// A file was put to it.
        AttachmentAdded(IncidentAttachmentAdded) = "incident.attachment_added" v 1,
        /// A file was taken away from it.
        AttachmentRemoved(IncidentAttachmentRemoved) = "incident.attachment_removed" v 1,
        /// It is held to another service level.
        ServiceSet(IncidentServiceSet) = "incident.service_set" v 1,
        /// A target is near.
        Escalated(IncidentEscalated) = "incident.escalated" v 1,
        /// A target was missed.
        SlaBreached(IncidentSlaBreached) = "incident.sla_breached" v 1,
        /// Another system spoke of its own service level.
        SlaStated(IncidentSlaStated) = "incident.sla_stated" v 1,
    }
}
