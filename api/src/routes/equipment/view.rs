//! Equipment and all that belongs to it, as queries tell it.

use chrono::{DateTime, Utc};
use domain::equipment::{Trigger, threshold_after};
use domain::work_order::{Task, TaskKind};
use projections::equipment::{
    DowntimeRow, EquipmentRow, MeterRow, PartLine, PlanRow, ReadingRow, TaskLine, WorkOrderRow,
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::view::{Amount, views};

views! {
    /// A piece of equipment.
    #[schema(as = Equipment)]
    pub struct EquipmentView of row: EquipmentRow {
        /// The piece.
        id: Uuid,
        /// The building that it stands in.
        building: Uuid,
        /// The lot that it stands in.
        lot: Option<Uuid>,
        /// The piece that it is a part of.
        parent: Option<Uuid>,
        /// What it is called.
        name: String,
        /// What kind of thing it is.
        category: String,
        /// Its model.
        model: Option<String>,
        /// Its serial number.
        serial: Option<String>,
        /// Whether it runs by itself.
        status: String,
        /// Since when it is down by itself.
        down_since: Option<DateTime<Utc>>,
        /// Why it is down by itself: `failure` or `planned`.
        down_kind: Option<String>,
        /// Whether it runs with all its parts: `down` where a part is, else its own status.
        effective_status: String,
        /// The piece that is why it does not run: itself, or the part that has been down longest.
        down_because: Option<Uuid>,
        /// How many of its parts, at any depth, are down by themselves.
        parts_down: i32,
        /// Since when it has served.
        in_service_since: DateTime<Utc>,
        /// When it was registered.
        created_at: DateTime<Utc>,
        /// When anything last changed.
        changed_at: DateTime<Utc>,
        /// The version of its stream.
        version: i64,
    }

    /// A time during which a piece did not run by itself.
    #[schema(as = Downtime)]
    pub struct DowntimeView of row: DowntimeRow {
        /// Its number among the events of the piece.
        number: i64,
        /// `failure` or `planned`.
        kind: String,
        /// `down` or `emergency_shutdown`.
        status: String,
        /// When it began.
        since: DateTime<Utc>,
        /// When it ended, if it has.
        until: Option<DateTime<Utc>>,
        /// The work for which it was stopped.
        work_order: Option<Uuid>,
        /// What somebody said about it.
        reason: Option<String>,
    }

    /// A task, and what came of it.
    #[schema(as = WorkOrderTask)]
    pub struct TaskView of line: TaskLine {
        /// What is to be done.
        label: String = line.task.label,
        /// How it is answered.
        #[schema(value_type = String)]
        kind: TaskKind = line.task.kind,
        /// What one can choose from.
        choices: Vec<String> = line.task.choices,
        /// The answer to it.
        answer: Option<String>,
        /// Who did it.
        done_by: Option<Uuid>,
        /// When.
        done_at: Option<DateTime<Utc>>,
    }

    /// Something that was used, or paid for.
    #[schema(as = WorkOrderPart)]
    pub struct PartView of line: PartLine {
        /// What.
        name: String,
        /// How many.
        quantity: u32,
        /// What one costs.
        unit_cost: Amount = Amount::of(line.unit_cost, &line.currency),
        /// What all of them cost.
        cost: Amount = Amount::of(line.cost, &line.currency),
        /// Who used it.
        by: Uuid,
        /// When.
        at: DateTime<Utc>,
    }

    /// Work on a piece.
    #[schema(as = WorkOrder)]
    pub struct WorkOrderView of row: WorkOrderRow {
        /// The order.
        id: Uuid,
        /// The piece.
        equipment: Uuid,
        /// What is to be done, in one line.
        title: String,
        /// What is to be done, at length.
        description: Option<String>,
        /// `corrective` or `preventive`.
        kind: String,
        /// `none`, `low`, `medium` or `high`.
        priority: String,
        /// `open`, `in_progress`, `on_hold`, `complete` or `cancelled`.
        status: String,
        /// Whether the piece is down while it is done.
        takes_down: bool,
        /// Whether it is done only once somebody has signed.
        needs_signature: bool,
        /// What it consists of, and what came of it.
        tasks: Vec<TaskView> = row.tasks.into_iter().map(Into::into).collect(),
        /// What it has cost so far, once it has cost anything.
        cost: Option<Amount> = row.currency.as_deref().map(|of| Amount::of(row.cost, of)),
        /// What was used.
        parts: Vec<PartView> = row.parts.into_iter().map(Into::into).collect(),
        /// By when it is to be done.
        due_at: Option<DateTime<Utc>>,
        /// Who is to do it.
        assignee: Option<Uuid>,
        /// The plan that asked for it.
        plan: Option<Uuid>,
        /// When somebody first did anything about it.
        first_reaction_at: Option<DateTime<Utc>>,
        /// Who that was.
        first_reaction_by: Option<Uuid>,
        /// When it was completed.
        completed_at: Option<DateTime<Utc>>,
        /// Who completed it.
        completed_by: Option<Uuid>,
        /// When somebody signed.
        signed_at: Option<DateTime<Utc>>,
        /// Who signed.
        signed_by: Option<Uuid>,
        /// Under which name.
        signed_as: Option<String>,
        /// When it was opened.
        created_at: DateTime<Utc>,
        /// When anything last changed.
        changed_at: DateTime<Utc>,
        /// The version of its stream.
        version: i64,
    }

    /// What counts or measures at a piece.
    #[schema(as = Meter)]
    pub struct MeterView of row: MeterRow {
        /// The meter.
        id: Uuid,
        /// What it is called.
        name: String,
        /// What it counts in.
        unit: String,
        /// `cumulative` or `gauge`.
        kind: String,
        /// What it showed last, in thousandths of its unit.
        value_e3: Option<i64>,
        /// What was counted since the first meter in its place, in thousandths.
        total_e3: Option<i64> = counted(row.before_e3, row.value_e3),
        /// When it was last read or began anew.
        read_at: Option<DateTime<Utc>>,
    }

    /// What a meter showed.
    #[schema(as = Reading)]
    pub struct ReadingView of row: ReadingRow {
        /// Its number among the events of the piece.
        number: i64,
        /// When it was read.
        read_at: DateTime<Utc>,
        /// What it showed, in thousandths of its unit.
        value_e3: i64,
        /// What was counted since the first meter in its place, in thousandths.
        total_e3: i64,
    }
}

/// What a meter has counted so far, if it was ever read.
pub(super) fn total(row: &MeterRow) -> Option<i64> {
    counted(row.before_e3, row.value_e3)
}

fn counted(before_e3: i64, value_e3: Option<i64>) -> Option<i64> {
    value_e3.map(|value| before_e3.saturating_add(value))
}

/// When a piece asks for work by itself.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = MaintenancePlan)]
pub struct PlanView {
    /// The plan.
    pub id: Uuid,
    /// What is to be done.
    pub title: String,
    /// How urgent it is.
    pub priority: String,
    /// Whether the piece is down while it is done.
    pub takes_down: bool,
    /// Whether it is done only once somebody has signed.
    pub needs_signature: bool,
    /// What it consists of.
    #[schema(value_type = Vec<Object>)]
    pub tasks: Vec<Task>,
    /// What makes it ask for work.
    #[schema(value_type = Object)]
    pub trigger: Trigger,
    /// Whether it asks at all.
    pub active: bool,
    /// When it asks next, by the calendar.
    pub next_due_at: Option<DateTime<Utc>>,
    /// At what total of its meter it asks next, in thousandths.
    pub next_e3: Option<i64>,
    /// How often it has asked.
    pub fired: u32,
    /// How many of its last orders nobody has touched; with five it switches itself off.
    pub untouched: u32,
}

/// A plan, and what its meter has counted.
impl From<(PlanRow, Option<i64>)> for PlanView {
    fn from((row, counted): (PlanRow, Option<i64>)) -> Self {
        let next_e3 = match (&row.trigger, row.first_e3) {
            (Trigger::Every(every), Some(first)) => {
                Some(threshold_after(first, every.every_e3, counted.unwrap_or(0)))
            }
            _ => None,
        };
        Self {
            id: row.id,
            title: row.title,
            priority: row.priority,
            takes_down: row.takes_down,
            needs_signature: row.needs_signature,
            tasks: row.tasks,
            trigger: row.trigger,
            active: row.active,
            next_due_at: row.next_due_at,
            next_e3,
            fired: row.fired,
            untouched: row.untouched,
        }
    }
}
