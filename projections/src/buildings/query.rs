//! Which buildings there are, and what they are made of.

use chrono::{DateTime, Utc};
use domain::id::{BuildingId, LotId, UserId};
use sqlx::PgPool;
use uuid::Uuid;

use super::{BuildingRow, LotRow, NAME};
use crate::page::{Ground, List, Page, QueryError};
use crate::select::{Select, SelectOne, pair};

/// Which buildings are asked for; what is absent does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BuildingFilter {
    /// Who manages them.
    pub owner: Option<UserId>,
    /// A part of the name or of the city, in any case.
    pub search: Option<String>,
    /// ISO 3166-1 alpha-2, in upper case.
    pub country: Option<String>,
}

/// The buildings that match, in the order in which they were registered.
pub async fn list(
    pool: &PgPool,
    filter: &BuildingFilter,
    page: &Page,
) -> Result<List<BuildingRow>, QueryError> {
    let ground = Ground::of(pool, NAME).await?;
    let place = ground.place(page, pair::<DateTime<Utc>, Uuid>)?;
    let rows = Select::of("buildings.building")
        .filter("t.owner =", filter.owner.map(|owner| owner.0))
        .filter("t.country =", filter.country.clone())
        .containing("t.name || ' ' || t.city", filter.search.as_deref())
        .after("(t.created_at, t.id) >", place)
        .fetch(pool, "t.created_at, t.id", page.limit)
        .await?;
    let place = |row: &BuildingRow| vec![row.created_at.to_rfc3339(), row.id.to_string()];
    Ok(ground.list(page, rows, place))
}

/// One building.
pub async fn show(pool: &PgPool, building: BuildingId) -> Result<Option<BuildingRow>, QueryError> {
    SelectOne::of(NAME, building, "buildings.building")
        .filter("t.id =", building.0)
        .fetch(pool)
        .await
}

/// The lots of one building, by label.
pub async fn lots(
    pool: &PgPool,
    building: BuildingId,
    page: &Page,
) -> Result<List<LotRow>, QueryError> {
    let ground = Ground::of(pool, NAME).await?;
    let place = ground.place(page, pair::<String, Uuid>)?;
    let rows = Select::of("buildings.lot")
        .filter("t.building =", Some(building.0))
        .after("(t.label, t.id) >", place)
        .fetch(pool, "t.label, t.id", page.limit)
        .await?;
    Ok(ground.list(page, rows, |row: &LotRow| {
        vec![row.label.clone(), row.id.to_string()]
    }))
}

/// One lot of a building.
pub async fn lot(
    pool: &PgPool,
    building: BuildingId,
    lot: LotId,
) -> Result<Option<LotRow>, QueryError> {
    SelectOne::of(NAME, building, "buildings.lot")
        .filter("t.building =", building.0)
        .filter("t.id =", lot.0)
        .fetch(pool)
        .await
}
