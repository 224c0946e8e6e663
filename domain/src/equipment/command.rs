//! What can be asked of a piece of equipment.

use chrono::{DateTime, Utc};

use super::{DownKind, EquipmentStatus, Meter, MeterReset, Plan, PlanChange};
use crate::id::{BuildingId, EquipmentId, LotId, MeterId, PlanId, UserId, WorkOrderId};
use crate::personal::Personal;

/// Put a piece into the books.
#[derive(Clone, Debug)]
pub struct RegisterEquipment {
    /// Who manages the building.
    pub owner: UserId,
    /// Where it stands.
    pub building: BuildingId,
    /// In which lot of it, if in one.
    pub lot: Option<LotId>,
    /// Of which piece it is a part.
    pub parent: Option<EquipmentId>,
    /// What it is called.
    pub name: String,
    /// What kind of thing it is, as a word.
    pub category: String,
    /// Its model.
    pub model: Option<String>,
    /// Its serial number.
    pub serial: Option<String>,
    /// Whether it runs; a piece does not begin down.
    pub status: EquipmentStatus,
    /// Since when it has served, if not from now on.
    pub in_service_since: Option<DateTime<Utc>>,
    /// Now.
    pub at: DateTime<Utc>,
}

/// Change named fields; what is absent stays.
#[derive(Clone, Debug, Default)]
pub struct ChangeEquipment {
    /// What it is called.
    pub name: Option<String>,
    /// What kind of thing it is.
    pub category: Option<String>,
    /// Its model.
    pub model: Option<String>,
    /// Its serial number.
    pub serial: Option<String>,
    /// Whether it runs; being down has commands of its own.
    pub status: Option<EquipmentStatus>,
}

/// Put it elsewhere in its building.
#[derive(Clone, Debug)]
pub struct MoveEquipment {
    /// Of which piece it is to be a part.
    pub parent: Option<EquipmentId>,
    /// In which lot it is to stand.
    pub lot: Option<LotId>,
}

/// Say that it does not run.
#[derive(Clone, Debug)]
pub struct GoDown {
    /// `down` or `emergency_shutdown`.
    pub status: EquipmentStatus,
    /// Why.
    pub kind: DownKind,
    /// Since when, if not since now.
    pub since: Option<DateTime<Utc>>,
    /// What somebody said about it.
    pub reason: Option<Personal<String>>,
    /// Now.
    pub at: DateTime<Utc>,
}

/// Say that it runs again.
#[derive(Clone, Debug)]
pub struct ComeUp {
    /// Until when it was down, if not until now.
    pub until: Option<DateTime<Utc>>,
    /// What it is from then on; what it was before, where nothing is said.
    pub status: Option<EquipmentStatus>,
    /// Now.
    pub at: DateTime<Utc>,
}

/// Take note of a new work order.
#[derive(Clone, Debug)]
pub struct NoteOrder {
    /// Which.
    pub work_order: WorkOrderId,
}

/// Work on an order has begun, or goes on.
#[derive(Clone, Debug)]
pub struct NoteWork {
    /// Which order.
    pub work_order: WorkOrderId,
    /// Whether the piece is down from now on, and why; absent where the order leaves it as it is.
    pub takes_down: Option<DownKind>,
    /// Now.
    pub at: DateTime<Utc>,
}

/// Take note of the end of a work order.
#[derive(Clone, Debug)]
pub struct NoteEnd {
    /// Which order.
    pub work_order: WorkOrderId,
    /// Whether the work was done, or called off.
    pub completed: bool,
    /// Now.
    pub at: DateTime<Utc>,
}

/// Add a plan.
#[derive(Clone, Debug)]
pub struct AddPlan {
    /// The id of the new plan.
    pub plan_id: PlanId,
    /// What it asks for, and when.
    pub plan: Plan,
    /// Now.
    pub at: DateTime<Utc>,
}

/// Change named fields of a plan; what is absent stays.
#[derive(Clone, Debug)]
pub struct ChangePlan {
    /// Which plan.
    pub plan_id: PlanId,
    /// What changes.
    pub change: PlanChange,
    /// Now.
    pub at: DateTime<Utc>,
}

/// Take a plan out.
#[derive(Clone, Debug)]
pub struct RemovePlan {
    /// Which plan.
    pub plan_id: PlanId,
}

/// Ask for the work that a plan says is due by now.
#[derive(Clone, Debug)]
pub struct FirePlan {
    /// Which plan.
    pub plan_id: PlanId,
    /// Now.
    pub at: DateTime<Utc>,
}

/// Add a meter.
#[derive(Clone, Debug)]
pub struct AddMeter {
    /// The id of the new meter.
    pub meter_id: MeterId,
    /// What it is.
    pub meter: Meter,
}

/// Read a meter.
#[derive(Clone, Debug)]
pub struct ReadMeter {
    /// Which meter.
    pub meter_id: MeterId,
    /// What it shows, in thousandths of its unit.
    pub value_e3: i64,
    /// What the reader took its unit for.
    pub unit: String,
    /// When it was read, if not now.
    pub read_at: Option<DateTime<Utc>>,
    /// Now.
    pub at: DateTime<Utc>,
}

/// Say that what a cumulative meter shows began anew.
#[derive(Clone, Debug)]
pub struct ResetMeter {
    /// Which meter.
    pub meter_id: MeterId,
    /// Why.
    pub reset: MeterReset,
    /// What it showed at the end, in thousandths.
    pub final_e3: i64,
    /// What it showed at the new beginning, in thousandths.
    pub start_e3: i64,
    /// When, if not now.
    pub reset_at: Option<DateTime<Utc>>,
    /// Now.
    pub at: DateTime<Utc>,
}

/// Take a meter out.
#[derive(Clone, Debug)]
pub struct RemoveMeter {
    /// Which meter.
    pub meter_id: MeterId,
}

/// What can be asked of a piece of equipment.
#[derive(Clone, Debug)]
pub enum EquipmentCommand {
    /// Put it into the books.
    Register(Box<RegisterEquipment>),
    /// Change named fields.
    Change(ChangeEquipment),
    /// Put it elsewhere in its building.
    Move(MoveEquipment),
    /// Say that it does not run.
    GoDown(GoDown),
    /// Say that it runs again.
    ComeUp(ComeUp),
    /// Take it out of the books.
    Delete,
    /// Take note of a new work order.
    NoteOrder(NoteOrder),
    /// Take note of work.
    NoteWork(NoteWork),
    /// Take note of the end of a work order.
    NoteEnd(NoteEnd),
    /// Take note of a work order that is open again.
    NoteReopening(NoteOrder),
    /// Add a plan.
    AddPlan(Box<AddPlan>),
    /// Change named fields of a plan.
    ChangePlan(Box<ChangePlan>),
    /// Take a plan out.
    RemovePlan(RemovePlan),
    /// Ask for the work that is due.
    FirePlan(FirePlan),
    /// Add a meter.
    AddMeter(AddMeter),
    /// Read a meter.
    ReadMeter(ReadMeter),
    /// Say that what a meter shows began anew.
    ResetMeter(ResetMeter),
    /// Take a meter out.
    RemoveMeter(RemoveMeter),
}
