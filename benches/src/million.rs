//! A journal of a million events of bookings and payments, written by one statement and not by
//! commands.

use sqlx::{ConnectOptions, Connection};

use crate::building;
use crate::database::Database;
use crate::fault::Fault;

/// Bookings, each with its payment.
pub const BOOKINGS: i64 = 200_000;
/// The events of a booking and its payment.
const EVENTS_EACH: i64 = 5;
/// All events.
pub const EVENTS: i64 = BOOKINGS * EVENTS_EACH;

/// The ids that stand in the golden bodies.
const LISTING: &str = "0190b8f0-0000-7000-8000-000000000002";
const BUILDING: &str = "0190b8f0-0000-7000-8000-000000000003";
const BOOKING: &str = "0190b8f0-0000-7000-8000-000000000005";
/// The year in them.
const YEAR: &str = "2026-";

const REQUESTED: &str = include_str!("../../domain/golden/booking.requested.v1.json");
const CONFIRMED: &str = include_str!("../../domain/golden/booking.confirmed.v1.unpaid.json");
const COMPLETED: &str = include_str!("../../domain/golden/booking.completed.v1.json");
const CREATED: &str = include_str!("../../domain/golden/payment.created.v1.json");
const SUCCEEDED: &str = include_str!("../../domain/golden/payment.succeeded.v1.json");

/// Every kind of event comes for all bookings before the next one does, so that the events of one
/// booking lie far apart. There are ten hotels with ten listings each, and ten years.
const PLANT: &str = "
    with booking as (
        select n, md5('booking ' || n)::uuid as booking, md5('payment ' || n)::uuid as payment,
            md5('listing ' || n % 100)::uuid as listing, md5('hotel ' || n % 10)::uuid as hotel
        from generate_series(0, $1 - 1) n
    ), kind (place, noun, type, version, body) as (values
        (0, 'booking', 'booking.requested', 1, $2::text),
        (1, 'payment', 'payment.created', 1, $3::text),
        (2, 'booking', 'booking.confirmed', 2, $4::text),
        (3, 'payment', 'payment.succeeded', 2, $5::text),
        (4, 'booking', 'booking.completed', 3, $6::text)
    )
    insert into journal.event (position, stream, version, event_id, type, schema_version, data,
        metadata, occurred_at, recorded_at)
    select place * $1 + n + 1,
        noun || '-' || case noun when 'booking' then booking else payment end, version,
        gen_random_uuid(), type, 1,
        replace(replace(replace(replace(body, $7, booking::text), $8, listing::text),
            $9, hotel::text), $10, (2016 + n / 100 % 10)::text || '-')::json,
        $11::json, $12::timestamptz + n * interval '10 minutes', $13
    from kind cross join booking order by 1";

/// Writes it.
pub async fn plant(database: &Database) -> Result<(), Fault> {
    let metadata = serde_json::to_string(&building::metadata("booking.request"))?;
    let mut owner = database.options.connect().await?;
    let mut query = sqlx::query(PLANT).bind(BOOKINGS);
    for body in [REQUESTED, CREATED, CONFIRMED, SUCCEEDED, COMPLETED] {
        query = query.bind(body.trim());
    }
    for replaced in [BOOKING, LISTING, BUILDING, YEAR] {
        query = query.bind(replaced);
    }
    let now = building::now();
    query
        .bind(metadata)
        .bind(now - chrono::TimeDelta::days(3_650))
        .bind(now)
        .execute(&mut owner)
        .await?;
    sqlx::raw_sql("analyze journal.event")
        .execute(&mut owner)
        .await?;
    owner.close().await?;
    Ok(())
}
