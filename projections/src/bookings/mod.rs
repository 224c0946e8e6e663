//! The bookings, as guests, hosts and administrators see them.

mod fold;
mod query;

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use domain::AnyEvent;
use domain::booking::{BookingCancelled, Quote};
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::decoded::Decoded;
use crate::fold::known;
use crate::projector::{ApplyError, Derive, Projector};
use crate::row::{Row, Table};
use crate::rows::Rows;

pub use query::{BookingFilter, list, show};

/// The name of the projection.
pub const NAME: &str = "bookings";

crate::row! {
    /// A booking, and what became of it.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub struct BookingRow {
        /// The booking.
        pub id: Uuid,
        /// What is booked.
        pub listing: Uuid,
        /// Whose listing it is.
        pub host: Uuid,
        /// The building it stands in.
        pub building: Option<Uuid>,
        /// The lot of that building.
        pub lot: Option<Uuid>,
        /// The user who booked.
        pub guest: Option<Uuid>,
        /// The contact who booked and is no user.
        pub contact: Option<Uuid>,
        /// What the contact is called.
        pub contact_name: Option<String>,
        /// Where the contact gets mail.
        pub contact_email: Option<String>,
        /// The day of arrival, where the listing stands.
        pub arrival: NaiveDate,
        /// The day of departure, where the listing stands.
        pub departure: NaiveDate,
        /// How many nights.
        pub nights: i64,
        /// How many units.
        pub units: u32,
        /// Grown-ups.
        pub adults: u32,
        /// Children.
        pub children: u32,
        /// Babies.
        pub babies: u32,
        /// The zone of all its days and hours.
        pub time_zone: String,
        /// From when on guests are let in.
        pub check_in_at: DateTime<Utc>,
        /// By when they leave.
        pub check_out_at: DateTime<Utc>,
        /// `quoted` or `agreed`.
        pub price: String,
        /// The currency of all its amounts.
        pub currency: String,
        /// What it costs, in minor units.
        pub total: i64,
        /// What it costs, line by line.
        pub quote: Quote,
        /// What is given back on a cancellation.
        pub policy: String,
        /// In which wording.
        pub policy_version: u16,
        /// `at_booking` or `at_check_out`.
        pub terms: String,
        /// Whether it needed no yes of the host.
        pub instant: bool,
        /// Whether the host has said yes, or need not.
        pub accepted: bool,
        /// When it expires, while it is pending.
        pub deadline: Option<DateTime<Utc>>,
        /// `pending`, `confirmed`, `declined`, `cancelled`, `completed`, `no_show` or `expired`.
        pub status: String,
        /// Why it was declined or called off.
        pub reason: Option<String>,
        /// What paid it.
        pub payment: Option<Uuid>,
        /// Since when its nights are taken.
        pub confirmed_at: Option<DateTime<Utc>>,
        /// When it came to its end, whichever that was.
        pub ended_at: Option<DateTime<Utc>>,
        /// What was kept and what went back, if it was called off.
        pub cancellation: Option<BookingCancelled>,
        /// The country the guests come from.
        pub country: Option<String>,
        /// By which way it was sold.
        pub channel: Option<String>,
        /// To which part of the market.
        pub segment: Option<String>,
        /// What another system calls it.
        pub reference: Option<String>,
        /// `live`, or the import that brought it in.
        pub origin: String,
        /// Whether live processes look after an imported booking.
        pub adopted: bool,
        /// When it was asked for.
        pub requested_at: DateTime<Utc>,
        /// When anything last changed.
        pub changed_at: DateTime<Utc>,
        /// The version of its stream.
        pub version: i64,
    }
}

impl Row for BookingRow {
    const TABLE: Table = Table::by_id("booking", &["id"]);
    type Key = Uuid;

    fn key(&self) -> Uuid {
        self.id
    }
}

/// Projects bookings.
#[derive(Clone, Copy, Debug)]
pub struct Bookings;

impl Projector for Bookings {
    fn name(&self) -> &'static str {
        NAME
    }

    fn version(&self) -> i32 {
        2
    }

    fn ddl(&self) -> &'static str {
        include_str!("schema.sql")
    }

    fn tables(&self) -> &'static [Table] {
        const { &[BookingRow::TABLE] }
    }

    fn key(&self, event: &Decoded) -> Option<String> {
        matches!(event.event, AnyEvent::Booking(_)).then(|| event.id().to_owned())
    }

    fn apply<'a>(
        &'a self,
        conn: &'a mut PgConnection,
        batch: &'a [Arc<Decoded>],
        _derive: Derive,
    ) -> BoxFuture<'a, Result<(), ApplyError>> {
        Box::pin(async move {
            let mut rows = Rows::<BookingRow>::load(conn, &known(batch, |_| true)).await?;
            for event in batch {
                if let AnyEvent::Booking(what) = &event.event {
                    fold::booking(&mut rows, event, what)?;
                }
            }
            rows.store(conn).await
        })
    }
}
