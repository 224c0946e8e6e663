//! What can be asked of a work order.

use chrono::{DateTime, Utc};

use super::{Priority, Task, WorkKind};
use crate::id::{BuildingId, EquipmentId, PlanId, UserId};
use crate::money::Money;
use crate::personal::Personal;

/// Open an order.
#[derive(Clone, Debug)]
pub struct OpenWorkOrder {
    /// Where the piece stands.
    pub building: BuildingId,
    /// The piece.
    pub equipment: EquipmentId,
    /// What is to be done, in one line.
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
    /// By when it is to be done.
    pub due_at: Option<DateTime<Utc>>,
    /// Who is to do it.
    pub assignee: Option<UserId>,
    /// The plan that asks for it.
    pub plan: Option<PlanId>,
}

/// Change named fields; what is absent stays.
#[derive(Clone, Debug, Default)]
pub struct ChangeWorkOrder {
    /// What is to be done.
    pub title: Option<String>,
    /// What is to be done, at length.
    pub description: Option<Personal<String>>,
    /// How urgent it is.
    pub priority: Option<Priority>,
    /// By when it is to be done.
    pub due_at: Option<DateTime<Utc>>,
    /// Who is to do it.
    pub assignee: Option<UserId>,
}

/// Who does something to an order, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Act {
    /// Who.
    pub by: UserId,
    /// When.
    pub at: DateTime<Utc>,
}

/// Say what came of a task.
#[derive(Clone, Debug)]
pub struct DoTask {
    /// Which task, counted from 0.
    pub task: u16,
    /// The answer to it.
    pub answer: Option<Personal<String>>,
    /// Who and when.
    pub act: Act,
}

/// Say what was used, or what was paid for.
#[derive(Clone, Debug)]
pub struct UsePart {
    /// What.
    pub name: String,
    /// How many.
    pub quantity: u32,
    /// What one costs.
    pub unit_cost: Money,
    /// Who and when.
    pub act: Act,
}

/// Sign for the work.
#[derive(Clone, Debug)]
pub struct SignWorkOrder {
    /// As what one signs.
    pub name: Personal<String>,
    /// Who and when.
    pub act: Act,
}

/// What can be asked of a work order.
#[derive(Clone, Debug)]
pub enum WorkOrderCommand {
    /// Open it.
    Open(Box<OpenWorkOrder>),
    /// Change named fields.
    Change(ChangeWorkOrder, Act),
    /// Begin the work, or go on with it.
    Start(Act),
    /// Leave it for a while.
    Hold(Act),
    /// Say that it is done.
    Complete(Act),
    /// Call it off.
    Cancel(Act),
    /// Open it again.
    Reopen(Act),
    /// Say what came of a task.
    DoTask(DoTask),
    /// Say what was used.
    UsePart(UsePart),
    /// Sign for it.
    Sign(SignWorkOrder),
}
