//! What a stay costs and what goes back of it, line by line.

use chrono::{DateTime, NaiveDate, Utc};
use domain::Currency;
use domain::booking::{
    BookingCancelled, CancellationPolicy, Canceller, DiscountKind, PolicyTerms, Quote, RefundLine,
    RefundPart, Tier,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::view::{Amount, views};

views! {
    /// What a stay costs: the lines add up to the total.
    #[schema(as = Quote)]
    pub struct QuoteView of row: Quote {
        /// Each night in order, all units of it.
        nights: Vec<NightCost> = nights(&row),
        /// What is taken off for a long stay.
        #[serde(skip_serializing_if = "Option::is_none")]
        discount: Option<Discount> = discount(&row),
        /// The cleaning of all units.
        cleaning_fee: Amount = Amount::of(row.cleaning_fee, row.currency.code()),
        /// The platform's fee.
        service_fee: Amount = Amount::of(row.service_fee, row.currency.code()),
        /// The sum of all lines.
        total: Amount = row.total().into(),
        /// The currency of all amounts.
        #[schema(value_type = String, example = "EUR")]
        currency: Currency,
    }

    /// How a booking was called off, and what became of the money.
    #[schema(as = Cancellation)]
    pub struct CancellationView of row: BookingCancelled {
        /// `guest`, `host` or `admin`.
        #[schema(value_type = String, example = "guest")]
        by: Canceller,
        /// Why, in words of whoever said so.
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<String> = row.reason.map(|reason| reason.value),
        /// Whether it had been confirmed, so that its nights were taken and not only held.
        was_confirmed: bool,
        /// When; one of the two instants that were compared.
        cancelled_at: DateTime<Utc>,
        /// From when on guests would have been let in; the other one.
        check_in_at: DateTime<Utc>,
        /// The policy that was applied.
        policy: PolicyView = row.policy.into(),
        /// Which of its rules.
        #[schema(value_type = String, example = "full")]
        tier: Tier,
        /// What had been paid; the sum of the two below.
        paid: Amount = row.paid.into(),
        /// What is kept of it.
        kept: Amount = row.kept.into(),
        /// What goes back.
        refunded: Amount = row.refunded.into(),
        /// The same line by line.
        lines: Vec<RefundLineView> = refund_lines(&row.lines, row.paid.currency),
        /// What the host owes the platform for it.
        #[serde(skip_serializing_if = "Option::is_none")]
        host_fee: Option<Amount> = row.host_fee.map(Amount::from),
    }

    /// A policy in one wording.
    #[schema(as = Policy)]
    pub struct PolicyView of row: PolicyTerms {
        /// Which policy.
        #[schema(value_type = String, example = "moderate")]
        id: CancellationPolicy,
        /// Which wording of it.
        version: u16,
    }
}

/// One night.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NightCost {
    /// Which.
    night: NaiveDate,
    /// All units of it.
    amount: Amount,
}

/// What is taken off for a long stay.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Discount {
    /// `weekly` or `monthly`.
    #[schema(value_type = String, example = "weekly")]
    kind: DiscountKind,
    /// Its rate, in ten-thousandths of the nights.
    basis_points: u32,
    /// Zero or less.
    amount: Amount,
}

/// What is kept of one part and what goes back.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = RefundLine)]
pub struct RefundLineView {
    /// What it is about.
    #[schema(value_type = Part)]
    part: RefundPart,
    /// What is kept.
    kept: Amount,
    /// What goes back.
    refunded: Amount,
}

/// What a line of a refund is about.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "it describes `RefundPart`, which is answered in its place"
)]
pub struct Part {
    /// `night`, `cleaning_fee`, `service_fee`, or `excess` for what was paid beyond the total.
    #[schema(example = "night")]
    kind: String,
    /// Which night, where it is one.
    night: Option<NaiveDate>,
}

fn nights(quote: &Quote) -> Vec<NightCost> {
    let cost = |line: &domain::booking::NightLine| NightCost {
        night: line.night,
        amount: Amount::of(line.amount, quote.currency.code()),
    };
    quote.nights.iter().map(cost).collect()
}

fn discount(quote: &Quote) -> Option<Discount> {
    quote.discount.map(|line| Discount {
        kind: line.kind,
        basis_points: line.basis_points,
        amount: Amount::of(line.amount, quote.currency.code()),
    })
}

/// The `lines` with each amount as money of `currency`.
pub fn refund_lines(lines: &[RefundLine], currency: Currency) -> Vec<RefundLineView> {
    let view = |line: &RefundLine| RefundLineView {
        part: line.part,
        kept: Amount::of(line.kept, currency.code()),
        refunded: Amount::of(line.refunded, currency.code()),
    };
    lines.iter().map(view).collect()
}
