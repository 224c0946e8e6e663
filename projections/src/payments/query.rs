//! What was paid and what went back.

use chrono::{DateTime, Utc};
use domain::id::{BookingId, PaymentId, UserId};
use eventstore::Readers;
use serde::Serialize;
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{NAME, PaymentRow, RefundRow};
use crate::one::One;
use crate::page::{List, Page, QueryError, refuse_parked};
use crate::select::{Select, pair};

/// Which payments are asked for; what is absent does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PaymentFilter {
    /// Who pays.
    pub payer: Option<UserId>,
    /// To whose listings' bookings the money belongs.
    pub host: Option<UserId>,
    /// What is paid for.
    pub booking: Option<BookingId>,
    /// `created`, `succeeded`, `failed` or `cancelled`.
    pub status: Option<String>,
    /// Asked for at this instant or later.
    pub from: Option<DateTime<Utc>>,
    /// Asked for before this instant.
    pub until: Option<DateTime<Utc>>,
}

/// The payments that match, the latest first. With a host it reads the bookings too.
pub async fn list(
    readers: &Readers,
    filter: &PaymentFilter,
    page: &Page,
) -> Result<List<PaymentRow>, QueryError> {
    let place = page.place(pair::<DateTime<Utc>, Uuid>)?;
    Select::of("payments.payment")
        .filter("t.payer =", filter.payer.map(|payer| payer.0))
        .filter(
            "(select host from bookings.booking where booking.id = t.booking) =",
            filter.host.map(|host| host.0),
        )
        .filter("t.booking =", filter.booking.map(|booking| booking.0))
        .filter("t.status =", filter.status.clone())
        .filter("t.created_at >=", filter.from)
        .filter("t.created_at <", filter.until)
        .after("(t.created_at, t.id) <", place)
        .page(
            readers,
            (NAME, page),
            "t.created_at desc, t.id desc",
            |row: &PaymentRow| vec![row.created_at.to_rfc3339(), row.id.to_string()],
        )
        .await
}

/// One payment.
pub async fn show(readers: &Readers, payment: PaymentId) -> Result<Option<PaymentRow>, QueryError> {
    One::by_id(NAME, "payments.payment")
        .find(readers, payment.0)
        .await
}

/// The refunds of one payment, in the order in which they were asked for.
pub async fn refunds(readers: &Readers, payment: PaymentId) -> Result<Vec<RefundRow>, QueryError> {
    refuse_parked(readers, NAME, &payment.to_string()).await?;
    Select::of("payments.refund")
        .filter("t.payment =", Some(payment.0))
        .fetch(readers, "t.requested_at, t.id", u32::MAX)
        .await
}

/// What was paid and what went back, of one currency, in minor units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct PaymentStats {
    /// The currency.
    pub currency: String,
    /// How many payments.
    pub payments: i64,
    /// How many of them have succeeded.
    pub succeeded: i64,
    /// How many of them have failed.
    pub failed: i64,
    /// What the provider got; the widest amount if it is more than that.
    pub captured: i64,
    /// What of it went back.
    pub refunded: i64,
    /// What of it is on its way back.
    pub refund_pending: i64,
    /// What is left.
    pub net: i64,
}

/// What was paid and what went back, per currency: of one host's listings, or of all.
pub async fn stats(
    readers: &Readers,
    host: Option<UserId>,
) -> Result<Vec<PaymentStats>, QueryError> {
    let mut query = QueryBuilder::new(
        "select currency, count(*) as payments,
                count(*) filter (where status = 'succeeded') as succeeded,
                count(*) filter (where status = 'failed') as failed,
                least(sum(captured), 9223372036854775807)::bigint as captured,
                least(sum(refunded), 9223372036854775807)::bigint as refunded,
                least(sum(refund_pending), 9223372036854775807)::bigint as refund_pending,
                least(sum(captured) - sum(refunded), 9223372036854775807)::bigint as net
         from payments.payment",
    );
    if let Some(host) = host {
        query
            .push(" where booking in (select id from bookings.booking where host = ")
            .push_bind(host.0)
            .push(")");
    }
    query.push(" group by currency order by currency");
    Ok(query.build_query_as().fetch_all(readers).await?)
}
