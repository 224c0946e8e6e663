//! Who has booked what, and what became of it.

use chrono::{DateTime, NaiveDate, Utc};
use domain::id::{BookingId, BuildingId, ListingId, UserId};
use eventstore::Readers;
use uuid::Uuid;

use super::{BookingRow, NAME};
use crate::one::One;
use crate::page::{List, Page, QueryError};
use crate::select::{Select, pair};

/// Which bookings are asked for; what is absent does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BookingFilter {
    /// The guest's view: those of this user.
    pub guest: Option<UserId>,
    /// The host's view: those of this user's listings.
    pub host: Option<UserId>,
    /// What is booked.
    pub listing: Option<ListingId>,
    /// In which building.
    pub building: Option<BuildingId>,
    /// What became of them, such as `confirmed`.
    pub status: Option<String>,
    /// Departure after this day: no night before it.
    pub from: Option<NaiveDate>,
    /// Arrival before this day.
    pub until: Option<NaiveDate>,
    /// What another system calls them.
    pub reference: Option<String>,
}

/// The bookings that match, the latest request first.
pub async fn list(
    readers: &Readers,
    filter: &BookingFilter,
    page: &Page,
) -> Result<List<BookingRow>, QueryError> {
    let place = page.place(pair::<DateTime<Utc>, Uuid>)?;
    Select::of("bookings.booking")
        .filter("t.guest =", filter.guest.map(|guest| guest.0))
        .filter("t.host =", filter.host.map(|host| host.0))
        .filter("t.listing =", filter.listing.map(|listing| listing.0))
        .filter("t.building =", filter.building.map(|building| building.0))
        .filter("t.status =", filter.status.clone())
        .filter("t.departure >", filter.from)
        .filter("t.arrival <", filter.until)
        .filter("t.reference =", filter.reference.clone())
        .after("(t.requested_at, t.id) <", place)
        .page(
            readers,
            (NAME, page),
            "t.requested_at desc, t.id desc",
            |row: &BookingRow| vec![row.requested_at.to_rfc3339(), row.id.to_string()],
        )
        .await
}

/// One booking.
pub async fn show(readers: &Readers, booking: BookingId) -> Result<Option<BookingRow>, QueryError> {
    One::by_id(NAME, "bookings.booking")
        .find(readers, booking.0)
        .await
}
