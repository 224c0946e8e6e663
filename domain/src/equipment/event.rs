//! What happened to a piece of equipment.
//!
//! Each body names the building, because what is seen of a piece depends on the others there.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{DownKind, EquipmentStatus, Meter, MeterReset, Plan};
use crate::id::{BuildingId, EquipmentId, LotId, MeterId, PlanId, UserId, WorkOrderId};
use crate::personal::Personal;

/// Declares bodies; each begins with the building.
macro_rules! bodies {
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
            $( $(#[$fmeta])* pub $field: $type, )*
        }
    )+ };
}

bodies! {
    /// A piece stands in the books.
    pub struct EquipmentRegistered {
        /// Who manages the building.
        pub owner: UserId,
        /// In which lot of it, if in one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub lot: Option<LotId>,
        /// Of which piece it is a part.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub parent: Option<EquipmentId>,
        /// What it is called.
        pub name: String,
        /// What kind of thing it is.
        pub category: String,
        /// Its model.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub model: Option<String>,
        /// Its serial number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub serial: Option<String>,
        /// Whether it runs.
        pub status: EquipmentStatus,
        /// Since when it has served.
        pub in_service_since: DateTime<Utc>,
    }

    /// Named fields were changed; what is absent stayed.
    pub struct EquipmentChanged {
        /// What it is called.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub name: Option<String>,
        /// What kind of thing it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub category: Option<String>,
        /// Its model.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub model: Option<String>,
        /// Its serial number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub serial: Option<String>,
        /// Whether it runs.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub status: Option<EquipmentStatus>,
    }

    /// It stands elsewhere in its building: the whole of its new place.
    pub struct EquipmentMoved {
        /// Of which piece it is a part.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub parent: Option<EquipmentId>,
        /// In which lot it stands.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub lot: Option<LotId>,
    }

    /// It does not run.
    pub struct EquipmentWentDown {
        /// `down` or `emergency_shutdown`.
        pub status: EquipmentStatus,
        /// Why.
        pub kind: DownKind,
        /// Since when.
        pub since: DateTime<Utc>,
        /// The work for which it was stopped.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub work_order: Option<WorkOrderId>,
        /// What somebody said about it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub reason: Option<Personal<String>>,
    }

    /// Work on a piece that is down already keeps it down as well.
    pub struct EquipmentKeptDown {
        /// Which work.
        pub work_order: WorkOrderId,
    }

    /// Work keeps it down no longer; something else still does.
    pub struct EquipmentLetGo {
        /// Which work.
        pub work_order: WorkOrderId,
    }

    /// It runs again.
    pub struct EquipmentCameUp {
        /// Since when it was down.
        pub since: DateTime<Utc>,
        /// Until when.
        pub until: DateTime<Utc>,
        /// What it is now.
        pub status: EquipmentStatus,
        /// The work after which it came up.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub work_order: Option<WorkOrderId>,
    }

    /// It left the books; its history stays.
    pub struct EquipmentDeleted {}

    /// A work order was opened for it.
    pub struct EquipmentOrderNoted {
        /// Which.
        pub work_order: WorkOrderId,
    }

    /// Somebody has touched an order that a plan asked for.
    pub struct EquipmentOrderTouched {
        /// Which order.
        pub work_order: WorkOrderId,
        /// Which plan asked for it.
        pub plan: PlanId,
    }

    /// A work order of it has ended.
    pub struct EquipmentOrderEnded {
        /// Which.
        pub work_order: WorkOrderId,
        /// Whether the work was done, or called off.
        pub completed: bool,
        /// The plan that asked for it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub plan: Option<PlanId>,
        /// When that plan asks next, where that follows from the end of this work.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub next_due_at: Option<DateTime<Utc>>,
    }

    /// A work order that had ended is open again.
    pub struct EquipmentOrderReopened {
        /// Which.
        pub work_order: WorkOrderId,
    }

    /// A plan was added.
    pub struct EquipmentPlanAdded {
        /// Which.
        pub plan_id: PlanId,
        /// What it asks for, and when.
        pub plan: Plan,
        /// When it asks first, by the calendar.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub next_due_at: Option<DateTime<Utc>>,
        /// At what total of its meter it asks first, in thousandths.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub next_e3: Option<i64>,
    }

    /// A plan was changed: the whole of it, as it is now.
    pub struct EquipmentPlanChanged {
        /// Which.
        pub plan_id: PlanId,
        /// What it asks for, and when.
        pub plan: Plan,
        /// Whether it asks at all.
        pub active: bool,
        /// When it asks next, by the calendar.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub next_due_at: Option<DateTime<Utc>>,
        /// At what total of its meter it asks next, in thousandths.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub next_e3: Option<i64>,
    }

    /// A plan was taken out.
    pub struct EquipmentPlanRemoved {
        /// Which.
        pub plan_id: PlanId,
    }

    /// A plan has asked for work.
    pub struct EquipmentPlanFired {
        /// Which.
        pub plan_id: PlanId,
        /// The order that it has asked for.
        pub work_order: WorkOrderId,
        /// How often it has asked, this time included.
        pub occurrence: u32,
        /// When the work was due, by the calendar.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub due_at: Option<DateTime<Utc>>,
        /// What the meter had counted, in thousandths.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub total_e3: Option<i64>,
        /// When it asks next, by the calendar.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub next_due_at: Option<DateTime<Utc>>,
    }

    /// A plan has switched itself off, because nobody touches what it asks for.
    pub struct EquipmentPlanSwitchedOff {
        /// Which.
        pub plan_id: PlanId,
        /// How many orders in a row nobody has touched.
        pub untouched: u32,
    }

    /// A meter was added.
    pub struct EquipmentMeterAdded {
        /// Which.
        pub meter_id: MeterId,
        /// What it is.
        pub meter: Meter,
    }

    /// A meter was read.
    pub struct EquipmentMeterRead {
        /// Which.
        pub meter_id: MeterId,
        /// When.
        pub read_at: DateTime<Utc>,
        /// What it showed, in thousandths of its unit.
        pub value_e3: i64,
        /// What was counted since the first meter, in thousandths.
        pub total_e3: i64,
    }

    /// What a cumulative meter shows began anew.
    pub struct EquipmentMeterReset {
        /// Which.
        pub meter_id: MeterId,
        /// Why.
        pub reset: MeterReset,
        /// When.
        pub reset_at: DateTime<Utc>,
        /// What it showed at the end, in thousandths.
        pub final_e3: i64,
        /// What it showed at the new beginning, in thousandths.
        pub start_e3: i64,
    }

    /// A meter was taken out.
    pub struct EquipmentMeterRemoved {
        /// Which.
        pub meter_id: MeterId,
    }
}

