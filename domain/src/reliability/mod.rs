//! What the down times of a piece say of it: figures of the past, and a risk for the month ahead.
//!
//! Pure arithmetic over instants; nothing here stands in an event. The formulas and where they come
//! from are told in `docs/equipment.md`.

mod risk;
#[cfg(test)]
mod tests;
pub mod trend;
mod weibull;

use chrono::{DateTime, TimeDelta, Utc};

pub use risk::{Basis, HORIZON_DAYS, Lives, NoRisk, POOLED_FROM, Risk, SINGLE_FROM, risk};
pub use weibull::{Degenerate, SHAPE_MAX, Weibull};

/// A time during which a piece did not run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spell {
    /// When it began.
    pub since: DateTime<Utc>,
    /// When it ended, if it has.
    pub until: Option<DateTime<Utc>>,
    /// Whether the piece had failed, and was not stopped on purpose.
    pub is_failure: bool,
}

/// How a piece has run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    /// Since when it has served.
    pub in_service_since: DateTime<Utc>,
    /// Since when we know what becomes of it, which may be much later.
    pub observed_since: DateTime<Utc>,
    /// Up to when it is looked at.
    pub now: DateTime<Utc>,
    /// When it did not run; the spells never overlap.
    pub spells: Vec<Spell>,
}

/// Figures of the past. A figure that rests on nothing is none, never zero.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figures {
    /// How many failures there were.
    pub failures: usize,
    /// How many times from the end of one failure to the start of the next the first mean rests on.
    pub gaps: usize,
    /// The mean time between failures, in seconds.
    pub mtbf_seconds: Option<i64>,
    /// How many failures were mended, on which the second mean rests.
    pub repairs: usize,
    /// The mean time to repair, in seconds.
    pub mttr_seconds: Option<i64>,
    /// How long it ran and how long it did not, whether it had failed or not.
    pub shares: Shares,
}

/// How long something ran, of the time from the first that is known of it up to now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shares {
    /// How long it ran, in seconds.
    pub up_seconds: i64,
    /// How long it did not, in seconds.
    pub down_seconds: i64,
    /// The part of the whole time that it ran; none of no time at all.
    pub availability: Option<f64>,
}

impl History {
    /// The failures, in order.
    pub fn failures(&self) -> Vec<Spell> {
        let failed = self.spells.iter().copied();
        let mut failed: Vec<Spell> = failed.filter(|spell| spell.is_failure).collect();
        failed.sort_by_key(|spell| spell.since);
        failed
    }

    /// Whether it has not come up yet.
    pub fn is_down(&self) -> bool {
        self.spells.iter().any(|spell| spell.until.is_none())
    }

    /// The figures of its past.
    pub fn figures(&self) -> Figures {
        let failures = self.failures();
        let gaps: Vec<TimeDelta> = failures
            .windows(2)
            .filter_map(|pair| Some(pair[1].since - pair[0].until?))
            .collect();
        let repairs: Vec<TimeDelta> = failures
            .iter()
            .filter_map(|failure| Some(failure.until? - failure.since))
            .collect();
        let down: TimeDelta = self.spells.iter().map(|spell| self.clipped(*spell)).sum();
        Figures {
            failures: failures.len(),
            gaps: gaps.len(),
            mtbf_seconds: mean_seconds(&gaps),
            repairs: repairs.len(),
            mttr_seconds: mean_seconds(&repairs),
            shares: self.shares(down),
        }
    }

    /// What so much down time leaves of the time that is looked at.
    pub fn shares(&self, down: TimeDelta) -> Shares {
        let whole = (self.now - self.observed_since).max(TimeDelta::zero());
        let up = whole - down;
        Shares {
            up_seconds: up.num_seconds(),
            down_seconds: down.num_seconds(),
            availability: (whole > TimeDelta::zero()).then(|| days(up) / days(whole)),
        }
    }

    /// How much of the spell lies between the first we know of it and now.
    fn clipped(&self, spell: Spell) -> TimeDelta {
        let since = spell.since.max(self.observed_since);
        let until = spell.until.unwrap_or(self.now).min(self.now);
        (until - since).max(TimeDelta::zero())
    }
}

/// The mean, to the nearest second.
fn mean_seconds(times: &[TimeDelta]) -> Option<i64> {
    let count = i32::try_from(times.len()).ok().filter(|count| *count > 0)?;
    let sum: TimeDelta = times.iter().copied().sum();
    let mean = sum / count + TimeDelta::milliseconds(500);
    Some(mean.num_seconds())
}

/// A time in days.
pub fn days(time: TimeDelta) -> f64 {
    time.as_seconds_f64() / 86_400.0
}
