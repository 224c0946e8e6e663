//! What goes back and what is kept when a confirmed booking is cancelled.
//!
//! Instants are compared, never numbers of days: a cancellation after arrival is late by any
//! rule. Hours are hours; days before check-in are calendar days of the listing's zone, at the
//! hour of check-in, so that a change of the clock moves no boundary. The boundary itself is in
//! time.

use chrono::{DateTime, Days, TimeDelta, Utc};

use crate::booking::{
    BookingRefusal, BookingRequested, CancellationPolicy, Canceller, PolicyTerms, PriceKind, Quote,
    RefundLine, RefundPart, Reservation, Status, Tier,
};
use crate::money::Money;
use crate::settings::HostCancellation;
use crate::zone;

/// The nights of which a long stay that is called off keeps the host whole.
const MONTH_NIGHTS: usize = 30;

/// What would go back if the booking were cancelled.
#[derive(Clone, Debug, PartialEq)]
pub struct RefundPreview {
    /// The policy that is applied.
    pub policy: PolicyTerms,
    /// Which of its rules.
    pub tier: Tier,
    /// From when on guests are let in.
    pub check_in_at: DateTime<Utc>,
    /// What is kept.
    pub kept: Money,
    /// What goes back; with the above it is exactly what was paid.
    pub refunded: Money,
    /// The same line by line; lines of nothing are left out.
    pub lines: Vec<RefundLine>,
}

impl Reservation {
    /// What would go back of `paid` if `by` cancelled at `at`. Changes nothing.
    pub fn refund_preview(
        &self,
        by: Canceller,
        paid: Money,
        at: DateTime<Utc>,
    ) -> Result<RefundPreview, BookingRefusal> {
        let confirmed_at = match self.status {
            Status::Confirmed { confirmed_at } => Some(confirmed_at),
            Status::Pending { .. } => None,
            _ => return Err(BookingRefusal::Over(self.status.word())),
        };
        let currency = self.request.quote.currency;
        if paid.currency != currency {
            return Err(BookingRefusal::CurrencyMismatch {
                pointer: "/paid",
                currency,
            });
        }
        if paid.amount < 0 {
            return Err(BookingRefusal::PriceNegative("/paid"));
        }
        let tier = match (by, confirmed_at) {
            (Canceller::Host | Canceller::Admin, _) => Tier::NotTheGuest,
            (Canceller::Guest, None) => Tier::Unconfirmed,
            (Canceller::Guest, Some(confirmed_at)) => self.request.tier(confirmed_at, at),
        };
        Ok(self.request.refund(tier, paid, at))
    }

    /// Whether guests relied on the stay that `by` calls off. A price that the parties agreed upon
    /// is their own affair: the host often calls such a booking off because the guests asked.
    pub fn is_let_down_by(&self, by: Canceller) -> bool {
        let relied = self.is_confirmed() && self.request.price == PriceKind::Quoted;
        relied && by == Canceller::Host
    }

    /// What the host would owe the platform if `by` cancelled at `at`.
    pub fn host_fee(
        &self,
        by: Canceller,
        terms: &HostCancellation,
        at: DateTime<Utc>,
    ) -> Result<Option<Money>, BookingRefusal> {
        if !self.is_let_down_by(by) {
            return Ok(None);
        }
        let is_early = self.request.days_before(u64::from(terms.early_days), at);
        let fee = terms.fee(self.request.quote.total(), is_early)?;
        Ok(Some(fee).filter(|fee| !fee.is_zero()))
    }
}

impl BookingRequested {
    fn tier(&self, confirmed_at: DateTime<Utc>, at: DateTime<Utc>) -> Tier {
        use CancellationPolicy as Policy;
        let policy = self.policy.id;
        let all_or_nothing = matches!(policy, Policy::NonRefundable | Policy::FullyRefundable);
        let short = !all_or_nothing && policy != Policy::LongStay;
        if short && within(confirmed_at, 24, at) && self.days_before(7, at) {
            return Tier::Grace;
        }
        let fresh = within(self.requested_at, 48, at);
        let in_time = |days| self.days_before(days, at);
        let half_or_nothing = |days| {
            if in_time(days) {
                Tier::Half
            } else {
                Tier::NoNight
            }
        };
        match policy {
            Policy::FullyRefundable => Tier::Full,
            Policy::NonRefundable => Tier::Nothing,
            Policy::Flexible if self.check_in_at - at >= TimeDelta::hours(24) => Tier::Full,
            Policy::Flexible => Tier::NightKept,
            Policy::Moderate if in_time(5) => Tier::Full,
            Policy::Moderate => Tier::NightAndHalfKept,
            Policy::Limited if in_time(14) => Tier::Full,
            Policy::Firm if in_time(30) => Tier::Full,
            Policy::Strict if fresh && in_time(14) => Tier::Full,
            Policy::Limited | Policy::Firm | Policy::Strict => half_or_nothing(7),
            Policy::SuperStrict30 => half_or_nothing(30),
            Policy::SuperStrict60 => half_or_nothing(60),
            Policy::LongStay if fresh && in_time(28) => Tier::Full,
            Policy::LongStay => Tier::MonthKept,
        }
    }