events! {
    /// What happened to a piece of equipment.
    pub enum EquipmentEvent {
        /// It stands in the books.
        Registered(Box<EquipmentRegistered>) = "equipment.registered" v 1,
        /// Named fields were changed.
        Changed(EquipmentChanged) = "equipment.changed" v 1,
        /// It stands elsewhere.
        Moved(EquipmentMoved) = "equipment.moved" v 1,
        /// It does not run.
        WentDown(EquipmentWentDown) = "equipment.went_down" v 1,
        /// More work keeps it down.
        KeptDown(EquipmentKeptDown) = "equipment.kept_down" v 1,
        /// Some work keeps it down no longer.
        LetGo(EquipmentLetGo) = "equipment.let_go" v 1,
        /// It runs again.
        CameUp(EquipmentCameUp) = "equipment.came_up" v 1,
        /// It left the books.
        Deleted(EquipmentDeleted) = "equipment.deleted" v 1,
        /// A work order was opened for it.
        OrderNoted(EquipmentOrderNoted) = "equipment.order_noted" v 1,
        /// Somebody has touched an order of a plan.
        OrderTouched(EquipmentOrderTouched) = "equipment.order_touched" v 1,
        /// A work order has ended.
        OrderEnded(EquipmentOrderEnded) = "equipment.order_ended" v 1,
        /// A work order is open again.
        OrderReopened(EquipmentOrderReopened) = "equipment.order_reopened" v 1,
        /// A plan was added.
        PlanAdded(Box<EquipmentPlanAdded>) = "equipment.plan_added" v 1,
        /// A plan was changed.
        PlanChanged(Box<EquipmentPlanChanged>) = "equipment.plan_changed" v 1,
        /// A plan was taken out.
        PlanRemoved(EquipmentPlanRemoved) = "equipment.plan_removed" v 1,
        /// A plan has asked for work.
        PlanFired(EquipmentPlanFired) = "equipment.plan_fired" v 1,
        /// A plan has switched itself off.
        PlanSwitchedOff(EquipmentPlanSwitchedOff) = "equipment.plan_switched_off" v 1,
        /// A meter was added.
        MeterAdded(EquipmentMeterAdded) = "equipment.meter_added" v 1,
        /// A meter was read.
        MeterRead(EquipmentMeterRead) = "equipment.meter_read" v 1,
        /// What a meter shows began anew.
        MeterReset(EquipmentMeterReset) = "equipment.meter_reset" v 1,
        /// A meter was taken out.
        MeterRemoved(EquipmentMeterRemoved) = "equipment.meter_removed" v 1,
    }
}

impl EquipmentEvent {
    /// Where the piece stands.
    pub fn building(&self) -> BuildingId {
        match self {
            Self::Registered(body) => body.building,
            Self::Changed(body) => body.building,
            Self::Moved(body) => body.building,
            Self::WentDown(body) => body.building,
            Self::KeptDown(body) => body.building,
            Self::LetGo(body) => body.building,
            Self::CameUp(body) => body.building,
            Self::Deleted(body) => body.building,
            Self::OrderNoted(body) => body.building,
            Self::OrderTouched(body) => body.building,
            Self::OrderEnded(body) => body.building,
            Self::OrderReopened(body) => body.building,
            Self::PlanAdded(body) => body.building,
            Self::PlanChanged(body) => body.building,
            Self::PlanRemoved(body) => body.building,
            Self::PlanFired(body) => body.building,
            Self::PlanSwitchedOff(body) => body.building,
            Self::MeterAdded(body) => body.building,
            Self::MeterRead(body) => body.building,
            Self::MeterReset(body) => body.building,
            Self::MeterRemoved(body) => body.building,
        }
    }
}
