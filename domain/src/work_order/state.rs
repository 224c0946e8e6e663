//! What is so of a work order now.

use std::collections::BTreeSet;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    Act, Priority, Task, WorkKind, WorkOrderCommand, WorkOrderEvent, WorkOrderOpened,
    WorkOrderRefusal,
};
use crate::aggregate::Aggregate;
use crate::id::{BuildingId, EquipmentId, PlanId, UserId};
use crate::money::Money;
use crate::personal::Personal;

/// Where an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkStatus {
    /// Asked for.
    Open,
    /// Being done.
    InProgress,
    /// Left for a while.
    OnHold,
    /// Done.
    Complete,
    /// Called off.
    Cancelled,
}

impl WorkStatus {
    /// Whether something is left to do.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::InProgress | Self::OnHold)
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::InProgress => "in_progress",
            Self::OnHold => "on_hold",
            Self::Complete => "complete",
            Self::Cancelled => "cancelled",
        }
    }
}

impl fmt::Display for WorkStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Who did something, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// Who.
    pub by: UserId,
    /// When.
    pub at: DateTime<Utc>,
}

impl From<Act> for Done {
    fn from(act: Act) -> Self {
        Self {
            by: act.by,
            at: act.at,
        }
    }
}

/// Work that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    /// Where the piece stands.
    pub building: BuildingId,
    /// The piece.
    pub equipment: EquipmentId,
    /// What is to be done.
    pub title: String,
    /// What is to be done, at length.
    pub description: Option<Personal<String>>,
    /// What it is for.
    pub kind: WorkKind,
    /// How urgent it is.
    pub priority: Priority,
    /// Whether the piece is down while it is done.
    pub takes_down: bool,
    /// Whether it is done only once somebody has signed.
    pub needs_signature: bool,
    /// What it consists of.
    pub tasks: Vec<Task>,
    /// Which tasks are done.
    pub done: BTreeSet<u16>,
    /// By when it is to be done.
    pub due_at: Option<DateTime<Utc>>,
    /// Who is to do it.
    pub assignee: Option<UserId>,
    /// The plan that asks for it.
    pub plan: Option<PlanId>,
    /// Where it stands.
    pub status: WorkStatus,
    /// Who first did anything about it; kept for ever.
    pub first_reaction: Option<Done>,
    /// Who completed it; nobody once it is open again.
    pub completed: Option<Done>,
    /// Who signed; nobody once it is open again.
    pub signed: Option<Done>,
    /// What it has cost so far, once something has.
    pub cost: Option<Money>,
    /// How many things were used.
    pub costs: u32,
}

/// A work order, from never heard of on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum WorkOrder {
    /// Never opened.
    #[default]
    Absent,
    /// Opened.
    Known(Box<Work>),
}

cqrs_aggregate!(WorkOrder);

impl WorkOrder {
    /// The work, once it was asked for.
    pub fn work(&self) -> Option<&Work> {
        match self {
            Self::Absent => None,
            Self::Known(work) => Some(work),
        }
    }
}

impl Aggregate for WorkOrder {
    const NOUN: &'static str = "work_order";
    const STATE_VERSION: u32 = 1;
    type Command = WorkOrderCommand;
    type Event = WorkOrderEvent;
    type Refusal = WorkOrderRefusal;

    fn decide(&self, command: &WorkOrderCommand) -> Result<Vec<WorkOrderEvent>, WorkOrderRefusal> {
        self.decide_on(command)
    }

    fn evolve(&mut self, event: &WorkOrderEvent) {
        match (&mut *self, event) {
            (Self::Absent, WorkOrderEvent::Opened(body)) => {
                *self = Self::Known(Box::new(Work::new(body)));
            }
            (Self::Known(work), event) => work.evolve(event),
            // No such history is written; one that is told so all the same changes nothing.
            (Self::Absent, _) => {}
        }
    }
}

impl Work {
    fn new(body: &WorkOrderOpened) -> Self {
        Self {
            building: body.building,
            equipment: body.equipment,
            title: body.title.clone(),
            description: body.description.clone(),
            kind: body.kind,
            priority: body.priority,
            takes_down: body.takes_down,
            needs_signature: body.needs_signature,
            tasks: body.tasks.clone(),
            done: BTreeSet::new(),
            due_at: body.due_at,
            assignee: body.assignee,
            plan: body.plan,
            status: WorkStatus::Open,
            first_reaction: None,
            completed: None,
            signed: None,
            cost: None,
            costs: 0,
        }
    }

    fn evolve(&mut self, event: &WorkOrderEvent) {
        match event {
            WorkOrderEvent::Opened(_) => {}
            WorkOrderEvent::Changed(body) => {
                self.reacted(body.by, body.at);
                self.title = body
                    .title
                    .clone()
                    .unwrap_or(std::mem::take(&mut self.title));
                self.description = body.description.clone().or(self.description.take());
                self.priority = body.priority.unwrap_or(self.priority);
                self.due_at = body.due_at.or(self.due_at);
                self.assignee = body.assignee.or(self.assignee);
            }
            WorkOrderEvent::Started(body) => self.step(WorkStatus::InProgress, body.by, body.at),
            WorkOrderEvent::Held(body) => self.step(WorkStatus::OnHold, body.by, body.at),
            WorkOrderEvent::Completed(body) => {
                self.step(WorkStatus::Complete, body.by, body.at);
                let (by, at) = (body.by, body.at);
                self.completed = Some(Done { by, at });
            }
            WorkOrderEvent::Cancelled(body) => self.step(WorkStatus::Cancelled, body.by, body.at),
            WorkOrderEvent::Reopened(body) => {
                self.step(WorkStatus::Open, body.by, body.at);
                (self.completed, self.signed) = (None, None);
            }
            WorkOrderEvent::TaskDone(body) => {
                self.reacted(body.by, body.at);
                self.done.insert(body.task);
            }
            WorkOrderEvent::PartUsed(body) => {
                self.reacted(body.by, body.at);
                self.costs = self.costs.saturating_add(1);
                let sum = self.cost.unwrap_or(Money::zero(body.cost.currency));
                self.cost = sum.plus(body.cost).ok().or(self.cost);
            }
            WorkOrderEvent::Signed(body) => {
                self.reacted(body.by, body.at);
                let (by, at) = (body.by, body.at);
                self.signed = Some(Done { by, at });
            }
        }
    }

    fn step(&mut self, to: WorkStatus, by: UserId, at: DateTime<Utc>) {
        self.reacted(by, at);
        self.status = to;
    }

    fn reacted(&mut self, by: UserId, at: DateTime<Utc>) {
        self.first_reaction.get_or_insert(Done { by, at });
    }
}
