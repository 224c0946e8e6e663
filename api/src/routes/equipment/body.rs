//! What is said about equipment, work orders, plans and meters.

use chrono::{DateTime, Utc};
use domain::Money;
use domain::equipment::{DownKind, EquipmentStatus, MeterKind, MeterReset};
use domain::id::{BuildingId, EquipmentId, LotId, UserId};
use domain::work_order::{Priority, Task, TaskKind, WorkKind};

use super::trigger::TriggerBody;
use crate::json::bodies;

bodies! {
    /// A piece of equipment to be put into the books.
    pub struct NewEquipment {
        /// The building that it stands in.
        #[schema(value_type = Uuid)]
        pub building: BuildingId,
        /// The lot of that building.
        #[schema(value_type = Option<Uuid>)]
        pub lot: Option<LotId>,
        /// The piece that it is a part of.
        #[schema(value_type = Option<Uuid>)]
        pub parent: Option<EquipmentId>,
        /// What it is called.
        #[schema(example = "Lift A")]
        pub name: String,
        /// What kind of thing it is, as a word.
        #[schema(example = "lift")]
        pub category: String,
        /// Its model.
        pub model: Option<String>,
        /// Its serial number.
        pub serial: Option<String>,
        /// `operational`, where nothing is said, `modernization`, `standby`,
        /// `inspection_scheduled` or `commissioning`.
        #[schema(value_type = Option<String>, example = "operational")]
        pub status: Option<EquipmentStatus>,
        /// Since when it has served; from now on, where nothing is said.
        pub in_service_since: Option<DateTime<Utc>>,
    }

    /// Named fields of a piece; what is left out stays.
    pub struct EquipmentFields {
        /// What it is called.
        pub name: Option<String>,
        /// What kind of thing it is.
        pub category: Option<String>,
        /// Its model.
        pub model: Option<String>,
        /// Its serial number.
        pub serial: Option<String>,
        /// Any status but `down` and `emergency_shutdown`.
        #[schema(value_type = Option<String>, example = "standby")]
        pub status: Option<EquipmentStatus>,
    }

    /// The whole of a piece's new place in its building.
    pub struct EquipmentPlace {
        /// The piece that it is to be a part of; none, where nothing is said.
        #[schema(value_type = Option<Uuid>)]
        pub parent: Option<EquipmentId>,
        /// The lot that it is to stand in; none, where nothing is said.
        #[schema(value_type = Option<Uuid>)]
        pub lot: Option<LotId>,
    }

    /// A piece does not run.
    pub struct Down {
        /// `down`, where nothing is said, or `emergency_shutdown`.
        #[schema(value_type = Option<String>, example = "down")]
        pub status: Option<EquipmentStatus>,
        /// `failure`, where nothing is said, or `planned`.
        #[schema(value_type = Option<String>, example = "failure")]
        pub kind: Option<DownKind>,
        /// Since when; since now, where nothing is said.
        pub since: Option<DateTime<Utc>>,
        /// What there is to be said about it.
        pub reason: Option<String>,
    }

    /// A piece runs again.
    pub struct Up {
        /// Until when it did not; until now, where nothing is said.
        pub until: Option<DateTime<Utc>>,
        /// What it is from then on; what it was before, where nothing is said.
        #[schema(value_type = Option<String>, example = "operational")]
        pub status: Option<EquipmentStatus>,
    }

    /// Work to be done.
    pub struct NewWorkOrderBody {
        /// What is to be done, in one line.
        pub title: String,
        /// What is to be done, at length.
        pub description: Option<String>,
        /// `corrective`, where nothing is said, or `preventive`.
        #[schema(value_type = Option<String>, example = "corrective")]
        pub kind: Option<WorkKind>,
        /// `none`, where nothing is said, `low`, `medium` or `high`.
        #[schema(value_type = Option<String>, example = "high")]
        pub priority: Option<Priority>,
        /// Whether the piece is down while it is done.
        pub takes_down: Option<bool>,
        /// Whether it is done only once somebody has signed.
        pub needs_signature: Option<bool>,
        /// What it consists of.
        pub tasks: Option<Vec<TaskBody>>,
        /// By when it is to be done.
        pub due_at: Option<DateTime<Utc>>,
        /// Who is to do it.
        #[schema(value_type = Option<Uuid>)]
        pub assignee: Option<UserId>,
    }

    /// One thing to be done.
    pub struct TaskBody {
        /// What is to be done.
        pub label: String,
        /// How it is answered: `subtask`, `number`, `text`, `inspection` or `multiple`.
        #[schema(value_type = String, example = "subtask")]
        pub kind: TaskKind,
        /// What one can choose from, for `multiple`.
        pub choices: Option<Vec<String>>,
    }

    /// Named fields of a work order; what is left out stays.
    pub struct WorkOrderFields {
        /// What is to be done, in one line.
        pub title: Option<String>,
        /// What is to be done, at length.
        pub description: Option<String>,
        /// How urgent it is.
        #[schema(value_type = Option<String>, example = "low")]
        pub priority: Option<Priority>,
        /// By when it is to be done.
        pub due_at: Option<DateTime<Utc>>,
        /// Who is to do it.
        #[schema(value_type = Option<Uuid>)]
        pub assignee: Option<UserId>,
    }

    /// A task is done.
    pub struct TaskDone {
        /// Which one, counted from 0.
        pub task: u16,
        /// The answer: none to a `subtask`; `pass`, `flag` or `fail` to an `inspection`; a number
        /// in digits; one of the choices; or a text.
        pub answer: Option<String>,
    }

    /// Something was used, or paid for.
    pub struct PartUsed {
        /// What.
        pub name: String,
        /// How many.
        pub quantity: u32,
        /// What one costs.
        #[schema(value_type = crate::view::Amount)]
        pub unit_cost: Money,
    }

    /// Somebody signs.
    pub struct Signature {
        /// Under which name.
        pub name: String,
    }

    /// A plan.
    pub struct NewPlan {
        /// What is to be done, in one line.
        pub title: String,
        /// How urgent it is.
        #[schema(value_type = Option<String>, example = "low")]
        pub priority: Option<Priority>,
        /// Whether the piece is down while it is done.
        pub takes_down: Option<bool>,
        /// Whether it is done only once somebody has signed.
        pub needs_signature: Option<bool>,
        /// What it consists of.
        pub tasks: Option<Vec<TaskBody>>,
        /// What makes it ask for work.
        #[schema(value_type = Object)]
        pub trigger: TriggerBody,
    }

    /// Named fields of a plan; what is left out stays.
    pub struct PlanFields {
        /// What is to be done, in one line.
        pub title: Option<String>,
        /// How urgent it is.
        #[schema(value_type = Option<String>, example = "low")]
        pub priority: Option<Priority>,
        /// Whether the piece is down while it is done.
        pub takes_down: Option<bool>,
        /// Whether it is done only once somebody has signed.
        pub needs_signature: Option<bool>,
        /// What it consists of, all of it.
        pub tasks: Option<Vec<TaskBody>>,
        /// What makes it ask for work, whole.
        #[schema(value_type = Option<Object>)]
        pub trigger: Option<TriggerBody>,
        /// Whether it asks for work at all.
        pub active: Option<bool>,
    }

    /// A meter.
    pub struct NewMeter {
        /// What it is called.
        #[schema(example = "Hours run")]
        pub name: String,
        /// What it counts in.
        #[schema(example = "h")]
        pub unit: String,
        /// `cumulative` or `gauge`.
        #[schema(value_type = String, example = "cumulative")]
        pub kind: MeterKind,
    }

    /// What a meter shows.
    pub struct NewReading {
        /// In thousandths of its unit.
        #[schema(example = 1_250_500)]
        pub value_e3: i64,
        /// The unit that it was read in, which has to be the meter's.
        #[schema(example = "h")]
        pub unit: String,
        /// When it was read; now, where nothing is said.
        pub read_at: Option<DateTime<Utc>>,
    }

    /// What a cumulative meter shows began anew.
    pub struct NewBeginning {
        /// `replaced` or `rolled_over`.
        #[schema(value_type = String, example = "replaced")]
        pub reset: MeterReset,
        /// What it showed at the end, in thousandths of its unit.
        pub final_e3: i64,
        /// What it showed at the new beginning, in thousandths of its unit.
        pub start_e3: i64,
        /// When; now, where nothing is said.
        pub reset_at: Option<DateTime<Utc>>,
    }
}

impl From<TaskBody> for Task {
    fn from(body: TaskBody) -> Self {
        Self {
            label: body.label,
            kind: body.kind,
            choices: body.choices.unwrap_or_default(),
        }
    }
}

/// The tasks of the domain.
pub(super) fn tasks(bodies: Vec<TaskBody>) -> Vec<Task> {
    bodies.into_iter().map(Into::into).collect()
}
