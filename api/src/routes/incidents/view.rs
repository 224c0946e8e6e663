//! Incidents, as queries tell them.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::id::{FileId, SlaPolicyId};
use domain::incident::{Assignee, Clocks};
use domain::sla_policy::{Clock, Motion};
use projections::incidents::{CommentRow, IncidentRow};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::view::views;

/// An incident, and how far it is.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Incident)]
pub struct IncidentView {
    /// The incident.
    id: Uuid,
    /// In which building.
    building: Option<Uuid>,
    /// In which lot of it.
    lot: Option<Uuid>,
    /// At which piece of equipment.
    equipment: Option<Uuid>,
    /// What another system calls the place.
    location: Option<String>,
    /// `open`, `in_progress`, `deferred`, `completed`, `closed`, `declined` or `withdrawn`.
    state: String,
    /// Since when it is in that state.
    since: DateTime<Utc>,
    /// `low`, `medium`, `high` or `critical`.
    priority: String,
    /// Of which kind it is.
    category: String,
    /// In a few words.
    title: String,
    /// In as many as it takes.
    details: String,
    /// The user who reported it.
    reporter: Option<Uuid>,
    /// How to reach somebody, as it was when it was reported.
    contact: ContactView,
    /// The user who is to do something about it.
    assignee: Option<Uuid>,
    /// What the one is called who is to do something about it, where that is no user.
    assignee_name: Option<String>,
    /// Until when it is put off.
    deferred_until: Option<DateTime<Utc>>,
    /// What was done.
    resolution: Option<String>,
    /// Why it was put off, reopened or declined, if that was the last that happened.
    reason: Option<String>,
    /// How often it was not done after all.
    reopened: u32,
    /// When it has to be resolved, where that was set by hand.
    due_by_hand: Option<DateTime<Utc>>,
    /// Both clocks, where anything is promised for its priority.
    service: Option<ServiceView>,
    /// Whether another system says that its own service level was kept.
    stated_sla: Option<bool>,
    /// What another system calls it.
    reference: Option<String>,
    /// What was put to it.
    #[schema(value_type = Vec<Uuid>)]
    files: BTreeSet<FileId>,
    /// `live`, or the import that brought it in.
    origin: String,
    /// When it was reported.
    reported_at: DateTime<Utc>,
    /// When anything last changed.
    changed_at: DateTime<Utc>,
    /// The version of its stream.
    version: i64,
}

/// How to reach somebody.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ContactView {
    /// What they are called.
    name: Option<String>,
    /// Where they get mail.
    email: Option<String>,
    /// Where they can be called.
    phone: Option<String>,
}

/// What is promised, and how it stands at this instant.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ServiceView {
    /// Which service level.
    #[schema(value_type = Uuid)]
    policy: SlaPolicyId,
    /// In which version of it.
    policy_version: i64,
    /// Until somebody takes it in charge.
    take_charge: ClockView,
    /// Until it is resolved.
    resolve: ClockView,
}

/// A clock, in the hours of its calendar.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ClockView {
    /// `running`, `paused` or `stopped`.
    state: &'static str,
    /// How long it may run, in seconds.
    target_seconds: i64,
    /// How long it has run.
    elapsed_seconds: i64,
    /// How long it was paused.
    paused_seconds: i64,
    /// When the target is or was reached; none while it stands still below it.
    due_at: Option<DateTime<Utc>>,
    /// Whether the target was missed.
    breached: bool,
    /// By how much.
    late_by_seconds: i64,
}

impl From<&Clock> for ClockView {
    fn from(clock: &Clock) -> Self {
        let state = match clock.motion {
            Motion::Running => "running",
            Motion::Paused => "paused",
            Motion::Stopped => "stopped",
        };
        Self {
            state,
            target_seconds: clock.target.num_seconds(),
            elapsed_seconds: clock.elapsed.num_seconds(),
            paused_seconds: clock.paused.num_seconds(),
            due_at: clock.due_at,
            breached: clock.breached,
            late_by_seconds: clock.late_by.num_seconds(),
        }
    }
}

/// As it stands at an instant.
impl From<(IncidentRow, DateTime<Utc>)> for IncidentView {
    fn from((row, now): (IncidentRow, DateTime<Utc>)) -> Self {
        let clocks = row.facts.clocks(now);
        let facts = row.facts;
        let view = |clocks: Clocks| {
            let service = facts.service.as_ref()?;
            Some(ServiceView {
                policy: service.policy,
                policy_version: service.version,
                take_charge: (&clocks.take_charge).into(),
                resolve: (&clocks.resolve).into(),
            })
        };
        let service = clocks.and_then(view);
        let since = facts.since();
        let assignee_name = match &facts.assignee {
            Some(Assignee::Contact { name, .. }) => Some(name.value.clone()),
            _ => None,
        };
        Self {
            id: row.id,
            building: row.building,
            lot: row.lot,
            equipment: row.equipment,
            location: facts.place.location,
            state: row.state,
            since,
            priority: row.priority,
            category: row.category,
            title: facts.title.value,
            details: facts.details.value,
            reporter: row.reporter,
            contact: ContactView {
                name: facts.contact.name.map(|name| name.value),
                email: facts.contact.email.map(|email| email.value),
                phone: facts.contact.phone.map(|phone| phone.value),
            },
            assignee: row.assignee,
            assignee_name,
            deferred_until: facts.deferred_until,
            resolution: facts.resolution.map(|resolution| resolution.value),
            reason: facts.reason.map(|reason| reason.value),
            reopened: facts.reopened,
            due_by_hand: facts.due_by_hand,
            service,
            stated_sla: facts.stated_sla,
            reference: row.reference,
            files: facts.files,
            origin: row.origin,
            reported_at: row.reported_at,
            changed_at: row.changed_at,
            version: row.version,
        }
    }
}

views! {
    /// What was said about an incident.
    #[schema(as = IncidentComment)]
    pub struct CommentView of row: CommentRow {
        /// The comment.
        id: Uuid,
        /// Who said it.
        author: Uuid,
        /// `public` or `internal`.
        visibility: &'static str = if row.internal { "internal" } else { "public" },
        /// What was said.
        text: String,
        /// When.
        said_at: DateTime<Utc>,
    }
}
