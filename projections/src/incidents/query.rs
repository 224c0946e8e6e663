//! Which incidents there are, and what was said about them.

use chrono::{DateTime, Utc};
use domain::id::{BuildingId, EquipmentId, IncidentId, LotId, SlaPolicyId, UserId};
use eventstore::{Position, Readers};
use sqlx::QueryBuilder;
use sqlx::Row as _;
use uuid::Uuid;

use super::{CommentRow, IncidentRow, NAME, SlaPolicyRow};
use crate::one::One;
use crate::page::{List, Page, QueryError};
use crate::select::{Select, pair};

/// In which order incidents are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// The latest report first.
    #[default]
    Created,
    /// What has to be resolved first; what is done, or stands still, last.
    Due,
}

/// Which incidents are asked for; what is absent does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IncidentFilter {
    /// Who reported them.
    pub reporter: Option<UserId>,
    /// Who managed their building.
    pub manager: Option<UserId>,
    /// Who is to do something about them.
    pub assignee: Option<UserId>,
    /// In which building.
    pub building: Option<BuildingId>,
    /// In which lot.
    pub lot: Option<LotId>,
    /// At which piece of equipment.
    pub equipment: Option<EquipmentId>,
    /// How far they are.
    pub state: Option<String>,
    /// How urgent they are.
    pub priority: Option<String>,
    /// Of which kind they are.
    pub category: Option<String>,
    /// Whether something is still to be done.
    pub open: Option<bool>,
    /// Whether a target was missed.
    pub breached: Option<bool>,
    /// What another system calls them.
    pub reference: Option<String>,
    /// Words that are all in the title or the details.
    pub search: Option<String>,
}

fn select(filter: &IncidentFilter) -> Select<IncidentRow> {
    Select::of("incidents.incident")
        .filter("t.reporter =", filter.reporter.map(|user| user.0))
        .filter("t.manager =", filter.manager.map(|user| user.0))
        .filter("t.assignee =", filter.assignee.map(|user| user.0))
        .filter("t.building =", filter.building.map(|building| building.0))
        .filter("t.lot =", filter.lot.map(|lot| lot.0))
        .filter("t.equipment =", filter.equipment.map(|id| id.0))
        .filter("t.state =", filter.state.clone())
        .filter("t.priority =", filter.priority.clone())
        .filter("t.category =", filter.category.clone())
        .filter("t.waiting =", filter.open)
        .filter("t.breached =", filter.breached)
        .filter("t.reference =", filter.reference.clone())
        .with_words("t.words", filter.search.as_deref())
}

/// The incidents that match, the latest report first.
pub async fn list(
    readers: &Readers,
    filter: &IncidentFilter,
    page: &Page,
) -> Result<List<IncidentRow>, QueryError> {
    let place = page.place(pair::<DateTime<Utc>, Uuid>)?;
    select(filter)
        .after("(t.reported_at, t.id) <", place)
        .page(
            readers,
            (NAME, page),
            "t.reported_at desc, t.id desc",
            |row: &IncidentRow| vec![row.reported_at.to_rfc3339(), row.id.to_string()],
        )
        .await
}

/// The incidents that match, what has to be resolved first, first.
pub async fn list_due(
    readers: &Readers,
    filter: &IncidentFilter,
    page: &Page,
) -> Result<List<IncidentRow>, QueryError> {
    let place = page.place(pair::<DateTime<Utc>, Uuid>)?;
    select(filter)
        .after("(t.due_order, t.id) >", place)
        .page(
            readers,
            (NAME, page),
            "t.due_order, t.id",
            |row: &IncidentRow| vec![row.due_order.to_rfc3339(), row.id.to_string()],
        )
        .await
}

/// One incident.
pub async fn show(readers: &Readers, id: IncidentId) -> Result<Option<IncidentRow>, QueryError> {
    One::by_id(NAME, "incidents.incident")
        .find(readers, id.0)
        .await
}

/// What was said about an incident, in order; all of it only for who works on it.
pub async fn comments(
    readers: &Readers,
    incident: IncidentId,
    internal: bool,
    page: &Page,
) -> Result<List<CommentRow>, QueryError> {
    let place = page.place(pair::<DateTime<Utc>, Uuid>)?;
    Select::of("incidents.comment")
        .filter("t.incident =", Some(incident.0))
        .filter("t.internal =", (!internal).then_some(false))
        .after("(t.said_at, t.id) >", place)
        .page(
            readers,
            (NAME, page),
            "t.said_at, t.id",
            |row: &CommentRow| vec![row.said_at.to_rfc3339(), row.id.to_string()],
        )
        .await
}

/// One service level.
pub async fn show_policy(
    readers: &Readers,
    id: SlaPolicyId,
) -> Result<Option<SlaPolicyRow>, QueryError> {
    One::by_id(NAME, "incidents.sla_policy")
        .find(readers, id.0)
        .await
}

/// Incidents that something is still to be done about, and how far they were read.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// The last position that is in the answer.
    pub position: Position,
    /// Which, in the order of their ids.
    pub incidents: Vec<Uuid>,
}

/// The incidents of `building`, or of all, that something is still to be done about: at most
/// `limit`, after that with the id `after`.
pub async fn waiting(
    readers: &Readers,
    building: Option<BuildingId>,
    after: Option<Uuid>,
    limit: u32,
) -> Result<Waiting, QueryError> {
    let mut query = QueryBuilder::new(
        "select c.position, w.id from incidents.checkpoint c left join lateral
         (select t.id from incidents.incident t where t.waiting and t.id > ",
    );
    query.push_bind(after.unwrap_or(Uuid::nil()));
    if let Some(building) = building {
        query.push(" and t.building = ").push_bind(building.0);
    }
    query.push(" order by t.id limit ").push(u64::from(limit));
    query.push(") w on true order by w.id");
    let rows = query.build().fetch_all(readers).await?;
    let mut waiting = Waiting {
        position: 0,
        incidents: Vec::with_capacity(rows.len()),
    };
    for row in &rows {
        waiting.position = row.try_get(0)?;
        waiting.incidents.extend(row.try_get::<Option<Uuid>, _>(1)?);
    }
    Ok(waiting)
}
