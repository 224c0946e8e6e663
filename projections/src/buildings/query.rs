//! Which buildings there are, and what they are made of.

use chrono::{DateTime, Utc};
use domain::id::{BuildingId, LotId, UserId};
use eventstore::Readers;
use uuid::Uuid;

use super::{BuildingRow, LotRow, NAME};
use crate::one::One;
use crate::page::{List, Page, QueryError};
use crate::select::{Select, pair};

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
    readers: &Readers,
    filter: &BuildingFilter,
    page: &Page,
) -> Result<List<BuildingRow>, QueryError> {
    let place = page.place(pair::<DateTime<Utc>, Uuid>)?;
    Select::of("buildings.building")
        .filter("t.owner =", filter.owner.map(|owner| owner.0))
        .filter("t.country =", filter.country.clone())
        .containing("t.name || ' ' || t.city", filter.search.as_deref())
        .after("(t.created_at, t.id) >", place)
        .page(
            readers,
            (NAME, page),
            "t.created_at, t.id",
            |row: &BuildingRow| vec![row.created_at.to_rfc3339(), row.id.to_string()],
        )
        .await
}

/// One building.
pub async fn show(
    readers: &Readers,
    building: BuildingId,
) -> Result<Option<BuildingRow>, QueryError> {
    One::by_id(NAME, "buildings.building")
        .find(readers, building.0)
        .await
}

/// The lots of one building, by label.
pub async fn lots(
    readers: &Readers,
    building: BuildingId,
    page: &Page,
) -> Result<List<LotRow>, QueryError> {
    let place = page.place(pair::<String, Uuid>)?;
    Select::of("buildings.lot")
        .filter("t.building =", Some(building.0))
        .after("(t.label, t.id) >", place)
        .page(readers, (NAME, page), "t.label, t.id", |row: &LotRow| {
            vec![row.label.clone(), row.id.to_string()]
        })
        .await
}

/// One lot of a building.
pub async fn lot(
    readers: &Readers,
    building: BuildingId,
    lot: LotId,
) -> Result<Option<LotRow>, QueryError> {
    let one = One {
        on: "t.building = one.key::uuid and t.id = one.id",
        ..One::by_id(NAME, "buildings.lot")
    };
    one.find_of(readers, building, lot.0).await
}
