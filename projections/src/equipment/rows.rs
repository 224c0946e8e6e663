//! The tables.

use chrono::{DateTime, Utc};
use domain::equipment::Trigger;
use domain::work_order::Task;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::row::{Row, Table};

crate::row! {
    /// A piece of equipment in the books.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub struct EquipmentRow {
        /// The piece.
        pub id: Uuid,
        /// Where it stands.
        pub building: Uuid,
        /// Who manages the building.
        pub owner: Uuid,
        /// In which lot it stands.
        pub lot: Option<Uuid>,
        /// Of which piece it is a part.
        pub parent: Option<Uuid>,
        /// What it is called.
        pub name: String,
        /// What kind of thing it is.
        pub category: String,
        /// Its model.
        pub model: Option<String>,
        /// Its serial number.
        pub serial: Option<String>,
        /// Whether it runs by itself.
        pub status: String,
        /// Since when it is down by itself.
        pub down_since: Option<DateTime<Utc>>,
        /// Why it is down by itself.
        pub down_kind: Option<String>,
        /// The number of the down time that is open.
        pub down_number: Option<i64>,
        /// The number of the placement that it is in, while it is a part.
        pub placement_number: Option<i64>,
        /// Whether it runs with all its parts.
        pub effective_status: String,
        /// Which piece is why it does not run: itself, or the part that has been down longest.
        pub down_because: Option<Uuid>,
        /// How many of its parts, at any depth, are down by themselves.
        pub parts_down: i32,
        /// Since when it has served.
        pub in_service_since: DateTime<Utc>,
        /// When it was registered.
        pub created_at: DateTime<Utc>,
        /// When anything last changed.
        pub changed_at: DateTime<Utc>,
        /// The version of its stream.
        pub version: i64,
    }
}

impl Row for EquipmentRow {
    const TABLE: Table = Table::grouped("equipment", &["id"], "building", "uuid");
    type Key = Uuid;

    fn key(&self) -> Uuid {
        self.id
    }
}

crate::row! {
    /// A time during which a piece did not run by itself.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub struct DowntimeRow {
        /// The piece.
        pub equipment: Uuid,
        /// Its number: the version of the piece with which it began.
        pub number: i64,
        /// Where the piece stands.
        pub building: Uuid,
        /// `failure` or `planned`.
        pub kind: String,
        /// `down` or `emergency_shutdown`.
        pub status: String,
        /// When it began.
        pub since: DateTime<Utc>,
        /// When it ended, if it has.
        pub until: Option<DateTime<Utc>>,
        /// The work for which it was stopped.
        pub work_order: Option<Uuid>,
        /// What somebody said about it.
        pub reason: Option<String>,
    }
}

impl Row for DowntimeRow {
    const TABLE: Table = Table::grouped("downtime", &["equipment", "number"], "building", "uuid");
    type Key = (Uuid, i64);

    fn key(&self) -> (Uuid, i64) {
        (self.equipment, self.number)
    }
}

/// A task, and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskLine {
    /// What is to be done.
    #[serde(flatten)]
    pub task: Task,
    /// The answer to it.
    pub answer: Option<String>,
    /// Who did it.
    pub done_by: Option<Uuid>,
    /// When.
    pub done_at: Option<DateTime<Utc>>,
}

/// Something that was used, or paid for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PartLine {
    /// What.
    pub name: String,
    /// How many.
    pub quantity: u32,
    /// What one costs, in minor units.
    pub unit_cost: i64,
    /// What all of them cost, in minor units.
    pub cost: i64,
    /// The currency of both.
    pub currency: String,
    /// Who used it.
    pub by: Uuid,
    /// When.
    pub at: DateTime<Utc>,
}

