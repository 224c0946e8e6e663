//! Rows over many keys. A batch adds to them what it changes of the facts, in the same
//! transaction; a build works them out once, from all facts. Both give the same rows.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{BookingFact, PaymentFact};
use crate::projector::ApplyError;
use crate::row::Table;
use crate::rows::Rows;

pub(super) const MONTH: Table = Table::derived("month", &["month"]);
pub(super) const CHANNEL: Table = Table::derived("channel", &["channel"]);
pub(super) const MONTHLY_ROLLUP: Table =
    Table::derived("monthly_rollup", &["month", "hotel_id", "currency"]);
pub(super) const PAYMENT_DAY: Table = Table::derived("payment_day", &["day", "currency"]);

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
select * from unnest($1::date[], $2::uuid[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[],
                     $7::bigint[], $8::text[]::numeric[], $9::text[]::numeric[],
                     $10::text[]::numeric[])
on conflict (month, hotel_id, currency) do update set
    bookings = rollup.bookings + excluded.bookings,
    cancelled = rollup.cancelled + excluded.cancelled,
    no_show = rollup.no_show + excluded.no_show,
    completed = rollup.completed + excluded.completed,
    completed_nights = rollup.completed_nights + excluded.completed_nights,
    completed_room_nights = rollup.completed_room_nights + excluded.completed_room_nights,
    room_revenue = rollup.room_revenue + excluded.room_revenue";

const PAYMENT_DAYS: &str = "
insert into payment_day as days (day, currency, payments, refunds, captured, refunded, net)
select * from unnest($1::date[], $2::text[], $3::bigint[], $4::bigint[], $5::text[]::numeric[],
                     $6::text[]::numeric[], $7::text[]::numeric[])
on conflict (day, currency) do update set
    payments = days.payments + excluded.payments, refunds = days.refunds + excluded.refunds,
    captured = days.captured + excluded.captured, refunded = days.refunded + excluded.refunded,
    net = days.net + excluded.net";

const ALL: &str = "
truncate month, channel, monthly_rollup, payment_day;
insert into month (month, year, month_of_year, label)
select month, extract(year from month)::integer, extract(month from month)::integer,
       lpad(extract(year from month)::text, 4, '0') || to_char(month, '-MM')
from (select distinct arrival_month as month from booking_fact) as arrival;
insert into channel (channel) select distinct channel from booking_fact;
insert into monthly_rollup
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
from booking_fact group by arrival_month, hotel_id, currency;
insert into payment_day (day, currency, payments, refunds, captured, refunded, net)
select day, currency,
       count(*) filter (where kind = 'payment'),
       count(*) filter (where kind = 'refund'),
       coalesce(sum(amount) filter (where kind = 'payment'), 0),
       coalesce(sum(amount) filter (where kind <> 'payment'), 0),
       sum(amount)
from payment_fact group by day, currency;";

/// What bookings add to a month of a hotel.
#[derive(Default)]
struct Monthly {
    bookings: i64,
    cancelled: i64,
    no_show: i64,
    completed: i64,
    nights: i128,
    room_nights: i128,
    revenue: i128,
}

impl Monthly {
    /// Adds `fact`, or takes it away if `sign` is below zero.
    fn add(&mut self, fact: &BookingFact, sign: i64) {
        match fact.status.as_str() {
            "declined" | "expired" => return,
            "cancelled" => self.cancelled += sign,
            "no_show" => self.no_show += sign,
            "completed" => {
                self.completed += sign;
                self.nights += i128::from(sign) * i128::from(fact.nights);
                self.room_nights += i128::from(sign) * i128::from(fact.room_nights);
                self.revenue += i128::from(sign) * i128::from(fact.room_revenue);
            }
            _ => {}
        }
        self.bookings += sign;
    }
}

/// What movements of money add to a day.
#[derive(Default)]
struct Day {
    payments: i64,
    refunds: i64,
    captured: i128,
    refunded: i128,
}

impl Day {
    /// Adds `fact`, or takes it away if `sign` is below zero.
    fn add(&mut self, fact: &PaymentFact, sign: i64) {
        let amount = i128::from(sign) * i128::from(fact.amount);
        match fact.kind.as_str() {
            "payment" => {
                self.payments += sign;
                self.captured += amount;
            }
            kind => {
                self.refunds += if kind == "refund" { sign } else { 0 };
                self.refunded += amount;
            }
        }
    }
}

/// Works out all rows over many keys from the facts.
pub(super) async fn all(conn: &mut PgConnection) -> Result<(), ApplyError> {
    sqlx::raw_sql(ALL).execute(conn).await?;
    Ok(())
}

/// Adds what the bookings of a batch change.
pub(super) async fn bookings(
    conn: &mut PgConnection,
    bookings: &Rows<BookingFact>,
) -> Result<(), ApplyError> {
    let mut months: BTreeMap<(NaiveDate, Uuid, &str), Monthly> = BTreeMap::new();
    let mut channels = BTreeSet::new();
    for (before, now) in bookings.changes() {
        for (fact, sign) in [(before, -1), (now, 1)] {
            if let Some(fact) = fact {
                let month = (fact.arrival_month, fact.hotel_id, fact.currency.as_str());
                months.entry(month).or_default().add(fact, sign);
            }
        }
        channels.extend(now.map(|fact| fact.channel.as_str()));
    }
    if months.is_empty() {
        return Ok(());
    }
    monthly(conn, &months).await?;
    let distinct: BTreeSet<NaiveDate> = months.keys().map(|(month, ..)| *month).collect();
    sqlx::query(MONTHS)
        .bind(distinct.into_iter().collect::<Vec<_>>())
        .execute(&mut *conn)
        .await?;
    sqlx::query(CHANNELS)
        .bind(channels.into_iter().collect::<Vec<_>>())
        .execute(&mut *conn)
        .await?;
    Ok(())
}

async fn monthly(
    conn: &mut PgConnection,
    months: &BTreeMap<(NaiveDate, Uuid, &str), Monthly>,
) -> Result<(), ApplyError> {
    let counts = |count: fn(&Monthly) -> i64| months.values().map(count).collect::<Vec<_>>();
    let sums = |sum: fn(&Monthly) -> i128| {
        let sums = months.values().map(|month| sum(month).to_string());
        sums.collect::<Vec<_>>()
    };
    sqlx::query(MONTHLY)
        .bind(months.keys().map(|(month, ..)| *month).collect::<Vec<_>>())
        .bind(
            months
                .keys()
                .map(|(_, hotel, _)| *hotel)
                .collect::<Vec<_>>(),
        )
        .bind(
            months
                .keys()
                .map(|(.., currency)| *currency)
                .collect::<Vec<_>>(),
        )
        .bind(counts(|month| month.bookings))
        .bind(counts(|month| month.cancelled))
        .bind(counts(|month| month.no_show))
        .bind(counts(|month| month.completed))
        .bind(sums(|month| month.nights))
        .bind(sums(|month| month.room_nights))
        .bind(sums(|month| month.revenue))
        .execute(conn)
        .await?;
    Ok(())
}

/// Adds what the movements of money of a batch change.
pub(super) async fn payments(
    conn: &mut PgConnection,
    payments: &Rows<PaymentFact>,
) -> Result<(), ApplyError> {
    let mut days: BTreeMap<(NaiveDate, &str), Day> = BTreeMap::new();
    for (before, now) in payments.changes() {
        for (fact, sign) in [(before, -1), (now, 1)] {
            if let Some(fact) = fact {
                let day = (fact.day, fact.currency.as_str());
                days.entry(day).or_default().add(fact, sign);
            }
        }
    }
    if days.is_empty() {
        return Ok(());
    }
    let counts = |count: fn(&Day) -> i64| days.values().map(count).collect::<Vec<_>>();
    let sums = |sum: fn(&Day) -> i128| {
        let sums = days.values().map(|day| sum(day).to_string());
        sums.collect::<Vec<_>>()
    };
    sqlx::query(PAYMENT_DAYS)
        .bind(days.keys().map(|(day, _)| *day).collect::<Vec<_>>())
        .bind(
            days.keys()
                .map(|(_, currency)| *currency)
                .collect::<Vec<_>>(),
        )
        .bind(counts(|day| day.payments))
        .bind(counts(|day| day.refunds))
        .bind(sums(|day| day.captured))
        .bind(sums(|day| day.refunded))
        .bind(sums(|day| day.captured + day.refunded))
        .execute(conn)
        .await?;
    Ok(())
}