    /// Whether at `at` check-in is so many calendar days away, or more.
    fn days_before(&self, days: u64, at: DateTime<Utc>) -> bool {
        let hour = self.check_in_at.with_timezone(&self.zone).time();
        let day = self.span.from.checked_sub_days(Days::new(days));
        let boundary = day.and_then(|day| zone::instant(self.zone, day, hour));
        boundary.is_some_and(|boundary| at <= boundary)
    }

    /// How many nights are spent at `at`, the one that has begun not among them.
    fn spent(&self, at: DateTime<Utc>) -> usize {
        if at <= self.check_in_at {
            return 0;
        }
        let days = (zone::day(self.zone, at) - self.span.from).num_days();
        usize::try_from(days.clamp(0, self.span.nights().max(0))).unwrap_or(0)
    }

    fn refund(&self, tier: Tier, paid: Money, at: DateTime<Utc>) -> RefundPreview {
        let spent = self.spent(at);
        let arrived = at > self.check_in_at;
        let mut nights = 0;
        let mut lines = Vec::new();
        for (part, amount) in self.quote.paid_parts(paid) {
            let kept = match part {
                RefundPart::Night { .. } => {
                    nights += 1;
                    tier.kept_of_night(nights - 1, spent, amount)
                }
                RefundPart::CleaningFee => tier.kept_of_cleaning(arrived, amount),
                RefundPart::ServiceFee if tier.is_full() => 0,
                RefundPart::ServiceFee => amount,
                RefundPart::Excess => 0,
            };
            lines.push(RefundLine {
                part,
                kept,
                refunded: amount - kept,
            });
        }
        lines.retain(|line| line.kept != 0 || line.refunded != 0);
        // Both sums are no larger than what was paid, which fitted.
        let sum = |of: fn(&RefundLine) -> i64| lines.iter().map(of).sum();
        RefundPreview {
            policy: self.policy,
            tier,
            check_in_at: self.check_in_at,
            kept: Money::new(sum(|line| line.kept), paid.currency),
            refunded: Money::new(sum(|line| line.refunded), paid.currency),
            lines,
        }
    }
}

impl Quote {
    /// What was paid, laid out over the lines it was paid for: the discount over the nights, less
    /// than the total in proportion, more than the total as a line of its own.
    fn paid_parts(&self, paid: Money) -> Vec<(RefundPart, i64)> {
        let weight = |amount: i64| u64::try_from(amount).unwrap_or(0);
        let off = self.discount.map_or(0, |discount| discount.amount);
        let gross: Vec<u64> = self.nights.iter().map(|line| weight(line.amount)).collect();
        let nights = self.total - self.cleaning_fee - self.service_fee;
        debug_assert_eq!(
            nights - off,
            self.nights.iter().map(|line| line.amount).sum::<i64>()
        );
        let mut weights: Vec<u64> = Money::new(nights, self.currency)
            .split(&gross)
            .into_iter()
            .map(|night| weight(night.amount))
            .collect();
        weights.extend([weight(self.cleaning_fee), weight(self.service_fee)]);
        let base = Money::new(paid.amount.min(self.total), self.currency);
        let mut parts: Vec<RefundPart> = self
            .nights
            .iter()
            .map(|line| RefundPart::Night { night: line.night })
            .collect();
        parts.extend([RefundPart::CleaningFee, RefundPart::ServiceFee]);
        let amounts = base.split(&weights).into_iter().map(|part| part.amount);
        let mut paid_parts: Vec<_> = parts.into_iter().zip(amounts).collect();
        paid_parts.push((RefundPart::Excess, paid.amount - base.amount));
        paid_parts
    }
}

impl Tier {
    /// Whether all goes back.
    pub fn is_full(self) -> bool {
        matches!(
            self,
            Self::Unconfirmed | Self::NotTheGuest | Self::Grace | Self::Full
        )
    }

    /// What is kept of the `index`-th night; what cannot be halved goes to the guest.
    fn kept_of_night(self, index: usize, spent: usize, amount: i64) -> i64 {
        match self {
            _ if self.is_full() => 0,
            Self::NoNight | Self::Nothing => amount,
            Self::NightKept | Self::NightAndHalfKept if index <= spent => amount,
            Self::MonthKept if index < spent + MONTH_NIGHTS => amount,
            Self::Half | Self::NightAndHalfKept => amount / 2,
            _ => 0,
        }
    }

    /// A dwelling that nobody entered needs no cleaning, unless nothing at all goes back.
    fn kept_of_cleaning(self, arrived: bool, amount: i64) -> i64 {
        let kept = self == Self::Nothing || (arrived && !self.is_full());
        if kept { amount } else { 0 }
    }
}

/// Whether `at` is at most so many hours after `start`.
fn within(start: DateTime<Utc>, hours: i64, at: DateTime<Utc>) -> bool {
    start
        .checked_add_signed(TimeDelta::hours(hours))
        .is_none_or(|end| at <= end)
}
