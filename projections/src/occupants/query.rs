//! Who owns and rents lots.

use chrono::NaiveDate;
use domain::id::{BuildingId, LotId, OccupantId, UserId};
use domain::text::label;
use eventstore::Readers;
use uuid::Uuid;

use super::{NAME, OccupantRow};
use crate::one::One;
use crate::page::{List, Page, QueryError};
use crate::select::{Select, pair};

/// Which occupants are asked for; what is absent does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OccupantFilter {
    /// The building.
    pub building: Option<BuildingId>,
    /// The lot.
    pub lot: Option<LotId>,
    /// The user that they are.
    pub user: Option<UserId>,
    /// `owner` or `tenant`.
    pub kind: Option<String>,
    /// Those who are there on this day.
    pub at: Option<NaiveDate>,
    /// How the label of the lot begins, in any case.
    pub label: Option<String>,
}

/// The occupants that match, by their first day.
pub async fn list(
    readers: &Readers,
    filter: &OccupantFilter,
    page: &Page,
) -> Result<List<OccupantRow>, QueryError> {
    let place = page.place(pair::<NaiveDate, Uuid>)?;
    Select::of("occupants.occupant")
        .filter("t.building =", filter.building.map(|building| building.0))
        .filter("t.lot =", filter.lot.map(|lot| lot.0))
        .filter("t.user_id =", filter.user.map(|user| user.0))
        .filter("t.kind =", filter.kind.clone())
        .filter("t.from_on <=", filter.at)
        .filter("coalesce(t.until_on, 'infinity') >", filter.at)
        .filter(
            "lower(t.label) like",
            filter.label.as_deref().map(beginning),
        )
        .after("(t.from_on, t.id) >", place)
        .page(
            readers,
            (NAME, page),
            "t.from_on, t.id",
            |row: &OccupantRow| vec![row.from_on.to_string(), row.id.to_string()],
        )
        .await
}

/// A pattern for what begins with `text`.
fn beginning(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 1);
    for letter in label(text).to_lowercase().chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

/// One occupant of a lot.
pub async fn show(
    readers: &Readers,
    lot: LotId,
    occupant: OccupantId,
) -> Result<Option<OccupantRow>, QueryError> {
    let one = One {
        on: "t.lot = one.key::uuid and t.id = one.id",
        ..One::by_id(NAME, "occupants.occupant")
    };
    one.find_of(readers, lot, occupant.0).await
}
