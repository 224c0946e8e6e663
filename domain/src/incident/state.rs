//! What is so of an incident now.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    Assignee, Contact, Due, IncidentChanged, IncidentCommand, IncidentEvent, IncidentRefusal,
    IncidentReported, IncidentState, Mark, Place, Priority, Reporter, Service, Source,
};
use crate::aggregate::Aggregate;
use crate::id::{FileId, UserId};
use crate::personal::Personal;

/// How long it was in one state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stretch {
    /// Which state.
    pub state: IncidentState,
    /// From when.
    pub from: DateTime<Utc>,
    /// Until when; still, where there is none.
    pub to: Option<DateTime<Utc>>,
}

/// An incident that was reported.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// Where it is.
    pub place: Place,
    /// Who managed the building when it was reported.
    pub manager: Option<UserId>,
    /// Of which kind it is.
    pub category: String,
    /// How urgent it is.
    pub priority: Priority,
    /// In a few words.
    pub title: Personal<String>,
    /// In as many as it takes.
    pub details: Personal<String>,
    /// Who told of it.
    pub reporter: Reporter,
    /// How to reach him, as it was then.
    pub contact: Contact,
    /// What is promised.
    pub service: Option<Service>,
    /// Where it was known before.
    pub source: Option<Source>,
    /// When it was told.
    pub reported_at: DateTime<Utc>,
    /// Which states it was in, one after the other; never empty.
    pub stretches: Vec<Stretch>,
    /// Who is to do something about it.
    pub assignee: Option<Assignee>,
    /// Until when it is put off, while it is.
    pub deferred_until: Option<DateTime<Utc>>,
    /// What was done, once it is.
    pub resolution: Option<Personal<String>>,
    /// Why it was put off, reopened or declined, if that was the last that happened.
    pub reason: Option<Personal<String>>,
    /// How often it was not done after all.
    pub reopened: u32,
    /// When it has to be resolved, where that was set by hand.
    pub due_by_hand: Option<DateTime<Utc>>,
    /// What was told of its clocks and is not told again.
    pub marks: BTreeSet<Mark>,
    /// What was put to it.
    pub files: BTreeSet<FileId>,
    /// How often something was said about it.
    pub comments: u32,
    /// What another system said of its own service level.
    pub stated_sla: Option<bool>,
}

/// An incident, from never heard of on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "status")]
pub enum Incident {
    /// Nobody has told of it.
    #[default]
    Absent,
    /// Somebody has.
    Reported(Box<Case>),
}

cqrs_aggregate!(Incident);

impl Incident {
    /// The incident, once it was reported.
    pub fn case(&self) -> Option<&Case> {
        match self {
            Self::Absent => None,
            Self::Reported(case) => Some(case),
        }
    }
}

impl Aggregate for Incident {
    const NOUN: &'static str = "incident";
    const STATE_VERSION: u32 = 1;
    type Command = IncidentCommand;
    type Event = IncidentEvent;
    type Refusal = IncidentRefusal;

    fn decide(&self, command: &IncidentCommand) -> Result<Vec<IncidentEvent>, IncidentRefusal> {
        self.decide_on(command)
    }

    fn evolve(&mut self, event: &IncidentEvent) {
        match (&mut *self, event) {
            (Self::Absent, IncidentEvent::Reported(reported)) => {
                *self = Self::Reported(Box::new(Case::of(reported)));
            }
            (Self::Reported(case), event) => case.evolve(event),
            // No such history is written; one that is told so all the same changes nothing.
            (Self::Absent, _) => {}
        }
    }
}

impl Case {
    fn of(reported: &IncidentReported) -> Self {
        let IncidentReported {
            place,
            manager,
            category,
            priority,
            title,
            details,
            reporter,
            contact,
            service,
            source,
            reported_at,
        } = reported.clone();
        Self {
            place,
            manager,
            category,
            priority,
            title,
            details,
            reporter,
            contact,
            service,
            source,
            reported_at,
            stretches: vec![Stretch {
                state: IncidentState::Open,
                from: reported_at,
                to: None,
            }],
            assignee: None,
            deferred_until: None,
            resolution: None,
            reason: None,
            reopened: 0,
            due_by_hand: None,
            marks: BTreeSet::new(),
            files: BTreeSet::new(),
            comments: 0,
            stated_sla: None,
        }
    }

    /// Which state it is in.
    pub fn state(&self) -> IncidentState {
        self.stretches
            .last()
            .map_or(IncidentState::Open, |stretch| stretch.state)
    }

