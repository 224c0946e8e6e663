//! What is so of a piece of equipment now.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    DownKind, EquipmentCommand, EquipmentEvent, EquipmentRefusal, EquipmentStatus, MeterState,
    PlanState,
};
use crate::aggregate::Aggregate;
use crate::id::{BuildingId, EquipmentId, LotId, MeterId, PlanId, UserId, WorkOrderId};

/// A time during which a piece does not run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Down {
    /// Since when.
    pub since: DateTime<Utc>,
    /// Why.
    pub kind: DownKind,
    /// The work for which it was stopped, if it was for any.
    pub work_order: Option<WorkOrderId>,
    /// The work that goes on meanwhile.
    pub kept_by: BTreeSet<WorkOrderId>,
    /// What it was before.
    pub before: EquipmentStatus,
}

/// A piece in the books.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// Who managed the building when it was registered.
    pub owner: UserId,
    /// Where it stands.
    pub building: BuildingId,
    /// In which lot of it.
    pub lot: Option<LotId>,
    /// Of which piece it is a part.
    pub parent: Option<EquipmentId>,
    /// What it is called.
    pub name: String,
    /// What kind of thing it is.
    pub category: String,
    /// Its model.
    pub model: Option<String>,
    /// Its serial number.
    pub serial: Option<String>,
    /// Whether it runs.
    pub status: EquipmentStatus,
    /// Since when it has served.
    pub in_service_since: DateTime<Utc>,
    /// Since when it is down, if it is.
    pub down: Option<Down>,
    /// When it last came up.
    pub last_up: Option<DateTime<Utc>>,
    /// Its open work orders, each with the plan that asked for it.
    pub open_orders: BTreeMap<WorkOrderId, Option<PlanId>>,
    /// When it asks for work by itself.
    pub plans: BTreeMap<PlanId, PlanState>,
    /// What counts or measures at it.
    pub meters: BTreeMap<MeterId, MeterState>,
}

/// Work that a plan asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Firing {
    /// Which plan.
    pub plan: PlanId,
    /// The order that it asks for.
    pub work_order: WorkOrderId,
}

impl Piece {
    /// The plan that asks for work by the calendar at `at`, the one that is due first.
    pub fn due(&self, at: DateTime<Utc>) -> Option<Firing> {
        let due = self.plans.iter().filter(|(_, plan)| plan.active);
        let due = due.filter_map(|(id, plan)| Some((plan.next_due_at?, *id, plan)));
        let (_, id, plan) = due
            .filter(|(due, ..)| *due <= at)
            .min_by_key(|d| (d.0, d.1))?;
        Some(Firing {
            plan: id,
            work_order: plan.next_order(id),
        })
    }

    /// When a plan asks for work next, by the calendar.
    pub fn next_due_at(&self) -> Option<DateTime<Utc>> {
        let active = self.plans.values().filter(|plan| plan.active);
        active.filter_map(|plan| plan.next_due_at).min()
    }

    /// The plans that ask for work when `meter` shows `value_e3`: none that has an open order.
    pub fn crossed(&self, meter: MeterId, value_e3: i64) -> Vec<Firing> {
        let Some(state) = self.meters.get(&meter) else {
            return Vec::new();
        };
        let (before, now) = (state.last_total(), state.total(value_e3));
        let plans = self.plans.iter();
        plans
            .filter(|(_, plan)| plan.active && plan.open.is_empty())
            .filter(|(_, plan)| plan.plan.trigger.meter() == Some(meter))
            .filter(|(_, plan)| plan.is_crossed(before, now))
            .map(|(id, plan)| Firing {
                plan: *id,
                work_order: plan.next_order(*id),
            })
            .collect()
    }
}

/// A piece of equipment, from never heard of to gone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Equipment {
    /// Never registered.
    #[default]
    Absent,
    /// In the books.
    Standing(Box<Piece>),
    /// Left the books.
    Deleted,
}

cqrs_aggregate!(Equipment);

impl Equipment {
    /// The piece, while it is in the books.
    pub fn standing(&self) -> Option<&Piece> {
        match self {
            Self::Standing(piece) => Some(piece),
            Self::Absent | Self::Deleted => None,
        }
    }
}

impl Aggregate for Equipment {
    const NOUN: &'static str = "equipment";
    const STATE_VERSION: u32 = 1;
    type Command = EquipmentCommand;
    type Event = EquipmentEvent;
    type Refusal = EquipmentRefusal;

    fn decide(&self, command: &EquipmentCommand) -> Result<Vec<EquipmentEvent>, EquipmentRefusal> {
        self.decide_on(command)
    }

    fn evolve(&mut self, event: &EquipmentEvent) {
        match (&mut *self, event) {
            (Self::Absent, EquipmentEvent::Registered(body)) => {
                *self = Self::Standing(Box::new(Piece::new(body)));
            }
            (Self::Standing(_), EquipmentEvent::Deleted(_)) => *self = Self::Deleted,
            (Self::Standing(piece), event) => piece.evolve(event),
            // No such history is written; one that is told so all the same changes nothing.
            (Self::Absent | Self::Deleted, _) => {}
        }
    }
}
