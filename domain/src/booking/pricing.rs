//! What a stay costs, line by line.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::listing::Pricing;
use crate::money::{Currency, Money, MoneyError};
use crate::span::Span;

/// What a stay costs: all amounts in minor units of one currency.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quote {
    /// The currency of all amounts.
    pub currency: Currency,
    /// Each night in order, all units of it.
    pub nights: Vec<NightLine>,
    /// What is taken off for a long stay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount: Option<DiscountLine>,
    /// The cleaning of all units.
    pub cleaning_fee: i64,
    /// The platform's fee.
    pub service_fee: i64,
    /// The sum of all lines.
    pub total: i64,
}

/// One night.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NightLine {
    /// Which.
    pub night: NaiveDate,
    /// All units of it, in minor units.
    pub amount: i64,
}

/// What is taken off for a long stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DiscountLine {
    /// For what.
    pub kind: DiscountKind,
    /// Its rate, in ten-thousandths of the nights.
    pub basis_points: u32,
    /// Zero or less, in minor units.
    pub amount: i64,
}

/// For what something is taken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DiscountKind {
    /// 7 nights and more.
    Weekly,
    /// 28 nights and more; it replaces the weekly one.
    Monthly,
}

impl Quote {
    /// The sum of all lines.
    pub fn total(&self) -> Money {
        Money::new(self.total, self.currency)
    }
}

/// From how many nights on the weekly discount is given.
const WEEKLY_NIGHTS_MIN: i64 = 7;
/// From how many nights on the monthly discount is given instead.
const MONTHLY_NIGHTS_MIN: i64 = 28;

/// What `units` of a listing cost for `span`: nights, less one discount, plus cleaning, plus the
/// platform's fee on all of it. Each share is rounded once, half away from zero.
pub fn quote(pricing: &Pricing, span: Span, units: u32) -> Result<Quote, MoneyError> {
    let mut quote = nights_only(pricing.nightly_price, span, units)?;
    let nights = quote.total();
    let discount = discount(pricing, span.nights(), nights)?;
    let cleaning_fee = pricing.cleaning_fee.times(i64::from(units))?;
    let off = Money::new(discount.map_or(0, |line| line.amount), quote.currency);
    let subtotal = nights.plus(off)?.plus(cleaning_fee)?;
    let service_fee = subtotal
        .share(pricing.service_fee_basis_points)?
        .plus(pricing.service_fee)?;
    quote.discount = discount;
    quote.cleaning_fee = cleaning_fee.amount;
    quote.service_fee = service_fee.amount;
    quote.total = subtotal.plus(service_fee)?.amount;
    Ok(quote)
}

/// What `units` cost for `span` at a price agreed upon: the nights and nothing else.
pub fn nights_only(nightly_price: Money, span: Span, units: u32) -> Result<Quote, MoneyError> {
    let amount = nightly_price.times(i64::from(units))?;
    let total = amount.times(span.nights().max(0))?;
    Ok(Quote {
        currency: nightly_price.currency,
        nights: span
            .days()
            .map(|night| NightLine {
                night,
                amount: amount.amount,
            })
            .collect(),
        discount: None,
        cleaning_fee: 0,
        service_fee: 0,
        total: total.amount,
    })
}

fn discount(
    pricing: &Pricing,
    nights: i64,
    amount: Money,
) -> Result<Option<DiscountLine>, MoneyError> {
    let (kind, basis_points) = match nights {
        MONTHLY_NIGHTS_MIN.. => (DiscountKind::Monthly, pricing.monthly_discount_basis_points),
        WEEKLY_NIGHTS_MIN.. => (DiscountKind::Weekly, pricing.weekly_discount_basis_points),
        _ => return Ok(None),
    };
    if basis_points == 0 {
        return Ok(None);
    }
    let amount = -amount.share(basis_points)?.amount;
    Ok(Some(DiscountLine {
        kind,
        basis_points,
        amount,
    }))
}
