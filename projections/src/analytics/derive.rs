//! Rows over many keys, derived from the facts of the touched months and days in the same
//! transaction, set-based.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{BookingFact, PaymentFact};
use crate::projector::ApplyError;
use crate::row::{Rows, Table};

pub(super) const MONTH: Table = Table::grouped("month", &["month"], "month", "date");
pub(super) const CHANNEL: Table = Table::grouped("channel", &["channel"], "channel", "text");
pub(super) const MONTHLY_ROLLUP: Table = Table::grouped(
    "monthly_rollup",
    &["month", "hotel_id", "currency"],
    "month",
    "date",
);
pub(super) const PAYMENT_DAY: Table =
    Table::grouped("payment_day", &["day", "currency"], "day", "date");

const MONTHS: &str = "
insert into month (month, year, month_of_year, label)
select month, extract(year from month)::integer, extract(month from month)::integer,
       lpad(extract(year from month)::text, 4, '0') || to_char(month, '-MM')
from unnest($1::date[]) as month
on conflict do nothing";

const CHANNELS: &str = "
insert into channel (channel) select unnest($1::text[]) on conflict do nothing";

const MONTHLY: &str = "
insert into monthly_rollup as rollup
    (month, hotel_id, currency, bookings, cancelled, no_show, completed, completed_nights,
     completed_room_nights, room_revenue)
select arrival_month, hotel_id, currency,
       count(*) filter (where status not in ('declined', 'expired')),
       count(*) filter (where status = 'cancelled'),
       count(*) filter (where status = 'no_show'),
       count(*) filter (where status = 'completed'),
       coalesce(sum(nights) filter (where status = 'completed'), 0),
       coalesce(sum(room_nights) filter (where status = 'completed'), 0),
       coalesce(sum(room_revenue) filter (where status = 'completed'), 0)
from unnest($1::date[], $2::uuid[]) as touched (month, hotel)
join booking_fact on arrival_month = touched.month and hotel_id = touched.hotel
group by arrival_month, hotel_id, currency
on conflict (month, hotel_id, currency) do update set
    bookings = excluded.bookings, cancelled = excluded.cancelled, no_show = excluded.no_show,
    completed = excluded.completed, completed_nights = excluded.completed_nights,
    completed_room_nights = excluded.completed_room_nights, room_revenue = excluded.room_revenue
where rollup is distinct from excluded";

const PAYMENT_DAYS: &str = "
insert into payment_day (day, currency, payments, refunds, captured, refunded, net)
select day, currency,
       count(*) filter (where kind = 'payment'),
       count(*) filter (where kind = 'refund'),
       coalesce(sum(amount) filter (where kind = 'payment'), 0),
       coalesce(sum(amount) filter (where kind <> 'payment'), 0),
       sum(amount)
from payment_fact
where day = any($1)
group by day, currency
on conflict (day, currency) do update set
    payments = excluded.payments, refunds = excluded.refunds, captured = excluded.captured,
    refunded = excluded.refunded, net = excluded.net";

/// Derives what rests on the bookings that a batch has touched.
pub(super) async fn bookings(
    conn: &mut PgConnection,
    bookings: &Rows<BookingFact>,
) -> Result<(), ApplyError> {
    let touched: BTreeSet<(NaiveDate, Uuid)> = bookings
        .changed()
        .map(|fact| (fact.arrival_month, fact.hotel_id))
        .collect();
    if touched.is_empty() {
        return Ok(());
    }
    let (months, hotels): (Vec<NaiveDate>, Vec<Uuid>) = touched.into_iter().unzip();
    let channels: BTreeSet<&str> = bookings
        .changed()
        .map(|fact| fact.channel.as_str())
        .collect();
    let channels: Vec<&str> = channels.into_iter().collect();
    sqlx::query(MONTHLY)
        .bind(&months)
        .bind(&hotels)
        .execute(&mut *conn)
        .await?;
    let distinct: BTreeSet<NaiveDate> = months.into_iter().collect();
    let months: Vec<NaiveDate> = distinct.into_iter().collect();
    sqlx::query(MONTHS)
        .bind(&months)
        .execute(&mut *conn)
        .await?;
    sqlx::query(CHANNELS)
        .bind(&channels)
        .execute(&mut *conn)
        .await?;
    Ok(())
}

/// Derives what rests on the movements of money that a batch has touched.
pub(super) async fn payments(
    conn: &mut PgConnection,
    payments: &Rows<PaymentFact>,
) -> Result<(), ApplyError> {
    let days: BTreeSet<NaiveDate> = payments.changed().map(|fact| fact.day).collect();
    if !days.is_empty() {
        let days: Vec<NaiveDate> = days.into_iter().collect();
        sqlx::query(PAYMENT_DAYS).bind(&days).execute(conn).await?;
    }
    Ok(())
}
