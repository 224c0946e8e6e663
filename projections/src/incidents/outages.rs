//! Which outages there are, and which service levels.

use chrono::{DateTime, Utc};
use domain::id::{BuildingId, OutageId, UserId};
use eventstore::Readers;
use sqlx::types::Json;
use uuid::Uuid;

use super::{NAME, OutageRow, SlaPolicyRow};
use crate::one::One;
use crate::page::{List, Page, QueryError};
use crate::select::{Select, pair};

/// Which outages are asked for; what is absent does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutageFilter {
    /// Who announced them, and where this user lives: those of either.
    pub concerned: Option<(UserId, Vec<BuildingId>)>,
    /// In which building.
    pub building: Option<BuildingId>,
    /// Whether they are over.
    pub over: Option<bool>,
    /// `planned` or `emergency`.
    pub kind: Option<String>,
}

/// The outages that match, the latest announced first.
pub async fn list(
    readers: &Readers,
    filter: &OutageFilter,
    page: &Page,
) -> Result<List<OutageRow>, QueryError> {
    let place = page.place(pair::<DateTime<Utc>, Uuid>)?;
    let building = filter.building.map(|building| Json(vec![building]));
    let mut select = Select::of("incidents.outage");
    if let Some((announcer, homes)) = &filter.concerned {
        let homes: Vec<String> = homes.iter().map(ToString::to_string).collect();
        select = if homes.is_empty() {
            select.filter("t.announcer =", Some(announcer.0))
        } else {
            select.either(("t.announcer =", announcer.0), ("t.buildings ?|", homes))
        };
    }
    select
        .filter("t.buildings @>", building)
        .filter("t.over =", filter.over)
        .filter("t.kind =", filter.kind.clone())
        .after("(t.announced_at, t.id) <", place)
        .page(
            readers,
            (NAME, page),
            "t.announced_at desc, t.id desc",
            |row: &OutageRow| vec![row.announced_at.to_rfc3339(), row.id.to_string()],
        )
        .await
}

/// One outage.
pub async fn show(readers: &Readers, id: OutageId) -> Result<Option<OutageRow>, QueryError> {
    One::by_id(NAME, "incidents.outage")
        .find(readers, id.0)
        .await
}

/// The service levels, in the order in which they were first set; those of one building, if it is
/// named.
pub async fn policies(
    readers: &Readers,
    building: Option<BuildingId>,
    page: &Page,
) -> Result<List<SlaPolicyRow>, QueryError> {
    let place = page.place(pair::<DateTime<Utc>, Uuid>)?;
    Select::of("incidents.sla_policy")
        .filter("t.building =", building.map(|building| building.0))
        .after("(t.created_at, t.id) >", place)
        .page(
            readers,
            (NAME, page),
            "t.created_at, t.id",
            |row: &SlaPolicyRow| vec![row.created_at.to_rfc3339(), row.id.to_string()],
        )
        .await
}
