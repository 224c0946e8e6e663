//! What happened to a work order.
//!
//! Each body names the building, under which the piece is seen.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Priority, Task, WorkKind};
use crate::id::{BuildingId, EquipmentId, PlanId, UserId};
use crate::money::Money;
use crate::personal::Personal;

/// Work was asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkOrderOpened {
    /// Where the piece stands.
    pub building: BuildingId,
    /// The piece.
    pub equipment: EquipmentId,
    /// What is to be done, in one line.
    pub title: String,
    /// What is to be done, at length.
    #[serde(default, skip_serializing_if = "Option::is_none")]
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
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tasks: Vec<Task>,
    /// By when it is to be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<DateTime<Utc>>,
    /// Who is to do it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<UserId>,
    /// The plan that asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<PlanId>,
}

/// Declares bodies; each begins with the building, and with who and when.
macro_rules! acts {
    ($(
        $(#[$meta:meta])*
        pub struct $name:ident { $( $(#[$fmeta:meta])* pub $field:ident: $type:ty, )* }
    )+) => { $(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            /// Where the piece stands.
            pub building: BuildingId,
            /// Who.
            pub by: UserId,
            /// When.
            pub at: DateTime<Utc>,
            $( $(#[$fmeta])* pub $field: $type, )*
        }
    )+ };
}

acts! {
    /// Named fields were changed; what is absent stayed.
    pub struct WorkOrderChanged {
        /// What is to be done.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub title: Option<String>,
        /// What is to be done, at length.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub description: Option<Personal<String>>,
        /// How urgent it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub priority: Option<Priority>,
        /// By when it is to be done.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub due_at: Option<DateTime<Utc>>,
        /// Who is to do it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub assignee: Option<UserId>,
    }

    /// The work began, or went on.
    pub struct WorkOrderStarted {}

    /// The work was left for a while.
    pub struct WorkOrderHeld {}

    /// The work was done.
    pub struct WorkOrderCompleted {}

    /// The work was called off.
    pub struct WorkOrderCancelled {}

    /// The work was asked for again after its end.
    pub struct WorkOrderReopened {}

    /// A task was done.
    pub struct WorkOrderTaskDone {
        /// Which task, counted from 0.
        pub task: u16,
        /// The answer to it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub answer: Option<Personal<String>>,
    }

    /// Something was used, or paid for.
    pub struct WorkOrderPartUsed {
        /// What.
        pub name: String,
        /// How many.
        pub quantity: u32,
        /// What one costs.
        pub unit_cost: Money,
        /// What all of them cost.
        pub cost: Money,
    }

    /// Somebody has signed.
    pub struct WorkOrderSigned {
        /// As what.
        pub name: Personal<String>,
    }
}

events! {
    /// What happened to a work order.
    pub enum WorkOrderEvent {
        /// Work was asked for.
        Opened(Box<WorkOrderOpened>) = "work_order.opened" v 1,
        /// Named fields were changed.
        Changed(Box<WorkOrderChanged>) = "work_order.changed" v 1,
        /// The work began, or went on.
        Started(WorkOrderStarted) = "work_order.started" v 1,
        /// The work was left for a while.
        Held(WorkOrderHeld) = "work_order.held" v 1,
        /// The work was done.
        Completed(WorkOrderCompleted) = "work_order.completed" v 1,
        /// The work was called off.
        Cancelled(WorkOrderCancelled) = "work_order.cancelled" v 1,
        /// The work was asked for again.
        Reopened(WorkOrderReopened) = "work_order.reopened" v 1,
        /// A task was done.
        TaskDone(WorkOrderTaskDone) = "work_order.task_done" v 1,
        /// Something was used.
        PartUsed(WorkOrderPartUsed) = "work_order.part_used" v 1,
        /// Somebody has signed.
        Signed(WorkOrderSigned) = "work_order.signed" v 1,
    }
}

impl WorkOrderEvent {
    /// Where the piece stands.
    pub fn building(&self) -> BuildingId {
        match self {
            Self::Opened(body) => body.building,
            Self::Changed(body) => body.building,
            Self::Started(body) => body.building,
            Self::Held(body) => body.building,
            Self::Completed(body) => body.building,
            Self::Cancelled(body) => body.building,
            Self::Reopened(body) => body.building,
            Self::TaskDone(body) => body.building,
            Self::PartUsed(body) => body.building,
            Self::Signed(body) => body.building,
        }
    }
}
