//! What can be booked, and on which nights.

use chrono::{DateTime, NaiveDate, Utc};
use domain::Span;
use domain::id::{BuildingId, ListingId, UserId};
use eventstore::Readers;
use serde::Serialize;
use uuid::Uuid;

use super::{BlockRow, ListingRow, NAME};
use crate::one::One;
use crate::page::{List, Page, QueryError, refuse_parked};
use crate::select::{Select, pair};

/// Which listings are asked for; what is absent does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListingFilter {
    /// Whose they are.
    pub host: Option<UserId>,
    /// In which building they stand.
    pub building: Option<BuildingId>,
    /// `draft`, `published` or `unpublished`; deleted ones are asked for by name only.
    pub status: Option<String>,
    /// A part of the title, in any case.
    pub search: Option<String>,
    /// The currency of their prices.
    pub currency: Option<String>,
    /// At most so many minor units a night.
    pub nightly_price_max: Option<i64>,
    /// At least so many guests in a unit.
    pub guests: Option<u32>,
    /// Only those whose host can let guests in.
    pub of_active_hosts: bool,
}

/// The listings that match, in the order in which they were created.
pub async fn list(
    readers: &Readers,
    filter: &ListingFilter,
    page: &Page,
) -> Result<List<ListingRow>, QueryError> {
    let place = page.place(pair::<DateTime<Utc>, Uuid>)?;
    let mut select = Select::of("listings.listing")
        .filter("t.host =", filter.host.map(|host| host.0))
        .filter("t.building =", filter.building.map(|building| building.0))
        .filter("t.status =", filter.status.clone())
        .filter("t.currency =", filter.currency.clone())
        .filter("t.nightly_price <=", filter.nightly_price_max)
        .filter(
            "coalesce(t.max_guests, 4294967295) >=",
            filter.guests.map(i64::from),
        )
        .containing("t.title", filter.search.as_deref());
    if filter.status.is_none() {
        select = select.only("t.status <> 'deleted'");
    }
    if filter.of_active_hosts {
        select = select
            .only("not exists (select from listings.host h where h.id = t.host and not h.active)");
    }
    select
        .after("(t.created_at, t.id) >", place)
        .page(
            readers,
            (NAME, page),
            "t.created_at, t.id",
            |row: &ListingRow| vec![row.created_at.to_rfc3339(), row.id.to_string()],
        )
        .await
}

/// One listing; a deleted one too, which its status says.
pub async fn show(readers: &Readers, listing: ListingId) -> Result<Option<ListingRow>, QueryError> {
    One::by_id(NAME, "listings.listing")
        .find(readers, listing.0)
        .await
}

/// What the host of a listing keeps back, by date.
pub async fn blocks(readers: &Readers, listing: ListingId) -> Result<Vec<BlockRow>, QueryError> {
    refuse_parked(readers, NAME, &listing.to_string()).await?;
    Select::of("listings.block")
        .filter("t.listing =", Some(listing.0))
        .fetch(readers, "t.first_night, t.block", u32::MAX)
        .await
}

/// What of a listing is free.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Availability {
    /// How many identical units there are.
    pub units: i64,
    /// Each night that was asked for.
    pub nights: Vec<NightFree>,
}

/// What of a listing is free in one night.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct NightFree {
    /// The night.
    pub night: NaiveDate,
    /// Units taken for good.
    pub taken: i64,
    /// Units put aside by holds that have not lapsed.
    pub held: i64,
    /// Units kept back by the host.
    pub blocked: i64,
    /// Units that can be booked.
    pub free: i64,
}

/// What of a listing is free on each night of `span`, as things stand at `at`; `None` if nothing
/// of it could ever be taken.
pub async fn availability(
    readers: &Readers,
    listing: ListingId,
    span: Span,
    at: DateTime<Utc>,
) -> Result<Option<Availability>, QueryError> {
    refuse_parked(readers, NAME, &listing.to_string()).await?;
    let units: Option<i64> =
        sqlx::query_scalar("select units from listings.stock where listing = $1")
            .bind(listing.0)
            .fetch_optional(readers)
            .await?;
    let Some(units) = units else { return Ok(None) };
    let nights = sqlx::query_as(
        "select day::date as night, taken, held, blocked,
                greatest($4 - taken - held - blocked, 0)::bigint as free
         from generate_series($2::date::timestamp, $3::date::timestamp - interval '1 day',
                              interval '1 day') as day
         cross join lateral (
             select coalesce((
                        select night.taken from listings.night
                        where night.listing = $1 and night.night = day::date), 0) as taken,
                    coalesce((
                        select sum(hold.units) from listings.hold
                        where hold.listing = $1 and hold.arrival <= day::date
                          and hold.departure > day::date
                          and (hold.deadline is null or hold.deadline > $5)), 0)::bigint as held,
                    least((
                        select coalesce(sum(coalesce(block.units, $4)), 0) from listings.block
                        where block.listing = $1 and block.first_night <= day::date
                          and block.until > day::date), $4)::bigint as blocked
         ) as used
         order by day",
    )
    .bind(listing.0)
    .bind(span.from)
    .bind(span.until)
    .bind(units)
    .bind(at)
    .fetch_all(readers)
    .await?;
    Ok(Some(Availability { units, nights }))
}
