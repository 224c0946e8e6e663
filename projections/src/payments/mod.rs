//! The payments and their refunds.

mod fold;
mod query;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::AnyEvent;
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::decoded::Decoded;
use crate::fold::known;
use crate::projector::{ApplyError, Derive, Projector};
use crate::row::{Row, Table};
use crate::rows::Rows;

pub use query::{PaymentFilter, PaymentStats, list, refunds, show, stats};

/// The name of the projection.
pub const NAME: &str = "payments";

crate::row! {
    /// A sum that is asked for, and what became of it.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub struct PaymentRow {
        /// The payment.
        pub id: Uuid,
        /// What it pays for.
        pub booking: Uuid,
        /// The user or contact who pays.
        pub payer: Uuid,
        /// `user` or `contact`.
        pub payer_kind: String,
        /// The currency of all its amounts.
        pub currency: String,
        /// How much is asked for, in minor units.
        pub amount: i64,
        /// How much the provider has.
        pub captured: i64,
        /// How much of that went back.
        pub refunded: i64,
        /// How much of it is on its way back.
        pub refund_pending: i64,
        /// `created`, `succeeded`, `failed` or `cancelled`.
        pub status: String,
        /// Why it failed or was cancelled.
        pub failure: Option<String>,
        /// What the provider calls it.
        pub provider_reference: Option<String>,
        /// `live`, or the import that brought it in.
        pub origin: String,
        /// When it was asked for.
        pub created_at: DateTime<Utc>,
        /// When the provider had the money.
        pub captured_at: Option<DateTime<Utc>>,
        /// When anything last changed.
        pub changed_at: DateTime<Utc>,
        /// The version of its stream.
        pub version: i64,
    }
}

impl Row for PaymentRow {
    const TABLE: Table = Table::by_id("payment", &["id"]);
    type Key = Uuid;

    fn key(&self) -> Uuid {
        self.id
    }
}

crate::row! {
    /// Money that goes back to the payer.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub struct RefundRow {
        /// The payment.
        pub payment: Uuid,
        /// The refund.
        pub id: Uuid,
        /// The currency of the amount.
        pub currency: String,
        /// How much, in minor units.
        pub amount: i64,
        /// `requested`, `refunded` or `failed`.
        pub status: String,
        /// Why it goes back.
        pub reason: String,
        /// Why it did not.
        pub failure: Option<String>,
        /// When it was asked for.
        pub requested_at: DateTime<Utc>,
        /// When it went back, or did not.
        pub settled_at: Option<DateTime<Utc>>,
    }
}

impl Row for RefundRow {
    const TABLE: Table = Table::by_id("refund", &["payment", "id"]);
    type Key = (Uuid, Uuid);

    fn key(&self) -> (Uuid, Uuid) {
        (self.payment, self.id)
    }
}

/// Projects payments.
#[derive(Clone, Copy, Debug)]
pub struct Payments;

impl Projector for Payments {
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
        const { &[PaymentRow::TABLE, RefundRow::TABLE] }
    }

    fn key(&self, event: &Decoded) -> Option<String> {
        matches!(event.event, AnyEvent::Payment(_)).then(|| event.id().to_owned())
    }

    fn apply<'a>(
        &'a self,
        conn: &'a mut PgConnection,
        batch: &'a [Arc<Decoded>],
        _derive: Derive,
    ) -> BoxFuture<'a, Result<(), ApplyError>> {
        Box::pin(async move {
            let keys = known(batch, |_| true);
            let mut payments = Rows::<PaymentRow>::load(conn, &keys).await?;
            let mut refunds = Rows::<RefundRow>::load(conn, &keys).await?;
            for event in batch {
                if let AnyEvent::Payment(what) = &event.event {
                    fold::payment(&mut payments, &mut refunds, event, what)?;
                }
            }
            payments.store(conn).await?;
            refunds.store(conn).await
        })
    }
}
