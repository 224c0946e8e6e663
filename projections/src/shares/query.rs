//! Which shares were closed, and the parts of the lots.

use chrono::NaiveDate;
use domain::id::{BuildingId, ShareTableId};
use eventstore::Readers;
use uuid::Uuid;

use super::{NAME, SharePartRow, ShareTableRow};
use crate::one::One;
use crate::page::{List, Page, QueryError};
use crate::select::{Select, pair};

/// Which tables are asked for; what is absent does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShareTableFilter {
    /// The building.
    pub building: Option<BuildingId>,
    /// The key of distribution.
    pub key: Option<String>,
    /// `counting` or `withdrawn`.
    pub status: Option<String>,
    /// Those that begin on this day or before.
    pub at: Option<NaiveDate>,
}

/// The tables that match, by the first day for which they count.
pub async fn list(
    readers: &Readers,
    filter: &ShareTableFilter,
    page: &Page,
) -> Result<List<ShareTableRow>, QueryError> {
    let place = page.place(pair::<NaiveDate, Uuid>)?;
    Select::of("shares.share_table")
        .filter("t.building =", filter.building.map(|building| building.0))
        .filter("t.key =", filter.key.clone())
        .filter("t.status =", filter.status.clone())
        .filter("t.from_on <=", filter.at)
        .after("(t.from_on, t.id) >", place)
        .page(
            readers,
            (NAME, page),
            "t.from_on, t.id",
            |row: &ShareTableRow| vec![row.from_on.to_string(), row.id.to_string()],
        )
        .await
}

/// One table.
pub async fn show(
    readers: &Readers,
    id: ShareTableId,
) -> Result<Option<ShareTableRow>, QueryError> {
    One::by_id(NAME, "shares.share_table")
        .find(readers, id.0)
        .await
}

/// The parts of a table, by lot.
pub async fn parts(
    readers: &Readers,
    id: ShareTableId,
    page: &Page,
) -> Result<List<SharePartRow>, QueryError> {
    let place = page.place(pair::<Uuid, Uuid>)?;
    Select::of("shares.share_part")
        .filter("t.share_table =", Some(id.0))
        .after("(t.share_table, t.lot) >", place)
        .page(
            readers,
            (NAME, page),
            "t.share_table, t.lot",
            |row: &SharePartRow| vec![row.share_table.to_string(), row.lot.to_string()],
        )
        .await
}
