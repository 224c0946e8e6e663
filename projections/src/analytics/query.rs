//! The rollups, for those who ask over the API.

use chrono::NaiveDate;
use domain::id::BuildingId;
use eventstore::Readers;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use uuid::Uuid;

use crate::page::QueryError;

/// Bookings by month of arrival, hotel and currency.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Monthly {
    /// The first day of the month of arrival.
    pub month: NaiveDate,
    /// The hotel.
    pub hotel_id: Uuid,
    /// Its name.
    pub hotel: Option<String>,
    /// The currency of the revenue.
    pub currency: String,
    /// Bookings, without those that were declined or expired.
    pub bookings: i64,
    /// Those that were called off.
    pub cancelled: i64,
    /// Those whose guests never came.
    pub no_show: i64,
    /// Stays that took place and are over.
    pub completed: i64,
    /// Nights of those stays.
    pub completed_nights: i64,
    /// Nights after discount of those stays, in minor units, as a decimal.
    pub room_revenue: String,
    /// Cancelled and no-show over all, as a decimal of 6 digits; nothing without bookings.
    pub cancellation_rate: Option<String>,
}

/// Bookings by month of arrival and hotel, for arrivals from the month of `from` up to, and
/// without, `until`.
pub async fn monthly(
    readers: &Readers,
    from: NaiveDate,
    until: NaiveDate,
    hotel: Option<BuildingId>,
) -> Result<Vec<Monthly>, QueryError> {
    let rows: Vec<(Json<Monthly>,)> = sqlx::query_as(
        "select to_jsonb(m) || jsonb_build_object(
                    'room_revenue', room_revenue::text,
                    'cancellation_rate', round(cancellation_rate, 6)::text)
         from analytics.monthly m
         where month >= date_trunc('month', $1::timestamp) and month < $2
           and ($3::uuid is null or hotel_id = $3)
         order by month, hotel, hotel_id, currency",
    )
    .bind(from)
    .bind(until)
    .bind(hotel.map(|hotel| hotel.0))
    .fetch_all(readers)
    .await?;
    Ok(rows.into_iter().map(|(Json(row),)| row).collect())
}

/// Money that moved, by day and currency, in minor units, as decimals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct PaymentDay {
    /// The day, UTC.
    pub day: NaiveDate,
    /// The currency.
    pub currency: String,
    /// Payments that came in.
    pub payments: i64,
    /// Refunds that went back.
    pub refunds: i64,
    /// What came in.
    pub captured: String,
    /// What went back, zero or less.
    pub refunded: String,
    /// What is left.
    pub net: String,
}

/// Money that moved from `from` up to, and without, `until`.
pub async fn payment_days(
    readers: &Readers,
    from: NaiveDate,
    until: NaiveDate,
) -> Result<Vec<PaymentDay>, QueryError> {
    let days = sqlx::query_as(
        "select day, currency, payments, refunds, captured::text, refunded::text, net::text
         from analytics.payment_day where day >= $1 and day < $2 order by day, currency",
    )
    .bind(from)
    .bind(until)
    .fetch_all(readers)
    .await?;
    Ok(days)
}