crate::row! {
    /// Work on a piece.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub struct WorkOrderRow {
        /// The order.
        pub id: Uuid,
        /// Where the piece stands.
        pub building: Uuid,
        /// The piece.
        pub equipment: Uuid,
        /// What is to be done, in one line.
        pub title: String,
        /// What is to be done, at length.
        pub description: Option<String>,
        /// `corrective` or `preventive`.
        pub kind: String,
        /// `none`, `low`, `medium` or `high`.
        pub priority: String,
        /// `open`, `in_progress`, `on_hold`, `complete` or `cancelled`.
        pub status: String,
        /// Whether the piece is down while it is done.
        pub takes_down: bool,
        /// Whether it is done only once somebody has signed.
        pub needs_signature: bool,
        /// What it consists of, and what came of it.
        pub tasks: Vec<TaskLine>,
        /// What was used.
        pub parts: Vec<PartLine>,
        /// What it has cost so far, in minor units.
        pub cost: i64,
        /// The currency of its costs, once there are any.
        pub currency: Option<String>,
        /// By when it is to be done.
        pub due_at: Option<DateTime<Utc>>,
        /// Who is to do it.
        pub assignee: Option<Uuid>,
        /// The plan that asked for it.
        pub plan: Option<Uuid>,
        /// When somebody first did anything about it.
        pub first_reaction_at: Option<DateTime<Utc>>,
        /// Who that was.
        pub first_reaction_by: Option<Uuid>,
        /// When it was completed.
        pub completed_at: Option<DateTime<Utc>>,
        /// Who completed it.
        pub completed_by: Option<Uuid>,
        /// When somebody signed.
        pub signed_at: Option<DateTime<Utc>>,
        /// Who signed.
        pub signed_by: Option<Uuid>,
        /// Under which name.
        pub signed_as: Option<String>,
        /// When it was opened.
        pub created_at: DateTime<Utc>,
        /// When anything last changed.
        pub changed_at: DateTime<Utc>,
        /// The version of its stream.
        pub version: i64,
    }
}

impl Row for WorkOrderRow {
    const TABLE: Table = Table::grouped("work_order", &["id"], "building", "uuid");
    type Key = Uuid;

    fn key(&self) -> Uuid {
        self.id
    }
}

crate::row! {
    /// When a piece asks for work by itself.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub struct PlanRow {
        /// The piece.
        pub equipment: Uuid,
        /// The plan.
        pub id: Uuid,
        /// Where the piece stands.
        pub building: Uuid,
        /// What is to be done.
        pub title: String,
        /// How urgent it is.
        pub priority: String,
        /// Whether the piece is down while it is done.
        pub takes_down: bool,
        /// Whether it is done only once somebody has signed.
        pub needs_signature: bool,
        /// What it consists of.
        pub tasks: Vec<Task>,
        /// What makes it ask.
        pub trigger: Trigger,
        /// Whether it asks at all.
        pub active: bool,
        /// When it asks next, by the calendar.
        pub next_due_at: Option<DateTime<Utc>>,
        /// The first total of its meter at which it asks; others follow from it.
        pub first_e3: Option<i64>,
        /// How often it has asked.
        pub fired: u32,
        /// How many of its last orders nobody has touched.
        pub untouched: u32,
    }
}

impl Row for PlanRow {
    const TABLE: Table = Table::grouped("plan", &["equipment", "id"], "building", "uuid");
    type Key = (Uuid, Uuid);

    fn key(&self) -> (Uuid, Uuid) {
        (self.equipment, self.id)
    }
}

crate::row! {
    /// What counts or measures at a piece.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub struct MeterRow {
        /// The piece.
        pub equipment: Uuid,
        /// The meter.
        pub id: Uuid,
        /// Where the piece stands.
        pub building: Uuid,
        /// What it is called.
        pub name: String,
        /// What it counts in.
        pub unit: String,
        /// `cumulative` or `gauge`.
        pub kind: String,
        /// What it showed last, in thousandths.
        pub value_e3: Option<i64>,
        /// What was counted before it began anew, in thousandths.
        pub before_e3: i64,
        /// When it was last read or began anew.
        pub read_at: Option<DateTime<Utc>>,
    }
}

impl Row for MeterRow {
    const TABLE: Table = Table::grouped("meter", &["equipment", "id"], "building", "uuid");
    type Key = (Uuid, Uuid);

    fn key(&self) -> (Uuid, Uuid) {
        (self.equipment, self.id)
    }
}

crate::row! {
    /// What a meter showed.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub struct ReadingRow {
        /// The piece.
        pub equipment: Uuid,
        /// The meter.
        pub meter: Uuid,
        /// Its number: the version of the piece with which it was told.
        pub number: i64,
        /// Where the piece stands.
        pub building: Uuid,
        /// When it was read.
        pub read_at: DateTime<Utc>,
        /// What it showed, in thousandths.
        pub value_e3: i64,
        /// What it had counted, in thousandths.
        pub total_e3: i64,
    }
}

impl Row for ReadingRow {
    const TABLE: Table = Table::grouped(
        "reading",
        &["equipment", "meter", "number"],
        "building",
        "uuid",
    );
    type Key = (Uuid, Uuid, i64);

    fn key(&self) -> (Uuid, Uuid, i64) {
        (self.equipment, self.meter, self.number)
    }
}