    /// Since when it is in its state.
    pub fn since(&self) -> DateTime<Utc> {
        self.stretches
            .last()
            .map_or(self.reported_at, |stretch| stretch.from)
    }

    /// When it was first in `state`.
    pub fn first(&self, state: IncidentState) -> Option<DateTime<Utc>> {
        let first = self.stretches.iter().find(|stretch| stretch.state == state);
        first.map(|stretch| stretch.from)
    }

    /// When it was last completed, if it still is or was closed then.
    pub fn completed_at(&self) -> Option<DateTime<Utc>> {
        let is_done = matches!(
            self.state(),
            IncidentState::Completed | IncidentState::Closed
        );
        let mut last = self.stretches.iter().rev();
        last.find(|stretch| is_done && stretch.state == IncidentState::Completed)
            .map(|stretch| stretch.from)
    }

    pub(super) fn evolve(&mut self, event: &IncidentEvent) {
        match event {
            IncidentEvent::Reported(_) => {}
            IncidentEvent::Changed(changed) => self.change(changed),
            IncidentEvent::Assigned(body) => self.assignee.clone_from(&body.assignee),
            IncidentEvent::Commented(_) => self.comments = self.comments.saturating_add(1),
            IncidentEvent::AttachmentAdded(body) => {
                self.files.insert(body.file);
            }
            IncidentEvent::AttachmentRemoved(body) => {
                self.files.remove(&body.file);
            }
            IncidentEvent::ServiceSet(body) => {
                self.service.clone_from(&body.service);
                self.marks.retain(|mark| !body.lifted.contains(mark));
            }
            IncidentEvent::Escalated(body) => {
                self.marks.insert(Mark::escalated(body.clock));
            }
            IncidentEvent::SlaBreached(body) => {
                self.marks.insert(Mark::breached(body.clock));
            }
            IncidentEvent::SlaStated(body) => self.stated_sla = Some(body.kept),
            event => self.take_step(event),
        }
    }

    fn take_step(&mut self, event: &IncidentEvent) {
        self.deferred_until = None;
        self.reason = None;
        match event {
            IncidentEvent::Started(body) => self.enter(IncidentState::InProgress, body.at),
            IncidentEvent::Released(body) => {
                self.assignee = None;
                self.enter(IncidentState::Open, body.at);
            }
            IncidentEvent::Deferred(body) => {
                self.deferred_until = body.until;
                self.reason.clone_from(&body.reason);
                self.enter(IncidentState::Deferred, body.at);
            }
            IncidentEvent::Resumed(body) => {
                self.assignee = self.assignee.take().filter(|_| !body.expired);
                self.enter(IncidentState::Open, body.at);
            }
            IncidentEvent::Completed(body) => {
                self.resolution = Some(body.resolution.clone());
                self.enter(IncidentState::Completed, body.at);
            }
            IncidentEvent::Closed(body) => self.enter(IncidentState::Closed, body.at),
            IncidentEvent::Reopened(body) => {
                self.assignee = self.assignee.take().filter(|_| !body.assignee_dropped);
                self.reason.clone_from(&body.reason);
                self.reopened = self.reopened.saturating_add(1);
                self.enter(IncidentState::Open, body.at);
            }
            IncidentEvent::Declined(body) => {
                self.reason = Some(body.reason.clone());
                self.enter(IncidentState::Declined, body.at);
            }
            IncidentEvent::Withdrawn(body) => self.enter(IncidentState::Withdrawn, body.at),
            _ => {}
        }
    }

    /// A clock that was put back makes no stretch of less than nothing.
    fn enter(&mut self, state: IncidentState, at: DateTime<Utc>) {
        let at = at.max(self.since());
        if let Some(last) = self.stretches.last_mut() {
            last.to = Some(at);
        }
        self.stretches.push(Stretch {
            state,
            from: at,
            to: None,
        });
    }

    fn change(&mut self, changed: &IncidentChanged) {
        let IncidentChanged {
            category,
            priority,
            title,
            details,
            due,
            lifted,
        } = changed.clone();
        self.category = category.unwrap_or(std::mem::take(&mut self.category));
        self.priority = priority.unwrap_or(self.priority);
        if let Some(title) = title {
            self.title = title;
        }
        if let Some(details) = details {
            self.details = details;
        }
        match due {
            None => {}
            Some(Due::Hand { due_at }) => self.due_by_hand = Some(due_at),
            Some(Due::Policy) => self.due_by_hand = None,
        }
        self.marks.retain(|mark| !lifted.contains(mark));
    }
}
