//! Which hours count: those of a week, in one time zone, without holidays.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::zone::{day, instant};

/// The minutes of a day; an opening that ends then ends at the next midnight.
pub const DAY_MINUTES: u16 = 24 * 60;
/// The most openings of a week.
pub const OPENINGS_MAX: usize = 50;
/// The most holidays of a calendar.
pub const HOLIDAYS_MAX: usize = 1_000;

/// No further than a century is counted, so that no instant, however odd, takes long.
const DAYS_MAX: usize = 36_525;

/// Hours of one day of the week, by the clock on the wall.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// 1 is Monday, 7 is Sunday.
    pub weekday: u8,
    /// From which minute of the day.
    pub from: u16,
    /// Until before which minute of the day.
    pub until: u16,
}

/// Which hours count.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    /// Where the clock on the wall hangs.
    pub zone: Tz,
    /// The hours of a week.
    pub openings: Vec<Opening>,
    /// Days on which no hour counts.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub holidays: BTreeSet<NaiveDate>,
}

impl Calendar {
    /// Every hour of every day.
    pub fn always(zone: Tz) -> Self {
        let whole = |weekday| Opening {
            weekday,
            from: 0,
            until: DAY_MINUTES,
        };
        Self {
            zone,
            openings: (1..=7).map(whole).collect(),
            holidays: BTreeSet::new(),
        }
    }

    /// How much of the time from `from` to `to` counts.
    pub fn between(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> TimeDelta {
        let mut sum = TimeDelta::zero();
        for (opens, closes) in self.hours(from).take_while(|(opens, _)| *opens < to) {
            let (begins, ends) = (opens.max(from), closes.min(to));
            if begins < ends {
                sum += ends - begins;
            }
        }
        sum
    }

    /// When so much `time` has counted, begun at `from`. `None` if that takes over a century.
    pub fn after(&self, from: DateTime<Utc>, time: TimeDelta) -> Option<DateTime<Utc>> {
        let mut left = time;
        for (opens, closes) in self.hours(from) {
            let begins = opens.max(from);
            let counts = closes - begins;
            if begins < closes && counts >= left {
                // What comes later cannot be written down.
                return begins
                    .checked_add_signed(left)
                    .filter(|at| at.year() <= 9_999);
            }
            if begins < closes {
                left -= counts;
            }
        }
        None
    }

    /// The stretches of time that count, from the day of `from` on, each after the one before.
    fn hours(
        &self,
        from: DateTime<Utc>,
    ) -> impl Iterator<Item = (DateTime<Utc>, DateTime<Utc>)> + '_ {
        day(self.zone, from)
            .iter_days()
            .take(DAYS_MAX)
            .filter(|date| !self.holidays.contains(date))
            .flat_map(|date| self.hours_of(date))
    }

    fn hours_of(&self, date: NaiveDate) -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
        let weekday = date.weekday().number_from_monday();
        let mut today: Vec<_> = self
            .openings
            .iter()
            .filter(|opening| u32::from(opening.weekday) == weekday)
            .filter_map(|opening| {
                Some((self.at(date, opening.from)?, self.at(date, opening.until)?))
            })
            .collect();
        today.sort_unstable();
        today
    }

    fn at(&self, date: NaiveDate, minute: u16) -> Option<DateTime<Utc>> {
        if minute >= DAY_MINUTES {
            return instant(self.zone, date.succ_opt()?, NaiveTime::MIN);
        }
        let time = NaiveTime::from_num_seconds_from_midnight_opt(u32::from(minute) * 60, 0)?;
        instant(self.zone, date, time)
    }
}
