//! The figures: facts, what they are about, and rollups over them, for analysts who ask in SQL.

mod derive;
mod dimension;
mod fact;
mod fold;
mod query;

use std::sync::Arc;

use domain::AnyEvent;
use futures::future::BoxFuture;
use sqlx::PgConnection;

use crate::decoded::Decoded;
use crate::fold::keys;
use crate::projector::{ApplyError, Projector};
use crate::row::{Row, Rows, Table};

pub use dimension::{Hotel, RoomType};
pub use fact::{BookingFact, BookingNightFact, PaymentFact};
pub use query::{Monthly, PaymentDay, monthly, payment_days};

/// The name of the projection.
pub const NAME: &str = "analytics";

/// Projects facts and rollups.
#[derive(Clone, Copy, Debug)]
pub struct Analytics;

/// The rows that a batch touches.
struct Facts {
    hotels: Rows<Hotel>,
    room_types: Rows<RoomType>,
    bookings: Rows<BookingFact>,
    nights: Rows<BookingNightFact>,
    payments: Rows<PaymentFact>,
}

impl Facts {
    async fn load(conn: &mut PgConnection, keys: &[String]) -> Result<Self, ApplyError> {
        Ok(Self {
            hotels: Rows::load(conn, keys).await?,
            room_types: Rows::load(conn, keys).await?,
            bookings: Rows::load(conn, keys).await?,
            // A night is written once, with its booking.
            nights: Rows::default(),
            payments: Rows::load(conn, keys).await?,
        })
    }

    async fn store(&self, conn: &mut PgConnection) -> Result<(), ApplyError> {
        self.hotels.store(conn).await?;
        self.room_types.store(conn).await?;
        self.bookings.store(conn).await?;
        self.nights.store(conn).await?;
        self.payments.store(conn).await?;
        derive::bookings(conn, &self.bookings).await?;
        derive::payments(conn, &self.payments).await
    }
}

impl Projector for Analytics {
    fn name(&self) -> &'static str {
        NAME
    }

    fn version(&self) -> i32 {
        1
    }

    fn ddl(&self) -> &'static str {
        include_str!("schema.sql")
    }

    fn tables(&self) -> &'static [Table] {
        const {
            &[
                Hotel::TABLE,
                RoomType::TABLE,
                BookingFact::TABLE,
                BookingNightFact::TABLE,
                PaymentFact::TABLE,
                derive::MONTH,
                derive::CHANNEL,
                derive::MONTHLY_ROLLUP,
                derive::PAYMENT_DAY,
            ]
        }
    }

    fn key(&self, event: &Decoded) -> Option<String> {
        let mine = matches!(
            event.event,
            AnyEvent::Building(_)
                | AnyEvent::Listing(_)
                | AnyEvent::Booking(_)
                | AnyEvent::Payment(_)
        );
        mine.then(|| event.id().to_owned())
    }

    fn apply<'a>(
        &'a self,
        conn: &'a mut PgConnection,
        batch: &'a [Arc<Decoded>],
    ) -> BoxFuture<'a, Result<(), ApplyError>> {
        Box::pin(async move {
            let mut facts = Facts::load(conn, &keys(self, batch)).await?;
            for event in batch {
                match &event.event {
                    AnyEvent::Building(what) => dimension::building(&mut facts, event, what)?,
                    AnyEvent::Listing(what) => dimension::listing(&mut facts, event, what)?,
                    AnyEvent::Booking(what) => fold::booking(&mut facts, event, what)?,
                    AnyEvent::Payment(what) => fold::payment(&mut facts, event, what)?,
                    _ => {}
                }
            }
            facts.store(conn).await
        })
    }
}
