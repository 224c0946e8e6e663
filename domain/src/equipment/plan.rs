//! When a piece is to be looked after by itself.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Calendar;
use crate::id::{MeterId, PlanId, WorkOrderId};
use crate::work_order::{Priority, Task};

/// On which side of a limit a value has to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Above it.
    Above,
    /// Below it.
    Below,
}

/// What makes a plan ask for work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Trigger {
    /// A day of the calendar.
    Calendar(Calendar),
    /// So many units more on a cumulative meter.
    Every(EveryUnits),
    /// A value that comes across a limit.
    Limit(Limit),
}

/// So many units more on a cumulative meter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EveryUnits {
    /// Which meter.
    pub meter: MeterId,
    /// How many thousandths of its unit.
    pub every_e3: i64,
}

/// A value that comes across a limit; one that stays beyond it asks for nothing more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// Which meter.
    pub meter: MeterId,
    /// On which side of the limit it asks for work.
    pub side: Side,
    /// In thousandths of the meter's unit.
    pub limit_e3: i64,
}

impl Limit {
    /// Whether `value_e3` lies beyond it.
    pub fn is_beyond(&self, value_e3: i64) -> bool {
        match self.side {
            Side::Above => value_e3 > self.limit_e3,
            Side::Below => value_e3 < self.limit_e3,
        }
    }
}

impl Trigger {
    /// The meter that it looks at.
    pub fn meter(&self) -> Option<MeterId> {
        match self {
            Self::Calendar(_) => None,
            Self::Every(every) => Some(every.meter),
            Self::Limit(limit) => Some(limit.meter),
        }
    }

    /// Its calendar.
    pub fn calendar(&self) -> Option<&Calendar> {
        match self {
            Self::Calendar(calendar) => Some(calendar),
            Self::Every(_) | Self::Limit(_) => None,
        }
    }
}

/// What work is asked for, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// What is to be done, in one line.
    pub title: String,
    /// How urgent it is.
    pub priority: Priority,
    /// Whether the piece is down while it is done.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub takes_down: bool,
    /// Whether it is done only once somebody has signed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub needs_signature: bool,
    /// What it consists of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tasks: Vec<Task>,
    /// What makes it ask for work.
    pub trigger: Trigger,
}

/// What of a plan changes; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlanChange {
    /// What is to be done.
    pub title: Option<String>,
    /// How urgent it is.
    pub priority: Option<Priority>,
    /// Whether the piece is down while it is done.
    pub takes_down: Option<bool>,
    /// Whether it is done only once somebody has signed.
    pub needs_signature: Option<bool>,
    /// What it consists of, all of it.
    pub tasks: Option<Vec<Task>>,
    /// What makes it ask for work, whole.
    pub trigger: Option<Trigger>,
    /// Whether it asks for work at all.
    pub active: Option<bool>,
}

impl Plan {
    /// The plan as it is after `change`.
    #[must_use]
    pub fn with(mut self, change: &PlanChange) -> Self {
        let PlanChange {
            title,
            priority,
            takes_down,
            needs_signature,
            tasks,
            trigger,
            active: _,
        } = change.clone();
        self.title = title.unwrap_or(self.title);
        self.priority = priority.unwrap_or(self.priority);
        self.takes_down = takes_down.unwrap_or(self.takes_down);
        self.needs_signature = needs_signature.unwrap_or(self.needs_signature);
        self.tasks = tasks.unwrap_or(self.tasks);
        self.trigger = trigger.unwrap_or(self.trigger);
        self
    }
}

/// What is so of a plan now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanState {
    /// The plan.
    pub plan: Plan,
    /// Whether it asks for work.
    pub active: bool,
    /// When it asks next; none by meter, after its end, or while it waits to be completed.
    pub next_due_at: Option<DateTime<Utc>>,
    /// At what total of its meter it asks next, in thousandths.
    pub next_e3: Option<i64>,
    /// How often it has asked.
    pub fired: u32,
    /// How many of the last orders it asked for nobody has touched.
    pub untouched: u32,
    /// Those of its orders that are open.
    pub open: BTreeSet<WorkOrderId>,
}

impl PlanState {
    /// The order that it asks for next: the same id however often it is asked for.
    pub fn next_order(&self, id: PlanId) -> WorkOrderId {
        let occurrence = self.fired.saturating_add(1);
        WorkOrderId(Uuid::new_v5(
            &id.0,
            format!("occurrence {occurrence}").as_bytes(),
        ))
    }

    /// Whether it asks for work when its meter, last at `before`, comes to `now`.
    pub fn is_crossed(&self, before: Option<i64>, now: i64) -> bool {
        match &self.plan.trigger {
            Trigger::Calendar(_) => false,
            Trigger::Every(_) => self.next_e3.is_some_and(|next| now >= next),
            Trigger::Limit(limit) => {
                limit.is_beyond(now) && !before.is_some_and(|before| limit.is_beyond(before))
            }
        }
    }
}

/// The first of the thresholds `next`, `next + every`, … that lies above `total`.
pub fn threshold_after(next: i64, every: i64, total: i64) -> i64 {
    if total < next || every <= 0 {
        return next;
    }
    let passed = (total.saturating_sub(next) / every).saturating_add(1);
    next.saturating_add(passed.saturating_mul(every))
}
