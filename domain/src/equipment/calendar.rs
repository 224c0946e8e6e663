//! Days on which work is due: by the wall clock of a place, whatever its offset.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, Utc, Weekday};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::zone;

/// In what steps a calendar goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rhythm {
    /// Every so many days.
    Daily,
    /// On days of every so many weeks, which begin on Monday.
    Weekly,
    /// Every so many months, on the day of the start, or the last of a shorter month.
    Monthly,
    /// Every so many years, on the date of the start; 29 February is the 28th in other years.
    Yearly,
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Day {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl From<Weekday> for Day {
    fn from(day: Weekday) -> Self {
        match day {
            Weekday::Mon => Self::Monday,
            Weekday::Tue => Self::Tuesday,
            Weekday::Wed => Self::Wednesday,
            Weekday::Thu => Self::Thursday,
            Weekday::Fri => Self::Friday,
            Weekday::Sat => Self::Saturday,
            Weekday::Sun => Self::Sunday,
        }
    }
}

/// From when the next step is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// From the day on which the work was due.
    Scheduled,
    /// From the day on which the work was completed.
    Completed,
}

/// When work is due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    /// In what steps it goes.
    pub rhythm: Rhythm,
    /// How many of them at once, at least one.
    pub interval: u32,
    /// On which days of the week, for a weekly one.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub days: BTreeSet<Day>,
    /// What the clock shows when it is due.
    pub time: NaiveTime,
    /// Where the clock stands.
    pub zone: Tz,
    /// The first day that counts.
    pub starts_on: NaiveDate,
    /// The last day that counts, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_on: Option<NaiveDate>,
    /// From when the next step is counted.
    pub basis: Basis,
}

impl Calendar {
    /// The first time after `after` at which work is due, if there is one before the end.
    pub fn first_after(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let day = zone::day(self.zone, after);
        // What the clock shows twice or not at all may be due a little before its day says.
        let from = day.pred_opt().unwrap_or(day).max(self.starts_on);
        self.days_from(from)?
            .take_while(|day| self.ends_on.is_none_or(|end| *day <= end))
            .filter_map(|day| zone::instant(self.zone, day, self.time))
            .find(|due| *due > after)
    }

    /// The first time at which work is due once it was completed at `completed`.
    pub fn after_completion(&self, completed: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let day = zone::day(self.zone, completed);
        let from_then = Self {
            starts_on: day,
            ..self.clone()
        };
        // The day of the completion itself is over.
        let end_of_day = zone::instant(self.zone, day.succ_opt()?, NaiveTime::MIN)?;
        from_then.first_after(end_of_day.checked_sub_signed(chrono::TimeDelta::microseconds(1))?)
    }

    /// The last time after `after` and not after `now` at which work was due.
    pub fn last_until(&self, due: DateTime<Utc>, now: DateTime<Utc>) -> DateTime<Utc> {
        let mut last = due;
        // A year of daily work is looked through; what is older is no more missed than that.
        for _ in 0..366 {
            match self.first_after(last) {
                Some(next) if next <= now => last = next,
                _ => break,
            }
        }
        last
    }

    /// The days that count, in order, from one not after the first that is not before `from`.
    fn days_from(&self, from: NaiveDate) -> Option<Box<dyn Iterator<Item = NaiveDate> + '_>> {
        let interval = self.interval.max(1);
        Some(match self.rhythm {
            Rhythm::Daily => {
                let gone = from.signed_duration_since(self.starts_on).num_days();
                let steps = u64::try_from(gone).ok()? / u64::from(interval);
                self.steps(steps, move |start, step| {
                    start.checked_add_days(Days::new(step.checked_mul(u64::from(interval))?))
                })
            }
            Rhythm::Weekly => Box::new(
                from.iter_days()
                    .take(7 * (usize::try_from(interval).ok()? + 2))
                    .filter(move |day| self.is_in_week(*day, interval)),
            ),
            Rhythm::Monthly => self.months(from, interval)?,
            Rhythm::Yearly => self.months(from, interval.checked_mul(12)?)?,
        })
    }

    fn is_in_week(&self, day: NaiveDate, interval: u32) -> bool {
        let monday = |day: NaiveDate| {
            i64::from(day.num_days_from_ce()) - i64::from(day.weekday().num_days_from_monday())
        };
        let weeks = (monday(day) - monday(self.starts_on)) / 7;
        weeks % i64::from(interval) == 0 && self.days.contains(&day.weekday().into())
    }

    fn months(
        &self,
        from: NaiveDate,
        interval: u32,
    ) -> Option<Box<dyn Iterator<Item = NaiveDate> + '_>> {
        let month = |day: NaiveDate| i64::from(day.year()) * 12 + i64::from(day.month0());
        let gone = u64::try_from(month(from) - month(self.starts_on)).ok()?;
        Some(self.steps(gone / u64::from(interval), move |start, step| {
            let months = u32::try_from(step).ok()?.checked_mul(interval)?;
            // A shorter month has its last day instead; the next one has the day again.
            start.checked_add_months(chrono::Months::new(months))
        }))
    }

    /// The days at steps from the start, from number `first` on.
    fn steps<'a>(
        &self,
        first: u64,
        day: impl Fn(NaiveDate, u64) -> Option<NaiveDate> + 'a,
    ) -> Box<dyn Iterator<Item = NaiveDate> + 'a> {
        let start = self.starts_on;
        Box::new((first..).map_while(move |step| day(start, step)))
    }
}
