//! The figures: facts, what they are about, and rollups over them, for analysts who ask in SQL.

mod derive;
mod dimension;
mod fact;
mod fold;
mod query;

use std::sync::Arc;

use domain::AnyEvent;
use domain::booking::BookingEvent;
use futures::future::BoxFuture;
use sqlx::PgConnection;

use crate::decoded::Decoded;
use crate::fold::known;
use crate::projector::{ApplyError, Derive, Projector};
use crate::row::{Row, Table};
use crate::rows::Rows;

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
    async fn load(conn: &mut PgConnection, batch: &[Arc<Decoded>]) -> Result<Self, ApplyError> {
        let buildings = known(batch, |event| matches!(event, AnyEvent::Building(_)));
        let listings = known(batch, |event| matches!(event, AnyEvent::Listing(_)));
        let bookings = known(batch, |event| matches!(event, AnyEvent::Booking(_)));
        let payments = known(batch, |event| matches!(event, AnyEvent::Payment(_)));
        // Nights are written with the request, which no stream has twice.
        let again = known(batch, |event| {
            matches!(event, AnyEvent::Booking(BookingEvent::Requested(_)))
        });
        Ok(Self {
            hotels: Rows::load(conn, &[buildings, listings.clone()].concat()).await?,
            room_types: Rows::load(conn, &listings).await?,
            bookings: Rows::load(conn, &bookings).await?,
            nights: Rows::load(conn, &again).await?,
            payments: Rows::load(conn, &payments).await?,
        })
    }

    async fn store(&self, conn: &mut PgConnection, derive: Derive) -> Result<(), ApplyError> {
        self.hotels.store(conn).await?;
        self.room_types.store(conn).await?;
        self.bookings.store(conn).await?;
        self.nights.store(conn).await?;
        self.payments.store(conn).await?;
        if derive == Derive::Now {
            derive::bookings(conn, &self.bookings).await?;
            derive::payments(conn, &self.payments).await?;
        }
        Ok(())
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
        derive: Derive,
    ) -> BoxFuture<'a, Result<(), ApplyError>> {
        Box::pin(async move {
            let mut facts = Facts::load(conn, batch).await?;
            for event in batch {
                match &event.event {
                    AnyEvent::Building(what) => dimension::building(&mut facts, event, what)?,
                    AnyEvent::Listing(what) => dimension::listing(&mut facts, event, what)?,
                    AnyEvent::Booking(what) => fold::booking(&mut facts, event, what)?,
                    AnyEvent::Payment(what) => fold::payment(&mut facts, event, what)?,
                    _ => {}
                }
            }
            facts.store(conn, derive).await
        })
    }

    fn derive_all<'a>(
        &'a self,
        conn: &'a mut PgConnection,
    ) -> BoxFuture<'a, Result<(), ApplyError>> {
        Box::pin(derive::all(conn))
    }
}
