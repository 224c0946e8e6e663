//! What has to be there before the first row: hotels and room types.

use chrono::{DateTime, Utc};
use sqlx::PgPool;
use uuid::Uuid;

/// A room type of a hotel.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Room {
    /// The hotel.
    pub hotel: String,
    /// The room type.
    pub room: String,
    /// The most rows, cancelled ones too, that have any one night; 1 at least.
    pub units: i64,
    /// The mean price of a night, in cents, of the rows that have one.
    pub rate_cents: i64,
}

/// The room types that readable rows of `id` name, in order of their names.
///
/// The nights are not unfolded: arrivals count up and departures down, so that one row with a
/// million nights costs no more than any other.
pub async fn rooms(pool: &PgPool, id: Uuid) -> Result<Vec<Room>, sqlx::Error> {
    sqlx::query_as(
        "with stay as (
             select hotel, room, arrival, nights, rate_cents
             from import.staged_row
             where import_id = $1 and fault is null
         ), turn as (
             select hotel, room, arrival as day, count(*) as rows
             from stay where nights > 0 group by hotel, room, arrival
             union all
             select hotel, room, arrival + nights, -count(*)
             from stay where nights > 0 group by hotel, room, arrival + nights
         ), day as (
             select hotel, room, day, sum(rows) as rows from turn group by hotel, room, day
         ), taken as (
             select hotel, room, sum(rows) over (partition by hotel, room order by day) as rows
             from day
         ), most as (
             select hotel, room, max(rows) as rows from taken group by hotel, room
         ), rate as (
             select hotel, room, coalesce(round(avg(rate_cents) filter (where rate_cents > 0)), 0)
                 as cents
             from stay group by hotel, room
         )
         select rate.hotel, rate.room, greatest(coalesce(most.rows, 1), 1)::bigint as units,
             rate.cents::bigint as rate_cents
         from rate left join most on most.hotel = rate.hotel and most.room = rate.room
         order by rate.hotel, rate.room",
    )
    .bind(id)
    .fetch_all(pool)
    .await
}

/// When the first booking of `id` was made; `None` if no row could be read.
pub async fn first_booked_at(pool: &PgPool, id: Uuid) -> Result<FirstInstant, sqlx::Error> {
    sqlx::query_scalar(
        "select min(booked_at) from import.staged_row where import_id = $1 and fault is null",
    )
    .bind(id)
    .fetch_one(pool)
    .await
}

/// The first instant of a file, if it has one.
pub type FirstInstant = Option<DateTime<Utc>>;
