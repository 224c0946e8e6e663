//! A span of nights: half open, so that a day of departure is a day of arrival.

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

/// Nights from `from` up to, and without, `until`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// The first night, which is the day of arrival.
    pub from: NaiveDate,
    /// The day of departure, whose night is free.
    pub until: NaiveDate,
}

impl Span {
    /// The span from `from` to `until`; it may be empty or reversed, which [`Span::nights`] shows.
    pub fn new(from: NaiveDate, until: NaiveDate) -> Self {
        Self { from, until }
    }

    /// How many nights it has, in calendar days; zero or less when it is no span at all.
    pub fn nights(self) -> i64 {
        (self.until - self.from).num_days()
    }

    /// Whether the two share a night.
    pub fn overlaps(self, other: Self) -> bool {
        self.from < other.until && other.from < self.until
    }

    /// Each night in order.
    pub fn days(self) -> impl Iterator<Item = NaiveDate> {
        std::iter::successors(Some(self.from), |day| day.checked_add_days(Days::new(1)))
            .take_while(move |day| *day < self.until)
    }
}

#[cfg(test)]
mod tests;
