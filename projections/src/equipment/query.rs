//! Which equipment there is, how it has run, and what was done to it.

use chrono::{DateTime, Utc};
use domain::id::{BuildingId, EquipmentId, MeterId, PlanId, UserId, WorkOrderId};
use eventstore::Readers;
use uuid::Uuid;

use super::NAME;
use super::rows::{DowntimeRow, EquipmentRow, MeterRow, PlanRow, ReadingRow, WorkOrderRow};
use crate::one::One;
use crate::page::{List, Page, QueryError};
use crate::select::{Select, pair};

/// The most down times and pieces that figures rest on.
pub const HISTORY_MAX: u32 = 10_000;

/// Which pieces are asked for; what is absent does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EquipmentFilter {
    /// Who manages the building.
    pub owner: Option<UserId>,
    /// Where they stand.
    pub building: Option<BuildingId>,
    /// Of which piece they are parts.
    pub parent: Option<EquipmentId>,
    /// What kind of thing they are.
    pub category: Option<String>,
    /// Their model.
    pub model: Option<String>,
    /// Whether they run with all their parts.
    pub status: Option<String>,
    /// A part of the name or of the serial number, in any case.
    pub search: Option<String>,
}

/// The pieces that match, in the order in which they were registered.
pub async fn list(
    readers: &Readers,
    filter: &EquipmentFilter,
    page: &Page,
) -> Result<List<EquipmentRow>, QueryError> {
    let place = page.place(pair::<DateTime<Utc>, Uuid>)?;
    Select::of("equipment.equipment")
        .filter("t.owner =", filter.owner.map(|owner| owner.0))
        .filter("t.building =", filter.building.map(|building| building.0))
        .filter("t.parent =", filter.parent.map(|parent| parent.0))
        .filter("t.category =", filter.category.clone())
        .filter("t.model =", filter.model.clone())
        .filter("t.effective_status =", filter.status.clone())
        .containing(
            "t.name || ' ' || coalesce(t.serial, '')",
            filter.search.as_deref(),
        )
        .after("(t.created_at, t.id) >", place)
        .page(
            readers,
            (NAME, page),
            "t.created_at, t.id",
            |row: &EquipmentRow| vec![row.created_at.to_rfc3339(), row.id.to_string()],
        )
        .await
}

/// One piece of a building.
pub async fn show(
    readers: &Readers,
    building: BuildingId,
    equipment: EquipmentId,
) -> Result<Option<EquipmentRow>, QueryError> {
    One::by_id(NAME, "equipment.equipment")
        .find_of(readers, building, equipment.0)
        .await
}

/// The times during which a piece did not run by itself, the first one first.
pub async fn downtimes(
    readers: &Readers,
    equipment: EquipmentId,
    page: &Page,
) -> Result<List<DowntimeRow>, QueryError> {
    let place = page.place(pair::<DateTime<Utc>, i64>)?;
    Select::of("equipment.downtime")
        .filter("t.equipment =", Some(equipment.0))
        .after("(t.since, t.number) >", place)
        .page(
            readers,
            (NAME, page),
            "t.since, t.number",
            |row: &DowntimeRow| vec![row.since.to_rfc3339(), row.number.to_string()],
        )
        .await
}

/// The down times of some pieces, by piece and time.
pub async fn failures(
    readers: &Readers,
    equipment: &[Uuid],
) -> Result<Vec<DowntimeRow>, QueryError> {
    Select::of("equipment.downtime")
        .among("t.equipment", equipment.to_vec())
        .fetch(readers, "t.equipment, t.since, t.number", HISTORY_MAX - 1)
        .await
}

/// The pieces of one model that one manages, whatever the building.
pub async fn fleet(
    readers: &Readers,
    owner: UserId,
    model: &str,
) -> Result<Vec<EquipmentRow>, QueryError> {
    Select::of("equipment.equipment")
        .filter("t.owner =", Some(owner.0))
        .filter("t.model =", Some(model.to_owned()))
        .fetch(readers, "t.created_at, t.id", HISTORY_MAX - 1)
        .await
}

/// Which work orders are asked for; what is absent does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderFilter {
    /// Where they stand.
    pub status: Option<String>,
    /// How urgent they are.
    pub priority: Option<String>,
    /// The plan that asked for them.
    pub plan: Option<PlanId>,
}

