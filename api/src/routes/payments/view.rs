//! Payments and refunds, as queries tell them.

use chrono::{DateTime, Utc};
use projections::payments::{PaymentRow, PaymentStats, RefundRow};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::view::{Amount, views};

/// A payment with its refunds.
#[derive(Serialize, ToSchema)]
pub struct PaymentInFull {
    #[serde(flatten)]
    pub payment: PaymentView,
    /// What went back of it or is to, in the order in which it was asked for.
    pub refunds: Vec<RefundView>,
}

views! {
    /// A sum that is asked for, and what became of it.
    #[schema(as = Payment)]
    pub struct PaymentView of row: PaymentRow {
        /// The payment.
        id: Uuid,
        /// What it pays for.
        booking: Uuid,
        /// The user or contact who pays.
        payer: Uuid,
        /// `user` or `contact`.
        payer_kind: String,
        /// How much is asked for.
        amount: Amount = Amount::of(row.amount, &row.currency),
        /// How much the provider has.
        captured: Amount = Amount::of(row.captured, &row.currency),
        /// How much of that went back.
        refunded: Amount = Amount::of(row.refunded, &row.currency),
        /// How much of it is on its way back.
        refund_pending: Amount = Amount::of(row.refund_pending, &row.currency),
        /// `created`, `succeeded`, `failed` or `cancelled`.
        status: String,
        /// Why it failed or was cancelled.
        failure: Option<String>,
        /// What the provider calls it.
        provider_reference: Option<String>,
        /// `live`, or the import that brought it in.
        origin: String,
        /// When it was asked for.
        created_at: DateTime<Utc>,
        /// When the provider had the money.
        captured_at: Option<DateTime<Utc>>,
        /// When anything last changed.
        changed_at: DateTime<Utc>,
        /// The version of its stream.
        version: i64,
        /// The currency of all its amounts.
        currency: String,
    }

    /// Money that goes back to the payer.
    #[schema(as = Refund)]
    pub struct RefundView of row: RefundRow {
        /// The payment.
        payment: Uuid,
        /// The refund.
        id: Uuid,
        /// How much.
        amount: Amount = Amount::of(row.amount, &row.currency),
        /// `requested`, `refunded` or `failed`.
        status: String,
        /// Why it goes back.
        reason: String,
        /// Why it did not.
        failure: Option<String>,
        /// When it was asked for.
        requested_at: DateTime<Utc>,
        /// When it went back, or did not.
        settled_at: Option<DateTime<Utc>>,
        /// The currency of the amount.
        currency: String,
    }

    /// What was paid and what went back, of one currency.
    #[schema(as = PaymentStats)]
    pub struct StatsView of row: PaymentStats {
        /// How many payments.
        payments: i64,
        /// How many of them have succeeded.
        succeeded: i64,
        /// How many of them have failed.
        failed: i64,
        /// What the provider got; the widest amount if it is more than that.
        captured: Amount = Amount::of(row.captured, &row.currency),
        /// What of it went back.
        refunded: Amount = Amount::of(row.refunded, &row.currency),
        /// What of it is on its way back.
        refund_pending: Amount = Amount::of(row.refund_pending, &row.currency),
        /// What is left.
        net: Amount = Amount::of(row.net, &row.currency),
        /// The currency.
        currency: String,
    }
}