/// The work orders of a piece, in the order in which they were opened.
pub async fn orders(
    readers: &Readers,
    equipment: EquipmentId,
    filter: &OrderFilter,
    page: &Page,
) -> Result<List<WorkOrderRow>, QueryError> {
    let place = page.place(pair::<DateTime<Utc>, Uuid>)?;
    Select::of("equipment.work_order")
        .filter("t.equipment =", Some(equipment.0))
        .filter("t.status =", filter.status.clone())
        .filter("t.priority =", filter.priority.clone())
        .filter("t.plan =", filter.plan.map(|plan| plan.0))
        .after("(t.created_at, t.id) >", place)
        .page(
            readers,
            (NAME, page),
            "t.created_at, t.id",
            |row: &WorkOrderRow| vec![row.created_at.to_rfc3339(), row.id.to_string()],
        )
        .await
}

/// One work order.
pub async fn order(
    readers: &Readers,
    building: BuildingId,
    order: WorkOrderId,
) -> Result<Option<WorkOrderRow>, QueryError> {
    One::by_id(NAME, "equipment.work_order")
        .find_of(readers, building, order.0)
        .await
}

/// The plans of a piece, by title.
pub async fn plans(
    readers: &Readers,
    equipment: EquipmentId,
    page: &Page,
) -> Result<List<PlanRow>, QueryError> {
    let place = page.place(pair::<String, Uuid>)?;
    Select::of("equipment.plan")
        .filter("t.equipment =", Some(equipment.0))
        .after("(t.title, t.id) >", place)
        .page(readers, (NAME, page), "t.title, t.id", |row: &PlanRow| {
            vec![row.title.clone(), row.id.to_string()]
        })
        .await
}

/// One plan of a piece.
pub async fn plan(
    readers: &Readers,
    equipment: EquipmentId,
    plan: PlanId,
) -> Result<Option<PlanRow>, QueryError> {
    let found: Vec<PlanRow> = Select::of("equipment.plan")
        .filter("t.equipment =", Some(equipment.0))
        .filter("t.id =", Some(plan.0))
        .fetch(readers, "t.id", 0)
        .await?;
    Ok(found.into_iter().next())
}

/// The meters of a piece, by name.
pub async fn meters(
    readers: &Readers,
    equipment: EquipmentId,
    page: &Page,
) -> Result<List<MeterRow>, QueryError> {
    let place = page.place(pair::<String, Uuid>)?;
    Select::of("equipment.meter")
        .filter("t.equipment =", Some(equipment.0))
        .after("(t.name, t.id) >", place)
        .page(readers, (NAME, page), "t.name, t.id", |row: &MeterRow| {
            vec![row.name.clone(), row.id.to_string()]
        })
        .await
}

/// One meter of a piece.
pub async fn meter(
    readers: &Readers,
    equipment: EquipmentId,
    meter: MeterId,
) -> Result<Option<MeterRow>, QueryError> {
    let found: Vec<MeterRow> = Select::of("equipment.meter")
        .filter("t.equipment =", Some(equipment.0))
        .filter("t.id =", Some(meter.0))
        .fetch(readers, "t.id", 0)
        .await?;
    Ok(found.into_iter().next())
}

/// What a meter showed, the newest first.
pub async fn readings(
    readers: &Readers,
    meter: MeterId,
    page: &Page,
) -> Result<List<ReadingRow>, QueryError> {
    let place = page.place(pair::<DateTime<Utc>, i64>)?;
    Select::of("equipment.reading")
        .filter("t.meter =", Some(meter.0))
        .after("(t.read_at, t.number) <", place)
        .page(
            readers,
            (NAME, page),
            "t.read_at desc, t.number desc",
            |row: &ReadingRow| vec![row.read_at.to_rfc3339(), row.number.to_string()],
        )
        .await
}

/// The last readings of a meter, the newest first.
pub async fn last_readings(
    readers: &Readers,
    meter: MeterId,
    count: u32,
) -> Result<Vec<ReadingRow>, QueryError> {
    Select::of("equipment.reading")
        .filter("t.meter =", Some(meter.0))
        .fetch(
            readers,
            "t.read_at desc, t.number desc",
            count.saturating_sub(1),
        )
        .await
}
